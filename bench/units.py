"""Count what DynamoDB bills for writing: one unit a started kilobyte, twice that in a transaction.

The doubles of the host count one unit a call, so units are taken from requests. A row whose size a
request does not show (one it updates or deletes) counts as one kilobyte: ours are smaller.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from chalicelib.core.aws import client

_EVENT: Final = "before-parameter-build.dynamodb"
_KILOBYTE: Final = 1024
# Rows that an index of the table `work` follows, at least while they wait.
_INDEXED: Final = frozenset({"event", "notice"})


@dataclass
class Units:
    """Write units so far."""

    written: int = 0

    def note(self, params: dict[str, Any], **_: object) -> None:
        """Add those of one request."""
        for action in params.get("TransactItems", ()):
            ((kind, arguments),) = action.items()
            self.written += 2 * _units(arguments) if kind != "ConditionCheck" else 2
        if "TransactItems" not in params and ("Item" in params or "UpdateExpression" in params):
            self.written += _units(params)


@contextmanager
def counting() -> Iterator[Units]:
    """Count the units of every request within."""
    units, events = Units(), client("dynamodb").meta.events
    events.register(_EVENT, units.note)
    try:
        yield units
    finally:
        events.unregister(_EVENT, units.note)


def _units(arguments: dict[str, Any]) -> int:
    item = arguments.get("Item", {})
    indexed = item.get("kind", {}).get("S") in _INDEXED or "pend_pk" in str(
        arguments.get("UpdateExpression")
    )
    return max(1, math.ceil(_size(item) / _KILOBYTE)) + indexed


def _size(item: dict[str, Any]) -> int:
    """Return about how many bytes a row has: names, and values as text."""
    return sum(len(name) + len(str(*value.values())) for name, value in item.items())
