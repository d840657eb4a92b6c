/** Choosing files, describing them, sending them: the same for a person and for a professional. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { Offline, type Problem } from "../api/problem";
import { catalogue as t } from "../catalogue";
import { ACCEPT, isPicture } from "../lib/file-facts";
import { preparePhoto } from "../lib/photo";
import { trayOf } from "../lib/photo-tray";
import { type Role, type Upload, add, queueOf, remove, startEach } from "../lib/upload-queue";
import { dateMedium } from "../lib/format";
import { announce } from "./announcer";
import { Button } from "./button";
import { FilesElsewhere } from "./files-elsewhere";
import { UploadCard } from "./upload-card";
import { draftErrors } from "./upload-fields";
import { ErrorSummary, type FieldError, Form } from "./form";
import { Icon } from "./icon";
import { lazy } from "./lazy";
import { Name, openPatient } from "./whose";

const PhotoTray = lazy(() => import("./photo-tray"));


type Take = (files: File[]) => void;

/** Files dropped anywhere on the page: beside the frame, the browser would open them in its place. */
function useDrop(onFiles: Take) {
  const over = useSignal(false);
  const latest = useRef(onFiles);
  latest.current = onFiles;
  useEffect(() => {
    const end = new AbortController();
    const on = (name: "dragover" | "dragleave" | "drop", act: (event: DragEvent) => void) =>
      addEventListener(name, (event) => event.dataTransfer?.types.includes("Files") && act(event), end);
    on("dragover", (event) => {
      event.preventDefault();
      if (!over.value) announce(t.add.dropNow);
      over.value = true;
    });
    on("dragleave", (event) => {
      // Out of the window; from one element to another it has where it goes.
      if (!event.relatedTarget) over.value = false;
    });
    on("drop", (event) => {
      event.preventDefault();
      over.value = false;
      latest.current([...(event.dataTransfer?.files ?? [])]);
    });
    return () => end.abort();
  }, []);
  return over;
}

function Chooser({ onFiles, onPhotos }: { onFiles: Take; onPhotos: Take }) {
  const over = useDrop(onFiles);
  const files = useRef<HTMLInputElement>(null);
  const camera = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement | null, give: Take) => {
    give([...(input?.files ?? [])]);
    if (input) input.value = "";
  };
  return (
    <div class={over.value ? "chooser over" : "chooser"}>
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
        onChange={() => take(files.current, onFiles)}
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
        onChange={() => take(camera.current, onPhotos)}
      />
    </div>
  );
}

const isKept = (upload: Upload) => upload.kept || !waiting(upload);

const waiting = (upload: Upload) => upload.step.value.at === "ready";

const isPassing = (error: Problem | Offline) => error instanceof Offline || error.status >= 500;

/** Not carried, or not taken now; what the server refused would be refused again. */
const unsent = ({ step }: Upload) => step.value.at === "failed" && isPassing(step.value.error);

/** Whose record the button sends to, where it is pressed: the name above may be far. */
function SendsTo() {
  const patient = openPatient.value;
  if (!patient) return null;
  return (
    <p class="sends-to">
      <Icon name="user-round-check" />
      <span>
        {t.pro.depositFor} <strong><Name of={patient} /></strong>
        {patient.birth_date && <>{"\u00a0· "}<span class="name">{t.shell.born(dateMedium(patient.birth_date))}</span></>}
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
  const [fresh, setFresh] = useState<File[]>([]);
  const [making, setMaking] = useState(false);

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

  const photograph = (files: File[]) => {
    if (!files.length) return;
    setMaking(true);
    setFresh((before) => [...before, ...files]);
  };
  const pictures = queue.filter((upload) => waiting(upload) && isPicture(upload.format));
  const unite = () => {
    photograph(pictures.map(({ file, name }) => new File([file], name)));
    for (const picture of pictures) remove(pid, picture);
  };

  const count = queue.filter(waiting).length;
  const failed = queue.filter(unsent);
  return (
    <Form onSubmit={sendAll}>
      <ErrorSummary errors={errors} turn={turn} />
      <Chooser onFiles={(files) => { choose(files).catch(reportError); }} onPhotos={photograph} />
      {(making || trayOf(pid).value.photos.length > 0) && (
        <PhotoTray
          pid={pid}
          role={role}
          fresh={fresh}
          taken={(files) => setFresh((before) => before.filter((one) => !files.includes(one)))}
          onMore={() => document.getElementById("camera")?.click()}
        />
      )}
      <FilesElsewhere pid={pid} />
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
          {pictures.length > 1 && (
            <Button icon="image" onPress={unite}>
              {t.add.unite}
            </Button>
          )}
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
                <Icon name="info" /> {t.add.keptNote} {queue.every(isKept) && t.add.keptHere}
              </p>
            </div>
          )}
        </section>
      )}
    </Form>
  );
}
