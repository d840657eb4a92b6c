"""What each line of a consent opens: every FHIR interaction, each permission alone, for real (A09).

The cells are in `scopes.csv`, written by hand. A route that is not there fails.
"""

import csv
from pathlib import Path
from typing import Any

import pytest

import app
from chalicelib.access.permissions import Permission
from chalicelib.http.endpoint import ENDPOINTS, Endpoint
from chalicelib.record import usecases as record
from chalicelib.record.model import Draft
from tests import double
from tests.builders import (
    Actor,
    a_consent,
    a_pdf,
    an_application,
    withdraw_consent,
)
from tests.fhir.resources import a_pressure, a_transaction
from tests.http_client import Client, Reply
from tests.policy import fhir_requests
from tests.policy.requests import application, ask
from tests.policy.test_matrix import state
from tests.worlds import World, appoint, measure, pressure

pytestmark = pytest.mark.slow

assert app.app.routes  # declares every endpoint

with (Path(__file__).parent / "scopes.csv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
IN_FHIR = [one for one in ENDPOINTS if one.serves_applications and not one.public]


def name(row: dict[str, str]) -> str:
    return " ".join(filter(None, (row["method"], row["path"], row["case"])))


def test_every_fhir_route_is_in_the_matrix_and_nothing_else() -> None:
    assert {(row["method"], row["path"]) for row in ROWS} == {
        (one.method, one.path) for one in IN_FHIR
    }
    assert set(ROWS[0]) == {"method", "path", "case", "rules", *Permission}
    assert all(row["rules"] for row in ROWS)


def made(world: World, app: Actor, row: dict[str, str]) -> dict[str, str]:
    """Make what a row is about, by the person, or by the application that could do everything."""
    by, pid = world.person.principal, world.person.pid
    if row["case"].endswith("of its own"):
        by = a_consent(world.person, app, *Permission).principal
    is_pressure = "blood pressure" in row["case"]
    if "{observation_id}" in row["path"]:
        return {"observation_id": pressure(by, pid) if is_pressure else measure(by, pid)}
    if "{appointment_id}" in row["path"]:
        return {"appointment_id": appoint(by, pid)}
    if "{document_id}" in row["path"] and by is not world.person.principal:
        draft = Draft("Bilan", "11502-2", None, "application/pdf", None, None)
        return {"document_id": record.add_document(by, pid, draft, a_pdf(), None).id}
    return {"document_id": world.document}


def options(row: dict[str, str], body: dict[str, Any] | None, patient: str) -> dict[str, Any]:
    if body is None:
        return {}
    if row["case"] == "a blood pressure":
        body = a_pressure(patient)
        if row["path"] == "/fhir/R4":
            bundle = a_transaction(patient)
            bundle["entry"][1]["resource"] = body | {"meta": {"profile": ["https://exemple.test"]}}
            body = bundle
    return {"json": body, "headers": {"If-Match": 'W/"1"'}}


def send(
    app: Actor, row: dict[str, str], known: dict[str, str], http: Client, patient: str | None = None
) -> Reply:
    """Send the request of a row; about another patient than the token's, if one is named."""
    asked = fhir_requests.ask(f"{row['method']} {row['path']}", patient or app.principal.patient)
    values = asked.values | known
    if "{appointment_id}" in row["path"] and asked.body:
        asked.body["id"] = values["appointment_id"]
    query = "?code=85354-9" if row["case"] == "blood pressures" else asked.query
    if patient and row["method"] == "GET" and not row["path"].endswith(("}", "Patient")):
        query += f"{'&' if query else '?'}patient={patient}"
    sent = options(row, asked.body, f"Patient/{patient or app.principal.patient}")
    target = row["path"].format_map(values) + query
    return http.request(row["method"], target, as_=app.principal, **sent)


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_each_permission_alone_opens_what_its_cell_says(
    row: dict[str, str], world: World, http: Client
) -> None:
    app = an_application()
    known, answers = made(world, app, row), {}
    fresh = double.snapshot()
    for permission in Permission:
        double.restore(fresh)
        consented = a_consent(world.person, app, permission)
        before = state()
        reply = send(consented, row, known, http)
        answers[permission.value] = str(reply.status)
        if reply.status >= 400:
            assert state() == before, permission
            assert reply.problem in {"consent-not-given", "not-found"}
    assert answers == {permission.value: row[permission] for permission in Permission}


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_everything_is_refused_without_consent_and_for_another_patient(  # A11
    row: dict[str, str], world: World, http: Client
) -> None:
    app = an_application()
    known = made(world, app, row)
    consented = a_consent(world.person, app, *Permission)
    # Both patients consent to the same application, for the first time: only the token tells.
    elsewhere = a_consent(world.other, app, *Permission)
    foreign = send(elsewhere, row, known, http, patient=consented.principal.patient)
    assert (foreign.status, foreign.problem) in {
        (403, "consent-not-given"),
        (404, "not-found"),
    }
    withdraw_consent(world.person, app)
    assert send(consented, row, known, http).status == 403


V1 = [one for one in ENDPOINTS if not one.serves_applications and not one.public]


@pytest.mark.parametrize("declared", V1, ids=lambda one: f"{one.method} {one.path}")
def test_a_token_of_an_application_opens_no_other_route(  # A09
    declared: Endpoint, world: World, http: Client
) -> None:
    request = ask(world, declared, "person_self")
    caller = application(world).principal
    before = state()
    reply = http.request(declared.method, request.target, as_=caller, **request.options)
    assert (reply.status, reply.problem) == (401, "unauthenticated")
    assert state() == before


@pytest.mark.parametrize("role", ["person_self", "doctor", "depositor"])
@pytest.mark.parametrize("declared", IN_FHIR, ids=lambda one: f"{one.method} {one.path}")
def test_no_other_token_opens_a_fhir_route(
    declared: Endpoint, role: str, world: World, http: Client
) -> None:
    reply = ask(world, declared, role).send(http)
    assert (reply.status, reply.problem) == (401, "unauthenticated")
