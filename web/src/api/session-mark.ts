/**
 * A word kept on this device about its session, as scripts cannot see the cookie: no name, no role.
 * `/` asks the service who is there only when it is `open` (boot.js reads it before the first
 * paint); `closing` is a session whose end the server has not confirmed yet.
 */
const KEY = "carnet.session";

type Mark = "open" | "closing";

export function mark(state: Mark | null) {
  try {
    if (state === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, state);
  } catch {
    // A device that refuses storage shows the public page to everybody.
  }
}

export function marked(): Mark | null {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "open" || kept === "closing" ? kept : null;
  } catch {
    return null;
  }
}
