"""What a document sent in parts costs: the last of its two parts, its end, and a slice of it."""

from typing import Any, Final

from bench.asking import Operation, remember
from chalicelib.core import ids
from tests.http_client import Client, Reply
from tests.record import sending
from tests.record.sending import LONG, PART
from tests.worlds import World

_known: Final[dict[str, dict[str, Any]]] = {}


def _announce(world: World, http: Client) -> Reply:
    return http.post(
        f"/v1/patients/{world.person.pid}/documents",
        as_=world.person.principal,
        json=sending.draft_of(LONG, type_code="DOCPAT05"),
        headers={"Idempotency-Key": ids.new_id()},
    )


def _announced(world: World, http: Client) -> None:
    _known[world.person.pid] = _announce(world, http).json()


def _sent(world: World, http: Client) -> None:
    _announced(world, http)
    sending.send(http, world.person.principal, _known[world.person.pid], LONG)


def kept(world: World, http: Client) -> None:
    """Let it be in the record; paths name it `{long}`."""
    _sent(world, http)
    _complete(world, http)
    sending.inspect()
    remember(world, long=_known[world.person.pid]["id"])


def _being_read(world: World, http: Client) -> None:
    """Let its first slice have been read."""
    kept(world, http)
    _read_slice(world, http)


def _send_part(world: World, http: Client) -> Reply:
    target = f"{_known[world.person.pid]['upload']['parts_href']}/2"
    return http.put(target, as_=world.person.principal, body=LONG[PART:])


def _list_parts(world: World, http: Client) -> Reply:
    target = _known[world.person.pid]["upload"]["parts_href"]
    return http.get(target, as_=world.person.principal)


def _complete(world: World, http: Client) -> Reply:
    told, key = _known[world.person.pid], ids.new_id()
    return sending.complete(http, world.person.principal, told, key=key)


def _progress(world: World, http: Client) -> Reply:
    return http.get(_href(world), as_=world.person.principal)


def _read_slice(world: World, http: Client) -> Reply:
    return http.get(
        f"{_href(world)}/content", as_=world.person.principal, headers={"Range": f"bytes={PART}-"}
    )


def _href(world: World) -> str:
    return f"/v1/patients/{world.person.pid}/documents/{_known[world.person.pid]['id']}"


OPERATIONS: Final = (
    Operation("announce_long", _announce, 202),
    Operation("send_part", _send_part, 204, _announced),
    Operation("list_parts", _list_parts, 200, _announced),
    Operation("complete_document", _complete, 202, _sent),
    Operation("progress", _progress, 202, _announced),
    Operation("slice", _read_slice, 206, kept),
    Operation("next_slice", _read_slice, 206, _being_read),
)
