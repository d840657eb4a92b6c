/** The profile a person acts in: her own, or that of a child she represents. */
import { computed, signal } from "@preact/signals";
import { keepChoice, ownAmong, profileOf, profilesOf } from "../api/profile-choice";
import { leave, me, renewMe } from "../api/session";
import type { Profile } from "../api/types";

export const profiles = computed(() => profilesOf(me.value));

/** Null for a professional, and until it is known. */
export const currentProfile = computed(() => profileOf(me.value));

export const ownProfile = computed(() => ownAmong(profiles.value));

export const isChilds = (profile: Profile | null): boolean => profile?.relation === "representative";

/** The address at which a screen finds itself again in another profile; without one, it is home. */
export const sameElsewhere = signal<string | null>(null);

/** Opens another profile on a page of its own: nothing of the former one stays in memory. */
export function switchTo(pid: string) {
  const own = ownProfile.value;
  if (!own) return;
  keepChoice({ by: own.patient_id, of: pid, fresh: true });
  leave(sameElsewhere.value ?? "/accueil");
}

const DAY = 86_400_000;

/** Asks again whose records are open at the instant a child comes of age; returns how to stop. */
export function watchEnd({ ends_at: end }: Profile): () => void {
  const left = end ? Date.parse(end) - Date.now() : Infinity;
  if (!(left < DAY)) return () => undefined;
  const timer = setTimeout(() => renewMe().catch(() => undefined), Math.max(0, left) + 1000);
  return () => clearTimeout(timer);
}

type Words<T> = { readonly [K in keyof T]: unknown };

function over<T extends Words<T>>(words: T, others: object): T {
  const said = { ...words } as Record<string, unknown>;
  for (const [key, other] of Object.entries(others)) {
    const own = said[key];
    const isGroup = own !== null && typeof own === "object" && !Array.isArray(own);
    said[key] = isGroup ? over(own as Words<object>, other as object) : other;
  }
  return said as T;
}

/** Words of a domain as they are true of the profile that is open: « votre dossier », « ce dossier ». */
export const said = <T extends { child: object }>(words: T): T =>
  isChilds(currentProfile.value) ? over(words, words.child) : words;
