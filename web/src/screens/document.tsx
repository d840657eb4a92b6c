/** P4: one document, who can see it, who saw it, and taking back what one deposited. */
import { useLocation, useRoute } from "preact-iso";
import { api } from "../api/carnet";
import type { Profile } from "../api/types";
import { catalogue as t } from "../catalogue";
import { useResource } from "../lib/resource";
import { LinkButton } from "../ui/button";
import { DeleteDocument } from "../ui/delete-document";
import { DocumentView, summaryOf } from "../ui/document-view";
import { Page } from "../ui/page";
import { Readers } from "../ui/readers";
import { ErrorPanel, Loading } from "../ui/states";

export default function Document({ profile }: { profile: Profile }) {
  const pid = profile.patient_id;
  const { id = "" } = useRoute().params;
  const { route } = useLocation();
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
            <Readers doc={doc} />
            <LinkButton kind="quiet" icon="eye" href={`/acces?document=${doc.id}`}>
              {t.document.whoDid}
            </LinkButton>
          </p>
          <DocumentView
            pid={pid}
            doc={doc}
            hrefOf={(other) => `/documents/${other}`}
            onRevealed={answer.reload}
          >
            <DeleteDocument
              pid={pid}
              doc={doc}
              etag={answer.data?.etag ?? null}
              onDeleted={() => route("/documents", true)}
            />
          </DocumentView>
        </>
      )}
    </Page>
  );
}
