/** Who manages a child's space, whom one invited to, and taking either back. */
import { useState } from "preact/hooks";
import { relativesApi } from "../api/relatives";
import type { Child, Invitation, Representative } from "../api/types";
import { catalogue } from "../catalogue";
import { relativesWords as t } from "../catalogue/relatives";
import { firstName, instantDay } from "../lib/format";
import { type Resource, useResource } from "../lib/resource";
import { typo } from "../lib/typo";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Icon } from "./icon";
import { InviteRepresentative } from "./invite-representative";
import { ErrorPanel, Loading } from "./states";
import { toast } from "./toast";

interface Ending {
  id: string;
  name: string;
  /** Whether there is a link already. */
  accepted: boolean;
}

function EndDialog({ of, child, onEnd, onClose }: {
  of: Ending;
  child: string;
  onEnd: () => Promise<unknown>;
  onClose: () => void;
}) {
  const [error, setError] = useState<unknown>(null);
  return (
    <Dialog title={of.accepted ? t.endTitle(of.name) : t.withdrawTitle(of.name)} onClose={onClose} alert>
      <p>{of.accepted ? t.endText(child) : t.withdrawText}</p>
      {error !== null && <ErrorPanel error={error} reply />}
      <div class="actions">
        <Button kind="danger" onPress={() => onEnd().catch(setError)}>
          {of.accepted ? t.endConfirm : t.withdrawConfirm}
        </Button>
        <Button onPress={onClose}>{catalogue.common.cancel}</Button>
      </div>
    </Dialog>
  );
}

function Managing({ known, ask }: { known: Resource<Representative[]>; ask: (of: Ending) => void }) {
  if (known.error !== null) return <ErrorPanel error={known.error} retry={known.reload} />;
  if (!known.data) return <Loading lines={1} />;
  return (
    <ul role="list">
      {known.data.map(({ name, is_you: you, since, invitation_id: id }) => (
        <li key={`${name} ${since}`}>
          <Icon name="user-round" />
          <span>{you ? t.you(instantDay(since)) : t.other(typo(name), instantDay(since))}</span>
          {id && !you && (
            <Button
              kind="quiet"
              label={t.endNamed(typo(name))}
              onPress={() => ask({ id, name: typo(name), accepted: true })}
            >
              {t.end}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}

function Sent({ known, ask }: { known: Resource<Invitation[]>; ask: (of: Ending) => void }) {
  // What was accepted shows above, as somebody who manages the space.
  const shown = (known.data ?? []).filter(({ status }) => status !== "accepted" && status !== "ended");
  if (known.error !== null) return <ErrorPanel error={known.error} retry={known.reload} />;
  if (!shown.length) return null;
  return (
    <ul role="list">
      {shown.map(({ id, name, status, expires_at: until }) => (
        <li key={id}>
          <Icon name={status === "pending" ? "hourglass" : "circle-x"} />
          <span>{t.sent[status as keyof typeof t.sent](typo(name), instantDay(until))}</span>
          {status === "pending" && (
            <Button
              kind="quiet"
              label={t.withdrawNamed(typo(name))}
              onPress={() => ask({ id, name: typo(name), accepted: false })}
            >
              {t.withdraw}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}

/** `mayInvite`: for the parent on whose insurance file the child is. */
export function Representatives({ child, mayInvite }: { child: Child; mayInvite: boolean }) {
  const pid = child.patient_id;
  const managing = useResource(`representatives ${pid}`, (signal) => relativesApi.representatives(pid, signal));
  const sent = useResource(`invitations of ${pid} ${mayInvite}`, (signal) =>
    mayInvite ? relativesApi.sent(pid, signal) : Promise.resolve([]),
  );
  const [ending, setEnding] = useState<Ending | null>(null);
  const [inviting, setInviting] = useState(false);
  const name = firstName(child.given_name);
  const end = async ({ id, name: whom, accepted }: Ending) => {
    await relativesApi.end(pid, id);
    setEnding(null);
    managing.reload();
    sent.reload();
    toast(accepted ? t.ended(whom) : t.withdrawn);
  };
  return (
    <div class="representatives">
      <h4>{t.who(name)}</h4>
      <Managing known={managing} ask={setEnding} />
      <Sent known={sent} ask={setEnding} />
      {mayInvite && (
        <Button icon="plus" label={t.inviteNamed(name)} onPress={() => setInviting(true)}>
          {t.invite}
        </Button>
      )}
      {inviting && (
        <InviteRepresentative
          child={child}
          onClose={() => setInviting(false)}
          onSent={(one) => {
            setInviting(false);
            sent.set([one, ...(sent.data ?? [])]);
            toast(t.inviteSent);
          }}
        />
      )}
      {ending && (
        <EndDialog of={ending} child={name} onEnd={() => end(ending)} onClose={() => setEnding(null)} />
      )}
    </div>
  );
}
