"""The work whose cost is counted: a plan, a sweep, a reminder from row to mail, an ingest.

Each job runs a worker's own handler, or what it calls at an instant of our choice. Other people's
rows are put straight into the double: they are due at other times, and must cost nothing.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from unittest.mock import patch

from moto.dynamodb.models.dynamo_type import DynamoType, Item

from bench import ingest
from bench.crowd import ALWAYS
from bench.working import Job, served
from chalicelib.core import clock, ids, rows
from chalicelib.core.rows import ConditionLost
from chalicelib.prevention.usecases import SUBJECT, following
from chalicelib.reminders import rules, store, sweep, usecases
from chalicelib.reminders.model import Outcome, Reminder, Source
from chalicelib.reminders.store import HeadRow, ToldRow
from chalicelib.workers.notify import notify
from chalicelib.workers.relay import relay
from tests import double
from tests.reminders.armed import stored
from tests.workers.lambda_events import from_queue, from_stream
from tests.worlds import World

SWEPT: Final = 20
# A minute in which only what is under way is looked at; of five, one looks at all open buckets.
PLANNED_AT: Final = datetime(2026, 12, 2, 12, 1, 30, tzinfo=UTC)


def _known_head(world: World) -> None:
    del world
    pk, sk = store.HEAD_KEY
    oldest = rules.bucket_of(PLANNED_AT - rules.GRACE)
    with suppress(ConditionLost):
        rows.write([rows.put(HeadRow(pk=pk, sk=sk, kind="head", bucket=oldest))])


def _plan(world: World) -> None:
    del world
    sweep.plan(PLANNED_AT)


def _due(count: int, source: Source = Source.APPOINTMENT) -> Callable[[World], None]:
    """Make some rows due since a minute: of so many people, all in one shard, like the person."""

    def prepare(world: World) -> None:
        due = clock.now().replace(second=0, microsecond=0) - timedelta(minutes=1)
        _pair[:] = rules.bucket_of(due), rules.shard_of(world.person.pid)
        for pid in [world.person.pid, *_neighbours(world.person.pid, count - 1)][:count]:
            with suppress(ConditionLost):
                rows.write([rows.put(store.preferences_row(pid, ALWAYS, None))])
            reminder = Reminder(source, (due,), None)
            subject = SUBJECT if source is Source.PREVENTION else ids.new_id()
            told = ToldRow(*store.told_key(pid, rules.local_day(due, ALWAYS.zone)))
            rows.write([rows.forget(store.reminder_row(pid, subject, reminder, None))])
            rows.write([rows.forget(told)])  # for more than ten runs
            usecases.begin(pid, subject, reminder)

    return prepare


_pair: Final[list[str]] = []


def _neighbours(pid: str, count: int) -> list[str]:
    """Return ids in the shard of a record."""
    found: list[str] = []
    while len(found) < count:
        other = ids.new_secret_id()
        if rules.shard_of(other) == rules.shard_of(pid):
            found.append(other)
    return found


def _sweep(count: int) -> Callable[[World], None]:
    """Sweep the pair that was prepared, and require that all of it was claimed."""

    def run(world: World) -> None:
        del world
        bucket, shard = _pair
        # A transaction of the double copies the table: it may take longer than a sweep has.
        with patch.object(sweep, "SECONDS", 600):
            outcomes = sweep.sweep(bucket, shard, clock.now(), following)
        if outcomes[Outcome.TOLD] + outcomes[Outcome.LATE] != count:
            raise AssertionError(f"not all was told: {outcomes}")

    return run


_image: Final[list[dict[str, Any]]] = []


def _event(world: World) -> None:
    _due(1)(world)
    _sweep(1)(world)
    _image[:] = stored("event")[-1:]


def _relay(world: World) -> None:
    del world
    served(relay, from_stream(*_image))


def _told(world: World) -> None:
    _event(world)
    double.take_messages()
    _relay(world)


def _notify(world: World) -> None:
    del world
    served(notify, from_queue(*double.messages()))


class _Settled(dict[DynamoType, Item]):
    """A partition that nothing changes, so that copying the table need not copy it."""

    def copy(self) -> "_Settled":
        return self


def settle(people: range) -> None:
    """Put a due row and a reminder of each of these people: all later, within a month."""
    first = clock.now().replace(second=0, microsecond=0) + timedelta(hours=1)
    for number in people:
        pid, at = f"{number:026d}", first + timedelta(minutes=number % (30 * 24 * 60))
        reminder = Reminder(Source.PREVENTION, (at,), None)
        _put(store.due_row(pid, SUBJECT, at))
        _put(store.reminder_row(pid, SUBJECT, reminder, None))


def _put(row: rows.Row) -> None:
    item = row.serialize()
    pk, sk = DynamoType(item["pk"]), DynamoType(item["sk"])
    table = double.table(rows.table_name(row.TABLE))
    table.items.setdefault(pk, _Settled())[sk] = Item(pk, sk, item)


# What is done whether anybody asks or not, however many people there are.
MINUTE: Final = (
    Job("plan", _known_head, _plan),
    Job("sweep_of_none", _due(0), _sweep(0)),
    Job(f"sweep_of_{SWEPT}", _due(SWEPT), _sweep(SWEPT)),
    Job("remind", _due(1), _sweep(1)),
    Job("remind_prevention", _due(1, Source.PREVENTION), _sweep(1)),
    Job("relay", _event, _relay),
    Job("notify", _told, _notify),
)
JOBS: Final = (*MINUTE, *ingest.JOBS)
