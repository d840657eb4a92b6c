/** The questions before « réalisé » and « plus tard »: when was it, when to be reminded. */
import { useState } from "preact/hooks";
import type { Recommendation } from "../api/types";
import { catalogue } from "../catalogue";
import { preventionWords as t } from "../catalogue/prevention";
import { Problem } from "../api/problem";
import { addDays, addMonths } from "../lib/calendar";
import { dateMedium } from "../lib/format";
import { typo } from "../lib/typo";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Form, RadioField, TextField } from "./form";
import { ErrorPanel } from "./states";

interface Props {
  of: Recommendation;
  now: string;
  /** Raises what the server refused. */
  save: (date: string) => Promise<void>;
  onClose: () => void;
}

const FIELDS = new Set(["/on", "/until"]);
const YEARS = { type: "date", min: "1900-01-01", max: "2100-12-31" } as const;

/** Saves; what the server says of the date belongs to its field, the rest to the dialog. */
function useSaving(save: Props["save"]) {
  const [error, setError] = useState<unknown>(null);
  const [wrong, setWrong] = useState<string>();
  const run = (date: string) => {
    setError(null);
    return save(date).catch((failure: unknown) => {
      const [refused] = failure instanceof Problem ? (failure.body.errors ?? []) : [];
      if (refused && FIELDS.has(refused.pointer)) setWrong(typo(refused.detail));
      else setError(failure);
    });
  };
  return { error, wrong, setWrong, run };
}

function Foot({ onClose }: { onClose: () => void }) {
  return (
    <div class="actions">
      <Button kind="primary" type="submit">
        {t.save}
      </Button>
      <Button onPress={onClose}>{catalogue.common.cancel}</Button>
    </div>
  );
}

export function DoneDialog({ of, now, save, onClose }: Props) {
  const [date, setDate] = useState("");
  const { error, wrong, setWrong, run } = useSaving(save);
  const submit = () => {
    const refused = date === "" ? t.errors.missing : date > now ? t.errors.future : undefined;
    setWrong(refused);
    return refused ? undefined : run(date);
  };
  return (
    <Dialog title={t.doneTitle(typo(of.title))} onClose={onClose}>
      <Form onSubmit={submit}>
        {error !== null && <ErrorPanel error={error} kept />}
        <TextField
          {...YEARS}
          id="done-on"
          short
          label={t.doneDate}
          hint={t.doneHint}
          value={date}
          onValue={setDate}
          error={wrong}
        />
        <Foot onClose={onClose} />
      </Form>
    </Dialog>
  );
}

const MONTHS = { m1: 1, m3: 3, m6: 6 } as const;
type Choice = keyof typeof MONTHS | "date";

export function LaterDialog({ of, now, save, onClose }: Props) {
  const [choice, setChoice] = useState<Choice>("m1");
  const [date, setDate] = useState("");
  const { error, wrong, setWrong, run } = useSaving(save);
  const last = of.window_closes_on;
  const dayOf = (code: Choice) => (code === "date" ? date : addMonths(now, MONTHS[code]));
  const open = (["m1", "m3", "m6", "date"] as const).filter(
    (code) => code === "date" || last === null || dayOf(code) <= last,
  );
  const chosen = open.includes(choice) ? choice : "date";
  const submit = () => {
    const day = dayOf(chosen);
    const closed = last !== null && day > last ? t.errors.closed(dateMedium(last)) : undefined;
    const refused = day <= now ? t.errors.past : closed;
    setWrong(refused);
    // She is reminded on that day: the one before is the last silent one.
    return refused ? undefined : run(addDays(day, -1));
  };
  return (
    <Dialog title={t.laterTitle(typo(of.title))} onClose={onClose}>
      <Form onSubmit={submit}>
        {error !== null && <ErrorPanel error={error} kept />}
        <RadioField<Choice>
          id="later"
          label={t.laterIn}
          value={chosen}
          onValue={setChoice}
          choices={open.map((code) => ({ code, label: t.laterChoices[code] }))}
        />
        {chosen === "date" && (
          <TextField
            {...YEARS}
            id="later-day"
            short
            label={t.laterDate}
            hint={last === null ? undefined : t.laterBefore(dateMedium(last))}
            value={date}
            onValue={setDate}
            error={wrong}
          />
        )}
        <Foot onClose={onClose} />
      </Form>
    </Dialog>
  );
}
