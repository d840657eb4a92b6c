/** What is joined to the message being written: where each file stands, and what can be done with it. */
import { useEffect, useRef, useState } from "preact/hooks";
import { messagesApi } from "../api/messages";
import { Problem } from "../api/problem";
import type { CarnetDocument } from "../api/types";
import { catalogue } from "../catalogue";
import { messageWords as t } from "../catalogue/messages";
import { keepPlace } from "../lib/focus";
import { ACCEPT } from "../lib/file-facts";
import { duration, fileSize } from "../lib/format";
import { idempotencyKey } from "../lib/ids";
import { FILES_MAX, type JoinedFile, heldDraft, isOver, overAt } from "../lib/message-draft";
import { type Chosen, type FileStep, addFile, attach, detach, dropFile, filesOf, sendFile } from "../lib/message-files";
import { preparePhoto } from "../lib/photo";
import { said } from "../lib/profile";
import { typo } from "../lib/typo";
import { announce } from "./announcer";
import { Button } from "./button";
import { Icon } from "./icon";
import { PickDocument } from "./pick-document";
import { tell } from "./states";


function reason(file: Chosen, step: FileStep): string | null {
  if (step.at === "refused-here") {
    return step.why === "too-large"
      ? t.refusals["too-large"](fileSize(file.bytes.length))
      : catalogue.add.refusals[step.why];
  }
  if (step.at !== "failed") return null;
  if (!(step.error instanceof Problem)) return t.failedOffline;
  return typo(step.error.body.errors?.[0]?.detail ?? step.error.body.detail ?? tell(step.error).text);
}

const WORDS = {
  "refused-here": { icon: "ban", word: catalogue.add.refused, look: "danger" },
  sending: { icon: "upload", word: catalogue.add.sending, look: "" },
  stopped: { icon: "circle-x", word: t.stopped, look: "warning" },
  failed: { icon: "circle-alert", word: t.failed, look: "warning" },
} as const;

function OnItsWay({ draft, conversation, file }: { draft: string; conversation: string; file: Chosen }) {
  const step = file.step.value;
  const { icon, word, look } = WORDS[step.at];
  const why = reason(file, step);
  const again = step.at === "failed" || step.at === "stopped";
  const remove = () => {
    const regain = keepPlace(".joining li, .join");
    dropFile(draft, file);
    announce(t.unjoined(file.name));
    regain();
  };
  return (
    <li class="joined-file">
      <p class="joined-name">
        <Icon name="paperclip" />
        <span>
          {file.name} <span class="muted">{fileSize(file.bytes.length)}</span>
        </span>
      </p>
      <p class={`badge ${look}`}>
        <Icon name={icon} />
        <span>{word}</span>
      </p>
      {step.at === "sending" && (
        <div class="progress">
          <progress max={100} value={Math.round(step.share * 100)} aria-label={t.progressOf(file.name)} />
          <p>
            {catalogue.add.percent(Math.round(step.share * 100))}
            {step.secondsLeft !== null && ` · ${catalogue.add.left(duration(step.secondsLeft))}`}
          </p>
        </div>
      )}
      {why && <p role="alert">{why}</p>}
      <div class="actions">
        {step.at === "sending" && (
          <Button icon="x" label={t.stopFileNamed(file.name)} onPress={() => file.stop?.abort()}>
            {t.stopFile}
          </Button>
        )}
        {again && (
          <Button icon="refresh-cw" label={t.retryNamed(file.name)} onPress={() => sendFile(draft, conversation, file)}>
            {catalogue.common.retry}
          </Button>
        )}
        {step.at !== "sending" && (
          <Button kind="quiet" icon="trash" label={t.unjoinNamed(file.name)} onPress={remove}>
            {t.unjoin}
          </Button>
        )}
      </div>
    </li>
  );
}

/** Draws again at the instant the next file is over. */
function useOver(files: JoinedFile[]) {
  const [, setTurn] = useState(0);
  const next = Math.min(...files.filter((file) => !isOver(file)).map(overAt));
  useEffect(() => {
    if (next === Infinity) return undefined;
    const timer = setTimeout(() => setTurn((n) => n + 1), next - Date.now());
    return () => clearTimeout(timer);
  }, [next]);
}

