"""Rows of what is announced and not yet a document: the draft, the parts received, its end.

They are in `work`, which forgets by itself, and are never among documents (ADR 0006, 0029). Clear:
ids, a blind mark of the depositor, states, names of files; sealed: what it is, who sends, hashes.
"""

import base64
import zlib
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Final

from pynamodb.attributes import (
    BinaryAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)

from chalicelib.access.gate import Unit
from chalicelib.access.model import Refusal
from chalicelib.access.store import AuthenticatedRow, KeyedRow, SessionRow
from chalicelib.core import clock, ids, rows, tables
from chalicelib.core.errors import Conflict, Stale
from chalicelib.core.events import Event, EventType, new_event
from chalicelib.core.rows import Action, Item, Query, Row, key
from chalicelib.http.principal import ActorKind, Principal
from chalicelib.record import rules, store
from chalicelib.record.model import Draft, Visibility
from chalicelib.storage import blobs
from chalicelib.vault import blind

UPLOAD_LIFE: Final = timedelta(hours=24)
# P: why it was refused can be read for a week; then it is as if it had not been sent.
REFUSAL_LIFE: Final = timedelta(days=7)
# P: what nothing could inspect in three days is refused, whatever stops it: it may be sent again.
PROCESSING_LIFE: Final = timedelta(days=3)
# Above all of these, so that no row of one under way forgets itself.
_ROW_LIFE: Final = timedelta(days=15)
# One reading of a long document, slice by slice, is one line of the history.
READING_LIFE: Final = timedelta(minutes=10)
SHARDS: Final = 16


class State(StrEnum):
    """What became of an announcement whose content comes in parts."""

    PENDING = "pending"
    PROCESSING = "processing"
    AVAILABLE = "available"
    REFUSED = "refused"


class UploadRow(AuthenticatedRow):
    """A document announced; its sealed draft is gone once its content came, or was refused.

    While its content waits to be inspected it is in the index of what is pending.
    """

    TABLE: ClassVar[str] = "work"

    depositor = UnicodeAttribute()
    expires_at = UnicodeAttribute()
    sealed = BinaryAttribute(legacy_encoding=False, null=True)
    kept = BinaryAttribute(legacy_encoding=False, null=True)
    state = UnicodeAttribute(null=True)  # of one in parts, from its last part on
    patient = UnicodeAttribute(null=True)  # while it waits to be inspected
    pend_pk = UnicodeAttribute(null=True)
    pend_sk = UnicodeAttribute(null=True)
    ttl = NumberAttribute()

    @property
    def is_done(self) -> bool:
        """Tell whether the content came: the draft is gone."""
        return not self.sealed and self.state != State.REFUSED

    @property
    def is_processing(self) -> bool:
        """Tell whether its content waits to be inspected."""
        return self.state == State.PROCESSING


class PartRow(AuthenticatedRow):
    """A part received: where it is; sealed, its length and hash."""

    TABLE: ClassVar[str] = "work"

    blob = UnicodeAttribute()
    sealed = BinaryAttribute(legacy_encoding=False)
    ttl = NumberAttribute()


class TriesRow(Row):
    """The tries to inspect an announcement, by names of their own: which began, which ended."""

    TABLE: ClassVar[str] = "work"

    begun = UnicodeSetAttribute(null=True)
    ended = UnicodeSetAttribute(null=True)

    @property
    def lost(self) -> int:
        """Return how many workers began, and never said how it ended."""
        return len((self.begun or set()) - (self.ended or set()))


class ReadingRow(KeyedRow):
    """That the history has the line of a reading under way; `audience` is whose history."""

    TABLE: ClassVar[str] = "work"

    until = UnicodeAttribute()
    audience = UnicodeAttribute()
    ttl = NumberAttribute()


