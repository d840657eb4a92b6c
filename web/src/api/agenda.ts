/** The routes of the agenda, of prevention, and of what the person is told. */
import { idempotencyKey } from "../lib/ids";
import { patient, query } from "./carnet";
import { call, request } from "./client";
import type {
  Appointment, AppointmentDraft, CalendarFeed, CalendarFeeds, NoticePage, Page, Preferences, Prevention,
  PreventionState,
} from "./types";

type Signal = AbortSignal | undefined;

const appointment = (pid: string, id: string) =>
  `${patient(pid)}/appointments/${encodeURIComponent(id)}`;

const notice = (pid: string, id: string) => `${patient(pid)}/notices/${encodeURIComponent(id)}`;

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
    (await call<CalendarFeeds>("GET", `${patient(pid)}/calendar-feeds`, { signal })).data,

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

  setPreferences: async (
    pid: string,
    { zone, quiet_from, quiet_until, mail, remind, version }: Omit<Preferences, "address">,
  ) =>
    (
      await call<Preferences>("PUT", `${patient(pid)}/preferences`, {
        body: { zone, quiet_from, quiet_until, mail, remind },
        headers: ifMatch(version),
      })
    ).data,

  prevention: async (pid: string, signal?: Signal) =>
    (await call<Prevention>("GET", `${patient(pid)}/prevention`, { signal })).data,

  /** Says something of one recommendation; the whole list comes back. */
  setPrevention: async (
    pid: string,
    key: string,
    version: number,
    to: { state: PreventionState; on: string | null; until: string | null },
  ) =>
    (
      await call<Prevention>("PUT", `${patient(pid)}/prevention/${encodeURIComponent(key)}`, {
        body: to,
        headers: ifMatch(version),
      })
    ).data,

  notices: async (pid: string, cursor: string | null, signal?: Signal) =>
    (await call<NoticePage>("GET", `${patient(pid)}/notices${query({ cursor })}`, { signal })).data,

  /** How many notices and conversations have something new. */
  unread: async (pid: string) =>
    (await call<NoticePage>("GET", `${patient(pid)}/notices?limit=1`)).data,

  markRead: (pid: string, upTo: string) =>
    call<null>("PUT", `${patient(pid)}/notices/read`, { body: { up_to: upTo } }),

  deleteNotice: (pid: string, id: string) => call<null>("DELETE", notice(pid, id)),

  restoreNotice: (pid: string, id: string) =>
    call<null>("PUT", notice(pid, id), { body: { deleted: false } }),

  /** Deletes this one and all that are older. */
  deleteNotices: (pid: string, upTo: string) =>
    call<null>("PUT", `${patient(pid)}/notices/deleted`, { body: { up_to: upTo } }),
};
