/**
 * A list read page by page, kept in memory so that « back » finds it as it was left.
 * Nothing is kept beyond the page of the browser.
 */
import { useEffect, useState } from "preact/hooks";
import type { Page } from "../api/types";

type Load<T> = (cursor: string | null, signal: AbortSignal) => Promise<Page<T>>;

interface Kept<T> {
  items: T[];
  next: string | null;
  scroll: number;
  focus: string | null;
}

const kept = new Map<string, Kept<unknown>>();
let cameBack = false;

addEventListener("popstate", () => {
  cameBack = true;
});
addEventListener("click", () => {
  cameBack = false;
});

/** Forgets the lists kept, after something in them has changed. */
export const forgetLists = () => kept.clear();

export interface PagedList<T> {
  items: T[];
  /** The first page is not there yet. */
  loading: boolean;
  loadingMore: boolean;
  error: unknown;
  complete: boolean;
  more: () => void;
  reload: () => void;
}

interface State<T> {
  key: string;
  items: T[];
  next: string | null;
  started: boolean;
  error: unknown;
  busy: boolean;
}

const empty = <T>(key: string): State<T> => ({
  key, items: [], next: null, started: false, error: null, busy: true,
});

function recall<T>(key: string): State<T> | null {
  const old = cameBack ? (kept.get(key) as Kept<T> | undefined) : undefined;
  if (!old) return null;
  return { key, items: old.items, next: old.next, started: true, error: null, busy: false };
}

/** Reads the pages of the list named by `key`; a change of key starts again. */
export function usePagedList<T>(key: string, load: Load<T>): PagedList<T> {
  const [state, setState] = useState<State<T>>(() => recall<T>(key) ?? empty<T>(key));
  const [turn, setTurn] = useState(0);
  const current = state.key === key ? state : empty<T>(key);

  const read = (from: State<T>, signal: AbortSignal) =>
    load(from.started ? from.next : null, signal)
      .then((page) => {
        if (signal.aborted) return undefined;
        const items = from.started ? [...from.items, ...page.items] : page.items;
        kept.set(key, { items, next: page.next, scroll: 0, focus: null });
        return setState({ key, items, next: page.next, started: true, error: null, busy: false });
      })
      .catch((error: unknown) => {
        if (!signal.aborted) setState({ ...from, error, busy: false });
      });

  useEffect(() => {
    const back = turn === 0 ? recall<T>(key) : null;
    if (back) {
      setState(back);
      return undefined;
    }
    const stop = new AbortController();
    const fresh = empty<T>(key);
    // Read again, the list stays on screen until the new one is there.
    setState((old) => (old.key === key && old.started ? { ...old, error: null, busy: true } : fresh));
    read(fresh, stop.signal).catch(() => undefined);
    return () => stop.abort();
  }, [key, turn]);

  return {
    items: current.items,
    loading: !current.started && current.error === null,
    loadingMore: current.started && current.busy,
    error: current.error,
    complete: current.started && current.next === null,
    more: () => {
      if (current.busy || (current.started && current.next === null)) return;
      const asking = { ...current, error: null, busy: true };
      setState(asking);
      read(asking, new AbortController().signal).catch(() => undefined);
    },
    reload: () => setTurn((t) => t + 1),
  };
}

/** Keeps where the reader was in a list, and brings them back there. */
export function useKeptPosition(key: string, ready: boolean) {
  useEffect(() => {
    const old = cameBack ? kept.get(key) : undefined;
    if (!ready || !old) return;
    scrollTo(0, old.scroll);
    if (old.focus) document.getElementById(old.focus)?.focus({ preventScroll: true });
  }, [key, ready]);

  return (focus: string) => {
    const entry = kept.get(key);
    if (entry) Object.assign(entry, { scroll: scrollY, focus });
  };
}
