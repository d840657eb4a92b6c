/** What somebody certifies on her honour before she represents a child: never checked beforehand. */
import { useState } from "preact/hooks";
import { relativesWords as t } from "../catalogue/relatives";
import { CheckField } from "./form";
import { Icon } from "./icon";

export interface Certifying {
  value: boolean;
  missing: boolean;
  set: (on: boolean) => void;
  /** Tells whether she certifies; if not, says so and takes her there. */
  require: () => boolean;
}

export function useCertifying(): Certifying {
  const [value, setValue] = useState(false);
  const [missing, setMissing] = useState(false);
  const set = (on: boolean) => {
    setValue(on);
    setMissing(false);
  };
  const require = () => {
    setMissing(!value);
    if (!value) document.getElementById("certify")?.focus();
    return value;
  };
  return { value, missing, set, require };
}

export function Certify({ of }: { of: Certifying }) {
  return (
    <div class="field">
      <CheckField
        id="certify"
        label={t.certify}
        value={of.value}
        describedBy={of.missing ? "certify-hint certify-error" : "certify-hint"}
        invalid={of.missing}
        onValue={of.set}
      />
      <p class="hint" id="certify-hint">
        {t.certifyHint}
      </p>
      {of.missing && (
        <p class="field-error" id="certify-error">
          <Icon name="circle-alert" />
          <span>{t.uncertified}</span>
        </p>
      )}
    </div>
  );
}
