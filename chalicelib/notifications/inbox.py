"""The notice centre of a record: what happened, by ids; words are made when it is read (R-NOT-03).

Rows forget themselves after ninety days. A notice that was deleted leaves its row until then, so
that an event delivered again does not bring it back; deleting all is one mark, however many there
are. A row holds ids and a word of ours: forged, it could only show one of our sentences, or
nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from chalicelib.access.entry import Wanted
from chalicelib.access.gate import Unit
from chalicelib.core import clock, ids, rows
from chalicelib.core.events import Event, EventType
from chalicelib.core.rows import ConditionLost, Item, Page, Query, key
from chalicelib.notifications.store import InboxMarkRow, InboxRow, inbox_key, inbox_mark_key

LIFE: Final = timedelta(days=90)
_PAGE: Final = 100
_TYPES: Final = frozenset(EventType)


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice; `id` is its event's, so it sorts by time."""

    id: str
    at: datetime
    type: EventType
    reference: str
    is_read: bool


def mark_wish(pid: str) -> Wanted:
    """Return what to name on entering the gate, to tell what was read."""
    return (InboxMarkRow, *inbox_mark_key(pid))


def newest_first(pid: str, after: Item | None = None, limit: int = _PAGE) -> Query:
    """Return the query of a record's notices, the last first; consistent. Marks are not in it."""
    return Query(
        InboxRow, key("NTC", pid), low="0", high="8", descending=True, limit=limit, after=after
    )


def keep(event: Event) -> None:
    """Put an event into the centre of its record, once, however often it is delivered.

    Raises:
        StoreUnavailable: to be done again.
    """
    pk, sk = inbox_key(event.patient_id, event.id)
    row = InboxRow(
        pk=pk,
        sk=sk,
        kind="inbox",
        type=event.type,
        reference=event.reference,
        by=event.by,
        ttl=clock.epoch(ids.ulid_instant(event.id) + LIFE),
    )
    try:
        rows.write([rows.put(row)])
    except ConditionLost:
        return


def notices(unit: Unit, query: Query, page: Page, limit: int) -> tuple[list[Notice], Item | None]:
    """Return notices of a page, of later ones until there are `limit`, and where to go on."""
    mark = unit.row(InboxMarkRow, *inbox_mark_key(unit.pid))
    read, gone = (mark.read_up_to or "", mark.gone_up_to or "") if mark else ("", "")
    found: list[Notice] = []
    while True:
        for row in map(InboxRow.from_raw_data, page.items):
            if row.sk <= gone:
                return found, None
            if not row.is_gone and row.type in _TYPES:
                if len(found) == limit:
                    last = dict(zip(("pk", "sk"), inbox_key(unit.pid, found[-1].id), strict=True))
                    return found, {name: {"S": value} for name, value in last.items()}
                found.append(_notice(row, is_read=row.sk <= read or _is_own(unit, row)))
        if page.last_key is None:
            return found, None
        page = rows.query(rows.following(query, page.last_key))


def unread(unit: Unit, page: Page) -> int:
    """Return how many notices of the newest page were not read."""
    mark = unit.row(InboxMarkRow, *inbox_mark_key(unit.pid))
    seen = max(mark.read_up_to or "", mark.gone_up_to or "") if mark else ""
    found = map(InboxRow.from_raw_data, page.items)
    new = (row for row in found if row.sk > seen and not _is_own(unit, row))
    return sum(not row.is_gone and row.type in _TYPES for row in new)


def mark_read(unit: Unit, event_id: str) -> None:
    """Mark as read every notice up to one; never back."""
    row = _mark(unit)
    row.read_up_to = max(row.read_up_to or "", event_id)
    unit.put(row)


def empty(unit: Unit, event_id: str) -> None:
    """Delete every notice up to one."""
    row = _mark(unit)
    row.gone_up_to = max(row.gone_up_to or "", event_id)
    unit.put(row)


def set_gone(unit: Unit, row: InboxRow, *, is_gone: bool) -> None:
    """Delete one notice, or take that back."""
    row.is_gone = is_gone
    unit.write(rows.replace(row))


def _mark(unit: Unit) -> InboxMarkRow:
    pk, sk = inbox_mark_key(unit.pid)
    row = unit.row(InboxMarkRow, pk, sk) or InboxMarkRow(pk=pk, sk=sk, kind="inbox_mark")
    row.ttl = clock.epoch(unit.now + LIFE)
    return row


def _is_own(unit: Unit, row: InboxRow) -> bool:
    """Tell whether it is of what the reader did herself: never new to her, and to others it is."""
    return row.by is not None and row.by == unit.entry.principal.id


def _notice(row: InboxRow, *, is_read: bool) -> Notice:
    return Notice(
        id=row.sk,
        at=ids.ulid_instant(row.sk),
        type=EventType(row.type),
        reference=row.reference,
        is_read=is_read,
    )
