"""Rows of notices: one per event and recipient, claimed by condition before anything is sent.

While a notice may still be tried, its row is in the `retry` index, under the instant from which it
may; so a sender that died, or a provider that was down, is found without reading the table.
"""

import zlib
from datetime import datetime
from typing import ClassVar, Final

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.core import clock, rows, tables
from chalicelib.core.events import Event, EventType
from chalicelib.core.rows import Query, Row, VersionedRow, key
from chalicelib.notifications.model import Status
from chalicelib.notifications.rules import ROW_LIFE

SHARDS: Final = 16


class NoticeRow(VersionedRow):
    """How far telling one event to one recipient went."""

    TABLE: ClassVar[str] = "work"

    event_id = UnicodeAttribute()
    type = UnicodeAttribute(null=True)
    patient_id = UnicodeAttribute(null=True)
    reference = UnicodeAttribute(null=True)
    recipient = UnicodeAttribute()
    status = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    attempts = NumberAttribute()
    created_at = UnicodeAttribute()
    changed_at = UnicodeAttribute()
    retry_pk = UnicodeAttribute(null=True)
    retry_sk = UnicodeAttribute(null=True)
    ttl = NumberAttribute()


class WindowRow(VersionedRow):
    """What was last told of one appointment or conversation, and until when what follows waits."""

    TABLE: ClassVar[str] = "work"

    told = UnicodeAttribute()
    latest = UnicodeAttribute()
    until = UnicodeAttribute()
    ttl = NumberAttribute()


class InboxRow(Row):
    """One notice of a record; `is_gone` once it was deleted, `by` as in its event."""

    TABLE: ClassVar[str] = "work"

    type = UnicodeAttribute()
    reference = UnicodeAttribute()
    by = UnicodeAttribute(null=True)
    is_gone = BooleanAttribute(null=True)
    ttl = NumberAttribute()


class InboxMarkRow(VersionedRow):
    """Up to which notice a record's centre was read, and up to which it was emptied."""

    TABLE: ClassVar[str] = "work"

    read_up_to = UnicodeAttribute(null=True)
    gone_up_to = UnicodeAttribute(null=True)
    ttl = NumberAttribute()


def notice_key(event_id: str, recipient: str) -> tuple[str, str]:
    """Return the key of a notice."""
    return key("N", f"{event_id}.{recipient}"), "N"


def window_key(event: Event) -> tuple[str, str]:
    """Return the key of what was last told of the thing an event is about."""
    return key("TOLDOF", event.patient_id), event.reference


def inbox_key(pid: str, event_id: str) -> tuple[str, str]:
    """Return the key of a notice."""
    return key("NTC", pid), event_id


def inbox_mark_key(pid: str) -> tuple[str, str]:
    """Return the key of the marks of a record's centre."""
    return key("NTC", pid), "MARK"


def find(event_id: str, recipient: str) -> NoticeRow | None:
    """Read a notice, consistently."""
    return rows.get(NoticeRow, *notice_key(event_id, recipient))


def new_notice(event: Event, recipient: str, now: datetime) -> NoticeRow:
    """Make the row of a notice nobody has tried to send."""
    row = _new_row(event.id, recipient, now)
    row.type, row.patient_id, row.reference = event.type, event.patient_id, event.reference
    return row


def event_of(row: NoticeRow) -> Event:
    """Read the event a notice is about."""
    return Event(row.event_id, EventType(row.type), row.patient_id or "", row.reference or "")


def next_at(row: NoticeRow) -> datetime | None:
    """Return the instant from which a notice may be tried, or None if it never was."""
    return clock.instant(row.retry_sk.partition("#")[0]) if row.retry_sk else None


def try_until(row: NoticeRow, until: datetime, now: datetime) -> None:
    """Count one more attempt and take the notice for oneself until an instant.

    Raises:
        ConditionLost: somebody else took it first.
        StoreUnavailable: no clear answer; do not send.
    """
    row.attempts += 1
    wait(row, until, now, reason=None)


def wait(row: NoticeRow, until: datetime, now: datetime, *, reason: str | None) -> None:
    """Leave a notice alone until an instant. Raises as `try_until`."""
    shard = zlib.crc32(row.event_id.encode()) % SHARDS
    row.retry_pk = key("RETRY", str(shard))
    row.retry_sk = key(clock.iso(until), f"{row.event_id}.{row.recipient}")
    _save(row, Status.REQUESTED, reason, now)


def finish(row: NoticeRow, status: Status, now: datetime, *, reason: str | None = None) -> None:
    """Write the end of a notice, which leaves the index. Raises as `try_until`."""
    row.retry_pk = row.retry_sk = None
    _save(row, status, reason, now)


def keep_failure(message_id: str, reason: str, now: datetime) -> None:
    """Write why a message is given up, before the queue puts it aside (R16); the last one stays.

    Raises:
        StoreUnavailable: the reason is in the log only.
    """
    row = find(message_id, UNDELIVERED) or _new_row(message_id, UNDELIVERED, now)
    finish(row, Status.FAILED, now, reason=reason)


UNDELIVERED: Final = "undelivered"


def due(shard: int, now: datetime) -> Query:
    """Return the query of pointers to the notices that may be tried now."""
    return Query(
        NoticeRow, key("RETRY", str(shard)), low="0", high=f"{clock.iso(now)}~", index=tables.RETRY
    )


def _new_row(event_id: str, recipient: str, now: datetime) -> NoticeRow:
    pk, sk = notice_key(event_id, recipient)
    return NoticeRow(
        pk=pk,
        sk=sk,
        kind="notice",
        event_id=event_id,
        recipient=recipient,
        status=Status.REQUESTED,
        attempts=0,
        created_at=clock.iso(now),
        changed_at=clock.iso(now),
        ttl=clock.epoch(now + ROW_LIFE),
    )


def _save(row: NoticeRow, status: Status, reason: str | None, now: datetime) -> None:
    row.status, row.reason, row.changed_at = status, reason, clock.iso(now)
    rows.write([rows.put(row)])
    row.version = (row.version or 0) + 1
