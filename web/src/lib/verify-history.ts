/** Reads a whole history with its keys, checks it, and remembers it when it is whole. */
import { api } from "../api/carnet";
import type { Proof } from "../api/types";
import { keep, recall } from "./seen-history";
import { type Checked, check } from "./verify-trace";

export interface Progress {
  read: number;
  size: number;
}

export interface Verdict extends Checked {
  /** It was compared with a state found whole before on this device. */
  compared: boolean;
}

/** Reads until every sealed place is there; a page that brings none ends it: the check tells. */
async function readPages(pid: string, tell: (progress: Progress) => void, signal: AbortSignal) {
  const pages: Proof[] = [];
  let cursor: string | null = null;
  let read = 0;
  do {
    const page: Proof = await api.traceProof(pid, cursor, signal);
    pages.push(page);
    read += page.items.length;
    cursor = page.items.length ? page.next : null;
    tell({ read, size: pages[0]?.checkpoint?.size ?? 0 });
  } while (cursor && read < (pages[0]?.checkpoint?.size ?? 0));
  return pages;
}

/** Checks the history of a record; raises what the API raises when it cannot be read. */
export async function verifyHistory(
  pid: string,
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Verdict> {
  const seen = await recall(pid);
  const keys = await api.sealingKeys(signal);
  const pages = await readPages(pid, tell, signal);
  const checked = await check(pages, { patient: pid, keys, seen });
  // A state that is not whole never replaces the one that was.
  if (checked.head) await keep(pid, checked.head);
  return { ...checked, compared: seen !== null };
}
