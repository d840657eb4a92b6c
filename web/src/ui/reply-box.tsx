/** Writing an answer: kept as it is typed, sent once however often it leaves. */
import { useEffect, useRef, useState } from "preact/hooks";
import { messagesApi } from "../api/messages";
import { Offline, Problem } from "../api/problem";
import type { Conversation, Message } from "../api/types";
import { catalogue } from "../catalogue";
import { messageWords as t } from "../catalogue/messages";
import { idempotencyKey } from "../lib/ids";
import { BODY_MAX, dropDraft, editDraft, heldDraft, isBlank, isOver, lengthOf, useMessageDraft } from "../lib/message-draft";
import { filesOf } from "../lib/message-files";
import { typo } from "../lib/typo";
import { announce } from "./announcer";
import { Button } from "./button";
import { AreaField, ErrorSummary, type FieldError, Form, errorOf } from "./form";
import { Icon } from "./icon";
import { Joined } from "./joined";
import { ErrorPanel, Notice } from "./states";
import { toast } from "./toast";

export const replyName = (of: Conversation) => `reply ${of.id}`;

/** What is wrong with a text before it leaves. */
export function bodyErrors(body: string): FieldError[] {
  const over = lengthOf(body) - BODY_MAX;
  if (over > 0) return [{ id: "body", text: t.errors.long(over) }];
  return body.trim() ? [] : [{ id: "body", text: t.errors.body }];
}

export function BodyField({ body, rows, error, onValue }: {
  body: string;
  rows: number;
  error: string | undefined;
  onValue: (body: string) => void;
}) {
  const left = BODY_MAX - lengthOf(body);
  return (
    <AreaField
      id="body"
      label={t.body}
      hint={left < 0 ? t.tooMany(-left) : t.left(left)}
      error={error}
      value={body}
      rows={rows}
      spell
      onValue={onValue}
    />
  );
}

/** Whether the device has what is typed; said to eyes only, at each letter it would be too much. */
export function DraftState({ name }: { name: string }) {
  const { draft, kept } = heldDraft(name).value;
  if (isBlank(draft)) return null;
  return (
    <p class="hint draft-state">
      <Icon name={kept ? "check" : "pencil"} />
      <span>{kept ? t.kept : t.keeping}</span>
    </p>
  );
}

type Sending = "waiting" | "reused" | null;

const failedFields = (failure: unknown, names: string[]): string[] => {
  if (!(failure instanceof Problem)) return [];
  return (failure.body.errors ?? []).map(({ pointer, detail }) => {
    const name = names[Number(/^\/attachments\/(\d+)/.exec(pointer)?.[1] ?? NaN)];
    return typo(name ? `${name} : ${detail}` : detail);
  });
};

function useReply(of: Conversation, onSent: (message: Message) => void, onStale: () => void) {
  const name = replyName(of);
  const held = useMessageDraft(name);
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [turn, setTurn] = useState(0);
  const [failure, setFailure] = useState<unknown>(null);
  const [sending, setSending] = useState<Sending>(null);
  // The network may come back while what is on its way is being lost.
  const flight = useRef({ isOn: false, cameBack: false, waits: false });

  const fail = (error: unknown) => {
    if (error instanceof Offline) {
      flight.current.waits = true;
      setSending("waiting");
    } else if (error instanceof Problem && error.slug === "idempotency-key-reused") {
      // What left first has arrived: the text changed since is another message.
      editDraft(name, { key: idempotencyKey() });
      setSending("reused");
      onStale();
    } else {
      setFailure(error);
      if (error instanceof Problem && error.status === 409) onStale();
    }
  };
  const send = async (): Promise<void> => {
    const { body, attachments, key } = heldDraft(name).value.draft;
    const wrong = bodyErrors(body);
    if (filesOf(name).value.length > 0) wrong.push({ id: "join-files", text: t.errors.files });
    const over = attachments.filter((file) => isOver(file)).length;
    if (over > 0) wrong.push({ id: "join-files", text: t.errors.over(over) });
    setErrors(wrong);
    setTurn((n) => n + 1);
    setFailure(null);
    setSending(null);
    if (wrong.length) return;
    flight.current = { isOn: true, cameBack: false, waits: false };
    try {
      const files = attachments.map(({ id, name: called }) => ({ id, name: called }));
      const message = await messagesApi.send(of.id, { body, attachments: files }, key);
      dropDraft(name);
      announce(t.sentNow);
      onSent(message);
    } catch (error) {
      flight.current.isOn = false;
      if (error instanceof Offline && flight.current.cameBack) await send();
      else fail(error);
    } finally {
      flight.current.isOn = false;
    }
  };
  const type = (body: string) => {
    // What is being changed does not leave by itself.
    flight.current.waits = false;
    setSending(null);
    editDraft(name, { body });
  };

  const latest = useRef(send);
  latest.current = send;
  useEffect(() => {
    const again = () => {
      if (flight.current.isOn) flight.current.cameBack = true;
      else if (flight.current.waits) void latest.current().catch(reportError);
    };
    addEventListener("online", again);
    return () => removeEventListener("online", again);
  }, []);
  return { name, held, errors, turn, failure, sending, send, type };
}

