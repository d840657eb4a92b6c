/** P1: what is new, who looked, who may look. One call to the server. */
import { api } from "../api/carnet";
import { useEffect } from "preact/hooks";
import type {
  Access, Appointment, CarnetDocument, FirstStep, Home as HomeData, Profile, Recommendation,
} from "../api/types";
import { catalogue as t } from "../catalogue";
import type { IconName } from "../icons";
import { firstName } from "../lib/format";
import { isChilds, said } from "../lib/profile";
import { useResource } from "../lib/resource";
import { typo } from "../lib/typo";
import { sayUnread, unread } from "../lib/unread";
import { inWords, timeInWords } from "../lib/when";
import { Button, LinkButton } from "../ui/button";
import { DocumentRow } from "../ui/document-row";
import { Icon } from "../ui/icon";
import { StateBadge, usePlanning } from "../ui/prevention-card";
import { Page } from "../ui/page";
import { ErrorPanel, Loading, Notice } from "../ui/states";
import { AccessLine } from "../ui/access-line";
import { Choices, HomeCard, PutAway, useCards } from "../ui/home-card";

const STEPS: Record<FirstStep, { href: string; icon: IconName }> = {
  authorise_doctor: { href: "/professionnels", icon: "user-round-check" },
  add_document: { href: "/documents/ajouter", icon: "file-plus" },
  see_trace: { href: "/acces", icon: "eye" },
};

function FirstSteps({ steps }: { steps: FirstStep[] }) {
  return (
    <HomeCard card="first_steps" look="steps">
      <p>{said(t.home).firstIntro}</p>
      <ol role="list">
        {steps.map((step) => (
          <li key={step}>
            <a class="step" href={STEPS[step].href}>
              <Icon name={STEPS[step].icon} size={24} />
              <span>
                <span class="step-title">{said(t.home).steps[step].title}</span>
                <span class="step-text">{said(t.home).steps[step].text}</span>
              </span>
            </a>
          </li>
        ))}
      </ol>
    </HomeCard>
  );
}

function Documents({ documents }: { documents: CarnetDocument[] }) {
  return (
    <HomeCard card="documents">
      {documents.length === 0 && <p class="muted">{said(t.home).noDocuments}</p>}
      {documents.length > 0 && (
        <>
          <ul class="rows" role="list">
            {documents.map((doc) => (
              <li key={doc.id}>
                <DocumentRow doc={doc} href={`/documents/${doc.id}`} />
              </li>
            ))}
          </ul>
          <a class="link" href="/documents">
            {t.home.allDocuments}
          </a>
        </>
      )}
    </HomeCard>
  );
}

function Accesses({ accesses }: { accesses: Access[] }) {
  return (
    <HomeCard card="accesses">
      {accesses.length === 0 && <p class="muted">{said(t.home).noAccesses}</p>}
      {accesses.length > 0 && (
        <ul class="accesses" role="list">
          {accesses.map((access) => (
            <li key={access.id}>
              <AccessLine access={access} dated />
            </li>
          ))}
        </ul>
      )}
      <a class="link" href="/acces">
        {t.home.allAccesses}
      </a>
    </HomeCard>
  );
}

function Next({ next, unreadable }: { next: Appointment | null; unreadable: boolean }) {
  return (
    <HomeCard card="next_appointment">
      {next ? (
        <a class="step" href={`/agenda/${next.id}`}>
          <Icon name="calendar" size={24} />
          <span>
            <span class="next-when">{inWords(next)}</span>
            <span class="step-title">{next.title}</span>
            {!next.all_day && next.start !== next.start_shown && (
              <span class="step-text">{timeInWords(next)}</span>
            )}
            {next.place && <span class="step-text">{next.place}</span>}
          </span>
        </a>
      ) : (
        <p class="muted">{unreadable ? t.home.unreadable : t.home.noNext}</p>
      )}
      <a class="link" href={next ? "/agenda" : "/agenda/ajouter"}>
        {next ? t.home.allNext : t.home.addNext}
      </a>
    </HomeCard>
  );
}

interface ToDoProps {
  items: Recommendation[];
  /** How many are not shown, and how many of those are late. */
  more: number;
  late: number;
  unreadable: boolean;
}

