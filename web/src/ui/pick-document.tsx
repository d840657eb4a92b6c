/** Choosing one document of the record to join to a message. */
import { useState } from "preact/hooks";
import { api } from "../api/carnet";
import type { CarnetDocument } from "../api/types";
import { catalogue } from "../catalogue";
import { messageWords as t } from "../catalogue/messages";
import { matches } from "../lib/fold";
import { dateMedium } from "../lib/format";
import { usePagedList } from "../lib/paging";
import { More, searched } from "../screens/documents";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { authorName } from "./document-row";
import { TextField } from "./form";
import { ErrorPanel, Loading } from "./states";

function Line({ doc, pick }: { doc: CarnetDocument; pick: () => Promise<void> }) {
  return (
    <li class="result">
      <div>
        <p class="result-name">{doc.title}</p>
        <p class="muted">{[dateMedium(doc.care_date), authorName(doc)].filter(Boolean).join(" · ")}</p>
      </div>
      <Button icon="paperclip" label={t.pickNamed(doc.title)} onPress={pick}>
        {t.pick}
      </Button>
    </li>
  );
}

export function PickDocument({ pid, onPick, onClose }: {
  pid: string;
  /** Raises what must be said here. */
  onPick: (doc: CarnetDocument) => Promise<void>;
  onClose: () => void;
}) {
  const [wanted, setWanted] = useState("");
  const [error, setError] = useState<unknown>(null);
  const list = usePagedList(`pick ${pid}`, (cursor, signal) => api.documents(pid, {}, cursor, signal));
  const found = list.items.filter((doc) => matches(wanted, searched(doc)));
  const pick = async (doc: CarnetDocument) => {
    setError(null);
    await onPick(doc).catch(setError);
  };
  return (
    <Dialog title={t.pickTitle} onClose={onClose}>
      {list.loading && <Loading lines={4} />}
      {list.error !== null && list.items.length === 0 && <ErrorPanel error={list.error} retry={list.reload} />}
      {list.complete && list.items.length === 0 && <p>{t.pickEmpty}</p>}
      {error !== null && <ErrorPanel error={error} reply />}
      {list.items.length > 0 && (
        <>
          <TextField
            id="pick-search"
            type="search"
            mode="search"
            label={catalogue.documents.search}
            hint={catalogue.documents.searchHint}
            value={wanted}
            onValue={setWanted}
          />
          <p class="list-count" role="status">
            {wanted.trim()
              ? catalogue.documents.found(found.length, list.items.length, list.complete)
              : catalogue.documents.count(list.items.length, list.complete)}
          </p>
          <ul role="list">
            {found.map((doc) => (
              <Line key={doc.id} doc={doc} pick={() => pick(doc)} />
            ))}
          </ul>
          <More list={list} />
        </>
      )}
      <div class="actions">
        <Button onPress={onClose}>{catalogue.common.cancel}</Button>
      </div>
    </Dialog>
  );
}
