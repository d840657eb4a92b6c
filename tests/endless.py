"""Work that must end: a guard against what would last minutes, not a measure."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

CPU_SECONDS = 30.0  # the first versions took minutes; a slow machine with coverage takes three


@contextmanager
def ends() -> Iterator[None]:
    """Break off what has used thirty seconds of this process's processor.

    Raises:
        TimeoutError: where the work was, when it did not end.
    """

    def give_up(_signal: int, _frame: FrameType | None) -> None:
        message = f"not done after {CPU_SECONDS} s of processor"
        raise TimeoutError(message)

    before = signal.signal(signal.SIGPROF, give_up)
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
