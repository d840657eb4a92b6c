/** D5: a patient's documents for a professional: sorted by keyboard, the chosen one beside. */
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso";
import { api } from "../api/carnet";
import type { CarnetDocument } from "../api/types";
import { catalogue as t } from "../catalogue";
import { compareWords } from "../catalogue/compare";
import { authorsMet } from "../lib/authors";
import { matches } from "../lib/fold";
import type { PagedList } from "../lib/paging";
import { forgetNews } from "../lib/recent-patients";
import { useResource } from "../lib/resource";
import { useWalk } from "../lib/walk";
import { LinkButton } from "../ui/button";
import { DeleteDocument } from "../ui/delete-document";
import { DocumentRow } from "../ui/document-row";
import { DocumentView, summaryOf } from "../ui/document-view";
import { Icon } from "../ui/icon";
import { Page } from "../ui/page";
import { PatientFrame, isRefusal } from "../ui/patient-frame";
import { Refusal } from "../ui/refusal";
import { Empty, ErrorPanel, Loading } from "../ui/states";
import { Windowed } from "../ui/windowed";
import {
  Count, More, NO_FILTER, NothingFound, Search, type SearchProps, isFiltered, searched, useDocuments,
  useFilters,
} from "./documents";

const rowId = (id: string) => `doc-${id}`;

function Preview({ pid, id, close, onDeleted, onRevealed }: {
  pid: string;
  id: string;
  close: string;
  onDeleted: () => void;
  onRevealed: () => void;
}) {
  const answer = useResource(`document ${pid} ${id}`, (signal) => api.document(pid, id, signal));
  const heading = useRef<HTMLHeadingElement>(null);
  const doc = answer.data?.data;
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    if (matchMedia("(width < 64rem)").matches) scrollTo(0, 0);
  }, [doc?.id]);
  return (
    <section class="preview" aria-labelledby="preview-title">
      <a class="back preview-back" href={close}>
        <Icon name="chevron-left" />
        <span>{t.pro.toList}</span>
      </a>
      {answer.loading && <Loading lines={8} />}
      {answer.error !== null && <ErrorPanel error={answer.error} retry={answer.reload} />}
      <h2 id="preview-title" ref={heading} tabIndex={-1}>
        {doc?.title ?? t.document.viewer}
      </h2>
      {doc && (
        <>
          <p class="intro">{summaryOf(doc)}</p>
          <DocumentView
            pid={pid}
            doc={doc}
            level={3}
            hrefOf={(other) => `/pro/patients/${pid}/documents/${other}`}
            onRevealed={() => {
              answer.reload();
              onRevealed();
            }}
          >
            {doc.format === "text/xml" && (
              <LinkButton icon="list" href={`/pro/patients/${pid}/comparer/${doc.id}`}>
                {compareWords.open}
              </LinkButton>
            )}
            <DeleteDocument
              pid={pid}
              doc={doc}
              etag={answer.data?.etag ?? null}
              onDeleted={onDeleted}
            />
          </DocumentView>
        </>
      )}
    </section>
  );
}

interface Listed extends SearchProps {
  pid: string;
  list: PagedList<CarnetDocument>;
  opened: string | null;
  found: CarnetDocument[];
  /** The filters, kept in the links to each document. */
  query: string;
}

function Listing({ pid, list, opened, found, query, ...search }: Listed) {
  const { wanted, filters, setFilters, onWanted } = search;
  const base = `/pro/patients/${pid}`;
  const filtered = isFiltered(filters);
  if (list.loading && !filtered) return <Loading lines={6} />;
  if (list.error !== null && list.items.length === 0) {
    if (isRefusal(list.error)) return <Refusal pid={pid} />;
    return <ErrorPanel error={list.error} retry={list.reload} />;
  }
  if (list.items.length === 0 && list.complete && !filtered) {
    return (
      <Empty icon="notebook" title={t.documents.emptyTitle} text={t.documents.emptyPro}>
        <LinkButton icon="upload" href={`${base}/deposer`}>
          {t.pro.deposit}
        </LinkButton>
      </Empty>
    );
  }
  return (
    <>
      <Search {...search} />
      {list.loading && <Loading lines={6} />}
      {found.length === 0 && list.complete && (
        <NothingFound
          clear={() => {
            onWanted("");
            setFilters(NO_FILTER);
          }}
        />
      )}
      <Count list={list} shown={found.length} wanted={wanted.trim()} />
      <Windowed
        items={found}
        label={t.documents.listLabel}
        total={list.complete ? found.length : -1}
        keyOf={(doc) => doc.id}
        draw={(doc) => (
          <DocumentRow
            doc={doc}
            id={rowId(doc.id)}
            href={`${base}/documents/${doc.id}${query}`}
            current={doc.id === opened}
          />
        )}
      />
      <More list={list} />
    </>
  );
}

/** Says, once for each newest document shown, that what was new no longer is. */
function useSeen(pid: string, list: PagedList<CarnetDocument>, filtered: boolean) {
  const newest = list.items.reduce((last, { id }) => (id > last ? id : last), "");
  useEffect(() => {
    if (filtered || list.loading || !newest || seen.get(pid) === newest) return;
    seen.set(pid, newest);
    forgetNews(pid);
    // Not said, it stays new: no harm, and the next opening says it.
    api.newsSeen(pid, newest).catch(() => seen.delete(pid));
  }, [pid, newest, filtered, list.loading]);
}

const seen = new Map<string, string>();

function Triage({ pid, opened }: { pid: string; opened: string | null }) {
  const { route } = useLocation();
  const [filters, setFilters, query] = useFilters();
  const base = `/pro/patients/${pid}${query}`;
  const [wanted, setWanted] = useState("");
  const list = useDocuments(pid, filters);
  const authors = useMemo(() => authorsMet(pid, list.items), [pid, list.items]);
  useSeen(pid, list, isFiltered(filters));
  const found = wanted.trim() ? list.items.filter((doc) => matches(wanted, searched(doc))) : list.items;
  const close = useCallback(() => {
    const back = opened;
    route(base);
    if (back) setTimeout(() => document.getElementById(rowId(back))?.focus(), 0);
  }, [opened, base]);
  useWalk(found.map(({ id }) => rowId(id)), opened && rowId(opened), opened ? close : undefined);
  const deleted = () => {
    list.reload();
    route(base, true);
  };
  return (
    <Page
      wide
      title={t.pro.documents}
      actions={
        <LinkButton icon="message-square" href={`/pro/patients/${pid}/ecrire`}>
          {t.pro.write}
        </LinkButton>
      }
    >
      <div class={opened ? "triage opened" : "triage"}>
        <div class="triage-list">
          <Listing
            {...{ pid, list, opened, found, query, wanted, filters, setFilters, authors }}
            onWanted={setWanted}
          />
        </div>
        <div class="triage-preview">
          {opened && (
            <Preview
              key={opened}
              pid={pid}
              id={opened}
              close={base}
              onDeleted={deleted}
              onRevealed={list.reload}
            />
          )}
          {!opened && list.items.length > 0 && (
            <Empty icon="file-text" title={t.pro.chooseTitle} text={t.pro.choose} />
          )}
        </div>
      </div>
    </Page>
  );
}

export default function ProDocuments() {
  const { pid = "", id = null } = useRoute().params as { pid?: string; id?: string };
  return <PatientFrame pid={pid}>{() => <Triage pid={pid} opened={id} />}</PatientFrame>;
}
