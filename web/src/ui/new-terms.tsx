/** An application says something else than what was agreed to: what, and both answers alike. */
import type { Consent } from "../api/types";
import { consentWords } from "../catalogue/consent";
import { useAttempt } from "../lib/attempt";
import { instantDay } from "../lib/format";
import { inOrder } from "../lib/permissions";
import { said } from "../lib/profile";
import { type Changed, changes, type NewTerms as Asked } from "../lib/terms";
import { typo } from "../lib/typo";
import { Button } from "./button";
import { ErrorPanel } from "./states";

const t = consentWords.newTerms;

/** Both raise what the server refused. */
export interface Answering {
  agree: (of: Consent, asked: Asked) => Promise<void>;
  /** Takes back the lines that wait for an answer, or all of it if there are no others. */
  stop: (of: Consent, asked: Asked) => Promise<void>;
}

function titleOf(what: Changed["what"]): string {
  if (what in t.told) return t.told[what as keyof typeof t.told];
  return t.reason(said(consentWords).permissions[what as keyof typeof consentWords.permissions]);
}

function Words({ asked }: { asked: Asked }) {
  const changed = changes(asked);
  if (changed.length === 0) return <p>{t.asBefore}</p>;
  return (
    <dl class="terms">
      {changed.map(({ what, former, now }) => (
        <div key={what}>
          <dt>{titleOf(what)}</dt>
          <dd class="muted">
            <span class="label">{t.former}</span> {typo(former)}
          </dd>
          <dd>
            <span class="label">{t.now}</span> {typo(now)}
          </dd>
        </div>
      ))}
    </dl>
  );
}

export function NewTerms({ of, asked, acts }: { of: Consent; asked: Asked; acts: Answering }) {
  const { error, attempt } = useAttempt();
  const id = `terms-${of.id}`;
  const name = typo(of.application.name);
  const isAll = asked.lines.length === of.permissions.length;
  return (
    <section class="consent-part new-terms" aria-labelledby={id}>
      <h4 id={id}>{t.title}</h4>
      <p>{isAll ? t.off : t.someOff}</p>
      {!isAll && (
        <ul>
          {inOrder(asked.lines).map((one) => (
            <li key={one}>{said(consentWords).permissions[one]}</li>
          ))}
        </ul>
      )}
      <Words asked={asked} />
      <p>{t.answerBy(instantDay(asked.answer_by))}</p>
      {error !== null && <ErrorPanel error={error} />}
      <div class="consent-answer">
        <Button label={t.acceptNamed(name)} onPress={() => attempt(() => acts.agree(of, asked))}>
          {t.accept}
        </Button>
        <Button label={t.stopNamed(name)} onPress={() => attempt(() => acts.stop(of, asked))}>
          {t.stop}
        </Button>
      </div>
      <p class="hint">{isAll ? t.stopHint : t.stopSomeHint}</p>
    </section>
  );
}
