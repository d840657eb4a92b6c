/** The routes of the children one represents. */
import { patient } from "./carnet";
import { call } from "./client";
import type { Child, Representative } from "./types";

type Signal = AbortSignal | undefined;

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
};
