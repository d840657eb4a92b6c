/** What comes after what is to do now, as a list by age. */
import type { ComingStep } from "../api/types";
import { preventionWords } from "../catalogue/prevention";
import { dateMedium } from "../lib/format";
import { byAge } from "../lib/prevention";
import { typo } from "../lib/typo";

const t = preventionWords.coming;

export function Coming({ steps }: { steps: ComingStep[] }) {
  if (steps.length === 0) return null;
  return (
    <section class="card" aria-labelledby="coming">
      <h2 id="coming">{t.title}</h2>
      <p>{t.intro}</p>
      <dl class="ways">
        {byAge(steps).map(([age, all]) => (
          <div key={age}>
            <dt>{age}</dt>
            {all.map(({ title, opens_on: opens, is_conditional: conditional }) => (
              <dd key={`${title} ${opens}`}>
                {typo(title)}, {t.from(dateMedium(opens))}
                {conditional && <p class="hint">{t.conditional}</p>}
              </dd>
            ))}
          </div>
        ))}
      </dl>
    </section>
  );
}