@dataclass(frozen=True, slots=True)
class Part:
    """A part received; `sha256` in hex."""

    number: int
    size_bytes: int
    sha256: str
    blob: str


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent the last part; `session` is None of software, whose client is read again."""

    principal: Principal
    session: SessionRow | None


def upload_key(document_id: str) -> tuple[str, str]:
    """Return the key of an announcement."""
    return key("UP", document_id), "UP"


def upload_wish(document_id: str) -> tuple[type[UploadRow], str, str]:
    """Return what to read to know of an announcement."""
    return UploadRow, *upload_key(document_id)


def part_wish(document_id: str, number: int) -> tuple[type[PartRow], str, str]:
    """Return what to read to know of a part."""
    return PartRow, key("UP", document_id), key("PART", f"{number:03}")


def parts_query(document_id: str) -> Query:
    """Return the query of the parts received, in order; a page holds them all."""
    return Query(PartRow, key("UP", document_id), prefix="PART#")


def part_name(document_id: str, number: int) -> str:
    """Return the name under which a part alone opens."""
    return f"{document_id}.part.{number}"


def reading_wish(
    pid: str, document_id: str, principal: Principal
) -> tuple[type[ReadingRow], str, str]:
    """Return what to read to know of a reading under way: of one document, in one session."""
    who = f"{pid}|{document_id}|{principal.kind}|{principal.id}|{principal.session}"
    return ReadingRow, key("READ", blind.blind("reading", who)), "READ"


def upload_end(document_id: str) -> datetime:
    """Return when what was announced is no longer awaited: its id says when it was."""
    return ids.ulid_instant(document_id) + UPLOAD_LIFE


def new_upload(unit: Unit, document_id: str, draft: Draft) -> UploadRow:
    """Seal what a depositor announced, until its content comes."""
    pk, sk = upload_key(document_id)
    expires_at = upload_end(document_id)
    return UploadRow(
        pk=pk,
        sk=sk,
        kind="upload",
        depositor=unit.entry.depositor_token(),
        expires_at=clock.iso(expires_at),
        sealed=unit.seal(_draft_value(unit, draft), pk, sk),
        ttl=clock.epoch(expires_at),
    )


def open_upload(unit: Unit, row: UploadRow) -> Draft:
    """Open what was announced.

    Raises:
        Tampered: the row was altered, or announced for another record.
    """
    return _draft(unit.open(bytes(row.sealed or b""), row.pk, row.sk))


def open_secrecy(unit: Unit, row: UploadRow) -> None:
    """Keep secret what is done to an announcement that is, or withheld."""
    if row.sealed and not row.state:
        draft = open_upload(unit, row)
        unit.is_secret = draft.visibility is Visibility.NOT_REPRESENTATIVES
        unit.is_withheld = draft.is_withheld
    else:
        recall(unit, row)


def keep(unit: Unit) -> None:
    """Keep apart what its depositor does, or no longer may do, to an announcement kept apart."""
    row = acted_upon(unit)
    if row is not None and row.depositor == unit.entry.depositor_token():
        open_secrecy(unit, row)


def recall(unit: Unit, row: UploadRow) -> None:
    """Keep secret, or withheld, what is done again to what was received as that."""
    kept = unit.open(bytes(row.kept), row.pk, row.sk) if row.kept else {}
    unit.is_secret, unit.is_withheld = bool(kept.get("secret")), bool(kept.get("withheld"))


def done(unit: Unit, row: UploadRow) -> UploadRow:
    """Return an announcement as kept once its content came: nothing of the draft is left.

    But whether it is secret or withheld, so that what is tried again stays so.
    """
    row.sealed = row.patient = row.pend_pk = row.pend_sk = None
    row.state = State.AVAILABLE if row.state else None
    row.kept = unit.seal(_kept_value(unit), row.pk, row.sk)
    return row


def refused(unit: Unit, row: UploadRow, why: dict[str, Any]) -> UploadRow:
    """Return an announcement whose content was refused, and why, as its problem says it."""
    row.sealed = row.patient = row.pend_pk = row.pend_sk = None
    row.state, row.ttl = State.REFUSED, clock.epoch(unit.now + REFUSAL_LIFE)
    row.kept = unit.seal(_kept_value(unit) | {"why": why}, row.pk, row.sk)
    return row


def given_up(row: UploadRow, now: datetime) -> UploadRow:
    """Return an announcement of which nothing is left, nor why; what is kept of its secrecy is."""
    row.sealed = row.patient = row.pend_pk = row.pend_sk = None
    row.state, row.ttl = State.REFUSED, clock.epoch(now + REFUSAL_LIFE)
    return row


def acted_upon(unit: Unit) -> UploadRow | None:
    """Return the announcement acted upon, if it is one and not a document."""
    wish = unit.entry.target_wish
    return unit.row(UploadRow, *wish[1:]) if wish and wish[0] is UploadRow else None


def forget(unit: Unit, version: int) -> None:
    """Forget an announcement that its depositor takes back; its parts go with the day's sweep.

    Raises:
        NotFound: there is nothing of it any more, or it never came in parts.
        Conflict: it is being inspected.
        Stale: it changed since it was read.
    """
    row = unit.target(UploadRow)
    if row.is_processing:
        raise Conflict("being-inspected")
    is_in_parts = bool(row.sealed) and rules.is_in_parts(open_upload(unit, row))
    unit.require(holds=is_in_parts or bool(why_refused(unit, row)), reason=Refusal.ABSENT)
    if row.version != version:
        raise Stale
    row.kept = unit.seal(_kept_value(unit), row.pk, row.sk)
    unit.put(given_up(row, unit.now), lost=Stale())


def why_refused(unit: Unit, row: UploadRow) -> dict[str, Any]:
    """Return why a content was refused; nothing once it was forgotten."""
    if row.state != State.REFUSED or not row.kept:
        return {}
    why: dict[str, Any] = unit.open(bytes(row.kept), row.pk, row.sk).get("why", {})
    return why


def processing(unit: Unit, row: UploadRow, draft: Draft) -> UploadRow:
    """Return an announcement all of whose parts came, and who sent them, to be inspected."""
    document_id = row.pk.removeprefix("UP#")
    session = unit.entry.session
    value = _draft_value(unit, draft) | {"sender": _sender_value(unit, session)}
    row.sealed = unit.seal(value, row.pk, row.sk)
    row.kept = unit.seal(_kept_value(unit), row.pk, row.sk)
    row.state, row.ttl = State.PROCESSING, clock.epoch(unit.now + _ROW_LIFE)
    row.patient = unit.pid
    row.pend_pk = _pending_key(zlib.crc32(document_id.encode()) % SHARDS)
    row.pend_sk = key(clock.iso(unit.now), document_id)
    return row


def open_sender(value: dict[str, Any]) -> Sender:
    """Read who sent the last part, of an announcement's opened value."""
    said = value["sender"]
    principal = Principal(
        kind=ActorKind(said["kind"]),
        id=said["id"],
        session=said["session"],
        expires_at=0,
        generation=said["generation"],
        account=said["account"],
    )
    kept = said["kept"]
    if kept is None:
        return Sender(principal, None)
    return Sender(
        principal, SessionRow(**kept | {"trace_key": base64.b64decode(kept["trace_key"])})
    )


