"""Calls to the host that do not need one another, side by side (D14).

What is started sees the log and request of whoever starts it, and starts nothing itself: a pool
whose work waits for its own pool may wait for ever.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import copy_context
from functools import cache, partial
from typing import Any, Final, ParamSpec, TypeVar

AT_ONCE: Final = 8

P = ParamSpec("P")
T = TypeVar("T")


def start(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
    """Start a call beside what follows."""
    return _pool().submit(partial(copy_context().run, partial(function, *args, **kwargs)))


@contextmanager
def none_outlives() -> Iterator[list[Future[Any]]]:
    """Wait, however the body ends, for the calls put in the list: none outlives its request."""
    started: list[Future[Any]] = []
    try:
        yield started
    finally:
        wait(started)


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="beside")
