"""Making visible a document withheld from the person, once it was announced to her (R-CNF-05).

One way. She is told of it as of a new document, and her history has from then on what was done to
it before: it was kept apart until now. See ADR 0037.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from chalicelib.access import gate
from chalicelib.access.gate import Unit
from chalicelib.access.model import Action, Refusal
from chalicelib.access.usecases import until_it_holds
from chalicelib.core import log, rows
from chalicelib.core.errors import Conflict, FieldError, Invalid
from chalicelib.core.events import EventType
from chalicelib.core.rows import Item
from chalicelib.http.principal import Principal
from chalicelib.record import store, usecases
from chalicelib.record.model import Document, Visibility
from chalicelib.record.store import DocumentRow, IncidentRow
from chalicelib.vault.errors import Tampered


def reveal(principal: Principal, pid: str, document_id: str) -> Document:
    """Make visible to the person what was announced to her; again, nothing changes.

    Raises:
        NotFound, Unavailable.
        Invalid: it is under a minor's secrecy, which waits for nothing.
        Conflict: `superseded`: the next version is the one to announce.
    """
    return until_it_holds(lambda: _reveal(principal, pid, document_id))


def _reveal(principal: Principal, pid: str, document_id: str) -> Document:
    target = (DocumentRow, *store.document_key(pid, document_id))
    with gate.enter(
        principal,
        Action.DOCUMENT_REVEAL,
        pid,
        target=target,
        about=document_id,
        refused_as=Action.DOCUMENT_READ,
    ) as unit:
        document = usecases.open_visible(unit)
        if document.visibility is Visibility.NORMAL:
            unit.traced_as = Action.DOCUMENT_READ
            return document
        if document.visibility is not Visibility.NOT_PATIENT:
            raise Invalid(errors=(FieldError("/visibility", "not_withheld"),))
        if document.replaced_by:
            raise Conflict("superseded")
        unit.require(holds=document.is_revealable, reason=Refusal.PROFESSION)
        unit.is_withheld = False  # from this line on, her history says it
        shown = replace(document, visibility=Visibility.NORMAL, is_revealable=False)
        row = store.changed_row(unit, unit.target(DocumentRow), shown)
        unit.put(row, lost=Conflict())
        unit.emit(EventType.DOCUMENT_ADDED, document_id)
    return replace(shown, version=document.version + 1)


def told(unit: Unit, items: Iterable[Item], about: Callable[[Item], str | None]) -> Iterator[Item]:
    """Return the traces kept apart that are about what was announced since; `about` reads which.

    What was withdrawn before it was announced, or refused, stays out.
    """
    known: dict[str, bool] = {}
    for item in items:
        document_id = about(item)
        if document_id is None:
            continue
        if document_id not in known:
            known[document_id] = _was_announced(unit, document_id)
        if known[document_id]:
            yield item


def _was_announced(unit: Unit, document_id: str) -> bool:
    """Tell it of a document of the record, or of one that was withdrawn since."""
    kinds: tuple[type[DocumentRow | IncidentRow], ...] = (DocumentRow, IncidentRow)
    found = rows.fetch_raw(
        [
            (DocumentRow, *store.document_key(unit.pid, document_id)),
            (IncidentRow, *store.incident_key(unit.pid, document_id)),
        ]
    )
    try:
        return any(
            store.visibility_of(unit, model.from_raw_data(item)) is not Visibility.NOT_PATIENT
            for model, item in zip(kinds, found, strict=True)
            if item
        )
    except Tampered as error:
        log.exception("document does not open", error, patient=unit.pid)
        return False
