"""Who gets what: every route, every role, for real, against cells written by hand.

The cells are in `matrix.csv`, with the rules they come from. A route that is not there fails.
"""

import csv
import re
from pathlib import Path
from typing import Any

import pytest

import app
from chalicelib.core import ids
from chalicelib.core.rows import table_name
from chalicelib.core.settings import settings
from chalicelib.http.endpoint import ENDPOINTS
from tests import double
from tests.builders import a_grant
from tests.http_client import Client, Reply
from tests.policy.requests import CLINICAL, NARRATED, ROLES, Ask, ask, declared_as
from tests.worlds import World

pytestmark = pytest.mark.slow

assert app.app.routes  # declares every endpoint

with (Path(__file__).parent / "matrix.csv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
# What counts requests, and the day's signing key.
IN_PASSING = {"rate", "used", "signing_key"}


def name(row: dict[str, str]) -> str:
    return " ".join(filter(None, (row["method"], row["path"], row["case"])))


def prepare(world: World, row: dict[str, str], role: str, **options: Any) -> Ask:
    declared = declared_as(row["method"], row["path"])
    return ask(world, declared, role, case=row["case"], **options)


def state() -> dict[str, Any]:
    """Return all that is stored, except traces and what counts requests."""
    kept: dict[str, Any] = {"objects": double.objects(), "messages": double.messages()}
    for name, items in double.tables().items():
        if name != table_name("audit"):
            kept[name] = {
                where: item
                for where, item in items.items()
                if item.get("kind", {}).get("S") not in IN_PASSING
            }
    return kept


def trace_keys() -> list[str]:
    return sorted(pk for pk, _ in double.tables()[table_name("audit")])


def test_every_route_is_in_the_matrix_and_nothing_else() -> None:
    listed = {(row["method"], row["path"]) for row in ROWS}
    assert listed == {(one.method, one.path) for one in ENDPOINTS}
    assert all(row["rules"] for row in ROWS)


def test_every_decision_a_cell_follows_is_written() -> None:
    cited = set(re.findall(r"ADR-(\d{4})", " ".join(row["rules"] for row in ROWS)))
    adr = Path(__file__).parents[2] / "docs/adr"
    assert cited == {number for number in cited if list(adr.glob(f"{number}-*.md"))} != set()


def test_the_application_serves_the_declared_routes_and_no_other() -> None:
    served = {
        (method, path)
        for path, methods in app.app.routes.items()
        for method in methods
        if method != "OPTIONS"  # what browsers ask first: `tests/oauth/test_browsers.py`
    }
    assert served == {(one.method, one.path) for one in ENDPOINTS}


@pytest.fixture
def providers_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Point logins at a closed port of the loopback: no provider answers here."""
    monkeypatch.setenv("OIDC_FRANCECONNECT_ISSUER", "https://127.0.0.1:9")
    settings.cache_clear()


@pytest.mark.enable_socket
@pytest.mark.usefixtures("providers_away")
@pytest.mark.parametrize("row", ROWS, ids=name)
def test_each_role_gets_what_its_cell_says(row: dict[str, str], world: World, http: Client) -> None:
    answers = {}
    if is_written(row):
        prepare(world, row, "anonymous")  # the conversation is begun once, and found by each role
    fresh = double.snapshot()
    for role in ROLES:
        double.restore(fresh)
        request = prepare(world, row, role)
        before, traced = state(), trace_keys()
        reply = request.send(http)
        answers[role] = str(reply.status)
        if reply.status >= 400:
            assert state() == before, role
        if reply.status == 404 and ("{pid}" in row["path"] or is_written(row)):
            (new,) = added(traced, trace_keys())
            assert request.caller is not None
            own, subject = f"A#{request.caller.id}", f"P#{subject_of_trace(world, row, request)}"
            assert new == (own if is_of_nobody(row, role) else subject), role
    assert answers == {role: row[role] for role in ROLES}


def subject_of_trace(world: World, row: dict[str, str], request: Ask) -> str:
    """Return whose history tells of a request: a child's, when it is about her."""
    if row["path"] == "/v1/patients/{pid}/invitations/{invitation_id}":
        items = double.tables()[table_name("identity")].values()
        return str(next(item["child"]["S"] for item in items if item["kind"]["S"] == "received"))
    return request.target.rpartition("/")[2] if "{child_id}" in row["path"] else world.person.pid


def is_written(row: dict[str, str]) -> bool:
    """Tell whether a request is about a conversation, whose name says of which record."""
    return "{conversation_id}" in row["path"]


def is_of_nobody(row: dict[str, str], role: str) -> bool:
    """Tell whether the path names no record to this caller: no handle stands for a child."""
    if is_written(row):
        return False
    is_software = role in {"depositor", "rival", "no_handle"}
    return role == "no_handle" or ("{child_id}" in row["path"] and is_software)


def added(before: list[str], after: list[str]) -> list[str]:
    left = list(after)
    for each in before:
        left.remove(each)
    return left


def visible(reply: Reply) -> tuple[int, bytes, list[tuple[str, str]]]:
    headers = [pair for pair in reply.headers if pair[0] != "X-Request-Id"]
    return reply.status, reply.body, headers


OF_A_PERSON = [row for row in ROWS if "{pid}" in row["path"]]


@pytest.mark.parametrize("row", OF_A_PERSON, ids=name)
def test_what_exists_is_refused_as_what_does_not(  # A01, A02, A36
    row: dict[str, str], world: World, http: Client
) -> None:
    names_a_thing = "{" in row["path"].replace("{pid}", "")
    for role in (role for role in ROLES if row[role] == "404"):
        request = prepare(world, row, role)
        by_handle = request.target.startswith("/v1/patients/h.")
        nobody = "h.1." + "A" * 80 if by_handle else ids.new_secret_id()
        known = visible(request.send(http))
        assert known == visible(request.about(nobody).send(http)), role
        if names_a_thing:
            absent = prepare(world, row, role, document=ids.new_id())
            assert known == visible(absent.send(http)), role


def test_a_narrative_is_read_by_whom_its_row_allows_and_shown_to_nobody_else(  # A01
    world: World, http: Client
) -> None:
    (row,) = [row for row in ROWS if row["case"] == CLINICAL]
    fresh = double.snapshot()
    for role in ROLES:
        double.restore(fresh)
        reply = prepare(world, row, role).send(http)
        assert (NARRATED in reply.body.decode()) == (row[role] == "200"), role


OF_A_THING = [row for row in OF_A_PERSON if re.search("{(document|appointment)_id}", row["path"])]


@pytest.mark.parametrize("row", OF_A_THING, ids=name)
def test_a_thing_is_not_found_under_somebody_elses_path(  # A03
    row: dict[str, str], world: World, http: Client
) -> None:
    a_grant(world.other, world.doctor)
    subjects = {
        "person_other": world.other.pid,
        "doctor": world.other.pid,
        "depositor": world.handle(world.laboratory, world.other),
    }
    for role, subject in subjects.items():
        request = prepare(world, row, role).about(subject)
        before = state()
        reply = request.send(http)
        assert (reply.status, reply.problem) == (404, "not-found"), role
        assert state() == before, role


def test_the_person_sees_who_was_refused(world: World, http: Client) -> None:  # A04
    row = next(row for row in ROWS if row["path"] == "/v1/patients/{pid}/documents")
    assert prepare(world, row, "colleague").send(http).status == 404
    trace = http.get(f"/v1/patients/{world.person.pid}/trace", as_=world.person.principal)
    latest = trace.json()["items"][0]
    assert (latest["actor"]["name"], latest["outcome"]) == (world.colleague.name, "refused")


CONDITIONS = {"X-Role": "professional", "X-Forwarded-User": "admin", "X-Rpps": "89900000001"}


def test_headers_give_no_role(world: World, http: Client) -> None:  # A06
    reply = http.get(
        f"/v1/patients/{world.person.pid}/documents", as_=world.other.principal, headers=CONDITIONS
    )
    assert reply.status == 404
