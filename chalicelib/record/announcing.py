"""Making visible a document withheld from the person, once it was announced to her (R-CNF-05).

One way. She is told of it as of a new document, and her history has from then on what was done to
it before: it was kept apart until now. See ADR 0037.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from chalicelib.access import gate, waiting
from chalicelib.access.gate import Unit
from chalicelib.access.model import Action, Refusal
from chalicelib.access.usecases import until_it_holds
from chalicelib.core.errors import Conflict, FieldError, Invalid
from chalicelib.core.events import EventType
from chalicelib.core.rows import Item
from chalicelib.http.principal import Principal
from chalicelib.record import store, usecases, versions
from chalicelib.record.model import Document, Visibility
from chalicelib.record.store import DocumentRow


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
        shown = replace(versions.alone(document), visibility=Visibility.NORMAL, is_revealable=False)
        row = store.changed_row(unit, unit.target(DocumentRow), shown)
        unit.put(row, lost=Conflict())
        unit.put(store.new_announced_row(pid, document_id), lost=Conflict())
        unit.emit(EventType.DOCUMENT_ADDED, document_id)
    return replace(shown, version=shown.version + 1)


def told(
    unit: Unit,
    announced: Iterable[Item],
    before: str | None,
    about: Callable[[Item], str | None],
) -> Iterator[Item]:
    """Return the traces kept apart that are about what was announced since, the last first.

    `announced` are the rows of the record that say so (`store.announced`), `before` the id of a
    trace from which to go on, and `about` reads which document a trace is about. What was withdrawn
    before it was announced, or refused, stays out; and costs nothing, as it tells nothing.
    """
    known = store.announced_ids(announced)
    found = waiting.traces(unit.pid, sorted(known), before)
    return (item for item in found if about(item) in known)
