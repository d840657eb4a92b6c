"""From the minute's plan to the mailbox: repeated, out of order, or six hours late (R05, R06, R18).

Every message that the plan queues is served here, those of pairs where nothing is due as well.
"""

import itertools
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from chalicelib.core import outbox
from chalicelib.identity import accounts
from chalicelib.reminders import rules
from chalicelib.workers import relay
from chalicelib.workers.notify import notify
from chalicelib.workers.plan import plan
from chalicelib.workers.remind import remind
from tests import double
from tests.builders import Minor, Patient, a_minor, a_person, represent
from tests.faults.stories import mails, waiting
from tests.injector import Faults, meanwhile
from tests.recorder import Recorder
from tests.reminders.armed import arm, disarm, due_rows, stored, to_come
from tests.workers.lambda_events import from_queue, serve, tick
from tests.worlds import appoint

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
AT = NOW + timedelta(minutes=7)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
FIRST, SECOND, THIRD = (digit * 26 for digit in "123")


@pytest.fixture
def person(clock: time_machine.Traveller, aws: Recorder) -> Patient:
    del clock, aws
    return a_person()


def a_pair(at: datetime, person: Patient | Minor) -> str:
    return f'{{"bucket":"{rules.bucket_of(at)}","shard":"{rules.shard_of(person.pid)}"}}'


def reminded(bodies: Sequence[str]) -> None:
    """Serve pairs, ten in a batch, as the queue hands them over."""
    for start in range(0, len(bodies), 10):
        assert serve(remind, from_queue(*bodies[start : start + 10])) == []


def a_minute() -> int:
    """Plan one minute and serve all of it; return how many pairs it was."""
    tick(plan)
    bodies = double.take_messages()
    reminded(bodies)
    return len(bodies)


def told(times: int = 1) -> list[str]:
    """Relay and serve what waits, that many times; return to whom mails went, in order."""
    for event in waiting():
        for _ in range(times):
            relay.carry(outbox.event_of(event))
    for body in double.take_messages():
        for _ in range(times):
            assert serve(notify, from_queue(body)) == []
    return [str(mail["To"]) for mail in mails()]


def notices() -> list[str]:
    return [row["type"]["S"] for row in stored("inbox")]


def test_each_step_delivered_ten_times_is_one_mail(  # R05
    clock: time_machine.Traveller, person: Patient
) -> None:
    arm(person, [AT], event_at=AT + HOUR)
    clock.move_to(AT)
    reminded([a_pair(AT, person)] * 10)

    assert len(told(times=10)) == 1
    clock.shift(timedelta(days=1))
    reminded([a_pair(AT, person)] * 10)

    assert len(told(times=10)) == 1
    assert notices() == ["reminder.due"]


def test_a_childs_reminder_goes_once_to_each_of_her_representatives_and_to_nobody_else(
    clock: time_machine.Traveller, person: Patient
) -> None:
    mother, father = person, a_person()
    left = a_person()  # on her file too, and never managed her space
    child = a_minor(mother, father, left)
    for parent in (mother, father):
        represent(parent, child.pid)
    start = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    made = appoint(mother.principal, child.pid, start="2026-11-23T13:00", reminders=(120,))
    clock.move_to(start - 2 * HOUR)

    reminded([a_pair(start - 2 * HOUR, child)] * 2)
    told(times=2)

    assert sorted(str(mail["To"]) for mail in mails()) == sorted(
        str(accounts.email_of(parent.id)) for parent in (mother, father)
    )
    whole = "".join(mail.as_string() for mail in mails())
    hidden = (child.pid, made, child.identity.traits.family_name)
    assert [word for word in hidden if word in whole] == []
    assert notices() == ["reminder.due"]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_pairs_of_former_instants_in_any_order_tell_the_last_one_once(  # R06
    order: Iterable[int], clock: time_machine.Traveller, person: Patient
) -> None:
    instants = [AT, AT + 10 * MINUTE, AT + 20 * MINUTE]
    for at in instants:  # set, moved, moved again: two due rows are out of date
        arm(person, [at], event_at=at + HOUR)
    clock.move_to(instants[-1])

    reminded([a_pair(instants[n], person) for n in order])

    assert len(told()) == 1
    assert (due_rows(), to_come(person)) == ([], [])


