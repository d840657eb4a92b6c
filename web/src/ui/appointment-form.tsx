/** Typing an appointment and sending it: what the server refuses comes back next to its field. */
import { useState } from "preact/hooks";
import { Problem } from "../api/problem";
import { agendaWords as t } from "../catalogue/agenda";
import { type Typed, draftOf, refusedFields, wrong } from "../lib/appointment-draft";
import { useDraft } from "../lib/kept-drafts";
import { useIntention } from "../lib/intention";
import type { AppointmentDraft } from "../api/types";
import { AppointmentFields } from "./appointment-fields";
import { Button } from "./button";
import { ErrorSummary, type FieldError, Form } from "./form";
import { ErrorPanel, Resumed } from "./states";

interface Props {
  start: Typed;
  label: string;
  quiet?: string | null;
  withReminders: boolean;
  /** Names what is being filled in: the record, the appointment, its version. */
  draft: string;
  /** Reads the appointment again, after somebody else changed it. */
  latest?: () => void;
  /** The same key means the same intention: a second try makes nothing twice. */
  save: (draft: AppointmentDraft, key: string) => Promise<void>;
}

function useForm({ start, save, withReminders, draft: name }: Props) {
  const { typed, set, drop, resumed, restart } = useDraft(name, start);
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
      drop();
    } catch (error) {
      const refused = error instanceof Problem ? (error.body.errors ?? []) : [];
      if (refused.length === 0) setFailure(error);
      else {
        show(refusedFields(refused, typed.allDay));
      }
    }
  };
  const again = () => {
    restart();
    show([]);
  };
  return { typed, set, errors, turn, failure, submit, resumed, again };
}

export function AppointmentForm(props: Props) {
  const { typed, set, errors, turn, failure, submit, resumed, again } = useForm(props);
  const { latest } = props;
  return (
    <Form onSubmit={submit} label={props.label}>
      <ErrorSummary errors={errors} turn={turn} />
      {failure !== null && <ErrorPanel error={failure} kept reply {...(latest && { latest })} />}
      {resumed && <Resumed restart={again} />}
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
