"""At most ten reminders a civil day, on the day they are really told (R-AGE-02)."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.core import clock as wall
from chalicelib.core import rows
from chalicelib.core.errors import Invalid
from chalicelib.reminders import rules, store, sweep
from chalicelib.reminders.model import Following, Outcome, Preferences, Source
from chalicelib.reminders.store import PreferencesRow
from tests.builders import Patient
from tests.injector import Faults
from tests.reminders.armed import arm, days, due_rows, events, stored, to_come

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
MONDAY_EVENING = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)  # 22 h in Paris
TUESDAY = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
TUESDAY_MORNING = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # 8 h in Paris
WEDNESDAY_MORNING = TUESDAY_MORNING + DAY
NEXT_WEEK = MONDAY + 7 * DAY


def swept(at: datetime, person: Patient) -> Counter[Outcome]:
    """Sweep the person's shard of the bucket an instant is in, now."""
    return sweep.sweep(rules.bucket_of(at), rules.shard_of(person.pid), wall.now(), _nothing)


def _nothing(pid: str, now: datetime) -> Following:
    del pid, now
    return Following(is_due=True)


def arm_many(
    person: Patient, count: int, at: datetime, name: str, event_at: datetime = NEXT_WEEK
) -> None:
    for number in range(count):
        arm(person, [at], subject=f"{name}{number}", event_at=event_at)


def prefer(person: Patient, chosen: Preferences) -> None:
    row = rows.get(PreferencesRow, *store.preferences_key(person.pid))
    rows.write([rows.put(store.preferences_row(person.pid, chosen, row.version if row else None))])


def told() -> dict[str, int]:
    return {item["sk"]["S"]: int(item["told"]["N"]) for item in stored("told")}


def test_what_waits_for_the_morning_counts_in_the_day_it_is_told(
    clock: time_machine.Traveller, person: Patient
) -> None:
    arm(person, [MONDAY + HOUR], subject="A", event_at=NEXT_WEEK)
    assert days(person) == {"2026-11-23": 1}

    clock.move_to(MONDAY_EVENING)
    assert swept(MONDAY + HOUR, person) == {Outcome.POSTPONED: 1}

    assert days(person) == {"2026-11-24": 1}
    arm_many(person, 9, TUESDAY, "B")
    with pytest.raises(Invalid):
        arm(person, [TUESDAY], subject="C", event_at=NEXT_WEEK)


def test_what_does_not_fit_into_the_morning_waits_for_the_next_one(
    clock: time_machine.Traveller, person: Patient
) -> None:
    arm_many(person, 10, TUESDAY, "T")
    arm(person, [MONDAY + HOUR], subject="A", event_at=NEXT_WEEK)

    clock.move_to(MONDAY_EVENING)
    assert swept(MONDAY + HOUR, person) == {Outcome.POSTPONED: 1}

    assert to_come(person, "A") == [WEDNESDAY_MORNING]
    assert days(person) == {"2026-11-24": 10, "2026-11-25": 1}
    clock.move_to(TUESDAY)
    assert swept(TUESDAY, person) == {Outcome.TOLD: 10}
    clock.move_to(WEDNESDAY_MORNING)
    assert swept(WEDNESDAY_MORNING, person) == {Outcome.TOLD: 1}
    assert told() == {"2026-11-24": 10, "2026-11-25": 1}


def test_ten_are_told_on_a_day_even_if_more_became_due_on_it(  # R18
    clock: time_machine.Traveller, person: Patient
) -> None:
    """The workers stopped on Monday: what is late and what is due meet on Tuesday."""
    arm_many(person, 6, MONDAY + HOUR, "M")
    arm_many(person, 7, TUESDAY, "T")

    clock.move_to(TUESDAY)
    assert swept(MONDAY + HOUR, person) == {Outcome.LATE: 6}
    assert swept(TUESDAY, person) == {Outcome.TOLD: 4, Outcome.POSTPONED: 3}

    assert told() == {"2026-11-24": 10}
    assert days(person)["2026-11-25"] == 3
    clock.move_to(WEDNESDAY_MORNING)
    assert swept(WEDNESDAY_MORNING, person) == {Outcome.TOLD: 3}
    assert (len(events()), due_rows()) == (13, [])


