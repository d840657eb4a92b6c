/** P4: one document, who can see it, who saw it, and taking back what one deposited. */
import { useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso";
import { api } from "../api/carnet";
import type { CarnetDocument, Profile } from "../api/types";
import { catalogue as t } from "../catalogue";
import { forgetLists } from "../lib/paging";
import { useResource } from "../lib/resource";
import { Button, LinkButton } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { DocumentView, summaryOf } from "../ui/document-view";
import { RadioField } from "../ui/form";
import { Page } from "../ui/page";
import { ErrorPanel, Loading } from "../ui/states";
import { toast } from "../ui/toast";

type Reason = keyof typeof t.document.reasons;

const REASONS = (Object.keys(t.document.reasons) as Reason[]).map((code) => ({
  code,
  label: t.document.reasons[code],
}));

function Delete({ pid, doc, etag }: { pid: string; doc: CarnetDocument; etag: string }) {
  const { route } = useLocation();
  const [asked, setAsked] = useState(false);
  const [reason, setReason] = useState<Reason>("wrong_document");
  const [error, setError] = useState<unknown>(null);

  const remove = async () => {
    try {
      await api.withdrawDocument(pid, doc.id, etag, reason);
      forgetLists();
      toast(t.document.deleted);
      route("/documents", true);
    } catch (failure) {
      setError(failure);
    }
  };

  return (
    <>
      <Button kind="danger" icon="trash" onPress={() => setAsked(true)}>
        {t.document.delete}
      </Button>
      {asked && (
        <Dialog title={t.document.deleteTitle} onClose={() => setAsked(false)} alert>
          <p>{t.document.deleteText(doc.title)}</p>
          <p>{t.document.deleteFinal}</p>
          <RadioField
            id="reason"
            label={t.document.deleteReason}
            value={reason}
            onValue={setReason}
            choices={REASONS}
          />
          {error !== null && <ErrorPanel error={error} retry={remove} />}
          <div class="actions">
            <Button kind="danger" onPress={remove}>
              {t.document.delete}
            </Button>
            <Button onPress={() => setAsked(false)}>{t.common.cancel}</Button>
          </div>
        </Dialog>
      )}
    </>
  );
}

export default function Document({ profile }: { profile: Profile }) {
  const pid = profile.patient_id;
  const { id = "" } = useRoute().params;
  const answer = useResource(`document ${pid} ${id}`, (signal) => api.document(pid, id, signal));
  const doc = answer.data?.data;
  const back = { href: "/documents", label: t.document.back };
  return (
    <Page
      wide
      back={back}
      title={doc?.title ?? t.document.viewer}
      tab={t.document.viewer}
      intro={doc && summaryOf(doc)}
    >
      {answer.loading && <Loading lines={8} />}
      {answer.error !== null && <ErrorPanel error={answer.error} retry={answer.reload} />}
      {doc && (
        <>
          <p class="questions">
            <LinkButton kind="quiet" icon="users" href="/professionnels">
              {t.document.whoCan}
            </LinkButton>
            <LinkButton kind="quiet" icon="eye" href={`/acces?document=${doc.id}`}>
              {t.document.whoDid}
            </LinkButton>
          </p>
          <DocumentView pid={pid} doc={doc}>
            {doc.abilities.withdraw && (
              <Delete pid={pid} doc={doc} etag={answer.data?.etag ?? `"v${doc.version}"`} />
            )}
          </DocumentView>
        </>
      )}
    </Page>
  );
}
