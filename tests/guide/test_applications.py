"""What the page for publishers of applications says is so: its files, scopes, refusals."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.access import applications
from chalicelib.access.applications import ApplicationRow
from chalicelib.access.permissions import Permission
from chalicelib.catalogue.model import Application
from chalicelib.core import rows
from chalicelib.oauth import scopes
from tests.builders import Actor, Patient, a_consent, a_person, an_application
from tests.fhir.resources import FHIR, a_weight, an_appointment
from tests.guide.samples import DOCS, EXAMPLES
from tests.http_client import Client, Reply
from tests.oauth.play import Play
from tests.oauth.play import an_application as referenced

PAGE = (DOCS / "applications.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("|"))]
    for line in PAGE.splitlines()
    if line.startswith("| ")
]
SERVERS = ("scale.py", "booking.py", "room.py")


def test_the_page_gives_files_that_are_there_and_short() -> None:
    linked = set(re.findall(r"\]\(([\w./]+)(?:#[\w-]+)?\)", PAGE))
    assert all((DOCS / one).is_file() for one in linked)
    assert {f"examples/{name}" for name in (*SERVERS, "smart.py", "pages.py")} <= linked
    for name in SERVERS:
        assert len((EXAMPLES / name).read_text(encoding="utf-8").splitlines()) < 150


@pytest.mark.parametrize("permission", Permission)
def test_each_permission_has_the_scopes_that_ask_for_it(permission: Permission) -> None:
    (row,) = (row for row in ROWS if row[0] == f"`{permission}`")
    asked = re.findall(r"`([^`]+)`", row[1].replace("\\|", "|"))

    assert scopes.read(" ".join(asked)).permissions == [permission]
    for one in asked:
        assert one in scopes.supported()


@pytest.fixture
def person(http: Client) -> Patient:
    del http
    return a_person()


@pytest.fixture
def app(person: Patient) -> Actor:
    return a_consent(person, an_application(), Permission.WEIGHT_WRITE, *_AGENDA)


@pytest.fixture
def play(http: Client, person: Patient) -> Play:
    return Play(http, referenced(), person)


_AGENDA = (Permission.APPOINTMENT_READ, Permission.APPOINTMENT_WRITE)


def _add(http: Client, app: Actor, patient: str, value: float = 71.5) -> Reply:
    body = a_weight(f"Patient/{patient}", value)
    return http.post("/fhir/R4/Observation", as_=app.principal, json=body, headers=FHIR)


def _suspended(http: Client, app: Actor) -> Reply:
    row = rows.get(ApplicationRow, *applications.application_key(app.id))
    assert row is not None
    row.status = "suspended"
    rows.write([rows.put(row)])
    return _add(http, app, app.principal.patient)


def _stale(http: Client, app: Actor) -> Reply:
    body = an_appointment(f"Patient/{app.principal.patient}")
    made = http.post("/fhir/R4/Appointment", as_=app.principal, json=body, headers=FHIR).json()
    return http.put(
        f"/fhir/R4/Appointment/{made['id']}",
        as_=app.principal,
        json=made,
        headers=FHIR | {"If-Match": 'W/"7"'},
    )


REFUSALS: dict[str, Callable[[Client, Actor], Reply]] = {
    "no consent, or this line": lambda http, app: http.get(
        "/fhir/R4/Observation?code=29463-7", as_=app.principal
    ),
    "the application is suspended": _suspended,
    "a token that has ended": lambda http, _: http.get("/fhir/R4/Observation?code=29463-7"),
    "another person": lambda http, app: _add(http, app, "somebody"),
    "it changed since": _stale,
}


@pytest.mark.parametrize("what", REFUSALS)
def test_a_refusal_is_told_as_written(http: Client, app: Actor, what: str) -> None:
    reply = REFUSALS[what](http, app)

    _, status, code, _ = _row(what)
    assert str(reply.status) == status, reply.body
    issue = reply.json()["issue"][0]
    assert f"`{issue['details']['coding'][0]['code']}`" in code
    assert issue["details"]["text"]


def test_what_is_wrong_in_a_resource_is_told_where(http: Client, app: Actor) -> None:
    reply = _add(http, app, app.principal.patient, value=-1)

    assert str(reply.status) in _row("a resource or a search")[1]
    assert reply.json()["issue"][0]["expression"] == ["Observation.valueQuantity.value"]


GRANTS: dict[str, Callable[[Play], Reply]] = {
    "the code or the refresh token": lambda play: play.exchange("1.other"),
    "a scope that is unknown": lambda play: play.renew(
        play.connect()["refresh_token"], scope="patient/Condition.rs"
    ),
    "who you are": lambda play: replace(play, application=an_unknown(play)).exchange("1.other"),
}


def an_unknown(play: Play) -> Application:
    return replace(play.application, id="0" * 26)


@pytest.mark.parametrize("what", GRANTS)
def test_a_refusal_of_tokens_is_told_as_written(play: Play, what: str) -> None:
    reply = GRANTS[what](play)

    _, status, code, _ = _row(what)
    assert (str(reply.status), f"`{reply.json()['error']}`") == (status, code)


def _row(what: str) -> list[str]:
    (row,) = (row for row in ROWS if what in row[0])
    return row
