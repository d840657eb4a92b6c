/** P12: the conversations of the record that is open. */
import type { Profile } from "../api/types";
import { messageWords as t } from "../catalogue/messages";
import { said } from "../lib/profile";
import { LinkButton } from "../ui/button";
import { ConversationList } from "../ui/conversation-list";
import { Emergency } from "../ui/emergency";
import { Page } from "../ui/page";
import { Empty } from "../ui/states";

export default function Messages({ profile }: { profile: Profile }) {
  const pid = profile.patient_id;
  return (
    <Page title={t.title} intro={said(t).intro}>
      <Emergency />
      <ConversationList
        name={pid}
        box={{ patient_id: pid }}
        side="patient"
        base="/messages"
        empty={
          <Empty icon="message-square" title={t.emptyTitle} text={said(t).empty}>
            <LinkButton href="/professionnels">{said(t).toProfessionals}</LinkButton>
          </Empty>
        }
      />
    </Page>
  );
}
