/** Files chosen for a message: each leaves at once, and is told apart until the server has it. */
import { type Signal, signal } from "@preact/signals";
import { attachmentsPath } from "../api/messages";
import { Offline, Problem } from "../api/problem";
import type { WaitingFile } from "../api/types";
import { catalogue as t } from "../catalogue";
import { type Format, MAX_BYTES, sniff } from "./file-facts";
import { domId, idempotencyKey } from "./ids";
import { type JoinedFile, editDraft, heldDraft } from "./message-draft";
import { tellUnsent } from "./unsent";
import { sendBytes, timeLeft } from "./upload";
import type { Refusal } from "./upload-queue";

const NAME_MAX = 120;

export type FileStep =
  | { at: "refused-here"; why: Exclude<Refusal, "same-file"> }
  | { at: "sending"; share: number; secondsLeft: number | null }
  | { at: "stopped" }
  | { at: "failed"; error: Problem | Offline };

export interface Chosen {
  id: string;
  key: string;
  name: string;
  file: Blob;
  bytes: Uint8Array<ArrayBuffer>;
  format: Format | null;
  step: Signal<FileStep>;
  stop: AbortController | null;
}

const chosen = new Map<string, Signal<Chosen[]>>();

/** The files of a draft that the server does not have. */
export function filesOf(draft: string): Signal<Chosen[]> {
  const known = chosen.get(draft) ?? signal<Chosen[]>([]);
  chosen.set(draft, known);
  return known;
}

tellUnsent("file", () =>
  [...chosen.values()].some(({ value }) => value.some(({ step }) => step.value.at !== "refused-here")),
);

export function dropFile(draft: string, file: Chosen) {
  file.stop?.abort();
  const files = filesOf(draft);
  files.value = files.value.filter((other) => other !== file);
}

function refusal({ bytes, format }: Chosen): Exclude<Refusal, "same-file"> | null {
  if (bytes.length === 0) return "empty";
  if (format === null) return "kind";
  return bytes.length > MAX_BYTES ? "too-large" : null;
}

/** Takes a file, and sends it unless it would be refused. */
export async function addFile(draft: string, conversation: string, from: Blob & { name?: string }) {
  const bytes = new Uint8Array(await from.arrayBuffer());
  const file: Chosen = {
    id: domId("joined"),
    key: idempotencyKey(),
    name: (from.name || t.add.unnamed).slice(-NAME_MAX),
    file: from,
    bytes,
    format: sniff(bytes),
    step: signal<FileStep>({ at: "stopped" }),
    stop: null,
  };
  const why = refusal(file);
  if (why) file.step.value = { at: "refused-here", why };
  const files = filesOf(draft);
  files.value = [...files.value, file];
  if (!why) await sendFile(draft, conversation, file);
}

/** Sends one file; its step tells what happens, nothing is raised. */
export async function sendFile(draft: string, conversation: string, file: Chosen): Promise<void> {
  const stop = new AbortController();
  file.stop = stop;
  const began = performance.now();
  const since = Date.now();
  file.step.value = { at: "sending", share: 0, secondsLeft: null };
  const progress = (share: number) => {
    file.step.value = { at: "sending", share, secondsLeft: timeLeft(began, share) };
  };
  try {
    const stored = await sendBytes<Omit<WaitingFile, "name">>(attachmentsPath(conversation), file.bytes, file.key, {
      progress,
      signal: stop.signal,
    });
    dropFile(draft, file);
    attach(draft, { ...stored, name: file.name, since });
  } catch (error) {
    if (stop.signal.aborted) file.step.value = { at: "stopped" };
    else if (error instanceof Problem || error instanceof Offline) file.step.value = { at: "failed", error };
    else throw error;
  }
}

export function attach(draft: string, file: JoinedFile) {
  const { attachments } = heldDraft(draft).value.draft;
  editDraft(draft, { attachments: [...attachments, { ...file, name: file.name.slice(0, NAME_MAX) }] });
}

export function detach(draft: string, id: string) {
  const { attachments } = heldDraft(draft).value.draft;
  editDraft(draft, { attachments: attachments.filter((one) => one.id !== id) });
}
