"""Reminders, from the minute's plan to the mailbox: each told once, whatever happens twice."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.core import aws as cloud
from chalicelib.core import clock as wall
from chalicelib.core import rows
from chalicelib.prevention.usecases import following
from chalicelib.reminders import queue, rules, store, sweep
from chalicelib.reminders.model import Following, Outcome, Source
from chalicelib.workers.plan import plan
from chalicelib.workers.remind import remind
from tests import double
from tests.builders import Patient, a_person
from tests.injector import Faults
from tests.recorder import Recorder
from tests.reminders.armed import arm, disarm, due_rows, events, stored, to_come
from tests.workers.lambda_events import from_queue, serve, tick

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
AT = NOW + timedelta(minutes=7)


@pytest.fixture
def person(clock: time_machine.Traveller, aws: Recorder) -> Patient:
    del clock, aws
    return a_person()


def planned() -> list[str]:
    """Make one minute's plan, and return the messages it queued."""
    tick(plan)
    return double.take_messages()


def a_minute() -> None:
    """Let one minute be planned and served; of pairs where nothing is due, a few are enough."""
    waiting = {item["pk"]["S"] for item in stored("due")}
    for body in planned():
        bucket, shard = queue.read(body)
        if f"DUE#{bucket}#{shard}" in waiting:
            assert serve(remind, from_queue(body)) == []


def a_pair(at: datetime, person: Patient) -> str:
    bucket, shard = rules.bucket_of(at), rules.shard_of(person.pid)
    return f'{{"bucket":"{bucket}","shard":"{shard}"}}'


def test_a_reminder_is_told_once_when_its_time_comes(
    clock: time_machine.Traveller, person: Patient
) -> None:
    arm(person, [AT], event_at=AT + timedelta(hours=1))

    a_minute()
    assert events() == []
    clock.move_to(AT + timedelta(seconds=30))
    a_minute()
    a_minute()

    assert events() == ["reminder.due"]
    assert (due_rows(), to_come(person)) == ([], [])


def test_several_lead_times_are_told_one_after_the_other(
    clock: time_machine.Traveller, person: Patient
) -> None:
    arm(person, [AT, AT + timedelta(minutes=20)], event_at=AT + timedelta(hours=1))

    clock.move_to(AT)
    a_minute()
    assert to_come(person) == [AT + timedelta(minutes=20)]
    clock.move_to(AT + timedelta(minutes=20))
    a_minute()

    assert events() == ["reminder.due", "reminder.due"]


def test_a_moved_reminder_is_silent_at_its_old_time_and_told_once_at_the_new(
    clock: time_machine.Traveller, person: Patient
) -> None:
    arm(person, [AT], event_at=AT + timedelta(hours=1))
    arm(person, [AT + timedelta(minutes=10)], event_at=AT + timedelta(hours=2))

    clock.move_to(AT)
    a_minute()
    assert events() == []
    clock.move_to(AT + timedelta(minutes=10))
    a_minute()

    assert events() == ["reminder.due"]


def test_a_cancelled_reminder_is_never_told_and_leaves_nothing(
    clock: time_machine.Traveller, person: Patient
) -> None:
    arm(person, [AT], event_at=AT + timedelta(hours=1))
    disarm(person)

    clock.move_to(AT)
    a_minute()

    assert (events(), due_rows()) == ([], [])


def test_what_is_armed_again_while_its_old_row_is_dropped_is_not_lost(
    clock: time_machine.Traveller, person: Patient, faults: Faults
) -> None:
    arm(person, [AT], event_at=AT + timedelta(hours=1))
    (leftover,) = stored("due")
    disarm(person)
    rows.write([{"Put": {"TableName": rows.table_name("work"), "Item": leftover}}])
    clock.move_to(AT)

    def rival(call: Any, request: Any, send: Any) -> Any:
        del call, request
        arm(person, [AT], event_at=AT + timedelta(hours=1))
        return send()

    faults.on("dynamodb.TransactWriteItems", rival)
    assert sweep.sweep(*queue.read(a_pair(AT, person)), wall.now(), _nothing) == {Outcome.LOST: 1}
    a_minute()

    assert events() == ["reminder.due"]


def test_a_pair_delivered_ten_times_tells_once(  # R05
    clock: time_machine.Traveller, person: Patient
) -> None:
    arm(person, [AT], event_at=AT + timedelta(hours=1))
    clock.move_to(AT)

    for _ in range(10):
        assert serve(remind, from_queue(a_pair(AT, person))) == []

    assert events() == ["reminder.due"]


def test_two_claims_at_once_tell_once(
    clock: time_machine.Traveller, person: Patient, faults: Faults
) -> None:
    arm(person, [AT], event_at=AT + timedelta(hours=1))
    clock.move_to(AT)
    outcomes: list[Any] = []

    def rival(call: Any, request: Any, send: Any) -> Any:
        del call, request
        outcomes.append(sweep.sweep(*queue.read(a_pair(AT, person)), wall.now(), _nothing))
        return send()

    faults.on("dynamodb.TransactWriteItems", rival)
    mine = sweep.sweep(*queue.read(a_pair(AT, person)), wall.now(), _nothing)

    assert outcomes == [{Outcome.TOLD: 1}]
    assert mine == {Outcome.LOST: 1}
    assert events() == ["reminder.due"]


def _nothing(pid: str, now: datetime) -> Following:
    del pid, now
    return Following(is_due=True)


