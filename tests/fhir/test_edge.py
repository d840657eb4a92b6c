"""The edge under /fhir: every refusal is an OperationOutcome, and nothing asked for is ignored."""

from dataclasses import replace
from typing import Any

import pytest

import chalicelib.fhir.observation_routes  # noqa: F401  declares its routes
from chalicelib.access.permissions import Permission
from chalicelib.fhir import capability
from chalicelib.http.endpoint import ENDPOINTS, NoQuery
from tests.builders import Actor, withdraw_consent
from tests.fhir.conftest import Allowed
from tests.fhir.resources import FHIR, a_weight
from tests.http_client import SECURITY_HEADERS, Client, Reply
from tests.worlds import World, measure

OBSERVATIONS = "/fhir/R4/Observation"


@pytest.fixture
def app(allowed: Allowed) -> Actor:
    return allowed(*Permission)


def issues(reply: Reply) -> list[tuple[str, str, str]]:
    """Return what is said wrong: code of HL7, our own, and where."""
    assert reply.header("Content-Type") == "application/fhir+json"
    for name, value in SECURITY_HEADERS.items():
        assert reply.all(name) == [value]
    outcome = reply.json()
    assert outcome["resourceType"] == "OperationOutcome"
    for one in outcome["issue"]:
        assert one["details"]["text"]
        assert one["diagnostics"]
    return [
        (one["code"], one["details"]["coding"][0]["code"], *one.get("expression", [""]))
        for one in outcome["issue"]
    ]


def refused(reply: Reply) -> tuple[int, list[tuple[str, str, str]]]:
    return reply.status, issues(reply)


def test_what_the_front_refuses_by_itself_is_told_in_fhir(app: Actor, http: Client) -> None:
    assert refused(http.get(OBSERVATIONS)) == (401, [("login", "unauthenticated", "")])
    unknown = http.get("/fhir/R4/Condition", as_=app.principal)
    assert refused(unknown) == (404, [("not-found", "not-found", "")])
    patched = http.request("PATCH", f"{OBSERVATIONS}/1", as_=app.principal, json={})
    assert refused(patched)[0] == 404
    text = http.post(OBSERVATIONS, as_=app.principal, body=b"x")
    assert refused(text) == (415, [("not-supported", "unsupported-media-type", "")])


def test_a_suspended_application_is_told_so(app: Actor, http: Client) -> None:
    from chalicelib.access import applications  # noqa: PLC0415  what only this test is about
    from chalicelib.access.applications import ApplicationRow  # noqa: PLC0415
    from chalicelib.core import rows  # noqa: PLC0415

    row = rows.get(ApplicationRow, *applications.application_key(app.id))
    assert row is not None
    row.status = "suspended"
    rows.write([rows.put(row)])
    reply = http.get(f"{OBSERVATIONS}?code=29463-7", as_=app.principal)
    assert refused(reply) == (403, [("forbidden", "application-suspended", "")])


@pytest.mark.parametrize("kind", ["application/json", "application/fhir+json; fhirVersion=4.0"])
def test_resources_come_under_both_names_of_their_format(
    world: World, app: Actor, http: Client, kind: str
) -> None:
    del world
    body = a_weight(f"Patient/{app.principal.patient}")
    reply = http.post(OBSERVATIONS, as_=app.principal, json=body, headers={"Content-Type": kind})
    assert reply.status == 201, reply.body


def test_of_many_errors_the_first_are_told_and_how_many_more(app: Actor, http: Client) -> None:
    body = {"resourceType": "Bundle", "type": "transaction", "entry": [0] * 2_000}
    reply = http.post("/fhir/R4", as_=app.principal, json=body, headers=FHIR)
    *told, rest = issues(reply)
    assert (reply.status, len(told), rest) == (422, 50, ("informational", "more_errors", ""))
    assert "1951" in reply.json()["issue"][-1]["diagnostics"]


