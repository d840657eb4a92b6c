"""A refusal costs the same however much there is: nothing is looked for before it is decided."""

from collections.abc import Callable

import pytest

from chalicelib.core import ids
from tests.agenda.test_appointments import added, path
from tests.agenda.test_calendars import link, links, target
from tests.http_client import Client
from tests.recorder import Recorder
from tests.worlds import World

LOOKS = "dynamodb.Query"


def cost(calls: Recorder, send: Callable[[], object]) -> list[str]:
    send()
    calls.clear()
    send()
    return sorted(calls.names)


@pytest.mark.parametrize("who", ["colleague", "other"])
def test_a_list_refused_looks_for_nothing(  # A36
    world: World, http: Client, calls: Recorder, who: str
) -> None:
    principal = getattr(world, who).principal

    def asked(pid: str) -> None:
        target = f"/v1/patients/{pid}/appointments?from=2026-12-01"
        assert http.get(target, as_=principal).status == 404

    empty = cost(calls, lambda: asked(world.person.pid))
    for day in range(1, 9):
        added(world, http, start=f"2026-12-0{day}T09:30", reminders=[])
    full = cost(calls, lambda: asked(world.person.pid))
    unknown = cost(calls, lambda: asked(ids.new_secret_id()))
    assert empty == full == unknown
    assert LOOKS not in full


def test_a_list_allowed_looks_once(world: World, http: Client, calls: Recorder) -> None:
    added(world, http)

    def asked() -> None:
        assert http.get(path(world), as_=world.person.principal).status == 200

    assert cost(calls, asked).count(LOOKS) == 1


def test_a_link_that_was_cut_looks_for_nothing(  # A22
    world: World, http: Client, calls: Recorder
) -> None:
    added(world, http)
    made = link(world, http)
    gone = f"{links(world)}/{made['id']}"
    assert http.delete(gone, as_=world.person.principal).status == 204

    def asked() -> None:
        assert http.get(target(made)).status == 404

    assert LOOKS not in cost(calls, asked)


@pytest.mark.parametrize("what", ["home", "notices", "trace", "authorisations"])
@pytest.mark.parametrize("who", ["doctor", "laboratory"])
def test_what_is_the_persons_alone_is_not_looked_for_by_others(  # A36
    world: World, http: Client, calls: Recorder, what: str, who: str
) -> None:
    actor = getattr(world, who)
    subject = world.handle(actor) if actor is world.laboratory else world.person.pid

    def asked() -> None:
        reply = http.get(f"/v1/patients/{subject}/{what}", as_=actor.principal)
        assert reply.status == 404, reply.body

    assert LOOKS not in cost(calls, asked)
