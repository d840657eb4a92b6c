"""How cost grows with a record's lists, and with the people in the tables, on DynamoDB Local.

What fills a list are copies of one row of it that sort after a page of true ones; what people are
added are copies of a person's rows under other names, but for a sample that has its branch keys.
"""

import contextlib
import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from bench import consumed
from bench.asking import Operation
from bench.counting import asked, know_tokens
from bench.dynamodb_local import DynamoDBLocal, on_the_wire
from bench.operations import named
from bench.progress import told
from bench.timing import quiet
from chalicelib.core import events, ids
from chalicelib.core.events import EventType
from chalicelib.core.settings import settings
from chalicelib.messaging import usecases as messaging
from chalicelib.messaging.model import Opening
from chalicelib.notifications import inbox
from tests import double
from tests.builders import a_person
from tests.http_client import Client
from tests.recorder import recorder
from tests.worlds import World, appoint, deposit, measure

ITEMS: Final = (100, 10_000)  # the first is more than a page
FEW, MANY, WHOLE = 1_000, 4_000, 100_000
SAMPLE: Final = 20  # people with branch keys of their own
_AT_ONCE: Final = 4
_STEP: Final = 1_000  # people copied between two words of progress
_MAIN: Final = (
    "list_of_50",
    "one_document",
    "deposit",
    "lookup_by_laboratory",
    "lookup_by_doctor",
    "me",
    "own_patients",
    "home",
    "trace_page",
    "measures",
    "add_measure",
    "upcoming_appointments",
    "add_appointment",
    "notices",
    "conversations",
    "send_message",
)
_HASHED: Final = re.compile(r"(?<=#1\.)[a-z2-7]{32}")
HEAD: Final = f"{'operation':<24}{'calls':>12}{'read units':>16}{'write units':>16}{'ratio':>8}"


@dataclass(frozen=True, slots=True)
class Cost:
    """Calls and units of one request."""

    calls: int
    read: float
    written: float


@dataclass(frozen=True, slots=True)
class Listed:
    """A list: its operation, what adds one true item, its rows, and where a copy sorts last."""

    operation: str
    add: Callable[[World, int], object]
    table: str
    kind: str
    keys: Callable[[dict[str, Any], str], dict[str, str]]


def _opened(world: World, _: int) -> None:
    opening = Opening("Bilan", "Bonjour", as_team=False)
    messaging.open_conversation(world.doctor.principal, world.person.pid, opening, None)


def _noticed(world: World, _: int) -> None:
    inbox.keep(events.new_event(EventType.REMINDER_DUE, world.person.pid, ids.new_id()))


def _of_measure(row: dict[str, Any], name: str) -> dict[str, str]:
    return {"sk": f"{row['sk']['S'].rpartition('#')[0]}#{name}"}


LISTS: Final = (
    Listed(
        "list_of_50",
        lambda world, _: deposit(world.laboratory.principal, world.person.pid),
        "record",
        "document",
        lambda _, name: {"sk": f"DOC#{name}", "care_sk": f"1999-01-01#{name}"},
    ),
    Listed(
        "measures",
        lambda world, n: measure(
            world.person.principal, world.person.pid, at=f"2026-11-20T07:{n % 60:02d}+01:00"
        ),
        "record",
        "measure",
        _of_measure,
    ),
    Listed(
        "upcoming_appointments",
        lambda world, _: appoint(world.person.principal, world.person.pid, reminders=()),
        "record",
        "appointment",
        lambda _, name: {"sk": f"EVT#{name}", "agenda_sk": f"2040-01-01T08:30:00.000Z#{name}"},
    ),
    Listed(
        "conversations",
        _opened,
        "messaging",
        "thread",
        lambda _, name: {"sk": f"THR#{name}", "inbox_sk": f"{name}#{name}"},
    ),
    Listed("notices", _noticed, "work", "inbox", lambda _, name: {"sk": name}),
    Listed("trace_page", lambda *_: None, "audit", "trace", lambda _, name: {"sk": name}),
)


def of_lists(
    world: World, http: Client, saved: double.Snapshot, server: DynamoDBLocal
) -> Iterator[str]:
    """Yield a line for each list, with few and with many items in the record.

    Raises:
        SystemExit: a page costs more because there are more items.
    """
    with quiet():
        double.restore(saved)
        for listed in LISTS:
            told(f"{listed.operation}: {ITEMS[0]:,} items, made by the product")
            for number in range(ITEMS[0]):
                _forget_counts()
                listed.add(world, number)
        consumed.copy_double(server)
        few = _costs([one.operation for one in LISTS], world, http, server)
        consumed.copy_double(server)  # without the lines of the history that reading wrote
        for listed in LISTS:
            told(f"{listed.operation}: {ITEMS[1]:,} items, copies of one")
            _fill(listed, world, server)
        many = _costs([one.operation for one in LISTS], world, http, server)
    yield from _compared(few, many)


