/** For those who write software: what depositing is, how to begin, what to read. No login. */
import { publisherWords as t } from "../catalogue/publishers";
import { EXAMPLES } from "../lib/examples";
import { Page } from "../ui/page";

const TRY = `make run
python deposit.py send .state/laboratory/client.json person.json result.xml`;

function List({ of, ordered }: { of: readonly string[]; ordered?: boolean }) {
  const items = of.map((text) => <li key={text}>{text}</li>);
  return ordered ? <ol class="references">{items}</ol> : <ul class="references">{items}</ul>;
}

function Reference({ href, name, text }: { href: string; name: string; text: string }) {
  return (
    <li>
      <a href={href}>{name}</a>
      <p class="muted">{text}</p>
    </li>
  );
}

export default function Publishers() {
  return (
    <Page title={t.title} intro={t.intro} back={{ href: "/", label: t.back }}>
      <section class="card" aria-labelledby="steps">
        <h2 id="steps">{t.stepsTitle}</h2>
        <List ordered of={t.steps} />
        <p>{t.stepsMore}</p>
      </section>
      <section class="card" aria-labelledby="read">
        <h2 id="read">{t.readTitle}</h2>
        <ul class="references">
          <Reference href="/editeurs/guide" name={t.guide} text={t.guideText} />
          <Reference href="/openapi.json" name={t.contract} text={t.contractText} />
        </ul>
      </section>
      <section aria-labelledby="register">
        <h2 id="register">{t.registerTitle}</h2>
        <List of={t.register} />
      </section>
      <section aria-labelledby="try">
        <h2 id="try">{t.tryTitle}</h2>
        <p>{t.try}</p>
        <pre class="sample" lang="en">{TRY}</pre>
        <p>{t.tryMore}</p>
        <ul aria-label={t.files}>
          {Object.entries(EXAMPLES).map(
            ([name, href]) => (
              <li key={name}>
                <a href={href} download={name}>
                  {name}
                </a>
              </li>
            ),
          )}
        </ul>
      </section>
      <section aria-labelledby="app">
        <h2 id="app">{t.appTitle}</h2>
        <p>{t.app}</p>
        <a class="link" href="/applications">{t.toCatalogue}</a>
        <a class="link" href="/editeur">{t.present}</a>
      </section>
    </Page>
  );
}
