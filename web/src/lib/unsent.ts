/** What leaving would lose: told by those who hold it, asked on closing the page and on logging out. */
import { isLeaving } from "../api/session";
import { keepsDrafts } from "./device-vault";

/** A file chosen and not sent, or something typed and not saved. */
export type Unsent = "file" | "typed";

/** What is left: this page alone, or the session, which takes along what the device keeps for it. */
type Leaving = "page" | "session";

const holders: [Unsent, (leaving: Leaving) => boolean][] = [];

export const wouldLose = (leaving: Leaving): Unsent | null =>
  holders.find(([, holds]) => holds(leaving))?.[0] ?? (leaving === "session" && keepsDrafts() ? "typed" : null);

export function tellUnsent(what: Unsent, holds: (leaving: Leaving) => boolean) {
  holders.push([what, holds]);
}

addEventListener("beforeunload", (event) => {
  // Out of the session nothing can be sent any more, and the page must not stay for the next one.
  if (wouldLose("page") && !isLeaving()) event.preventDefault();
});
