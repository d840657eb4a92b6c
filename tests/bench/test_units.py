"""Units are counted by DynamoDB's rule: a started kilobyte, twice in a transaction."""

import pytest

from bench import units
from chalicelib.core import clock, events, ids, outbox, rows
from chalicelib.core.events import EventType
from chalicelib.core.rows import Action
from chalicelib.reminders import store
from tests.recorder import Recorder


@pytest.fixture(autouse=True)
def cloud_(aws: Recorder) -> None:
    del aws


def a_due_row(size: int = 0) -> Action:
    row = store.due_row(ids.new_secret_id(), ids.new_id(), clock.now())
    row.reason = "x" * size or None
    return rows.replace(row)


def written(*requests: list[Action]) -> int:
    with units.counting() as counted:
        for actions in requests:
            rows.write(actions)
    return counted.written


def test_a_row_alone_is_one_unit_a_started_kilobyte() -> None:
    assert written([a_due_row()]) == 1
    assert written([a_due_row(1500)]) == 2


def test_in_a_transaction_each_row_is_two() -> None:
    assert written([a_due_row(), a_due_row()]) == 4
    assert written([a_due_row(), rows.absent(store.HeadRow, *store.HEAD_KEY)]) == 4


def test_an_index_is_written_too() -> None:
    event = events.new_event(EventType.REMINDER_DUE, ids.new_secret_id(), ids.new_id())
    put = rows.put(outbox.outbox_row(event, clock.now()))
    assert written([put], [outbox.relayed(event.id)]) == 2 + 2


def test_reading_writes_nothing_and_nothing_is_counted_afterwards() -> None:
    with units.counting() as counted:
        rows.get(store.HeadRow, *store.HEAD_KEY)
    rows.write([a_due_row()])
    assert counted.written == 0
