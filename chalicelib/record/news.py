"""What is new in a record to a professional: documents deposited after the last one she saw.

Why it exists: she asks it of many records without opening them. What her profession may not read
is not counted (D15), nor what she deposited herself. Seeing is said by whoever shows the documents:
reading a list marks nothing.
"""

from dataclasses import dataclass
from typing import Final

from chalicelib.access.gate import Unit
from chalicelib.core import ids
from chalicelib.core.rows import Query
from chalicelib.record import store, usecases
from chalicelib.record.store import SeenRow

MOST: Final = 20
# The last one of an instant: a mark is never in the future, where it would hide what comes.
_HIGHEST: Final = (1 << 80) - 1


@dataclass(frozen=True, slots=True)
class News:
    """How many documents are new, `MOST` at most; `has_more` if there are others."""

    count: int
    has_more: bool
    was_seen: bool


def query(pid: str) -> Query:
    """Return the query to name on entering, first and alone."""
    return store.newest_first(pid, MOST + 1, None)


def count(unit: Unit) -> News:
    """Count what is new; the row of `seen_wish` and `query` were named on entering."""
    seen = _seen(unit)
    last, found = seen.up_to if seen else "", 0
    for document in usecases.visible(unit, query(unit.pid), unit.pages[0]):
        if document.id <= last or found > MOST:
            break
        found += not document.is_own_deposit
    return News(min(found, MOST), has_more=found > MOST, was_seen=seen is not None)


def mark_seen(unit: Unit, document_id: str) -> None:
    """Note that documents were seen up to one; never back."""
    wish = store.seen_wish(unit.pid, unit.entry.principal.id)
    row = _seen(unit) or SeenRow(wish[1], wish[2], kind="seen", up_to="")
    row.up_to = max(row.up_to, min(document_id, ids.ulid_at(unit.now, _HIGHEST)))
    unit.put(row)


def _seen(unit: Unit) -> SeenRow | None:
    return unit.row(*store.seen_wish(unit.pid, unit.entry.principal.id))
