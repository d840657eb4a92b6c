"""What every worker has around it: one failing record never stops the others, nothing is silent.

Middleware of the application does not run here, since Lambda imports a worker without the
application: `@batch` and `@job` carry the logging. They never log what a record holds.
"""

import functools
import time
from collections.abc import Callable, Mapping
from typing import Any

from chalice.app import BaseLambdaEvent

from chalicelib.core import log

Record = Mapping[str, Any]
Failures = dict[str, list[dict[str, str]]]


def batch(handle: Callable[[Record], None]) -> Callable[[BaseLambdaEvent], Failures]:
    """Make a handler of one record serve batches of a queue or of a stream.

    A record that raises is reported for redelivery, by its own id, and the rest is done: handlers
    must bear being called twice with the same record.
    """

    @functools.wraps(handle)
    def run(event: BaseLambdaEvent) -> Failures:
        started = _start(event)
        records = event.to_dict()["Records"]
        failed = [record for record in records if not _handled(handle, record)]
        log.write(
            "batch",
            function=handle.__name__,
            count=len(records),
            status=len(failed),
            duration_ms=_milliseconds(started),
        )
        return {"batchItemFailures": [{"itemIdentifier": _identifier(r)} for r in failed]}

    return run


def job(handle: Callable[[], None]) -> Callable[[BaseLambdaEvent], None]:
    """Make a function without arguments serve a schedule; what it raises is logged, then raised."""

    @functools.wraps(handle)
    def run(event: BaseLambdaEvent) -> None:
        started = _start(event)
        try:
            handle()
        except Exception as error:
            log.exception("job failed", error, function=handle.__name__)
            raise
        log.write("job", function=handle.__name__, duration_ms=_milliseconds(started))

    return run


def receives(record: Record) -> int:
    """Return how many times a queue has handed out a message, this time included."""
    return int(record["attributes"]["ApproximateReceiveCount"])


def _handled(handle: Callable[[Record], None], record: Record) -> bool:
    try:
        handle(record)
    except Exception as error:  # noqa: BLE001  the record is reported, the others go on
        log.exception("record failed", error, function=handle.__name__)
        return False
    return True


def _identifier(record: Record) -> str:
    identifier = record["messageId"] if "body" in record else record["dynamodb"]["SequenceNumber"]
    return str(identifier)


def _start(event: BaseLambdaEvent) -> float:
    log.request_id.set(str(getattr(event.context, "aws_request_id", "")))
    return time.perf_counter()


def _milliseconds(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)
