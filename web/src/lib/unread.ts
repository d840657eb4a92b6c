/** How many notices were not read yet: shown on the bell of every screen. */
import { signal } from "@preact/signals";

/** Null until it is known. */
export const unread = signal<number | null>(null);
