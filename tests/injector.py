"""Faults at the boundary of the cloud: lost, answered twice, throttled, refused, killed.

Neither double ever throttles or reports a conflict by itself, so they are made here. A fault
strikes one call of the program, whatever the number of times the SDK sends it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HTTPHeaders
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError
from moto.core.botocore_stubber import MockRawResponse

from chalicelib.vault import keys
from tests.recorder import Call, Fault, Plan, recorder


class KilledError(BaseException):
    """The process died here: nothing of ours may catch it."""


def before(call: Call, request: AWSPreparedRequest, send: Callable[[], AWSResponse]) -> AWSResponse:
    """Lose the request: nothing was applied."""
    del call, send
    raise ConnectTimeoutError(endpoint_url=request.url)


def after(call: Call, request: AWSPreparedRequest, send: Callable[[], AWSResponse]) -> AWSResponse:
    """Apply it and lose the answer, every time it is sent."""
    del call
    send()
    raise ReadTimeoutError(endpoint_url=request.url)


def lost_once(
    call: Call, request: AWSPreparedRequest, send: Callable[[], AWSResponse]
) -> AWSResponse:
    """Apply it and lose the first answer only: the SDK sends it again by itself."""
    answer = send()
    if call.attempts == 1:
        raise ReadTimeoutError(endpoint_url=request.url)
    return answer


def throttled(
    call: Call, request: AWSPreparedRequest, send: Callable[[], AWSResponse]
) -> AWSResponse:
    """Refuse the first attempt for load; the SDK's next one passes."""
    return _busy(call, request) if call.attempts == 1 else send()


def throttled_always(
    call: Call, request: AWSPreparedRequest, send: Callable[[], AWSResponse]
) -> AWSResponse:
    """Refuse every attempt for load."""
    del send
    return _busy(call, request)


def crash(call: Call, request: AWSPreparedRequest, send: Callable[[], AWSResponse]) -> AWSResponse:
    """Apply it, then kill the process."""
    del call, request
    send()
    raise KilledError


def conflict(
    call: Call, request: AWSPreparedRequest, send: Callable[[], AWSResponse]
) -> AWSResponse:
    """Refuse a transaction because another one is busy with its rows (no double ever does)."""
    del call, send
    return _answer(
        request,
        400,
        "TransactionCanceledException",
        ',"CancellationReasons":[{"Code":"TransactionConflict"}]',
    )


def refused(code: str, status: int = 400) -> Fault:
    """Answer with an error code of the service."""

    def fault(
        call: Call, request: AWSPreparedRequest, send: Callable[[], AWSResponse]
    ) -> AWSResponse:
        del call, send
        return _answer(request, status, code)

    return fault


def _busy(call: Call, request: AWSPreparedRequest) -> AWSResponse:
    if call.service == "s3":
        body = "<Error><Code>SlowDown</Code><Message>slow down</Message></Error>"
        return AWSResponse(request.url, 503, HTTPHeaders(), MockRawResponse(body))
    code = (
        "ProvisionedThroughputExceededException"
        if call.service == "dynamodb"
        else "ThrottlingException"
    )
    return _answer(request, 400, code)


def _answer(request: AWSPreparedRequest, status: int, code: str, more: str = "") -> AWSResponse:
    body = f'{{"__type":"{code}","message":"injected"{more}}}'
    return AWSResponse(request.url, status, HTTPHeaders(), MockRawResponse(body))


MODES: Final[Mapping[str, Fault]] = {
    "before": before,
    "after": after,
    "lost_once": lost_once,
    "throttled": throttled,
    "throttled_always": throttled_always,
    "crash": crash,
    "conflict": conflict,
}

# The calls after which something is kept that was not there.
WRITES: Final = {
    "dynamodb.PutItem",
    "dynamodb.UpdateItem",
    "dynamodb.DeleteItem",
    "dynamodb.TransactWriteItems",
    "s3.PutObject",
}


def _fault(mode: str | Fault) -> Fault:
    return MODES[mode] if isinstance(mode, str) else mode


def meanwhile(act: Callable[[], object]) -> Fault:
    """Let somebody else act, whole, just before this call is sent."""

    def fault(
        call: Call, request: AWSPreparedRequest, send: Callable[[], AWSResponse]
    ) -> AWSResponse:
        del request
        if call.attempts == 1:
            recorder.plans.clear()
            keys.forget()  # somebody else has a process, and keys, of her own
            act()
        return send()

    return fault


def each(calls: Sequence[str]) -> list[tuple[str, int]]:
    """Give each call by its name, and which of that name it is, as `Faults.on` strikes it.

    Not by its number among all: of calls side by side, another may be first the next time.
    """
    return [(name, calls[:number].count(name)) for number, name in enumerate(calls, start=1)]


class Faults:
    """What a test asks to break."""

    def on(self, operation: str, mode: str | Fault, *, nth: int = 1) -> Plan:
        """Break the n-th call of `dynamodb.PutItem` and the like; nth=0 breaks all of them."""
        plan = Plan(_fault(mode), operation, nth)
        recorder.plans.append(plan)
        return plan

    def clear(self) -> None:
        recorder.plans.clear()
