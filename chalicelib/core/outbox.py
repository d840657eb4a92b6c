"""The outbox: events written in the same transaction as what they announce (no dual write).

The stream of the `work` table carries new rows to the relay; the `pending` index lets a sweep find
those the stream lost. Rows forget themselves after a week.
"""

import zlib
from datetime import datetime, timedelta
from typing import ClassVar, Final

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.core import clock
from chalicelib.core.events import Event, EventType
from chalicelib.core.rows import Action, Row, key, table_name

SHARDS: Final = 16
_LIFE: Final = timedelta(days=7)


class OutboxRow(Row):
    """One event waiting to be relayed; it leaves the index when it was."""

    TABLE: ClassVar[str] = "work"

    event_id = UnicodeAttribute()
    type = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    reference = UnicodeAttribute()
    by = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute()
    pend_pk = UnicodeAttribute(null=True)
    pend_sk = UnicodeAttribute(null=True)
    ttl = NumberAttribute()


def outbox_row(event: Event, now: datetime) -> OutboxRow:
    """Make the row of an event."""
    shard = zlib.crc32(event.id.encode()) % SHARDS
    return OutboxRow(
        pk=key("EV", event.id),
        sk="EV",
        kind="event",
        event_id=event.id,
        type=event.type,
        patient_id=event.patient_id,
        reference=event.reference,
        by=event.by,
        created_at=clock.iso(now),
        pend_pk=key("PEND", str(shard)),
        pend_sk=key(clock.iso(now), event.id),
        ttl=clock.epoch(now + _LIFE),
    )


def event_of(row: OutboxRow) -> Event:
    """Read the event in a row."""
    return Event(row.event_id, EventType(row.type), row.patient_id, row.reference, row.by)


def relayed(event_id: str) -> Action:
    """Return the update that takes an event out of the index, once it is relayed; repeatable."""
    return {
        "Update": {
            "TableName": table_name(OutboxRow.TABLE),
            "Key": {"pk": {"S": key("EV", event_id)}, "sk": {"S": "EV"}},
            "UpdateExpression": "REMOVE pend_pk, pend_sk",
            "ConditionExpression": "attribute_exists(pk)",  # never bring back a forgotten row
        }
    }
