/** Before a key is given: to whom, and what follows. */
import { useState } from "preact/hooks";
import type { Authorisation } from "../api/types";
import { catalogue as t } from "../catalogue";
import { addDays } from "../lib/calendar";
import { dateMedium, parisDay } from "../lib/format";
import { said } from "../lib/profile";
import { typo } from "../lib/typo";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Icon } from "./icon";
import { ErrorPanel } from "./states";

/** A professional of the directory, or of a past authorisation. */
export type Candidate = Pick<Authorisation, "rpps" | "name" | "profession" | "place">;

/** What a professional does and where. */
export const placed = ({ profession, place }: Candidate) =>
  typo([profession?.label, place].filter(Boolean).join(", "));

/** The day an authorisation given now ends. Source: R-AUT-02, 365 days. */
const inOneYear = () => addDays(parisDay(new Date()), 365);

interface Props {
  candidate: Candidate;
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

export function AuthoriseDialog({ candidate, onConfirm, onClose }: Props) {
  const [error, setError] = useState<unknown>(null);
  const name = typo(candidate.name);
  const confirm = async () => {
    try {
      await onConfirm();
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <Dialog title={t.professionals.confirmTitle(name)} onClose={onClose}>
      <p class="muted">{placed(candidate)}</p>
      <ul class="effects" role="list">
        {said(t.professionals).effects(dateMedium(inOneYear())).map((effect) => (
          <li key={effect}>
            <Icon name="check" />
            <span>{effect}</span>
          </li>
        ))}
      </ul>
      {error !== null && <ErrorPanel error={error} />}
      <div class="actions">
        <Button kind="primary" onPress={confirm}>
          {t.professionals.authoriseNamed(name)}
        </Button>
        <Button onPress={onClose}>{t.common.cancel}</Button>
      </div>
    </Dialog>
  );
}
