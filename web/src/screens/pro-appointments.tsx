/** D8: the appointments a professional set for a patient: and cancelling them. */
import { useRoute } from "preact-iso";
import { agendaApi } from "../api/agenda";
import type { Appointment } from "../api/types";
import { agendaWords } from "../catalogue/agenda";
import { usePagedList } from "../lib/paging";
import { shortcuts } from "../lib/prefs";
import { useWalk } from "../lib/walk";
import { inWords, timeInWords } from "../lib/when";
import { LinkButton } from "../ui/button";
import { CancelAsked } from "../ui/cancel-appointment";
import { Views, useAskedView } from "../ui/agenda-views";
import { Page } from "../ui/page";
import { PatientFrame } from "../ui/patient-frame";
import { Settled } from "../ui/settled";
import { Empty, ErrorPanel, Loading } from "../ui/states";
import { More } from "./documents";

const t = agendaWords.pro;

const rowId = ({ id }: Appointment) => `rdv-${id}`;

function Line({ pid, of, onGone }: { pid: string; of: Appointment; onGone: () => void }) {
  const when = inWords(of);
  return (
    <li class="result" id={rowId(of)} tabIndex={-1}>
      <div>
        <p class="result-name">{of.title}</p>
        <p class="begins">{when}</p>
        {!of.all_day && of.start !== of.start_shown && <p class="muted">{timeInWords(of)}</p>}
        {of.place && <p class="muted">{of.place}</p>}
        {of.note && <p class="muted kept-lines">{of.note}</p>}
        <Settled of={of} />
      </div>
      <div class="actions">
        {of.abilities.edit && (
          <LinkButton
            icon="pencil"
            href={`/pro/patients/${pid}/rendez-vous/${of.id}`}
            label={t.editNamed(of.title, when)}
          >
            {t.edit}
          </LinkButton>
        )}
        {of.abilities.cancel && (
          <CancelAsked
            pid={pid}
            of={of}
            label={agendaWords.view.cancel}
            name={t.cancelNamed(of.title, when)}
            title={t.cancelTitle}
            text={t.cancelText}
            gone={t.cancelled}
            onGone={onGone}
          />
        )}
      </div>
    </li>
  );
}

const VIEWS = ["list", "past"] as const;

function Listing({ pid }: { pid: string }) {
  const view = useAskedView(VIEWS) ?? "list";
  const past = view === "past";
  const list = usePagedList(`appointments ${pid} ${view}`, (cursor, signal) =>
    agendaApi.list(pid, past ? { past } : {}, cursor, signal),
  );
  useWalk(list.items.map(rowId));
  const base = `/pro/patients/${pid}/rendez-vous`;
  const add = `${base}/ajouter`;
  return (
    <Page
      title={t.title}
      intro={t.intro}
      actions={
        <LinkButton kind="primary" icon="plus" href={add}>
          {agendaWords.add}
        </LinkButton>
      }
    >
      <Views of={VIEWS} base={base} current={view} />
      {list.loading && <Loading lines={3} />}
      {list.error !== null && list.items.length === 0 && <ErrorPanel error={list.error} retry={list.reload} />}
      {list.complete && list.items.length === 0 && past && (
        <Empty icon="calendar" title={agendaWords.pastEmptyTitle} text={t.pastEmpty} />
      )}
      {list.complete && list.items.length === 0 && !past && (
        <Empty icon="calendar" title={t.emptyTitle} text={t.empty}>
          <LinkButton icon="plus" href={add}>
            {agendaWords.add}
          </LinkButton>
        </Empty>
      )}
      {list.items.length > 0 && (
        <>
          <p class="list-count">
            {past ? t.pastOrder : t.order}
            {shortcuts.value && <span class="keys-hint"> {t.keys}</span>}
          </p>
          <ul class="card" role="list">
            {list.items.map((of) => (
              <Line key={of.id} pid={pid} of={of} onGone={list.reload} />
            ))}
          </ul>
        </>
      )}
      <More list={list} />
    </Page>
  );
}

export default function ProAppointments() {
  const { pid = "" } = useRoute().params;
  return <PatientFrame pid={pid}>{() => <Listing pid={pid} />}</PatientFrame>;
}
