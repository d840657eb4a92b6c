/** An application as those who work with it see it: its state, what it says, and its history. */
import type { ComponentChildren } from "preact";
import type { ApplicationEvent, ApplicationFile, ApplicationState } from "../api/types";
import { applicationWords } from "../catalogue/applications";
import { consentWords } from "../catalogue/consent";
import { deskWords } from "../catalogue/desk";
import { instantLong } from "../lib/format";
import { inOrder } from "../lib/permissions";
import { typo } from "../lib/typo";
import type { IconName } from "../icons";
import { platformsOf } from "./application-card";
import { Icon } from "./icon";

const t = deskWords;

const STATES: Record<ApplicationState, { icon: IconName; kind: string }> = {
  candidate: { icon: "hourglass", kind: "" },
  online: { icon: "circle-check", kind: "success" },
  suspended: { icon: "triangle-alert", kind: "warning" },
  delisted: { icon: "ban", kind: "danger" },
};

export function StateBadge({ state }: { state: ApplicationState }) {
  const { icon, kind } = STATES[state];
  return (
    <p class={`badge ${kind}`}>
      <Icon name={icon} />
      <span>{t.states[state]}</span>
    </p>
  );
}

export const criteriaNames = (of: readonly string[]) =>
  of.map((one) => t.criteria[one as keyof typeof t.criteria] ?? one).join(", ");

type Pair = [string, string];

/** Addresses and references are shown as they are: never as links to what nobody has looked at. */
export function SaidByPublisher({ file }: { file: ApplicationFile }) {
  const words = consentWords.request;
  const pairs: Pair[] = [
    [words.purpose, typo(file.purpose)],
    [t.form.theme, applicationWords.themes[file.theme]],
    [applicationWords.platforms, platformsOf(file)],
    [applicationWords.price, `${applicationWords.prices[file.price.kind]} · ${typo(file.price.detail)}`],
    [words.retention, typo(file.retention)],
    [t.form.website, file.publisher.website],
    [t.form.site, file.site],
    [t.form.privacy, file.privacy],
    ...file.attestations.map(({ kind, reference }): Pair => [applicationWords.attested[kind], typo(reference)]),
  ];
  return (
    <section class="card" aria-labelledby="said">
      <h2 id="said">{words.theirs}</h2>
      <dl class="pairs">
        {pairs.map(([term, text]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd class="address">{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

export function AskedByPublisher({ file }: { file: ApplicationFile }) {
  const why = new Map(file.data_asked.map((one) => [one.permission, one.why]));
  return (
    <section class="card" aria-labelledby="asked">
      <h2 id="asked">{t.form.data}</h2>
      {why.size === 0 ? (
        <p>{applicationWords.asksNothing}</p>
      ) : (
        <ul class="rows asked-lines" role="list">
          {inOrder([...why.keys()]).map((permission) => (
            <li key={permission}>
              <strong>{t.permissions[permission]}</strong>
              <span class="claim">{applicationWords.why(typo(why.get(permission) ?? ""))}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

export function Technical({ file, children }: { file: ApplicationFile; children?: ComponentChildren }) {
  return (
    <section class="card" aria-labelledby="technical">
      <h2 id="technical">{children ? t.own.technical : t.review.technical}</h2>
      <dl class="pairs">
        <div>
          <dt>{t.own.clientId}</dt>
          <dd>
            <code class="address">{file.client_id}</code>
          </dd>
        </div>
        <div>
          <dt>{t.own.authentication}</dt>
          <dd>{t.own.authentications[file.authentication]}</dd>
        </div>
        <div>
          <dt>{t.own.redirects}</dt>
          {file.redirect_uris.length === 0 && <dd>{t.own.noRedirect}</dd>}
          {file.redirect_uris.map((address) => (
            <dd key={address}>
              <code class="address">{address}</code>
            </dd>
          ))}
        </div>
      </dl>
      {children}
    </section>
  );
}

const who = ({ by }: ApplicationEvent) => by.name ?? (by.kind === "operator" ? t.history.operator : "");

function Entry({ event }: { event: ApplicationEvent }) {
  const moved = event.after && event.what !== "application:register";
  const names = event.what === "application:review" ? t.criteria : t.history.about;
  const about = event.about.map((one) => (names as Record<string, string>)[one] ?? t.history.about[one] ?? one);
  return (
    <li>
      <p>
        <strong>{t.history.what[event.what]}</strong>
        {moved && event.after && event.before && (
          <> : {t.history.moved(t.states[event.before], t.states[event.after])}</>
        )}
      </p>
      {about.length > 0 && <p>{about.join(", ")}</p>}
      {event.reason && <p class="claim">{t.history.reason(typo(event.reason))}</p>}
      <p class="muted">{t.history.by(who(event), instantLong(event.at))}</p>
    </li>
  );
}

export function History({ file }: { file: ApplicationFile }) {
  return (
    <section class="card" aria-labelledby="history">
      <h2 id="history">{t.history.title}</h2>
      <ol class="rows events" role="list">
        {file.history.map((event) => (
          <Entry key={event.id} event={event} />
        ))}
      </ol>
    </section>
  );
}
