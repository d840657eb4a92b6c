"""Versions of a document: a CDA that replaces another one of the same depositor (R-VER-01, -02).

The former version is in no list any more; who has its id still reads it. What names a document that
is not here, or that somebody else deposited, is a document of its own, and is told one same warning
(D15). A version that was altered is told to the operator, and is as if it were not here: it stops
neither a correction nor a withdrawal. See ADR 0036.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from chalicelib.access.gate import Unit
from chalicelib.core import log, rows
from chalicelib.core.errors import Conflict
from chalicelib.http.principal import ActorKind
from chalicelib.record import secrecy, store
from chalicelib.record.cda.rules import Oddity
from chalicelib.record.model import Document, Visibility
from chalicelib.record.store import DocumentRow, IncidentRow, SourceRow
from chalicelib.vault.errors import Tampered

# P: read for one deposit, whatever it names; beyond, a depositor is going round in circles.
_MOST: Final = 50

Found = tuple[DocumentRow, Document]


def placed(unit: Unit, document: Document, source: str | None, parents: Sequence[str]) -> Document:
    """Return a new document as the next version of what it replaces, which is written as such.

    A rival who changes the former version meanwhile makes the deposit start again.

    Raises:
        Unavailable: the former version does not open.
    """
    if source is None or unit.entry.principal.kind is ActorKind.PERSON:
        return document
    unit.write(rows.replace(store.new_source_row(unit, document.id, source)))
    if not parents:
        return document
    found = _current(unit, document, parents)
    if found is None:
        return _warned(document)
    row, former = found
    _change(unit, row, replace(former, replaced_by=document.id))
    return replace(document, replaces=former.id)


def close_up(unit: Unit, document: Document) -> None:
    """Let the versions around one that is withdrawn follow each other; the former may be current.

    It is not while there is a later one, even one that may not tell of it. A later one that tells
    nothing of what is withdrawn is left as it is: that it changed would tell.

    Raises:
        Unavailable: one of them does not open.
    """
    former, later = _former(unit, document), _find(unit, document.replaced_by)
    if former:
        after = later[1].id if later else None
        _change(unit, former[0], replace(former[1], replaced_by=after))
    if later and _is_seen_alike(unit, later[1], document):
        _change(unit, later[0], _after(unit, later[1], former[1] if former else None))


def alone(document: Document) -> Document:
    """Return a version to be made visible: what it replaced, and became of it, is as if unknown."""
    first = replace(document, version=1, behind=document.version - 1)
    if document.replaces is None:
        return first
    return _warned(replace(first, replaces=None, covers=document.replaces))


def _after(unit: Unit, later: Document, former: Document | None) -> Document:
    """Return a version as the one after another, whose next one was withdrawn."""
    if former and _may_replace(unit, later, former):
        return replace(later, replaces=former.id)
    apart = replace(later, replaces=None, covers=former.id if former else None)
    # Made visible later, it must be as one whose former version was never there.
    return _warned(apart) if later.visibility is Visibility.NOT_PATIENT else apart


def _may_replace(unit: Unit, document: Document, former: Document) -> bool:
    """Tell whether a document may be the next version of another, of the same depositor.

    Who may see one must be who may see the other, or either would tell of what is hidden (D15).
    """
    is_same_type = document.type_code == former.type_code
    return is_same_type and _is_seen_alike(unit, document, former)


def _is_seen_alike(unit: Unit, one: Document, other: Document) -> bool:
    return secrecy.in_effect(unit, one) is secrecy.in_effect(unit, other)


def _warned(document: Document) -> Document:
    return replace(document, warnings=(*document.warnings, Oddity.NOT_REPLACED.value))


def _change(unit: Unit, row: DocumentRow, document: Document) -> None:
    unit.put(store.changed_row(unit, row, document), lost=Conflict())


def _current(unit: Unit, document: Document, parents: Sequence[str]) -> Found | None:
    """Find the last version of the first parent that this one may replace, of this depositor.

    Of one withdrawn since, that of the versions that were around it.
    """
    token = unit.entry.depositor_token()
    keys = [(SourceRow, *store.source_key(unit.pid, token, parent)) for parent in parents]
    named = [row for row in rows.fetch(keys) if isinstance(row, SourceRow)]
    ahead, seen = [row.document_id for row in named], set[str]()
    while ahead and len(seen) < _MOST:
        known = ahead.pop(0)
        if known in seen:
            continue
        seen.add(known)
        found = _find(unit, known)
        if found is None:
            ahead[:0] = filter(None, _around_withdrawn(unit, known))
        elif found[0].depositor == token:
            if found[1].replaced_by:
                ahead.insert(0, found[1].replaced_by)
            elif _may_replace(unit, document, found[1]):
                return found
    return None


def _former(unit: Unit, document: Document) -> Found | None:
    """Find the version before, past those withdrawn under one that tells nothing of them."""
    known = document.replaces or document.covers
    for _ in range(_MOST):
        found = _find(unit, known)
        if found or known is None:
            return found
        _, known = _around_withdrawn(unit, known)
    return None


def _find(unit: Unit, document_id: str | None) -> Found | None:
    if document_id is None:
        return None
    try:
        row = rows.get(DocumentRow, *store.document_key(unit.pid, document_id))
        return (row, store.open_row(unit, row)) if row else None
    except Tampered as error:
        log.exception("version does not open", error, patient=unit.pid)
        return None


def _around_withdrawn(unit: Unit, document_id: str) -> tuple[str | None, str | None]:
    """Find the version after one that was withdrawn, and the one before."""
    row = rows.get(IncidentRow, *store.incident_key(unit.pid, document_id))
    try:
        return store.around_incident(unit, row) if row else (None, None)
    except Tampered as error:
        log.exception("withdrawn version does not open", error, patient=unit.pid)
        return None, None
