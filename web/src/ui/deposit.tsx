/** Choosing files, describing them, sending them: the same for a person and for a professional. */
import { useSignal } from "@preact/signals";
import { useRef, useState } from "preact/hooks";
import { Offline } from "../api/problem";
import { catalogue as t } from "../catalogue";
import { ACCEPT } from "../lib/file-facts";
import { preparePhoto } from "../lib/photo";
import { type Upload, add, queueOf, startEach } from "../lib/upload-queue";
import { dateMedium } from "../lib/format";
import { announce } from "./announcer";
import { Button } from "./button";
import { UploadCard, draftErrors } from "./upload-card";
import { ErrorSummary, type FieldError, Form } from "./form";
import { Icon } from "./icon";
import { Name, openPatient } from "./whose";


type Role = "patient" | "professional";

function Chooser({ onFiles }: { onFiles: (files: File[]) => void }) {
  const over = useSignal(false);
  const files = useRef<HTMLInputElement>(null);
  const camera = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement | null) => {
    onFiles([...(input?.files ?? [])]);
    if (input) input.value = "";
  };
  const drag = (inside: boolean) => (event: DragEvent) => {
    event.preventDefault();
    over.value = inside;
  };
  return (
    <div
      class={over.value ? "chooser over" : "chooser"}
      onDragEnter={drag(true)}
      onDragOver={drag(true)}
      onDragLeave={drag(false)}
      onDrop={(event) => {
        drag(false)(event);
        onFiles([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      <div class="chooser-buttons">
        <Button icon="upload" onPress={() => files.current?.click()}>
          {t.add.choose}
        </Button>
        <Button icon="camera" onPress={() => camera.current?.click()}>
          {t.add.camera}
        </Button>
      </div>
      <p class="chooser-drop" aria-hidden="true">
        {over.value ? t.add.dropNow : t.add.drop}
      </p>
      <p class="hint">{t.add.rules}</p>
      <input
        ref={files}
        class="hidden-input"
        id="files"
        type="file"
        multiple
        accept={ACCEPT}
        hidden
        aria-label={t.add.choose}
        onChange={() => take(files.current)}
      />
      <input
        ref={camera}
        class="hidden-input"
        id="camera"
        type="file"
        accept="image/jpeg,image/png"
        capture="environment"
        hidden
        aria-label={t.add.camera}
        onChange={() => take(camera.current)}
      />
    </div>
  );
}

const waiting = (upload: Upload) => upload.step.value.at === "ready";

/** Cut on its way; what the server refused would be refused again. */
const unsent = ({ step }: Upload) => step.value.at === "failed" && step.value.error instanceof Offline;

/** Whose record the button sends to, where it is pressed: the name above may be far. */
function SendsTo() {
  const patient = openPatient.value;
  if (!patient) return null;
  return (
    <p class="sends-to">
      <Icon name="user-round-check" />
      <span>
        {t.pro.depositFor} <strong><Name of={patient} /></strong>
        {patient.birth_date && ` · ${t.shell.born(dateMedium(patient.birth_date))}`}
      </span>
    </p>
  );
}

const settled = ({ step }: Upload) => ["available", "already-there", "refused-here", "failed"].includes(step.value.at);

/** What became of several files, once none is on its way. */
function Batch({ queue, role }: { queue: Upload[]; role: Role }) {
  const tried = queue.filter(settled);
  const done = tried.filter(({ step }) => step.value.at === "available").length;
  if (tried.length < 2 || done === 0 || !queue.every(settled)) return null;
  return (
    <div class="batch card soft">
      <p role="status">{t.add.batch(done, tried.length)}</p>
      {role === "professional" && (
        <Button icon="printer" onPress={() => print()}>
          {t.pro.printReceipts}
        </Button>
      )}
    </div>
  );
}

export function Deposit({ pid, role, minor = false, hrefOf }: {
  pid: string;
  role: Role;
  /** Of a minor's, by a professional: who may see it is asked. */
  minor?: boolean;
  /** Where a deposited document is seen. */
  hrefOf: (id: string) => string;
}) {
  const queue = queueOf(pid).value;
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [turn, setTurn] = useState(0);

  const choose = async (files: File[]) => {
    if (!files.length) return;
    for (const chosen of files) {
      const { file, removed } = await preparePhoto(chosen);
      await add(pid, file, role, removed);
    }
    announce(t.add.added(files.length));
  };

  const sendAll = async () => {
    const ready = queue.filter(waiting);
    const wrong = ready.flatMap((upload) => draftErrors(upload, ready.length > 1, minor));
    setErrors(wrong);
    setTurn((n) => n + 1);
    if (wrong.length) return;
    await startEach(pid, ready);
  };

  const count = queue.filter(waiting).length;
  const failed = queue.filter(unsent);
  return (
    <Form onSubmit={sendAll}>
      <ErrorSummary errors={errors} turn={turn} />
      <Chooser onFiles={(files) => { choose(files).catch(reportError); }} />
      {queue.length === 0 && <p class="said" id="queue" tabIndex={-1}>{t.add.noQueue}</p>}
      {queue.length > 0 && (
        <section aria-labelledby="queue">
          <h2 id="queue" tabIndex={-1}>{t.add.queue}</h2>
          <ul class="uploads" role="list">
            {queue.map((upload) => (
              <li key={upload.id}>
                <UploadCard pid={pid} upload={upload} role={role} minor={minor} errors={errors} hrefOf={hrefOf} />
              </li>
            ))}
          </ul>
          {failed.length > 1 && (
            <Button icon="refresh-cw" onPress={() => startEach(pid, failed)}>
              {t.add.retryAll}
            </Button>
          )}
          <Batch queue={queue} role={role} />
          {count > 0 && (
            <div class="send">
              <SendsTo />
              <Button kind="primary" type="submit" icon="upload">
                {t.add.sendAll(count)}
              </Button>
              <p class="hint">
                <Icon name="info" /> {t.add.keptNote}
              </p>
            </div>
          )}
        </section>
      )}
    </Form>
  );
}
