/** One file on its way: what it is, where it stands, and what can be done with it. */
import { useEffect } from "preact/hooks";
import { Problem } from "../api/problem";
import { catalogue as t } from "../catalogue";
import { announcementWords } from "../catalogue/announcement";
import { MAX_BYTES, isPicture, isShown, shrinkPhoto } from "../lib/file-facts";
import { dateMedium, duration, fileSize, instantDay, instantLong } from "../lib/format";
import { shortCode } from "../lib/ids";
import { typo } from "../lib/typo";
import { tryNow } from "../lib/persist";
import { type Role, type Step, type Upload, add, cancel, edit, remove, startEach } from "../lib/upload-queue";
import { AwaitedBadge } from "./announcement";
import { announce } from "./announcer";
import { Button, LinkButton } from "./button";
import type { FieldError } from "./form";
import { Icon } from "./icon";
import { tell } from "./states";
import { Description, VisibilityField } from "./upload-fields";

function AlreadyThere({ upload, hrefOf }: { upload: Upload; hrefOf: (id: string) => string }) {
  const step = upload.step.value;
  if (step.at !== "already-there") return null;
  const { document } = step;
  return (
    <div class="state-text">
      <p>{t.add.already(instantDay(document.deposited_at))}</p>
      <LinkButton href={hrefOf(document.id)}>{t.add.see}</LinkButton>
    </div>
  );
}

/** Why the server said no, in its own words. */
export function Failure({ step }: { step: Step }) {
  if (step.at !== "failed") return null;
  const { error } = step;
  if (!(error instanceof Problem)) return <p class="state-text">{t.add.offline}</p>;
  const told = tell(error);
  const fields = error.body.errors ?? [];
  return (
    <div class="state-text">
      <p>{error.body.detail ? typo(error.body.detail) : told.text}</p>
      {fields.length > 0 && (
        <ul>
          {fields.map(({ pointer, detail }) => (
            <li key={pointer}>{typo(detail)}</li>
          ))}
        </ul>
      )}
      {error.requestId && <p class="code">{t.errors.code(shortCode(error.requestId))}</p>}
    </div>
  );
}

/** What is in the file is refused: no other description would change it. */
const isFinal = (step: Step) =>
  step.at === "failed" && step.error instanceof Problem && step.error.slug === "document-refused";

const REFUSED = new Set([409, 413, 415, 422]);

/** The state of a file as an icon and a word. */
function badge(step: Step) {
  switch (step.at) {
    case "ready":
      return step.stopped ? ({ icon: "circle-x", word: t.add.stopped, kind: "warning" } as const) : null;
    case "queued":
      return { icon: "hourglass", word: t.add.queued, kind: "info" } as const;
    case "sending":
      return { icon: "upload", word: t.add.sending, kind: "info" } as const;
    case "cut":
      return { icon: "wifi-off", word: t.add.cut, kind: "warning" } as const;
    case "sent":
      return { icon: "check", word: t.add.sent, kind: "info" } as const;
    case "checking":
      return { icon: "clock", word: t.add.checking, kind: "info" } as const;
    case "available":
      return { icon: "circle-check", word: t.add.available, kind: "success" } as const;
    case "already-there":
      return { icon: "info", word: t.add.present, kind: "info" } as const;
    case "refused-here":
      return { icon: "ban", word: t.add.refused, kind: "danger" } as const;
    case "failed": {
      const refused = step.error instanceof Problem && REFUSED.has(step.error.status);
      return refused
        ? ({ icon: "ban", word: t.add.refused, kind: "danger" } as const)
        : ({ icon: "wifi-off", word: t.add.failed, kind: "warning" } as const);
    }
  }
}

export function Badge({ step }: { step: Step }) {
  const state = badge(step);
  if (!state) return null;
  return (
    <p class={`badge ${state.kind}`}>
      <Icon name={state.icon} />
      <span>{state.word}</span>
    </p>
  );
}

function Progress({ upload }: { upload: Upload }) {
  const step = upload.step.value;
  if (step.at !== "sending" && step.at !== "cut") return null;
  const percent = Math.round(step.share * 100);
  return (
    <div class="progress">
      <progress max={100} value={percent} aria-label={t.add.sending} />
      <p>
        {t.add.percent(percent)}
        {step.at === "sending" && step.secondsLeft !== null && ` · ${t.add.left(duration(step.secondsLeft))}`}
      </p>
      {step.at === "cut" && <p class="state-text">{t.add.cutText}</p>}
    </div>
  );
}

function Receipt({ upload, role, hrefOf }: {
  upload: Upload;
  role: Role;
  hrefOf: (id: string) => string;
}) {
  const step = upload.step.value;
  if (step.at !== "available") return null;
  const { document } = step;
  return (
    <div class="state-text">
      {role === "patient" ? (
        <p>{t.add.availableText}</p>
      ) : (
        <>
          <p>
            <strong>{t.pro.receiptTitle}</strong>
          </p>
          <p>{t.pro.receipt(document.title, instantLong(document.deposited_at))}</p>
          <AwaitedBadge doc={document} />
          {document.announcement && <p>{announcementWords.deposited(dateMedium(document.announcement.review_on))}</p>}
          <p class="code">{t.pro.receiptId(document.id)}</p>
        </>
      )}
      <LinkButton href={hrefOf(document.id)}>{t.add.see}</LinkButton>
    </div>
  );
}

