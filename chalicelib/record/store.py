"""Rows of documents: sealed metadata, one row per unique content, incidents."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.access.gate import Unit
from chalicelib.access.store import AuthenticatedRow, KeyedRow, SessionRow
from chalicelib.core import clock, log, rows, tables
from chalicelib.core.rows import Item, Query, Row, VersionedRow, key, patient_key
from chalicelib.record import rules
from chalicelib.record.model import Author, Depositor, Document, Visibility, Withheld
from chalicelib.storage.antivirus import Verdict
from chalicelib.storage.inspect import Kind
from chalicelib.storage.names import plain_line
from chalicelib.vault import blind
from chalicelib.vault.errors import Tampered

# The sweep looks for files to delete during three hours; a day leaves it the time to be mended.
_GONE_LIFE: Final = timedelta(days=1)
_ANNOUNCED: Final = "ANNOUNCED"
# Small rows: DynamoDB ends a page at a megabyte.
_ANNOUNCED_PAGE: Final = 1000


class DocumentRow(AuthenticatedRow):
    """One document. Clear: where its file is, a blind mark of its depositor, the care date."""

    TABLE: ClassVar[str] = "record"

    depositor = UnicodeAttribute()
    blob = UnicodeAttribute()
    care_sk = UnicodeAttribute()
    sealed = BinaryAttribute(legacy_encoding=False)


class ContentRow(Row):
    """That a depositor already deposited this content: uniqueness is per depositor (D15)."""

    TABLE: ClassVar[str] = "record"

    document_id = UnicodeAttribute()


class SourceRow(Row):
    """Which document has the id that its depositor's CDA gives itself; the last one, if several.

    Once that document is withdrawn it leads to what the incident says was around it.
    """

    TABLE: ClassVar[str] = "record"

    document_id = UnicodeAttribute()


class IncidentRow(VersionedRow):
    """A document its depositor withdrew: out of every reader's sight, kept for the inquiry."""

    TABLE: ClassVar[str] = "record"

    blob = UnicodeAttribute()
    reason = UnicodeAttribute()
    withdrawn_at = UnicodeAttribute()
    sealed = BinaryAttribute(legacy_encoding=False)


class AnnouncedRow(KeyedRow):
    """That a document withheld from the person was made visible to her; it outlives the document.

    What was done to it before is in her history by this row, and so it cannot be forged.
    """

    TABLE: ClassVar[str] = "record"


class GoneRow(Row):
    """A file that its person deleted: named for a day, for the sweep to be sure that it is."""

    TABLE: ClassVar[str] = "work"

    blob = UnicodeAttribute()
    ttl = NumberAttribute()


class SeenRow(VersionedRow):
    """Up to which document a professional saw a record: what is later is new to her."""

    TABLE: ClassVar[str] = "record"

    up_to = UnicodeAttribute()


def seen_wish(pid: str, rpps: str) -> tuple[type[SeenRow], str, str]:
    """Return what to read to know what a professional saw of a record."""
    return SeenRow, patient_key(pid), key("SEEN", "PRO", rpps)


def document_key(pid: str, document_id: str) -> tuple[str, str]:
    """Return the key of a document's row."""
    return patient_key(pid), key("DOC", document_id)


def content_key(pid: str, depositor: str, sha256: str) -> tuple[str, str]:
    """Return the key that makes a content unique for a depositor, without telling the content."""
    return patient_key(pid), key("HASH", blind.blind("content", f"{depositor}|{sha256}"))


def source_key(pid: str, depositor: str, source: str) -> tuple[str, str]:
    """Return the key under which a depositor's document is found by its CDA's own id."""
    return patient_key(pid), key("SOURCE", blind.blind("source", f"{depositor}|{source}"))


def author_ref(pid: str, author: Author) -> str | None:
    """Return what stands for an author's name in a request: tells nothing, and of no other record.

    Of an author without a name, the organisation's.
    """
    name = author.name or author.organisation
    return blind.blind("author", f"{pid}|{plain_line(name).casefold()}") if name else None


def incident_key(pid: str, document_id: str) -> tuple[str, str]:
    """Return the key of a withdrawn document."""
    return patient_key(pid), key("INCIDENT", document_id)


