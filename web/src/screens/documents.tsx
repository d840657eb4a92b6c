/** P2: the documents of the record, with filters that the address keeps as numbers. */
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { api } from "../api/carnet";
import type { CarnetDocument, Profile } from "../api/types";
import { catalogue as t } from "../catalogue";
import { monthsAgo } from "../lib/dates";
import { matches } from "../lib/fold";
import { keepSearch, takeSearch } from "../lib/kept-search";
import { CATEGORIES, categoryLabel, categoryNumber, categoryOf } from "../lib/kinds";
import { type PagedList, useKeptPosition, usePagedList } from "../lib/paging";
import { said } from "../lib/profile";
import { takeSearchWanted } from "../lib/shortcuts";
import { Button, LinkButton } from "../ui/button";
import { DocumentRow, authorName, kindOf } from "../ui/document-row";
import { SelectField, TextField } from "../ui/form";
import { Page } from "../ui/page";
import { Empty, ErrorPanel, Loading } from "../ui/states";
import { Windowed } from "../ui/windowed";

const PERIODS = { m3: 3, y1: 12, y3: 36 } as const;
type Period = keyof typeof PERIODS;

const isPeriod = (value: string | undefined): value is Period => value !== undefined && value in PERIODS;

/** What a word is looked for in: title, type, author. */
export const searched = (doc: CarnetDocument) => [
  doc.title, doc.type.label, kindOf(doc), authorName(doc), doc.author.organisation, doc.depositor.name,
];

export interface Filters {
  category: string;
  period: Period | "";
}

/** The filters of the address, how to change them, and the query that keeps them in a link. */
export function useFilters(): [Filters, (change: Partial<Filters>) => void, string] {
  const { path, query, route } = useLocation();
  const filters: Filters = {
    category: categoryOf(query["c"] ?? null) ?? "",
    period: isPeriod(query["p"]) ? query["p"] : "",
  };
  const set = (change: Partial<Filters>) => route(path + asQuery({ ...filters, ...change }), true);
  return [filters, set, asQuery(filters)];
}

function asQuery({ category, period }: Filters): string {
  const parts = [category && `c=${categoryNumber(category)}`, period && `p=${period}`].filter(Boolean);
  return parts.length ? `?${parts.join("&")}` : "";
}

const listKeyOf = (pid: string, { category, period }: Filters) =>
  `documents ${pid} ${category} ${period}`;

export function useDocuments(pid: string, filters: Filters) {
  const from = filters.period ? monthsAgo(PERIODS[filters.period]) : null;
  return usePagedList(listKeyOf(pid, filters), (cursor, signal) =>
    api.documents(pid, { category: filters.category || null, from }, cursor, signal),
  );
}

export interface SearchProps {
  wanted: string;
  onWanted: (text: string) => void;
  filters: Filters;
  setFilters: (change: Partial<Filters>) => void;
}

export function Search({ wanted, onWanted, filters, setFilters }: SearchProps) {
  return (
    <search class="filters">
      <TextField
        id="search"
        type="search"
        mode="search"
        search
        label={t.documents.search}
        hint={t.documents.searchHint}
        value={wanted}
        onValue={onWanted}
      />
      <SelectField
        id="category"
        label={t.documents.category}
        none={t.documents.allCategories}
        value={filters.category}
        onValue={(category) => setFilters({ category })}
        choices={CATEGORIES.map((code) => ({ code, label: categoryLabel(code) }))}
      />
      <SelectField
        id="period"
        label={t.documents.period}
        none={t.documents.periods.all}
        value={filters.period}
        onValue={(period) => setFilters({ period: isPeriod(period) ? period : "" })}
        choices={(["m3", "y1", "y3"] as const).map((code) => ({ code, label: t.documents.periods[code] }))}
      />
    </search>
  );
}

