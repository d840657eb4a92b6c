"""A change that adds a call to the host fails until the budget is changed on purpose (D14)."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from bench.counting import Cost, asked, measure
from bench.jobs import JOBS, Job, settle
from bench.operations import LISTED, OPERATIONS, Operation, fill, prepare
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
# Not counted so far. A route taken off this list has a budget; none is to be added.
NOT_COUNTED = {
    "GET /v1/patients/{pid}/calendar-feeds",
    "POST /v1/patients/{pid}/calendar-feeds",
    "DELETE /v1/patients/{pid}/calendar-feeds/{feed_id}",
    "HEAD /v1/calendar/{link}",
    "GET /fhir/R4/Appointment/{appointment_id}",
    "PUT /fhir/R4/Appointment/{appointment_id}",
    "DELETE /fhir/R4/Appointment/{appointment_id}",
    "GET /fhir/R4/DocumentReference/{document_id}",
    "DELETE /fhir/R4/Observation/{observation_id}",
    "GET /fhir/R4/Patient",
    "GET /v1/patients/{pid}/children",
    "PUT /v1/patients/{pid}/children/{child_id}",
    "DELETE /v1/patients/{pid}/children/{child_id}",
    "GET /v1/patients/{pid}/representatives",
    "POST /v1/patients/{pid}/representatives/invitations",
    "GET /v1/patients/{pid}/representatives/invitations",
    "DELETE /v1/patients/{pid}/representatives/invitations/{invitation_id}",
    "GET /v1/patients/{pid}/invitations",
    "PUT /v1/patients/{pid}/invitations/{invitation_id}",
    "GET /v1/patients/{pid}",
    "GET /v1/patients/{pid}/identity",
    "POST /v1/professionals/search",
    "GET /v1/conversations/{conversation_id}",
    "POST /v1/conversations/{conversation_id}/reopen",
    "PUT /v1/conversations/{conversation_id}/blocked",
    "GET /v1/conversations/{conversation_id}/attachments/{attachment_id}/content",
    "PUT /v1/conversations/{conversation_id}/attachments/{attachment_id}/saved",
    "POST /v1/conversations/{conversation_id}/attachments/from-record",
    "GET /v1/patients/{pid}/authorisations",
    "PUT /v1/patients/{pid}/news",
    "PUT /v1/patients/{pid}/notices/deleted",
    "POST /oauth/revoke",
    "PUT /v1/patients/{pid}/documents/{document_id}/content",
    "GET /v1/patients/{pid}/documents/{document_id}/narrative",
    "DELETE /v1/patients/{pid}/documents/{document_id}",
    "GET /v1/patients/{pid}/trace/proof",
}


def test_a_route_has_an_operation_or_is_named_above(
    world: World, http: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    real = Client.request

    def noted(self: Client, method: str, target: str, **options: Any) -> Reply:
        sent.append(f"{method} {target.partition('?')[0].rstrip('/')}")
        return real(self, method, target, **options)

    prepare(world, http)
    saved = double.snapshot()
    monkeypatch.setattr(Client, "request", noted)
    asked_for: set[str] = set()
    for operation in OPERATIONS:
        double.restore(saved)
        operation.before(world, http)
        sent.clear()
        operation.send(world, http)
        asked_for |= set(sent)
    uncounted = {
        name
        for name in (f"{one.method} {one.path}" for one in ENDPOINTS)
        if not any(re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", name), one) for one in asked_for)
    }
    assert uncounted == OF_NO_RECORD | NOT_COUNTED


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
    """Source: D11: cost follows what is due; of more, `make bench` says the same."""
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
