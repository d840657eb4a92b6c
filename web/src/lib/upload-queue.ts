/**
 * The files chosen for deposit: they survive a change of screen and a new login; a person's own are
 * kept on the device as well until they have arrived, so that a page that is loaded again goes on
 * (ADR 0034). Each file keeps one idempotency key, so that trying again never deposits twice.
 */
import { type Signal, signal } from "@preact/signals";
import { api } from "../api/carnet";
import { Offline, Problem } from "../api/problem";
import type { CarnetDocument, DepositBody } from "../api/types";
import {
  type Format, MOST_BYTES, proposeDate, proposeFamily, proposeTitle, sha256, sniff,
} from "./file-facts";
import { deposit } from "./deposit";
import { domId, idempotencyKey } from "./ids";
import { keeper } from "./kept-files";
import { typeFor } from "./kinds";
import { forgetLists } from "./paging";
import type { Removed } from "./photo";
import { timeLeft } from "./upload";
import { tellUnsent } from "./unsent";

/** Why a file is refused before it is sent. */
export type Refusal = "empty" | "too-large" | "kind" | "same-file";

export type Step =
  | { at: "ready"; stopped?: true }
  /** Asked for, behind another that is on its way. */
  | { at: "queued" }
  | { at: "refused-here"; why: Refusal }
  | { at: "sending"; share: number; secondsLeft: number | null }
  /** The network is gone: it goes on by itself when it is back. */
  | { at: "cut"; share: number }
  /** All its bytes have left. */
  | { at: "sent" }
  | { at: "checking" }
  | { at: "available"; document: CarnetDocument }
  | { at: "already-there"; document: CarnetDocument }
  | { at: "failed"; error: Problem | Offline };

export type Visibility = NonNullable<DepositBody["visibility"]>;

export interface Draft {
  title: string;
  type: string;
  date: string;
  /** By a professional: who does not see it; empty until chosen, which it need not be of an adult's. */
  visibility: Visibility | "";
  /** Why it waits to be announced, if it does. */
  reason: string;
}

export interface Upload {
  id: string;
  /** What it is called on the device; not a word of it. */
  place: string;
  key: string;
  name: string;
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
  /** The device has it. */
  kept: boolean;
}

export type Role = "patient" | "professional";

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

const UNSENT = new Set<Step["at"]>(["ready", "queued", "sending", "cut", "sent", "checking", "failed"]);

const isUnsent = ({ step }: Upload) => UNSENT.has(step.value.at);

/** Says whether the files are on their way: the page does not lock meanwhile. */
export const isSending = () => all().some(({ step }) => ["sending", "sent", "checking"].includes(step.value.at));

tellUnsent("file", (leaving) => all().some((upload) => isUnsent(upload) && (leaving === "session" || !upload.kept)));

function refusal(upload: Upload, others: Upload[]): Refusal | null {
  if (upload.file.size === 0) return "empty";
  if (upload.format === null) return "kind";
  if (upload.file.size > MOST_BYTES) return "too-large";
  return others.some((other) => other.hash === upload.hash) ? "same-file" : null;
}

/** Adds a file: reads it, proposes its title, type and date, refuses what cannot be accepted. */
export async function add(
  pid: string,
  file: Blob & { name?: string; lastModified?: number },
  role: Role,
  removed: Removed[] = [],
): Promise<Upload> {
  const queue = queueOf(pid);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const name = file.name ?? "";
  const upload: Upload = {
    id: domId("file"),
    place: idempotencyKey(),
    key: idempotencyKey(),
    name,
    // What was chosen may change or go, and what is read from it must be what is sent.
    file: new Blob([bytes]),
    format: sniff(bytes),
    hash: await sha256(bytes),
    removed,
    draft: signal<Draft>({
      title: proposeTitle(name),
      type: typeFor(proposeFamily(name), role),
      date: proposeDate(name, file.lastModified ?? Date.now()),
      visibility: "",
      reason: "",
    }),
    step: signal<Step>({ at: "ready" }),
    ...UNTRIED,
  };
  const why = refusal(upload, queue.value);
  if (why) upload.step.value = { at: "refused-here", why };
  queue.value = [...queue.value, upload];
  // A patient's papers do not stay on the post of a professional.
  if (!why && role === "patient") {
    upload.kept = await device.keep(upload.place, upload.file);
    queue.value = [...queue.value];
    device.touch();
  }
  return upload;
}

const UNTRIED = { stop: null, tried: false, sentAt: 0, kept: false };

/** What the device keeps of a file beside its bytes. */
export interface Kept extends Pick<Upload, "place" | "key" | "name" | "format" | "hash" | "removed" | "tried"> {
  pid: string;
  draft: Draft;
  /** It was on its way. */
  going: boolean;
  /** What the server said of it; nothing, of what was kept before that was. */
  refused?: Said | null;
}

