"""The operations whose cost is counted, feature by feature."""

from typing import Final

from bench.asking import Operation
from bench.features import agenda, consents, desk, family, fhir, large, letters, own, record
from chalicelib.http.principal import Principal
from tests.http_client import Client
from tests.worlds import World, deposit

LISTED: Final = 50
OPERATIONS: Final[tuple[Operation, ...]] = (
    *record.OPERATIONS,
    *large.OPERATIONS,
    *own.OPERATIONS,
    *agenda.OPERATIONS,
    *letters.OPERATIONS,
    *family.OPERATIONS,
    *fhir.OPERATIONS,
    *consents.OPERATIONS,
    *desk.OPERATIONS,
)


def fill(world: World, documents: int = LISTED) -> None:
    """Deposit documents until the record holds so many."""
    for _ in range(documents - 2):  # the world has two
        deposit(world.laboratory.principal, world.person.pid)


def prepare(world: World, http: Client) -> None:
    """Make what every operation finds; notices are of appointments, made before."""
    for feature in (fhir, agenda, own, letters, consents, desk):
        feature.prepare(world, http)


def known_callers(world: World) -> list[Principal]:
    """Return everybody who sends a request here."""
    known = [
        world.person,
        world.doctor,
        world.colleague,
        world.laboratory,
        world.publisher,
        world.operator,
    ]
    app = fhir.application(world)
    return [actor.principal for actor in (*known, *([app] if app else []))]


def named(name: str) -> Operation:
    """Return the operation of a name in `budgets.toml`."""
    return next(one for one in OPERATIONS if one.name == name)
