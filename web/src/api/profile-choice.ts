/**
 * Whose record this tab has open: one's own, or that of a child. Kept for the tab alone, as the two
 * opaque ids of who chose and of what was chosen: it survives a reload, and is nothing to the next login.
 */
import { signal } from "@preact/signals";
import type { Me, Profile } from "./types";

const KEY = "carnet.profile";

export interface Choice {
  by: string;
  of: string;
  /** Just made: to be said aloud once. */
  fresh: boolean;
}

const WRITTEN = /^([\w-]+) ([\w-]+)( new)?$/;

export function readChoice(kept: string | null): Choice | null {
  const [, by, of, fresh] = WRITTEN.exec(kept ?? "") ?? [];
  return by && of ? { by, of, fresh: fresh !== undefined } : null;
}

export const writeChoice = ({ by, of, fresh }: Choice) => `${by} ${of}${fresh ? " new" : ""}`;

function recall(): Choice | null {
  try {
    return readChoice(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

export const choice = signal<Choice | null>(recall());

/** The profile that was open is not this person's to open any more: to be told. */
export const profileGone = signal(false);

export function keepChoice(made: Choice | null) {
  choice.value = made;
  try {
    if (made) sessionStorage.setItem(KEY, writeChoice(made));
    else sessionStorage.removeItem(KEY);
  } catch {
    // A tab that refuses storage forgets at the next reload: one's own record is shown.
  }
}

/** One's own profile among those that one may open. */
export const ownAmong = (profiles: readonly Profile[]): Profile | null =>
  profiles.find(({ relation }) => relation === "self") ?? profiles[0] ?? null;

/** The profile chosen by this person if she may still open it, else her own. */
export function profileAmong(profiles: readonly Profile[], made: Choice | null): Profile | null {
  const own = ownAmong(profiles);
  if (!own || made?.by !== own.patient_id) return own;
  return profiles.find(({ patient_id: pid }) => pid === made.of) ?? own;
}

/** Whether this person chose a profile that she may not open any more; another's choice is nothing. */
export const isGone = (profiles: readonly Profile[], made: Choice | null): boolean =>
  made !== null &&
  made.by === ownAmong(profiles)?.patient_id &&
  profiles.every(({ patient_id: pid }) => pid !== made.of);

export const profilesOf = (who: Me | null): Profile[] => (who?.role === "patient" ? who.profiles : []);

export const profileOf = (who: Me | null) => profileAmong(profilesOf(who), choice.value);

/** On a new page: drops a choice that is not of this person, or that is over, which is told. */
export function settleChoice(who: Me) {
  const profiles = profilesOf(who);
  const made = choice.value;
  if (made === null) return;
  if (isGone(profiles, made)) profileGone.value = true;
  if (profileAmong(profiles, made)?.patient_id !== made.of) keepChoice(null);
}
