/** One application of the catalogue: what its publisher says, what it asks, what was checked here. */
import { useRoute } from "preact-iso";
import { catalogueApi } from "../api/catalogue";
import { me } from "../api/session";
import type { Card } from "../api/types";
import { applicationWords as t } from "../catalogue/applications";
import { consentWords } from "../catalogue/consent";
import { dateMedium, instantDay } from "../lib/format";
import { outside } from "../lib/outside";
import { inOrder } from "../lib/permissions";
import { said } from "../lib/profile";
import { useResource } from "../lib/resource";
import { typo } from "../lib/typo";
import { Initials, isStopped, platformsOf } from "../ui/application-card";
import { Icon } from "../ui/icon";
import { Page } from "../ui/page";
import { ErrorPanel, Loading, Notice } from "../ui/states";

const c = consentWords.request;

function Outside({ href, children }: { href: string; children: string }) {
  const address = outside(href);
  return address ? (
    <a class="link" href={address} target="_blank" rel="noopener noreferrer">
      {children} ({c.newTab})
    </a>
  ) : null;
}

/** Which are hers is not asked for here: opening a page of the catalogue would be noted in her history. */
function Hers() {
  if (me.value?.role !== "patient") return null;
  return (
    <p>
      {t.linked} <a href="/applications/mes-applications">{t.mine}</a>
    </p>
  );
}

function Connect({ card }: { card: Card }) {
  const site = outside(card.site);
  if (card.state !== "online") {
    const words = t.stopped[card.state];
    return (
      <Notice kind="warning" title={words.title}>
        <p>{words.text}</p>
        <p>{t.since(instantDay(card.state_since))}</p>
        {card.state !== "candidate" && <Hers />}
      </Notice>
    );
  }
  return (
    <section class="card" aria-labelledby="connect">
      <h2 id="connect">{card.can_connect ? t.connect : t.presentedTitle}</h2>
      {card.can_connect ? (
        <ul class="references">
          {t.connectText.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      ) : (
        <p>{t.presented}</p>
      )}
      {card.can_connect && <Hers />}
      {site && (
        <>
          <a class="button secondary" href={site} target="_blank" rel="noopener noreferrer" aria-label={t.openOf(typo(card.name))}>
            <Icon name="external-link" />
            <span>{t.open}</span>
          </a>
          <p class="hint">{t.openHint}</p>
        </>
      )}
    </section>
  );
}

function DataAsked({ card }: { card: Card }) {
  const labels = said(consentWords).permissions;
  const reasons = new Map(card.data_asked.map(({ permission, why }) => [permission, why]));
  return (
    <section class="card" aria-labelledby="asked">
      <h2 id="asked">{t.data}</h2>
      {card.data_asked.length === 0 ? (
        <p>{t.asksNothing}</p>
      ) : (
        <>
          <ul class="rows asked-lines" role="list">
            {inOrder([...reasons.keys()]).map((permission) => (
              <li key={permission}>
                <strong>{labels[permission]}</strong>
                <span>{t.why(reasons.get(permission) ?? "")}</span>
              </li>
            ))}
          </ul>
          <p class="hint">{t.whyHint}</p>
        </>
      )}
    </section>
  );
}

function Theirs({ card }: { card: Card }) {
  const pairs: [string, string][] = [
    [c.purpose, t.why(card.purpose)],
    [t.price, t.why(card.price.detail)],
    [t.platforms, platformsOf(card)],
    [c.retention, t.why(card.retention)],
    ...card.attestations.map(({ kind, reference }): [string, string] => [t.attested[kind], t.why(reference)]),
  ];
  return (
    <section class="card" aria-labelledby="theirs">
      <h2 id="theirs">{c.theirs}</h2>
      <div class="claims">
        <dl class="pairs">
          {pairs.map(([term, text]) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
        <Outside href={card.privacy}>{c.privacy}</Outside>
        <Outside href={card.publisher.website}>{t.website}</Outside>
      </div>
    </section>
  );
}

/** What was checked of one that was stopped since: said as of the past, without a stamp. */
function Formerly({ card }: { card: Card }) {
  return (
    <section class="card soft" aria-labelledby="ours">
      <h2 id="ours">{c.ours}</h2>
      <ul class="references">
        {card.checked.map(({ criteria, on }) => (
          <li key={criteria}>{c.checkedBefore(c.criteria[criteria] ?? criteria, dateMedium(on))}</li>
        ))}
      </ul>
      <p class="hint">{t.checkedBeforeText}</p>
    </section>
  );
}

function Ours({ card }: { card: Card }) {
  const lines = card.checked.map(({ criteria, on }) => c.checked(c.criteria[criteria] ?? criteria, dateMedium(on)));
  return (
    <section class="card soft" aria-labelledby="ours">
      <h2 id="ours">{c.ours}</h2>
      {lines.length === 0 && <p>{t.nothingChecked}</p>}
      <ul class="effects" role="list">
        {card.state === "online" && (
          <li>
            <Icon name="shield-check" />
            <span>{c.online(instantDay(card.state_since))}</span>
          </li>
        )}
        {lines.map((line) => (
          <li key={line}>
            <Icon name="shield-check" />
            <span>{line}</span>
          </li>
        ))}
      </ul>
      <p class="hint">{c.notOurs}</p>
    </section>
  );
}

function Facts({ card }: { card: Card }) {
  return (
    <>
      <div class="application-head">
        <Initials name={card.name} />
        <div>
          <p>{c.by(typo(card.publisher.name))}</p>
          <p class="muted">{t.themes[card.theme]}</p>
        </div>
      </div>
      <Connect card={card} />
      <DataAsked card={card} />
      <Theirs card={card} />
      {!isStopped(card) && <Ours card={card} />}
      {isStopped(card) && card.checked.length > 0 && <Formerly card={card} />}
    </>
  );
}

export default function Application() {
  const id = useRoute().params["id"] ?? "";
  const known = useResource(`application ${id}`, (signal) => catalogueApi.one(id, signal));
  const back = { href: "/applications", label: t.back };
  return (
    <Page key={known.data ? "known" : "asked"} title={known.data ? typo(known.data.name) : t.tab} tab={t.tab} back={back}>
      {known.loading && <Loading lines={5} />}
      {known.error !== null && <ErrorPanel error={known.error} retry={known.reload} />}
      {known.data && <Facts card={known.data} />}
    </Page>
  );
}
