"""What applications and a person send each other: one asks, one has a code, one is connected."""

from typing import Final

from tests.http_client import Client, Reply
from tests.oauth import asked
from tests.oauth.play import Play, an_application
from tests.worlds import World

_asking: Final[dict[str, tuple[Play, str]]] = {}
_coded: Final[dict[str, tuple[Play, str]]] = {}
_changed: Final[dict[str, tuple[Play, str]]] = {}
_connected: Final[dict[str, tuple[Play, str, str]]] = {}


def prepare(world: World, http: Client) -> None:
    """Let applications ask, and the person let all but one of them in; one is changed since."""
    pid = world.person.pid
    first, second, third = (Play(http, an_application(), world.person) for _ in range(3))
    fourth = an_application().id
    ref = asked.consented(world.person, application_id=fourth)
    asked.change(fourth)
    _changed[pid] = (first, ref)
    _asking[pid] = (first, first.request())
    _coded[pid] = (second, second.code())
    held = third.connect()["refresh_token"]
    ref = next(
        one["id"] for one in third.list() if one["application"]["id"] == third.application.id
    )
    _connected[pid] = (third, held, ref)


def ask(world: World, http: Client) -> Reply:
    play, _ = _asking[world.person.pid]
    return http.get(f"/oauth/authorize?{asked.query(play.application.id)}")


def describe(world: World, _: Client) -> Reply:
    play, request = _asking[world.person.pid]
    return play.describe(request)


def give(world: World, _: Client) -> Reply:
    play, request = _asking[world.person.pid]
    return play.give(request)


def change(world: World, http: Client) -> Reply:
    play, _, ref = _connected[world.person.pid]
    return http.request(
        "PATCH",
        f"{play.consents}/{ref}",
        as_=world.person.principal,
        json={"permissions": ["weight:read"]},
        headers={"If-Match": '"v1"'},
    )


def agree(world: World, http: Client) -> Reply:
    play, ref = _changed[world.person.pid]
    return http.request(
        "PUT",
        f"{play.consents}/{ref}/terms",
        as_=world.person.principal,
        json={"version": asked.new_terms()},
        headers={"If-Match": '"v1"'},
    )


def withdraw(world: World, http: Client) -> Reply:
    play, _, ref = _connected[world.person.pid]
    return http.delete(f"{play.consents}/{ref}", as_=world.person.principal)


def exchange(world: World, _: Client) -> Reply:
    play, code = _coded[world.person.pid]
    return play.exchange(code)


def renew(world: World, _: Client) -> Reply:
    play, held, _ref = _connected[world.person.pid]
    return play.renew(held)
