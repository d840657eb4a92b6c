"""What a document sent in parts costs: the last of its two parts, its end, and a slice of it."""

from typing import Any, Final

from chalicelib.core import ids
from chalicelib.http.principal import Principal
from tests.http_client import Client, Reply
from tests.record import sending
from tests.record.sending import LONG, PART
from tests.worlds import World

_known: Final[dict[str, dict[str, Any]]] = {}


def announce(world: World, http: Client) -> Reply:
    return http.post(
        f"/v1/patients/{world.person.pid}/documents",
        as_=world.person.principal,
        json=sending.draft_of(LONG, type_code="DOCPAT05"),
        headers={"Idempotency-Key": ids.new_id()},
    )


def announced(world: World, http: Client) -> None:
    _known[world.person.pid] = announce(world, http).json()


def sent(world: World, http: Client) -> None:
    announced(world, http)
    sending.send(http, world.person.principal, _known[world.person.pid], LONG)


def kept(world: World, http: Client) -> None:
    """Let it be in the record."""
    sent(world, http)
    complete(world, http)
    sending.inspect()


def being_read(world: World, http: Client) -> None:
    """Let its first slice have been read."""
    kept(world, http)
    read_slice(world, http)


def send_part(world: World, http: Client) -> Reply:
    target = f"{_known[world.person.pid]['upload']['parts_href']}/2"
    return http.put(target, as_=world.person.principal, body=LONG[PART:])


def list_parts(world: World, http: Client) -> Reply:
    target = _known[world.person.pid]["upload"]["parts_href"]
    return http.get(target, as_=world.person.principal)


def complete(world: World, http: Client) -> Reply:
    told, key = _known[world.person.pid], ids.new_id()
    return sending.complete(http, world.person.principal, told, key=key)


def progress(world: World, http: Client) -> Reply:
    return http.get(_href(world), as_=world.person.principal)


def read_slice(world: World, http: Client) -> Reply:
    return _slice(http, f"{_href(world)}/content", world.person.principal)


def read_fhir_slice(world: World, http: Client, app: Principal) -> Reply:
    return _slice(http, f"/fhir/R4/Binary/{_known[world.person.pid]['id']}", app)


def _slice(http: Client, target: str, who: Principal) -> Reply:
    return http.get(target, as_=who, headers={"Range": f"bytes={PART}-"})


def _href(world: World) -> str:
    return f"/v1/patients/{world.person.pid}/documents/{_known[world.person.pid]['id']}"
