/** Help, at the same place on every screen: a telephone first, then answers. */
import { helpCall } from "../brand";
import { catalogue as t } from "../catalogue";
import { Page } from "../ui/page";
import { Notice } from "../ui/states";

export default function Help() {
  return (
    <Page title={t.help.title}>
      <section class="card" aria-labelledby="phone">
        <h2 id="phone">{t.help.phoneTitle}</h2>
        <p>{t.help.phone}</p>
        <p>
          <a class="button secondary" href={helpCall}>
            <span>{t.shell.callHelp}</span>
          </a>
        </p>
      </section>
      <Notice kind="info">
        <p>{t.help.urgent}</p>
      </Notice>
      <section aria-labelledby="carer">
        <h2 id="carer">{t.help.carerTitle}</h2>
        <p>{t.help.carer}</p>
      </section>
      <section aria-labelledby="questions">
        <h2 id="questions">{t.help.questions}</h2>
        {t.help.faq.map(([question, answer]) => (
          <details key={question} class="question">
            <summary>{question}</summary>
            <p>{answer}</p>
          </details>
        ))}
      </section>
      <section aria-labelledby="accessibility">
        <h2 id="accessibility">{t.help.accessibilityTitle}</h2>
        <p>{t.help.accessibility}</p>
      </section>
    </Page>
  );
}
