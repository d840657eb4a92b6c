/** The routes of the agenda. */
import { idempotencyKey } from "../lib/ids";
import { patient, query } from "./carnet";
import { call, request } from "./client";
import type { Appointment, AppointmentDraft, CalendarFeed, Page, Preferences } from "./types";

type Signal = AbortSignal | undefined;

const appointment = (pid: string, id: string) =>
  `${patient(pid)}/appointments/${encodeURIComponent(id)}`;

const ifMatch = (version: number) => ({ "If-Match": `"v${version}"` });

export interface AppointmentFilter {
  from?: string;
  to?: string;
  past?: true;
  limit?: number;
}

export const agendaApi = {
  list: async (pid: string, filter: AppointmentFilter, cursor: string | null, signal?: Signal) =>
    (
      await call<Page<Appointment>>(
        "GET",
        `${patient(pid)}/appointments${query({ ...filter, cursor })}`,
        { signal },
      )
    ).data,

  one: async (pid: string, id: string, signal?: Signal) =>
    (await call<Appointment>("GET", appointment(pid, id), { signal })).data,

  /** The same key gives the same appointment, however often it is tried. */
  add: async (pid: string, draft: AppointmentDraft, key = idempotencyKey()) =>
    (
      await call<Appointment>("POST", `${patient(pid)}/appointments`, {
        body: draft,
        headers: { "Idempotency-Key": key },
      })
    ).data,

  change: async (pid: string, { id, version }: Appointment, draft: Partial<AppointmentDraft>) =>
    (
      await call<Appointment>("PATCH", appointment(pid, id), {
        body: draft,
        headers: ifMatch(version),
      })
    ).data,

  cancel: (pid: string, { id, version }: Appointment) =>
    call<null>("DELETE", appointment(pid, id), { headers: ifMatch(version) }),

  file: async (pid: string, id: string) =>
    (await request("GET", `${appointment(pid, id)}/ics`, { headers: { Accept: "text/calendar" } })).blob(),

  feeds: async (pid: string, signal?: Signal) =>
    (await call<{ items: CalendarFeed[] }>("GET", `${patient(pid)}/calendar-feeds`, { signal })).data
      .items,

  subscribe: async (pid: string, detail: CalendarFeed["detail"]) =>
    (
      await call<CalendarFeed & { url: string }>("POST", `${patient(pid)}/calendar-feeds`, {
        body: { detail },
        headers: { "Idempotency-Key": idempotencyKey() },
      })
    ).data,

  revoke: (pid: string, id: string) =>
    call<null>("DELETE", `${patient(pid)}/calendar-feeds/${encodeURIComponent(id)}`),

  preferences: async (pid: string, signal?: Signal) =>
    (await call<Preferences>("GET", `${patient(pid)}/preferences`, { signal })).data,
};
