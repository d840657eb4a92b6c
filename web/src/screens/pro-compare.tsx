/** D5: two results of one type side by side, for a professional; the values are as they were written. */
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso";
import { api } from "../api/carnet";
import type { CarnetDocument } from "../api/types";
import { catalogue as t } from "../catalogue";
import { compareWords as w } from "../catalogue/compare";
import { type Change, type Line, type Result, compareResults, resultsOf } from "../lib/compare-results";
import { dateMedium } from "../lib/format";
import { usePagedList } from "../lib/paging";
import { useResource } from "../lib/resource";
import { typo } from "../lib/typo";
import { Awaiting } from "../ui/announcement";
import { Button } from "../ui/button";
import { authorName } from "../ui/document-row";
import { SelectField } from "../ui/form";
import { Icon } from "../ui/icon";
import { Page } from "../ui/page";
import { PatientFrame } from "../ui/patient-frame";
import { ErrorPanel, Loading, Notice } from "../ui/states";
import { Trends } from "../ui/trends";

const CHANGES = { up: "trending-up", down: "trending-down", same: "equal", other: "info", unknown: "info", alone: "info" } as const;

function said(change: Change): string {
  if (change.kind === "up") return w.up(change.by, change.unit);
  if (change.kind === "down") return w.down(change.by, change.unit);
  return change.kind === "alone" ? w.oneOnly : w[change.kind];
}

const reference = ({ first, second }: Line): string => {
  const [before, after] = [first?.reference ?? "", second?.reference ?? ""];
  return first && second && before !== after ? w.referencesDiffer(before, after) : after || before;
};

/** Its title stands above the column; on a phone, where lines are stacked, before each value. */
function Cell({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <td>
      <span class="stacked-title" aria-hidden="true">
        {title}
      </span>
      <span>{children}</span>
    </td>
  );
}

const valueOf = (result: Result | null) =>
  result ? [result.value, result.unit].filter(Boolean).join(" ") : <span class="muted">{w.absent}</span>;