def completed_at(row: UploadRow) -> datetime:
    """Return when the last part of what waits to be inspected came."""
    return clock.instant(str(row.pend_sk).partition("#")[0])


def waiting(shard: int, until: datetime) -> Query:
    """Return the query of what has waited to be inspected since an instant or before; pointers."""
    high = f"{clock.iso(until)}~"
    return Query(UploadRow, _pending_key(shard), low="0", high=high, index=tables.PENDING)


def sent_event(item: Item) -> Event:
    """Return what says again that all parts came, from the raw row of what waits."""
    document_id = item["pk"]["S"].removeprefix("UP#")
    return new_event(EventType.DOCUMENT_SENT, item["patient"]["S"], document_id)


def tries_wish(document_id: str) -> tuple[type[TriesRow], str, str]:
    """Return what to read to know of the tries to inspect an announcement."""
    return TriesRow, key("UP", document_id), "TRIES"


def note_try(document_id: str, name: str, *, how: str) -> Action:
    """Return the update that notes that a try `begun`, or `ended` in order; repeatable."""
    model, pk, sk = tries_wish(document_id)
    return {
        "Update": {
            "TableName": rows.table_name(model.TABLE),
            "Key": {"pk": {"S": pk}, "sk": {"S": sk}},
            "UpdateExpression": "ADD #h :name SET #k = :kind, #t = :ttl",
            "ExpressionAttributeNames": {"#h": how, "#k": "kind", "#t": "ttl"},
            "ExpressionAttributeValues": {
                ":name": {"SS": [name]},
                ":kind": {"S": "tries"},
                ":ttl": {"N": str(clock.epoch(clock.now() + _ROW_LIFE))},
            },
        }
    }


