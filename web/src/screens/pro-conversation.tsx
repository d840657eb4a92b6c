/** D7: one conversation of a professional: writing, closing, reopening. */
import { useRoute } from "preact-iso";
import { useState } from "preact/hooks";
import { messagesApi } from "../api/messages";
import { catalogue } from "../catalogue";
import { messageWords } from "../catalogue/messages";
import { useAttempt } from "../lib/attempt";
import { typo } from "../lib/typo";
import { Button } from "../ui/button";
import { type Acts, ConversationView } from "../ui/conversation-view";
import { Dialog } from "../ui/dialog";
import { ErrorPanel, Notice } from "../ui/states";
import { toast } from "../ui/toast";

const t = messageWords.pro;

function Close({ of, set }: Acts) {
  const [asked, setAsked] = useState(false);
  const { error, attempt } = useAttempt();
  if (!of.may_close || of.status === "closed") return null;
  const close = () =>
    attempt(async () => {
      set(await messagesApi.close(of.id));
      setAsked(false);
      toast(t.closedNow);
    });
  return (
    <div class="actions">
      <Button icon="lock" onPress={() => setAsked(true)}>
        {t.close}
      </Button>
      {asked && (
        <Dialog title={t.closeTitle} onClose={() => setAsked(false)} alert>
          <p>{t.closeText}</p>
          <p>{t.closeAgain}</p>
          {error !== null && <ErrorPanel error={error} reply />}
          <div class="actions">
            <Button kind="primary" icon="lock" onPress={close}>
              {t.close}
            </Button>
            <Button onPress={() => setAsked(false)}>{catalogue.common.cancel}</Button>
          </div>
        </Dialog>
      )}
    </div>
  );
}

function Mute({ of, set }: Acts) {
  const { error, attempt } = useAttempt();
  if (of.status !== "closed") {
    return (
      <Notice kind="info" title={t.muteTitle}>
        <p>{t.mute}</p>
      </Notice>
    );
  }
  const reopen = () =>
    attempt(async () => {
      set(await messagesApi.reopen(of.id));
      toast(t.reopenedNow);
    });
  return (
    <Notice kind="info" title={messageWords.closedTitle}>
      <p>{t.closedText}</p>
      {of.may_close && (
        <>
          <p>{t.reopenText}</p>
          <Button icon="lock-open" onPress={reopen}>
            {t.reopen}
          </Button>
        </>
      )}
      {error !== null && <ErrorPanel error={error} reply />}
    </Notice>
  );
}

export default function ProConversation() {
  const { id = "" } = useRoute().params;
  return (
    <ConversationView
      key={id}
      id={id}
      side="professional"
      pid={null}
      base="/pro/messages"
      delay={t.delay}
      listOf={({ correspondent }) => (correspondent.kind === "team" ? "team" : "own")}
      facts={(of) => (
        <>
          <p>
            {t.patient(typo(of.patient_name))}
            <span class="muted">
              {" · "}
              {of.correspondent.kind === "team" ? t.asTeam(typo(of.correspondent.name)) : t.asYou}
            </span>
          </p>
          {of.patient_id && (
            <a class="link" href={`/pro/patients/${of.patient_id}`}>
              {t.record}
            </a>
          )}
        </>
      )}
      mute={(acts) => <Mute {...acts} />}
      acts={(acts) => <Close {...acts} />}
    />
  );
}