function Compared({ lines, days }: { lines: Line[]; days: [string, string] }) {
  return (
    <table class="card compared">
      <caption>{w.caption}</caption>
      <thead>
        <tr>
          <th scope="col">{w.analysis}</th>
          <th scope="col">{days[0]}</th>
          <th scope="col">{days[1]}</th>
          <th scope="col">{w.change}</th>
          <th scope="col">{w.reference}</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={line.key}>
            <th scope="row">
              {line.name}
            </th>
            <Cell title={days[0]}>{valueOf(line.first)}</Cell>
            <Cell title={days[1]}>{valueOf(line.second)}</Cell>
            <Cell title={w.change}>
              <span class="change">
                <Icon name={CHANGES[line.change.kind]} />
                <span>{said(line.change)}</span>
              </span>
            </Cell>
            <Cell title={w.reference}>{reference(line) || t.common.none}</Cell>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function useResults(pid: string, id: string) {
  const answer = useResource(`results ${pid} ${id}`, (signal) =>
    id ? api.narrative(pid, id, signal) : Promise.resolve(null),
  );
  return { ...answer, results: answer.data && resultsOf(answer.data.sections) };
}

function Both({ pid, first, second }: { pid: string; first: CarnetDocument; second: CarnetDocument }) {
  const sides = [useResults(pid, first.id), useResults(pid, second.id)] as const;
  const failed = sides.find(({ error }) => error !== null);
  if (failed) return <ErrorPanel error={failed.error} retry={failed.reload} />;
  const [before, after] = [sides[0].results, sides[1].results];
  if (!before || !after) return <Loading lines={6} />;
  const empty = [before.length === 0 && first, after.length === 0 && second].find((doc) => doc !== false);
  if (empty) {
    return (
      <Notice kind="info" title={empty.title}>
        <p>{w.notResult}</p>
        <p>
          <a href={`/pro/patients/${pid}/documents/${empty.id}`}>{t.add.see}</a>
        </p>
      </Notice>
    );
  }
  const lines = compareResults(before, after);
  return (
    <>
      <p class="list-count" role="status">{w.count(lines.length)}</p>
      <Compared lines={lines} days={[dateMedium(first.care_date), dateMedium(second.care_date)]} />
    </>
  );
}

const byCare = (a: CarnetDocument, b: CarnetDocument) =>
  a.care_date.localeCompare(b.care_date) || a.id.localeCompare(b.id);

/** The two of the address, the older first; without the second, the one before, else after. */
function pairOf(opened: CarnetDocument, other: string, known: CarnetDocument[]): [CarnetDocument, CarnetDocument] | null {
  const others = known.filter(({ id }) => id !== opened.id).toSorted(byCare);
  const before = others.findLast((doc) => byCare(doc, opened) < 0);
  const chosen = others.find(({ id }) => id === other) ?? before ?? others[0];
  if (!chosen) return null;
  return byCare(chosen, opened) < 0 ? [chosen, opened] : [opened, chosen];
}

function Comparison({ pid, opened, other }: { pid: string; opened: CarnetDocument; other: string }) {
  const { route } = useLocation();
  const list = usePagedList(`comparable ${pid} ${opened.category.code}`, (cursor, signal) =>
    api.documents(pid, { category: opened.category.code }, cursor, signal),
  );
  // What waits to be announced opens after its alert only: not because it is of the same type.
  const known = list.items.filter(
    ({ id, format, type, announcement }) =>
      format === "text/xml" && type.code === opened.type.code && (announcement === null || id === opened.id),
  );
  const pair = pairOf(opened, other, known);
  // Others may be further down: asked for until there is one to show.
  useEffect(() => {
    if (!pair && !list.complete && !list.loading && !list.loadingMore && list.error === null) list.more();
  }, [pair, list.complete, list.loading, list.loadingMore, list.error]);
  if (list.error !== null && !pair) return <ErrorPanel error={list.error} retry={list.reload} />;
  if (!pair) return list.complete ? <Notice kind="info"><p>{w.alone}</p></Notice> : <Loading lines={6} />;
  const [first, second] = pair;
  const choices = [...known].toSorted(byCare).toReversed().map((doc) => ({
    code: doc.id,
    label: w.option(dateMedium(doc.care_date), typo(doc.title), authorName(doc)),
  }));
  const choose = (a: string, b: string) => {
    if (a !== b) route(`/pro/patients/${pid}/comparer/${b}?avec=${a}`, true);
  };
  const others = (id: string) => choices.filter(({ code }) => code !== id);
  return (
    <>
      <div class="card soft compare-choice">
        <SelectField
          id="first"
          label={w.first}
          value={first.id}
          choices={others(second.id)}
          onValue={(id) => choose(id, second.id)}
        />
        <SelectField
          id="second"
          label={w.second}
          value={second.id}
          choices={others(first.id)}
          onValue={(id) => choose(first.id, id)}
        />
        {!list.complete && (
          <Button busy={list.loadingMore} onPress={list.more}>
            {w.moreChoices}
          </Button>
        )}
      </div>
      <Both key={`${first.id} ${second.id}`} pid={pid} first={first} second={second} />
      <Trends pid={pid} known={known.toSorted(byCare)} />
    </>
  );
}

function Opened({ pid, id }: { pid: string; id: string }) {
  const { query } = useLocation();
  const answer = useResource(`document ${pid} ${id}`, (signal) => api.document(pid, id, signal));
  const opened = answer.data?.data;
  return (
    <Page wide title={w.title} intro={w.intro} back={{ href: `/pro/patients/${pid}/documents/${id}`, label: w.back }}>
      {answer.loading && <Loading lines={6} />}
      {answer.error !== null && <ErrorPanel error={answer.error} retry={answer.reload} />}
      {opened && (
        <Awaiting pid={pid} doc={opened} onRevealed={answer.reload}>
          <Comparison pid={pid} opened={opened} other={query["avec"] ?? ""} />
        </Awaiting>
      )}
    </Page>
  );
}

export default function ProCompare() {
  const { pid = "", id = "" } = useRoute().params as { pid?: string; id?: string };
  return <PatientFrame pid={pid}>{() => <Opened pid={pid} id={id} />}</PatientFrame>;
}
