"""Workers and schedules where no platform starts them: threads that take turns until told to stop.

Handlers are those of the functions, called with the same events. What is in hand when the process
is told to stop is finished; what is not comes again.
"""

import signal
import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, Protocol

from chalicelib.core import clock, ids, log
from chalicelib.core.settings import settings
from chalicelib.runtime.queues import Handler, QueueReader
from chalicelib.runtime.streams import StreamReader
from chalicelib.workers import archive, ingest, notify, plan, relay, remind, sweep

READERS: Final = ("relay", "archive", "notify", "remind", "ingest")
SCHEDULED: Final[dict[str, tuple[Handler, timedelta]]] = {
    "plan": (plan.plan, timedelta(minutes=1)),
    "sweep": (sweep.sweep, timedelta(hours=1)),
}
_IDLE_SECONDS: Final = 1.0
_LONGEST_PAUSE_SECONDS: Final = 30.0
_TICK: Final[dict[str, Any]] = {
    "version": "0",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "",
    "resources": [],
    "detail": {},
}


class Reader(Protocol):
    """What takes turns."""

    @property
    def name(self) -> str:
        """Name it in logs."""

    def turn(self) -> int:
        """Do what there is to do now; return how much there was."""

    def close(self) -> None:
        """Let go of what is held."""


def reader(name: str) -> Reader:
    """Make one of `READERS`."""
    here = settings()
    if name == "relay":
        return StreamReader(name, "work", "event", relay.relay)
    if name == "archive":
        return StreamReader(name, "audit", "trace", archive.archive)
    if name == "notify":
        return QueueReader(name, here.notify_queue_url, notify.notify, 10)
    if name == "ingest":
        return QueueReader(name, here.ingest_queue_url, ingest.ingest, 1)
    return QueueReader(name, here.remind_queue_url, remind.remind, 2)


def tick(name: str) -> None:
    """Run a scheduled function once, as cron would.

    Raises:
        Exception: what the function raises, after it was logged.
    """
    handler, _ = SCHEDULED[name]
    now = clock.iso(clock.now())
    handler({**_TICK, "id": ids.new_id(), "time": now, "region": settings().region}, None)


def work(names: Iterable[str]) -> bool:
    """Read queues and streams until a signal; False: one of them ended by itself."""
    return _until_told([partial(_take_turns, reader(name)) for name in names])


def schedule(names: Iterable[str]) -> bool:
    """Run the scheduled functions in their time until a signal; False: as `work`."""
    return _until_told([partial(_keep_time, name) for name in names])


def next_time(after: datetime, period: timedelta) -> datetime:
    """Return the next whole multiple of a period: the beginning of a minute, of an hour."""
    whole = int(period.total_seconds())
    return after + timedelta(seconds=whole - after.timestamp() % whole)


def _until_told(loops: Iterable[Callable[[threading.Event], None]]) -> bool:
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    threads = [threading.Thread(target=loop, args=(stopping,)) for loop in loops]
    for thread in threads:
        thread.start()
    was_told = True
    while not stopping.wait(1):
        was_told = all(thread.is_alive() for thread in threads)
        if not was_told:
            stopping.set()
    for thread in threads:
        thread.join()
    return was_told


def _take_turns(one: Reader, stopping: threading.Event) -> None:
    failures = 0
    while not stopping.is_set():
        try:
            found, failures = one.turn(), 0
        except Exception as error:  # noqa: BLE001  the host: told, and tried again
            log.exception("worker failed", error, function=one.name)
            found, failures = 0, failures + 1
        if not found:
            pause = min(_LONGEST_PAUSE_SECONDS, _IDLE_SECONDS * 2**failures)
            stopping.wait(pause - ids.jitter(pause / 2))
    try:
        one.close()
    except Exception as error:  # noqa: BLE001  the lease ends by itself
        log.exception("worker did not let go", error, function=one.name)


def _keep_time(name: str, stopping: threading.Event) -> None:
    _, period = SCHEDULED[name]
    while True:
        due = next_time(clock.now(), period)
        while clock.now() < due:
            if stopping.wait(min(1.0, max(0.0, (due - clock.now()).total_seconds()))):
                return
        try:
            tick(name)
        except Exception as error:  # noqa: BLE001  it is due again
            log.exception("schedule failed", error, function=name)
