/** A document in a list: date first, then what, then who. */
import { me } from "../api/session";
import type { CarnetDocument } from "../api/types";
import { catalogue as t } from "../catalogue";
import { dateMedium, dateParts, parisDay } from "../lib/format";
import { typeName } from "../lib/kinds";
import { said } from "../lib/profile";
import { typo } from "../lib/typo";
import { AwaitedBadge } from "./announcement";
import { memo } from "./memo";

/** Who the person of a record is for whoever reads: oneself, or one's patient. */
export const thePerson = () =>
  me.value?.role === "professional" ? t.documents.thePatient : said(t.documents).yourself;

export function authorName(doc: CarnetDocument): string {
  if (doc.depositor.kind === "application" && doc.depositor.name) return t.documents.by(typo(doc.depositor.name));
  if (doc.author.name) return typo(doc.author.name);
  if (doc.depositor.kind === "person") return t.documents.by(thePerson());
  return typo(doc.depositor.name ?? doc.author.organisation ?? "");
}

/** What kind of document it is, in the words of whoever reads; null when its title says just that. */
export function kindOf(doc: CarnetDocument): string | null {
  const name = typeName(doc.type, me.value?.role);
  return [name, doc.type.label].includes(doc.title) ? null : name;
}

export function DateMark({ date }: { date: string }) {
  const { day, month, year } = dateParts(date);
  return (
    <time class="date-mark" dateTime={date}>
      <span class="date-day">{day}</span> <span>{month}</span> <span>{year}</span>
    </time>
  );
}

/** Under a minor's secrecy: who reads it is told, so as not to speak of it to her parents. */
export const isSecret = (doc: CarnetDocument) => doc.visibility === "invisible_to_representatives";

interface Props {
  doc: CarnetDocument;
  href: string;
  id?: string;
  current?: boolean;
  onOpen?: (id: string) => void;
}

function Body({ doc }: { doc: CarnetDocument }) {
  const day = doc.care_date;
  const added = parisDay(doc.deposited_at);
  const kind = kindOf(doc);
  return (
    <>
      <DateMark date={day} />
      <span class="row-body">
        <span class="row-title">{doc.title}</span>
        <span class="row-meta">
          {kind && <>{kind} · </>}
          {authorName(doc)}
          {added !== day && <> · {t.documents.added(dateMedium(added))}</>}
        </span>
        <AwaitedBadge doc={doc} />
        {isSecret(doc) && <span class="badge warning">{t.documents.secret}</span>}
      </span>
    </>
  );
}

/** The same line as a box to tick. */
export const PickRow = memo(function PickRow({ doc, picked, full, onPick }: {
  doc: CarnetDocument;
  picked: boolean;
  /** No other may be chosen. */
  full: boolean;
  onPick: (doc: CarnetDocument) => void;
}) {
  return (
    <label class="row pick">
      <input type="checkbox" checked={picked} disabled={full && !picked} onChange={() => onPick(doc)} />
      <Body doc={doc} />
    </label>
  );
});

export const DocumentRow = memo(function DocumentRow({ doc, href, id, current, onOpen }: Props) {
  return (
    <a
      class="row"
      id={id}
      href={href}
      aria-current={current ? "true" : undefined}
      onClick={() => onOpen?.(id ?? "")}
    >
      <Body doc={doc} />
    </a>
  );
});
