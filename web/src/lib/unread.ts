/** How much was not read yet: notices on the bell of every screen, conversations in the navigation. */
import { computed, signal } from "@preact/signals";
import type { ConversationLine } from "../api/types";

/** Null until it is known. */
export const unread = signal<number | null>(null);

/** Conversations with something unread, by list: each is what the last answer that spoke of it said. */
const conversations = signal<ReadonlyMap<string, number>>(new Map());

export const unreadConversations = computed(() =>
  [...conversations.value.values()].reduce((sum, count) => sum + count, 0),
);

export function sayUnread(list: string, count: number) {
  conversations.value = new Map([...conversations.value, [list, Math.max(0, count)]]);
}

/** Whether an answer spoke of that list since this page was loaded. */
export const isSaid = (list: string): boolean => conversations.value.has(list);

/** What was read in this page, and up to when: a list drawn before says otherwise. */
const read = new Map<string, string>();

type Listed = Pick<ConversationLine, "id" | "last_at" | "unread">;

/** Whether this page knows better than an answer that set out before: a list came, or one was read here. */
export const isKnown = (list: string): boolean => isSaid(list) || read.size > 0;

export const isUnread = ({ id, last_at: last, unread: said }: Listed): boolean =>
  said && (read.get(id) ?? "") < last;

/** One conversation was read here: the figure goes down without another question to the server. */
export function saidRead(line: Listed, list: string) {
  if (!isUnread(line)) return;
  read.set(line.id, line.last_at);
  const count = conversations.value.get(list);
  if (count !== undefined) sayUnread(list, count - 1);
}
