"""Arm, move and cancel reminders inside somebody's own transaction at the gate.

    wanted = [*reminders.wanted(pid, subject_id), …]
    with gate.enter(principal, action, pid, wanted=wanted) as unit:
        at = rules.due_instants(wanted, start, reminders.preferences(unit), unit.now)
        reminders.arm(unit, subject_id, source=Source.APPOINTMENT, event_at=start, at=at)

A rival change of the same person's reminders makes leaving the gate raise `Conflict`: nothing was
written, try again on current rows.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime

from chalicelib.access.entry import Wanted
from chalicelib.access.unit import Unit
from chalicelib.core import rows
from chalicelib.core.errors import FieldError, Invalid
from chalicelib.core.rows import ConditionLost
from chalicelib.reminders import rules, store
from chalicelib.reminders.model import MAX_A_DAY, Preferences, Reminder, Source
from chalicelib.reminders.store import DayCountRow, ReminderRow


def wanted(pid: str, subject_id: str) -> list[Wanted]:
    """Return what to name on entering the gate, to arm or cancel the reminder of a subject."""
    return [
        (ReminderRow, *store.reminder_key(pid, subject_id)),
        (DayCountRow, *store.day_count_key(pid)),
        store.preferences_wish(pid),
    ]


def preferences(unit: Unit) -> Preferences:
    """Return the preferences named on entering."""
    return store.preferences_of(unit.row(*store.preferences_wish(unit.pid)))


def pending(unit: Unit, subject_id: str) -> Reminder | None:
    """Return what is still to come for a subject, None if nothing is."""
    row = unit.row(ReminderRow, *store.reminder_key(unit.pid, subject_id))
    return store.reminder_of(row) if row else None


def arm(
    unit: Unit,
    subject_id: str,
    *,
    source: Source,
    event_at: datetime | None,
    at: Sequence[datetime],
) -> None:
    """Replace what was armed for a subject by these instants; none of them: cancel.

    `event_at`: after it, nobody is reminded. Adds at most three writes to the transaction.

    Raises:
        Invalid: a day would have more than ten (R-AGE-02): `/reminders`, `too_many_reminders`,
            once for each such day. What prevention arms does not count: nobody asked for it.
    """
    instants = tuple(sorted(set(at)))
    row = unit.row(ReminderRow, *store.reminder_key(unit.pid, subject_id))
    if source is Source.APPOINTMENT:
        _count(unit, store.reminder_of(row).at if row else (), instants)
    if instants:
        new = Reminder(source, instants, event_at)
        unit.put(store.reminder_row(unit.pid, subject_id, new, row.version if row else None))
        unit.write(rows.replace(store.due_row(unit.pid, subject_id, instants[0])))
    elif row:
        unit.write(rows.delete(row))


def fits(unit: Unit, subject_id: str, at: Sequence[datetime], most: int) -> bool:
    """Tell whether these instants may replace what is armed, with at most so many on a day."""
    known = pending(unit, subject_id)
    before, days = _days(unit, known.at if known else (), sorted(set(at)))
    return not rules.full_days(before, days, most)


def disarm(unit: Unit, subject_id: str) -> None:
    """Cancel what is still to come for a subject; nothing to cancel is no fault."""
    row = unit.row(ReminderRow, *store.reminder_key(unit.pid, subject_id))
    if row:
        if row.source == Source.APPOINTMENT:
            _count(unit, store.reminder_of(row).at, ())
        unit.write(rows.delete(row))


def begin(pid: str, subject_id: str, reminder: Reminder) -> None:
    """Arm a reminder outside the gate, for a space just opened; one that waits already stays.

    Raises:
        StoreUnavailable: it may not have been armed; trying again is safe.
    """
    row = store.reminder_row(pid, subject_id, reminder, None)
    due = store.due_row(pid, subject_id, reminder.at[0])
    with suppress(ConditionLost):
        rows.write([rows.put(row), rows.replace(due)])


def _days(
    unit: Unit, removed: Sequence[datetime], added: Sequence[datetime]
) -> tuple[dict[date, int], dict[date, int]]:
    """Return how many reminders each day has, before a change and after it."""
    before, zone = store.days_of(_day_counts(unit)), preferences(unit).zone
    today = rules.local_day(unit.now, zone)
    return before, rules.day_counts(before, removed, added, zone, today)


def _day_counts(unit: Unit) -> DayCountRow | None:
    return unit.row(DayCountRow, *store.day_count_key(unit.pid))


def _count(unit: Unit, removed: Sequence[datetime], added: Sequence[datetime]) -> None:
    """Keep how many reminders each day has, and refuse one too many."""
    before, days = _days(unit, removed, added)
    full = rules.full_days(before, days)
    if full:
        raise Invalid(
            errors=tuple(
                FieldError(
                    "/reminders",
                    "too_many_reminders",
                    {"day": day.isoformat(), "limit": MAX_A_DAY},
                )
                for day in full
            )
        )
    if days != before:
        row = _day_counts(unit)
        unit.put(store.day_count_row(unit.pid, days, row.version if row else None))
