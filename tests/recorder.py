"""Every call to the double of the cloud: recorded, in order, one at a time.

Moto is not linearizable (two threads lose updates it called successful), so every dispatch passes
one lock. One hook covers boto3 and pynamodb. Around it, a call may fail where a test says so.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from unittest.mock import patch

import botocore.retries.quota
import botocore.retries.standard
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from moto.core.botocore_stubber import BotocoreStubber


@dataclass(slots=True)
class Call:
    """One request as the program made it; the SDK may have sent it several times."""

    number: int
    service: str
    operation: str
    trip: int
    attempts: int = 0

    @property
    def name(self) -> str:
        """Write it as `dynamodb.PutItem`."""
        return f"{self.service}.{self.operation}"


Fault = Callable[[Call, AWSPreparedRequest, Callable[[], AWSResponse]], AWSResponse]


@dataclass(slots=True)
class Plan:
    """A fault, and which calls of one operation it strikes: the n-th, or all for 0."""

    fault: Fault
    operation: str
    nth: int
    struck: set[int] = field(default_factory=set)
    seen: int = 0

    def strikes(self, call: Call) -> bool:
        """Tell whether this call is the one; all attempts of a call are the same call."""
        if call.number in self.struck:
            return True
        if call.attempts > 1 or call.name != self.operation:
            return False
        self.seen += 1
        hit = self.nth in {0, self.seen}
        if hit:
            self.struck.add(call.number)
        return hit


class Recorder:
    """Every call to the double since `clear`, those of other threads included."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.plans: list[Plan] = []
        self._by_id: dict[str, Call] = {}
        self._lock = threading.Lock()
        self.cpu_seconds = 0.0  # spent by the double itself, not by the product

    def clear(self) -> None:
        self.calls.clear()
        self.cpu_seconds = 0.0
        self._by_id.clear()
        _trip.value = 0

    @property
    def names(self) -> list[str]:
        return [call.name for call in self.calls]

    @property
    def counted(self) -> dict[str, int]:
        return dict(sorted(Counter(self.names).items()))

    @property
    def by_trip(self) -> list[tuple[int, str]]:
        """Return the calls in the order that is the program's own: side by side, there is none."""
        return sorted((call.trip, call.name) for call in self.calls)

    @property
    def trips(self) -> int:
        """Return how many calls waited for one another; calls side by side count once."""
        return max((call.trip for call in self.calls), default=0)

    def measure(self, act: Callable[[], object]) -> dict[str, int]:
        self.clear()
        act()
        return self.counted

    def note(self, event_name: str, request: AWSPreparedRequest) -> tuple[Call, list[Plan]]:
        _, service, operation = event_name.split(".")
        invocation = str(request.headers.get("amz-sdk-invocation-id"))
        with self._lock:
            call = self._by_id.get(invocation)
            if call is None:
                _trip.value = getattr(_trip, "value", 0) + 1
                call = Call(len(self.calls) + 1, service, operation, _trip.value)
                self._by_id[invocation] = call
                self.calls.append(call)
            call.attempts += 1
            return call, [plan for plan in self.plans if plan.strikes(call)]


_trip = threading.local()
recorder: Final = Recorder()
dispatch_lock: Final = threading.RLock()
_real_dispatch: Final = BotocoreStubber.__call__
_real_submit: Final = ThreadPoolExecutor.submit
_real_result: Final = Future.result


def _locked(
    self: BotocoreStubber, event_name: str, request: AWSPreparedRequest, **kwargs: Any
) -> AWSResponse | None:
    if not self.enabled:
        return None
    call, plans = recorder.note(event_name, request)

    def send() -> AWSResponse:
        with dispatch_lock:
            began = time.thread_time()
            answer = _real_dispatch(self, event_name, request, **kwargs)
            recorder.cpu_seconds += time.thread_time() - began
        if answer is None:
            raise AssertionError(f"{call.name} is unknown to the double")
        return answer

    for plan in plans:
        return plan.fault(call, request, send)
    return send()


def _submit(
    self: ThreadPoolExecutor, function: Callable[..., Any], /, *args: Any, **kwargs: Any
) -> Future[Any]:
    """Carry the count of sequential trips into the thread, and back with its result."""
    begin, ended = getattr(_trip, "value", 0), [0]

    def counted() -> Any:
        _trip.value = begin
        try:
            return function(*args, **kwargs)
        finally:
            ended[0] = _trip.value

    future = _real_submit(self, counted)
    future.trips_ended = ended  # type: ignore[attr-defined]  # read back in _result
    return future


def _result(self: Future[Any], timeout: float | None = None) -> Any:
    try:
        return _real_result(self, timeout)
    finally:
        ended = getattr(self, "trips_ended", [0])
        _trip.value = max(getattr(_trip, "value", 0), ended[0])


@contextmanager
def serialised() -> Iterator[None]:
    """Put the lock, the recorder and the faults around moto; the SDK retries without waiting.

    The SDK's own quota of retries outlives a test, so it never runs out here.
    """
    with (
        patch.object(BotocoreStubber, "__call__", _locked),
        patch.object(ThreadPoolExecutor, "submit", _submit),
        patch.object(Future, "result", _result),
        patch.object(botocore.retries.standard.ExponentialBackoff, "delay_amount", lambda *_: 0),
        patch.object(botocore.retries.quota.RetryQuota, "acquire", lambda *_: True),
    ):
        yield
