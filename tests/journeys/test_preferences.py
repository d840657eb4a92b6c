"""When and how a person is told: defaults, choices, and what cannot be chosen."""

from typing import Any

import pytest

from tests.http_client import Client, Reply
from tests.worlds import World

DEFAULTS: dict[str, Any] = {
    "zone": "Europe/Paris",
    "quiet_from": "21:00",
    "quiet_until": "08:00",
    "mail": {"document": True, "appointment": True, "prevention": True, "message": True},
    "remind": {"vaccination": True, "screening": True},
}


def path(world: World) -> str:
    return f"/v1/patients/{world.person.pid}/preferences"


def choose(http: Client, world: World, version: int = 0, **changes: object) -> Reply:
    return http.put(
        path(world),
        as_=world.person.principal,
        json=DEFAULTS | changes,
        headers={"If-Match": f'"v{version}"'},
    )


def test_the_defaults_hold_until_something_is_chosen(http: Client, world: World) -> None:
    reply = http.get(path(world), as_=world.person.principal)

    assert reply.json() == DEFAULTS | {"address": "known", "version": 0}
    assert reply.header("ETag") == '"v0"'


def test_what_is_chosen_is_kept(http: Client, world: World) -> None:
    made = choose(http, world, zone="Indian/Reunion", quiet_from="22:30")
    again = http.get(path(world), as_=world.person.principal)

    assert made.status == 200, made.body
    assert again.json() == made.json()
    assert again.json()["zone"] == "Indian/Reunion"
    assert again.header("ETag") == '"v1"'


def test_no_quiet_hours_is_a_choice_and_one_bound_alone_is_not(http: Client, world: World) -> None:
    made = choose(http, world, quiet_from=None, quiet_until=None)
    assert (made.json()["quiet_from"], made.json()["quiet_until"]) == (None, None)

    alone = choose(http, world, 1, quiet_from=None)
    (error,) = alone.json()["errors"]
    assert (alone.status, error["pointer"], error["code"]) == (422, "/quiet_from", "missing")


def test_two_tabs_do_not_undo_each_other(http: Client, world: World) -> None:  # R09
    assert choose(http, world, quiet_from="20:00").status == 200
    assert choose(http, world, quiet_from="22:00").status == 412


def test_the_mail_about_accesses_is_not_a_choice(http: Client, world: World) -> None:  # R-NOT-02
    mail = {"document": True, "appointment": True, "prevention": True, "access": False}
    assert choose(http, world, mail=mail).status == 422


def test_everything_wrong_is_said_at_once(http: Client, world: World) -> None:
    reply = choose(http, world, zone="Europe/Atlantide", quiet_from="08:00", quiet_until="07:00")

    assert reply.status == 422
    assert [(e["pointer"], e["code"]) for e in reply.json()["errors"]] == [
        ("/zone", "unknown_zone"),
        ("/quiet_until", "quiet_too_long"),
    ]


def test_a_silence_that_is_none_is_refused(http: Client, world: World) -> None:
    reply = choose(http, world, quiet_from="22:00", quiet_until="22:00")

    (error,) = reply.json()["errors"]
    assert (reply.status, error["pointer"], error["code"]) == (422, "/quiet_until", "quiet_none")
    assert error["detail"].startswith("Choisissez deux heures différentes")


@pytest.mark.parametrize("hour", ["24:00", "8:00", "08:60", "", "０８:00", "08:00:00"])
def test_an_hour_that_is_none_is_refused(hour: str, http: Client, world: World) -> None:
    assert choose(http, world, quiet_from=hour).status == 422
