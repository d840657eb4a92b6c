/** A1: the applications of a publisher's establishment, and where each is in its review. */
import { publisherApi } from "../api/desk";
import { me } from "../api/session";
import type { ApplicationLine } from "../api/types";
import { catalogue } from "../catalogue";
import { applicationWords } from "../catalogue/applications";
import { deskWords } from "../catalogue/desk";
import { publisherWords } from "../catalogue/publishers";
import { instantDay } from "../lib/format";
import { useResource } from "../lib/resource";
import { typo } from "../lib/typo";
import { Initials } from "../ui/application-card";
import { StateBadge } from "../ui/application-file";
import { LinkButton } from "../ui/button";
import { Page } from "../ui/page";
import { Empty, ErrorPanel, Loading } from "../ui/states";

const t = deskWords.own;

const add = (
  <LinkButton kind="primary" icon="plus" href="/editeur/ajouter">
    {t.add}
  </LinkButton>
);

export function Line({ line, href, when }: { line: ApplicationLine; href: string; when: string }) {
  return (
    <li class="application-line">
      <Initials name={line.name} />
      <div>
        <h2>
          <a href={href}>{typo(line.name)}</a>
        </h2>
        <p class="muted">
          {typo(line.publisher)} · {applicationWords.themes[line.theme]}
        </p>
        <StateBadge state={line.state} />
        <p class="muted">{when}</p>
      </div>
    </li>
  );
}

export default function OwnApplications() {
  const known = useResource("own applications", (signal) => publisherApi.list(signal));
  const siret = me.value?.role === "publisher" ? catalogue.shell.siret(me.value.siret) : "";
  return (
    <Page title={t.title} intro={t.intro} actions={known.data?.length ? add : undefined}>
      {known.loading && <Loading lines={4} />}
      {known.error !== null && <ErrorPanel error={known.error} retry={known.reload} />}
      {known.data?.length === 0 && (
        <Empty icon="layout-grid" title={t.emptyTitle} text={t.empty}>
          {add}
        </Empty>
      )}
      {known.data && known.data.length > 0 && (
        <>
          <ul class="card application-lines" role="list">
            {known.data.map((line) => (
              <Line
                key={line.id}
                line={line}
                href={`/editeur/${line.id}`}
                when={deskWords.since(instantDay(line.state_since))}
              />
            ))}
          </ul>
          <p class="hint">{t.shared(siret)}</p>
        </>
      )}
      <a class="link" href="/editeurs">
        {publisherWords.title}
      </a>
    </Page>
  );
}