def new_announced_row(pid: str, document_id: str) -> AnnouncedRow:
    """Make the row that says that a document was made visible to the person."""
    return AnnouncedRow(pk=patient_key(pid), sk=key(_ANNOUNCED, document_id), kind="announced")


def announced(pid: str) -> Query:
    """Return the query of the documents that were made visible to the person; consistent."""
    return Query(AnnouncedRow, patient_key(pid), prefix=f"{_ANNOUNCED}#", limit=_ANNOUNCED_PAGE)


def announced_ids(items: Iterable[Item]) -> set[str]:
    """Return which documents those are; a row that was forged is left out, and told."""
    found = set()
    for item in items:
        try:
            row = AnnouncedRow.from_raw_data(item)
        except Tampered as error:
            log.exception("announced row does not verify", error)
        else:
            found.add(row.sk.removeprefix(f"{_ANNOUNCED}#"))
    return found


def gone_row(blob: str, now: datetime) -> GoneRow:
    """Make the row that names a file to delete, under the hour in which it was."""
    name = blob.rpartition("/")[2]
    ttl = clock.epoch(now + _GONE_LIFE)
    return GoneRow(pk=_gone_key(now), sk=key("F", name), kind="gone", blob=blob, ttl=ttl)


def gone_in(moment: datetime) -> Query:
    """Return the query of the files deleted during an hour (UTC)."""
    return Query(GoneRow, _gone_key(moment), prefix="F#")


def _gone_key(moment: datetime) -> str:
    return key("GONE", moment.strftime("%Y-%m-%dT%H"))


def newest_first(pid: str, limit: int, after: Item | None) -> Query:
    """Return the query of a record's documents, last deposited first; consistent."""
    return Query(
        DocumentRow, patient_key(pid), prefix="DOC#", descending=True, limit=limit, after=after
    )


def by_care_date(
    pid: str, first: date | None, last: date | None, limit: int, after: Item | None
) -> Query:
    """Return the query of documents whose care date is between two dates, included."""
    return Query(
        DocumentRow,
        patient_key(pid),
        low=(first or date.min).isoformat(),
        high=f"{(last or date.max).isoformat()}#~",
        descending=True,
        limit=limit,
        after=after,
        index=tables.BY_CARE_DATE,
    )


def read_rows(items: list[Item]) -> list[DocumentRow]:
    """Read the rows of a page; one that was forged or altered is left out, and told."""
    found = []
    for item in items:
        try:
            found.append(DocumentRow.from_raw_data(item))
        except Tampered as error:
            log.exception("document row does not verify", error)
    return found


def read_again(keys: Iterable[tuple[str, str]]) -> list[DocumentRow]:
    """Read rows by key, consistently; those gone are left out. As `read_rows`."""
    return read_rows(rows.fetch_items([(DocumentRow, pk, sk) for pk, sk in keys]))


def new_row(unit: Unit, document: Document) -> DocumentRow:
    """Seal a new document into its row."""
    pk, sk = document_key(unit.pid, document.id)
    return DocumentRow(
        pk=pk,
        sk=sk,
        kind="document",
        depositor=unit.entry.depositor_token(),
        blob=document.blob,
        care_sk=key(document.care_date.isoformat(), document.id),
        sealed=unit.seal(_payload(document), pk, sk),
    )


def new_content_row(unit: Unit, document: Document, depositor: str | None = None) -> ContentRow:
    """Make the row that keeps a content unique for its depositor: the caller, or another."""
    pk, sk = content_key(unit.pid, depositor or _mine(unit), document.sha256)
    return ContentRow(pk=pk, sk=sk, kind="content", document_id=document.id)


def new_source_row(unit: Unit, document_id: str, source: str) -> SourceRow:
    """Make the row by which a document is found when its next version comes."""
    pk, sk = source_key(unit.pid, _mine(unit), source)
    return SourceRow(pk=pk, sk=sk, kind="source", document_id=document_id)


def changed_row(unit: Unit, row: DocumentRow, document: Document) -> DocumentRow:
    """Seal again what changed of a document, in its row, at the version read."""
    row.sealed = unit.seal(_payload(document), row.pk, row.sk)
    return row


