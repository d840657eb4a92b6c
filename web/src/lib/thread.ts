/** One conversation as it is read: the newest messages first, earlier ones on demand. */
import { useEffect, useState } from "preact/hooks";
import { messagesApi } from "../api/messages";
import { Problem } from "../api/problem";
import type { Conversation, Message, MessagePage } from "../api/types";
import { parisDay } from "./format";

/** Two runs of messages that follow one another; what both have is as the second says. */
export function joined(earlier: Message[], later: Message[]): Message[] {
  const known = new Set(later.map(({ id }) => id));
  return [...earlier.filter(({ id }) => !known.has(id)), ...later];
}

export interface Read {
  conversation: Conversation;
  messages: Message[];
  /** Where the messages before these are. */
  next: string | null;
}

/** What is on screen with the newest page read again; a gap between the two is never drawn over. */
export function refreshed(old: Read | null, { conversation, items, next }: MessagePage): Read {
  const meets = old?.messages.some(({ id }) => items.some((one) => one.id === id)) ?? false;
  if (!old || !meets) return { conversation, messages: items, next };
  return { conversation, messages: joined(old.messages, items), next: old.next };
}

/** Days, each with its messages. */
export function byDay(messages: Message[]): [string, Message[]][] {
  const days = new Map<string, Message[]>();
  for (const message of messages) {
    const day = parisDay(message.sent_at);
    days.set(day, [...(days.get(day) ?? []), message]);
  }
  return [...days];
}

interface State {
  id: string;
  read: Read | null;
  error: unknown;
  moreError: unknown;
}

const NOTHING = { read: null, error: null, moreError: null };

export interface Thread {
  read: Read | null;
  error: unknown;
  /** Why earlier messages did not come. */
  moreError: unknown;
  reload: () => void;
  earlier: () => Promise<void>;
  add: (message: Message) => void;
  set: (conversation: Conversation) => void;
}

export function useThread(id: string): Thread {
  const [state, put] = useState<State>({ id, ...NOTHING });
  const [turn, setTurn] = useState(0);
  const shown = state.id === id ? state : { id, ...NOTHING };
  const change = (make: (old: Read) => Read) =>
    put((old) => (old.id === id && old.read ? { ...old, read: make(old.read) } : old));

  useEffect(() => {
    const stop = new AbortController();
    messagesApi
      .messages(id, null, stop.signal)
      .then((page) =>
        put((old) => ({ id, read: refreshed(old.id === id ? old.read : null, page), error: null, moreError: null })),
      )
      .catch((error: unknown) => {
        if (stop.signal.aborted) return;
        // What is no longer open to the reader does not stay on screen.
        const isOver = error instanceof Problem && (error.status === 404 || error.status === 403);
        put((old) => ({ ...(old.id === id && !isOver ? old : NOTHING), id, error }));
      });
    return () => stop.abort();
  }, [id, turn]);

  useEffect(() => {
    // Back on this page, what was written meanwhile is there.
    const look = () => document.visibilityState === "visible" && setTurn((n) => n + 1);
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);

  return {
    read: shown.read,
    error: shown.error,
    moreError: shown.moreError,
    reload: () => setTurn((n) => n + 1),
    earlier: async () => {
      try {
        const page = await messagesApi.messages(id, shown.read?.next ?? null);
        change((old) => ({ ...old, messages: joined(page.items, old.messages), next: page.next }));
        put((old) => ({ ...old, moreError: null }));
      } catch (moreError) {
        put((old) => ({ ...old, moreError }));
      }
    },
    add: (message) => change((old) => ({ ...old, messages: joined(old.messages, [message]) })),
    set: (conversation) => change((old) => ({ ...old, conversation })),
  };
}
