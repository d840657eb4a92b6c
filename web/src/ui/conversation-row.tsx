/** A conversation in a list: date first, then with whom, then about what and where it stands. */
import type { ConversationLine } from "../api/types";
import { messageWords as t } from "../catalogue/messages";
import { parisDay } from "../lib/format";
import { typo } from "../lib/typo";
import { isUnread } from "../lib/unread";
import { DateMark } from "./document-row";
import { Icon } from "./icon";
import { memo } from "./memo";

type Side = "patient" | "professional";

/** Who is on the other side, for whoever reads. */
export const otherName = (of: ConversationLine, side: Side) =>
  typo(side === "patient" ? of.correspondent.name : of.patient_name);

/** « Médecin, Cabinet des Tilleuls » */
export const roleOf = (of: { profession: string | null; organisation: string | null; name: string }) =>
  [of.profession, of.organisation]
    .filter((part) => part && part !== of.name)
    .map((part) => typo(part ?? ""))
    .join(", ");

function State({ of }: { of: ConversationLine }) {
  return (
    <span class="row-badges">
      {isUnread(of) && (
        <span class="badge">
          <Icon name="mail" />
          <span>{t.unread}</span>
        </span>
      )}
      <span class="row-state">
        <Icon name={of.status === "closed" ? "lock" : "message-square"} />
        <span>{of.status === "closed" ? t.closed : t.open}</span>
      </span>
    </span>
  );
}

export const ConversationRow = memo(function ConversationRow({ of, side, href, id, onOpen }: {
  of: ConversationLine;
  side: Side;
  href: string;
  id: string;
  onOpen: (id: string) => void;
}) {
  const role = side === "patient" ? roleOf(of.correspondent) : "";
  return (
    <a class={isUnread(of) ? "row unread" : "row"} id={id} href={href} onClick={() => onOpen(id)}>
      <DateMark date={parisDay(of.last_at)} />
      <span class="row-body">
        <span class="row-title">{otherName(of, side)}</span>
        {role && <span class="row-meta">{role}</span>}
        {of.subject && <span>{of.subject}</span>}
        <State of={of} />
      </span>
    </a>
  );
});
