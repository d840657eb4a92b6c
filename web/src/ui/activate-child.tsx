/** Before a child's space is managed: what it gives, when it ends, and what one certifies. */
import { useState } from "preact/hooks";
import type { Child } from "../api/types";
import { catalogue } from "../catalogue";
import { relativesWords as t } from "../catalogue/relatives";
import { dateMedium, firstName } from "../lib/format";
import { majorityDay } from "../lib/majority";
import { Button } from "./button";
import { Certify, useCertifying } from "./certify";
import { Dialog } from "./dialog";
import { Icon } from "./icon";
import { ErrorPanel } from "./states";

interface Props {
  child: Child;
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

export function Effects({ ends }: { ends: string }) {
  return (
    <ul class="effects" role="list">
      {[...t.effects, ends].map((effect) => (
        <li key={effect}>
          <Icon name="check" />
          <span>{effect}</span>
        </li>
      ))}
    </ul>
  );
}

export function ActivateChild({ child, onConfirm, onClose }: Props) {
  const certifying = useCertifying();
  const [error, setError] = useState<unknown>(null);
  const name = firstName(child.given_name);
  const confirm = async () => {
    if (!certifying.require()) return undefined;
    setError(null);
    return onConfirm().catch(setError);
  };
  return (
    <Dialog title={t.confirmTitle(name)} onClose={onClose}>
      <Effects ends={t.ends(dateMedium(majorityDay(child.birth_date)))} />
      <Certify of={certifying} />
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
