/**
 * Files on their way and photos taken, kept on this device until they have arrived (ADR 0034): sealed
 * as drafts are. One page at a time keeps them, the one that holds the lock; when it closes, the next
 * one takes them up. Until then it is told that they have changed, and reads from the device what is said of them.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { forget, keep, keepBytes, onErased, recover, recoverBytes } from "./device-vault";

const SAVE_MS = 300;

const NAME = "carnet-files";

let asked = false;
let ours = false;
/** Another page has them. */
let theirs = false;
const waiting: (() => Promise<void>)[] = [];
const looking: (() => Promise<void>)[] = [];
/** Says which list has changed, and nothing of it. */
const channel = new BroadcastChannel(NAME);

/** Says that somebody is logged in: what is kept for her is taken up. Without locks nothing is kept. */
export function claimFiles() {
  if (asked || !("locks" in navigator)) return;
  asked = true;
  navigator.locks
    .request(NAME, async () => {
      ours = true;
      theirs = false;
      for (const restore of waiting) await restore();
      await new Promise(() => undefined);
    })
    .catch(() => undefined);
  lookElsewhere().catch(() => undefined);
}

/** What was asked for above is granted by now, or another page has it. */
async function lookElsewhere() {
  const { pending = [] } = await navigator.locks.query();
  theirs = !ours && pending.some(({ name }) => name === NAME);
  if (theirs) for (const look of looking) await look();
}

/** What is kept of one kind: a list, and bytes under a place of each. */
export interface Keeper<Row> {
  /** What another page keeps; null when this one does. */
  elsewhere: ReadonlySignal<Row[] | null>;
  /** The list has changed. */
  touch: () => void;
  keep: (place: string, content: Blob) => Promise<boolean>;
  drop: (place: string) => void;
}

/**
 * Keeps a list and the bytes of each; `restore` gets what was kept before this page, once, with what
 * reads the bytes of a place.
 */
export function keeper<Row>(
  name: string,
  rows: () => Row[],
  restore: (row: Row, read: (place: string) => Promise<Blob | null>) => Promise<void>,
  empty: () => void,
): Keeper<Row> {
  const read = async (place: string) => {
    const content = await recoverBytes(`${name} ${place}`);
    return content && new Blob([content]);
  };
  const save = async () => {
    clearTimeout(timer);
    timer = undefined;
    if (!ours) return;
    const all = rows();
    if (all.length) await keep(name, JSON.stringify(all));
    else await forget(name);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel is same-origin
    channel.postMessage(name);
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const touch = () => {
    timer ??= setTimeout(() => void save().catch(reportError), SAVE_MS);
  };
  const flush = () => void (timer && save().catch(reportError));
  document.addEventListener("visibilitychange", flush);
  addEventListener("pagehide", flush);
  const kept = async () => {
    const list = await recover(name);
    return list ? (JSON.parse(list) as Row[]) : [];
  };
  const takeUp = async () => {
    elsewhere.value = null;
    for (const row of await kept()) await restore(row, read);
    touch();
  };
  const elsewhere = signal<Row[] | null>(null);
  const look = async () => {
    const list = await kept();
    if (theirs) elsewhere.value = list;
  };
  if (ours) takeUp().catch(reportError);
  else waiting.push(takeUp);
  looking.push(look);
  if (theirs) look().catch(reportError);
  channel.addEventListener("message", ({ data }: MessageEvent<string>) => {
    if (theirs && data === name) look().catch(reportError);
  });
  onErased(empty);
  return {
    elsewhere,
    touch,
    keep: async (place, content) => ours && keepBytes(`${name} ${place}`, await content.arrayBuffer()),
    drop: (place) => void forget(`${name} ${place}`).catch(reportError),
  };
}
