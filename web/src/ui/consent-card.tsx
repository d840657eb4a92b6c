/** One application: what it may do, what it did, until when, and how to take it back. */
import { useEffect, useRef } from "preact/hooks";
import type { Consent, Profile } from "../api/types";
import { consentWords } from "../catalogue/consent";
import { daysBetween, instantDay, parisDay } from "../lib/format";
import { inOrder } from "../lib/permissions";
import { said } from "../lib/profile";
import { downloadReceipt, receiptOf } from "../lib/receipt";
import { seekApplication } from "../lib/sought-actor";
import { typo } from "../lib/typo";
import { Button } from "./button";
import { EraseElsewhere } from "./erase-elsewhere";
import { Icon } from "./icon";
import { type Answering, NewTerms } from "./new-terms";
import { TakeAll, TakeLine, type TakingBack } from "./take-back";
import { UsePlot } from "./use-plot";

const t = consentWords.mine;
type Acts = TakingBack & Answering;

/** Nearer than this, how long is left is said too. */
const SOON_DAYS = 30;

function Left({ until }: { until: string }) {
  const days = daysBetween(parisDay(new Date()), parisDay(until));
  if (days > SOON_DAYS) return null;
  return <strong>{days > 0 ? t.left(days) : t.lastDay}</strong>;
}

function State({ of }: { of: Consent }) {
  const { state } = of.application;
  const waits = of.new_terms ? consentWords.newTerms.badge : null;
  const stopped = state === "online" ? waits : t.stopped[state];
  return (
    <>
      <p class={stopped ? "badge warning" : "badge success"}>
        <Icon name={stopped ? "triangle-alert" : "circle-check"} />
        <span>{stopped ?? t.open}</span>
      </p>
      {state !== "online" && <p>{t.stoppedWhat[state]}</p>}
    </>
  );
}

/** Lines that went off by themselves, if others go on. */
function Unanswered({ of }: { of: Consent }) {
  if (of.unanswered.length === 0) return null;
  return (
    <>
      <p>{consentWords.newTerms.unansweredLines}</p>
      <ul>
        {inOrder(of.unanswered).map((one) => (
          <li key={one}>{said(consentWords).permissions[one]}</li>
        ))}
      </ul>
    </>
  );
}

function Open({ of, profile, acts }: { of: Consent; profile: Profile; acts: Acts }) {
  const name = typo(of.application.name);
  return (
    <>
      <State of={of} />
      {of.new_terms && <NewTerms of={of} asked={of.new_terms} acts={acts} />}
      <p>
        {t.fromTo(instantDay(of.given_at), instantDay(of.valid_until))} <Left until={of.valid_until} />
        {of.ends_at_majority && said(consentWords).mine.untilMajority}
        {of.given_by && <span class="muted given-by">{t.givenBy(typo(of.given_by))}</span>}
      </p>
      <section class="consent-part">
        <h4>{of.new_terms ? t.mightHave : t.may}</h4>
        <ul class="rows permissions" role="list">
          {inOrder(of.permissions).map((permission) => (
            <li key={permission}>
              <span>{said(consentWords).permissions[permission]}</span>
              <TakeLine of={of} permission={permission} acts={acts} />
            </li>
          ))}
        </ul>
        <Unanswered of={of} />
      </section>
      <Did of={of} />
      <div class="actions">
        <TakeAll of={of} acts={acts} />
        <Button
          icon="download"
          label={consentWords.receipt.downloadNamed(name)}
          onPress={() => downloadReceipt(receiptOf(of, profile))}
        >
          {consentWords.receipt.download}
        </Button>
        <EraseElsewhere of={of} />
      </div>
    </>
  );
}

function Did({ of }: { of: Consent }) {
  return (
    <section class="consent-part">
      <h4>{t.did}</h4>
      <UsePlot of={of} />
      {of.last_access_at && (
        <a
          class="link"
          href="/acces"
          aria-label={t.historyOf(typo(of.application.name))}
          onClick={() => seekApplication(of.application)}
        >
          {t.history}
        </a>
      )}
    </section>
  );
}

function ended(of: Consent): string {
  if (of.status === "withdrawn") return t.withdrawnOn(instantDay(of.changed_at));
  if (of.permissions.length === 0) return consentWords.newTerms.unansweredOn(instantDay(of.valid_until));
  // The instant is midnight where she lives: whatever day it is here, it is that birthday.
  return of.ends_at_majority ? said(consentWords).mine.lapsed : t.expiredOn(instantDay(of.valid_until));
}

function Over({ of }: { of: Consent }) {
  return (
    <>
      <p class="muted">{ended(of)}</p>
      <Did of={of} />
      <div class="actions">
        <EraseElsewhere of={of} />
      </div>
    </>
  );
}

interface Props {
  of: Consent;
  profile: Profile;
  acts: Acts;
  /** The one that has just changed here. */
  moved: string | null;
}

export function ConsentCard({ of, profile, acts, moved }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  // What was pressed is gone, or the card went to the other list: the focus stays with the application.
  useEffect(() => {
    if (moved === of.id) heading.current?.focus();
  }, [moved, of.version, of.status]);
  const id = `application-${of.id}`;
  return (
    <article class="card consent" aria-labelledby={id}>
      <div class="person-head">
        <Icon name="smartphone" size={24} />
        <div>
          <h3 id={id} ref={heading} tabIndex={-1}>
            {typo(of.application.name)}
          </h3>
          <p class="muted">{typo(of.application.publisher)}</p>
        </div>
      </div>
      {of.status === "active" ? <Open of={of} profile={profile} acts={acts} /> : <Over of={of} />}
    </article>
  );
}
