/** P12, P13: one conversation of the record that is open, and answering in it. */
import { useRoute } from "preact-iso";
import { messagesApi } from "../api/messages";
import type { Profile } from "../api/types";
import { catalogue } from "../catalogue";
import { messageWords as t } from "../catalogue/messages";
import { useAttempt } from "../lib/attempt";
import { said } from "../lib/profile";
import { typo } from "../lib/typo";
import { Button } from "../ui/button";
import { otherName, roleOf } from "../ui/conversation-row";
import { type Acts, ConversationView } from "../ui/conversation-view";
import { ErrorPanel, Notice } from "../ui/states";
import { toast } from "../ui/toast";

/** Wants nothing more from the other side, or again something; the first can be taken back at once. */
function useBlock({ of, set }: Acts) {
  const { error, attempt } = useAttempt();
  const name = otherName(of, "patient");
  const put = (blocked: boolean): Promise<void> =>
    attempt(async () => {
      set(await messagesApi.block(of.id, blocked));
      if (blocked) toast(said(t).blockedNow(name), { label: catalogue.common.undo, run: () => put(false) });
      else toast(said(t).unblockedNow(name));
    });
  return { name, error, put };
}

function Mute(acts: Acts) {
  const { of } = acts;
  const { name, error, put } = useBlock(acts);
  if (of.is_blocked) {
    return (
      <Notice kind="info" title={said(t).blockedTitle(name)}>
        <p>{t.blockedText}</p>
        <Button icon="undo-2" onPress={() => put(false)}>
          {t.unblock(name)}
        </Button>
        {error !== null && <ErrorPanel error={error} reply />}
      </Notice>
    );
  }
  const closed = of.status === "closed";
  return (
    <Notice kind="info" title={closed ? t.closedTitle : t.muteTitle}>
      <p>{closed ? t.closedText(name) : t.mute}</p>
      {closed && <p>{t.closedNext}</p>}
    </Notice>
  );
}

function Block(acts: Acts) {
  const { of } = acts;
  const { name, error, put } = useBlock(acts);
  if (!of.may_block || of.is_blocked) return null;
  return (
    <section class="aside" aria-label={t.block(name)}>
      <Button kind="quiet" icon="ban" onPress={() => put(true)}>
        {t.block(name)}
      </Button>
      <p class="hint">{said(t).blockHint}</p>
      {error !== null && <ErrorPanel error={error} reply />}
    </section>
  );
}

export default function Conversation({ profile }: { profile: Profile }) {
  const { id = "" } = useRoute().params;
  const pid = profile.patient_id;
  return (
    <ConversationView
      key={id}
      id={id}
      side="patient"
      pid={pid}
      base="/messages"
      delay={t.delay}
      listOf={() => pid}
      facts={({ correspondent }) => (
        <p>
          {typo(correspondent.name)}
          {roleOf(correspondent) && <span class="muted"> · {roleOf(correspondent)}</span>}
        </p>
      )}
      mute={(acts) => <Mute {...acts} />}
      acts={(acts) => <Block {...acts} />}
    />
  );
}
