/** What is said of a file before it leaves: its title, its type, its date, and who sees it. */
import { useState } from "preact/hooks";
import { catalogue as t } from "../catalogue";
import { announcementWords as words } from "../catalogue/announcement";
import { allProfessionalTypes } from "../catalogue/professional-types";
import { isFuture, readDate } from "../lib/dates";
import { dateShort } from "../lib/format";
import { matches } from "../lib/fold";
import { type TypeChoice, personTypes, professionalTypes } from "../lib/kinds";
import { type Draft, type Role, type Upload, type Visibility, edit } from "../lib/upload-queue";
import { type FieldError, RadioField, SelectField, TextField, errorOf } from "./form";

/** A date is shown as people write it; a half-typed one stays as typed. */
const shownDate = (date: string) => (/^\d{4}-\d{2}-\d{2}$/.test(date) ? dateShort(date) : date);

/** Of the value set, but no document that somebody writes: what a program makes or wraps. */
const NEVER_CHOSEN = new Set(["E1762", "FEUILLE-DE-STYLE"]);

/** By name, those that are offered first left out. */
const OTHER_TYPES = {
  common: t.add.commonTypes,
  title: t.add.otherTypes,
  choices: Object.entries(allProfessionalTypes)
    .filter(([code]) => !NEVER_CHOSEN.has(code) && !professionalTypes().some((one) => one.code === code))
    .map(([code, label]) => ({ code, label }))
    .toSorted((a, b) => a.label.localeCompare(b.label, "fr")),
};

const describesItself = (upload: Upload) => upload.format === "text/xml";

/** What is missing before this file can leave; among several, its name is said too. */
export function draftErrors(upload: Upload, several = false, minor = false): FieldError[] {
  const { title, type, date, visibility, reason } = upload.draft.value;
  const read = readDate(date);
  const errors: FieldError[] = [];
  if (minor && !visibility) errors.push({ id: `${upload.id}-visibility`, text: t.add.errors.visibility });
  if (visibility === "invisible_to_patient" && !reason.trim()) {
    errors.push({ id: `${upload.id}-reason`, text: words.reasonMissing });
  }
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

interface SeenProps {
  upload: Upload;
  minor: boolean;
  errors: FieldError[];
}

/** Of a minor, never chosen beforehand: a document seen by her parents cannot be unseen. */
function choicesFor(minor: boolean): { code: Visibility; label: string }[] {
  if (!minor) {
    return [
      { code: "normal", label: words.choices.now },
      { code: "invisible_to_patient", label: words.choices.later },
    ];
  }
  return [
    { code: "normal", label: t.add.visibilities.normal },
    { code: "invisible_to_representatives", label: t.add.visibilities.hidden },
    { code: "invisible_to_patient", label: words.choices.laterMinor },
  ];
}

/** Who sees it, and from when; why, if she is to be told first (R-CNF-01, R-CNF-05). */
export function VisibilityField({ upload, minor, errors }: SeenProps) {
  const [id, why] = [`${upload.id}-visibility`, `${upload.id}-reason`];
  const { visibility, reason } = upload.draft.value;
  return (
    <>
      <RadioField<Visibility>
        id={id}
        label={minor ? t.add.visibility : words.when}
        hint={minor ? t.add.visibilityHint : undefined}
        error={errorOf(errors, id)}
        value={visibility || (minor ? "" : "normal")}
        choices={choicesFor(minor)}
        onValue={(chosen) => edit(upload, { visibility: chosen })}
      />
      {visibility === "invisible_to_patient" && (
        <>
          <p class="muted">{words.later}</p>
          <TextField
            id={why}
            label={words.reason}
            hint={words.reasonHint}
            error={errorOf(errors, why)}
            value={reason}
            length={200}
            spell
            onValue={(text) => edit(upload, { reason: text })}
          />
        </>
      )}
    </>
  );
}

interface TypeProps {
  id: string;
  error?: string | undefined;
  role: Role;
  value: string;
  onValue: (type: string) => void;
}

/** A person has a few types; a professional the usual ones, and more than a hundred to look among. */
function TypeField({ role, ...field }: TypeProps) {
  const [wanted, setWanted] = useState("");
  const type = { ...field, label: t.add.docType };
  if (role === "patient") return <SelectField {...type} none={t.add.chooseType} choices={personTypes()} />;
  // What was chosen stays chosen, whatever is looked for since.
  const found = (choices: TypeChoice[]) =>
    choices.filter(({ code, label }) => code === field.value || matches(wanted, [label]));
  const [usual, others] = [found(professionalTypes()), found(OTHER_TYPES.choices)];
  const count = [...usual, ...others].filter(({ label }) => matches(wanted, [label])).length;
  return (
    <>
      <TextField
        id={`${field.id}-search`}
        type="search"
        mode="search"
        label={t.add.searchType}
        hint={t.add.searchTypeHint}
        value={wanted}
        onValue={setWanted}
      />
      {wanted.trim() && <p class="list-count" role="status">{t.add.typesFound(count)}</p>}
      <SelectField
        {...type}
        none={t.add.chooseType}
        choices={usual}
        others={{ ...OTHER_TYPES, choices: others }}
      />
    </>
  );
}

export function Description({ upload, role, errors }: { upload: Upload; role: Role; errors: FieldError[] }) {
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
        hint={role === "patient" ? t.add.docTitleHint : t.pro.docTitleHint}
        value={draft.title}
        length={200}
        spell
        onValue={(title) => set({ title })}
      />
      <TypeField {...field("type")} role={role} value={draft.type} onValue={(type) => set({ type })} />
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
