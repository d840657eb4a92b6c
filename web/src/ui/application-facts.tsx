/** Who asks: what its publisher says, apart from what was checked here. */
import type { Card } from "../api/types";
import { applicationWords } from "../catalogue/applications";
import { consentWords } from "../catalogue/consent";
import { dateMedium, instantDay } from "../lib/format";
import { outside } from "../lib/outside";
import { typo } from "../lib/typo";
import { Icon } from "./icon";

const t = consentWords.request;

/** The purpose is read by all; the rest opens, so that the lines to answer are not far. */
function Theirs({ card }: { card: Card }) {
  const privacy = outside(card.privacy);
  return (
    <section class="claims" aria-labelledby="theirs">
      <h3 id="theirs">{t.theirs}</h3>
      <p>{t.why(card.purpose)}</p>
      <details class="folded">
        <summary>{t.more}</summary>
        <dl class="pairs">
          <div>
            <dt>{t.retention}</dt>
            <dd>{t.why(card.retention)}</dd>
          </div>
        </dl>
        {privacy && (
          <a class="link" href={privacy} target="_blank" rel="noopener noreferrer">
            {t.privacy} ({t.newTab})
          </a>
        )}
      </details>
    </section>
  );
}

function Ours({ card }: { card: Card }) {
  const count = card.checked.length;
  const lines = [
    t.online(instantDay(card.state_since)),
    ...card.checked.map(({ criteria, on }) => t.checked(t.criteria[criteria] ?? criteria, dateMedium(on))),
  ];
  return (
    <section class="checked-here" aria-label={t.ours}>
      <details class="folded">
        <summary>{count > 0 ? applicationWords.checkedHere(count) : t.ours}</summary>
        <ul class="effects" role="list">
          {lines.map((line) => (
            <li key={line}>
              <Icon name="shield-check" />
              <span>{line}</span>
            </li>
          ))}
        </ul>
        <p class="hint">{t.notOurs}</p>
      </details>
    </section>
  );
}

export function ApplicationFacts({ card }: { card: Card }) {
  return (
    <section class="card" aria-labelledby="application">
      <div class="person-head">
        <Icon name="smartphone" size={24} />
        <div>
          <h2 id="application">{typo(card.name)}</h2>
          <p class="muted">{t.by(typo(card.publisher.name))}</p>
        </div>
      </div>
      <Theirs card={card} />
      <Ours card={card} />
    </section>
  );
}
