/** P15: who looked at my record, by day and by person, and by which right. */
import { useMemo, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { type AccessFilter, api } from "../api/carnet";
import type { Access, Profile } from "../api/types";
import { helpCall } from "../brand";
import { catalogue as t } from "../catalogue";
import type { IconName } from "../icons";
import { dateLong, parisDay, relativeDay } from "../lib/format";
import { usePagedList } from "../lib/paging";
import { said } from "../lib/profile";
import { takeApplication } from "../lib/sought-actor";
import { typo } from "../lib/typo";
import { type Visit, byVisit } from "../lib/visits";
import { AccessLine, actorName, actorRole, between } from "../ui/access-line";
import { Button, LinkButton } from "../ui/button";
import { SelectField } from "../ui/form";
import { Icon } from "../ui/icon";
import { Page } from "../ui/page";
import { VerifyHistory } from "../ui/verify-history";
import { Empty, ErrorPanel, Loading, Notice } from "../ui/states";
import { More } from "./documents";

/** What is shown: what others did (the usual question), everything, or one kind of outcome. */
type Choice = "" | "all" | "allowed" | "refused";

interface Person {
  key: string;
  name: string;
  role: string;
  kind: Access["actor"]["kind"];
  accesses: Access[];
}

interface Day {
  day: string;
  people: Person[];
}

/** Groups the lines by day in Paris, then by who acted, in the order received. */
export function byDayAndPerson(accesses: Access[]): Day[] {
  const days = new Map<string, Map<string, Person>>();
  for (const access of accesses) {
    const day = parisDay(access.at);
    const people = days.get(day) ?? new Map<string, Person>();
    days.set(day, people);
    const role = actorRole(access);
    const key = `${access.actor.kind} ${access.actor.name} ${role}`;
    const person = people.get(key) ?? {
      key,
      name: actorName(access),
      role,
      kind: access.actor.kind,
      accesses: [],
    };
    person.accesses.push(access);
    people.set(key, person);
  }
  return [...days].map(([day, people]) => ({ day, people: [...people.values()] }));
}

const ICONS: Record<Person["kind"], IconName> = {
  person: "user-round",
  professional: "stethoscope",
  organisation: "building",
  application: "smartphone",
  calendar: "clock",
  publisher: "building",
  operator: "shield-check",
  system: "info",
};

/** The right by which all of it was done, when it is one and the same. */
function commonRight({ accesses }: Person): string | null {
  const rights = new Set(accesses.map(({ right }) => right));
  return accesses.length > 1 && rights.size === 1 ? (accesses[0]?.right ?? null) : null;
}

/** A visit of many lines: its summary, which opens on them. */
function VisitFold({ visit, bare }: { visit: Visit; bare: boolean }) {
  return (
    <details class="visit">
      <summary>{t.trace.visit(visit.actions, between(visit.firstAt, visit.lastAt))}</summary>
      <Lines accesses={visit.accesses} bare={bare} />
    </details>
  );
}

function Lines({ accesses, bare }: { accesses: (Access | Visit)[]; bare: boolean }) {
  return (
    <ul class="accesses" role="list">
      {accesses.map((one) => (
        <li key={one.id}>
          {"accesses" in one ? (
            <VisitFold visit={one} bare={bare} />
          ) : (
            <AccessLine access={one} anonymous bare={bare} />
          )}
        </li>
      ))}
    </ul>
  );
}

/** `whole`: a filter is on, and nothing that it lets through is folded. */
function PersonBlock({ person, whole }: { person: Person; whole: boolean }) {
  const right = commonRight(person);
  return (
    <section class="card person" aria-label={person.name}>
      <div class="person-head">
        <Icon name={ICONS[person.kind]} size={24} />
        <div>
          <h3>{person.name}</h3>
          {person.role && <p class="muted">{person.role}</p>}
          {right && <p class="access-right">{typo(right)}</p>}
          {person.kind === "application" && (
            <a class="link" href="/applications/mes-applications">
              {t.trace.manage}
            </a>
          )}
        </div>
      </div>
      <Lines
        accesses={whole ? person.accesses : byVisit(person.accesses)}
        bare={right !== null}
      />
    </section>
  );
}

function Days({ accesses, whole }: { accesses: Access[]; whole: boolean }) {
  const days = useMemo(() => byDayAndPerson(accesses), [accesses]);
  return (
    <>
      {days.map(({ day, people }) => {
        const near = relativeDay(day);
        return (
          <section key={day} class="day" aria-labelledby={`day-${day}`}>
            <h2 id={`day-${day}`}>
              {dateLong(day)}
              {near && <span class="muted"> · {near}</span>}
            </h2>
            {people.map((person) => (
              <PersonBlock key={person.key} person={person} whole={whole} />
            ))}
          </section>
        );
      })}
    </>
  );
}

const isChoice = (value: string | undefined): value is Choice =>
  value === "all" || value === "allowed" || value === "refused";

const CHOICES = (["all", "allowed", "refused"] as const).map((code) => ({
  code,
  label: t.trace.outcomes[code],
}));

const FILTERS: Record<Choice, AccessFilter> = {
  "": { others: true },
  all: {},
  allowed: { outcome: "allowed" },
  refused: { outcome: "refused" },
};

function useFilter() {
  const { query, route } = useLocation();
  const document = query["document"] ?? "";
  const choice: Choice = isChoice(query["r"]) ? query["r"] : "";
  const choose = (value: string) => {
    const parts = [value && `r=${value}`, document && `document=${document}`].filter(Boolean);
    route(parts.length ? `/acces?${parts.join("&")}` : "/acces", true);
  };
  return { document, choice, choose };
}

export default function Trace({ profile }: { profile: Profile }) {
  const pid = profile.patient_id;
  const { document, choice, choose } = useFilter();
  const [application, setApplication] = useState(takeApplication);
  const list = usePagedList(`trace ${pid} ${choice}`, (cursor, signal) =>
    api.trace(pid, FILTERS[choice], cursor, signal),
  );
  const shown = useMemo(
    () =>
      list.items.filter(
        ({ document: about, actor }) =>
          (!document || about?.id === document) &&
          (application === null || actor.id === application.id),
      ),
    [list.items, document, application],
  );
  const none = list.complete && list.items.length === 0;

  return (
    <Page title={said(t.trace).title} intro={said(t.trace).intro}>
      <VerifyHistory key={pid} pid={pid} />
      <div class="filters">
        <SelectField
          id="outcome"
          label={t.trace.outcome}
          none={t.trace.outcomes.others}
          value={choice}
          onValue={choose}
          choices={CHOICES}
        />
      </div>
      {none && !choice && (
        <Empty icon="eye" title={t.trace.emptyTitle} text={said(t.trace).empty} />
      )}
      {document && (
        <p class="only">
          {t.trace.onlyDocument}. <a href="/acces">{t.trace.allDocuments}</a>
        </p>
      )}
      {application !== null && (
        <div class="only">
          <p>{t.trace.onlyApplication(typo(application.name))}</p>
          <Button onPress={() => setApplication(null)}>{t.trace.allActors}</Button>
        </div>
      )}
      {list.loading && <Loading lines={6} />}
      {list.error !== null && list.items.length === 0 && (
        <ErrorPanel error={list.error} retry={list.reload} />
      )}
      <p class="list-count" role="status">
        {list.items.length > 0 ? t.trace.count(shown.length, list.complete) : ""}
      </p>
      {!list.loading && shown.length === 0 && (list.items.length > 0 || (none && choice)) && (
        <Empty icon="search" title={t.trace.noneTitle} text={t.trace.none} />
      )}
      <Days
        accesses={shown}
        whole={document !== "" || application !== null || choice === "allowed" || choice === "refused"}
      />
      <More list={list} />
      {list.items.length > 0 && (
        <Notice kind="info" title={t.trace.worried}>
          <p>{t.trace.worriedText}</p>
          <div class="actions">
            <LinkButton icon="users" href="/professionnels">
              {said(t.trace).worriedLink}
            </LinkButton>
            <LinkButton icon="layout-grid" href="/applications/mes-applications">
              {said(t.trace).applicationsLink}
            </LinkButton>
            <a class="link" href={helpCall}>
              {t.shell.callHelp}
            </a>
          </div>
        </Notice>
      )}
    </Page>
  );
}
