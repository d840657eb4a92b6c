"""An appointment set for something recommended: « Rendez-vous prévu », until it is cancelled."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.core.errors import Invalid
from chalicelib.journeys import home as journey
from chalicelib.prevention import rules
from chalicelib.prevention.model import Answer, Choice, Person, State
from tests.agenda.test_appointments import add, added, cancel, change
from tests.agenda.test_appointments import path as appointment_path
from tests.http_client import Client
from tests.prevention.test_routes import armed, one_of, put, read, to_plan
from tests.worlds import World


@pytest.fixture(autouse=True)
def _monday(clock: time_machine.Traveller) -> None:
    """Stop the clock before anybody is made."""
    del clock


def planned(world: World, http: Client, **changes: Any) -> tuple[str, dict[str, Any]]:
    key = to_plan(world, http)["key"]
    return key, added(world, http, recommendation=key, **changes)


def stands(world: World, http: Client, key: str) -> tuple[Any, ...]:
    one = one_of(read(world, http), key)
    return one["state"], one["on"], one["appointment_id"]


def home(world: World, http: Client) -> dict[str, Any]:
    target = f"/v1/patients/{world.person.pid}/home"
    found: dict[str, Any] = http.get(target, as_=world.person.principal).json()
    return found


def test_it_is_planned_on_the_day_of_the_appointment(world: World, http: Client) -> None:
    key, made = planned(world, http)
    assert made["recommendation"] == key
    assert stands(world, http, key) == ("planned", "2026-12-03", made["id"])
    assert one_of(read(world, http), key)["state_label"] == "Rendez-vous prévu"
    assert key not in [one["key"] for one in home(world, http)["to_do"]]


def test_it_follows_the_appointment_and_goes_with_it(world: World, http: Client) -> None:
    key, made = planned(world, http)
    assert change(world, http, made["id"], title="Autre titre").status == 200
    moved = change(world, http, made["id"], version=2, start="2026-12-10T09:30", end=None)
    assert moved.status == 200
    assert stands(world, http, key) == ("planned", "2026-12-10", made["id"])
    assert cancel(world, http, made["id"], version=3).status == 204
    assert stands(world, http, key) == ("to_plan", None, None)
    again = added(world, http, recommendation=key)
    assert stands(world, http, key) == ("planned", "2026-12-03", again["id"])


def test_once_its_day_is_over_it_is_asked_again(world: World, http: Client) -> None:
    planned(world, http)
    assert armed(world) == ["2026-12-04"]
    one = season(date(2025, 11, 3), [])
    on = date(2025, 11, 10)
    said = Answer(one.rule_id, one.occurrence, Choice.PLANNED, on=on, appointment="a")
    assert season(on, [said]).state is State.PLANNED
    assert season(on + timedelta(days=1), [said]).state is State.TO_PLAN
    assert rules.next_opening(OLD, [said], date(2025, 11, 3)) == on + timedelta(days=1)


def test_what_she_says_meanwhile_stays_when_it_is_cancelled(world: World, http: Client) -> None:
    key, made = planned(world, http)
    done = put(world, http, key, version=1, state="done", on="2026-11-20")
    assert one_of(done, key)["state"] == "done"
    assert change(world, http, made["id"], start="2026-12-10T09:30", end=None).status == 200
    assert cancel(world, http, made["id"], version=2).status == 204
    assert stands(world, http, key) == ("done", "2026-11-20", None)
    late = added(world, http, recommendation=key)
    assert late["recommendation"] is None


def test_only_the_person_ties_them_and_nobody_else_sees_it(world: World, http: Client) -> None:
    key = to_plan(world, http)["key"]
    refused = add(world, http, world.doctor, recommendation=key)
    (error,) = refused.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/recommendation", "recommendation_of_person")
    theirs = added(world, http, world.doctor)
    read_by = http.get(
        appointment_path(world, world.doctor, theirs["id"]), as_=world.doctor.principal
    )
    assert read_by.json()["recommendation"] is None
    assert add(world, http, recommendation="x").status == 422
    unknown = added(world, http, recommendation="1." + "a" * 32)
    assert unknown["recommendation"] is None


# R-VAC: a vaccine of after a season is no vaccine of that season.
OLD = Person(date(1950, 5, 1), "F")


def season(today: date, answers: list[Answer]) -> Any:
    found = rules.recommendations(OLD, answers, today)
    return next(one for one in found if "saison" in one.title and one.state is not State.UPCOMING)


def test_a_vaccine_of_after_the_season_is_refused_for_it(world: World) -> None:
    del world
    within = date(2025, 11, 3)
    one = season(within, [])
    said = Answer(one.rule_id, one.occurrence, Choice.DONE, on=within)
    assert one.window_closes_on is not None
    after = one.window_closes_on + timedelta(days=1)
    late = Answer(one.rule_id, one.occurrence, Choice.DONE, on=after)
    rules.check_answer(said, OLD, [], within)
    with pytest.raises(Invalid) as refused:
        rules.check_answer(late, OLD, [said], after)
    assert [(error.pointer, error.code) for error in refused.value.errors] == [
        ("/on", "after_season")
    ]


def test_what_is_done_says_when_the_next_is_due(world: World) -> None:
    del world
    today = date(2025, 11, 3)
    one = season(today, [])
    assert one.next_on is None
    done = season(today, [Answer(one.rule_id, one.occurrence, Choice.DONE, on=today)])
    assert done.state is State.DONE
    assert done.next_on is not None
    assert done.next_on.year == 2026


@pytest.mark.parametrize("most", [0, 3])
def test_what_home_does_not_show_is_counted(
    world: World, http: Client, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(journey, "_TO_DO", most)
    found = home(world, http)
    waiting = [
        one for one in read(world, http).json()["items"] if one["state"] in ("to_plan", "late")
    ]
    assert waiting
    assert len(found["to_do"]) == min(most, len(waiting))
    assert len(found["to_do"]) + found["to_do_more"] == len(waiting)
    late = sum(one["state"] == "late" for one in waiting)
    assert sum(one["state"] == "late" for one in found["to_do"]) + found["late_more"] == late
