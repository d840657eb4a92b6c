/** Single-key shortcuts, never while typing, and only if the person keeps them on. */
import { signal } from "@preact/signals";
import { me, sessionState } from "../api/session";
import { shortcuts } from "./prefs";

export const shortcutsShown = signal(false);

let searchWanted = false;

/** Says, once, that the search field of the screen that opens must take the focus. */
export function takeSearchWanted(): boolean {
  const wanted = searchWanted;
  searchWanted = false;
  return wanted;
}

/** Whether a key pressed belongs to what the person is writing or choosing. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  return (
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    target?.closest("input:not([type=checkbox]):not([type=radio]), textarea, select") !== null &&
      target !== null ||
    document.querySelector("dialog[open]") !== null
  );
}

function search(go: (path: string) => void) {
  const field = document.querySelector<HTMLElement>("main [data-search]");
  if (field) {
    field.focus();
    return;
  }
  searchWanted = true;
  go(me.value?.role === "professional" ? "/pro" : "/documents");
}

/** Listens to `/` and `?`; returns how to stop. */
export function listenShortcuts(go: (path: string) => void): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (!shortcuts.value || sessionState.value !== "in" || isTyping(event)) return;
    if (event.key === "/") {
      event.preventDefault();
      search(go);
    } else if (event.key === "?") {
      event.preventDefault();
      shortcutsShown.value = true;
    }
  };
  addEventListener("keydown", onKey);
  return () => removeEventListener("keydown", onKey);
}
