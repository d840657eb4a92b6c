/** One access to the record, as a sentence: when, who, what, by which right. */
import type { Access } from "../api/types";
import { catalogue as t } from "../catalogue";
import { dateMedium, parisDay, timeOfDay } from "../lib/format";
import { typo } from "../lib/typo";
import { Icon } from "./icon";

export const actorName = (access: Access) => typo(access.actor.name);

/** The profession and the place of who acted, when the name alone does not say it. */
export function actorRole({ actor }: Access): string {
  return [actor.profession, actor.organisation].filter((part) => part && !actor.name.includes(part)).join(", ");
}

/** « 14 h 02 », or « de 14 h 02 à 14 h 09 ». */
export function between(firstAt: string, lastAt: string): string {
  const [first, last] = [timeOfDay(firstAt), timeOfDay(lastAt)];
  return first === last ? last : t.trace.between(first, last);
}

interface Props {
  access: Access;
  /** Shows the day too, outside a list grouped by day. */
  dated?: boolean;
  /** Leaves the actor out, under a heading that already names them. */
  anonymous?: boolean;
  /** Leaves the right out, when it is said once for several lines. */
  bare?: boolean;
}

export function AccessLine({ access, dated, anonymous, bare }: Props) {
  const refused = access.outcome === "refused";
  const role = actorRole(access);
  const day = parisDay(access.at);
  return (
    <div class={refused ? "access refused" : "access"}>
      <p class="access-when">
        <time dateTime={access.at}>
          {dated && <>{dateMedium(day)}, </>}
          {between(access.first_at, access.last_at)}
        </time>
      </p>
      <p class="access-what">
        {!anonymous && (
          <>
            <strong>{actorName(access)}</strong>
            {role && <span class="muted"> ({role})</span>}{" "}
          </>
        )}
        {typo(access.label)}
        {access.document && (
          <>
            {" "}
            <a href={`/documents/${access.document.id}`}>{typo(`« ${access.document.title} »`)}</a>
          </>
        )}
        {access.count > 1 && <> <span class="count">{t.trace.times(access.count)}</span></>}
      </p>
      {refused && (
        <p class="badge danger">
          <Icon name="ban" />
          <span>{t.trace.refused}</span>
        </p>
      )}
      {access.outcome === "unreadable" && (
        <p class="badge danger">
          <Icon name="triangle-alert" />
          <span>{t.trace.unreadable}</span>
        </p>
      )}
      {access.right && !dated && !bare && <p class="access-right">{typo(access.right)}</p>}
    </div>
  );
}
