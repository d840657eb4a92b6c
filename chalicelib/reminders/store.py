"""Rows of reminders: one per subject and what is left of it, and one due row for its next instant.

Only the row of the reminder is believed: a due row is a pointer, may be forged or out of date, and
is dropped when the reminder does not say the same. So whoever moves or cancels a reminder leaves
the old due row where it is; the worker removes it when its time comes.
"""

from datetime import date, datetime, time
from typing import ClassVar, Final

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)

from chalicelib.access.store import AuthenticatedRow
from chalicelib.core import clock, rows
from chalicelib.core.rows import Action, Item, Query, Row, VersionedRow, key, patient_key
from chalicelib.reminders import rules
from chalicelib.reminders.model import MAX_A_DAY, Preferences, Reminder, Source


class ReminderRow(AuthenticatedRow):
    """What is still to come for one subject; there is no row once nothing is."""

    TABLE: ClassVar[str] = "record"

    source = UnicodeAttribute()
    at = JSONAttribute()
    next_at = UnicodeAttribute()
    event_at = UnicodeAttribute(null=True)


class DayCountRow(AuthenticatedRow):
    """How many reminders a record has on each day to come."""

    TABLE: ClassVar[str] = "record"

    days = JSONAttribute()


class PreferencesRow(AuthenticatedRow):
    """What a person chose: her zone, her quiet hours, the mails she wants."""

    TABLE: ClassVar[str] = "record"

    zone = UnicodeAttribute()
    quiet_from = UnicodeAttribute()
    quiet_until = UnicodeAttribute()
    mail_document = BooleanAttribute()
    mail_appointment = BooleanAttribute()
    mail_prevention = BooleanAttribute()
    # Absent of rows written before there were messages.
    mail_message = BooleanAttribute(null=True)
    # Absent of rows written before one could refuse: nothing was refused.
    remind_vaccination = BooleanAttribute(null=True)
    remind_screening = BooleanAttribute(null=True)
    hidden_cards = JSONAttribute(null=True)


class DueRow(Row):
    """That a reminder is due at an instant; `reason` once it failed for good."""

    TABLE: ClassVar[str] = "work"

    patient_id = UnicodeAttribute()
    subject_id = UnicodeAttribute()
    due = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    failed_at = UnicodeAttribute(null=True)
    ttl = NumberAttribute()


class ToldRow(Row):
    """How many reminders of appointments somebody was told on one civil day of hers."""

    TABLE: ClassVar[str] = "work"

    told = NumberAttribute()
    ttl = NumberAttribute()


class HeadRow(VersionedRow):
    """The oldest bucket that is not finished."""

    TABLE: ClassVar[str] = "work"

    bucket = UnicodeAttribute()


class TickRow(Row):
    """The shards of a bucket that are finished."""

    TABLE: ClassVar[str] = "work"

    shards = UnicodeSetAttribute()
    ttl = NumberAttribute()


HEAD_KEY: Final = ("TICK", "HEAD")


def reminder_key(pid: str, subject_id: str) -> tuple[str, str]:
    """Return the key of a reminder."""
    return patient_key(pid), key("REM", subject_id)


def day_count_key(pid: str) -> tuple[str, str]:
    """Return the key of a record's reminders per day."""
    return patient_key(pid), "REMDAYS"


def told_key(pid: str, day: date) -> tuple[str, str]:
    """Return the key of how many reminders somebody was told on a day."""
    return key("TOLD", pid), day.isoformat()


def preferences_key(pid: str) -> tuple[str, str]:
    """Return the key of a person's preferences."""
    return patient_key(pid), "PREFERENCES"


def preferences_wish(pid: str) -> tuple[type[PreferencesRow], str, str]:
    """Return what to name on entering the gate, to read a person's preferences on the way."""
    return (PreferencesRow, *preferences_key(pid))


def reminder_row(pid: str, subject_id: str, reminder: Reminder, version: int | None) -> ReminderRow:
    """Make the row of a reminder, to follow the version read (None: there was none)."""
    pk, sk = reminder_key(pid, subject_id)
    at = [clock.iso(one) for one in reminder.at]
    return rows.at_version(
        ReminderRow(
            pk=pk,
            sk=sk,
            kind="reminder",
            source=reminder.source,
            at=at,
            next_at=at[0],
            event_at=clock.iso(reminder.event_at) if reminder.event_at else None,
        ),
        version,
    )


def reminder_of(row: ReminderRow) -> Reminder:
    """Read a reminder from its row."""
    return Reminder(
        source=Source(row.source),
        at=tuple(clock.instant(one) for one in row.at),
        event_at=clock.instant(row.event_at) if row.event_at else None,
    )


def due_row(pid: str, subject_id: str, due: datetime) -> DueRow:
    """Make the row that waits for an instant."""
    return DueRow(
        pk=key("DUE", rules.bucket_of(due), rules.shard_of(pid)),
        sk=key(clock.iso(due), pid, subject_id),
        kind="due",
        patient_id=pid,
        subject_id=subject_id,
        due=clock.iso(due),
        ttl=clock.epoch(due + rules.ROW_LIFE),
    )


