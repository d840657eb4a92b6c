/** Where a new login ends when another tab is waiting for it. */
import { useEffect } from "preact/hooks";
import { announceLogin } from "../api/session";
import { catalogue as t } from "../catalogue";
import { LinkButton } from "../ui/button";
import { Page } from "../ui/page";

export default function Resume() {
  useEffect(() => {
    announceLogin();
    // Works only in a tab that a script opened; otherwise the sentence says what to do.
    const timer = setTimeout(() => close(), 1500);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Page title={t.session.resumeTitle} intro={t.session.resume}>
      <LinkButton href="/accueil">{t.session.resumeHere}</LinkButton>
    </Page>
  );
}
