/** Trying again what the network did not carry, until it does or the person stops it. */
import { Offline, Problem } from "../api/problem";

const FIRST_MS = 1000;
const LONGEST_MS = 30_000;
/** Of a server that answers, and cannot now: what has begun is worth waiting for; then it is told. */
export const SOME_TRIES = 5;

const woken = new EventTarget();

/** Somebody will not wait: what waits is tried at once. */
export const tryNow = () => woken.dispatchEvent(new Event("now"));

/** Waits, less when the network comes back; raises nothing when it is stopped. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = new AbortController();
    const end = () => {
      clearTimeout(timer);
      over.abort();
      resolve();
    };
    const timer = setTimeout(end, ms);
    addEventListener("online", end, over);
    woken.addEventListener("now", end, over);
    signal.addEventListener("abort", end, over);
  });
}

const isDown = (error: unknown): error is Problem =>
  error instanceof Problem && (error.status >= 500 || error.status === 429);

export interface Persistence {
  signal: AbortSignal;
  /** The network is cut. */
  cut: () => void;
}

/**
 * Does a work that may be repeated; after a cut, again and again, each time a little later. Raises
 * what the server refuses, and AbortError.
 */
export async function persist<T>(work: () => Promise<T>, { signal, cut }: Persistence, most = SOME_TRIES): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const down = isDown(error);
      if (signal.aborted || !(error instanceof Offline || (down && tries < most))) throw error;
      if (!down) cut();
      const asked = down ? (error.retryAfter ?? 0) * 1000 : 0;
      await pause(Math.max(asked, Math.min(LONGEST_MS, FIRST_MS * 2 ** (tries - 1))), signal);
    }
  }
}
