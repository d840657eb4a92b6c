"""Adding and deleting a measure, setting a target and removing it, and what must be true then."""

from datetime import date
from decimal import Decimal
from typing import Final

from chalicelib.core.errors import NotFound, Stale
from chalicelib.http.idempotency import Idempotency
from chalicelib.measures import targets
from chalicelib.measures import usecases as measures
from chalicelib.measures.model import Draft, MeasureKind, Window
from tests.worlds import FIGURES, World, measure

KEY: Final = Idempotency("m" * 64, "h" * 64)
AT: Final = "2026-11-20T07:30+01:00"
NOTHING: Final[list[object]] = []
ADDED: Final[list[object]] = [("2026-11-20T07:30:00+01:00", FIGURES)]
_prepared: Final[dict[str, str]] = {}


def prepare(world: World, travel: object) -> None:
    """Add the measure that is deleted."""
    del travel
    _prepared[world.person.pid] = measure(world.person.principal, world.person.pid, at=AT)


def add(world: World, comment: str) -> object:
    draft = Draft(MeasureKind.WEIGHT, AT, FIGURES, comment)
    return measures.add_measure(world.person.principal, world.person.pid, draft, KEY)


def delete(world: World) -> object:
    """Delete it as a client does: what is gone is deleted."""
    person = world.person
    try:
        measures.delete_measure(person.principal, person.pid, _prepared[person.pid])
    except NotFound:
        return None
    return None


def seen(world: World) -> object:
    person = world.person
    found = measures.list_measures(person.principal, person.pid, Window(), None, 50)
    return [(one.details.at.isoformat(), one.details.values) for one in found.items]


WANTED: Final = (Decimal("68.5"), date(2027, 6, 1))
NO_TARGET: Final = (None, 0)
TARGET: Final = (WANTED, 1)
REMOVED: Final = (None, 2)


def aim(world: World) -> None:
    """Set a target; of one that was set before, look whether it is this one."""
    person = world.person
    try:
        targets.set_target(person.principal, person.pid, *WANTED, 0)
    except Stale:
        if aimed(world) != TARGET:
            raise


def prepare_target(world: World, travel: object) -> None:
    """Set the target that is removed."""
    del travel
    aim(world)


def give_up(world: World) -> None:
    targets.remove_target(world.person.principal, world.person.pid)


def aimed(world: World) -> object:
    found = targets.read_target(world.person.principal, world.person.pid)
    said = found.target
    return (said and (said.weight, said.by), found.version)
