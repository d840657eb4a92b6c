"""One JSON line per event, with an allow-list of fields: ids and figures only, never content.

A field that is not listed raises, everywhere, so that nobody can log a name, a title or a body by
accident (D13). Patient ids are hashed again before they are written.
"""

import hashlib
import json
import sys
from contextvars import ContextVar
from typing import Final

from chalicelib.core import clock

request_id: ContextVar[str] = ContextVar("request_id", default="")

FIELDS: Final = frozenset(
    {
        "action", "attempt", "client", "code", "count", "duration_ms", "error", "event_id",
        "function", "method", "outcome", "patient", "reason", "route", "status", "where",
    }
)  # fmt: skip


def write(event: str, **fields: str | float | None) -> None:
    """Write one line to standard output, where the platform collects it.

    Raises:
        ValueError: a field is not on the allow-list.
    """
    unknown = fields.keys() - FIELDS
    if unknown:
        raise ValueError(f"not loggable: {sorted(unknown)}")
    if fields.get("patient"):
        fields["patient"] = hashlib.sha256(str(fields["patient"]).encode()).hexdigest()[:16]
    line = {"at": clock.iso(clock.now()), "event": event, "request_id": request_id.get(), **fields}
    sys.stdout.write(json.dumps(line, separators=(",", ":")) + "\n")


def exception(event: str, error: BaseException, **fields: str | float | None) -> None:
    """Write an unexpected error: its type and where it was raised, never its message or values."""
    places = []
    trace = error.__traceback__
    while trace:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 2)[-1]}:{trace.tb_lineno}:{code.co_name}")
        trace = trace.tb_next
    write(event, error=type(error).__name__, where=" < ".join(reversed(places[-6:])), **fields)
