/**
 * Files on their way and photos taken, kept on this device until they have arrived (ADR 0034): sealed
 * as drafts are. One page at a time keeps them, the one that holds the lock; when it closes, the next
 * one takes them up.
 */
import { forget, keep, keepBytes, onErased, recover, recoverBytes } from "./device-vault";

const SAVE_MS = 300;

let asked = false;
let ours = false;
const waiting: (() => Promise<void>)[] = [];

/** Says that somebody is logged in: what is kept for her is taken up. Without locks nothing is kept. */
export function claimFiles() {
  if (asked || !("locks" in navigator)) return;
  asked = true;
  navigator.locks
    .request("carnet-files", async () => {
      ours = true;
      for (const restore of waiting) await restore();
      await new Promise(() => undefined);
    })
    .catch(() => undefined);
}

/** What is kept of one kind: a list, and bytes under a place of each. */
export interface Keeper {
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
): Keeper {
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
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const touch = () => {
    timer ??= setTimeout(() => void save().catch(reportError), SAVE_MS);
  };
  const flush = () => void (timer && save().catch(reportError));
  document.addEventListener("visibilitychange", flush);
  addEventListener("pagehide", flush);
  const takeUp = async () => {
    const list = await recover(name);
    for (const row of list ? (JSON.parse(list) as Row[]) : []) await restore(row, read);
    touch();
  };
  if (ours) takeUp().catch(reportError);
  else waiting.push(takeUp);
  onErased(empty);
  return {
    touch,
    keep: async (place, content) => ours && keepBytes(`${name} ${place}`, await content.arrayBuffer()),
    drop: (place) => void forget(`${name} ${place}`).catch(reportError),
  };
}
