/** The routes of the API that the screens use, one function each. */
import { MAX_BYTES } from "../lib/file-facts";
import { type Pouring, pour } from "./bytes";
import { call, request } from "./client";
import type {
  Access, Authorisation, CarnetDocument, DocumentProgress, Home, Narrative, News, OwnIdentity, OwnPatient, Page, Patient,
  PatientSearch, ProfessionalCard, Proof, SealingKey,
} from "./types";

type Signal = AbortSignal | undefined;

/** Where everything of a record is. */
export const patient = (pid: string) => `/v1/patients/${encodeURIComponent(pid)}`;
const document = (pid: string, id: string) =>
  `${patient(pid)}/documents/${encodeURIComponent(id)}`;

/** Writes a query string from the values that are set. */
export function query(values: Record<string, string | number | boolean | null | undefined>): string {
  const set = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  const text = new URLSearchParams(set.map(([k, v]) => [k, String(v)])).toString();
  return text ? `?${text}` : "";
}

export interface DocumentFilter {
  category?: string | null;
  specialty?: string | null;
  author?: string | null;
  from?: string | null;
  to?: string | null;
}

export interface AccessFilter {
  outcome?: "allowed" | "refused";
  /** Leaves out what the reader did herself. */
  others?: true;
}

export const api = {
  home: async (pid: string, signal?: Signal) =>
    (await call<Home>("GET", `${patient(pid)}/home`, { signal })).data,

  setHomeCards: async (pid: string, hidden: Home["cards"]["hidden"], version: number) =>
    (
      await call<Home["cards"]>("PUT", `${patient(pid)}/home/cards`, {
        body: { hidden },
        headers: { "If-Match": `"v${version}"` },
      })
    ).data,

  patient: async (pid: string, signal?: Signal) =>
    (await call<Patient>("GET", patient(pid), { signal })).data,

  ownIdentity: async (pid: string) =>
    (await call<OwnIdentity>("GET", `${patient(pid)}/identity`)).data,

  findPatient: async (search: PatientSearch) =>
    (await call<{ patient_id: string }>("POST", "/v1/patients/lookup", { body: search })).data,

  ownPatients: async (endsWithinDays: number | null, cursor: string | null, signal?: Signal) =>
    (
      await call<Page<OwnPatient>>(
        "GET",
        `/v1/professionals/me/patients${query({ ends_within_days: endsWithinDays, cursor })}`,
        { signal },
      )
    ).data,

  news: async (pid: string, signal?: Signal) =>
    (await call<News>("GET", `${patient(pid)}/news`, { signal })).data,

  newsSeen: (pid: string, upTo: string) =>
    call<null>("PUT", `${patient(pid)}/news`, { body: { up_to: upTo } }),

  documents: async (pid: string, filter: DocumentFilter, cursor: string | null, signal?: Signal) =>
    (
      await call<Page<CarnetDocument>>(
        "GET",
        `${patient(pid)}/documents${query({ ...filter, cursor })}`,
        { signal },
      )
    ).data,

  document: async (pid: string, id: string, signal?: Signal) =>
    call<CarnetDocument>("GET", document(pid, id), { signal }),

  /** What is known of a document that was sent in parts. */
  sent: async (pid: string, id: string, signal?: Signal) =>
    (await call<CarnetDocument | DocumentProgress>("GET", document(pid, id), { signal })).data,

  /** The bytes of a document, slice by slice when one answer would be too long. */
  content: async (pid: string, id: string, size: number, pouring: Pouring = {}): Promise<ArrayBuffer> => {
    const whole = new Uint8Array(size);
    for (let at = 0; at < size; ) {
      const end = Math.min(at + MAX_BYTES, size);
      const range: Record<string, string> = size > MAX_BYTES ? { Range: `bytes=${at}-${end - 1}` } : {};
      const options = { signal: pouring.signal, headers: { Accept: "*/*", ...range } };
      await pour(await request("GET", `${document(pid, id)}/content`, options), whole, [at, end], pouring);
      at = end;
    }
    return whole.buffer;
  },

  narrative: async (pid: string, id: string, signal?: Signal) =>
    (await call<Narrative>("GET", `${document(pid, id)}/narrative`, { signal })).data,

  /** Makes visible to the person what was announced to her. */
  revealDocument: (pid: string, id: string) =>
    call<CarnetDocument>("PUT", `${document(pid, id)}/visibility`, { body: { visibility: "normal" } }),

  withdrawDocument: (pid: string, id: string, etag: string, reason: string) =>
    call<null>("DELETE", `${document(pid, id)}${query({ reason })}`, {
      headers: { "If-Match": etag },
    }),

  trace: async (
    pid: string,
    filter: AccessFilter,
    cursor: string | null,
    signal?: Signal,
  ) =>
    (
      await call<Page<Access>>("GET", `${patient(pid)}/trace${query({ ...filter, cursor })}`, {
        signal,
      })
    ).data,

  traceProof: async (pid: string, cursor: string | null, signal?: Signal) =>
    (await call<Proof>("GET", `${patient(pid)}/trace/proof${query({ cursor })}`, { signal })).data,

  sealingKeys: async (signal?: Signal) =>
    (await call<{ keys: SealingKey[] }>("GET", "/v1/trace/keys", { signal })).data.keys,

  authorisations: async (pid: string, cursor: string | null, signal?: Signal) =>
    (
      await call<Page<Authorisation>>(
        "GET",
        `${patient(pid)}/authorisations${query({ cursor })}`,
        { signal },
      )
    ).data,

  authorise: async (pid: string, rpps: string) =>
    (
      await call<Authorisation>("PUT", `${patient(pid)}/authorisations/${encodeURIComponent(rpps)}`, {
        body: {},
      })
    ).data,

  withdraw: (pid: string, rpps: string) =>
    call<null>("DELETE", `${patient(pid)}/authorisations/${encodeURIComponent(rpps)}`),

  findProfessionals: async (
    search: { family_name: string; given_name: string | null; city: string | null } | { rpps: string },
    signal?: Signal,
  ) =>
    (
      await call<{ items: ProfessionalCard[] }>("POST", "/v1/professionals/search", {
        body: search,
        signal,
      })
    ).data.items,
};

/** Where documents of a record are deposited. */
export const depositPath = (pid: string) => `${patient(pid)}/documents`;
