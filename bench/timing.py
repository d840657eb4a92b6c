"""Time an act in process, and write one line of the table."""

import contextlib
import io
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from bench.counting import Cost
from tests.recorder import recorder

RUNS: Final = 30
HEAD: Final = (
    f"{'operation':<24}{'cold':>7}{'warm':>7}{'read':>7}{'write':>7}"
    f"{'CPU ms':>9}{'p50 ms':>9}{'p95 ms':>9}  warm calls"
)


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds of one act."""

    cpu: float
    p50: float
    p95: float


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep the product's log lines out of the table."""
    with contextlib.redirect_stdout(io.StringIO()):
        yield


def timing(
    act: Callable[[], object], *, before: Callable[[], object] = lambda: None, runs: int = RUNS
) -> Timing:
    """Time an act again and again; what comes before each is not timed."""
    cpu, elapsed = [], []
    for _ in range(runs):
        before()
        recorder.clear()
        began, used = time.perf_counter(), time.process_time()
        act()
        elapsed.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - used - recorder.cpu_seconds) * 1000)
    return Timing(
        statistics.median(cpu), statistics.median(elapsed), statistics.quantiles(elapsed, n=20)[18]
    )


def line(
    name: str, cold: Cost, warm: Cost, timed: Timing, units: tuple[float, float] | None = None
) -> str:
    """Write one line of the table; units are those read and written, if they are known."""
    read, written = (f"{one:g}" for one in units) if units else ("–", "–")
    calls = ", ".join(f"{call} {count}" for call, count in warm.calls.items())
    return (
        f"{name:<24}{f'{cold.total}/{cold.trips}':>7}{f'{warm.total}/{warm.trips}':>7}{read:>7}{written:>7}"
        f"{timed.cpu:>9.1f}{timed.p50:>9.1f}{timed.p95:>9.1f}  {calls}"
    )
