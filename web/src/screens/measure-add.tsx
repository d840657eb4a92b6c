/** P8: noting a weight or a blood pressure, on a keypad of figures. */
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { measuresApi } from "../api/measures";
import { Problem } from "../api/problem";
import type { Measure, Profile, UsualRange } from "../api/types";
import { measureWords as t } from "../catalogue/measures";
import { useIntention } from "../lib/intention";
import { useDraft } from "../lib/kept-drafts";
import {
  CODES, COMPONENTS, type Component, KINDS, type Kind, type Typed, UNITS, blank, changes, doubtOf, draftOf, kindOf,
  momentOf, refusedFields, valueOf, wrong,
} from "../lib/measures";
import { said } from "../lib/profile";
import { useResource } from "../lib/resource";
import { deviceZone, wallOf } from "../lib/zoned";
import { Button } from "../ui/button";
import { ErrorSummary, type FieldError, Form, RadioField, TextField, errorOf } from "../ui/form";
import { Page } from "../ui/page";
import { ErrorPanel, Resumed, tell } from "../ui/states";
import { toast } from "../ui/toast";

interface FiguresProps {
  typed: Typed;
  set: (change: Partial<Typed>) => void;
  errors: FieldError[];
  usual: readonly UsualRange[];
}

/** One figure; what is to be checked in it is said once it is left, and refuses nothing. */
function Figure({ component, typed, set, errors, usual }: FiguresProps & { component: Component }) {
  const [left, setLeft] = useState(false);
  const doubt = left ? doubtOf(component, typed[component], usual) : null;
  return (
    <div onFocusOut={() => setLeft(true)}>
      <TextField
        id={component}
        mode="decimal"
        label={t.form.inUnit(t.form[component], UNITS[typed.kind])}
        hint={t.form.hints[component]}
        value={typed[component]}
        error={errorOf(errors, component)}
        onValue={(value) => set({ [component]: value })}
      />
      <p role="status" class="warn">
        {doubt}
      </p>
    </div>
  );
}

function Figures(props: FiguresProps) {
  return (
    <div class="fields pair">
      {COMPONENTS[props.typed.kind].map((component) => (
        <Figure key={component} {...props} component={component} />
      ))}
    </div>
  );
}

function When({ typed, set, errors }: Omit<FiguresProps, "usual">) {
  const today = wallOf(Date.now(), deviceZone()).slice(0, 10);
  return (
    <div class="fields pair">
      <TextField
        id="date"
        type="date"
        min="1900-01-01"
        max={today}
        label={t.form.date}
        value={typed.date}
        error={errorOf(errors, "date")}
        onValue={(date) => set({ date })}
      />
      <TextField
        id="time"
        type="time"
        label={t.form.time}
        value={typed.time}
        error={errorOf(errors, "time")}
        onValue={(time) => set({ time })}
      />
    </div>
  );
}

/** Told once it is there; what is unusual can be taken back in one press. */
function tellAdded(pid: string, added: Measure) {
  if (added.unusual.length === 0) {
    toast(t.form.added);
    return;
  }
  const remove = async () => {
    try {
      await measuresApi.delete(pid, added);
    } catch (failure) {
      toast(tell(failure).text);
      return;
    }
    toast(t.form.removed);
    changes.value += 1;
  };
  toast(t.form.addedUnusual(valueOf(added)), { label: t.form.remove, run: remove });
}

function useForm(pid: string, start: Typed, done: (kind: Kind, added: Measure) => void) {
  const { typed, set, drop, resumed, restart } = useDraft(`measure ${pid}`, start);
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [turn, setTurn] = useState(0);
  const [failure, setFailure] = useState<unknown>(null);
  const keyFor = useIntention();
  const show = (found: FieldError[]) => {
    setErrors(found);
    setTurn((n) => n + 1);
  };
  const submit = async () => {
    const found = wrong(typed, deviceZone(), Date.now());
    show(found);
    setFailure(null);
    if (found.length) return;
    const draft = draftOf(typed, deviceZone());
    try {
      const added = await measuresApi.add(pid, draft, keyFor(draft));
      drop();
      done(typed.kind, added);
    } catch (error) {
      const refused = error instanceof Problem ? (error.body.errors ?? []) : [];
      if (refused.length === 0) setFailure(error);
      else show(refusedFields(refused, typed.kind));
    }
  };
  const again = () => {
    restart();
    show([]);
  };
  return { typed, set, errors, turn, failure, submit, resumed, again };
}

/** The last one, to compare with, and what is usual; without an answer one types all the same. */
function useContext(pid: string, kind: Kind) {
  return useResource(`last ${pid} ${kind}`, (signal) => measuresApi.list(pid, { kind, limit: 1 }, null, signal)).data;
}

export default function MeasureAdd({ profile }: { profile: Profile }) {
  const pid = profile.patient_id;
  const { query, route } = useLocation();
  const [start] = useState(() => blank(kindOf(query["k"]), wallOf(Date.now(), deviceZone())));
  const { typed, set, errors, turn, failure, submit, resumed, again } = useForm(pid, start, (kind, added) => {
    route(`/mesures?k=${CODES[kind]}`, true);
    tellAdded(pid, added);
  });
  const known = useContext(pid, typed.kind);
  const last = known?.items[0];
  return (
    <Page title={t.form.title} back={{ href: `/mesures?k=${CODES[typed.kind]}`, label: said(t).form.back }}>
      <Form onSubmit={submit} label={t.form.title}>
        <ErrorSummary errors={errors} turn={turn} />
        {failure !== null && <ErrorPanel error={failure} kept reply />}
        {resumed && <Resumed restart={again} />}
        <RadioField<Kind>
          id="kind"
          label={t.form.kind}
          value={typed.kind}
          onValue={(kind) => set({ kind })}
          choices={KINDS.map((code) => ({ code, label: t.kinds[code] }))}
        />
        {last && <p class="muted">{t.form.last(valueOf(last), momentOf(last))}</p>}
        <Figures key={typed.kind} typed={typed} set={set} errors={errors} usual={known?.usual ?? []} />
        <When typed={typed} set={set} errors={errors} />
        <TextField
          id="comment"
          label={t.form.comment}
          hint={t.form.commentHint}
          optional
          length={150}
          spell
          value={typed.comment}
          error={errorOf(errors, "comment")}
          onValue={(comment) => set({ comment })}
        />
        <Button kind="primary" type="submit" icon="check">
          {t.form.save}
        </Button>
      </Form>
    </Page>
  );
}
