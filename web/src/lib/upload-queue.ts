/**
 * The files chosen for deposit, in memory: they survive a change of screen and a new login.
 * Each file keeps one idempotency key, so that trying again never deposits twice.
 */
import { type Signal, signal } from "@preact/signals";
import { api } from "../api/carnet";
import { Offline, Problem } from "../api/problem";
import type { CarnetDocument, DepositBody } from "../api/types";
import {
  type Format, MAX_BYTES, proposeDate, proposeFamily, proposeTitle, sha256, sniff,
} from "./file-facts";
import { domId, idempotencyKey } from "./ids";
import { typeFor } from "./kinds";
import { forgetLists } from "./paging";
import type { Removed } from "./photo";
import { deposit, timeLeft } from "./upload";
import { tellUnsent } from "./unsent";

/** Why a file is refused before it is sent. */
export type Refusal = "empty" | "too-large" | "kind" | "same-file";

export type Step =
  | { at: "ready"; stopped?: true }
  /** Asked for, behind another that is on its way. */
  | { at: "queued" }
  | { at: "refused-here"; why: Refusal }
  | { at: "sending"; share: number; secondsLeft: number | null }
  | { at: "checking" }
  | { at: "available"; document: CarnetDocument }
  | { at: "already-there"; document: CarnetDocument }
  | { at: "failed"; error: Problem | Offline };

export type Visibility = NonNullable<DepositBody["visibility"]>;

export interface Draft {
  title: string;
  type: string;
  date: string;
  /** Of a minor's, by a professional: whether those who represent her see it; empty until chosen. */
  visibility: Visibility | "";
}

export interface Upload {
  id: string;
  key: string;
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
  file: Blob;
  format: Format | null;
  hash: string;
  /** What was left out of a photo before it came here. */
  removed: Removed[];
  draft: Signal<Draft>;
  step: Signal<Step>;
  stop: AbortController | null;
  /** It has left at least once: the server may know its key. */
  tried: boolean;
  /** When it last left, on the clock of the page. */
  sentAt: number;
}

const SECOND_TAP_MS = 500;

const queues = new Map<string, Signal<Upload[]>>();

/** The queue of one record: what was chosen for one person is never shown for another. */
export function queueOf(pid: string): Signal<Upload[]> {
  let queue = queues.get(pid);
  if (!queue) {
    queue = signal<Upload[]>([]);
    queues.set(pid, queue);
  }
  return queue;
}

const all = () => [...queues.values()].flatMap((queue) => queue.value);

/** Says whether closing the page would lose a file, or is sending one. */
export const hasUnsent = () =>
  all().some(({ step }) => ["ready", "queued", "sending", "checking", "failed"].includes(step.value.at));

export const isSending = () =>
  all().some(({ step }) => step.value.at === "sending" || step.value.at === "checking");

tellUnsent("file", hasUnsent);

function refusal(upload: Upload, others: Upload[]): Refusal | null {
  if (upload.bytes.length === 0) return "empty";
  if (upload.format === null) return "kind";
  if (upload.bytes.length > MAX_BYTES) return "too-large";
  return others.some((other) => other.hash === upload.hash) ? "same-file" : null;
}

/** Adds a file: reads it, proposes its title, type and date, refuses what cannot be accepted. */
export async function add(
  pid: string,
  file: Blob & { name?: string; lastModified?: number },
  role: "patient" | "professional",
  removed: Removed[] = [],
): Promise<Upload> {
  const queue = queueOf(pid);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const name = file.name ?? "";
  const upload: Upload = {
    id: domId("file"),
    key: idempotencyKey(),
    name,
    bytes,
    file,
    format: sniff(bytes),
    hash: await sha256(bytes),
    removed,
    draft: signal<Draft>({
      title: proposeTitle(name),
      type: typeFor(proposeFamily(name), role),
      date: proposeDate(name, file.lastModified ?? Date.now()),
      visibility: "",
    }),
    step: signal<Step>({ at: "ready" }),
    stop: null,
    tried: false,
    sentAt: 0,
  };
  const why = refusal(upload, queue.value);
  if (why) upload.step.value = { at: "refused-here", why };
  queue.value = [...queue.value, upload];
  return upload;
}

/** Takes a file out of the queue, stopping it if it is on its way. */
export function remove(pid: string, upload: Upload) {
  upload.stop?.abort();
  const queue = queueOf(pid);
  queue.value = queue.value.filter((other) => other !== upload);
}

function follow(upload: Upload) {
  const began = performance.now();
  return (share: number) => {
    const secondsLeft = timeLeft(began, share);
    upload.step.value = share < 1 ? { at: "sending", share, secondsLeft } : { at: "checking" };
  };
}

/** Sends files one after the other: a slow line carries one file well and three files badly. */
export async function startEach(pid: string, uploads: Upload[]): Promise<void> {
  for (const upload of uploads) upload.step.value = { at: "queued" };
  for (const upload of uploads) await start(pid, upload);
}

const MAY_LEAVE = new Set<Step["at"]>(["ready", "queued", "failed"]);

/**
 * Sends one file of the queue; its step tells what happens, nothing is raised. What was taken out
 * while it waited does not leave.
 */
export async function start(pid: string, upload: Upload): Promise<void> {
  if (!MAY_LEAVE.has(upload.step.value.at) || !upload.format) return;
  if (!queueOf(pid).value.includes(upload)) return;
  const stop = new AbortController();
  upload.stop = stop;
  upload.tried = true;
  upload.sentAt = performance.now();
  upload.step.value = { at: "sending", share: 0, secondsLeft: null };
  const { title, type, date, visibility } = upload.draft.value;
  const own = upload.format === "text/xml";
  const description = {
    title: own ? null : title.trim(),
    type_code: own ? null : (type as DepositBody["type_code"]),
    care_date: own ? null : date,
    format: upload.format,
    sha256: upload.hash,
    visibility: visibility || null,
  };
  try {
    const document = await deposit(pid, upload.bytes, description, upload.key, {
      progress: follow(upload),
      signal: stop.signal,
    });
    upload.step.value = { at: "available", document };
    forgetLists();
  } catch (error) {
    if (stop.signal.aborted) upload.step.value = { at: "ready", stopped: true };
    else if (error instanceof Problem || error instanceof Offline) {
      const twin = await alreadyThere(pid, error);
      upload.step.value = twin ? { at: "already-there", document: twin } : { at: "failed", error };
    } else throw error;
  }
}

/** The document that holds the same content, when that is why a deposit was refused. */
async function alreadyThere(pid: string, error: Problem | Offline): Promise<CarnetDocument | null> {
  if (!(error instanceof Problem) || error.slug !== "already-deposited") return null;
  const id = error.body.document_id;
  if (!id) return null;
  try {
    return (await api.document(pid, id)).data;
  } catch {
    return null;
  }
}

/** Stops a file on its way; it stays in the queue. */
export function cancel(upload: Upload) {
  // « Arrêter » comes under the finger that has just sent: the second tap of two is not meant.
  if (performance.now() - upload.sentAt > SECOND_TAP_MS) upload.stop?.abort();
}

/** A changed description is another deposit: the key of the first one cannot serve again. */
export function edit(upload: Upload, change: Partial<Draft>) {
  upload.draft.value = { ...upload.draft.value, ...change };
  if (upload.tried) upload.key = idempotencyKey();
  upload.tried = false;
}
