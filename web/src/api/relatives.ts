/** The routes of the children one represents. */
import { patient } from "./carnet";
import { call } from "./client";
import type { Child, Invitation, Invitee, ReceivedInvitation, Representative } from "./types";

type Signal = AbortSignal | undefined;

const invitations = (pid: string) => `${patient(pid)}/representatives/invitations`;
const child = (own: string, id: string) => `${patient(own)}/children/${encodeURIComponent(id)}`;

export const relativesApi = {
  children: async (own: string, signal?: Signal) =>
    (await call<{ items: Child[] }>("GET", `${patient(own)}/children`, { signal })).data.items,

  /** Only ever sent after the person certified it herself. */
  represent: async (own: string, id: string) =>
    (await call<Child>("PUT", child(own, id), { body: { certifies: true } })).data,

  stop: (own: string, id: string) => call<null>("DELETE", child(own, id)),

  representatives: async (pid: string, signal?: Signal) =>
    (await call<{ items: Representative[] }>("GET", `${patient(pid)}/representatives`, { signal })).data.items,

  sent: async (pid: string, signal?: Signal) =>
    (await call<{ items: Invitation[] }>("GET", invitations(pid), { signal })).data.items,

  invite: async (pid: string, whom: Invitee, key: string) =>
    (await call<Invitation>("POST", invitations(pid), { body: whom, headers: { "Idempotency-Key": key } })).data,

  /** Withdraws an invitation, or ends what it opened. */
  end: (pid: string, id: string) => call<null>("DELETE", `${invitations(pid)}/${encodeURIComponent(id)}`),

  received: async (own: string, signal?: Signal) =>
    (await call<{ items: ReceivedInvitation[] }>("GET", `${patient(own)}/invitations`, { signal })).data.items,

  /** Accepting is only ever sent after the person certified it herself. */
  answer: (own: string, id: string, accepts: boolean) =>
    call<null>("PUT", `${patient(own)}/invitations/${encodeURIComponent(id)}`, {
      body: accepts ? { answer: "accept", certifies: true } : { answer: "refuse" },
    }),
};
