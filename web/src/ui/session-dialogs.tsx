/** The questions about the session itself: still there? identify again, and nothing is lost. */
import { useEffect, useRef, useState } from "preact/hooks";
import { leave, logout, me, resume, sessionState } from "../api/session";
import type { Role } from "../api/types";
import { catalogue as t } from "../catalogue";
import { act, secondsLeft } from "../lib/idle";
import { announce } from "./announcer";
import { Button } from "./button";
import { Dialog } from "./dialog";

/** Said aloud at these seconds only: each second would be noise. */
const SPOKEN = new Set([60, 30, 10]);

function Idle() {
  const seconds = secondsLeft.value;
  useEffect(() => {
    if (seconds !== null && SPOKEN.has(seconds)) announce(t.session.idle(seconds));
  }, [seconds]);
  if (seconds === null) return null;
  return (
    <Dialog title={t.session.idleTitle} onClose={act} alert>
      <p>{t.session.idle(seconds)}</p>
      <div class="actions">
        <Button kind="primary" onPress={act}>
          {t.session.stay}
        </Button>
        <Button onPress={() => logout()}>{t.shell.logout}</Button>
      </div>
    </Dialog>
  );
}

const PROVIDERS: Record<Role, string> = {
  patient: "franceconnect",
  professional: "psc",
  publisher: "proconnect",
  operator: "operator",
};

const provider = () => PROVIDERS[me.value?.role ?? "patient"];

function Again({ locked }: { locked: boolean }) {
  const [notYet, setNotYet] = useState(false);
  const address = `/v1/auth/login?provider=${provider()}&return_to=/reprise`;
  return (
    <Dialog title={locked ? t.session.lockedTitle : t.session.expiredTitle} alert opaque={locked}>
      <p>{locked ? t.session.locked : t.session.expired}</p>
      <p class="hint">{t.session.reconnectHint}</p>
      <div class="actions">
        <a class="button primary" href={address} target="_blank" rel="noopener noreferrer">
          <span>{t.session.reconnect}</span>
        </a>
        <Button onPress={async () => setNotYet(!(await resume()))}>{t.session.check}</Button>
        <Button kind="quiet" onPress={() => leave("/connexion")}>
          {t.session.quit}
        </Button>
      </div>
      {notYet && <p role="alert">{t.session.notYet}</p>}
    </Dialog>
  );
}

export function SessionDialogs() {
  const state = sessionState.value;
  const before = useRef(state);
  useEffect(() => {
    if (state === "in" && before.current !== "in" && before.current !== "unknown") {
      announce(t.session.back);
    }
    before.current = state;
  }, [state]);
  if (state === "expired" || state === "locked") return <Again locked={state === "locked"} />;
  return state === "in" ? <Idle /> : null;
}
