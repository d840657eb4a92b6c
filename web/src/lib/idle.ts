/** Watches whether somebody is still there; warns a minute before locking. */
import { signal } from "@preact/signals";
import { announceActivity, listen, lock, me, sessionState } from "../api/session";
import { isSending } from "./upload-queue";

const MINUTE = 60_000;
const WARNING_MS = MINUTE;

/** Shared posts of professionals lock sooner. */
const limit = () => (me.value?.role === "professional" ? 5 : 10) * MINUTE;

/** Seconds before the lock while the warning shows, else null. */
export const secondsLeft = signal<number | null>(null);

let lastSeen = Date.now();
let lastTold = 0;

function seen() {
  lastSeen = Date.now();
  secondsLeft.value = null;
}

/** Somebody acted here: the other tabs are told, at most every ten seconds. */
export function act() {
  if (sessionState.value !== "in") return;
  seen();
  if (lastSeen - lastTold < 10_000) return;
  lastTold = lastSeen;
  announceActivity();
}

function look() {
  if (sessionState.value !== "in") {
    secondsLeft.value = null;
    return;
  }
  if (isSending()) seen();
  const left = lastSeen + limit() - Date.now();
  if (left <= 0) {
    secondsLeft.value = null;
    lock().catch(() => undefined);
  } else secondsLeft.value = left <= WARNING_MS ? Math.ceil(left / 1000) : null;
}

/** Starts watching; the clock is compared, so a sleeping device locks as soon as it wakes. */
export function watchIdleness() {
  seen();
  listen(seen);
  for (const event of ["pointerdown", "keydown", "wheel", "touchmove"]) {
    addEventListener(event, act, { passive: true });
  }
  document.addEventListener("visibilitychange", look);
  setInterval(look, 1000);
}

/** After a new login, the time starts again. */
sessionState.subscribe((state) => {
  if (state === "in") seen();
});