/** A refusal as the device keeps it. */
type Said = Pick<Problem, "status" | "body" | "requestId">;

/** A network that was gone is no answer: the file has only to be sent. */
function said(step: Step): Said | null {
  if (step.at !== "failed" || !(step.error instanceof Problem)) return null;
  const { status, body, requestId } = step.error;
  return { status, body, requestId };
}

/** Where a file that was not on its way stands. */
export function stepOf({ refused }: Kept): Step {
  if (!refused) return { at: "ready" };
  const headers = (name: string) => (name === "X-Request-Id" ? refused.requestId : null);
  return { at: "failed", error: new Problem(refused.status, refused.body, headers) };
}

const GOING = new Set<Step["at"]>(["queued", "sending", "cut", "sent", "checking"]);

const keptRows = (): Kept[] =>
  [...queues].flatMap(([pid, queue]) =>
    queue.value
      .filter((upload) => upload.kept && isUnsent(upload))
      .map(({ place, key, name, format, hash, removed, tried, draft, step }) => ({
        pid, place, key, name, format, hash, removed, tried, draft: draft.value,
        going: GOING.has(step.value.at), refused: said(step.value),
      })),
  );

/** Takes up a file that a former page has left; what was on its way goes on. */
async function takeUp(kept: Kept, read: (place: string) => Promise<Blob | null>) {
  const { pid, draft, going, refused: _, ...row } = kept;
  const file = await read(row.place);
  const queue = queueOf(pid);
  if (!file || queue.value.some(({ place }) => place === row.place)) return;
  const upload: Upload = {
    ...UNTRIED, ...row, id: domId("file"), file, kept: true, draft: signal(draft), step: signal(stepOf(kept)),
  };
  queue.value = [...queue.value, upload];
  if (going) startEach(pid, [upload]).catch(reportError);
}

const device = keeper<Kept>("files", keptRows, takeUp, () => {
  for (const upload of all()) upload.stop?.abort();
  queues.clear();
});

/** The files of one record that another page of this device has, and sends; null when this page has them. */
export const elsewhere = (pid: string): Kept[] | null =>
  device.elsewhere.value?.filter((kept) => kept.pid === pid) ?? null;

/** It has arrived, or was given up: the device forgets it. */
function release(upload: Upload) {
  if (upload.kept) device.drop(upload.place);
  upload.kept = false;
  device.touch();
}

/** Takes a file out of the queue, stopping it if it is on its way. */
export function remove(pid: string, upload: Upload) {
  upload.stop?.abort();
  const queue = queueOf(pid);
  queue.value = queue.value.filter((other) => other !== upload);
  release(upload);
}

/** What happens to a file on its way, as steps of it. */
function follow(upload: Upload) {
  let [began, from, last] = [performance.now(), -1, 0];
  const restart = () => {
    from = -1;
  };
  return {
    progress: (share: number) => {
      if (from < 0) [began, from] = [performance.now(), share];
      last = share;
      const secondsLeft = timeLeft(began, share, from);
      upload.step.value = share < 1 ? { at: "sending", share, secondsLeft } : { at: "sent" };
    },
    cut: () => {
      restart();
      upload.step.value = { at: "cut", share: last };
    },
    arrived: () => {
      upload.step.value = { at: "checking" };
    },
  };
}

/** What waits for what is on its way: a slow line carries one file well and three files badly. */
let line: Promise<unknown> = Promise.resolve();

/** Sends files one after the other, behind those that were asked for before. */
export async function startEach(pid: string, uploads: Upload[]): Promise<void> {
  for (const upload of uploads) upload.step.value = { at: "queued" };
  device.touch();
  for (const upload of uploads) {
    const sent = line.then(() => start(pid, upload));
    line = sent.catch(() => undefined);
    await sent;
  }
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
  const { title, type, date, visibility, reason } = upload.draft.value;
  const own = upload.format === "text/xml";
  const description = {
    title: own ? null : title.trim(),
    type_code: own ? null : (type as DepositBody["type_code"]),
    care_date: own ? null : date,
    format: upload.format,
    sha256: upload.hash,
    visibility: visibility || null,
    visibility_reason: visibility === "invisible_to_patient" ? reason.trim() : null,
  };
  try {
    const way = { ...follow(upload), signal: stop.signal };
    const document = await deposit(pid, upload.file, description, upload.key, way);
    upload.step.value = { at: "available", document };
    release(upload);
    forgetLists();
  } catch (error) {
    if (stop.signal.aborted) upload.step.value = { at: "ready", stopped: true };
    else if (error instanceof Problem || error instanceof Offline) {
      const twin = await alreadyThere(pid, error);
      upload.step.value = twin ? { at: "already-there", document: twin } : { at: "failed", error };
      if (twin) release(upload);
    } else throw error;
  } finally {
    device.touch();
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
  device.touch();
}