def open_row(unit: Unit, row: DocumentRow) -> Document:
    """Open a document.

    Raises:
        Tampered: the row was altered or moved.
        Unavailable: the key service does not answer.
    """
    value = unit.open(row.sealed, row.pk, row.sk)
    author = Author(**value["author"])
    depositor, is_own = Depositor(**value["depositor"]), row.depositor == _mine(unit)
    visibility = Visibility(value.get("visibility", Visibility.NORMAL))
    replaced_by, session = value.get("replaced_by"), unit.entry.session
    behind = value.get("behind", 0)
    profession = session.profession_code if isinstance(session, SessionRow) else None
    return Document(
        id=row.sk.removeprefix("DOC#"),
        title=value["title"],
        type_code=value["type_code"],
        format=Kind(value["format"]),
        size_bytes=value["size_bytes"],
        sha256=value["sha256"],
        care_date=date.fromisoformat(value["care_date"]),
        deposited_at=clock.instant(value["deposited_at"]),
        depositor=depositor,
        author=author,
        author_ref=author_ref(unit.pid, author),
        warnings=tuple(value["warnings"]),
        antivirus=Verdict(value["antivirus"], value.get("engine")),
        blob=value["blob"],
        is_own_deposit=is_own,
        is_deletable=rules.may_delete(depositor, unit.entry.principal.kind, is_own=is_own),
        version=(row.version or 0) - behind,
        behind=behind,
        visibility=visibility,
        secret_until=value.get("secret_until"),
        stride=value.get("stride"),
        replaces=value.get("replaces"),
        replaced_by=replaced_by,
        covers=value.get("covers"),
        withheld=_withheld(value.get("withheld")),
        is_revealable=rules.may_reveal(
            visibility, profession, is_own=is_own, is_current=replaced_by is None
        ),
    )


def _withheld(value: dict[str, Any] | None) -> Withheld | None:
    if value is None:
        return None
    return Withheld(value["reason"], date.fromisoformat(value["review_on"]))


def _withheld_value(withheld: Withheld) -> dict[str, Any]:
    return {"reason": withheld.reason, "review_on": withheld.review_on.isoformat()}


def _mine(unit: Unit) -> str:
    return unit.entry.depositor_token()


def _payload(document: Document) -> dict[str, Any]:
    return {
        "title": document.title,
        "type_code": document.type_code,
        "format": document.format,
        "size_bytes": document.size_bytes,
        "sha256": document.sha256,
        "care_date": document.care_date.isoformat(),
        "deposited_at": clock.iso(document.deposited_at),
        "depositor": asdict(document.depositor),
        "author": asdict(document.author),
        "warnings": list(document.warnings),
        "antivirus": document.antivirus.verdict,
        "engine": document.antivirus.engine,
        "blob": document.blob,
        "visibility": document.visibility,
        "secret_until": document.secret_until,
        **({"stride": document.stride} if document.stride else {}),
        **({"withheld": _withheld_value(document.withheld)} if document.withheld else {}),
        **({"replaces": document.replaces} if document.replaces else {}),
        **({"replaced_by": document.replaced_by} if document.replaced_by else {}),
        **({"covers": document.covers} if document.covers else {}),
        **({"behind": document.behind} if document.behind else {}),
    }


def around_incident(unit: Unit, row: IncidentRow) -> tuple[str | None, str | None]:
    """Return the next version of a withdrawn document when it was, and the former one.

    Raises:
        Tampered, Unavailable: it does not open.
    """
    value = unit.open(row.sealed, row.pk, row.sk)
    return value.get("replaced_by"), value.get("replaces") or value.get("covers")


def new_incident(unit: Unit, document: Document, reason: str, now: datetime) -> IncidentRow:
    """Seal a withdrawn document again, in a row that no reader's query finds."""
    pk, sk = incident_key(unit.pid, document.id)
    return IncidentRow(
        pk=pk,
        sk=sk,
        kind="incident",
        blob=document.blob,
        reason=reason,
        withdrawn_at=clock.iso(now),
        sealed=unit.seal(_payload(document), pk, sk),
    )
