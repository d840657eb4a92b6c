/** For those who write software: the two ways in, how to begin, what to read. No login. */
import { publisherWords as t } from "../catalogue/publishers";
import { APPLICATION_EXAMPLES, EXAMPLES } from "../lib/examples";
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

function Files({ of, label }: { of: Record<string, string>; label: string }) {
  return (
    <ul aria-label={label}>
      {Object.entries(of).map(([name, href]) => (
        <li key={name}>
          <a href={href} download={name}>
            {name}
          </a>
        </li>
      ))}
    </ul>
  );
}

function OfApplications() {
  return (
    <section class="card" aria-labelledby="app">
      <h2 id="app">{t.appTitle}</h2>
      <p>{t.app}</p>
      <ul class="references">
        <Reference href="/editeurs/applications" name={t.applicationGuide} text={t.applicationGuideText} />
        <Reference href="/editeurs/fhir" name={t.fhirGuide} text={t.fhirGuideText} />
      </ul>
      <p>{t.appTry}</p>
      <Files of={APPLICATION_EXAMPLES} label={t.appFiles} />
      <a class="link" href="/applications">{t.toCatalogue}</a>
      <a class="link" href="/editeur">{t.present}</a>
    </section>
  );
}

export default function Publishers() {
  return (
    <Page title={t.title} intro={t.intro} back={{ href: "/", label: t.back }}>
      <OfApplications />
      <section class="card" aria-labelledby="deposit">
        <h2 id="deposit">{t.depositTitle}</h2>
        <p>{t.deposit}</p>
        <ul class="references">
          <Reference href="/editeurs/guide" name={t.guide} text={t.guideText} />
          <Reference href="/openapi.json" name={t.contract} text={t.contractText} />
        </ul>
      </section>
      <section aria-labelledby="steps">
        <h2 id="steps">{t.stepsTitle}</h2>
        <List ordered of={t.steps} />
        <p>{t.stepsMore}</p>
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
        <Files of={EXAMPLES} label={t.files} />
      </section>
    </Page>
  );
}
