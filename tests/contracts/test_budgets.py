"""A change that adds a call to the host fails until the budget is changed on purpose (D14)."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from bench.counting import Cost, asked, measure
from bench.jobs import JOBS, Job, settle
from bench.operations import LISTED, OPERATIONS, Operation, fill, prepare
from tests import double
from tests.http_client import Client
from tests.recorder import Recorder
from tests.worlds import World

pytestmark = pytest.mark.slow

FILE = Path(__file__).parents[2] / "bench" / "budgets.toml"
BUDGETS: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))


def test_every_operation_has_a_budget_and_no_other() -> None:
    assert {one.name for one in (*OPERATIONS, *JOBS)} == set(BUDGETS)


def written(cost: Cost) -> dict[str, Any]:
    return {"calls": cost.total, "trips": cost.trips, "by": cost.calls}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_an_operation_costs_its_budget(operation: Operation, world: World, http: Client) -> None:
    if operation.name == "list_of_50":
        fill(world)
    prepare(world, http)
    operation.before(world, http)
    cold, warm = measure(asked(operation, world, http), world, double.snapshot())
    assert {"cold": written(cold), "warm": written(warm)} == BUDGETS[operation.name]


@pytest.mark.parametrize("others", [0, 1000])
@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_a_job_costs_its_budget_however_many_people_there_are(
    job: Job, others: int, world: World
) -> None:
    """Source: D11: cost follows what is due; of 100,000 people, `make bench` says the same."""
    settle(range(others))
    job.prepare(world)
    cold, warm = measure(lambda: job.run(world), world, double.snapshot())
    assert {"cold": written(cold), "warm": written(warm)} == BUDGETS[job.name]


def test_a_list_of_fifty_has_fifty(world: World, http: Client) -> None:
    fill(world)
    listed = OPERATIONS[0].send(world, http).json()
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
    operation = next(one for one in OPERATIONS if one.name == "one_document")
    _, warm = measure(asked(operation, world, http), world, double.snapshot())
    assert warm.total == BUDGETS["one_document"]["warm"]["calls"] + 1
    assert warm.trips == BUDGETS["one_document"]["warm"]["trips"] + 1