def new_part(unit: Unit, document_id: str, number: int, content: bytes, sha256: str) -> PartRow:
    """Make the row of a part, under a name of its own."""
    _, pk, sk = part_wish(document_id, number)
    return PartRow(
        pk=pk,
        sk=sk,
        kind="part",
        blob=blobs.new_part_name(unit.pid, document_id, unit.now),
        sealed=unit.seal({"size_bytes": len(content), "sha256": sha256}, pk, sk),
        ttl=clock.epoch(upload_end(document_id) + _ROW_LIFE),
    )


def open_part(unit: Unit, row: PartRow) -> Part:
    """Open what is known of a part.

    Raises:
        Tampered: the row was altered or moved.
    """
    value = unit.open(row.sealed, row.pk, row.sk)
    number = int(row.sk.removeprefix("PART#"))
    return Part(number, value["size_bytes"], value["sha256"], row.blob)


def open_parts(unit: Unit) -> tuple[list[Part], list[PartRow]]:
    """Open the parts received, of the page read on entering."""
    found = [PartRow.from_raw_data(item) for item in unit.pages[0].items]
    return [open_part(unit, row) for row in found], found


def new_reading(unit: Unit, document_id: str) -> ReadingRow:
    """Make the row that says that a reading begins, in the transaction of its line."""
    _, pk, sk = reading_wish(unit.pid, document_id, unit.entry.principal)
    until = unit.now + READING_LIFE
    return ReadingRow(
        pk=pk,
        sk=sk,
        kind="reading",
        until=clock.iso(until),
        audience=_audience(unit),
        ttl=clock.epoch(until),
    )


def is_read_on(unit: Unit, row: ReadingRow | None) -> bool:
    """Tell whether the same history already has the line of this reading."""
    return row is not None and clock.iso(unit.now) < row.until and row.audience == _audience(unit)


def all_part_wishes(document_id: str) -> list[tuple[type[PartRow], str, str]]:
    """Return the keys of every part that a document may have."""
    return [part_wish(document_id, number) for number in range(1, rules.MOST_PARTS + 1)]


def _audience(unit: Unit) -> str:
    if unit.is_withheld:
        return "withheld"
    return "minor" if unit.is_secret else "general"


def _kept_value(unit: Unit) -> dict[str, Any]:
    return {"secret": unit.is_secret, "withheld": unit.is_withheld}


def _pending_key(shard: int) -> str:
    return key("INGEST", str(shard))


def _sender_value(unit: Unit, session: object) -> dict[str, Any]:
    principal = unit.entry.principal
    kept = None
    if isinstance(session, SessionRow):
        names = ("uid", "generation", "rpps", "name", "profession_code", "profession")
        kept = {
            name: getattr(session, name) for name in (*names, "organisation", "organisation_id")
        }
        kept["trace_key"] = base64.b64encode(bytes(session.trace_key)).decode()
    return {
        "kind": principal.kind,
        "id": principal.id,
        "session": principal.session,
        "generation": principal.generation,
        "account": principal.account,
        "kept": kept,
    }


def _draft_value(unit: Unit, draft: Draft) -> dict[str, Any]:
    return asdict(draft) | {
        "care_date": draft.care_date.isoformat() if draft.care_date else None,
        "patient": unit.pid,
    }


def _draft(value: dict[str, Any]) -> Draft:
    value.pop("patient")  # the vault has checked it: another record's key does not open it
    value.pop("sender", None)
    if value["care_date"]:
        value["care_date"] = date.fromisoformat(value["care_date"])
    if value.get("visibility"):
        value["visibility"] = Visibility(value["visibility"])
    return Draft(**value)


def draft_of(value: dict[str, Any]) -> Draft:
    """Read the draft of an announcement's opened value."""
    return _draft(dict(value))


def forget_parts(unit: Unit, parts: list[PartRow]) -> None:
    """Remove the rows of parts, and name their files for the sweep to be sure that they go."""
    for row in parts:
        unit.write(rows.forget(row))
        unit.write(rows.replace(store.gone_row(row.blob, unit.now)))
