"""Calls side by side: they see their request, and end with it."""

import threading
from contextvars import ContextVar

import pytest

from chalicelib.core import parallel

SECONDS = 5
request: ContextVar[str] = ContextVar("request", default="none")


def test_what_is_started_sees_the_request_of_whoever_starts_it() -> None:
    seen = []
    for name in ("one", "two"):
        request.set(name)
        seen.append(parallel.start(request.get).result(SECONDS))
    assert seen == ["one", "two"]


def test_calls_started_together_run_at_the_same_time() -> None:
    meeting = threading.Barrier(2)
    calls = [parallel.start(meeting.wait, SECONDS) for _ in range(2)]
    assert {call.result(SECONDS) for call in calls} == {0, 1}


def test_none_outlives_a_body_that_fails() -> None:
    going, done = threading.Event(), []

    def slow() -> None:
        going.wait(SECONDS)
        done.append("done")

    def body() -> None:
        with parallel.none_outlives() as beside:
            beside.append(parallel.start(slow))
            threading.Timer(0.05, going.set).start()
            raise ValueError("body")

    with pytest.raises(ValueError, match="body"):
        body()
    assert done == ["done"]
