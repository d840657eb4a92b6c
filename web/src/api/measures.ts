/** The routes of measures. */
import { patient, query } from "./carnet";
import { call } from "./client";
import type { Measure, MeasureDraft, MeasurePage, TargetBody, TargetRead } from "./types";

type Signal = AbortSignal | undefined;

export interface MeasureFilter {
  kind: Measure["kind"];
  /** A day, included. */
  from?: string;
  limit?: number;
}

export const measuresApi = {
  list: async (pid: string, filter: MeasureFilter, cursor: string | null, signal?: Signal) =>
    (await call<MeasurePage>("GET", `${patient(pid)}/measures${query({ ...filter, cursor })}`, { signal })).data,

  /** The same key gives the same measure, however often it is tried. */
  add: async (pid: string, draft: MeasureDraft, key: string) =>
    (
      await call<Measure>("POST", `${patient(pid)}/measures`, {
        body: draft,
        headers: { "Idempotency-Key": key },
      })
    ).data,

  delete: (pid: string, { id }: Measure) =>
    call<null>("DELETE", `${patient(pid)}/measures/${encodeURIComponent(id)}`),

  target: async (pid: string, signal?: Signal): Promise<TargetRead> => {
    const { data, etag } = await call<TargetRead>("GET", `${patient(pid)}/target`, { signal });
    return { ...data, etag: etag ?? "" };
  },

  setTarget: (pid: string, body: TargetBody, etag: string) =>
    call<null>("PUT", `${patient(pid)}/target`, { body, headers: { "If-Match": etag } }),

  removeTarget: (pid: string) => call<null>("DELETE", `${patient(pid)}/target`),
};
