/** One conversation, for either side: whom with, the messages, and what may be done next. */
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { messagesApi } from "../api/messages";
import { Problem } from "../api/problem";
import type { Conversation, Message } from "../api/types";
import { messageWords as t } from "../catalogue/messages";
import { forgetLists } from "../lib/paging";
import { type Read, type Thread as Data, useThread } from "../lib/thread";
import { saidRead } from "../lib/unread";
import { LinkButton } from "./button";
import { otherName } from "./conversation-row";
import { Emergency } from "./emergency";
import { Icon } from "./icon";
import { Page } from "./page";
import { ReplyBox, UnsentText } from "./reply-box";
import { Empty, ErrorPanel, Loading } from "./states";
import { Thread, showSent } from "./thread";

export type Side = "patient" | "professional";

export interface Acts {
  of: Conversation;
  set: (conversation: Conversation) => void;
}

interface Props {
  id: string;
  side: Side;
  /** The record it is read in; null for a professional. */
  pid: string | null;
  base: string;
  delay: string;
  /** Which list counts it among those not read. */
  listOf: (of: Conversation) => string;
  facts: (of: Conversation) => ComponentChildren;
  /** Why nothing can be written. */
  mute: (acts: Acts) => ComponentChildren;
  /** What else can be done. */
  acts: (acts: Acts) => ComponentChildren;
}

/** Says once that what is on screen was read. */
function useMarkRead({ read, set }: Data, listOf: Props["listOf"]) {
  const of = read?.conversation;
  const last = read?.messages.at(-1)?.id;
  useEffect(() => {
    if (!of?.unread || !last) return;
    const mark = async () => {
      await messagesApi.markRead(of.id, last);
      saidRead(of, listOf(of));
      set({ ...of, unread: false });
    };
    // Without an answer it stays unread: the next time it is opened says it again.
    mark().catch(() => undefined);
  }, [of?.unread, last]);
}

export function Status({ of }: { of: Conversation }) {
  const closed = of.status === "closed";
  return (
    <p class="badge">
      <Icon name={closed ? "lock" : "message-square"} />
      <span>{closed ? t.closed : t.open}</span>
    </p>
  );
}

/** What was pressed may be gone with what could be done before: the focus goes to what can be done now. */
function followFocus() {
  if (document.activeElement === document.body) document.getElementById("next-step")?.focus();
}

function Shown({ thread, read, ...props }: Props & { thread: Data; read: Read }) {
  const of = read.conversation;
  const acts: Acts = {
    of,
    set: (now) => {
      forgetLists();
      thread.set(now);
      // Two frames: what the change takes away has left by then.
      requestAnimationFrame(() => requestAnimationFrame(followFocus));
    },
  };
  const sent = (message: Message) => {
    forgetLists();
    thread.add(message);
    // Two frames: it is drawn by then.
    requestAnimationFrame(() => requestAnimationFrame(() => showSent(message)));
  };
  return (
    <>
      <div class="conversation-facts">
        {props.facts(of)}
        <Status of={of} />
      </div>
      <Thread thread={thread} read={read} side={props.side} />
      <div class="next-step" id="next-step" tabIndex={-1}>
        {of.may_write ? (
          <ReplyBox of={of} pid={props.pid} delay={props.delay} onSent={sent} onStale={thread.reload} />
        ) : (
          <>
            {props.mute(acts)}
            <UnsentText of={of} />
          </>
        )}
      </div>
      {props.acts(acts)}
    </>
  );
}

export function ConversationView(props: Props) {
  const { id, side, base } = props;
  const thread = useThread(id);
  useMarkRead(thread, props.listOf);
  const { read, error } = thread;
  const isGone = error instanceof Problem && (error.status === 404 || error.status === 403);
  const of = read?.conversation;
  return (
    <Page
      back={{ href: base, label: t.back }}
      title={of ? of.subject || t.named(otherName(of, side)) : t.tab}
      tab={t.tab}
    >
      {side === "patient" && <Emergency />}
      {!read && error === null && <Loading lines={6} />}
      {!read && isGone && (
        <Empty icon="message-square" title={t.goneTitle} text={t.gone}>
          <LinkButton href={base}>{t.toList}</LinkButton>
        </Empty>
      )}
      {error !== null && !(isGone && !read) && <ErrorPanel error={error} retry={thread.reload} />}
      {read && <Shown {...props} thread={thread} read={read} />}
    </Page>
  );
}
