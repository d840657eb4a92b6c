/** Whose record an application would have access to, and how to answer for somebody else. */
import type { Profile } from "../api/types";
import { consentWords } from "../catalogue/consent";
import { firstName } from "../lib/format";
import { isChilds, profiles } from "../lib/profile";
import { Button } from "./button";
import { Icon } from "./icon";
import { useSwitching } from "./switcher";

const t = consentWords.request;

const named = (of: Profile) => `${firstName(of.given_name)} ${of.family_name}`;

export function ForWhom({ profile, canSwitch }: { profile: Profile; canSwitch: boolean }) {
  const { go, question } = useSwitching();
  const others = profiles.value.filter(({ patient_id: pid }) => pid !== profile.patient_id);
  if (others.length === 0) return null;
  const childs = isChilds(profile);
  return (
    <section class="card" aria-labelledby="whom">
      <h2 id="whom">{t.whom}</h2>
      <div class="person-head">
        <Icon name={childs ? "baby" : "user-round"} size={24} />
        <p>
          <strong>{childs ? t.forChild(named(profile)) : t.forYou(named(profile))}</strong>
        </p>
      </div>
      {canSwitch ? (
        <div class="actions">
          {others.map((other) => (
            <Button key={other.patient_id} onPress={() => go(other.patient_id)}>
              {isChilds(other) ? t.rather(firstName(other.given_name)) : t.ratherYou}
            </Button>
          ))}
        </div>
      ) : (
        <p class="hint">{t.whomElsewhere}</p>
      )}
      {question}
    </section>
  );
}
