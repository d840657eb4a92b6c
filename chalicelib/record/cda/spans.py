"""Spans of a table, kept within the table: what a cell claims beyond its last column or row is cut.

Why it exists: a browser lays out each column and row that cells claim. A few thousand cells that
claim a thousand columns each would freeze the reader's screen (A21).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from chalicelib.record.cda.model import Cell

Rows = tuple[tuple[Cell, ...], ...]
# Columns that spans alone may make, and places (columns by rows) up to which spans are followed.
_MAX_CLAIMED: Final = 100
_MAX_PLACES: Final = 100_000


def within(groups: Mapping[str, Rows]) -> dict[str, Rows]:
    """Cut the spans of a table's groups of rows to its columns and to the rows left in the group.

    The columns are those of the widest row, a row of one cell apart: it claims what it likes.
    """
    rows = [row for group in groups.values() for row in group]
    most = max(map(len, rows), default=0)
    claimed = max((sum(cell.colspan for cell in row) for row in rows if len(row) > 1), default=1)
    columns = min(claimed, max(most, _MAX_CLAIMED))
    followed = columns * len(rows) <= _MAX_PLACES
    return {
        name: tuple(
            tuple(_cut(row, columns, len(group) - rank) if followed else map(_alone, row))
            for rank, row in enumerate(group)
        )
        for name, group in groups.items()
    }


def _cut(row: tuple[Cell, ...], columns: int, rows_left: int) -> Iterator[Cell]:
    spare = max(0, columns - len(row))
    for cell in row:
        colspan = min(cell.colspan, 1 + spare)
        spare -= colspan - 1
        yield replace(cell, colspan=colspan, rowspan=min(cell.rowspan, rows_left))


def _alone(cell: Cell) -> Cell:
    return replace(cell, colspan=1, rowspan=1)
