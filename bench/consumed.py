"""Let DynamoDB Local answer in the double's place, and sum the capacity units it says it took.

The rest of the cloud stays the double. A write that a condition refused tells no units.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from unittest.mock import patch

from botocore.awsrequest import AWSPreparedRequest
from botocore.httpsession import URLLib3Session
from moto.core.botocore_stubber import BotocoreStubber

from bench.dynamodb_local import AUTHORIZATION, DynamoDBLocal, on_the_wire
from chalicelib.core.aws import client
from tests import double
from tests.recorder import recorder

_ASKED: Final = "before-parameter-build.dynamodb"
_TOLD: Final = "after-call.dynamodb"
_READS: Final = frozenset({"BatchGetItem", "GetItem", "Query", "Scan", "TransactGetItems"})


@dataclass(slots=True)
class Consumed:
    """Units of requests so far, and how many requests told theirs."""

    read: float = 0
    written: float = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, params: dict[str, Any], **_: object) -> None:
        """Have a request tell its units."""
        params["ReturnConsumedCapacity"] = "TOTAL"

    def note(self, parsed: dict[str, Any], model: Any, **_: object) -> None:  # noqa: ANN401  the SDK's
        """Add those of one answer: of one table, or of each."""
        told = parsed.get("ConsumedCapacity", [])
        units = sum(one["CapacityUnits"] for one in (told if isinstance(told, list) else [told]))
        with self._lock:
            if model.name in _READS:
                self.read += units
            else:
                self.written += units


@contextlib.contextmanager
def answering(server: DynamoDBLocal) -> Iterator[None]:
    """Send what is asked of DynamoDB to the server, still recorded as calls."""
    of_the_double, session = BotocoreStubber.__call__, URLLib3Session()

    def send(
        self: BotocoreStubber, event_name: str, request: AWSPreparedRequest, **kwargs: object
    ) -> Any:  # noqa: ANN401  the SDK's
        if not event_name.startswith("before-send.dynamodb."):
            return of_the_double(self, event_name, request, **kwargs)
        recorder.note(event_name, request)
        request.url = server.url
        request.headers["Authorization"] = AUTHORIZATION  # the double's needs none
        return session.send(request)  # not the client's own, which may ask a proxy

    with patch.object(BotocoreStubber, "__call__", send):
        yield


def units_of(act: Callable[[], object]) -> Consumed:
    """Return the units that one act takes; the server must be answering."""
    consumed, events = Consumed(), client("dynamodb").meta.events
    events.register(_ASKED, consumed.ask)
    events.register(_TOLD, consumed.note)
    try:
        act()
    finally:
        events.unregister(_ASKED, consumed.ask)
        events.unregister(_TOLD, consumed.note)
    return consumed


def copy_double(server: DynamoDBLocal) -> None:
    """Give the server what the double holds."""
    server.load(
        {
            name: {place: on_the_wire(item) for place, item in items.items()}
            for name, items in double.tables().items()
        }
    )