def _forget_counts() -> None:
    """Let somebody do more in a moment than a day allows."""
    held = double.table(f"{settings().table_prefix}-work").items
    for key in [key for key in held if key.value.startswith("RATE#")]:
        del held[key]


def _fill(listed: Listed, world: World, server: DynamoDBLocal) -> None:
    table = f"{settings().table_prefix}-{listed.table}"
    model = _model(listed, world)
    names = (f"{number:026d}" for number in range(ITEMS[1] - ITEMS[0]))
    copies = (_with_keys(model, listed.keys(model, name)) for name in names)
    server.put(table, copies)


def _model(listed: Listed, world: World) -> dict[str, Any]:
    """Return a row of the person's list; of histories, hers is the longest."""
    held = double.tables()[f"{settings().table_prefix}-{listed.table}"].values()
    found = [row for row in held if row.get("kind") == {"S": listed.kind}]
    partitions = [row["pk"]["S"] for row in found]
    longest = max(set(partitions), key=partitions.count)
    if listed.kind != "trace" and not longest.endswith(world.person.pid):
        raise AssertionError(f"{listed.operation}: not of the person")
    return on_the_wire(next(row for row in found if row["pk"]["S"] == longest))


def _with_keys(row: dict[str, Any], keys: dict[str, str]) -> dict[str, Any]:
    return row | {name: {"S": value} for name, value in keys.items()}


def of_people(
    world: World,
    http: Client,
    saved: double.Snapshot,
    running: Callable[[], contextlib.AbstractContextManager[DynamoDBLocal]],
    many: int,
) -> Iterator[str]:
    """Yield a line for each main operation, with few and with many people in the tables.

    Each time on a server of its own, from the same state: so the one thing that differs is people.

    Raises:
        SystemExit: an operation costs more because there are more people.
    """
    double.restore(saved)
    with quiet():
        for _ in range(SAMPLE):
            a_person()
    ready, costs = double.snapshot(), []
    for people in (FEW, many):
        with running() as server, quiet():
            double.restore(ready)
            consumed.copy_double(server)
            _settle(people, world, server)
            costs.append(_costs(_MAIN, world, http, server))
    yield from _compared(*costs)


def _settle(people: int, world: World, server: DynamoDBLocal) -> None:
    """Copy, for each of these people, the rows that speak of another person."""
    pid = world.other.pid
    tables = double.tables()
    account = next(
        row["uid"]["S"]
        for items in tables.values()
        for place, row in items.items()
        if place == (f"P#{pid}", "HOLDER")
    )
    models = [
        (table, json.dumps(on_the_wire(row)))
        for table, items in tables.items()
        for row in items.values()
        if not table.endswith("-keys") and pid in json.dumps(on_the_wire(row))
    ]
    renamed = [(table, partial(_renamed, model, (pid, account))) for table, model in models]
    with ThreadPoolExecutor(_AT_ONCE) as beside:
        for first in range(0, people, _STEP):
            told(f"{first:,} of {people:,} people are there, {len(models)} rows of each")
            numbers = range(first, min(first + _STEP, people))
            list(
                beside.map(
                    lambda one, numbers=numbers: server.put_texts(one[0], map(one[1], numbers)),
                    renamed,
                )
            )


def _renamed(model: str, names: tuple[str, ...], number: int) -> str:
    for name in names:
        model = model.replace(name, f"{number:026d}")
    return _HASHED.sub(f"{number:032d}", model)


def _costs(
    names: list[str] | tuple[str, ...], world: World, http: Client, server: DynamoDBLocal
) -> dict[str, Cost]:
    double.new_process()
    with consumed.answering(server):
        know_tokens(world)
        return {name: _cost(named(name), world, http) for name in names}


def _cost(operation: Operation, world: World, http: Client) -> Cost:
    act = asked(operation, world, http)
    act()
    recorder.clear()
    units = consumed.units_of(act)
    return Cost(len(recorder.calls), units.read, units.written)


def _compared(few: dict[str, Cost], many: dict[str, Cost]) -> Iterator[str]:
    for name, before in few.items():
        after = many[name]
        ratio = (after.read + after.written) / (before.read + before.written)
        yield (
            f"{name:<24}{f'{before.calls} → {after.calls}':>12}"
            f"{f'{before.read:g} → {after.read:g}':>16}"
            f"{f'{before.written:g} → {after.written:g}':>16}{ratio:>8.2f}"
        )
        if after != before:
            raise SystemExit(f"{name} costs more as data grow")
