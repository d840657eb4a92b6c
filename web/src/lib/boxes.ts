/** The boxes of a professional: her own, and that of her team when she has one. */
import { messagesApi } from "../api/messages";
import { me } from "../api/session";
import { isSaid, sayUnread } from "./unread";

export type ProBox = "own" | "team";

export const boxesOf = (): readonly ProBox[] =>
  me.value?.role === "professional" && me.value.organisation !== null ? ["own", "team"] : ["own"];

/** Asks what is unread in each box, unless an answer said it already. */
export async function countUnread(): Promise<void> {
  const unknown = boxesOf().filter((box) => !isSaid(box));
  await Promise.all(unknown.map(async (box) => sayUnread(box, await messagesApi.unread(box))));
}
