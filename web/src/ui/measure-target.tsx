/** The weight a person of age wants to reach: setting it, how far it is, taking it away. */
import { useState } from "preact/hooks";
import { measuresApi } from "../api/measures";
import { Problem } from "../api/problem";
import type { Measure, TargetRead } from "../api/types";
import { catalogue } from "../catalogue";
import { targetWords as t } from "../catalogue/targets";
import { dateMedium, number, parisDay } from "../lib/format";
import { distanceOf, typedTarget, wrongTarget } from "../lib/targets";
import { typo } from "../lib/typo";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { ErrorSummary, type FieldError, Form, TextField, errorOf } from "./form";
import { ErrorPanel, tell } from "./states";
import { toast } from "./toast";

interface Props {
  pid: string;
  of: TargetRead;
  last: Measure | undefined;
  onChange: () => void;
}

/** The server's refusals belong to their fields; what belongs to none is said above. */
const refusedFields = (failure: unknown): FieldError[] =>
  failure instanceof Problem
    ? (failure.body.errors ?? []).map(({ pointer, detail }) => ({
        id: pointer === "/by" ? "target-by" : "target-weight", text: typo(detail),
      }))
    : [];

function TargetDialog({ pid, of, onChange, onClose }: Omit<Props, "last"> & { onClose: () => void }) {
  const [typed, setTyped] = useState(() => typedTarget(of.target));
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [turn, setTurn] = useState(0);
  const [failure, setFailure] = useState<unknown>(null);
  const show = (found: FieldError[]) => {
    setErrors(found);
    setTurn((n) => n + 1);
  };
  const submit = async () => {
    setFailure(null);
    const { errors: found, body } = wrongTarget(typed, parisDay(new Date()));
    show(found);
    if (!body) return;
    try {
      await measuresApi.setTarget(pid, body, of.etag);
    } catch (error) {
      const refused = refusedFields(error);
      if (refused.length > 0) show(refused);
      else setFailure(error);
      return;
    }
    onClose();
    onChange();
    toast(t.saved);
  };
  return (
    <Dialog title={of.target ? t.change : t.set} onClose={onClose}>
      <Form onSubmit={submit}>
        <ErrorSummary errors={errors} turn={turn} />
        {failure !== null && <ErrorPanel error={failure} kept reply />}
        <TextField
          id="target-weight" mode="decimal" short label={t.form.weight} hint={t.form.weightHint}
          value={typed.weight} error={errorOf(errors, "target-weight")}
          onValue={(weight) => setTyped({ ...typed, weight })}
        />
        <TextField
          id="target-by" type="date" short optional min={parisDay(new Date())} max="2100-12-31" label={t.form.by}
          value={typed.by} error={errorOf(errors, "target-by")}
          onValue={(by) => setTyped({ ...typed, by })}
        />
        <p class="hint">{t.advice}</p>
        <div class="actions">
          <Button kind="primary" type="submit" icon="check">
            {t.form.save}
          </Button>
          <Button onPress={onClose}>{catalogue.common.cancel}</Button>
        </div>
      </Form>
    </Dialog>
  );
}

function Said({ of, last }: Pick<Props, "of" | "last">) {
  if (!of.target) return <p>{t.none}</p>;
  const { weight, by } = of.target;
  return (
    <>
      <p>
        <strong>{[t.value(number(weight, 1)), by && t.by(dateMedium(by))].filter(Boolean).join(", ")}</strong>
      </p>
      {last && <p>{t.last(distanceOf(last, weight))}</p>}
      {by && by < parisDay(new Date()) && <p>{t.past}</p>}
    </>
  );
}

export function MeasureTarget({ pid, of, last, onChange }: Props) {
  const [open, setOpen] = useState(false);
  const remove = async () => {
    try {
      await measuresApi.removeTarget(pid);
    } catch (failure) {
      toast(tell(failure).text);
      return;
    }
    onChange();
    toast(t.removed);
  };
  return (
    <section class="card" aria-labelledby="target">
      <h2 id="target" tabIndex={-1}>{t.title}</h2>
      <Said of={of} last={last} />
      <p class="hint">
        {t.advice} {t.seenBy}
      </p>
      <div class="actions">
        <Button icon="pencil" onPress={() => setOpen(true)}>
          {of.target ? t.change : t.set}
        </Button>
        {of.target && (
          <Button kind="quiet" icon="trash" onPress={remove}>
            {t.remove}
          </Button>
        )}
      </div>
      {open && <TargetDialog pid={pid} of={of} onChange={onChange} onClose={() => setOpen(false)} />}
    </section>
  );
}
