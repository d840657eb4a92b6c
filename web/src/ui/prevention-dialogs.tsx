/** The questions before « réalisé » and « plus tard »: when was it, when to be reminded. */
import { useState } from "preact/hooks";
import type { Recommendation } from "../api/types";
import { catalogue } from "../catalogue";
import { preventionWords as t } from "../catalogue/prevention";
import { addMonths } from "../lib/calendar";
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

const YEARS = { type: "date", min: "1900-01-01", max: "2100-12-31" } as const;

function useSaving(save: Props["save"]) {
  const [error, setError] = useState<unknown>(null);
  const run = (date: string) => {
    setError(null);
    return save(date).catch(setError);
  };
  return { error, run };
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
  const [wrong, setWrong] = useState<string>();
  const { error, run } = useSaving(save);
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
  const [wrong, setWrong] = useState<string>();
  const { error, run } = useSaving(save);
  const submit = () => {
    const until = choice === "date" ? date : addMonths(now, MONTHS[choice]);
    const past = until <= now ? t.errors.past : undefined;
    setWrong(past);
    return past ? undefined : run(until);
  };
  return (
    <Dialog title={t.laterTitle(typo(of.title))} onClose={onClose}>
      <Form onSubmit={submit}>
        {error !== null && <ErrorPanel error={error} kept />}
        <RadioField<Choice>
          id="later"
          label={t.laterIn}
          value={choice}
          onValue={setChoice}
          choices={(["m1", "m3", "m6", "date"] as const).map((code) => ({ code, label: t.laterChoices[code] }))}
        />
        {choice === "date" && (
          <TextField
            {...YEARS}
            id="later-date"
            short
            label={t.laterDate}
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
