/** Before a child's space is managed: what it gives, when it ends, and what one certifies. */
import { useState } from "preact/hooks";
import type { Child } from "../api/types";
import { catalogue } from "../catalogue";
import { relativesWords as t } from "../catalogue/relatives";
import { dateMedium, firstName } from "../lib/format";
import { majorityDay } from "../lib/majority";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { CheckField } from "./form";
import { Icon } from "./icon";
import { ErrorPanel } from "./states";

interface Props {
  child: Child;
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

function Effects({ child }: { child: Child }) {
  return (
    <ul class="effects" role="list">
      {[...t.effects, t.ends(dateMedium(majorityDay(child.birth_date)))].map((effect) => (
        <li key={effect}>
          <Icon name="check" />
          <span>{effect}</span>
        </li>
      ))}
    </ul>
  );
}

export function ActivateChild({ child, onConfirm, onClose }: Props) {
  const [certified, setCertified] = useState(false);
  const [missing, setMissing] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const name = firstName(child.given_name);
  const confirm = async () => {
    setMissing(!certified);
    if (!certified) return document.getElementById("certify")?.focus();
    setError(null);
    return onConfirm().catch(setError);
  };
  return (
    <Dialog title={t.confirmTitle(name)} onClose={onClose}>
      <Effects child={child} />
      <div class="field">
        <CheckField
          id="certify"
          label={t.certify}
          value={certified}
          describedBy={missing ? "certify-hint certify-error" : "certify-hint"}
          invalid={missing}
          onValue={(on) => {
            setCertified(on);
            setMissing(false);
          }}
        />
        <p class="hint" id="certify-hint">
          {t.certifyHint}
        </p>
        {missing && (
          <p class="field-error" id="certify-error">
            <Icon name="circle-alert" />
            <span>{t.uncertified}</span>
          </p>
        )}
      </div>
      {error !== null && <ErrorPanel error={error} reply />}
      <div class="actions">
        <Button kind="primary" onPress={confirm}>
          {t.activateNamed(name)}
        </Button>
        <Button onPress={onClose}>{catalogue.common.cancel}</Button>
      </div>
    </Dialog>
  );
}