@pytest.mark.parametrize("seconds", [0, 0.4, 37, 59.9])
def test_a_plan_is_for_the_end_of_its_minute_wherever_in_it_it_runs(
    seconds: float, clock: time_machine.Traveller, person: Patient
) -> None:
    """Reminders are due at whole minutes: those of the next one are waited for, bucket included."""
    del person
    end = datetime(2026, 11, 23, 9, 35, tzinfo=UTC)
    clock.move_to(end - timedelta(minutes=1) + timedelta(seconds=seconds))
    tick(plan)

    waiting = [message for queued in double._queues().values() for message in queued._messages]
    assert {"2026-11-23T09:35Z", "2026-11-23T09:30Z"} <= {
        queue.read(message.body)[0] for message in waiting
    }
    handed_out = {message.delayed_until / 1000 - end.timestamp() for message in waiting}
    assert all(0 <= late < 1 for late in handed_out)


def test_people_whom_the_process_does_not_know_are_told_side_by_side(
    clock: time_machine.Traveller, person: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "shard_of", lambda _: "00")
    people = [person, *(a_person() for _ in range(7))]
    for one in people:
        arm(one, [AT], source=Source.PREVENTION)
    clock.move_to(AT)
    double.new_process()

    counts = sweep.sweep(rules.bucket_of(AT), "00", wall.now(), following)

    assert counts == {Outcome.TOLD: 8}
    assert events() == ["prevention.due"] * 8
    assert all(to_come(one) for one in people)


def test_what_a_new_edition_of_the_calendars_recommends_no_more_is_not_told(
    clock: time_machine.Traveller, aws: Recorder
) -> None:
    """As armed under an earlier edition: today, nothing waits for somebody of 23."""
    del aws
    young = a_person(birth_date=date(2003, 6, 12))
    arm(young, [AT], source=Source.PREVENTION)
    clock.move_to(AT)

    counts = sweep.sweep(*queue.read(a_pair(AT, young)), wall.now(), following)

    assert counts == {Outcome.OVER: 1}
    assert events() == []
    assert [at.date() for at in to_come(young)] == [date(2028, 6, 12)]
    assert due_rows() == [wall.iso(at) for at in to_come(young)]


def test_what_there_was_no_time_for_is_claimed_the_next_minute(
    clock: time_machine.Traveller, person: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    arm(person, [AT], event_at=AT + timedelta(hours=9))
    clock.move_to(AT + timedelta(hours=1))
    pair = queue.read(a_pair(AT, person))

    with monkeypatch.context() as slow:
        slow.setattr(sweep, "SECONDS", -1)
        assert sweep.sweep(*pair, wall.now(), _nothing) == {}
    assert stored("tick") == []  # its shard is not finished
    assert sweep.sweep(*pair, wall.now(), _nothing) == {Outcome.LATE: 1}
    assert len(stored("tick")) == 1


@pytest.mark.slow
@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_clock_ten_minutes_wrong_loses_nothing(  # R21
    minutes: int, clock: time_machine.Traveller, person: Patient
) -> None:
    arm(person, [AT], event_at=AT + timedelta(hours=5))
    a_minute()
    for step in range(4):
        clock.move_to(AT + timedelta(minutes=5 * step + (minutes if step % 2 else 0)))
        a_minute()

    assert events() == ["reminder.due"]


def test_what_is_late_in_quiet_hours_waits_for_their_end(
    clock: time_machine.Traveller, person: Patient
) -> None:
    arm(person, [AT], event_at=NOW + timedelta(days=3))
    evening = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)  # 22 h in Paris

    clock.move_to(evening)
    serve(remind, from_queue(a_pair(AT, person)))

    assert events() == []
    assert to_come(person) == [datetime(2026, 11, 24, 7, 0, tzinfo=UTC)]


def test_one_row_in_trouble_stops_nobody_and_is_put_aside_with_its_reason(  # R16
    clock: time_machine.Traveller, person: Patient
) -> None:
    arm(person, [AT], subject="1" * 26, event_at=AT + timedelta(hours=1))
    arm(person, [AT], subject="2" * 26, event_at=AT + timedelta(hours=1))
    pk, sk = store.reminder_key(person.pid, "1" * 26)
    cloud.client("dynamodb").update_item(
        TableName=rows.table_name("record"),
        Key={"pk": {"S": pk}, "sk": {"S": sk}},
        UpdateExpression="SET event_at = :later",
        ExpressionAttributeValues={":later": {"S": "2027-01-01T00:00:00.000Z"}},
    )
    clock.move_to(AT)

    assert serve(remind, from_queue(a_pair(AT, person))) == ["m0"]
    assert serve(remind, from_queue(a_pair(AT, person), receives=5)) == ["m0"]

    assert events() == ["reminder.due"]
    (aside,) = stored("due")
    assert aside["reason"]["S"] == "Tampered"


def test_a_message_that_is_no_pair_is_kept_with_its_reason(aws: Recorder) -> None:  # R16
    del aws
    assert serve(remind, from_queue("{}", receives=5)) == ["m0"]
    (kept,) = stored("notice")
    assert (kept["status"]["S"], kept["reason"]["S"]) == ("failed", "malformed")


def test_planning_costs_no_more_with_more_people(
    clock: time_machine.Traveller, person: Patient, calls: Recorder
) -> None:
    """D11: cost follows what is due; here nothing is."""
    counts = []
    for people in range(2):
        for _ in range(5 * people):
            arm(a_person(), [AT + timedelta(days=9)], event_at=AT + timedelta(days=10))
        calls.clear()
        tick(plan)
        counts.append(len(calls.names))
        clock.shift(timedelta(minutes=1))
    del person
    assert counts[1] <= counts[0]
