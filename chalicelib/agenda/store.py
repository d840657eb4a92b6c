"""Rows of appointments: sealed, but for their instant and a blind mark of who set them."""

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute

from chalicelib.access.entry import depositor_token
from chalicelib.access.gate import Unit
from chalicelib.access.store import AuthenticatedRow, FeedsRow, feeds_key
from chalicelib.access.tokens import Link
from chalicelib.agenda import rules, times
from chalicelib.agenda.model import (
    Appointment,
    Author,
    Detail,
    Details,
    Feed,
    LinkAuthor,
    Notice,
    Slot,
)
from chalicelib.core import clock, ids, log, rows, tables
from chalicelib.core.rows import Item, Query, key, patient_key
from chalicelib.http.principal import ActorKind, Principal
from chalicelib.vault import blind
from chalicelib.vault.errors import Tampered

# The longest appointment, and an hour that clocks may add to it.
_LONGEST: Final = timedelta(days=rules.MAX_DAYS + 1)
_FIRST: Final = "0"
_LAST: Final = "~"


class EventRow(AuthenticatedRow):
    """One appointment. Clear: when it begins, in UTC, and a blind mark of who set it."""

    TABLE: ClassVar[str] = "record"

    depositor = UnicodeAttribute()
    agenda_sk = UnicodeAttribute()
    sealed = BinaryAttribute(legacy_encoding=False)


def event_key(pid: str, appointment_id: str) -> tuple[str, str]:
    """Return the key of an appointment."""
    return patient_key(pid), key("EVT", appointment_id)


def new_id(principal: Principal, pid: str, identifier: str | None) -> str:
    """Return the id of a new appointment: of one that its author names, always the same.

    It tells nothing of the name, and no other author's gives it.
    """
    if identifier is None:
        return ids.new_id()
    token = blind.blind("appointment", f"{depositor_token(pid, principal)}|{identifier}")
    return ids.from_hash(hashlib.sha256(token.encode()).digest())


def between(
    pid: str,
    first: datetime | None,
    last: datetime | None,
    limit: int,
    *,
    descending: bool = False,
    after: Item | None = None,
) -> Query:
    """Return the query of what may be under way between two instants (None: open)."""
    return Query(
        EventRow,
        patient_key(pid),
        low=clock.iso(first - _LONGEST) if first else _FIRST,
        high=f"{clock.iso(last)}{_LAST}" if last else _LAST,
        descending=descending,
        limit=limit,
        after=after,
        index=tables.AGENDA,
    )


def named(pid: str, appointment_ids: Iterable[str]) -> list[EventRow]:
    """Read the rows of appointments known by their ids; those gone or altered are left out."""
    keys = [(EventRow, *event_key(pid, known)) for known in appointment_ids]
    return read_rows(rows.fetch_items(keys))


def read_rows(items: Iterable[Item]) -> list[EventRow]:
    """Read the rows of a page; those altered are left out, and told to the operator."""
    found = []
    for item in items:
        try:
            found.append(EventRow.from_raw_data(item))
        except Tampered as error:
            log.exception("appointment row does not verify", error)
    return found


def is_person(unit: Unit) -> bool:
    """Tell whether it is the person who acts; the gate has checked that it is her record."""
    return unit.entry.principal.kind is ActorKind.PERSON


def new_row(unit: Unit, appointment: Appointment) -> EventRow:
    """Seal a new appointment into its row."""
    pk, sk = event_key(unit.pid, appointment.id)
    row = EventRow(pk=pk, sk=sk, kind="appointment", depositor=unit.entry.depositor_token())
    return changed(unit, row, appointment)


def changed(unit: Unit, row: EventRow, appointment: Appointment) -> EventRow:
    """Seal what an appointment becomes into its row."""
    row.agenda_sk = key(clock.iso(times.start_at(appointment.details.slot)), appointment.id)
    row.sealed = unit.seal(_payload(appointment), row.pk, row.sk)
    return row


def open_row(unit: Unit, row: EventRow) -> Appointment:
    """Open an appointment.

    Raises:
        Tampered: the row was altered or moved.
        Unavailable: the key service does not answer.
    """
    value = unit.open(row.sealed, row.pk, row.sk)
    author, version = Author(**value["author"]), row.version or 0
    # Rows written before these were counted say neither.
    revision = int(value.get("revision", version))
    return Appointment(
        id=row.sk.removeprefix("EVT#"),
        details=_details(value["details"]),
        author=author,
        created_at=clock.instant(value["created_at"]),
        changed_at=clock.instant(value["changed_at"]),
        is_own=_is_own(unit, row, author),
        version=version if is_person(unit) else revision,
        revision=revision,
        is_chosen=value.get("is_chosen", author.kind == ActorKind.PERSON),
        link_by=_link_author(value.get("link_by")),
    )