def test_a_cancellation_that_comes_before_or_after_the_pair_decides_what_is_told(  # R06
    clock: time_machine.Traveller, person: Patient
) -> None:
    for subject in (FIRST, SECOND):
        arm(person, [AT], subject=subject, event_at=AT + HOUR)
    disarm(person, FIRST)
    clock.move_to(AT)
    reminded([a_pair(AT, person)])
    disarm(person, SECOND)  # too late to unsay it, and nothing to take back
    reminded([a_pair(AT, person)])

    assert len(told()) == 1


@pytest.mark.parametrize("moved_to", [[], [AT + HOUR]], ids=["cancelled", "moved"])
def test_a_change_made_while_the_pair_is_claimed_wins(
    moved_to: list[datetime], clock: time_machine.Traveller, person: Patient, faults: Faults
) -> None:
    """The claim holds at the version read: nothing is told of what was true a moment ago."""
    arm(person, [AT], event_at=AT + 2 * HOUR)
    clock.move_to(AT)
    change = meanwhile(lambda: arm(person, moved_to, event_at=AT + 3 * HOUR))
    faults.on("dynamodb.TransactWriteItems", change)

    reminded([a_pair(AT, person)] * 2)

    assert (told(), to_come(person)) == ([], moved_to)


@pytest.mark.parametrize(("seconds", "mails"), [(0, 1), (40, 1), (300, 1), (301, 0)])
def test_what_is_due_as_the_event_begins_is_told_then_and_never_late(
    seconds: int, mails: int, clock: time_machine.Traveller, person: Patient
) -> None:
    """Source: R-AGE-04; « à l’heure du rendez-vous », « le jour même à 9 h »."""
    arm(person, [AT], event_at=AT)
    clock.move_to(AT + timedelta(seconds=seconds))

    reminded([a_pair(AT, person)])

    assert len(told()) == mails
    assert due_rows() == []


@pytest.mark.slow
def test_six_hours_without_workers_are_caught_up_once_and_never_for_what_was_cancelled(  # R18
    clock: time_machine.Traveller, person: Patient
) -> None:
    assert a_minute() > 0  # they ran before
    people = {name: a_person(email=f"{name}@exemple.test") for name in
              ("begun", "cancelled", "kept", "moved", "several", "still")}  # fmt: skip
    evening = NOW + 9 * HOUR
    arm(people["kept"], [AT], event_at=evening)
    arm(people["cancelled"], [AT + HOUR], event_at=evening)
    disarm(people["cancelled"])
    arm(people["begun"], [AT + 2 * HOUR], event_at=AT + 3 * HOUR)
    arm(people["moved"], [AT + 3 * HOUR], event_at=evening)
    arm(people["moved"], [NOW + 7 * HOUR], event_at=evening)
    arm(people["several"], [AT + n * HOUR for n in range(5)], event_at=evening)
    arm(people["still"], [NOW + 6 * HOUR - MINUTE], event_at=evening)
    del person

    clock.move_to(NOW + 6 * HOUR)
    pairs = a_minute()
    first = told()
    clock.shift(MINUTE)
    fewer = a_minute()

    late = ["kept@exemple.test", "several@exemple.test", "still@exemple.test"]
    assert sorted(first) == late  # what was due five times is told once
    assert pairs > 6 * 12 * len(rules.ALL_SHARDS)  # every bucket of the stop, in one minute
    assert fewer < 6 * len(rules.ALL_SHARDS)  # and finished: what is open is looked at again
    assert told() == first
    clock.move_to(NOW + 7 * HOUR)
    a_minute()
    assert sorted(set(told()) - set(first)) == ["moved@exemple.test"]
    assert len(told()) == 4
    assert due_rows() == []
