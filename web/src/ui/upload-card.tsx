/** One file on its way: what it is, where it stands, and what can be done with it. */
import { useEffect } from "preact/hooks";
import { Problem } from "../api/problem";
import { catalogue as t } from "../catalogue";
import { allProfessionalTypes } from "../catalogue/professional-types";
import { isFuture, readDate } from "../lib/dates";
import { isShown, shrinkPhoto } from "../lib/file-facts";
import { dateShort, duration, fileSize, instantDay, instantLong } from "../lib/format";
import { shortCode } from "../lib/ids";
import { personTypes, professionalTypes } from "../lib/kinds";
import { typo } from "../lib/typo";
import { type Draft, type Step, type Upload, type Visibility, add, cancel, edit, remove, start } from "../lib/upload-queue";
import { announce } from "./announcer";
import { Button, LinkButton } from "./button";
import { type FieldError, RadioField, SelectField, TextField, errorOf } from "./form";
import { Icon } from "./icon";
import { tell } from "./states";

type Role = "patient" | "professional";

/** A date is shown as people write it; a half-typed one stays as typed. */
const shownDate = (date: string) => (/^\d{4}-\d{2}-\d{2}$/.test(date) ? dateShort(date) : date);

/** By name, those that are offered first left out. */
const OTHER_TYPES = {
  common: t.add.commonTypes,
  title: t.add.otherTypes,
  choices: Object.entries(allProfessionalTypes)
    .filter(([code]) => !professionalTypes().some((one) => one.code === code))
    .map(([code, label]) => ({ code, label }))
    .toSorted((a, b) => a.label.localeCompare(b.label, "fr")),
};

const describesItself = (upload: Upload) => upload.format === "text/xml";

/** What is missing before this file can leave; among several, its name is said too. */
export function draftErrors(upload: Upload, several = false, minor = false): FieldError[] {
  const { title, type, date, visibility } = upload.draft.value;
  const read = readDate(date);
  const errors: FieldError[] = [];
  if (minor && !visibility) errors.push({ id: `${upload.id}-visibility`, text: t.add.errors.visibility });
  if (describesItself(upload)) return named(upload, errors, several);
  if (!title.trim()) errors.push({ id: `${upload.id}-title`, text: t.add.errors.title });
  if (!type) errors.push({ id: `${upload.id}-type`, text: t.add.errors.type });
  if (!read) errors.push({ id: `${upload.id}-date`, text: t.add.errors.date });
  else if (isFuture(read)) errors.push({ id: `${upload.id}-date`, text: t.add.errors.future });
  return named(upload, errors, several);
}

function named(upload: Upload, errors: FieldError[], several: boolean): FieldError[] {
  if (!several) return errors;
  const name = upload.name || t.add.unnamed;
  return errors.map(({ id, text }) => ({ id, text: t.add.errors.ofFile(name, text) }));
}

/** For a minor, and never chosen beforehand: a document seen by her parents cannot be unseen. */
function VisibilityField({ upload, errors }: { upload: Upload; errors: FieldError[] }) {
  const id = `${upload.id}-visibility`;
  return (
    <RadioField<Visibility>
      id={id}
      label={t.add.visibility}
      hint={t.add.visibilityHint}
      error={errorOf(errors, id)}
      value={upload.draft.value.visibility}
      choices={[
        { code: "normal", label: t.add.visibilities.normal },
        { code: "invisible_to_representatives", label: t.add.visibilities.hidden },
      ]}
      onValue={(visibility) => edit(upload, { visibility })}
    />
  );
}