interface Props {
  of: Conversation;
  /** The record whose documents may be joined; null for a professional. */
  pid: string | null;
  delay: string;
  onSent: (message: Message) => void;
  /** What is on screen is not what the server has. */
  onStale: () => void;
}

export function ReplyBox({ of, pid, delay, onSent, onStale }: Props) {
  const { name, held, errors, turn, failure, sending, send, type } = useReply(of, onSent, onStale);
  const { body, attachments } = held.draft;
  const fields = failedFields(failure, attachments.map((file) => file.name));
  const isAway = failure instanceof Problem && (failure.status === 404 || failure.status === 403);
  return (
    <section class="card reply" aria-labelledby="reply">
      <h2 id="reply">{t.reply}</h2>
      <p class="hint">{delay}</p>
      {held.found && (
        <Notice kind="info">
          <p>{t.resumed}</p>
          <Button icon="trash" onPress={() => discard(name)}>
            {t.discard}
          </Button>
        </Notice>
      )}
      <Form onSubmit={send} label={t.reply}>
        <ErrorSummary errors={errors} turn={turn} />
        <BodyField body={body} rows={5} error={errorOf(errors, "body")} onValue={type} />
        <Joined draft={name} conversation={of.id} pid={pid} />
        {isAway && (
          <div role="alert">
            <Notice kind="danger" title={t.awayTitle}>
              <p>{t.away}</p>
              <CopyText text={body} />
            </Notice>
          </div>
        )}
        {failure !== null && !isAway && (
          <ErrorPanel error={failure} kept reply retry={() => void send().catch(reportError)}>
            {fields.length > 0 && (
              <ul>
                {fields.map((text) => (
                  <li key={text}>{text}</li>
                ))}
              </ul>
            )}
          </ErrorPanel>
        )}
        <div role="status" class="send-state">
          {sending === "waiting" && (
            <Notice kind="warning" title={t.waitingTitle}>
              <p>{t.waiting}</p>
              <Button icon="refresh-cw" onPress={send}>
                {catalogue.common.retry}
              </Button>
            </Notice>
          )}
          {sending === "reused" && (
            <Notice kind="warning" title={t.reusedTitle}>
              <p>{t.reused}</p>
            </Notice>
          )}
        </div>
        <div class="send">
          <Button kind="primary" type="submit" icon="send">
            {t.send}
          </Button>
          <DraftState name={name} />
        </div>
      </Form>
    </section>
  );
}

function discard(name: string) {
  const { draft } = heldDraft(name).value;
  dropDraft(name);
  toast(t.discarded, { label: catalogue.common.undo, run: async () => editDraft(name, draft) });
  document.getElementById("body")?.focus();
}

function CopyText({ text }: { text: string }) {
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    toast(t.copied);
  };
  return (
    <Button icon="copy" onPress={copy}>
      {t.copy}
    </Button>
  );
}

/** What was typed before the conversation was closed: it can still be copied. */
export function UnsentText({ of }: { of: Conversation }) {
  const name = replyName(of);
  const { body } = useMessageDraft(name).draft;
  if (!body) return null;
  return (
    <section class="card" aria-labelledby="unsent">
      <h2 id="unsent">{t.unsentTitle}</h2>
      <p class="plain-text">{body}</p>
      <div class="actions">
        <CopyText text={body} />
        <Button kind="quiet" icon="trash" onPress={() => discard(name)}>
          {t.discard}
        </Button>
      </div>
    </section>
  );
}
