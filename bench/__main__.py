"""Print what each operation costs, here, in process: `python -m bench`.

Calls and trips are exact. CPU is the product's: what the double of the cloud uses is taken off,
but not the SDK's work to write and read requests. Times include the double and say nothing of a
network. DynamoDB's units are in the last part only, by its rule: the double counts one each.
This needs nothing but Python: lists grow from 10 to 1,000 rows, and the work of a minute is
counted with 1,000 and with 100,000 people (`bench.minute`). Not yet as the design has it (D14):
units counted by DynamoDB Local, times on the local cloud, lists of 10,000.
"""

import tests.environment  # noqa: F401, I001  before anything of the product

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Final

from bench import minute
from bench.counting import asked, cost_of, know_tokens, measure
from bench.operations import LISTED, OPERATIONS, Operation, fill, prepare
from bench.timing import HEAD, RUNS, line, quiet, timing
from chalicelib.access import gate
from chalicelib.access.model import Action
from chalicelib.core import clock, ids, rows
from chalicelib.record import deposit, store
from chalicelib.record.model import Draft
from tests import double, worlds
from tests.builders import a_pdf
from tests.http_client import Client
from tests.worlds import World

SIZES: Final = (10, 100, 1000)


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


def _operation(operation: Operation, world: World, http: Client, saved: double.Snapshot) -> str:
    with quiet():
        double.restore(saved)
        operation.before(world, http)
        saved = double.snapshot()
        cold, warm = measure(asked(operation, world, http), world, saved)
        double.restore(saved)
        know_tokens(world)
        operation.send(world, http)
        timed = timing(lambda: operation.send(world, http))
    return line(operation.name, cold, warm, timed)


def _grow(world: World, wanted: int) -> None:
    """Add documents by their rows alone: a transaction of the double copies the whole table."""
    owner = world.laboratory.principal
    with gate.enter(owner, Action.DOCUMENT_ADD, world.person.pid) as unit:
        draft = Draft("Compte rendu", "11502-2", clock.now().date(), None, None, None)
        for _ in range(wanted):
            document = deposit.new_document(unit, ids.new_id(), draft, a_pdf())
            rows.write([rows.put(store.new_row(unit, document))])


def _growth(world: World, http: Client, saved: double.Snapshot) -> Iterator[str]:
    (listing,) = [one for one in OPERATIONS if one.name == "list_of_50"]
    double.restore(saved)
    held = 2
    for size in SIZES:
        with quiet():
            _grow(world, size - held)
            held = size
            listing.send(world, http)
            cost = cost_of(lambda: listing.send(world, http))
            timed = timing(lambda: listing.send(world, http))
        yield line(f"list of {size:>5} rows", cost, cost, timed)


def main() -> int:
    """Print the table, then how a list grows with the record."""
    with _world() as (world, http):
        small = double.snapshot()
        with quiet():
            fill(world)
            prepare(world, http)
        saved = double.snapshot()
        sys.stdout.write(f"calls/trips; {LISTED} documents in the record; {RUNS} runs\n{HEAD}\n")
        for operation in OPERATIONS:
            sys.stdout.write(_operation(operation, world, http, saved) + "\n")
        sys.stdout.write("\none page of a list, as the record grows\n")
        for line in _growth(world, http, small):
            sys.stdout.write(line + "\n")
        sys.stdout.write("\nthe work of a minute, as people grow who are due at other times\n")
        for line_ in minute.growth(world, small):
            sys.stdout.write(line_ + "\n")
        sys.stdout.write("\na campaign day, by the figures above\n")
        for line_ in minute.campaign_day(world, small):
            sys.stdout.write(line_ + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