function Description({ upload, role, errors }: { upload: Upload; role: Role; errors: FieldError[] }) {
  if (describesItself(upload)) return <p class="muted">{t.add.fromFile}</p>;
  const draft = upload.draft.value;
  const set = (change: Partial<Draft>) => edit(upload, change);
  const field = (name: string) => ({
    id: `${upload.id}-${name}`,
    error: errorOf(errors, `${upload.id}-${name}`),
  });
  return (
    <div class="description">
      <TextField
        {...field("title")}
        label={t.add.docTitle}
        hint={t.add.docTitleHint}
        value={draft.title}
        length={200}
        spell
        onValue={(title) => set({ title })}
      />
      <SelectField
        {...field("type")}
        label={t.add.docType}
        none={t.add.chooseType}
        value={draft.type}
        choices={role === "patient" ? personTypes() : professionalTypes()}
        others={role === "professional" ? OTHER_TYPES : undefined}
        onValue={(type) => set({ type })}
      />
      <TextField
        {...field("date")}
        label={t.add.docDate}
        hint={t.add.dateHint}
        short
        mode="numeric"
        value={shownDate(draft.date)}
        onValue={(text) => set({ date: text.length >= 8 ? (readDate(text) ?? text) : text })}
      />
    </div>
  );
}

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
function Failure({ upload }: { upload: Upload }) {
  const step = upload.step.value;
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

function Progress({ upload }: { upload: Upload }) {
  const step = upload.step.value;
  if (step.at !== "sending") return null;
  const percent = Math.round(step.share * 100);
  return (
    <div class="progress">
      <progress max={100} value={percent} aria-label={t.add.sending} />
      <p>
        {t.add.percent(percent)}
        {step.secondsLeft !== null && ` · ${t.add.left(duration(step.secondsLeft))}`}
      </p>
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
          <p class="code">{t.pro.receiptId(document.id)}</p>
        </>
      )}
      <LinkButton href={hrefOf(document.id)}>{t.add.see}</LinkButton>
    </div>
  );
}

function Refused({ pid, upload, role }: { pid: string; upload: Upload; role: Role }) {
  const step = upload.step.value;
  if (step.at !== "refused-here") return null;
  const drawn = upload.format === "image/jpeg" || upload.format === "image/png";
  const photo = step.why === "too-large" && drawn;
  const shrink = async () => {
    const small = await shrinkPhoto(upload.file);
    const file = new File([small], upload.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg" });
    remove(pid, upload);
    await add(pid, file, role);
    announce(t.add.shrunk(fileSize(small.size)));
  };
  return (
    <div class="state-text">
      <p>
        {step.why === "too-large"
          ? t.add.refusals["too-large"](fileSize(upload.bytes.length))
          : t.add.refusals[step.why]}
      </p>
      {photo && (
        <Button icon="image" onPress={shrink}>
          {t.add.shrink}
        </Button>
      )}
    </div>
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
  if (at === "sending") {
    return (
      <Button icon="x" onPress={() => cancel(upload)}>
        {t.add.stop}
      </Button>
    );
  }
  if (at === "checking" || at === "available") return null;
  const takeOut = () => {
    remove(pid, upload);
    // The button pressed is gone: the focus goes to what remains.
    requestAnimationFrame(() => document.getElementById("queue")?.focus());
  };
  const again = upload.step.value.at === "failed";
  return (
    <div class="actions">
      {again && (
        <Button kind="primary" icon="refresh-cw" onPress={() => start(pid, upload)}>
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
  const editable = step.at === "ready" || step.at === "failed";
  const name = upload.name || t.add.unnamed;

  useEffect(() => {
    if (state) announce(`${name} : ${state.word}`);
  }, [step.at]);

  return (
    <article class="card upload" aria-labelledby={`${upload.id}-name`}>
      <div class="upload-head">
        <Icon name={upload.format?.startsWith("image/") ? "image" : "file-text"} size={24} />
        <h3 id={`${upload.id}-name`}>{name}</h3>
        <p class="muted">{fileSize(upload.bytes.length)}</p>
      </div>
      {state && (
        <p class={`badge ${state.kind}`}>
          <Icon name={state.icon} />
          <span>{state.word}</span>
        </p>
      )}
      {step.at === "ready" && step.stopped && <p class="state-text">{t.add.stoppedText}</p>}
      {editable && <LeftOut upload={upload} />}
      {editable && <NotShown upload={upload} />}
      <Progress upload={upload} />
      {step.at === "checking" && <p class="state-text">{t.add.checkingText}</p>}
      <Receipt upload={upload} role={role} hrefOf={hrefOf} />
      <Refused pid={pid} upload={upload} role={role} />
      <AlreadyThere upload={upload} hrefOf={hrefOf} />
      <Failure upload={upload} />
      {editable && <Description upload={upload} role={role} errors={errors} />}
      {editable && minor && <VisibilityField upload={upload} errors={errors} />}
      <Actions pid={pid} upload={upload} />
    </article>
  );
}
