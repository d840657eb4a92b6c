"""What cells claim beyond their table is cut; what a table really spans is kept (A21)."""

import pytest

from chalicelib.record.cda.model import Cell
from chalicelib.record.cda.spans import Rows, within


def _row(*spans: tuple[int, int]) -> tuple[Cell, ...]:
    return tuple(Cell(colspan=colspan, rowspan=rowspan) for colspan, rowspan in spans)


def _spans(rows: Rows) -> list[list[tuple[int, int]]]:
    (cut,) = within({"tbody": rows}).values()
    return [[(cell.colspan, cell.rowspan) for cell in row] for row in cut]


@pytest.mark.parametrize(
    "rows",
    [
        (_row((5, 1)), _row((2, 1), (3, 1)), _row(*[(1, 1)] * 5)),
        (_row((1, 2), (2, 1), (1, 2)), _row((1, 1), (1, 1))),
        (_row((2, 1), (1, 1)), _row((1, 1), (2, 1))),
        (_row((1, 3), (1, 1)), _row((1, 1)), _row((1, 1))),
    ],
)
def test_keeps_the_spans_that_a_table_holds(rows: Rows) -> None:
    assert _spans(rows) == [[(cell.colspan, cell.rowspan) for cell in row] for row in rows]


def test_cuts_a_cell_at_the_last_column_and_the_last_row() -> None:
    rows = (_row((1_000, 1)), _row((1, 1), (1, 1), (1, 1)), _row((1, 1_000)))
    assert _spans(rows) == [[(3, 1)], [(1, 1)] * 3, [(1, 1)]]


def test_counts_the_columns_over_all_groups_and_the_rows_in_each() -> None:
    cut = within({"thead": (_row((9, 9)),), "tbody": (_row((1, 9), (1, 1)), _row((1, 1)))})
    assert [(cell.colspan, cell.rowspan) for cell in cut["thead"][0]] == [(2, 1)]
    assert cut["tbody"][0][0].rowspan == 2


def test_spans_alone_make_no_more_than_a_hundred_columns() -> None:
    rows = (_row(*[(1_000, 1)] * 40), _row((1_000, 1), (1_000, 1)))
    assert [sum(colspan for colspan, _ in row) for row in _spans(rows)] == [100, 100]


def test_a_table_of_too_many_places_keeps_its_cells_and_no_span() -> None:
    rows = (_row(*[(1, 1_000)] * 400), *[_row((400, 1))] * 300)
    spans = _spans(rows)
    assert [len(row) for row in spans] == [len(row) for row in rows]
    assert {span for row in spans for span in row} == {(1, 1)}
