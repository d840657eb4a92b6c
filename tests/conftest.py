"""The world of the tests: a double of the cloud, an HTTP client, a clock, calls and faults."""

import tests.environment  # noqa: F401, I001  before anything of the product

import gc
import json
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING


from datetime import UTC, datetime

import hypothesis
import pytest
import pytest_socket
import time_machine

from tests import double, stock
from tests.contract import Contract
from tests.http_client import Client
from tests.injector import Faults
from tests.recorder import Recorder, recorder

if TYPE_CHECKING:
    from tests.worlds import World

# A property is about values: how long an example takes says how busy the machine is.
hypothesis.settings.register_profile("carnet", deadline=None)
hypothesis.settings.load_profile("carnet")

_LONGEST_ID = 64  # of one value, in the name of a test
_COUNTED = ("survived", "fuzzed")  # what tests record to be read at the end of a run
_MAY_OPEN_SOCKETS = ("cloud", "browser", "enable_socket")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of the running product together: one worker starts it, others do the rest.

    Those that mostly wait, and those that kill or stop it, have a product and a group of their own.
    """
    for item in items:
        if item.get_closest_marker("xdist_group"):
            continue
        if item.get_closest_marker("cloud") or "product" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("product"))


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name a long text or content by its beginning and its length: ids go whole into reports."""
    if not isinstance(val, str | bytes) or len(val) <= _LONGEST_ID:
        return None
    return f"{val[:12]!a}... of {len(val)}"


def pytest_collection_finish(session: pytest.Session) -> None:
    """Collect rarely, for what was imported is many objects and lasts; refuse to run ungrouped.

    When groups are not kept each worker runs a product, and nothing says so.
    """
    gc.freeze()
    gc.set_threshold(300_000, 20, 100)
    if getattr(session.config.option, "loadgroup", False):
        grouped = [item for item in session.items if item.get_closest_marker("xdist_group")]
        assert all("@" in item.nodeid for item in grouped), "pytest-xdist does not see its groups"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse sockets, except to tests that start servers on the loopback."""
    if not any(item.get_closest_marker(name) for name in _MAY_OPEN_SOCKETS):
        pytest_socket.disable_socket(allow_unix_socket=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was counted; a worker's reports bring what its tests recorded."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, said in report.user_properties:
                if name in _COUNTED and report.when == "call":
                    terminalreporter.write_line(f"{name} {said}")


@pytest.fixture(scope="session")
def cloud() -> Iterator[dict[str, str]]:
    """Start moto once for the session, with its root keys."""
    with double.running() as root_keys:
        yield root_keys


# One running product for the whole session, whichever folder asks for it first.
pytest_plugins = ["tests.stack"]

_installed: list[tuple[double.Installation, double.Snapshot]] = []


@pytest.fixture(name="aws")
def aws_(
    cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Recorder]:
    """Give a new installation, empty but for its secret, to a process that knows nothing."""
    for name, arn in cloud.items():
        monkeypatch.setenv(name, arn)
    double.new_process()
    if not _installed:
        double.clear()
        double.make_installation()
        _installed.append((double.installation(), double.snapshot()))
        double.new_process()
    double.install(*_installed[0])
    recorder.clear()
    stock.begin(is_open=not {"calls", "faults"} & set(request.fixturenames))
    yield recorder
    recorder.plans.clear()
    double.clear()
    monkeypatch.undo()
    double.new_process()


@pytest.fixture
def calls(aws: Recorder) -> Recorder:
    """Record every call to the cloud: `calls.names`, `calls.counted`, `calls.trips`."""
    aws.clear()
    return aws


@pytest.fixture
def faults(aws: Recorder) -> Iterator[Faults]:
    """Break calls to the cloud, by operation and which of it."""
    aws.clear()
    injector = Faults()
    yield injector
    injector.clear()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Stop the clock on a Monday morning; `clock.shift(timedelta)` and `clock.move_to` move it."""
    with time_machine.travel(datetime(2026, 11, 23, 9, 30, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(aws: Recorder) -> "World":
    """Give a person, those around her, and their documents; ask for `clock` before it."""
    from tests import worlds  # noqa: PLC0415  imports every use case

    made = worlds.restored()
    aws.clear()
    return made


@pytest.fixture
def http(aws: Recorder) -> Client:  # noqa: ARG001  every route reads the store
    """Call the application in process, through the container's own front (D3)."""
    from chalicelib.runtime.wsgi import application  # noqa: PLC0415  imports every route

    return Client(application, contract=_contract())


@cache
def _contract() -> Contract:
    from chalicelib.http import openapi  # noqa: PLC0415  the routes are declared by now

    return Contract(json.loads(openapi.text()))
