"""Versions of a document: a CDA that replaces another one of the same depositor (R-VER-01, -02).

The former version is in no list any more; who has its id still reads it. What names a document that
is not here, or that somebody else deposited, is a document of its own, and is told one same warning
(D15). See ADR 0036.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from chalicelib.access.gate import Unit
from chalicelib.core import rows
from chalicelib.core.errors import Conflict
from chalicelib.http.principal import ActorKind
from chalicelib.record import rules, store
from chalicelib.record.cda.rules import Oddity
from chalicelib.record.model import Document
from chalicelib.record.store import DocumentRow, SourceRow

# P: read for one deposit, whatever it names; beyond, a depositor is going round in circles.
_MOST: Final = 50

Found = tuple[DocumentRow, Document]


def placed(unit: Unit, document: Document, source: str | None, parents: Sequence[str]) -> Document:
    """Return a new document as the next version of what it replaces, which is written as such.

    A rival who changes the former version meanwhile makes the deposit start again.

    Raises:
        Tampered, Unavailable: the former version does not open.
    """
    if source is None or unit.entry.principal.kind is ActorKind.PERSON:
        return document
    unit.write(rows.replace(store.new_source_row(unit, document.id, source)))
    if not parents:
        return document
    found = _current(unit, parents)
    if found is None or not rules.may_replace(document, found[1]):
        return replace(document, warnings=(*document.warnings, Oddity.NOT_REPLACED.value))
    row, former = found
    _change(unit, row, replace(former, replaced_by=document.id))
    return replace(document, replaces=former.id)


def close_up(unit: Unit, document: Document) -> None:
    """Let the versions around one that is withdrawn follow each other; the former may be current.

    Raises:
        Tampered, Unavailable: one of them does not open.
    """
    former, later = (_find(unit, known) for known in (document.replaces, document.replaced_by))
    follow = former and later and rules.may_replace(later[1], former[1])
    if former:
        after = later[1].id if later and follow else None
        _change(unit, former[0], replace(former[1], replaced_by=after))
    if later:
        before = former[1].id if former and follow else None
        _change(unit, later[0], replace(later[1], replaces=before))


def _change(unit: Unit, row: DocumentRow, document: Document) -> None:
    unit.put(store.changed_row(unit, row, document), lost=Conflict())


def _current(unit: Unit, parents: Sequence[str]) -> Found | None:
    """Find the last version of the first parent that this depositor deposited."""
    token = unit.entry.depositor_token()
    keys = [(SourceRow, *store.source_key(unit.pid, token, parent)) for parent in parents]
    named = [row for row in rows.fetch(keys) if isinstance(row, SourceRow)]
    ahead, seen = [row.document_id for row in named], set[str]()
    while ahead and len(seen) < _MOST:
        known = ahead.pop(0)
        found = None if known in seen else _find(unit, known)
        seen.add(known)
        if found is None or found[0].depositor != token:
            continue
        if found[1].replaced_by is None:
            return found
        ahead.insert(0, found[1].replaced_by)
    return None


def _find(unit: Unit, document_id: str | None) -> Found | None:
    if document_id is None:
        return None
    row = rows.get(DocumentRow, *store.document_key(unit.pid, document_id))
    return (row, store.open_row(unit, row)) if row else None
