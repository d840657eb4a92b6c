/** Taking back one line or the whole of an access: asked by name, because only the application can ask again. */
import { useState } from "preact/hooks";
import type { Consent, Permission } from "../api/types";
import { catalogue } from "../catalogue";
import { consentWords } from "../catalogue/consent";
import { useAttempt } from "../lib/attempt";
import { said } from "../lib/profile";
import { typo } from "../lib/typo";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { ErrorPanel } from "./states";

const t = consentWords.mine;

interface AskProps {
  title: string;
  lines: string[];
  confirm: string;
  run: () => Promise<void>;
  onClose: () => void;
}

function Ask({ title, lines, confirm, run, onClose }: AskProps) {
  const { error, attempt } = useAttempt();
  return (
    <Dialog title={title} onClose={onClose} alert>
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
      {error !== null && <ErrorPanel error={error} />}
      <div class="actions">
        <Button kind="danger" onPress={() => attempt(run)}>
          {confirm}
        </Button>
        <Button onPress={onClose}>{catalogue.common.cancel}</Button>
      </div>
    </Dialog>
  );
}

/** Both raise what the server refused. */
export interface TakingBack {
  reduce: (of: Consent, permission: Permission) => Promise<void>;
  withdraw: (of: Consent) => Promise<void>;
}

export function TakeLine({ of, permission, acts }: { of: Consent; permission: Permission; acts: TakingBack }) {
  const [isAsked, setAsked] = useState(false);
  const what = said(consentWords).permissions[permission];
  const name = typo(of.application.name);
  const isLast = of.permissions.length === 1;
  return (
    <>
      <Button kind="quiet" label={t.offNamed(what, name)} onPress={() => setAsked(true)}>
        {t.off}
      </Button>
      {isAsked && (
        <Ask
          title={t.offTitle}
          lines={[t.offText(what, name), isLast ? t.offLast : t.immediate, t.again]}
          confirm={t.offConfirm}
          run={() => (isLast ? acts.withdraw(of) : acts.reduce(of, permission))}
          onClose={() => setAsked(false)}
        />
      )}
    </>
  );
}

export function TakeAll({ of, acts }: { of: Consent; acts: TakingBack }) {
  const [isAsked, setAsked] = useState(false);
  const name = typo(of.application.name);
  return (
    <>
      <Button kind="danger" icon="ban" label={t.withdrawNamed(name)} onPress={() => setAsked(true)}>
        {t.withdraw}
      </Button>
      {isAsked && (
        <Ask
          title={t.withdrawTitle(name)}
          lines={[...t.withdrawText, t.again]}
          confirm={t.withdraw}
          run={() => acts.withdraw(of)}
          onClose={() => setAsked(false)}
        />
      )}
    </>
  );
}