function Stored({ file, remove }: { file: JoinedFile; remove: () => void }) {
  const over = isOver(file);
  return (
    <li class="joined-file">
      <p class="joined-name">
        <Icon name="paperclip" />
        <span>
          {file.name} <span class="muted">{fileSize(file.size_bytes)}</span>
        </span>
      </p>
      {over && <p>{t.overWhy}</p>}
      <div class="actions">
        <p class={`badge ${over ? "warning" : "success"}`}>
          <Icon name={over ? "circle-alert" : "check"} />
          <span>{over ? t.over : t.ready}</span>
        </p>
        <Button kind="quiet" icon="trash" label={t.unjoinNamed(file.name)} onPress={remove}>
          {t.unjoin}
        </Button>
      </div>
    </li>
  );
}

/** The files of the draft: those that the server has, then those on their way. */
function Files({ draft, conversation }: { draft: string; conversation: string }) {
  const { attachments } = heldDraft(draft).value.draft;
  const onTheirWay = filesOf(draft).value;
  useOver(attachments);
  if (attachments.length + onTheirWay.length === 0) return null;
  const remove = (id: string, name: string) => {
    const regain = keepPlace(".joining li, .join");
    detach(draft, id);
    announce(t.unjoined(name));
    regain();
  };
  return (
    <ul class="joined-files joining" role="list" aria-label={t.joinedList}>
      {attachments.map((file) => (
        <Stored key={file.id} file={file} remove={() => remove(file.id, file.name)} />
      ))}
      {onTheirWay.map((file) => (
        <OnItsWay key={file.id} draft={draft} conversation={conversation} file={file} />
      ))}
    </ul>
  );
}

interface Props {
  draft: string;
  conversation: string;
  /** The record whose documents may be joined; null for a professional. */
  pid: string | null;
}

export function Joined({ draft, conversation, pid }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const keys = useRef(new Map<string, string>());
  const [picking, setPicking] = useState(false);
  const [full, setFull] = useState(false);
  const [left, setLeft] = useState<string[]>([]);
  const room = () => {
    const count = heldDraft(draft).value.draft.attachments.length + filesOf(draft).value.length;
    setFull(count >= FILES_MAX);
    return FILES_MAX - count;
  };
  const choose = async (files: File[]) => {
    const fits = files.slice(0, Math.max(0, room()));
    setFull(fits.length < files.length);
    setLeft(files.slice(fits.length).map(({ name }) => name));
    for (const chosen of fits) await addFile(draft, conversation, (await preparePhoto(chosen)).file);
  };
  const pick = async (doc: CarnetDocument) => {
    // A lost answer and a second press join it once.
    const key = keys.current.get(doc.id) ?? idempotencyKey();
    keys.current.set(doc.id, key);
    const since = Date.now();
    const made = await messagesApi.fromRecord(conversation, doc.id, key);
    keys.current.delete(doc.id);
    attach(draft, { ...made, since });
    announce(t.joined(made.name));
    setPicking(false);
  };
  return (
    <div class="join">
      <Files draft={draft} conversation={conversation} />
      <div class="actions">
        <Button icon="paperclip" onPress={() => { if (room() > 0) input.current?.click(); }}>
          {t.join}
        </Button>
        {pid && (
          <Button icon="file-text" onPress={() => setPicking(room() > 0)}>
            {said(t).joinDocument}
          </Button>
        )}
      </div>
      <p class="hint">{t.joinRules(FILES_MAX)}</p>
      <p class="field-error" role="alert">
        {full && t.errors.tooMany(FILES_MAX)}
        {left.length > 0 && ` ${t.errors.leftOut(left)}`}
      </p>
      <input
        ref={input}
        class="hidden-input"
        id="join-files"
        type="file"
        multiple
        accept={ACCEPT}
        hidden
        aria-label={t.join}
        onChange={(event) => {
          const chosen = [...(event.currentTarget.files ?? [])];
          event.currentTarget.value = "";
          choose(chosen).catch(reportError);
        }}
      />
      {picking && pid && <PickDocument pid={pid} onPick={pick} onClose={() => setPicking(false)} />}
    </div>
  );
}
