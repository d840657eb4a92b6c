"""What applications and a person send each other: one asks, one has a code, one is connected."""

from typing import Final
from urllib.parse import urlencode

from bench.asking import Operation, ask, get, known, remember
from tests.http_client import Client, Reply
from tests.oauth import asked
from tests.oauth.play import Play, an_application
from tests.worlds import World

_LIST: Final = "/v1/patients/{pid}/consents"
_FEWER: Final = {"permissions": ["weight:read"]}
_asking: Final[dict[str, Play]] = {}
_coded: Final[dict[str, Play]] = {}
_connected: Final[dict[str, Play]] = {}


def prepare(world: World, http: Client) -> None:
    """Let applications ask, and the person let all but one of them in; one is changed since."""
    pid = world.person.pid
    first, second, third = (Play(http, an_application(), world.person) for _ in range(3))
    changed = an_application().id
    remember(world, changed=asked.consented(world.person, application_id=changed))
    asked.change(changed)
    _asking[pid], _coded[pid], _connected[pid] = first, second, third
    second.code()
    held = third.connect()["refresh_token"]
    ref = next(
        one["id"] for one in third.list() if one["application"]["id"] == third.application.id
    )
    remember(world, held=held, consent=ref)


def _request(world: World, _: Client) -> None:
    """Let an application ask; what it is given lasts half an hour."""
    remember(world, request=_asking[world.person.pid].request())


def _code(world: World, _: Client) -> None:
    """Let an application have a code, which lasts five minutes."""
    remember(world, code=_coded[world.person.pid].code())


def _ask(world: World, http: Client) -> Reply:
    play = _asking[world.person.pid]
    return http.get(f"/oauth/authorize?{asked.query(play.application.id)}")


def _describe(world: World, _: Client) -> Reply:
    return _asking[world.person.pid].describe(known(world)["request"])


def _give(world: World, _: Client) -> Reply:
    return _asking[world.person.pid].give(known(world)["request"])


def _agree(world: World, http: Client) -> Reply:
    terms = {"version": asked.new_terms()}
    return ask("PUT", f"{_LIST}/{{changed}}/terms", json=terms)(world, http)


def _exchange(world: World, _: Client) -> Reply:
    return _coded[world.person.pid].exchange(known(world)["code"])


def _renew(world: World, _: Client) -> Reply:
    return _connected[world.person.pid].renew(known(world)["held"])


def _revoke(world: World, http: Client) -> Reply:
    play = _connected[world.person.pid]
    form = play.signed({"token": known(world)["held"]})
    return http.post("/oauth/revoke", body=urlencode(form))


OPERATIONS: Final = (
    Operation("ask_for_consent", _ask, 303),
    Operation("describe_request", _describe, 200, _request),
    Operation("consents", get(_LIST)),
    Operation("give_consent", _give, 201, _request),
    Operation("change_consent", ask("PATCH", f"{_LIST}/{{consent}}", json=_FEWER)),
    Operation("agree_to_terms", _agree),
    Operation("withdraw_consent", ask("DELETE", f"{_LIST}/{{consent}}"), 204),
    Operation("exchange_code", _exchange, 200, _code),
    Operation("renew_tokens", _renew),
    Operation("revoke_token", _revoke),
)
