/** E2: who are you? Two doors and two smaller ones, and what to do when one did not open. */
import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";
import { enter, logout, sessionState } from "../api/session";
import { helpCall } from "../brand";
import { catalogue as t } from "../catalogue";
import { Button, LinkButton } from "../ui/button";
import { Page } from "../ui/page";
import { Notice } from "../ui/states";

/** Only a path of this application may be returned to. */
export function safeReturn(wanted: string | undefined, usual: string): string {
  return wanted && /^\/[a-z][\w/?=&.-]*$/.test(wanted) && !wanted.includes("//") ? wanted : usual;
}

/** Screens of who is at work: no other door leads there. */
const BEYOND = /^\/(?:pro|editeur|revue)(?:\/|$)/;

/** Where a door leads: to the screen that was asked for, if it is behind that door. */
const within = (back: string | undefined, usual: string) => {
  const path = safeReturn(back, usual);
  const own = usual === "/accueil" ? !BEYOND.test(path) : path === usual || path.startsWith(`${usual}/`);
  return own ? path : usual;
};

const door = (provider: string, to: string) =>
  `/v1/auth/login?provider=${provider}&return_to=${encodeURIComponent(to)}`;

function Outcome({ query }: { query: Record<string, string> }) {
  const slug = query["probleme"];
  if (slug) {
    const problem = t.login.problems[slug] ?? t.login.problems["technique"];
    return problem ? (
      <Notice kind="warning" title={problem.title}>
        <p>{problem.text}</p>
        <p>
          <a href={helpCall}>{t.shell.callHelp}</a>
        </p>
      </Notice>
    ) : null;
  }
  if (query["etat"] === "incertain") {
    return (
      <Notice kind="warning" title={t.login.uncertainTitle}>
        <p>{t.login.uncertain}</p>
        <Button onPress={() => logout()}>{t.login.closeSession}</Button>
      </Notice>
    );
  }
  if (query["etat"] === "fin") return <Notice kind="success"><p>{t.login.ended}</p></Notice>;
  if (query["etat"] === "efface") return <Notice kind="success"><p>{t.login.erased}</p></Notice>;
  return null;
}

/** Whoever is already in goes to their own first screen; a page that says why it is shown stays. */
function useAlreadyIn(plain: boolean) {
  useEffect(() => {
    if (!plain || sessionState.value !== "unknown") return;
    // Without an answer, the two doors serve.
    enter().catch(() => undefined);
  }, []);
}

export default function Login() {
  const { query } = useLocation();
  useAlreadyIn(Object.keys(query).length === 0);
  const back = query["retour"];
  return (
    <Page title={t.login.title}>
      <Outcome query={query} />
      <div class="doors">
        <section class="card" aria-labelledby="person">
          <h2 id="person">{t.login.personTitle}</h2>
          <p>{t.login.person}</p>
          <LinkButton kind="primary" href={door("franceconnect", within(back, "/accueil"))}>
            {t.login.personButton}
          </LinkButton>
        </section>
        <section class="card" id="pro" aria-labelledby="professional">
          <h2 id="professional">{t.login.proTitle}</h2>
          <p>{t.login.pro}</p>
          <LinkButton href={door("psc", within(back, "/pro"))}>
            {t.login.proButton}
          </LinkButton>
        </section>
      </div>
      <section id="editeur" aria-labelledby="others">
        <h2 id="others">{t.login.othersTitle}</h2>
        <div class="doors">
          <section class="card" aria-labelledby="publisher">
            <h3 id="publisher">{t.login.publisherTitle}</h3>
            <p>{t.login.publisher}</p>
            <LinkButton href={door("proconnect", within(back, "/editeur"))}>{t.login.publisherButton}</LinkButton>
          </section>
          <section class="card" aria-labelledby="operator">
            <h3 id="operator">{t.login.operatorTitle}</h3>
            <p>{t.login.operator}</p>
            <LinkButton href={door("operator", within(back, "/revue"))}>{t.login.operatorButton}</LinkButton>
          </section>
        </div>
      </section>
      <section class="aside" aria-labelledby="no-identity">
        <h2 id="no-identity">{t.login.helpTitle}</h2>
        <p>{t.login.help}</p>
      </section>
    </Page>
  );
}
