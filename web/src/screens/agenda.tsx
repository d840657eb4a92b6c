/** P10: the appointments to come as a list, a month as a grid, and those that are past. */
import { useMemo, useState } from "preact/hooks";
import { agendaApi } from "../api/agenda";
import type { Appointment, Profile } from "../api/types";
import { agendaWords as t } from "../catalogue/agenda";
import { prefill } from "../lib/appointment-draft";
import { onDays } from "../lib/appointments";
import { addMonths, weeksOf } from "../lib/calendar";
import { PARIS, dateLong, monthLong } from "../lib/format";
import { usePagedList } from "../lib/paging";
import { said } from "../lib/profile";
import { useResource } from "../lib/resource";
import { today } from "../lib/when";
import { AppointmentDays, AppointmentRow } from "../ui/appointment-row";
import { Button, LinkButton } from "../ui/button";
import { MonthGrid } from "../ui/month-grid";
import { Views, useAskedView } from "../ui/agenda-views";
import { Page } from "../ui/page";
import { Empty, ErrorPanel, Loading, Notice } from "../ui/states";
import { StepLink } from "../ui/step-link";
import { BelowZoneOffer } from "../ui/zone-offer";
import { More } from "./documents";

const VIEWS = ["list", "month", "past"] as const;
const MONTH_PAGES = 3;
const PAGE = 100;

const hrefOf = ({ id }: Appointment) => `/agenda/${id}`;

/** The view of the address; else a month where there is room for it. */
const useView = () => useAskedView(VIEWS) ?? (matchMedia("(width >= 60rem)").matches ? "month" : "list");

function Nothing({ past }: { past: boolean }) {
  if (past) return <Empty icon="calendar" title={t.pastEmptyTitle} text={said(t).pastEmpty} />;
  return (
    <Empty icon="calendar" title={t.emptyTitle} text={t.empty}>
      <LinkButton icon="plus" href="/agenda/ajouter">
        {t.add}
      </LinkButton>
    </Empty>
  );
}

function List({ pid, past }: { pid: string; past: boolean }) {
  const filter = past ? { past: true as const } : {};
  const list = usePagedList(`appointments ${pid} ${past}`, (cursor, signal) =>
    agendaApi.list(pid, filter, cursor, signal),
  );
  if (list.loading) return <Loading lines={5} />;
  if (list.error !== null && list.items.length === 0) {
    return <ErrorPanel error={list.error} retry={list.reload} />;
  }
  if (list.items.length === 0) return <Nothing past={past} />;
  const zone = list.items[0]?.zone_shown ?? PARIS;
  const count = past ? t.pastCount : t.count;
  return (
    <>
      <p class="list-count" role="status">
        {count(list.items.length, list.complete)}
      </p>
      <AppointmentDays appointments={list.items} zone={zone} hrefOf={hrefOf} />
      <More list={list} />
    </>
  );
}

/** Every appointment of the weeks shown, and whether there are more than we ask for. */
async function readMonth(pid: string, from: string, to: string, signal: AbortSignal) {
  const items: Appointment[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MONTH_PAGES; page += 1) {
    const answer = await agendaApi.list(pid, { from, to, limit: PAGE }, cursor, signal);
    items.push(...answer.items);
    cursor = answer.next;
    if (cursor === null) break;
  }
  return { items, cut: cursor !== null };
}

function OnDay({ day, all }: { day: string; all: Appointment[] }) {
  return (
    <section class="on-day" aria-labelledby="on-day">
      <h2 id="on-day">{t.grid.onDay(dateLong(day))}</h2>
      {all.length === 0 && <p class="muted">{t.grid.nothing}</p>}
      {all.length > 0 && (
        <ul class="rows card" role="list">
          {all.map((each) => (
            <li key={each.id}>
              <AppointmentRow of={each} href={hrefOf(each)} />
            </li>
          ))}
        </ul>
      )}
      <a class="link" href="/agenda/ajouter" onClick={() => prefill({ date: day })}>
        {t.grid.addOn}
      </a>
    </section>
  );
}

function Month({ pid, zone }: { pid: string; zone: string }) {
  const now = today(zone);
  const [chosen, setChosen] = useState(now);
  const weeks = weeksOf(chosen);
  const from = weeks[0]?.[0] ?? chosen;
  const to = weeks.at(-1)?.[6] ?? chosen;
  const month = useResource(`month ${pid} ${from}`, (signal) => readMonth(pid, from, to, signal));
  const days = useMemo(() => onDays(month.data?.items ?? []), [month.data]);
  const name = monthLong(chosen);
  return (
    <div class="calendar">
      <div class="month-head">
        <h2 aria-live="polite">{name}</h2>
        <div class="actions">
          <Button kind="quiet" icon="chevron-left" label={t.grid.previous} onPress={() => setChosen(addMonths(chosen, -1))} />
          <Button onPress={() => setChosen(now)}>{t.grid.today}</Button>
          <Button kind="quiet" icon="chevron-right" label={t.grid.next} onPress={() => setChosen(addMonths(chosen, 1))} />
        </div>
      </div>
      {month.error !== null && <ErrorPanel error={month.error} retry={month.reload} />}
      <MonthGrid chosen={chosen} now={now} label={t.grid.label(name)} days={days} onChoose={setChosen} />
      <p class="hint keys-hint">{t.grid.hint}</p>
      {month.data?.cut && (
        <Notice kind="warning">
          <p>{t.grid.cut}</p>
        </Notice>
      )}
      {month.loading ? <Loading lines={2} /> : <OnDay day={chosen} all={days.get(chosen) ?? []} />}
    </div>
  );
}

/** The grid needs the person's own « today »; without it Paris's is shown. */
function MonthView({ pid }: { pid: string }) {
  const preferences = useResource(`preferences ${pid}`, (signal) => agendaApi.preferences(pid, signal));
  if (preferences.loading) return <Loading lines={6} />;
  if (preferences.error !== null) {
    return <ErrorPanel error={preferences.error} retry={preferences.reload} />;
  }
  return <Month pid={pid} zone={preferences.data?.zone ?? PARIS} />;
}

export default function Agenda({ profile }: { profile: Profile }) {
  const pid = profile.patient_id;
  const view = useView();
  const [turn, setTurn] = useState(0);
  return (
    <Page
      wide={view === "month"}
      title={t.title}
      actions={
        <LinkButton kind="primary" icon="plus" href="/agenda/ajouter">
          {t.add}
        </LinkButton>
      }
    >
      <Views of={VIEWS} base="/agenda" current={view} />
      <BelowZoneOffer pid={pid} onTaken={() => setTurn(turn + 1)}>
        {view === "month" ? (
          <MonthView key={turn} pid={pid} />
        ) : (
          <List key={`${view} ${turn}`} pid={pid} past={view === "past"} />
        )}
        <section class="card steps" aria-labelledby="around">
          <h2 id="around">{t.more}</h2>
          <StepLink href="/agenda/prevention" icon="syringe" title={t.prevention} text={said(t).preventionText} />
          {profile.relation === "self" && (
            <StepLink href="/agenda/abonnement" icon="calendar-plus" title={said(t).subscription} text={t.subscriptionText} />
          )}
        </section>
      </BelowZoneOffer>
    </Page>
  );
}
