"""Arming is part of somebody's transaction: with it, or not at all."""

import json
from datetime import datetime, timedelta

import pytest

from chalicelib.access import gate
from chalicelib.access.model import Action
from chalicelib.core import aws, clock, rows
from chalicelib.core.errors import Conflict, Invalid
from chalicelib.http import problems
from chalicelib.reminders import store, usecases
from chalicelib.reminders.model import Reminder, Source
from chalicelib.reminders.store import ReminderRow
from chalicelib.vault.errors import Tampered
from tests import double
from tests.builders import Patient
from tests.recorder import Recorder
from tests.reminders.armed import SUBJECT, arm, days, disarm, due_rows, to_come

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def test_what_is_armed_waits_under_its_next_instant_only(person: Patient) -> None:
    now = clock.now()
    arm(person, [now + DAY, now + HOUR], event_at=now + DAY + HOUR)
    assert to_come(person) == [now + HOUR, now + DAY]
    assert due_rows() == [clock.iso(now + HOUR)]
    assert days(person) == {"2026-11-23": 1, "2026-11-24": 1}


def test_moving_replaces_and_counts_again(person: Patient) -> None:
    now = clock.now()
    arm(person, [now + HOUR, now + DAY])
    arm(person, [now + 2 * DAY])
    assert to_come(person) == [now + 2 * DAY]
    assert days(person) == {"2026-11-25": 1}


def test_cancelling_leaves_nothing_to_come(person: Patient) -> None:
    now = clock.now()
    arm(person, [now + HOUR])
    disarm(person)
    disarm(person)
    assert to_come(person) == []
    assert days(person) == {}


def test_arming_nothing_cancels(person: Patient) -> None:
    arm(person, [clock.now() + HOUR])
    arm(person, [])
    assert to_come(person) == []


def test_the_eleventh_of_a_day_is_refused_and_nothing_is_half_saved(person: Patient) -> None:
    """Source: R-AGE-02."""
    now = clock.now()
    for n in range(10):
        arm(person, [now + DAY + n * HOUR / 2], subject=f"S{n}")
    before = double.tables()[rows.table_name("record")].copy()
    with pytest.raises(Invalid) as refused:
        arm(person, [now + HOUR, now + DAY], subject="S10")
    assert double.tables()[rows.table_name("record")] == before
    said = json.loads(problems.render(refused.value)[0])["errors"]
    assert [(one["pointer"], one["code"]) for one in said] == [("/reminders", "too_many_reminders")]
    assert "2026-11-24" in said[0]["detail"]
    disarm(person, "S0")
    arm(person, [now + DAY], subject="S10")
    assert days(person)["2026-11-24"] == 10


def test_what_prevention_arms_does_not_count_in_the_day(person: Patient) -> None:
    """Source: R-AGE-02 is about reminders attached to dates."""
    now = clock.now()
    arm(person, [now + HOUR], source=Source.PREVENTION)
    assert days(person) == {}
    disarm(person)
    assert to_come(person) == []


def test_a_space_just_opened_arms_once(person: Patient) -> None:
    first, second = (Reminder(Source.PREVENTION, (clock.now() + n * DAY,), None) for n in (1, 2))
    usecases.begin(person.pid, SUBJECT, first)
    usecases.begin(person.pid, SUBJECT, second)
    assert to_come(person) == list(first.at)
    assert due_rows() == [clock.iso(first.at[0])]


def test_a_rival_change_is_a_conflict_and_writes_nothing(person: Patient) -> None:
    now = clock.now()
    arm(person, [now + HOUR])
    with pytest.raises(Conflict):
        _arm_while_a_rival_cancels(person, now + 2 * HOUR)
    assert to_come(person) == []


def _arm_while_a_rival_cancels(person: Patient, at: datetime) -> None:
    wanted = usecases.wanted(person.pid, SUBJECT)
    with gate.enter(person.principal, Action.DOCUMENT_ADD, person.pid, wanted=wanted) as unit:
        disarm(person)
        usecases.arm(unit, SUBJECT, source=Source.APPOINTMENT, event_at=None, at=[at])


def test_arming_adds_no_call(person: Patient, calls: Recorder) -> None:
    arm(person, [clock.now() + HOUR])
    arm(person, [clock.now() + 2 * HOUR])
    calls.clear()
    arm(person, [clock.now() + 3 * HOUR])
    assert calls.names == ["dynamodb.BatchGetItem", "dynamodb.TransactWriteItems"]


def test_a_forged_reminder_is_refused(person: Patient) -> None:
    """Source: A46."""
    arm(person, [clock.now() + HOUR])
    place = store.reminder_key(person.pid, SUBJECT)
    aws.client("dynamodb").update_item(
        TableName=rows.table_name("record"),
        Key={"pk": {"S": place[0]}, "sk": {"S": place[1]}},
        UpdateExpression="SET next_at = :soon",
        ExpressionAttributeValues={":soon": {"S": "2026-11-23T09:31:00.000Z"}},
    )
    with pytest.raises(Tampered):
        rows.get(ReminderRow, *place)


def test_no_due_row_says_what_it_is_about(person: Patient) -> None:
    """Source: D13."""
    arm(person, [clock.now() + HOUR])
    (row,) = (
        item
        for item in double.tables()[rows.table_name("work")].values()
        if item["kind"]["S"] == "due"
    )
    assert set(row) == {"pk", "sk", "kind", "patient_id", "subject_id", "due", "ttl"}
    assert int(row["ttl"]["N"]) - clock.epoch(clock.now()) >= 30 * 24 * 3600
