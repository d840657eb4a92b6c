"""Presenting, changing and deciding of an application, and what must be true of it after."""

from dataclasses import dataclass, replace
from typing import Final

from chalicelib.access.applications import ApplicationRow, application_key
from chalicelib.catalogue import desk, usecases
from chalicelib.catalogue.model import OPERATOR, Author, Criteria, Happened, State
from chalicelib.core import rows
from chalicelib.http.idempotency import Idempotency
from tests.catalogue.samples import DRAFT, SIRET
from tests.worlds import World

KEY: Final = Idempotency("a" * 64, "h" * 64)
REASON: Final = "Usage clair, données nécessaires."
NOTHING: Final[list[tuple[str, str, str]]] = []
_prepared: Final[dict[str, str]] = {}


def prepare(world: World, travel: object) -> None:
    """Put online the application that is changed or decided on."""
    del travel
    author = Author("publisher", "0" * 26, "Alix EXEMPLE", SIRET)
    made = usecases.register(author, DRAFT)
    usecases.review(OPERATOR, made.id, list(Criteria))
    usecases.set_state(OPERATOR, made.id, State.ONLINE, REASON)
    _prepared[world.publisher.id] = made.id


def register(world: World, name: str) -> object:
    draft = replace(DRAFT, name=name)
    return desk.register(world.publisher.principal, draft, KEY).application.id


def change(world: World, name: str) -> object:
    """Change it as a client does: it looks first, and has nothing to do if it is so already."""
    publisher, known = world.publisher.principal, _prepared[world.publisher.id]
    one = desk.own_application(publisher, known).application
    if one.draft.name != name:
        desk.change(publisher, known, {"name": name}, one.version)
    return None


def suspend(world: World) -> object:
    """Decide of it as a client does: of what she read, and not again of what is so already."""
    operator, known = world.operator.principal, _prepared[world.publisher.id]
    one = desk.file(operator, known).application
    if one.state is not State.SUSPENDED:
        desk.decide(operator, known, State.SUSPENDED, "Incident signalé.", one.version)
    return None


def review(world: World) -> None:
    """Note one criterion of those noted before, unless it is so already."""
    operator, known = world.operator.principal, _prepared[world.publisher.id]
    one = desk.file(operator, known).application
    if len(one.checked) != 1:
        desk.review(operator, known, [Criteria.ETHICS], one.version)


def noted(world: World) -> int:
    """Return how many criteria are noted as satisfied."""
    known = _prepared[world.publisher.id]
    return len(desk.file(world.operator.principal, known).application.checked)


def seen(world: World) -> object:
    """Return the name of each application and its state, to its publisher and to the gate."""
    found = []
    for one in desk.own_applications(world.publisher.principal):
        row = rows.get(ApplicationRow, *application_key(one.id))
        found.append((one.draft.name, str(one.state), row.status if row else "no row"))
    return found


@dataclass(frozen=True)
class Told:
    """That the histories of applications tell something once, beside what they told before."""

    what: Happened
    already: int = 0

    def __call__(self, world: World, tries: int) -> str | None:
        del tries
        listed = desk.own_applications(world.publisher.principal)
        events = [event for one in listed for event in usecases.history(one.id)]
        count = sum(event.what is self.what for event in events) - self.already
        return None if count == 1 else f"{count} entries of {self.what}"