def test_a_resource_of_endless_lists_is_not_read(app: Actor, http: Client) -> None:
    body = {"resourceType": "Bundle", "type": "transaction", "entry": [0] * 1_000_000}
    reply = http.post("/fhir/R4", as_=app.principal, json=body, headers=FHIR)
    assert refused(reply) == (400, [("value", "too_many_marks", "")])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", ("structure", "syntax", "")),
        (b"[]", ("structure", "dict_type", "")),
        (b'{"a":1,"a":2}', ("structure", "duplicate_key", "")),
        (b"[" * 40 + b"]" * 40, ("value", "too_deep", "")),
    ],
)
def test_what_is_no_resource_is_a_bad_request(
    app: Actor, http: Client, body: bytes, code: tuple[str, str, str]
) -> None:
    reply = http.post(OBSERVATIONS, as_=app.principal, body=body, headers=FHIR)
    assert refused(reply) == (400, [code])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [("required", "missing", "http.code")]),
        ("?code=8302-2", [("value", "fhir_value", "http.code")]),
        ("?code=29463-7&foo=1&bar=2", [
            ("not-supported", "extra_forbidden", "http.foo"),
            ("not-supported", "extra_forbidden", "http.bar"),
        ]),
        ("?code=8302-2&date=hier&foo=1&_count=0", [
            ("value", "greater_than_equal", "http._count"),
            ("not-supported", "extra_forbidden", "http.foo"),
            ("value", "fhir_value", "http.code"),
            ("value", "fhir_value", "http.date"),
        ]),
        ("?date=hier&date=2026", [
            ("required", "missing", "http.code"),
            ("value", "fhir_value", "http.date"),
        ]),
        ("?code=29463-7&code=85354-9", [("not-supported", "repeated_parameter", "http.code")]),
        ("?code=29463-7&date=hier", [("value", "fhir_value", "http.date")]),
        ("?code=29463-7&date=ne2026", [("value", "fhir_value", "http.date")]),
        ("?code=29463-7&date=2026-02-30", [("value", "fhir_value", "http.date")]),
        ("?code=29463-7&_count=0", [("value", "greater_than_equal", "http._count")]),
        ("?code=29463-7&_sort=value", [("value", "literal_error", "http._sort")]),
        ("?code=29463-7&_cursor=abc", [("invalid", "bad-cursor", "")]),
        ("?code=29463-7&_include=Observation:device", [
            ("not-supported", "extra_forbidden", "http._include"),
        ]),
    ],
)  # fmt: skip
def test_what_is_asked_for_is_done_or_refused_by_its_name(
    app: Actor, http: Client, query: str, expected: list[tuple[str, str, str]]
) -> None:
    assert refused(http.get(OBSERVATIONS + query, as_=app.principal)) == (400, expected)


@pytest.mark.parametrize(
    ("query", "accept", "status"),
    [
        ("&_format=json", "*/*", 200),
        ("&_format=application/fhir%2Bjson", "application/fhir+xml", 200),
        ("&_format=xml", "*/*", 406),
        ("", "application/fhir+xml", 406),
        ("", "application/fhir+xml, application/fhir+json;q=0.9", 200),
    ],
)
def test_the_format_is_json_or_nothing(
    app: Actor, http: Client, query: str, accept: str, status: int
) -> None:
    target = f"{OBSERVATIONS}?code=29463-7{query}"
    reply = http.get(target, as_=app.principal, headers={"Accept": accept})
    assert reply.status == status
    if status != 200:
        assert issues(reply) == [("not-supported", "not-acceptable", "")]


def test_a_conditional_create_is_refused_rather_than_done_twice(app: Actor, http: Client) -> None:
    reply = http.post(
        OBSERVATIONS,
        as_=app.principal,
        json=a_weight(f"Patient/{app.principal.patient}"),
        headers={"If-None-Exist": "identifier=a|b"},
    )
    assert refused(reply) == (
        400,
        [("not-supported", "fhir_unsupported", "http.If-None-Exist")],
    )


def test_who_prefers_little_gets_little(app: Actor, http: Client) -> None:
    body = a_weight(f"Patient/{app.principal.patient}")
    reply = http.post(
        OBSERVATIONS, as_=app.principal, json=body, headers={"Prefer": "return=minimal"}
    )
    assert (reply.status, reply.body, reply.header("ETag")) == (201, b"", 'W/"1"')
    assert reply.header("Location")


