/** The invitations to represent a child that somebody received: accepted, refused, or left alone. */
import { useState } from "preact/hooks";
import { relativesApi } from "../api/relatives";
import type { ReceivedInvitation } from "../api/types";
import { catalogue } from "../catalogue";
import { relativesWords as t } from "../catalogue/relatives";
import { instantDay } from "../lib/format";
import type { Resource } from "../lib/resource";
import { typo } from "../lib/typo";
import { Effects } from "./activate-child";
import { Button } from "./button";
import { Certify, useCertifying } from "./certify";
import { Dialog } from "./dialog";
import { Icon } from "./icon";
import { ErrorPanel } from "./states";

interface AskProps {
  of: ReceivedInvitation;
  answer: (accepts: boolean) => Promise<void>;
  onClose: () => void;
}

function AcceptDialog({ of, answer, onClose }: AskProps) {
  const certifying = useCertifying();
  const [error, setError] = useState<unknown>(null);
  const confirm = async () => {
    if (!certifying.require()) return undefined;
    setError(null);
    return answer(true).catch(setError);
  };
  return (
    <Dialog title={t.acceptTitle(of.child)} onClose={onClose}>
      <p>{t.receivedFrom(typo(of.invited_by), of.child)}</p>
      <Effects ends={t.endsInvited} />
      <Certify of={certifying} />
      {error !== null && <ErrorPanel error={error} reply />}
      <div class="actions">
        <Button kind="primary" onPress={confirm}>
          {t.accept}
        </Button>
        <Button onPress={onClose}>{catalogue.common.cancel}</Button>
      </div>
    </Dialog>
  );
}

function RefuseDialog({ of, answer, onClose }: AskProps) {
  const [error, setError] = useState<unknown>(null);
  return (
    <Dialog title={t.refuseTitle} onClose={onClose} alert>
      <p>{t.refuseText(typo(of.invited_by))}</p>
      <p>{t.refuseSilent}</p>
      {error !== null && <ErrorPanel error={error} reply />}
      <div class="actions">
        <Button kind="danger" onPress={() => answer(false).catch(setError)}>
          {t.refuse}
        </Button>
        <Button onPress={onClose}>{catalogue.common.cancel}</Button>
      </div>
    </Dialog>
  );
}

/** `onAccepted` is told once the child is among those one represents. */
export function ReceivedInvitations({ known, own, onAnswered }: {
  known: Resource<ReceivedInvitation[]>;
  own: string;
  onAnswered: (of: ReceivedInvitation, accepts: boolean) => void;
}) {
  const [asked, setAsked] = useState<{ of: ReceivedInvitation; accepts: boolean } | null>(null);
  if (known.error !== null) return <ErrorPanel error={known.error} retry={known.reload} />;
  if (!known.data?.length) return null;
  const close = () => setAsked(null);
  const answer = (of: ReceivedInvitation) => async (accepts: boolean) => {
    await relativesApi.answer(own, of.id, accepts);
    close();
    known.set((known.data ?? []).filter((one) => one.id !== of.id));
    onAnswered(of, accepts);
  };
  return (
    <section aria-labelledby="received">
      <h2 id="received">{t.received}</h2>
      <div class="cards">
        {known.data.map((of) => (
          <article key={of.id} class="card child" aria-labelledby={`invitation-${of.id}`}>
            <div class="person-head">
              <Icon name="baby" size={24} />
              <h3 id={`invitation-${of.id}`}>{t.receivedFrom(typo(of.invited_by), of.child)}</h3>
            </div>
            <p class="muted">{t.receivedUntil(instantDay(of.expires_at))}</p>
            <div class="actions">
              <Button kind="primary" label={t.acceptNamed(of.child)} onPress={() => setAsked({ of, accepts: true })}>
                {t.accept}
              </Button>
              <Button label={t.refuseNamed(of.child)} onPress={() => setAsked({ of, accepts: false })}>
                {t.refuse}
              </Button>
            </div>
          </article>
        ))}
      </div>
      {asked?.accepts && <AcceptDialog of={asked.of} answer={answer(asked.of)} onClose={close} />}
      {asked && !asked.accepts && <RefuseDialog of={asked.of} answer={answer(asked.of)} onClose={close} />}
    </section>
  );
}
