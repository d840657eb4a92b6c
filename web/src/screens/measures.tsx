/** P8: weight and blood pressure over time, as a curve and as its table. */
import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";
import { measuresApi } from "../api/measures";
import type { Growth, Measure, Profile } from "../api/types";
import { measureWords as t } from "../catalogue/measures";
import { firstName } from "../lib/format";
import { joined } from "../lib/growth";
import {
  ADULT, CODES, KINDS, type Kind, RANGES, type Range, changes, csvOf, doubtsOf, kindOf, momentOf, rangeOf, startOf,
  valueOf,
} from "../lib/measures";
import { isChilds, said } from "../lib/profile";
import { useResource } from "../lib/resource";
import { saveAs } from "../lib/save";
import { Button, LinkButton } from "../ui/button";
import { GrowthWords } from "../ui/growth-curves";
import { MeasureCurve } from "../ui/measure-curve";
import { MeasureTable } from "../ui/measure-table";
import { MeasureTarget } from "../ui/measure-target";
import { Page } from "../ui/page";
import { Empty, ErrorPanel, Loading, Notice } from "../ui/states";

const PAGE = 100;
const MOST_PAGES = 20;

/** All that was measured since a day, the oldest first, and whether there is more than we ask for. */
async function readAll(pid: string, kind: Kind, from: string | undefined, signal: AbortSignal) {
  const items: Measure[] = [];
  const growth: (Growth | null)[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await measuresApi.list(pid, { kind, ...(from && { from }), limit: PAGE }, cursor, signal);
    items.push(...answer.items);
    growth.push(answer.growth);
    cursor = answer.next;
    if (cursor === null) break;
  }
  return { measures: items.toReversed(), cut: cursor !== null, growth: joined(growth) };
}

const href = (kind: Kind, range: Range) => `/mesures?k=${CODES[kind]}&d=${range}`;

function Choices({ kind, range }: { kind: Kind; range: Range }) {
  return (
    <div class="measure-choices print-hidden">
      <nav class="views" aria-label={t.kindsLabel}>
        {KINDS.map((one) => (
          <a key={one} href={href(one, range)} aria-current={one === kind ? "page" : undefined}>
            {t.kinds[one]}
          </a>
        ))}
      </nav>
      <nav class="views" aria-label={t.rangesLabel}>
        {(Object.keys(RANGES) as Range[]).map((one) => (
          <a key={one} href={href(kind, one)} aria-current={one === range ? "page" : undefined}>
            {t.ranges[one]}
          </a>
        ))}
      </nav>
    </div>
  );
}

function Nothing({ kind, range }: { kind: Kind; range: Range }) {
  if (range !== "tout") {
    return (
      <Empty icon="activity" title={t.emptyRange} text={t.empty}>
        <LinkButton href={href(kind, "tout")}>{t.seeAll}</LinkButton>
      </Empty>
    );
  }
  return (
    <Empty icon="activity" title={t.emptyTitle[kind]} text={t.empty}>
      <LinkButton icon="plus" href={`/mesures/ajouter?k=${CODES[kind]}`}>
        {t.add}
      </LinkButton>
    </Empty>
  );
}

function Copies({ kind, measures, child, growth }: {
  kind: Kind;
  measures: Measure[];
  child: string | null;
  growth: Growth | null;
}) {
  const save = () =>
    saveAs(new Blob([csvOf(kind, measures, child, growth)], { type: "text/csv;charset=utf-8" }), t.fileName[kind]);
  return (
    <section class="card print-hidden" aria-labelledby="copies">
      <h2 id="copies">{t.exportTitle}</h2>
      <div class="actions">
        <Button icon="download" onPress={save}>
          {t.csvButton}
        </Button>
        <Button icon="printer" onPress={() => print()}>
          {t.print}
        </Button>
      </div>
    </section>
  );
}

interface ShownProps {
  profile: Profile;
  kind: Kind;
  range: Range;
}

/** What a person of age wants to reach; without an answer, the rest is shown all the same. */
function useTarget({ patient_id: pid, age }: Profile, kind: Kind) {
  const isAsked = kind === "weight" && age !== null && age >= ADULT;
  const answer = useResource(`target ${pid} ${isAsked}`, (signal) =>
    isAsked ? measuresApi.target(pid, signal) : Promise.resolve(null),
  );
  return { of: answer.data?.abilities.set ? answer.data : null, reload: answer.reload };
}

function Shown({ profile, kind, range }: ShownProps) {
  const pid = profile.patient_id;
  const child = isChilds(profile) ? firstName(profile.given_name) : null;
  const from = startOf(range);
  const target = useTarget(profile, kind);
  const answer = useResource(`measures ${pid} ${kind} ${range}`, (signal) => readAll(pid, kind, from, signal));
  useEffect(() => {
    if (changes.value > 0) answer.reload();
  }, [changes.value]);
  if (answer.loading) return <Loading lines={6} />;
  if (answer.error !== null) return <ErrorPanel error={answer.error} retry={answer.reload} />;
  const { measures = [], cut = false, growth = null } = answer.data ?? {};
  const last = measures.at(-1);
  const aim = target.of && <MeasureTarget pid={pid} of={target.of} last={last} onChange={target.reload} />;
  if (!last) {
    return (
      <>
        <Nothing kind={kind} range={range} />
        {aim}
      </>
    );
  }
  const doubts = doubtsOf(kind, measures, growth);
  const isAdult = profile.age !== null && profile.age >= ADULT;
  const isMinor = profile.age !== null && profile.age < ADULT;
  return (
    <>
      <p class="measure-last">
        <span class="muted">{t.last}</span>
        <strong>{valueOf(last)}</strong>
        <span class="begins">{momentOf(last)}</span>
      </p>
      {cut && (
        <Notice kind="warning">
          <p>{t.cut}</p>
        </Notice>
      )}
      <MeasureCurve
        key={`${kind} ${range} ${last.id}`}
        kind={kind}
        measures={measures}
        doubts={doubts}
        from={from}
        withReference={kind === "blood_pressure" && isAdult}
        growth={growth}
        target={target.of?.target?.weight ?? null}
      />
      {kind === "weight" && isMinor && <GrowthWords growth={growth} last={last} />}
      {aim}
      <MeasureTable
        pid={pid}
        kind={kind}
        measures={measures}
        doubts={doubts}
        child={child}
        growth={growth && growth.places.length > 0 ? growth : null}
        onGone={({ id }) => answer.set({ cut, growth, measures: measures.filter((one) => one.id !== id) })}
        onBack={() => {
          document.getElementById("table")?.focus();
          answer.reload();
        }}
      />
      <Copies kind={kind} measures={measures} child={child} growth={growth} />
    </>
  );
}

export default function Measures({ profile }: { profile: Profile }) {
  const { query } = useLocation();
  const [kind, range] = [kindOf(query["k"]), rangeOf(query["d"])];
  return (
    <Page
      wide
      title={said(t).title}
      actions={
        <LinkButton kind="primary" icon="plus" href={`/mesures/ajouter?k=${CODES[kind]}`}>
          {t.add}
        </LinkButton>
      }
    >
      <Choices kind={kind} range={range} />
      <h2 class="print-only">{`${t.kinds[kind]} – ${t.ranges[range]}`}</h2>
      <Shown profile={profile} kind={kind} range={range} />
      <p class="hint print-hidden">
        {said(t).seenBy} <a href="/acces">{t.seenLink}</a>
      </p>
    </Page>
  );
}