/** Says how many documents are shown, to eyes and ears, and in which order. */
export function Count({ list, shown, wanted }: {
  list: PagedList<CarnetDocument>;
  shown: number;
  wanted: string;
}) {
  const all = list.items.length;
  const text = wanted
    ? t.documents.found(shown, all, list.complete)
    : t.documents.count(all, list.complete);
  return (
    <>
      <p class="list-count" role="status">
        {!list.loading && list.error === null ? text : ""}
      </p>
      {shown > 1 && <p class="hint list-order">{t.documents.order}</p>}
    </>
  );
}

export function More({ list }: { list: PagedList<unknown> }) {
  if (list.complete || list.loading) return null;
  if (list.error !== null) {
    return list.items.length > 0 ? <ErrorPanel error={list.error} retry={list.more} /> : null;
  }
  return (
    <div class="more">
      <Button busy={list.loadingMore} onPress={list.more}>
        {t.common.more}
      </Button>
    </div>
  );
}

export function NothingFound({ clear }: { clear: () => void }) {
  return (
    <Empty icon="search" title={t.documents.noneTitle} text={t.documents.none}>
      <Button onPress={clear}>{t.documents.clear}</Button>
    </Empty>
  );
}

function Nothing() {
  return (
    <Empty icon="notebook" title={t.documents.emptyTitle} text={said(t.documents).empty}>
      <LinkButton icon="plus" href="/documents/ajouter">
        {t.documents.add}
      </LinkButton>
    </Empty>
  );
}

function List({ pid, list, wanted, listKey, filtered, clear }: {
  pid: string;
  list: PagedList<CarnetDocument>;
  wanted: string;
  listKey: string;
  filtered: boolean;
  clear: () => void;
}) {
  const remember = useKeptPosition(listKey, list.items.length > 0);
  const open = useCallback(
    (id: string) => {
      remember(id);
      keepSearch(pid, wanted);
    },
    [listKey, wanted],
  );
  const found = useMemo(
    () => (wanted.trim() ? list.items.filter((doc) => matches(wanted, searched(doc))) : list.items),
    [list.items, wanted],
  );
  if (list.loading) return <Loading lines={6} />;
  if (list.error !== null && list.items.length === 0) {
    return <ErrorPanel error={list.error} retry={list.reload} />;
  }
  if (list.items.length === 0 && list.complete && !filtered) return <Nothing />;
  return (
    <>
      <Count list={list} shown={found.length} wanted={wanted.trim()} />
      {found.length === 0 && list.complete && <NothingFound clear={clear} />}
      {found.length > 0 && (
        <Windowed
          items={found}
          label={t.documents.listLabel}
          total={list.complete ? found.length : -1}
          keyOf={(doc) => doc.id}
          draw={(doc) => (
            <DocumentRow doc={doc} id={`doc-${doc.id}`} href={`/documents/${doc.id}`} onOpen={open} />
          )}
        />
      )}
      {wanted.trim() && !list.complete && <p class="hint">{t.documents.searchMore}</p>}
      <More list={list} />
    </>
  );
}

export default function Documents({ profile }: { profile: Profile }) {
  const pid = profile.patient_id;
  const [filters, setFilters] = useFilters();
  const [wanted, setWanted] = useState(() => takeSearch(pid));
  const list = useDocuments(pid, filters);
  const filtered = filters.category !== "" || filters.period !== "";
  const recordIsEmpty = list.complete && list.items.length === 0 && !filtered;

  useEffect(() => {
    if (takeSearchWanted()) document.getElementById("search")?.focus();
  }, []);

  return (
    <Page
      title={t.documents.title}
      actions={
        <LinkButton kind="primary" icon="plus" href="/documents/ajouter">
          {t.documents.add}
        </LinkButton>
      }
    >
      {!recordIsEmpty && (
        <Search wanted={wanted} onWanted={setWanted} filters={filters} setFilters={setFilters} />
      )}
      <List
        pid={pid}
        list={list}
        wanted={wanted}
        listKey={listKeyOf(pid, filters)}
        filtered={filtered}
        clear={() => {
          setWanted("");
          setFilters({ category: "", period: "" });
        }}
      />
    </Page>
  );
}
