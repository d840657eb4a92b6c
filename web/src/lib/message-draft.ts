/**
 * Messages half-written: in memory at each letter, on the device every five seconds and when the page
 * goes out of sight. Each has one idempotency key from its first letter until it is sent, so that
 * however often it leaves, it arrives once.
 */
import { type Signal, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { isLeaving } from "../api/session";
import type { WaitingFile } from "../api/types";
import { forget, keep, onErased, recover } from "./device-vault";
import { idempotencyKey } from "./ids";
import { tellUnsent } from "./unsent";

export const BODY_MAX = 5000;
export const SUBJECT_MAX = 100;
export const FILES_MAX = 5;
const SAVE_MS = 5000;
/** How long the server keeps what is joined without its message; the draft itself lives a day. */
const FILE_MS = 50 * 60 * 1000;

/** A file that the server has, and since when at the latest. */
export interface JoinedFile extends WaitingFile {
  since: number;
}

export const overAt = ({ since }: JoinedFile): number => since + FILE_MS;

/** Says whether the server may have swept it: it is to be joined again. */
export const isOver = (file: JoinedFile, now = Date.now()): boolean => !(now < overAt(file));

export interface MessageDraft {
  subject: string;
  body: string;
  asTeam: boolean;
  attachments: JoinedFile[];
  key: string;
}

interface Held {
  draft: MessageDraft;
  /** The device has it as it is. */
  kept: boolean;
  /** It was found on the device, or on this page, not typed just now. */
  found: boolean;
}

/** Characters as the server counts them: an emoji is one. */
export const lengthOf = (text: string) => [...text].length;

export const isBlank = ({ subject, body, asTeam, attachments }: MessageDraft) =>
  body === "" && subject === "" && !asTeam && attachments.length === 0;

const blank = (): Held => ({
  draft: { subject: "", body: "", asTeam: false, attachments: [], key: idempotencyKey() },
  kept: true,
  found: false,
});

const drafts = new Map<string, Signal<Held>>();

const isUnkept = ({ value }: Signal<Held>) => !value.kept;

tellUnsent("typed", (leaving) =>
  leaving === "session"
    ? [...drafts.values()].some(({ value }) => !isBlank(value.draft))
    : [...drafts.values()].some(isUnkept),
);

export function heldDraft(name: string): Signal<Held> {
  const known = drafts.get(name) ?? signal(blank());
  drafts.set(name, known);
  return known;
}

export function editDraft(name: string, change: Partial<MessageDraft>) {
  const held = heldDraft(name);
  const draft = { ...held.value.draft, ...change };
  if (isBlank(draft)) dropDraft(name);
  else held.value = { draft, kept: false, found: held.value.found };
}

/** It was sent, or given up: nothing of it stays, and the next one has a key of its own. */
export function dropDraft(name: string) {
  heldDraft(name).value = blank();
  forget(name).catch(reportError);
}

async function save(name: string, held: Signal<Held>) {
  const { draft } = held.value;
  if (!(await keep(name, JSON.stringify(draft)))) return;
  if (held.value.draft === draft) held.value = { ...held.value, kept: true };
}

function saveAll() {
  if (isLeaving()) return;
  for (const [name, held] of drafts) if (isUnkept(held)) save(name, held).catch(reportError);
}

onErased(() => {
  for (const held of drafts.values()) held.value = blank();
  drafts.clear();
});

setInterval(saveAll, SAVE_MS);
document.addEventListener("visibilitychange", saveAll);
addEventListener("pagehide", saveAll);

/** What the device has, unless something is being typed already. */
async function takeUp(name: string, held: Signal<Held>) {
  const text = await recover(name);
  if (text === null || !isBlank(held.value.draft)) return;
  held.value = { draft: JSON.parse(text) as MessageDraft, kept: true, found: true };
}

/** The draft of that name, taken up where it was left: on this page, or before it was loaded. */
export function useMessageDraft(name: string): Held {
  const held = heldDraft(name);
  useEffect(() => {
    if (!isBlank(held.value.draft)) {
      held.value = { ...held.value, found: true };
      return;
    }
    takeUp(name, held).catch(reportError);
  }, [name]);
  return held.value;
}