/** A photo that a slow line would carry for long, or not at all: as readable, and lighter. */
function Shrink({ pid, upload, role }: { pid: string; upload: Upload; role: Role }) {
  if (!isPicture(upload.format) || upload.file.size <= MAX_BYTES) return null;
  const shrink = async () => {
    const small = await shrinkPhoto(upload.file);
    const file = new File([small], upload.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg" });
    const { draft } = upload;
    remove(pid, upload);
    const lighter = await add(pid, file, role);
    edit(lighter, draft.value);
    announce(t.add.shrunk(fileSize(small.size)));
  };
  return (
    <div class="state-text">
      <Button icon="image" onPress={shrink}>
        {t.add.shrink}
      </Button>
    </div>
  );
}

function Refused({ upload }: { upload: Upload }) {
  const step = upload.step.value;
  if (step.at !== "refused-here") return null;
  return (
    <p class="state-text">
      {step.why === "too-large"
        ? t.add.refusals["too-large"](fileSize(upload.file.size))
        : t.add.refusals[step.why]}
    </p>
  );
}

/** What a photo no longer carries: the person knows what leaves, and that the picture is whole. */
function LeftOut({ upload: { removed } }: { upload: Upload }) {
  if (!removed.length) return null;
  return (
    <p class="hint left-out">
      <Icon name="shield-check" />
      <span>
        {removed.map((what) => t.add.removed[what]).join(" ")} {t.add.sameImage}
      </span>
    </p>
  );
}

/** Said before it is sent: a screen will not show it, and what to do for it to be shown. */
function NotShown({ upload: { format } }: { upload: Upload }) {
  if (!format || isShown(format) || format === "text/xml") return null;
  const said = t.add.notShown;
  return (
    <p class="hint left-out">
      <Icon name="info" />
      <span>{format === "image/heic" || format === "image/tiff" ? said[format] : said.other}</span>
    </p>
  );
}

function Actions({ pid, upload }: { pid: string; upload: Upload }) {
  const { at } = upload.step.value;
  const name = upload.draft.value.title || upload.name || t.add.unnamed;
  if (at === "sending" || at === "cut") {
    return (
      <div class="actions">
        {at === "cut" && (
          <Button kind="primary" icon="refresh-cw" onPress={() => void tryNow()}>
            {t.common.retry}
          </Button>
        )}
        <Button icon="x" onPress={() => cancel(upload)}>
          {t.add.stop}
        </Button>
      </div>
    );
  }
  if (at === "sent" || at === "checking" || at === "available") return null;
  const takeOut = () => {
    remove(pid, upload);
    // The button pressed is gone: the focus goes to what remains.
    requestAnimationFrame(() => document.getElementById("queue")?.focus());
  };
  const again = at === "failed" && !isFinal(upload.step.value);
  return (
    <div class="actions">
      {again && (
        <Button kind="primary" icon="refresh-cw" onPress={() => startEach(pid, [upload])}>
          {t.common.retry}
        </Button>
      )}
      <Button kind="quiet" icon="trash" label={t.add.removeNamed(name)} onPress={takeOut}>
        {t.add.remove}
      </Button>
    </div>
  );
}

export function UploadCard({ pid, upload, role, minor, errors, hrefOf }: {
  pid: string;
  upload: Upload;
  role: Role;
  minor: boolean;
  errors: FieldError[];
  hrefOf: (id: string) => string;
}) {
  const step = upload.step.value;
  const state = badge(step);
  const editable = step.at === "ready" || (step.at === "failed" && !isFinal(step));
  const name = upload.name || t.add.unnamed;

  useEffect(() => {
    if (state) announce(`${name} : ${state.word}`);
  }, [step.at]);

  return (
    <article class="card upload" aria-labelledby={`${upload.id}-name`}>
      <div class="upload-head">
        <Icon name={upload.format?.startsWith("image/") ? "image" : "file-text"} size={24} />
        <h3 id={`${upload.id}-name`}>{name}</h3>
        <p class="muted">{fileSize(upload.file.size)}</p>
      </div>
      <Badge step={step} />
      {step.at === "ready" && step.stopped && <p class="state-text">{t.add.stoppedText}</p>}
      {editable && <LeftOut upload={upload} />}
      {editable && <NotShown upload={upload} />}
      <Progress upload={upload} />
      {step.at === "checking" && <p class="state-text">{t.add.checkingText}</p>}
      <Receipt upload={upload} role={role} hrefOf={hrefOf} />
      <Refused upload={upload} />
      {(editable || step.at === "refused-here") && <Shrink pid={pid} upload={upload} role={role} />}
      <AlreadyThere upload={upload} hrefOf={hrefOf} />
      <Failure step={step} />
      {editable && <Description upload={upload} role={role} errors={errors} />}
      {editable && role === "professional" && (
        <VisibilityField upload={upload} minor={minor} errors={errors} />
      )}
      <Actions pid={pid} upload={upload} />
    </article>
  );
}
