"""Registering an application, saying something else of it, and deciding of it."""

from dataclasses import replace
from typing import Final

from chalicelib.access.applications import ApplicationRow, application_key
from chalicelib.catalogue import usecases
from chalicelib.catalogue.model import OPERATOR, Author, Criteria, Happened, State
from chalicelib.core import rows
from tests import double
from tests.catalogue.samples import DRAFT
from tests.faults.stories import MARKER, Travel
from tests.worlds import World

ID: Final = "0" * 25 + "A"
PUBLISHER: Final = Author("publisher", "0" * 25 + "1", MARKER)
SAID: Final = replace(DRAFT, name=MARKER)
LATER: Final = replace(SAID, purpose=f"{MARKER}, autrement dit.")
Seen = tuple[str, str, str]
NOBODY: Final = ("", "", "")


def register(world: World) -> object:
    del world
    return usecases.register(PUBLISHER, SAID, application_id=ID).id


def register_before(world: World, travel: Travel) -> None:
    del travel
    register(world)


def online_before(world: World, travel: Travel) -> None:
    register_before(world, travel)
    usecases.review(OPERATOR, ID, list(Criteria))
    usecases.set_state(OPERATOR, ID, State.ONLINE, "Revue favorable.")


def change(world: World) -> object:
    del world
    return usecases.change(PUBLISHER, ID, LATER)


def suspend(world: World) -> object:
    del world
    return usecases.set_state(OPERATOR, ID, State.SUSPENDED, f"{MARKER} : incident.")


def seen(world: World) -> Seen:
    """Return what the gate goes by and what people read: never one without the other."""
    del world
    row = rows.get(ApplicationRow, *application_key(ID))
    if row is None:
        assert double.tables()["carnet-test-catalogue"] == {}
        return NOBODY
    card = usecases.find(ID)
    return str(row.status), card.state.value, card.draft.purpose


def told_once(what: Happened, world: World, tries: int) -> str | None:
    """Look for one entry of the own history, however often it was tried."""
    del world, tries
    found = [one for one in usecases.history(ID) if one.what is what]
    wanted = 2 if what is Happened.STATE else 1  # it had been put online
    return None if len(found) == wanted else f"{len(found)} entries of {what}"
