"""Claim one due row: whatever is said of it happens in one transaction, or nothing does (D11).

The reminder goes on to its next instant, the due row makes place for the next one, and the event
enters the outbox. What is told of appointments counts in the civil day on which it is told, in the
person's zone of then; the eleventh of a day waits for a day with room (R-AGE-02).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chalicelib.core import clock, events, rows
from chalicelib.core.events import EventType
from chalicelib.core.outbox import outbox_row
from chalicelib.core.rows import Action, ConditionLost, Item, TransactionConflict
from chalicelib.reminders import rules, store
from chalicelib.reminders.model import Following, Outcome, Preferences, Reminder, Source
from chalicelib.reminders.store import DayCountRow, DueRow, PreferencesRow, ReminderRow

EVENTS: Final = {
    Source.APPOINTMENT: EventType.REMINDER_DUE,
    Source.PREVENTION: EventType.PREVENTION_DUE,
}
FollowingOf = Callable[[str, datetime], Following]


@dataclass(frozen=True, slots=True)
class Found:
    """A due row, and what was read of it, raw: whether it is authentic is seen on claiming."""

    due: DueRow
    reminder: Item | None
    preferences: Item | None


@dataclass(frozen=True, slots=True)
class _Claim:
    """A due row that its reminder confirms, at the instant it is looked at."""

    due: DueRow
    row: ReminderRow
    reminder: Reminder
    preferences: Preferences
    now: datetime

    def going_on(self, left: Reminder) -> list[Action]:
        """Return the writes that take the reminder from its due row to what is left of it."""
        pid, subject = self.due.patient_id, self.due.subject_id
        if not left.at:
            return [rows.delete(self.due), rows.delete(self.row)]
        return [
            rows.delete(self.due),
            rows.put(store.reminder_row(pid, subject, left, self.row.version)),
            rows.replace(store.due_row(pid, subject, left.at[0])),
        ]


def claim(found: Found, now: datetime, following: FollowingOf) -> Outcome:
    """Tell, postpone or drop what one due row stands for, and say which.

    Raises:
        Unavailable, StoreUnavailable: nothing is certain; to be done again.
        Tampered, KeyMissing: a row was forged, or what prevention follows from does not open.
    """
    due = found.due
    row = ReminderRow.from_raw_data(found.reminder) if found.reminder else None
    chosen = PreferencesRow.from_raw_data(found.preferences) if found.preferences else None
    if row is None or row.next_at != due.due:
        unmoved = rows.unchanged(row) if row else _no_reminder(due)
        return _write([rows.delete(due), unmoved], Outcome.GONE)
    mine = _Claim(due, row, store.reminder_of(row), store.preferences_of(chosen), now)
    event_at = mine.reminder.event_at
    if rules.is_over(clock.instant(due.due), event_at, now):
        return _drop(mine, Outcome.OVER)
    told_at = rules.told_at(now, event_at, mine.preferences)
    return _postpone(mine, told_at) if told_at > now else _tell(mine, following)


def _no_reminder(due: DueRow) -> Action:
    return rows.absent(ReminderRow, *store.reminder_key(due.patient_id, due.subject_id))


def _tell(mine: _Claim, following: FollowingOf) -> Outcome:
    pid, now, source = mine.due.patient_id, mine.now, mine.reminder.source
    if source is Source.PREVENTION:
        then = following(pid, now)
        left = Reminder(source, then.at, None)
        if not then.is_due:
            return _write(mine.going_on(left), Outcome.OVER)
    else:
        left = rules.after(mine.reminder, now)
    event = events.new_event(EVENTS[source], pid, mine.due.subject_id)
    actions = [*mine.going_on(left), rows.put(outbox_row(event, now))]
    is_late = rules.is_late(clock.instant(mine.due.due), now)
    outcome = Outcome.LATE if is_late else Outcome.TOLD
    if source is Source.PREVENTION:
        return _write(actions, outcome)
    zone = mine.preferences.zone
    counted = store.one_more_told(pid, rules.local_day(now, zone), now)
    try:
        rows.write([*actions, counted])
    except ConditionLost as lost:
        if lost.positions != (len(actions),):
            return Outcome.LOST
        event_at = mine.reminder.event_at
        return _postpone(mine, rules.told_at(rules.next_day(now, zone), event_at, mine.preferences))
    except TransactionConflict:
        return Outcome.LOST
    return outcome


def _postpone(mine: _Claim, until: datetime) -> Outcome:
    """Let what is due by now wait together until an instant, or a later day if that one is full.

    Reminders of appointments count in the day they now wait for: no more are armed there than fit.
    """
    if mine.reminder.source is Source.PREVENTION:
        later = rules.postponed(mine.reminder, mine.now, until)
        return _write(mine.going_on(later), Outcome.POSTPONED)
    pid, zone = mine.due.patient_id, mine.preferences.zone
    row = rows.get(DayCountRow, *store.day_count_key(pid))
    before, today = store.days_of(row), rules.local_day(mine.now, zone)
    waiting = [at for at in mine.reminder.at if at <= mine.now]
    others = rules.day_counts(before, waiting, [], zone, today)
    room = rules.day_with_room(until, mine.reminder.event_at, mine.preferences, others)
    if room is None:
        return _drop(mine, Outcome.CROWDED)
    later = rules.postponed(mine.reminder, mine.now, room)
    days = rules.day_counts(others, [], {room}.difference(mine.reminder.at), zone, today)
    counted = rows.put(store.day_count_row(pid, days, row.version if row else None))
    return _write([*mine.going_on(later), counted], Outcome.POSTPONED)


def _drop(mine: _Claim, outcome: Outcome) -> Outcome:
    return _write(mine.going_on(rules.after(mine.reminder, mine.now)), outcome)


def _write(actions: list[Action], outcome: Outcome) -> Outcome:
    """Write a claim; a rival's was first, or is under way: it is his, or the next minute's."""
    try:
        rows.write(actions)
    except (ConditionLost, TransactionConflict):
        return Outcome.LOST
    return outcome
