"""The smallest use case there is, to look at the gate around it: a note in a record."""

from collections.abc import Callable
from typing import Any, ClassVar

from pynamodb.attributes import UnicodeAttribute

from chalicelib.access import gate
from chalicelib.access.model import Action
from chalicelib.audit.model import Trace
from chalicelib.audit.store import TraceRow, open_row
from chalicelib.core import ids, rows
from chalicelib.core.errors import (
    Conflict,
)
from chalicelib.core.events import EventType
from chalicelib.core.rows import VersionedRow, patient_key, table_name
from chalicelib.http.idempotency import Idempotency
from chalicelib.http.principal import Principal
from tests import double
from tests.builders import Actor, Patient

TRANSACTION = "dynamodb.TransactWriteItems"
PUT = "dynamodb.PutItem"


class NoteRow(VersionedRow):
    """A row of the tests, for what a use case would write."""

    TABLE: ClassVar[str] = "record"


class DepositRow(VersionedRow):
    """A row that says who deposited it, as a document's does."""

    TABLE: ClassVar[str] = "record"

    depositor = UnicodeAttribute()


def a_note(pid: str) -> NoteRow:
    return NoteRow(patient_key(pid), f"NOTE#{ids.new_id()}", kind="note")


def add_note(principal: Principal, pid: str, *, idempotency: Idempotency | None = None) -> str:
    """Write one row and announce it, as every use case that writes does."""
    with gate.enter(principal, Action.DOCUMENT_ADD, pid, idempotency=idempotency) as unit:
        note = a_note(pid)
        unit.about(note.sk.removeprefix("NOTE#"))
        unit.put(note, lost=Conflict("already-deposited"))
        unit.emit(EventType.DOCUMENT_ADDED, note.sk.removeprefix("NOTE#"))
    return note.sk


def look(principal: Principal, pid: str) -> None:
    with gate.enter(principal, Action.DOCUMENT_LIST, pid):
        pass


def traces(owner: str, *, of_patient: bool = True) -> list[Trace]:
    """Open every trace of a partition, oldest first."""
    pk = f"{'P' if of_patient else 'A'}#{owner}"
    items = double.tables()[table_name("audit")]
    found = []
    for (hash_key, range_key), _ in sorted(items.items()):
        if hash_key == pk:
            row = rows.get(TraceRow, hash_key, range_key)
            assert row is not None
            found.append(open_row(row, owner))
    return found


def stored(table: str, prefix: str) -> list[dict[str, Any]]:
    items = double.tables()[table_name(table)].items()
    return [item for (pk, sk), item in sorted(items) if f"{pk}|{sk}".find(prefix) >= 0]


def notes() -> int:
    return len(stored("record", "|NOTE#"))


def outbox() -> list[str]:
    return [item["type"]["S"] for item in stored("work", "EV#")]


def add_note_of_person(person: Patient) -> str:
    return add_note(person.principal, person.pid)


def add_note_then(actor: Actor, person: Patient, fail: Callable[[], None]) -> None:
    with gate.enter(actor.principal, Action.DOCUMENT_ADD, person.pid) as unit:
        unit.put(a_note(person.pid))
        fail()
