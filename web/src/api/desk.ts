/** The routes of who works with applications: publishers on their own, operators on all. */
import { call } from "./client";
import type { ApplicationBody, ApplicationFile, ApplicationLine, ApplicationState, Criterion } from "./types";

type Signal = AbortSignal | undefined;

const OWN = "/v1/publishers/me/applications";
const ALL = "/v1/operators/applications";
const one = (root: string, id: string) => `${root}/${encodeURIComponent(id)}`;

/** A file with the version that was read: changing it names that one. */
export interface Filed extends ApplicationFile {
  etag: string;
}

async function filed(asked: ReturnType<typeof call<ApplicationFile>>): Promise<Filed> {
  const { data, etag } = await asked;
  return { ...data, etag: etag ?? "" };
}

export const publisherApi = {
  list: async (signal?: Signal) => (await call<{ items: ApplicationLine[] }>("GET", OWN, { signal })).data.items,

  read: (id: string, signal?: Signal) => filed(call("GET", one(OWN, id), { signal })),

  /** The same key registers the same application, however often it is tried. */
  register: (body: ApplicationBody, key: string) =>
    filed(call("POST", OWN, { body, headers: { "Idempotency-Key": key } })),

  change: (of: Filed, changes: Partial<ApplicationBody>) =>
    filed(call("PATCH", one(OWN, of.id), { body: changes, headers: { "If-Match": of.etag } })),
};

export const operatorApi = {
  list: async (state: ApplicationState, signal?: Signal) =>
    (await call<{ items: ApplicationLine[] }>("GET", `${ALL}?state=${state}`, { signal })).data.items,

  read: (id: string, signal?: Signal) => filed(call("GET", one(ALL, id), { signal })),

  review: (of: Filed, satisfied: Criterion[]) =>
    filed(call("PUT", `${one(ALL, of.id)}/review`, { body: { satisfied }, headers: { "If-Match": of.etag } })),

  decide: (of: Filed, state: ApplicationState, reason: string) =>
    filed(call("POST", `${one(ALL, of.id)}/state`, { body: { state, reason }, headers: { "If-Match": of.etag } })),
};