def due_of(item: Item) -> DueRow | None:
    """Read a due row; None if it is none that `due_row` makes: its key and what it says agree."""
    try:
        row = DueRow.from_raw_data(item)
        made = due_row(row.patient_id, row.subject_id, clock.instant(row.due))
        if row.failed_at is not None:
            clock.instant(row.failed_at)
    except (AttributeError, TypeError, ValueError):
        return None
    return row if (made.pk, made.sk) == (row.pk, row.sk) else None


def day_count_row(pid: str, days: dict[date, int], version: int | None) -> DayCountRow:
    """Make the row of a record's reminders per day, to follow the version read."""
    pk, sk = day_count_key(pid)
    text = {day.isoformat(): count for day, count in days.items()}
    return rows.at_version(DayCountRow(pk=pk, sk=sk, kind="reminder_days", days=text), version)


def days_of(row: DayCountRow | None) -> dict[date, int]:
    """Read how many reminders each day has."""
    return {date.fromisoformat(day): int(n) for day, n in row.days.items()} if row else {}


def preferences_row(pid: str, chosen: Preferences, version: int | None) -> PreferencesRow:
    """Make the row of a person's preferences, to follow the version read."""
    pk, sk = preferences_key(pid)
    return rows.at_version(
        PreferencesRow(
            pk=pk,
            sk=sk,
            kind="preferences",
            zone=chosen.zone,
            quiet_from=chosen.quiet_from.isoformat("minutes"),
            quiet_until=chosen.quiet_until.isoformat("minutes"),
            mail_document=chosen.mail_document,
            mail_appointment=chosen.mail_appointment,
            mail_prevention=chosen.mail_prevention,
            mail_message=chosen.mail_message,
            remind_vaccination=chosen.remind_vaccination,
            remind_screening=chosen.remind_screening,
            hidden_cards=list(chosen.hidden_cards) or None,
        ),
        version,
    )


def preferences_of(row: PreferencesRow | None) -> Preferences:
    """Read a person's preferences; the defaults if she never chose."""
    if row is None:
        return Preferences()
    return Preferences(
        zone=row.zone,
        quiet_from=time.fromisoformat(row.quiet_from),
        quiet_until=time.fromisoformat(row.quiet_until),
        mail_document=row.mail_document,
        mail_appointment=row.mail_appointment,
        mail_prevention=row.mail_prevention,
        mail_message=row.mail_message is not False,
        remind_vaccination=row.remind_vaccination is not False,
        remind_screening=row.remind_screening is not False,
        hidden_cards=tuple(row.hidden_cards or ()),
    )


def version_of(row: PreferencesRow | None) -> int:
    """Return which preferences these are; 0 while none were chosen."""
    return row.version or 0 if row else 0


def read_preferences(pid: str) -> Preferences:
    """Read a person's preferences outside the gate, for the workers.

    Raises:
        StoreUnavailable: the store did not answer.
        Tampered: they were forged.
    """
    return preferences_of(rows.get(*preferences_wish(pid)))


def one_more_told(pid: str, day: date, now: datetime) -> Action:
    """Return the update that counts one more told on a day; its condition: the day is not full."""
    pk, sk = told_key(pid, day)
    return {
        "Update": {
            "TableName": rows.table_name(ToldRow.TABLE),
            "Key": {"pk": {"S": pk}, "sk": {"S": sk}},
            "UpdateExpression": "ADD #c :one SET #k = :kind, #t = :ttl",
            "ConditionExpression": "attribute_not_exists(#c) OR #c < :most",
            "ExpressionAttributeNames": {"#c": "told", "#k": "kind", "#t": "ttl"},
            "ExpressionAttributeValues": {
                ":one": {"N": "1"},
                ":most": {"N": str(MAX_A_DAY)},
                ":kind": {"S": "told"},
                ":ttl": {"N": str(clock.epoch(now + rules.COUNT_LIFE))},
            },
        }
    }


def due_until(bucket: str, shard: str, now: datetime, limit: int) -> Query:
    """Return the query of what is due by now in one shard of a bucket, the oldest first."""
    pk = key("DUE", bucket, shard)
    return Query(DueRow, pk, low="0", high=f"{clock.iso(now)}~", limit=limit)


def finished(bucket: str, shard: str, now: datetime) -> Action:
    """Return the update that notes a finished shard; repeatable."""
    return {
        "Update": {
            "TableName": rows.table_name(TickRow.TABLE),
            "Key": {"pk": {"S": "TICK"}, "sk": {"S": bucket}},
            "UpdateExpression": "ADD #s :shard SET #k = :kind, #t = :ttl",
            "ExpressionAttributeNames": {"#s": "shards", "#k": "kind", "#t": "ttl"},
            "ExpressionAttributeValues": {
                ":shard": {"SS": [shard]},
                ":kind": {"S": "tick"},
                ":ttl": {"N": str(clock.epoch(now + rules.ROW_LIFE))},
            },
        }
    }


def ticks(first: str, last: str) -> Query:
    """Return the query of the finished shards of some buckets."""
    return Query(TickRow, "TICK", low=first, high=last)
