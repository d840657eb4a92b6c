"""Print what each operation costs, here, in process: `python -m bench`.

Calls and trips are exact. Capacity units are what DynamoDB Local says it took, in a warm process:
without Java or its package they are missing, and so is how they grow. CPU is the product's: what
the double of the cloud uses is taken off, but not the SDK's work to write and read requests. Times
include the double and say nothing of a network. A campaign's units are by DynamoDB's own rule
(`bench.units`). Not yet as the design has it (D14): times on the local cloud.
"""

import tests.environment  # noqa: F401, I001  before anything of the product

import argparse
import contextlib
import os
import sys
from collections.abc import Iterable, Iterator
from typing import Final

from bench import dynamodb_local, growth, ingest, minute, table
from bench.dynamodb_local import DynamoDBLocal, MissingError
from bench.jobs import JOBS
from bench.operations import LISTED, OPERATIONS, fill, prepare
from bench.progress import told
from bench.table import Measured
from bench.timing import HEAD, RUNS, line, quiet
from chalicelib.core.settings import settings
from tests import double, worlds
from tests.http_client import Client
from tests.worlds import World

_TOLD_EACH: Final = 20  # operations


@contextlib.contextmanager
def _world() -> Iterator[tuple[World, Client]]:
    with double.running() as root_keys:
        os.environ.update(root_keys)
        double.new_process()
        double.make_installation()
        with quiet():
            from chalicelib.runtime.wsgi import application  # noqa: PLC0415  after the environment

            world = worlds.build()
        yield world, Client(application)


@contextlib.contextmanager
def _server() -> Iterator[DynamoDBLocal]:
    """Run DynamoDB Local with the product's tables, empty; as `dynamodb_local.running`."""
    with dynamodb_local.running() as server:
        server.create_tables(settings().table_prefix)
        yield server


def _server_if_any(until: contextlib.ExitStack) -> DynamoDBLocal | None:
    try:
        return until.enter_context(_server())
    except MissingError as missing:
        _say([f"no capacity units: {missing}"])
        return None


def _say(lines: Iterable[str], title: str = "") -> None:
    if title:
        sys.stdout.write(f"\n{title}\n")
    for one in lines:
        sys.stdout.write(f"{one}\n")
        sys.stdout.flush()


def _table(
    world: World, http: Client, saved: double.Snapshot, server: DynamoDBLocal | None
) -> Iterator[Measured]:
    for number, operation in enumerate(OPERATIONS):
        if number % _TOLD_EACH == 0:
            told(f"operation {number} of {len(OPERATIONS)}")
        yield table.of_operation(operation, world, http, saved, server)
    for job in JOBS:
        yield table.of_job(job, world, saved, server)


def _line(one: Measured) -> str:
    units = (one.units.read, one.units.written) if one.units else None
    return line(one.name, one.cold, one.warm, one.timed, units)


def _measure(world: World, http: Client, options: argparse.Namespace) -> None:
    small = double.snapshot()
    with quiet():
        fill(world)
        prepare(world, http)
    saved = double.snapshot()
    with contextlib.ExitStack() as until:
        server = _server_if_any(until)
        _say([HEAD], f"calls/trips; {LISTED} documents in the record; {RUNS} runs")
        measured = []
        for one in _table(world, http, saved, server):
            _say([_line(one)])
            measured.append(one)
        if options.write:
            table.write(measured)
        if server:
            title = "one page of a list, with {:,} and with {:,} items in the record"
            _say([growth.HEAD], title.format(*growth.ITEMS))
            _say(growth.of_lists(world, http, saved, server))
    if server:
        people = growth.WHOLE if options.whole else growth.MANY
        title = f"with {growth.FEW:,} and with {people:,} people in the tables"
        lines = [growth.HEAD, *growth.of_people(world, http, saved, _server, people)]
        _say(lines, title)
        if options.whole and options.write:
            table.write_people([title, *lines])
    told("memory")
    with quiet():
        held = list(ingest.held(world, small))
    _say(held, "the most that an ingest holds, with what the double of the cloud holds of it")
    _say(minute.growth(world, small), "the work of a minute, as people grow who are due later")
    _say(minute.campaign_day(world, small), "a campaign day, by the figures above")


def main() -> int:
    """Print the table, then how cost grows with a record, with people and with what is due."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    parser.add_argument(
        "--whole",
        action="store_true",
        help=f"{growth.WHOLE:,} people in the tables: long",
    )
    options = parser.parse_args()
    with _world() as (world, http):
        _measure(world, http, options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
