"""The smallest use case that arms and cancels reminders, and what the tables then hold."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chalicelib.access import gate
from chalicelib.access.model import Action
from chalicelib.core import rows
from chalicelib.reminders import store, usecases
from chalicelib.reminders.model import Source
from chalicelib.reminders.store import DayCountRow, ReminderRow
from tests import double
from tests.builders import Patient

SUBJECT = "01KBRDV0000000000000000000"


def arm(
    person: Patient,
    at: Sequence[datetime],
    *,
    subject: str = SUBJECT,
    event_at: datetime | None = None,
    source: Source = Source.APPOINTMENT,
) -> None:
    wanted = usecases.wanted(person.pid, subject)
    with gate.enter(person.principal, Action.APPOINTMENT_CHANGE, person.pid, wanted=wanted) as unit:
        usecases.arm(unit, subject, source=source, event_at=event_at, at=at)


def disarm(person: Patient, subject: str = SUBJECT) -> None:
    wanted = usecases.wanted(person.pid, subject)
    with gate.enter(person.principal, Action.APPOINTMENT_CHANGE, person.pid, wanted=wanted) as unit:
        usecases.disarm(unit, subject)


def to_come(person: Patient, subject: str = SUBJECT) -> list[datetime]:
    row = rows.get(ReminderRow, *store.reminder_key(person.pid, subject))
    return list(store.reminder_of(row).at) if row else []


def days(person: Patient) -> dict[str, int]:
    row = rows.get(DayCountRow, *store.day_count_key(person.pid))
    return {day.isoformat(): count for day, count in store.days_of(row).items()}


def stored(kind: str) -> list[dict[str, Any]]:
    """Return the rows of a kind in the table `work`, in key order."""
    found = double.tables()[rows.table_name("work")].items()
    return [item for _, item in sorted(found) if item["kind"]["S"] == kind]


def due_rows() -> list[str]:
    return [item["due"]["S"] for item in stored("due")]


def events() -> list[str]:
    return [item["type"]["S"] for item in stored("event")]
