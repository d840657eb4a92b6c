"""A change that adds a call to the host fails until the budget is changed on purpose (D14)."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import time_machine

from bench.asking import Operation
from bench.counting import Cost, asked, measure
from bench.jobs import JOBS, MINUTE, settle
from bench.operations import LISTED, OPERATIONS, fill, named, prepare
from bench.working import Job
from chalicelib.http.endpoint import ENDPOINTS
from tests import double
from tests.http_client import Client, Reply
from tests.recorder import Recorder
from tests.worlds import World

pytestmark = pytest.mark.slow

FILE = Path(__file__).parents[2] / "bench" / "budgets.toml"
BUDGETS: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))

# What says the same to everybody, or is the login's: it asks no record for anything.
OF_NO_RECORD = {
    "GET /health",
    "GET /openapi.json",
    "GET /problems/{slug}",
    "GET /fhir/R4/metadata",
    "GET /fhir/R4/.well-known/smart-configuration",
    "GET /.well-known/smart-configuration",
    "GET /v1/auth/login",
    "GET /v1/auth/callback",
    "POST /v1/auth/refresh",
    "POST /v1/auth/logout",
    "GET /v1/auth/logged-out",
    "GET /v1/auth/jwks",
    "GET /v1/trace/keys",
}

_made: dict[tuple[str, int], double.Snapshot] = {}


def ready(world: World, http: Client, listed: int = 0) -> World:
    """Give the world what every operation finds, and so many documents; made once."""
    pid = world.person.pid
    if (pid, 0) not in _made:
        prepare(world, http)
        _made[pid, 0] = double.snapshot()
    if (pid, listed) not in _made:
        double.restore(_made[pid, 0])
        fill(world, listed)
        _made[pid, listed] = double.snapshot()
    double.restore(_made[pid, listed])
    return world


@pytest.fixture
def world(clock: time_machine.Traveller, world: World) -> World:
    """Give the world of a stopped clock: it is made once for all tests here."""
    del clock
    return world


def test_every_route_about_a_record_has_an_operation(
    world: World, http: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    real = Client.request

    def noted(self: Client, method: str, target: str, **options: Any) -> Reply:
        sent.append(f"{method} {target.partition('?')[0].rstrip('/')}")
        return real(self, method, target, **options)

    monkeypatch.setattr(Client, "request", noted)
    asked_for: set[str] = set()
    for operation in OPERATIONS:
        operation.before(ready(world, http), http)
        sent.clear()
        operation.send(world, http)
        asked_for |= {route_of(one) for one in sent}
    routes = {f"{one.method} {one.path}" for one in ENDPOINTS}
    assert routes - asked_for == OF_NO_RECORD


def route_of(request: str) -> str:
    """Return the route that answers a request: of several, the one that names most of its path."""
    routes = [f"{one.method} {one.path}" for one in ENDPOINTS]
    fitting = [one for one in routes if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", one), request)]
    return min(fitting, key=lambda route: route.count("{"))


def test_every_operation_has_a_budget_and_no_other() -> None:
    assert {one.name for one in OPERATIONS} | {one.name for one in JOBS} == set(BUDGETS)


def written(cost: Cost) -> dict[str, Any]:
    return {"calls": cost.total, "trips": cost.trips, "by": cost.calls}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_an_operation_costs_its_budget(operation: Operation, world: World, http: Client) -> None:
    listed = LISTED if operation.name == "list_of_50" else 0
    operation.before(ready(world, http, listed), http)
    cold, warm = measure(asked(operation, world, http), world, double.snapshot())
    assert {"cold": written(cold), "warm": written(warm)} == BUDGETS[operation.name]


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_a_job_costs_its_budget_however_many_people_there_are(job: Job, world: World) -> None:
    """Source: D11: cost follows what is due; of more, `make bench` says the same."""
    job.prepare(world)
    alone = double.snapshot()
    cold, warm = measure(lambda: job.run(world), world, alone)
    assert {"cold": written(cold), "warm": written(warm)} == BUDGETS[job.name]
    if job in MINUTE:
        double.restore(alone)
        settle(range(1000))
        cold, warm = measure(lambda: job.run(world), world, double.snapshot())
        assert {"cold": written(cold), "warm": written(warm)} == BUDGETS[job.name]


def test_a_list_of_fifty_has_fifty(world: World, http: Client) -> None:
    listed = named("list_of_50").send(ready(world, http, LISTED), http).json()
    assert len(listed["items"]) == LISTED


def test_a_call_more_is_seen(
    world: World, http: Client, aws: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib.core import rows  # noqa: PLC0415  to plant a call

    del aws
    real = rows.fetch_raw

    def twice(wanted: Any) -> Any:
        real(wanted)
        return real(wanted)

    monkeypatch.setattr(rows, "fetch_raw", twice)
    _, warm = measure(asked(named("one_document"), world, http), world, double.snapshot())
    assert warm.total == BUDGETS["one_document"]["warm"]["calls"] + 1
    assert warm.trips == BUDGETS["one_document"]["warm"]["trips"] + 1