def test_a_change_of_zone_does_not_make_a_longer_day(
    clock: time_machine.Traveller, person: Patient
) -> None:
    """Ten on Monday and ten on Tuesday in Paris, of which many are on one day in Tahiti."""
    monday, tuesday = MONDAY + 5 * HOUR, datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
    arm_many(person, 10, monday, "M")
    arm_many(person, 10, tuesday, "T")
    prefer(person, Preferences("Pacific/Tahiti", time(0), time(0)))

    clock.move_to(monday)
    assert swept(monday, person) == {Outcome.TOLD: 10}
    clock.move_to(tuesday)  # 21:30, Monday still
    assert swept(tuesday, person) == {Outcome.POSTPONED: 10}

    assert told() == {"2026-11-23": 10}
    # They were counted on Tuesday, in Paris: a day more than needed, and never an eleventh.
    midnight = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
    clock.move_to(midnight)
    assert swept(midnight, person) == {Outcome.TOLD: 10}
    assert told() == {"2026-11-23": 10, "2026-11-25": 10}


def test_the_eleventh_whose_event_comes_first_is_dropped(
    clock: time_machine.Traveller, person: Patient
) -> None:
    """Only late ones can meet so: on arming, the eleventh of a day is refused."""
    arm_many(person, 10, MONDAY + HOUR, "M")
    arm(person, [TUESDAY + 2 * HOUR], subject="A", event_at=TUESDAY + 3 * HOUR)
    clock.move_to(TUESDAY)
    assert swept(MONDAY + HOUR, person) == {Outcome.LATE: 10}

    clock.move_to(TUESDAY + 2 * HOUR)
    assert swept(TUESDAY + 2 * HOUR, person) == {Outcome.CROWDED: 1}

    assert (len(events()), due_rows(), to_come(person, "A")) == (10, [], [])


def _count(person: Patient, counts: dict[date, int]) -> None:
    row = rows.get(store.DayCountRow, *store.day_count_key(person.pid))
    version = row.version if row else None
    rows.write([rows.put(store.day_count_row(person.pid, counts, version))])


def test_prevention_takes_no_place_in_the_day(
    clock: time_machine.Traveller, person: Patient
) -> None:
    arm_many(person, 10, MONDAY + HOUR, "M")
    arm(person, [MONDAY + HOUR], subject="P", source=Source.PREVENTION)

    clock.move_to(MONDAY + HOUR)

    assert swept(MONDAY + HOUR, person) == {Outcome.TOLD: 11}
    assert sorted(events()) == ["prevention.due"] + ["reminder.due"] * 10


def test_an_answer_that_was_lost_does_not_count_twice(  # R05
    clock: time_machine.Traveller, person: Patient, faults: Faults
) -> None:
    arm(person, [MONDAY + HOUR], event_at=NEXT_WEEK)
    clock.move_to(MONDAY + HOUR)
    faults.on("dynamodb.TransactWriteItems", "after")

    with pytest.raises(rows.StoreUnavailable):
        swept(MONDAY + HOUR, person)
    faults.clear()

    assert swept(MONDAY + HOUR, person) == {}
    assert (events(), told()) == (["reminder.due"], {"2026-11-23": 1})


def test_a_rival_change_of_the_days_leaves_a_postponement_to_the_next_minute(
    clock: time_machine.Traveller, person: Patient, faults: Faults
) -> None:
    arm(person, [MONDAY + HOUR], event_at=NEXT_WEEK)
    clock.move_to(MONDAY_EVENING)

    def rival(call: Any, request: Any, send: Any) -> Any:
        del call, request
        _count(person, {date(2026, 11, 24): 10})
        return send()

    faults.on("dynamodb.TransactWriteItems", rival)
    assert swept(MONDAY + HOUR, person) == {Outcome.LOST: 1}
    faults.clear()

    assert swept(MONDAY + HOUR, person) == {Outcome.POSTPONED: 1}
    assert to_come(person) == [WEDNESDAY_MORNING]


def test_the_count_of_a_day_forgets_itself_and_says_nothing_else(
    clock: time_machine.Traveller, person: Patient
) -> None:
    """Source: D13."""
    arm(person, [MONDAY + HOUR], event_at=NEXT_WEEK)
    clock.move_to(MONDAY + HOUR)
    swept(MONDAY + HOUR, person)

    (row,) = stored("told")
    assert set(row) == {"pk", "sk", "kind", "told", "ttl"}
    assert int(row["ttl"]["N"]) > wall.epoch(wall.now() + 2 * DAY)
