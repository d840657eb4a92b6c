/** Typing an appointment and sending it: what the server refuses comes back next to its field. */
import { useRef, useState } from "preact/hooks";
import { Problem } from "../api/problem";
import { agendaWords as t } from "../catalogue/agenda";
import { type Typed, draftOf, refusedFields, wrong } from "../lib/appointment-draft";
import { idempotencyKey } from "../lib/ids";
import type { AppointmentDraft } from "../api/types";
import { AppointmentFields } from "./appointment-fields";
import { Button } from "./button";
import { ErrorSummary, type FieldError, Form } from "./form";
import { ErrorPanel } from "./states";

interface Props {
  start: Typed;
  label: string;
  quiet?: string | null;
  withReminders: boolean;
  /** The same key means the same intention: a second try makes nothing twice. */
  save: (draft: AppointmentDraft, key: string) => Promise<void>;
}

/** One key for each thing asked: another once what is asked has changed. */
function useIntention() {
  const last = useRef({ asked: "", key: "" });
  return (draft: AppointmentDraft) => {
    const asked = JSON.stringify(draft);
    if (last.current.asked !== asked) last.current = { asked, key: idempotencyKey() };
    return last.current.key;
  };
}

function useForm({ start, save, withReminders }: Props) {
  const [typed, setTyped] = useState(start);
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [turn, setTurn] = useState(0);
  const [failure, setFailure] = useState<unknown>(null);
  const keyFor = useIntention();

  const show = (found: FieldError[]) => {
    setErrors(found);
    setTurn((n) => n + 1);
  };
  const submit = async () => {
    const found = wrong(typed);
    show(found);
    setFailure(null);
    if (found.length) return;
    const draft = draftOf(typed, withReminders);
    try {
      await save(draft, keyFor(draft));
    } catch (error) {
      const refused = error instanceof Problem ? (error.body.errors ?? []) : [];
      if (refused.length === 0) setFailure(error);
      else {
        show(refusedFields(refused, typed.allDay));
      }
    }
  };
  const set = (change: Partial<Typed>) => setTyped((old) => ({ ...old, ...change }));
  return { typed, set, errors, turn, failure, submit };
}

export function AppointmentForm(props: Props) {
  const { typed, set, errors, turn, failure, submit } = useForm(props);
  return (
    <Form onSubmit={submit} label={props.label}>
      <ErrorSummary errors={errors} turn={turn} />
      {failure !== null && <ErrorPanel error={failure} kept reply />}
      <AppointmentFields
        typed={typed}
        set={set}
        errors={errors}
        quiet={props.quiet ?? null}
        withReminders={props.withReminders}
      />
      <Button kind="primary" type="submit" icon="check">
        {t.form.save}
      </Button>
    </Form>
  );
}
