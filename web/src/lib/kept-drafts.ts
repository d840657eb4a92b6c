/** Half-filled appointments, in the memory of this page only: leaving a screen loses nothing. */
import type { Appointment } from "../api/types";
import type { Typed } from "./appointment-draft";

const drafts = new Map<string, Typed>();

/** What names a draft; that of an older version of an appointment is not taken up. */
export const draftName = (pid: string, set: Appointment | null) =>
  set ? `${pid} ${set.id} ${set.version}` : pid;

export const keptDraft = (key: string): Typed | null => drafts.get(key) ?? null;

export const keepDraft = (key: string, typed: Typed) => void drafts.set(key, typed);

export const dropDraft = (key: string) => void drafts.delete(key);
