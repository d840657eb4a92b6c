/** Taking an appointment away: one's own comes back in one press, somebody else's does not. */
import { useState } from "preact/hooks";
import { agendaApi } from "../api/agenda";
import type { Appointment, AppointmentDraft } from "../api/types";
import { agendaWords as t } from "../catalogue/agenda";
import { catalogue } from "../catalogue";
import { draftOf, typedFrom } from "../lib/appointment-draft";
import { isByApplication, setterFirst } from "../lib/appointments";
import { idempotencyKey } from "../lib/ids";
import { forgetLists } from "../lib/paging";
import { said } from "../lib/profile";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { ErrorPanel, tell } from "./states";
import { toast } from "./toast";

/** The appointment again, as it was. */
const again = (of: Appointment): AppointmentDraft =>
  draftOf({ ...typedFrom(of), ...(of.recommendation && { recommendation: of.recommendation }) }, true);

interface Props {
  pid: string;
  of: Appointment;
  onGone: () => void;
  onBack: () => void;
}

/** Removes at once, with an undo that sets the same appointment again. */
export function CancelOwn({ pid, of, onGone, onBack }: Props) {
  const [error, setError] = useState<unknown>(null);
  const cancel = async () => {
    setError(null);
    try {
      await agendaApi.cancel(pid, of);
    } catch (failure) {
      setError(failure);
      return;
    }
    forgetLists();
    onGone();
    // A lost answer and a second press set it again only once.
    const key = idempotencyKey();
    const undo = async () => {
      try {
        await agendaApi.add(pid, again(of), key);
      } catch (failure) {
        toast(tell(failure).text, { label: catalogue.common.retry, run: undo });
        return;
      }
      forgetLists();
      onBack();
      toast(said(t).view.undone);
    };
    toast(t.view.cancelled, { label: catalogue.common.undo, run: undo });
  };
  return (
    <>
      <Button kind="danger" icon="trash" onPress={cancel}>
        {t.view.cancel}
      </Button>
      {error !== null && <ErrorPanel error={error} reply />}
    </>
  );
}

interface AskedProps {
  pid: string;
  of: Appointment;
  label: string;
  name?: string;
  title: string;
  text: string;
  gone: string;
  onGone: () => void;
}

/** Asks first, because it cannot be undone. */
export function CancelAsked({ pid, of, label, name, title, text, gone, onGone }: AskedProps) {
  const [asked, setAsked] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const remove = async () => {
    try {
      await agendaApi.cancel(pid, of);
    } catch (failure) {
      setError(failure);
      return;
    }
    forgetLists();
    toast(gone);
    setAsked(false);
    onGone();
  };
  return (
    <>
      <Button kind="danger" icon="trash" {...(name ? { label: name } : {})} onPress={() => setAsked(true)}>
        {label}
      </Button>
      {asked && (
        <Dialog title={title} onClose={() => setAsked(false)} alert>
          <p>{text}</p>
          {error !== null && <ErrorPanel error={error} />}
          <div class="actions">
            <Button kind="danger" onPress={remove}>
              {label}
            </Button>
            <Button onPress={() => setAsked(false)}>{catalogue.common.cancel}</Button>
          </div>
        </Dialog>
      )}
    </>
  );
}

/** Removes from one's agenda what somebody else set. */
export function RemoveTheirs({ pid, of, onGone }: Omit<Props, "onBack">) {
  return (
    <CancelAsked
      pid={pid}
      of={of}
      label={said(t).view.remove}
      title={said(t).view.removeTitle}
      text={(isByApplication(of) ? t.view.removeApplications : t.view.removeText)(setterFirst(of))}
      gone={t.view.cancelled}
      onGone={onGone}
    />
  );
}
