/** The routes of what applications ask for, and of what a person lets them do. */
import { patient } from "./carnet";
import { call } from "./client";
import type { Consent, ConsentGiven, ConsentRequest, Permission } from "./types";

type Signal = AbortSignal | undefined;

export type Months = 1 | 6 | 12;

const consents = (pid: string) => `${patient(pid)}/consents`;
const consent = (pid: string, { id }: Consent) => `${consents(pid)}/${encodeURIComponent(id)}`;

export const applicationsApi = {
  /** What a sealed request asks for; the seal is opened by the server alone. */
  readRequest: async (request: string, signal?: Signal) =>
    (await call<ConsentRequest>("POST", "/v1/consent-requests", { body: { request }, signal })).data,

  /** The same key gives the same consent, however often it is tried. */
  give: async (pid: string, answer: { request: string; permissions: Permission[]; months: Months }, key: string) =>
    (
      await call<ConsentGiven>("POST", consents(pid), {
        body: answer,
        headers: { "Idempotency-Key": key },
      })
    ).data,

  list: async (pid: string, signal?: Signal) =>
    (await call<{ items: Consent[] }>("GET", consents(pid), { signal })).data.items,

  /** Lets do less; more takes a request of the application. */
  reduce: async (pid: string, of: Consent, permissions: Permission[]) =>
    (
      await call<Consent>("PATCH", consent(pid, of), {
        body: { permissions },
        headers: { "If-Match": `"v${of.version}"` },
      })
    ).data,

  /** Agrees to the terms that were shown, and to no others. */
  agree: async (pid: string, of: Consent, version: string) =>
    (
      await call<Consent>("PUT", `${consent(pid, of)}/terms`, {
        body: { version },
        headers: { "If-Match": `"v${of.version}"` },
      })
    ).data,

  withdraw: (pid: string, of: Consent) => call<null>("DELETE", consent(pid, of)),
};
