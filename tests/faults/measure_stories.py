"""Adding and deleting a measure, and what must be true of the record."""

from typing import Final

from chalicelib.core.errors import NotFound
from chalicelib.http.idempotency import Idempotency
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
