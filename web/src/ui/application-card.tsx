/** An application in the list: who makes it, what it asks, what was checked; a link to the rest. */
import type { Card } from "../api/types";
import { applicationWords as t } from "../catalogue/applications";
import { askedBy, initials } from "../lib/applications";
import { typo } from "../lib/typo";
import { Icon } from "./icon";

export function Initials({ name }: { name: string }) {
  return (
    <span class="initials" aria-hidden="true">
      {initials(name)}
    </span>
  );
}

/** Said of what is not simply online. */
export function Stopped({ card }: { card: Card }) {
  if (card.state === "online") return null;
  return (
    <p class="badge warning">
      <Icon name="triangle-alert" />
      <span>{t.badges[card.state]}</span>
    </p>
  );
}

export const platformsOf = ({ platforms }: Card) => platforms.map((one) => t.platform[one]).join(", ");

export function Asks({ card }: { card: Card }) {
  const asked = askedBy(card);
  if (asked.length === 0) return <p class="muted">{t.asksNothing}</p>;
  return (
    <>
      <p class="row-meta" aria-hidden="true">{t.asks}</p>
      <ul class="asks" role="list" aria-label={t.data}>
        {asked.map(([kind, ways]) => (
          <li key={kind}>{t.asked(t.kinds[kind], ways.map((way) => t.ways[way]).join(t.and))}</li>
        ))}
      </ul>
    </>
  );
}

/** A stamp for what is online only: what was checked of one that was stopped is of the past. */
export const isStopped = ({ state }: Card) => state === "suspended" || state === "delisted";

function Checked({ card }: { card: Card }) {
  const count = card.checked.length;
  if (isStopped(card)) return count > 0 ? <p class="checked-line muted">{t.checkedBefore(count)}</p> : null;
  return (
    <p class="checked-line">
      <Icon name={count > 0 ? "shield-check" : "circle-dashed"} />
      <span>{count > 0 ? t.checkedHere(count) : t.uncheckedHere}</span>
    </p>
  );
}

export function ApplicationCard({ card }: { card: Card }) {
  const heading = `app-${card.id}`;
  return (
    <article class="card application" aria-labelledby={heading}>
      <div class="application-head">
        <Initials name={card.name} />
        <div>
          <h2 id={heading}>
            <a href={`/applications/${card.id}`}>{typo(card.name)}</a>
          </h2>
          <p class="muted">{typo(card.publisher.name)}</p>
        </div>
      </div>
      <Stopped card={card} />
      <div class="claims">
        <p class="row-meta">{t.publisherSays}</p>
        <p>{t.why(card.purpose)}</p>
        <p class="row-meta">
          {t.prices[card.price.kind]} · {platformsOf(card)}
        </p>
      </div>
      <div class="application-asks">
        <Asks card={card} />
      </div>
      <Checked card={card} />
    </article>
  );
}
