/** The way into a private screen: the session is opened before it, or the login is. */
import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { firstScreen, isLeaving, leave, me, sessionState, start } from "../api/session";
import { marked } from "../api/session-mark";
import type { Role } from "../api/types";
import { catalogue as t } from "../catalogue";
import { Page } from "./page";
import { ErrorPanel, Loading } from "./states";

export function Entering({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <Page title={t.shell.publicSpace}>
      {error === null ? <Loading lines={5} /> : <ErrorPanel error={error} retry={retry} />}
    </Page>
  );
}

/**
 * Opens the session before a private screen; sends to the login, or to the right side. What the screen
 * wants to find again after the login is kept by `before`.
 */
export function useEntry(role: Role | null, before: () => Promise<unknown> = async () => undefined) {
  const { url } = useLocation();
  const [error, setError] = useState<unknown>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (sessionState.value !== "unknown") return;
    setError(null);
    start().catch(setError);
  }, [turn]);
  const state = sessionState.value;
  useEffect(() => {
    if (isLeaving()) return;
    if (state === "out") {
      before().finally(() => leave(`/connexion?retour=${encodeURIComponent(url)}`));
    } else if (state === "in" && role && me.value && me.value.role !== role) {
      leave(firstScreen(me.value));
    }
  }, [state]);
  return { error, retry: () => setTurn((n) => n + 1) };
}

/**
 * Opens the session that this device says there is, before a screen that needs none; true once the screen
 * may be shown. Without an answer it is shown as to everybody.
 */
export function useVisit(): boolean {
  const [settled, setSettled] = useState(sessionState.value !== "unknown" || marked() !== "open");
  useEffect(() => {
    if (!settled) start().catch(() => undefined).finally(() => setSettled(true));
  }, []);
  return settled;
}
