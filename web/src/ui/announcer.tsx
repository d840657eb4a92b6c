/** What is said aloud without moving the focus. */
import { signal } from "@preact/signals";

const spoken = signal("");

/** Says a sentence to assistive technology; the same sentence twice is said twice. */
export function announce(text: string) {
  spoken.value = spoken.value === text ? `${text}\u200b` : text;
}

export function Announcer() {
  return (
    <p class="said" role="status" aria-live="polite">
      {spoken.value}
    </p>
  );
}
