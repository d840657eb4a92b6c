"""Announcing a document and sending its content, and taking a document back or deleting it."""

from typing import Final

from chalicelib.core import clock
from chalicelib.core.errors import NotFound
from chalicelib.core.rows import table_name
from chalicelib.http.idempotency import Idempotency
from chalicelib.record import usecases as record
from chalicelib.record.model import Draft, WithdrawalReason
from chalicelib.record.usecases import Filter
from tests import double
from tests.builders import Actor, Patient
from tests.worlds import UPLOADED, World

KEY: Final = Idempotency("n" * 64, "h" * 64)


def announce(world: World, title: str) -> object:
    draft = Draft(title, "11502-2", clock.now().date(), "application/pdf", None, None)
    return record.announce_document(world.laboratory.principal, world.person.pid, draft, KEY)


def announced(world: World) -> object:
    """Return how many announcements wait for their content, the world's own included."""
    del world
    items = double.tables()[table_name("work")].values()
    return sum(item["kind"]["S"] == "upload" for item in items)


def send(world: World) -> object:
    """Send the content of what the world announced; sending it again has the same answer."""
    principal = world.laboratory.principal
    return record.upload_content(principal, world.person.pid, world.upload, UPLOADED)


def sent(world: World) -> object:
    """Return the contents, as the person reads them, of what was announced."""
    person = world.person
    try:
        return record.open_document(person.principal, person.pid, world.upload)[1]
    except NotFound:
        return None


def _take_back(who: Actor | Patient, world: World, document_id: str) -> object:
    """Take it back as a client does: what is gone is taken back."""
    try:
        one = record.read_document(who.principal, world.person.pid, document_id)
    except NotFound:
        return None
    reason = WithdrawalReason.OTHER
    record.withdraw_document(who.principal, world.person.pid, document_id, reason, one.version)
    return None


def withdraw(world: World) -> object:
    return _take_back(world.laboratory, world, world.document)


def delete(world: World) -> object:
    return _take_back(world.person, world, world.own)


def left(world: World) -> object:
    """Return which documents the person sees, and which incidents the operator looks at."""
    person = world.person
    listing = record.list_documents(person.principal, person.pid, Filter(), None, 50)
    items = double.tables()[table_name("record")].values()
    incidents = [item["sk"]["S"] for item in items if item["kind"]["S"] == "incident"]
    names = {world.document: "laboratory's", world.own: "own"}
    return sorted(names[one.id] for one in listing.documents), len(incidents)
