/** Taking back a document one deposited by error: what follows is said, and the act is named. */
import { useState } from "preact/hooks";
import { api } from "../api/carnet";
import { me } from "../api/session";
import type { CarnetDocument } from "../api/types";
import { catalogue as t } from "../catalogue";
import { forgetLists } from "../lib/paging";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { RadioField } from "./form";
import { ErrorPanel } from "./states";
import { toast } from "./toast";

type Reason = keyof typeof t.document.reasons;

const REASONS = (Object.keys(t.document.reasons) as Reason[]).map((code) => ({
  code,
  label: t.document.reasons[code],
}));

interface Props {
  pid: string;
  doc: CarnetDocument;
  etag: string | null;
  onDeleted: () => void;
}

/** Shown only to who deposited the document: the server says so. */
export function DeleteDocument({ pid, doc, etag, onDeleted }: Props) {
  const [asked, setAsked] = useState(false);
  const [reason, setReason] = useState<Reason>("wrong_document");
  const [error, setError] = useState<unknown>(null);

  const remove = async () => {
    try {
      await api.withdrawDocument(pid, doc.id, etag ?? `"v${doc.version}"`, reason);
      forgetLists();
      toast(t.document.deleted);
      onDeleted();
    } catch (failure) {
      setError(failure);
    }
  };

  if (!doc.abilities.withdraw) return null;
  return (
    <>
      <Button kind="danger" icon="trash" onPress={() => setAsked(true)}>
        {t.document.delete}
      </Button>
      {asked && (
        <Dialog title={t.document.deleteTitle} onClose={() => setAsked(false)} alert>
          <p>{t.document.deleteText(doc.title)}</p>
          <p>{me.value?.role === "professional" ? t.document.deleteKept : t.document.deleteFinal}</p>
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
