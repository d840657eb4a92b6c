/** P2: the documents of the record, with filters that the address keeps as numbers. */
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { api } from "../api/carnet";
import type { CarnetDocument, Profile } from "../api/types";
import { catalogue as t } from "../catalogue";
import { pickWords } from "../catalogue/pick";
import { specialties } from "../catalogue/specialties";
import { authorsMet } from "../lib/authors";
import { monthsAgo } from "../lib/dates";
import { MANY_AT_MOST } from "../lib/download-many";
import { matches } from "../lib/fold";
import { keepSearch, takeSearch } from "../lib/kept-search";
import { CATEGORIES, categoryLabel, categoryNumber, categoryOf } from "../lib/kinds";
import { type PagedList, useKeptPosition, usePagedList } from "../lib/paging";
import { said } from "../lib/profile";
import { takeSearchWanted } from "../lib/shortcuts";
import { Button, LinkButton } from "../ui/button";
import { DocumentRow, PickRow, authorName, kindOf } from "../ui/document-row";
import { SelectField, TextField } from "../ui/form";
import { Page } from "../ui/page";
import { PickBar, usePicking } from "../ui/pick-bar";
import { Empty, ErrorPanel, Loading } from "../ui/states";
import { Windowed } from "../ui/windowed";

const rest = (label: string) => Number(label.startsWith("Autre"));

const PERIODS = { m3: 3, y1: 12, y3: 36 } as const;
type Period = keyof typeof PERIODS;

const isSpecialty = (value: string | undefined): value is keyof typeof specialties =>
  value !== undefined && value in specialties;

/** By name, what is in no group at the end. */
const SPECIALTIES = Object.entries(specialties)
  .map(([code, label]) => ({ code, label }))
  .toSorted((a, b) => rest(a.label) - rest(b.label) || a.label.localeCompare(b.label, "fr"));

const isPeriod = (value: string | undefined): value is Period => value !== undefined && value in PERIODS;

/** The group of what says no specialty: its name is a word of no document. */
const UNSAID = "S42";

/** What a word is looked for in: title, type, who wrote it and what her profession is. */
export const searched = (doc: CarnetDocument) => {
  const { profession, specialty, organisation } = doc.author;
  return [
    doc.title, doc.type.label, kindOf(doc), authorName(doc), profession,
    specialty.code === UNSAID ? null : specialty.label, organisation, doc.depositor.name,
  ];
};

export interface Filters {
  category: string;
  period: Period | "";
  /** A group of specialties of authors. */
  specialty: string;
  /** What stands for an author's name. */
  author: string;
}

export const NO_FILTER: Filters = { category: "", period: "", specialty: "", author: "" };

export const isFiltered = (filters: Filters) => Object.values(filters).some(Boolean);

/** The filters of the address, how to change them, and the query that keeps them in a link. */
export function useFilters(): [Filters, (change: Partial<Filters>) => void, string] {
  const { path, query, route } = useLocation();
  const filters: Filters = {
    category: categoryOf(query["c"] ?? null) ?? "",
    period: isPeriod(query["p"]) ? query["p"] : "",
    specialty: isSpecialty(query["s"]) ? query["s"] : "",
    author: query["a"] ?? "",
  };
  const set = (change: Partial<Filters>) => route(path + asQuery({ ...filters, ...change }), true);
  return [filters, set, asQuery(filters)];
}

function asQuery({ category, period, specialty, author }: Filters): string {
  const parts = [
    category && `c=${categoryNumber(category)}`,
    period && `p=${period}`,
    specialty && `s=${specialty}`,
    author && `a=${encodeURIComponent(author)}`,
  ].filter(Boolean);
  return parts.length ? `?${parts.join("&")}` : "";
}

const listKeyOf = (pid: string, { category, period, specialty, author }: Filters) =>
  `documents ${pid} ${category} ${period} ${specialty} ${author}`;

export function useDocuments(pid: string, filters: Filters) {
  const from = filters.period ? monthsAgo(PERIODS[filters.period]) : null;
  return usePagedList(listKeyOf(pid, filters), (cursor, signal) =>
    api.documents(
      pid,
      {
        category: filters.category || null,
        specialty: filters.specialty || null,
        author: filters.author || null,
        from,
      },
      cursor,
      signal,
    ),
  );
}

/** Who wrote the documents: folded until it is wanted, so that the list comes first. */
function ByAuthor({ filters, setFilters, authors }: Pick<SearchProps, "filters" | "setFilters" | "authors">) {
  // Opened by what the address asks for, then as the reader leaves it.
  const [used] = useState(filters.specialty !== "" || filters.author !== "");
  const known = authors.some(({ code }) => code === filters.author);
  const choices = filters.author && !known
    ? [...authors, { code: filters.author, label: t.documents.someAuthor }]
    : authors;
  return (
    <details class="by-author" open={used}>
      <summary>{t.documents.byAuthor}</summary>
      <div class="by-author-fields">
        <SelectField
          id="specialty"
          label={t.documents.specialty}
          none={t.documents.allCategories}
          value={filters.specialty}
          onValue={(specialty) => setFilters({ specialty })}
          choices={SPECIALTIES}
        />
        <SelectField
          id="author"
          label={t.documents.author}
          none={t.documents.allAuthors}
          value={filters.author}
          onValue={(author) => setFilters({ author })}
          choices={choices}
        />
      </div>
    </details>
  );
}

export interface SearchProps {
  /** Who wrote what was listed so far. */
  authors: { code: string; label: string }[];
  wanted: string;
  onWanted: (text: string) => void;
  filters: Filters;
  setFilters: (change: Partial<Filters>) => void;
}

export function Search({ wanted, onWanted, filters, setFilters, authors }: SearchProps) {
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
      <ByAuthor {...{ filters, setFilters, authors }} />
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
  const { picked, begin, toggle, set } = usePicking();
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
      {picked ? (
        <PickBar pid={pid} picked={[...picked.values()]} shown={found} set={set} />
      ) : (
        <div class="list-head">
          <div>
            <Count list={list} shown={found.length} wanted={wanted.trim()} />
          </div>
          {found.length > 1 && (
            <Button id="pick" kind="quiet" icon="download" onPress={begin}>
              {pickWords.start}
            </Button>
          )}
        </div>
      )}
      {found.length === 0 && list.complete && <NothingFound clear={clear} />}
      {found.length > 0 && (
        <Windowed
          items={found}
          label={t.documents.listLabel}
          total={list.complete ? found.length : -1}
          keyOf={(doc) => doc.id}
          draw={(doc) =>
            picked ? (
              <PickRow doc={doc} picked={picked.has(doc.id)} full={picked.size >= MANY_AT_MOST} onPick={toggle} />
            ) : (
              <DocumentRow doc={doc} id={`doc-${doc.id}`} href={`/documents/${doc.id}`} onOpen={open} />
            )
          }
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
  const authors = useMemo(() => authorsMet(pid, list.items), [pid, list.items]);
  const filtered = isFiltered(filters);
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
        <Search wanted={wanted} onWanted={setWanted} {...{ filters, setFilters, authors }} />
      )}
      <List
        pid={pid}
        list={list}
        wanted={wanted}
        listKey={listKeyOf(pid, filters)}
        filtered={filtered}
        clear={() => {
          setWanted("");
          setFilters(NO_FILTER);
        }}
      />
    </Page>
  );
}
