/** Reading several documents one after the other, each checked; what fails is kept apart, by name. */
import type { CarnetDocument } from "../api/types";
import { Offline, Problem, Tampered } from "../api/problem";
import { downloadName } from "./file-facts";
import { parisDay } from "./format";
import { saveAs } from "./save";
import { zip } from "./zip";

/** Kept in memory until all are there: 50 of 4 MiB are what a phone can hold. */
export const MANY_AT_MOST = 50;

export interface Failed {
  doc: CarnetDocument;
  error: unknown;
}

export type Read = (doc: CarnetDocument, signal: AbortSignal) => Promise<ArrayBuffer>;

export const nameOf = (doc: CarnetDocument) =>
  downloadName(doc.care_date, doc.title, doc.author.name, doc.format);

/** Reads what is not in `files` yet; returns what could not be read. Stopped, it leaves at once. */
export async function readEach(
  docs: readonly CarnetDocument[],
  files: Map<string, ArrayBuffer>,
  read: Read,
  signal: AbortSignal,
  onDone: () => void,
): Promise<Failed[]> {
  const failed: Failed[] = [];
  for (const doc of docs) {
    if (signal.aborted) return failed;
    if (files.has(doc.id)) continue;
    try {
      files.set(doc.id, await read(doc, signal));
    } catch (error) {
      if (signal.aborted) return failed;
      const expected = error instanceof Problem || error instanceof Offline || error instanceof Tampered;
      if (!expected) throw error;
      failed.push({ doc, error });
    }
    onDone();
  }
  return failed;
}

/** Offers what was read: the one file, or all in an archive named by today and `title`. */
export function saveEach(docs: readonly CarnetDocument[], files: Map<string, ArrayBuffer>, title: string) {
  const entries = docs.flatMap((doc) => {
    const bytes = files.get(doc.id);
    return bytes ? [{ name: nameOf(doc), bytes, day: doc.care_date }] : [];
  });
  const [only] = entries;
  if (entries.length === 1 && only) {
    saveAs(new Blob([only.bytes], { type: "application/octet-stream" }), only.name);
  } else if (only) {
    saveAs(zip(entries), `${parisDay(new Date())} ${title.replace(/\s/gu, " ")}.zip`);
  }
}