def _link_author(value: dict[str, Any] | None) -> LinkAuthor | None:
    return LinkAuthor(Author(**value["author"]), value["mark"]) if value else None


def _is_own(unit: Unit, row: EventRow, author: Author) -> bool:
    """Tell whether it is the reader's to change: a family's own appointments are each one's."""
    is_of_family = is_person(unit) and author.kind == ActorKind.PERSON
    return is_of_family or row.depositor == unit.entry.depositor_token()


def version_of(unit: Unit, row: EventRow) -> int:
    """Return the version that the reader knows; the person's own is told without opening.

    Raises as `open_row`.
    """
    return row.version or 0 if is_person(unit) else open_row(unit, row).version


def is_planned(unit: Unit, row: EventRow) -> bool:
    """Tell whether it was set for something recommended; of an altered one nothing is known."""
    try:
        return open_row(unit, row).details.recommendation is not None
    except Tampered as error:
        log.exception("appointment does not open", error, patient=unit.pid)
        return False


def _payload(appointment: Appointment) -> dict[str, Any]:
    details = asdict(appointment.details)
    for name in ("start", "end"):
        details["slot"][name] = details["slot"][name].isoformat()
    return {
        "details": details,
        "author": asdict(appointment.author),
        "created_at": clock.iso(appointment.created_at),
        "changed_at": clock.iso(appointment.changed_at),
        "revision": appointment.revision,
        "is_chosen": appointment.is_chosen,
        "link_by": asdict(appointment.link_by) if appointment.link_by else None,
    }


def _details(value: dict[str, Any]) -> Details:
    slot = value["slot"]
    slot |= {name: datetime.fromisoformat(slot[name]) for name in ("start", "end")}
    return Details(
        title=value["title"],
        slot=Slot(**slot),
        place=value["place"],
        note=value["note"],
        link=value["link"],
        reminders=tuple(value["reminders"]),
        warnings=tuple(map(Notice, value["warnings"])),
        recommendation=value.get("recommendation"),
        identifier=value.get("identifier"),
    )


def seal_link(unit: Unit, link: Link) -> bytes:
    """Seal the secret of a link, for its own feed of this record."""
    pk, sk = feeds_key(unit.pid)
    return unit.seal({"secret": link.secret}, pk, key(sk, link.feed_id))


def open_link(unit: Unit, feed: Feed) -> Link:
    """Open the secret of a link.

    Raises:
        Tampered: it was altered, or is another feed's.
        Unavailable: the key service does not answer.
    """
    pk, sk = feeds_key(unit.pid)
    return Link(unit.pid, feed.id, unit.open(feed.sealed, pk, key(sk, feed.id))["secret"])


def feeds_of(row: FeedsRow | None) -> list[Feed]:
    """Read the calendar links of a record."""
    return [
        Feed(
            id=value["id"],
            detail=Detail(value["detail"]),
            created_at=clock.instant(value["created_at"]),
            last_read_at=clock.instant(value["last_read_at"]) if value["last_read_at"] else None,
            # Links made before these were kept open nothing any more.
            proof=value.get("proof", ""),
            sealed=base64.b64decode(value.get("sealed", "")),
        )
        for value in (row.feeds if row else [])
    ]


def feeds_row(unit: Unit, feeds: list[Feed], version: int | None) -> FeedsRow:
    """Make the row of a record's calendar links, to follow the version read (None: none)."""
    settings = unit.entry.settings
    if settings is None:
        raise LookupError("the space is not open")
    pk, sk = feeds_key(unit.pid)
    values = [
        {
            "id": feed.id,
            "detail": feed.detail,
            "created_at": clock.iso(feed.created_at),
            "last_read_at": clock.iso(feed.last_read_at) if feed.last_read_at else None,
            "proof": feed.proof,
            "sealed": base64.b64encode(feed.sealed).decode(),
        }
        for feed in feeds
    ]
    return rows.at_version(
        FeedsRow(pk=pk, sk=sk, kind="feeds", feeds=values, trace_key=bytes(settings.trace_key)),
        version,
    )
