"""Each operation that writes is played in the matrix of faults, or is named here with a reason.

What a story plays is what it really enters: the functions under which it wrote something. An
operation is played when its route is one of these, or names one of them.
"""

import inspect
import sys
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final

import pytest
import time_machine

import chalicelib.runtime.wsgi  # noqa: F401  imports every route
from chalicelib.access.usecases import until_it_holds
from chalicelib.core import clock as product_clock
from chalicelib.http.endpoint import ENDPOINTS, Endpoint
from tests import double
from tests.faults import stories
from tests.faults.every_story import STORIES
from tests.faults.test_survival import _short_parts, again, world  # noqa: F401  as they play
from tests.injector import WRITES
from tests.recorder import Recorder
from tests.worlds import World

pytestmark = pytest.mark.slow

# What writes for everybody: that it wrote does not say what was asked.
_FOR_ALL: Final = ("chalicelib.access.gate", "chalicelib.core.", "chalicelib.http.")

# Reading these keeps more than the line of the history that each reading leaves.
GETS: Final = {
    "GET /v1/auth/callback",
    "GET /v1/calendar/{link}",
    "GET /v1/patients/{pid}/documents/{document_id}/content",
}
NOT_PLAYED: Final = {
    "GET /v1/auth/callback": "tests/identity/test_faults.py plays each kind of first login",
    "POST /v1/patients/lookup": "reads, and leaves its line of the history: a handle is not kept",
    "POST /v1/professionals/search": "reads the public directory, and counts who searches",
    "POST /v1/consent-requests": "reads what an application sealed in the request itself",
}


def test_an_operation_that_writes_is_played_or_is_named_above(
    clock: time_machine.Traveller,
    world: World,  # noqa: F811  the fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entered, begun, fresh = set[CodeType](), product_clock.now(), double.snapshot()
    real = Recorder.note

    def note(self: Recorder, event_name: str, request: Any) -> Any:
        if event_name.removeprefix("before-send.") in WRITES:
            entered.update(_running())
        return real(self, event_name, request)

    for story in STORIES:
        again(fresh, clock, begun)
        story.prepare(world, clock)
        with monkeypatch.context() as patched:
            patched.setattr(Recorder, "note", note)
            assert stories.attempt(story, world), story.name

    writing = [one for one in ENDPOINTS if one.method != "GET" or _name(one) in GETS]
    missing = {_name(one) for one in writing if entered.isdisjoint(_of(one))}
    assert missing == set(NOT_PLAYED)
    assert {_name(one) for one in writing} >= GETS


def _name(one: Endpoint) -> str:
    return f"{one.method} {one.path}"


def _running() -> Iterator[CodeType]:
    frame = inspect.currentframe()
    while frame:
        yield frame.f_code
        frame = frame.f_back


def _of(one: Endpoint) -> Iterator[CodeType]:
    """Give a route, and the functions of other modules that it, or a helper beside it, names."""
    yield one.run.__code__
    home, seen = one.run.__module__, set[Callable[..., Any]]()
    waiting = [one.run]
    while waiting:
        function = waiting.pop()
        for named in set(_named(function)) - seen:
            seen.add(named)
            if named.__module__ == home:
                waiting.append(named)
            elif not named.__module__.startswith(_FOR_ALL) and named is not until_it_holds:
                yield named.__code__


def _named(function: Callable[..., Any]) -> Iterator[FunctionType]:
    """Give the product's functions that a function names, alone or in a module."""
    names = set(_names(function.__code__))
    home = vars(sys.modules[function.__module__])
    found = [home.get(name) for name in names]
    modules = [one for one in found if isinstance(one, ModuleType)]
    found += [getattr(module, name, None) for module in modules for name in names]
    for value in found:
        inner = inspect.unwrap(value) if isinstance(value, FunctionType) else None
        if isinstance(inner, FunctionType) and inner.__module__.startswith("chalicelib."):
            yield inner


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)
