/** What leaving would lose: told by those who hold it, asked on closing the page and on logging out. */
import { isLeaving } from "../api/session";

/** A file chosen and not sent, or something typed and not saved. */
export type Unsent = "file" | "typed";

const holders = new Map<Unsent, () => boolean>();

export const wouldLose = (): Unsent | null =>
  [...holders].find(([, holds]) => holds())?.[0] ?? null;

export function tellUnsent(what: Unsent, holds: () => boolean) {
  holders.set(what, holds);
}

addEventListener("beforeunload", (event) => {
  // Out of the session nothing can be sent any more, and the page must not stay for the next one.
  if (wouldLose() && !isLeaving()) event.preventDefault();
});
