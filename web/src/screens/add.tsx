/** P3: adding documents to one's own record. */
import type { Profile } from "../api/types";
import { catalogue as t } from "../catalogue";
import { Deposit } from "../ui/deposit";
import { Page } from "../ui/page";

export default function Add({ profile }: { profile: Profile }) {
  return (
    <Page title={t.add.title} back={{ href: "/documents", label: t.documents.title }}>
      <Deposit pid={profile.patient_id} role="patient" hrefOf={(id) => `/documents/${id}`} />
    </Page>
  );
}
