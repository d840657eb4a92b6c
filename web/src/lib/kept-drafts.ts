/** Half-filled forms, in the memory of this page only: leaving a screen loses nothing. */
import { useState } from "preact/hooks";
import type { Appointment } from "../api/types";
import { tellUnsent } from "./unsent";

const drafts = new Map<string, object>();

tellUnsent("typed", () => drafts.size > 0);

/** What names a draft; that of an older version of an appointment is not taken up. */
export const draftName = (pid: string, set: Appointment | null) =>
  set ? `${pid} ${set.id} ${set.version}` : pid;

export const dropDraft = (name: string) => void drafts.delete(name);

/** What is typed over what there was at first, taken up where it was left; `drop` once it is saved. */
export function useDraft<T extends object>(name: string, start: T) {
  const [typed, put] = useState(() => (drafts.get(name) as T | undefined) ?? start);
  const [resumed, setResumed] = useState(() => drafts.has(name));
  const set = (change: Partial<T>) =>
    put((old) => {
      const next = { ...old, ...change };
      if (JSON.stringify(next) === JSON.stringify(start)) drafts.delete(name);
      else drafts.set(name, next);
      return next;
    });
  const drop = () => {
    dropDraft(name);
    setResumed(false);
  };
  const restart = () => {
    drop();
    put(start);
  };
  return { typed, set, put, drop, resumed, restart };
}
