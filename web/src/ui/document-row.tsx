/** A document in a list: date first, then what, then who. */
import type { CarnetDocument } from "../api/types";
import { catalogue as t } from "../catalogue";
import { dateMedium, dateParts, parisDay } from "../lib/format";
import { typo } from "../lib/typo";
import { memo } from "./memo";

/** The day a reader looks for: that of the care, else that of the deposit. */
export const documentDay = (doc: CarnetDocument) => doc.care_date ?? parisDay(doc.deposited_at);

export function authorName(doc: CarnetDocument): string {
  if (doc.author?.name) return typo(doc.author.name);
  return doc.depositor.kind === "person" ? t.documents.byMe : typo(doc.depositor.name);
}

export function DateMark({ date }: { date: string }) {
  const { day, month, year } = dateParts(date);
  return (
    <time class="date-mark" dateTime={date}>
      <span class="date-day">{day}</span> <span>{month}</span> <span>{year}</span>
    </time>
  );
}

interface Props {
  doc: CarnetDocument;
  href: string;
  id?: string;
  current?: boolean;
  onOpen?: (id: string) => void;
}

export const DocumentRow = memo(function DocumentRow({ doc, href, id, current, onOpen }: Props) {
  const day = documentDay(doc);
  const added = parisDay(doc.deposited_at);
  return (
    <a
      class="row"
      id={id}
      href={href}
      aria-current={current ? "true" : undefined}
      onClick={() => onOpen?.(id ?? "")}
    >
      <DateMark date={day} />
      <span class="row-body">
        <span class="row-title">{doc.title}</span>
        <span class="row-meta">
          {doc.type.label !== doc.title && <>{typo(doc.type.label)} · </>}
          {authorName(doc)}
          {added !== day && <> · {t.documents.added(dateMedium(added))}</>}
        </span>
      </span>
    </a>
  );
});
