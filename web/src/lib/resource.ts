/** Loading one thing for a screen: its data, its error, and how to ask again. */
import { useEffect, useRef, useState } from "preact/hooks";

export interface Resource<T> {
  data: T | null;
  error: unknown;
  loading: boolean;
  reload: () => void;
  /** Puts a value already known, after a change made here. */
  set: (data: T) => void;
}

/** Loads when `key` changes; the answer to an older key is dropped. */
export function useResource<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Resource<T> {
  const [state, setState] = useState<{ key: string; data: T | null; error: unknown }>({
    key,
    data: null,
    error: null,
  });
  const [turn, setTurn] = useState(0);
  const loader = useRef(load);
  loader.current = load;

  useEffect(() => {
    const stop = new AbortController();
    setState((old) => ({ key, data: old.key === key ? old.data : null, error: null }));
    loader
      .current(stop.signal)
      .then((data) => !stop.signal.aborted && setState({ key, data, error: null }))
      .catch((error: unknown) => !stop.signal.aborted && setState({ key, data: null, error }));
    return () => stop.abort();
  }, [key, turn]);

  const current = state.key === key ? state : { key, data: null, error: null };
  return {
    data: current.data,
    error: current.error,
    loading: current.data === null && current.error === null,
    reload: () => setTurn((t) => t + 1),
    set: (data) => setState({ key, data, error: null }),
  };
}
