/** The bytes of an answer, as they come: a long file says how far it is, and stops when nobody waits. */
import { Offline, Tampered } from "./problem";

export interface Pouring {
  signal?: AbortSignal | undefined;
  /** How many bytes of the whole are here. */
  onRead?: ((bytes: number) => void) | undefined;
}

/**
 * Reads an answer into a place of `whole`, from `start` to `end`.
 * Raises Offline when the line is cut, AbortError when the signal fires, Tampered when the answer is
 * longer or shorter than its place.
 */
export async function pour(
  answer: Response,
  whole: Uint8Array,
  [start, end]: readonly [number, number],
  { signal, onRead }: Pouring,
): Promise<void> {
  const reader = answer.body?.getReader();
  const leave = () => void reader?.cancel().catch(() => undefined); // of one that broke there is nothing to stop
  signal?.addEventListener("abort", leave);
  try {
    let at = start;
    for (let part = await next(reader); part; part = await next(reader)) {
      if (at + part.length > end) throw new Tampered();
      whole.set(part, at);
      at += part.length;
      onRead?.(at);
    }
    signal?.throwIfAborted();
    if (at !== end) throw new Tampered();
  } catch (error) {
    leave();
    throw error;
  } finally {
    signal?.removeEventListener("abort", leave);
  }
}

async function next(reader: ReadableStreamDefaultReader<Uint8Array> | undefined) {
  try {
    return (await reader?.read())?.value;
  } catch {
    throw new Offline();
  }
}