function Messages({ count, unreadable }: { count: number; unreadable: boolean }) {
  return (
    <HomeCard card="messages">
      {count > 0 ? (
        <p class="unread-count">
          <Icon name="mail" />
          <span>{t.home.unreadMessages(count)}</span>
        </p>
      ) : (
        <p class="muted">{unreadable ? t.home.unreadable : t.home.noMessages}</p>
      )}
      <a class="link" href="/messages">
        {t.home.allMessages}
      </a>
    </HomeCard>
  );
}

function ToDo({ items, more, late, unreadable }: ToDoProps) {
  const plan = usePlanning();
  return (
    <HomeCard card="to_do">
      {items.length === 0 && <p class="muted">{unreadable ? t.home.unreadable : t.home.nothingToDo}</p>}
      {items.length > 0 && (
        <ul class="todo" role="list">
          {items.map((of) => (
            <li key={of.key} class="result">
              <div>
                <p class="result-name">{typo(of.title)}</p>
                <StateBadge of={of} />
              </div>
              <Button icon="calendar-plus" label={t.home.planNamed(typo(of.title))} onPress={() => plan(of)}>
                {t.home.plan}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <a class="link" href="/agenda/prevention">
        {t.home.allToDo(more, late)}
      </a>
    </HomeCard>
  );
}

function Cards({ home }: { home: HomeData }) {
  const steps = home.first_steps.filter((step): step is FirstStep => step in STEPS);
  return (
    <div class="home">
      <div class="home-main">
        {steps.length > 0 && <FirstSteps steps={steps} />}
        <Next next={home.next_appointment} unreadable={home.unreadable.includes("next_appointment")} />
        <Messages count={home.unread_messages} unreadable={home.unreadable.includes("messages")} />
        <Documents documents={home.documents} />
      </div>
      <div class="home-side">
        <ToDo
          items={home.to_do}
          more={home.to_do_more}
          late={home.late_more}
          unreadable={home.unreadable.includes("to_do")}
        />
        <Accesses accesses={home.accesses} />
        <HomeCard card="authorisations" look="soft">
          <p class="who-count">{said(t.home).whoCount(home.active_authorisations)}</p>
          <p>{t.home.who}</p>
          <a class="link" href="/professionnels">
            {said(t.home).whoLink}
          </a>
        </HomeCard>
      </div>
      <PutAway without={steps.length > 0 ? [] : ["first_steps"]} />
    </div>
  );
}

/** What only she can answer or know; nothing is sent to the many who let one application in. */
function Applications({ of }: { of: HomeData["applications"] }) {
  if (of.to_answer + of.stopped === 0) return null;
  return (
    <Notice kind="warning">
      {of.to_answer > 0 && <p>{typo(t.home.newTerms(of.to_answer))}</p>}
      {of.stopped > 0 && <p>{typo(t.home.stopped(of.stopped))}</p>}
      <a class="link" href="/applications/mes-applications">
        {t.home.toApplications}
      </a>
    </Notice>
  );
}

export default function Home({ profile }: { profile: Profile }) {
  const pid = profile.patient_id;
  const home = useResource(`home ${pid}`, (signal) => api.home(pid, signal));
  const { error, choice } = useCards(pid, home);
  useEffect(() => {
    if (!home.data) return;
    unread.value = home.data.unread_notices;
    sayUnread(pid, home.data.unread_messages);
  }, [home.data]);
  return (
    <Page
      wide
      title={isChilds(profile) ? t.shell.home : t.home.hello(firstName(profile.given_name))}
      tab={t.shell.home}
      actions={
        <>
          <LinkButton kind="primary" icon="plus" href="/documents/ajouter">
            {t.home.addDocument}
          </LinkButton>
          <LinkButton icon="activity" href="/mesures">
            {said(t.home).measures}
          </LinkButton>
        </>
      }
    >
      {home.loading && <Loading lines={5} />}
      {home.error !== null && <ErrorPanel error={home.error} retry={home.reload} />}
      {error !== null && <ErrorPanel error={error} reply latest={home.reload} />}
      {home.data && <Applications of={home.data.applications} />}
      {home.data && (
        <Choices.Provider value={choice}>
          <Cards home={home.data} />
        </Choices.Provider>
      )}
    </Page>
  );
}
