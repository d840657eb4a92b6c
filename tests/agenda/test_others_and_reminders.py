"""Somebody else's change and the person's own reminders: what is kept, and what nobody sees."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.agenda import usecases
from chalicelib.core.events import EventType
from tests.agenda.test_appointments import (
    added,
    announced,
    armed,
    cancel,
    change,
    counts,
    listed,
    path,
)
from tests.builders import Actor
from tests.http_client import Client
from tests.injector import Faults, meanwhile
from tests.journeys.test_notices import announce
from tests.journeys.test_notices import listed as notices
from tests.worlds import World

LEADS = [1440, 1441, 1442, 1443, 1444]


def chosen(world: World, http: Client, leads: list[int]) -> dict[str, Any]:
    """Return an appointment set by the doctor, whose reminders the person chose."""
    made = added(world, http, world.doctor, reminders=[])
    assert change(world, http, made["id"], reminders=leads).status == 200
    return made


def move(world: World, http: Client, made: dict[str, Any], version: int = 1) -> None:
    moved = change(
        world, http, made["id"], world.doctor, version=version, start="2026-12-10T09:30", end=None
    )
    assert moved.status == 200, moved.body


def reminders(world: World, http: Client, made: dict[str, Any]) -> list[int]:
    read = http.get(path(world, appointment=made["id"]), as_=world.person.principal)
    kept: list[int] = read.json()["reminders"]
    return kept


def test_a_move_by_others_keeps_her_reminders_where_the_day_has_room(  # R-AGE-02
    world: World, http: Client
) -> None:
    made = chosen(world, http, LEADS)
    added(world, http, start="2026-12-10T09:30", reminders=LEADS)
    move(world, http, made)
    assert reminders(world, http, made) == sorted(LEADS, reverse=True)
    assert counts(world) == {"2026-12-09": 10}
    assert announced() == ["appointment.added", "appointment.changed"]


def test_only_what_does_not_fit_is_dropped_and_she_is_told(  # R-AGE-02
    world: World, http: Client
) -> None:
    made = chosen(world, http, [2880, 1441, 1440, 60])
    for leads in (LEADS, [1445, 1446, 1447, 1448]):
        added(world, http, start="2026-12-10T09:30", reminders=leads)
    move(world, http, made)
    assert reminders(world, http, made) == [2880, 1440, 60]
    assert armed(world, made["id"]) == [
        "2026-12-08T08:30:00.000Z", "2026-12-09T08:30:00.000Z", "2026-12-10T07:30:00.000Z",
    ]  # fmt: skip
    assert counts(world) == {"2026-12-08": 1, "2026-12-09": 10, "2026-12-10": 1}
    assert announced() == ["appointment.added", "appointment.reminder_lost"]
    announce(world, EventType.APPOINTMENT_REMINDER_LOST, made["id"])
    (notice,) = notices(http, world).json()["items"]
    assert notice["text"].endswith("Un rappel n’a pas pu être gardé")
    assert notice["target"] == {"kind": "appointment", "id": made["id"]}


def test_what_others_proposed_never_takes_the_room_of_her_own(  # A44
    world: World, http: Client
) -> None:
    for day in ("2026-12-03", "2026-12-05"):
        made = added(world, http, world.doctor, start=f"{day}T09:30", reminders=LEADS)
        move(world, http, made)
    assert counts(world) == {"2026-12-09": 5}
    added(world, http, start="2026-12-10T09:30", reminders=[1450, 1451, 1452, 1453, 1454])
    assert counts(world) == {"2026-12-09": 10}


def seen(world: World, http: Client, actor: Actor, made: dict[str, Any]) -> tuple[Any, ...]:
    """Return all that an author can read of an appointment: alone, in a list, for a calendar."""
    one = path(world, actor, made["id"])
    read = http.get(one, as_=actor.principal)
    ics = http.get(f"{one}/ics", as_=actor.principal)
    lists: list[Any] = []
    if actor is world.doctor:
        lists = http.get(path(world, actor), as_=actor.principal).json()["items"]
    return read.json(), read.header("ETag"), ics.body, lists


@pytest.mark.parametrize("who", ["doctor", "laboratory"])
def test_her_changing_of_reminders_is_nothing_that_others_can_see(
    world: World, http: Client, clock: time_machine.Traveller, who: str
) -> None:
    """Source: abuse case: what she asks to be reminded of, and when, is her own affair."""
    actor: Actor = getattr(world, who)
    made = added(world, http, actor)
    before = seen(world, http, actor, made)
    for version, leads in enumerate(([60], [], [1440, 5]), start=1):
        clock.shift(timedelta(minutes=1))
        assert change(world, http, made["id"], version=version, reminders=leads).status == 200
        assert seen(world, http, actor, made) == before
    changed = change(world, http, made["id"], actor, version=1, place="Salle 2")
    assert (changed.status, changed.json()["version"]) == (200, 2)
    assert reminders(world, http, made) == [1440, 5]
    assert change(world, http, made["id"], actor, version=1, place="Salle 3").problem == "stale"
    assert cancel(world, http, made["id"], actor, version=2).status == 204
    assert listed(world, http) == []


def test_her_own_versions_still_count_every_change(world: World, http: Client) -> None:  # R09
    made = added(world, http, world.doctor)
    assert change(world, http, made["id"], reminders=[60]).json()["version"] == 2
    assert change(world, http, made["id"], reminders=[5]).problem == "stale"
    assert change(world, http, made["id"], world.doctor, place="Salle 2").status == 200
    assert cancel(world, http, made["id"], version=2).problem == "stale"
    assert cancel(world, http, made["id"], version=3).status == 204


@pytest.mark.parametrize("verb", ["change", "cancel"])
def test_not_even_at_the_same_instant(
    world: World, http: Client, faults: Faults, verb: str
) -> None:
    """Source: abuse case: an author who tries again and again could tell when she does."""
    made = added(world, http, world.doctor)
    doctors = (world.doctor.principal, world.person.pid, made["id"])

    def she_changes() -> None:
        usecases.change_appointment(
            world.person.principal, world.person.pid, made["id"], {"reminders": (60,)}, 1
        )

    faults.on("dynamodb.TransactWriteItems", meanwhile(she_changes), nth=1)
    if verb == "change":
        changes = {"place": "Salle 2"}
        usecases.change_appointment(*doctors, changes, 1)
        assert reminders(world, http, made) == [60]
    else:
        usecases.cancel_appointment(*doctors, 1)
        assert listed(world, http) == []