def test_the_second_page_after_a_withdrawal_is_refused(  # A10
    world: World, app: Actor, http: Client
) -> None:
    for day in range(10, 13):
        measure(world.person.principal, world.person.pid, at=f"2026-11-{day}T07:30+01:00")
    first = http.get(f"{OBSERVATIONS}?code=29463-7&_count=2", as_=app.principal)
    assert len(first.json()["entry"]) == 2
    (following,) = [one["url"] for one in first.json()["link"] if one["relation"] == "next"]
    target = following.removeprefix("https://carnet.test")
    assert len(http.get(target, as_=app.principal).json()["entry"]) == 1
    withdraw_consent(world.person, app)
    assert refused(http.get(target, as_=app.principal)) == (
        403,
        [("forbidden", "consent-not-given", "")],
    )


def test_the_capability_statement_says_what_is_routed(http: Client) -> None:
    reply = http.get("/fhir/R4/metadata")
    statement: dict[str, Any] = reply.json()
    assert reply.header("Cache-Control") == "public, max-age=300"
    assert (statement["fhirVersion"], statement["kind"]) == ("4.0.1", "instance")
    (rest,) = statement["rest"]
    told = {one["type"]: {each["code"] for each in one["interaction"]} for one in rest["resource"]}
    assert told == {
        "Appointment": {"read", "search-type", "create", "update", "delete"},
        "Binary": {"read"},
        "DocumentReference": {"read", "search-type", "create"},
        "Observation": {"read", "search-type", "create", "delete"},
        "Patient": {"read", "search-type"},
    }
    noted = [one["type"] for one in rest["resource"] if "Range" in one.get("documentation", "")]
    assert noted == ["Binary"]
    searches = {
        one["type"]: [each["name"] for each in one.get("searchParam", [])]
        for one in rest["resource"]
    }
    assert searches["Observation"] == ["patient", "subject", "code", "date"]
    assert rest["interaction"] == [{"code": "transaction"}]
    (security,) = rest["security"]["extension"]
    assert {one["url"]: one["valueUri"] for one in security["extension"]} == {
        "authorize": "https://carnet.test/oauth/authorize",
        "token": "https://carnet.test/oauth/token",
    }


def test_a_capability_is_told_only_while_it_is_routed(monkeypatch: pytest.MonkeyPatch) -> None:
    others = [one for one in ENDPOINTS if (one.method, one.path) != ("POST", "/fhir/R4")]
    monkeypatch.setattr(capability, "ENDPOINTS", others)
    (rest,) = capability.statement("https://carnet.test/fhir/R4")["rest"]
    assert rest["interaction"] == []


def test_a_parameter_that_is_not_told_of_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    class More(NoQuery):
        encounter: str

    searches = [one for one in ENDPOINTS if (one.method, one.path) == ("GET", OBSERVATIONS)]
    monkeypatch.setattr(capability, "ENDPOINTS", [replace(*searches, query=More)])
    with pytest.raises(LookupError):
        capability.statement("https://carnet.test/fhir/R4")


def test_the_patient_has_a_name_for_this_application_and_no_identity(  # R-SVC-01
    world: World, app: Actor, http: Client
) -> None:
    name = app.principal.patient
    patient = http.get(f"/fhir/R4/Patient/{name}", as_=app.principal)
    assert patient.json() == {
        "resourceType": "Patient",
        "id": name,
        "meta": {
            "versionId": "1",
            "profile": ["http://hl7.org/fhir/StructureDefinition/Patient"],
        },
        "active": True,
    }
    found = http.get(f"/fhir/R4/Patient?_id={name}", as_=app.principal).json()
    assert [one["resource"]["id"] for one in found["entry"]] == [name]
    for foreign in (world.person.pid, world.other.pid, "x"):
        reply = http.get(f"/fhir/R4/Patient/{foreign}", as_=app.principal)
        assert refused(reply) == (403, [("forbidden", "consent-not-given", "")])
