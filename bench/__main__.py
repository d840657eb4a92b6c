"""Print what each operation costs, here, in process: `python -m bench`.

Calls and trips are exact. CPU is the product's: what the double of the cloud uses is taken off,
but not the SDK's work to write and read requests. Times include the double and say nothing of a
network. DynamoDB's units are not printed: the double counts them as one each, which means nothing.
"""

import tests.environment  # noqa: F401, I001  before anything of the product

import contextlib
import io
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from bench.counting import Cost, know_tokens, measure
from bench.operations import LISTED, OPERATIONS, Operation, appoint_once, fill
from chalicelib.access import gate
from chalicelib.access.model import Action
from chalicelib.core import clock, ids, rows
from chalicelib.record import deposit, store
from chalicelib.record.model import Draft
from tests import double, worlds
from tests.builders import a_pdf
from tests.http_client import Client
from tests.recorder import recorder
from tests.worlds import World

RUNS: Final = 30
SIZES: Final = (10, 100, 1000)
_HEAD: Final = (
    f"{'operation':<24}{'cold':>7}{'warm':>7}{'CPU ms':>9}{'p50 ms':>9}{'p95 ms':>9}  warm calls"
)


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds of one request."""

    cpu: float
    p50: float
    p95: float


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the product's log lines out of the table."""
    with contextlib.redirect_stdout(io.StringIO()):
        yield


@contextlib.contextmanager
def _world() -> Iterator[tuple[World, Client]]:
    with double.running() as root_keys:
        os.environ.update(root_keys)
        double.new_process()
        double.make_installation()
        with _quiet():
            from chalicelib.runtime.wsgi import application  # noqa: PLC0415  after the environment

            world = worlds.build()
        yield world, Client(application)


def _timing(send: Callable[[], object]) -> Timing:
    cpu, elapsed = [], []
    for _ in range(RUNS):
        recorder.clear()
        began, used = time.perf_counter(), time.process_time()
        send()
        elapsed.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - used - recorder.cpu_seconds) * 1000)
    return Timing(
        statistics.median(cpu), statistics.median(elapsed), statistics.quantiles(elapsed, n=20)[18]
    )


def _line(name: str, cold: Cost, warm: Cost, timing: Timing) -> str:
    calls = ", ".join(f"{call} {count}" for call, count in warm.calls.items())
    return (
        f"{name:<24}{f'{cold.total}/{cold.trips}':>7}{f'{warm.total}/{warm.trips}':>7}"
        f"{timing.cpu:>9.1f}{timing.p50:>9.1f}{timing.p95:>9.1f}  {calls}"
    )


def _operation(operation: Operation, world: World, http: Client, saved: double.Snapshot) -> str:
    with _quiet():
        cold, warm = measure(operation, world, http, saved)
        double.restore(saved)
        know_tokens(world)
        operation.send(world, http)
        timing = _timing(lambda: operation.send(world, http))
    return _line(operation.name, cold, warm, timing)


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
        with _quiet():
            _grow(world, size - held)
            held = size
            listing.send(world, http)
            recorder.clear()
            listing.send(world, http)
            cost = Cost(recorder.counted, recorder.trips)
            timing = _timing(lambda: listing.send(world, http))
        yield _line(f"list of {size:>5} rows", cost, cost, timing)


def main() -> int:
    """Print the table, then how a list grows with the record."""
    with _world() as (world, http):
        small = double.snapshot()
        with _quiet():
            fill(world)
            appoint_once(world)
        saved = double.snapshot()
        sys.stdout.write(f"calls/trips; {LISTED} documents in the record; {RUNS} runs\n{_HEAD}\n")
        for operation in OPERATIONS:
            sys.stdout.write(_operation(operation, world, http, saved) + "\n")
        sys.stdout.write("\none page of a list, as the record grows\n")
        for line in _growth(world, http, small):
            sys.stdout.write(line + "\n")
        sys.stdout.write(
            "\nDynamoDB units: not measured here (see the first lines of this file).\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
