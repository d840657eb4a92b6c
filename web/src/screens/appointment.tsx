/** P10: one appointment: when, where, how one is reminded, who set it, what may be changed. */
import { useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso";
import { agendaApi } from "../api/agenda";
import { Problem } from "../api/problem";
import type { Appointment as Data, Profile } from "../api/types";
import { agendaWords as t } from "../catalogue/agenda";
import { isByApplication, isRemote, setterFirst } from "../lib/appointments";
import { dateLong } from "../lib/format";
import { said } from "../lib/profile";
import { useResource } from "../lib/resource";
import { saveAs } from "../lib/save";
import { typo } from "../lib/typo";
import { clock, inWords, leadInWords, timeInWords } from "../lib/when";
import { whenWords } from "../catalogue/when";
import { Button, LinkButton } from "../ui/button";
import { CancelOwn, RemoveTheirs } from "../ui/cancel-appointment";
import { Settled } from "../ui/settled";
import { Icon } from "../ui/icon";
import { Page } from "../ui/page";
import { Empty, ErrorPanel, Loading, Notice } from "../ui/states";

const dayOf = (wall: string) => dateLong(wall.slice(0, 10));

/** The whole moment, with its end. */
function When({ of }: { of: Data }) {
  if (of.all_day) return <>{of.end > of.start ? inWords(of) : whenWords.allDayOn(dayOf(of.start))}</>;
  const sameDay = of.end_shown.slice(0, 10) === of.start_shown.slice(0, 10);
  const end = sameDay
    ? whenWords.until(clock(of.end_shown))
    : whenWords.until(`${dayOf(of.end_shown)}, ${clock(of.end_shown)}`);
  return (
    <>
      {dayOf(of.start_shown)}
      <br />
      {timeInWords(of)}, {end}
    </>
  );
}

function Reminders({ of }: { of: Data }) {
  if (of.reminders.length === 0) return <p>{t.view.noReminders}</p>;
  return (
    <>
      <ul class="lead-list" role="list">
        {of.reminders.map((minutes) => (
          <li key={minutes}>
            <Icon name="bell" />
            <span class="begins">
              {leadInWords(minutes, of.all_day)}
              {of.reminders_past.includes(minutes) && <span class="muted"> : {t.view.leadPast}</span>}
            </span>
          </li>
        ))}
      </ul>
      {of.reminders_state === "past" && <p class="muted">{t.view.remindersPast}</p>}
    </>
  );
}

/** A link that leads out of here, with who added it. */
function Link({ of, words }: { of: Data & { link: string }; words: string }) {
  return (
    <>
      <a href={of.link} target="_blank" rel="noopener noreferrer">
        {words}
      </a>
      {of.link_author?.name && <p class="hint">{t.view.linkBy(typo(of.link_author.name))}</p>}
      <p class="hint">{t.view.linkHint}</p>
    </>
  );
}

const hasLink = (of: Data): of is Data & { link: string } => of.link !== null;

/** Where it is: a place, or at a distance by a link, or one and the other. */
function Where({ of }: { of: Data }) {
  const remote = isRemote(of) && hasLink(of);
  if (!of.place && !remote) return null;
  return (
    <>
      <dt>{t.view.where}</dt>
      {of.place && <dd>{of.place}</dd>}
      {remote && (
        <dd>
          <Icon name="video" size={18} /> {t.remote}
          <br />
          <Link of={of} words={t.view.join} />
        </dd>
      )}
    </>
  );
}

function Facts({ of }: { of: Data }) {
  return (
    <dl class="card facts-list">
      <dt>{t.view.when}</dt>
      <dd class="fact-when">
        <When of={of} />
      </dd>
      <Where of={of} />
      {of.note && (
        <>
          <dt>{t.view.note}</dt>
          <dd class="kept-lines">{of.note}</dd>
        </>
      )}
      {hasLink(of) && !isRemote(of) && (
        <>
          <dt>{t.view.link}</dt>
          <dd>
            <Link of={of} words={t.view.openLink} />
          </dd>
        </>
      )}
      <dt>{t.view.reminders}</dt>
      <dd>
        <Reminders of={of} />
      </dd>
      <dt>{t.view.author}</dt>
      <dd>{of.is_own ? t.view.byYou : setterFirst(of)}</dd>
    </dl>
  );
}

function Acts({ pid, of }: { pid: string; of: Data }) {
  const { route } = useLocation();
  const { edit, cancel, set_reminders: reminders } = of.abilities;
  const [error, setError] = useState<unknown>(null);
  const download = () =>
    agendaApi
      .file(pid, of.id)
      .then((file) => saveAs(file, t.view.fileName))
      .catch(setError);
  return (
    <div class="actions">
      {error !== null && <ErrorPanel error={error} reply />}
      {(edit || reminders) && (
        <LinkButton kind="primary" icon={edit ? "pencil" : "bell"} href={`/agenda/${of.id}/modifier`}>
          {edit ? t.view.edit : t.view.setReminders}
        </LinkButton>
      )}
      <Button icon="download" onPress={download}>
        {t.view.file}
      </Button>
      {cancel && of.is_own && (
        <CancelOwn pid={pid} of={of} onGone={() => route("/agenda", true)} onBack={() => route("/agenda?v=liste")} />
      )}
      {cancel && !of.is_own && (
        <RemoveTheirs pid={pid} of={of} onGone={() => route("/agenda", true)} />
      )}
    </div>
  );
}

const isOver = ({ end_at: end }: Data) => Date.parse(end) < Date.now();

function Shown({ pid, of }: { pid: string; of: Data }) {
  return (
    <>
      {of.reminders_state === "no_channel" && (
        <Notice kind="warning">
          <p>{t.noMail}</p>
        </Notice>
      )}
      <Settled of={of} />
      <Facts of={of} />
      {!of.is_own && (
        <Notice kind="info">
          {isOver(of) ? (
            <p>{said(t).view.theirsOver(setterFirst(of))}</p>
          ) : (
            <>
              <p>{said(t).view.theirs(setterFirst(of))}</p>
              <p>{isByApplication(of) ? t.view.applicationsWarn : t.view.theirsWarn}</p>
            </>
          )}
        </Notice>
      )}
      <Acts pid={pid} of={of} />
      <p class="hint">{t.view.fileHint}</p>
    </>
  );
}

export default function Appointment({ profile }: { profile: Profile }) {
  const pid = profile.patient_id;
  const { id = "" } = useRoute().params;
  const answer = useResource(`appointment ${pid} ${id}`, (signal) => agendaApi.one(pid, id, signal));
  const of = answer.data;
  // Her own agenda hides nothing from her: what is not there was cancelled, or never was.
  const isGone = answer.error instanceof Problem && answer.error.status === 404;
  return (
    <Page
      back={{ href: "/agenda", label: t.view.back }}
      title={of?.title ?? t.view.tab}
      tab={t.view.tab}
    >
      {answer.loading && <Loading lines={5} />}
      {isGone && (
        <Empty icon="calendar" title={said(t).view.goneTitle} text={said(t).view.gone}>
          <LinkButton href="/agenda">{said(t).view.toAgenda}</LinkButton>
        </Empty>
      )}
      {answer.error !== null && !isGone && <ErrorPanel error={answer.error} retry={answer.reload} />}
      {of && <Shown pid={pid} of={of} />}
    </Page>
  );
}
