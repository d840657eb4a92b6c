"""What each operation and each job costs: calls, trips, units, CPU; and the README's table."""

import platform
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from bench import consumed
from bench.asking import Operation
from bench.consumed import Consumed
from bench.counting import Cost, asked, know_tokens, measure
from bench.dynamodb_local import DynamoDBLocal
from bench.timing import Timing, quiet, timing
from bench.working import Job
from chalicelib.core import clock
from tests import double
from tests.http_client import Client
from tests.worlds import World

README: Final = Path(__file__).parents[1] / "README.md"
JOB_RUNS: Final = 3
_OPERATIONS, _PEOPLE = "make bench", "make bench ARGS=--whole"


@dataclass(frozen=True, slots=True)
class Measured:
    """What one costs in a new process and in a warm one; units in a warm one."""

    name: str
    cold: Cost
    warm: Cost
    timed: Timing
    units: Consumed | None


def of_operation(
    operation: Operation,
    world: World,
    http: Client,
    saved: double.Snapshot,
    server: DynamoDBLocal | None,
) -> Measured:
    """Measure an operation from a stored state."""
    with quiet():
        double.restore(saved)
        operation.before(world, http)
        saved = double.snapshot()
        act = asked(operation, world, http)
        cold, warm = measure(act, world, saved)
        double.restore(saved)
        units = _units(act, server)
        know_tokens(world)
        operation.send(world, http)
        timed = timing(lambda: operation.send(world, http))
    return Measured(operation.name, cold, warm, timed, units)


def of_job(
    job: Job, world: World, saved: double.Snapshot, server: DynamoDBLocal | None
) -> Measured:
    """Measure a job from a stored state."""
    run = partial(job.run, world)
    with quiet():
        double.restore(saved)
        job.prepare(world)
        ready = double.snapshot()
        cold, warm = measure(run, world, ready)
        double.restore(ready)
        units = _units(run, server)
        timed = timing(run, before=partial(double.restore, ready), runs=JOB_RUNS)
    return Measured(job.name, cold, warm, timed, units)


def _units(act: Callable[[], object], server: DynamoDBLocal | None) -> Consumed | None:
    if server is None:
        return None
    consumed.copy_double(server)
    with consumed.answering(server):
        return consumed.units_of(act)


def write(rows: list[Measured], readme: Path = README) -> None:
    """Put the table between its markers."""
    _put(_OPERATIONS, _lines(rows), readme)


def write_people(lines: list[str], readme: Path = README) -> None:
    """Put between its own markers what a country in the tables changes."""
    said = ["```text", f"{clock.now():%Y-%m-%d}", *lines, "```"]
    _put(_PEOPLE, [line.rstrip() for line in said], readme)


def names(readme: Path = README) -> list[str]:
    """Return what the table of the README names."""
    found = _place(_OPERATIONS).search(readme.read_text(encoding="utf-8"))
    return re.findall(r"^\| `(\w+)` \|", found[0], re.MULTILINE) if found else []


def _put(mark: str, lines: Iterable[str], readme: Path) -> None:
    text, written = readme.read_text(encoding="utf-8"), "".join(f"{line}\n" for line in lines)
    readme.write_text(_place(mark).sub(lambda _: written, text), encoding="utf-8")


def _place(mark: str) -> re.Pattern[str]:
    begin, end = (re.escape(f"<!-- {side}: {mark} -->\n") for side in ("begin", "end"))
    return re.compile(f"(?<={begin}).*?(?={end})", re.DOTALL)


def _lines(rows: list[Measured]) -> Iterator[str]:
    yield f"Measured on {clock.now():%Y-%m-%d}, Python {platform.python_version()}, {_processor()}."
    yield ""
    yield "| operation | cold | warm | read units | write units | CPU ms |"
    yield "|---|--:|--:|--:|--:|--:|"
    for row in rows:
        read, written = (
            (f"{row.units.read:g}", f"{row.units.written:g}") if row.units else ("–", "–")
        )
        cold, warm = (f"{one.total}/{one.trips}" for one in (row.cold, row.warm))
        yield f"| `{row.name}` | {cold} | {warm} | {read} | {written} | {row.timed.cpu:.1f} |"


def _processor() -> str:
    try:
        known = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.machine()
    named = re.search(r"^model name\s*: (.+)$", known, re.MULTILINE)
    count = len(re.findall(r"^processor\s*:", known, re.MULTILINE))
    return f"{count} processors « {named[1] if named else platform.machine()} »"
