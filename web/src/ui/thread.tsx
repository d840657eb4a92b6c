/** The messages of a conversation, by day, as they were written: never as a page or a link. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Conversation, Message } from "../api/types";
import { messageWords as t } from "../catalogue/messages";
import { withoutTurns } from "../lib/file-facts";
import { dateLong, relativeDay, timeOfDay } from "../lib/format";
import { type Read, type Thread as Data, byDay } from "../lib/thread";
import { typo } from "../lib/typo";
import { announce } from "./announcer";
import { Button } from "./button";
import { roleOf } from "./conversation-row";
import { Icon } from "./icon";
import { MessageFiles } from "./message-files";
import { ErrorPanel } from "./states";

type Side = "patient" | "professional";

/** Where a message of one's own side stands, in words. */
export function stateOf(message: Message, conversation: Conversation): string {
  if (message.state === "read") return t.read;
  if (message.state === "sent") return t.sent;
  return message.sender.side === "patient" ? t.delivered(typo(conversation.correspondent.name)) : t.pro.delivered;
}

function State({ message, of }: { message: Message; of: Conversation }) {
  const icon = message.state === "read" ? "eye" : message.state === "sent" ? "check" : "circle-check";
  return (
    <p class="message-state">
      <Icon name={icon} />
      <span>{stateOf(message, of)}</span>
    </p>
  );
}

const nameOf = ({ sender }: Message) => {
  const name = sender.is_you ? t.you : typo(sender.name);
  return sender.on_behalf_of ? t.onBehalf(name, typo(sender.on_behalf_of)) : name;
};

const lineId = (id: string) => `m-${id}`;

/** Shows a message that was just sent, and goes on from there. */
export function showSent({ id }: Message) {
  const line = document.getElementById(lineId(id));
  line?.scrollIntoView({ block: "center" });
  line?.focus({ preventScroll: true });
}

function Line({ message, of, side }: { message: Message; of: Conversation; side: Side }) {
  const { sender } = message;
  const mine = sender.side === side;
  const role = roleOf(sender);
  return (
    <li class={mine ? "message mine" : "message"} id={lineId(message.id)} tabIndex={-1}>
      <p class="message-head">
        <span class="message-from">{nameOf(message)}</span>
        {!mine && role && <span class="muted">{role}</span>}
        <time class="muted" dateTime={message.sent_at}>
          {timeOfDay(message.sent_at)}
        </time>
      </p>
      <p class="plain-text">{withoutTurns(message.body)}</p>
      <MessageFiles conversation={of.id} files={message.attachments} own={side === "patient" && message.sender.side === "professional"} />
      {mine && <State message={message} of={of} />}
    </li>
  );
}

function Earlier({ thread, read }: { thread: Data; read: Read }) {
  const before = useRef<{ id: string; top: number; count: number } | null>(null);
  const first = read.messages[0]?.id;
  useLayoutEffect(() => {
    const was = before.current;
    if (!was || was.id === first) return;
    // What was being read stays where it was; the focus goes on from there when the button is gone.
    before.current = null;
    const line = document.getElementById(lineId(was.id));
    if (line) scrollBy(0, line.getBoundingClientRect().top - was.top);
    if (read.next === null) line?.focus({ preventScroll: true });
    announce(t.earlierShown(read.messages.length - was.count));
  }, [first]);
  if (read.next === null) return null;
  const show = async () => {
    const line = first && document.getElementById(lineId(first));
    if (line) before.current = { id: first, top: line.getBoundingClientRect().top, count: read.messages.length };
    await thread.earlier();
  };
  return (
    <div class="more">
      {thread.moreError !== null && <ErrorPanel error={thread.moreError} />}
      <Button icon="undo-2" onPress={show}>
        {t.earlier}
      </Button>
    </div>
  );
}

/** Brings the last message into view when the thread is longer than the screen: that is what is new. */
function useLastInView(last: string | undefined) {
  const done = useRef(false);
  useEffect(() => {
    if (!last || done.current) return;
    done.current = true;
    const line = document.getElementById(lineId(last));
    if (!line || line.getBoundingClientRect().bottom <= innerHeight) return;
    // With what it answers above it; a long one is read from its beginning.
    line.scrollIntoView({ block: line.offsetHeight > innerHeight / 2 ? "start" : "end" });
  }, [last]);
}

export function Thread({ thread, read, side }: { thread: Data; read: Read; side: Side }) {
  const { conversation: of, messages } = read;
  useLastInView(messages.at(-1)?.id);
  return (
    <section class="thread" aria-label={t.thread}>
      <Earlier thread={thread} read={read} />
      {byDay(messages).map(([day, some]) => {
        const near = relativeDay(day);
        return (
          <section key={day} class="day" aria-labelledby={`day-${day}`}>
            <h2 id={`day-${day}`}>
              {dateLong(day)}
              {near && <span class="muted"> · {near}</span>}
            </h2>
            <ol class="messages" role="list">
              {some.map((message) => (
                <Line key={message.id} message={message} of={of} side={side} />
              ))}
            </ol>
          </section>
        );
      })}
    </section>
  );
}
