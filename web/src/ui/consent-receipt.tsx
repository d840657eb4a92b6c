/** What was just given: until when, how to take it back, and the way back to the application. */
import { useEffect, useState } from "preact/hooks";
import type { ConsentGiven, ConsentRequest, Profile } from "../api/types";
import { consentWords } from "../catalogue/consent";
import { outside } from "../lib/outside";
import { downloadReceipt, receiptOf } from "../lib/receipt";
import { typo } from "../lib/typo";
import { Button } from "./button";
import { Icon } from "./icon";
import { Page } from "./page";

const t = consentWords.receipt;

/** How long the server takes the code that the way back brings, less the time of the way. */
const BACK_MS = 285_000;

/** The way back while it serves; after that, where one begins again. */
function WayBack({ given, asked }: { given: ConsentGiven; asked: ConsentRequest }) {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setOver(true), BACK_MS);
    return () => clearTimeout(timer);
  }, []);
  const name = typo(asked.application.name);
  const site = outside(asked.application.site);
  return (
    <div class="actions back-out">
      {(!isOver || site) && (
        <a class="button primary" href={isOver && site ? site : given.redirect_url}>
          <span>{isOver ? t.open(name) : t.back(name)}</span>
        </a>
      )}
      <p class="hint" role="status">
        {isOver ? t.backOver(name) : t.backHint}
      </p>
    </div>
  );
}

function Permissions({ title, lines, given }: { title: string; lines: string[]; given: boolean }) {
  if (lines.length === 0) return null;
  return (
    <div>
      <h3>{title}</h3>
      <ul class={given ? "effects" : "effects off"} role="list">
        {lines.map((line) => (
          <li key={line}>
            <Icon name={given ? "check" : "x"} />
            <span>{line}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function ConsentReceipt({ given, asked, profile }: {
  given: ConsentGiven;
  asked: ConsentRequest;
  profile: Profile;
}) {
  const receipt = receiptOf(given.consent, profile, asked.asked.map(({ permission }) => permission));
  // The form is gone, and the button pressed with it.
  useEffect(() => document.querySelector<HTMLElement>("h1")?.focus(), []);
  return (
    <Page title={t.title} tab={t.tab}>
      <WayBack given={given} asked={asked} />
      <section class="card" aria-labelledby="receipt">
        <h2 id="receipt">{t.heading}</h2>
        <dl class="pairs">
          {receipt.facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <Permissions title={t.yes} lines={receipt.yes} given />
        <Permissions title={t.no} lines={receipt.no} given={false} />
        <div>
          <h3>{t.how}</h3>
          <p>{t.howText}</p>
          <p>{t.phone}</p>
        </div>
        <div class="actions">
          <Button icon="download" onPress={() => downloadReceipt(receipt)}>
            {t.download}
          </Button>
          <Button icon="printer" onPress={() => print()}>
            {t.print}
          </Button>
          <a class="link" href="/applications/mes-applications">
            {t.mine}
          </a>
        </div>
      </section>
    </Page>
  );
}
