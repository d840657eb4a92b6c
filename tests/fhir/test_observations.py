"""Measures as Observation: what is sent is kept to the figure, or refused by its path."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from chalicelib.access.permissions import Permission
from tests.builders import Actor, a_consent
from tests.fhir.conftest import Allowed
from tests.fhir.resources import (
    LOINC,
    a_device,
    a_pressure,
    a_transaction,
    a_weight,
    quantity,
)
from tests.fhir.test_edge import OBSERVATIONS, issues, refused
from tests.http_client import Client, Reply
from tests.worlds import World, measure

Resource = dict[str, Any]


@pytest.fixture
def app(allowed: Allowed) -> Actor:
    return allowed(*Permission)


def patient(app: Actor) -> str:
    return f"Patient/{app.principal.patient}"


def create(http: Client, app: Actor, resource: Resource, **headers: str) -> Reply:
    return http.post(OBSERVATIONS, as_=app.principal, json=resource, headers=headers)


def of_person(world: World, http: Client) -> list[Resource]:
    path = f"/v1/patients/{world.person.pid}/measures"
    found: list[Resource] = http.get(path, as_=world.person.principal).json()["items"]
    return found


def test_a_weight_is_kept_for_the_person_with_who_sent_it(
    world: World, app: Actor, http: Client
) -> None:
    body = a_weight(patient(app), 71.25, note=[{"text": "À jeun"}], device={"display": "Balance"})
    reply = create(http, app, body)
    assert reply.status == 201, reply.body
    made = reply.json()
    assert reply.header("Location") == f"https://carnet.test{OBSERVATIONS}/{made['id']}"
    (seen,) = of_person(world, http)
    assert (seen["values"], seen["comment"], seen["device"], seen["source"]) == (
        {"weight": 71.25},
        "À jeun",
        "Balance",
        {"kind": "application", "name": "Balance Exemple"},
    )
    assert seen["at"] == "2026-11-20T07:30:00+01:00"
    again = http.get(f"{OBSERVATIONS}/{made['id']}", as_=app.principal)
    assert (again.json(), again.header("ETag")) == (made, 'W/"1"')
    assert made["valueQuantity"] == quantity(71.25, "kg")
    assert (made["note"], made["device"]) == ([{"text": "À jeun"}], {"display": "Balance"})
    assert made["performer"] == [{"display": "Balance Exemple"}]


def test_a_blood_pressure_is_two_components(world: World, app: Actor, http: Client) -> None:
    made = create(http, app, a_pressure(patient(app))).json()
    assert [one["valueQuantity"] for one in made["component"]] == [
        quantity(128, "mm[Hg]"),
        quantity(79, "mm[Hg]"),
    ]
    assert "valueQuantity" not in made
    (seen,) = of_person(world, http)
    assert seen["values"] == {"systolic": 128.0, "diastolic": 79.0}


def test_what_the_person_noted_says_it_is_hers(world: World, app: Actor, http: Client) -> None:
    mine = measure(world.person.principal, world.person.pid)
    read = http.get(f"{OBSERVATIONS}/{mine}", as_=app.principal).json()
    assert read["performer"] == [{"reference": patient(app)}]


def changed(body: Resource, path: str, value: object) -> Resource:
    """Return a resource with one element put in place, or taken out (None)."""
    made = deepcopy(body)
    place: Any = made
    *way, last = path.split(".")
    for step in way:
        place = place[int(step) if step.isdecimal() else step]
    if value is None:
        del place[last]
    else:
        place[int(last) if last.isdecimal() else last] = value
    return made


WRONG: list[tuple[str, object, tuple[str, str, str]]] = [
    ("status", "preliminary", ("value", "fhir_value", "Observation.status")),
    ("status", None, ("required", "missing", "Observation.status")),
    ("code", None, ("required", "missing", "Observation.code")),
    ("code.coding.0.code", "8302-2", ("value", "fhir_value", "Observation.code.coding")),
    ("code.coding.0.system", "http://snomed.info/sct",
     ("value", "fhir_value", "Observation.code.coding")),
    ("subject", None, ("required", "missing", "Observation.subject")),
    ("effectiveDateTime", None, ("required", "missing", "Observation.effectiveDateTime")),
    ("effectiveDateTime", "2026-11-20", ("value", "instant_form", "Observation.effectiveDateTime")),
    ("effectiveDateTime", "2027-11-20T07:30:00+01:00",
     ("value", "date_future", "Observation.effectiveDateTime")),
    ("valueQuantity", None, ("required", "missing", "Observation.valueQuantity")),
    ("valueQuantity.code", "g", ("value", "fhir_value", "Observation.valueQuantity.code")),
    ("valueQuantity.system", None, ("required", "missing", "Observation.valueQuantity.system")),
    ("valueQuantity.value", "71", ("structure", "fhir_type", "Observation.valueQuantity.value")),
    ("valueQuantity.value", 7100, ("value", "less_than_equal", "Observation.valueQuantity.value")),
    ("valueQuantity.value", True, ("structure", "fhir_type", "Observation.valueQuantity.value")),
    ("valueQuantity.comparator", "<",
     ("not-supported", "fhir_unsupported", "Observation.valueQuantity.comparator")),
    ("valueString", "71", ("structure", "fhir_forbidden", "Observation.valueString")),
    ("bodySite", {"text": "bras"}, ("not-supported", "fhir_unsupported", "Observation.bodySite")),
    ("modifierExtension", [{"url": "x"}],
     ("not-supported", "fhir_unsupported", "Observation.modifierExtension")),
    ("extension", [{"url": "https://exemple.test/x"}],
     ("not-supported", "fhir_unsupported", "Observation.extension[0].url")),
    ("note", [{"text": "a" * 151}], ("too-long", "string_too_long", "Observation.note[0].text")),
    ("note", [{"text": "a"}, {"text": "b"}],
     ("not-supported", "fhir_unsupported", "Observation.note[1]")),
    ("meta", {"security": [{"code": "R"}]},
     ("not-supported", "fhir_unsupported", "Observation.meta.security")),
    ("meta", {"profile": ["x"], "tag": [{"code": "x"}]},
     ("not-supported", "fhir_unsupported", "Observation.meta.tag")),
    ("extension", [{"url": "x/ReasonForMeasurement", "valueString": "a" * 151}],
     ("too-long", "string_too_long", "Observation.extension[0].valueString")),
    ("resourceType", "Condition", ("value", "fhir_value", "Observation.resourceType")),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "said"), WRONG)
def test_what_is_wrong_is_told_by_its_path(
    world: World,
    app: Actor,
    http: Client,
    path: str,
    value: object,
    said: tuple[str, str, str],
) -> None:
    reply = create(http, app, changed(a_weight(patient(app)), path, value))
    assert refused(reply) == (422, [said])
    assert of_person(world, http) == []


def test_everything_wrong_is_told_at_once(app: Actor, http: Client) -> None:
    body = a_pressure(patient(app)) | {"valueQuantity": quantity(1, "kg"), "status": "draft"}
    body["component"][1]["code"]["coding"][0]["code"] = "8480-6"
    assert {one[1:] for one in issues(create(http, app, body))} == {
        ("fhir_forbidden", "Observation.valueQuantity"),
        ("fhir_value", "Observation.status"),
        ("fhir_forbidden", "Observation.component[1].code"),
    }
    half = a_pressure(patient(app))
    del half["component"][1]
    assert issues(create(http, app, half)) == [("required", "missing", "Observation.component")]


def test_what_rules_refuse_is_told_with_what_cannot_be_read(app: Actor, http: Client) -> None:
    spoilt = {"status": "draft", "effectiveDateTime": "2027-11-20T07:30:00+01:00"}
    body = a_weight(patient(app), 7100, note=[{"text": "a" * 151}], **spoilt)
    expected = [
        ("date_future", "Observation.effectiveDateTime"),
        ("string_too_long", "Observation.note[0].text"),
        ("fhir_value", "Observation.status"),
        ("less_than_equal", "Observation.valueQuantity.value"),
    ]
    assert [one[1:] for one in issues(create(http, app, body))] == expected
    half = a_pressure(patient(app)) | {"status": "draft"}
    del half["component"][1]
    assert [one[1:] for one in issues(create(http, app, half))] == [
        ("missing", "Observation.component"),
        ("fhir_value", "Observation.status"),
    ]
    of_no_kind = body | {"code": {"coding": [{"system": "x", "code": "y"}]}}
    assert [one[1:] for one in issues(create(http, app, of_no_kind))] == [
        ("fhir_value", "Observation.code.coding"),
        *expected[:3],
    ]


def test_a_transaction_tells_what_is_wrong_in_all_that_it_holds(app: Actor, http: Client) -> None:
    bundle = a_transaction(patient(app), status="draft") | {"type": "batch"}
    bundle["entry"][1]["resource"]["valueQuantity"]["value"] = 7100
    bundle["entry"][0]["resource"] = a_device(deviceName=[{"name": "a" * 101}], udiCarrier=[{}])
    assert [one[1:] for one in issues(transact(http, app, bundle))] == [
        ("string_too_long", "Bundle.entry[0].resource.deviceName[0].name"),
        ("fhir_unsupported", "Bundle.entry[0].resource.udiCarrier"),
        ("fhir_value", f"{IN_ENTRY}.status"),
        ("less_than_equal", f"{IN_ENTRY}.valueQuantity.value"),
        ("fhir_value", "Bundle.type"),
    ]


def test_the_patient_is_the_one_of_the_token(world: World, app: Actor, http: Client) -> None:
    name = app.principal.patient
    for subject in (
        {"reference": f"https://carnet.test/fhir/R4/Patient/{name}"},
        {"identifier": {"system": "urn:oid:1.2.250.1.215.400", "value": name}},
    ):
        body = a_weight(patient(app), subject=subject)
        assert create(http, app, body, **{"Idempotency-Key": str(subject)[-12:-4]}).status == 201
    for foreign in ("Patient/x", f"https://ailleurs.test/Patient/{name}", world.person.pid):
        reply = create(http, app, a_weight(foreign))
        assert refused(reply) == (403, [("forbidden", "consent-not-given", "")])


def test_sent_twice_it_is_made_once_and_after_it_is_gone_again(  # A13
    world: World, app: Actor, http: Client
) -> None:
    body = a_weight(patient(app))
    first = create(http, app, body)
    assert create(http, app, body).json() == first.json()
    assert len(of_person(world, http)) == 1
    one = f"{OBSERVATIONS}/{first.json()['id']}"
    assert http.delete(one, as_=app.principal).status == 204
    second = create(http, app, body)
    assert second.status == 201
    assert create(http, app, body).json() == second.json() != first.json()
    assert len(of_person(world, http)) == 1


def test_a_key_of_its_own_makes_two_of_the_same(world: World, app: Actor, http: Client) -> None:
    for key in ("first-key", "second-key"):
        sent = create(http, app, a_weight(patient(app)), **{"Idempotency-Key": key})
        assert sent.status == 201
    assert len(of_person(world, http)) == 2
    reused = create(http, app, a_weight(patient(app), 60), **{"Idempotency-Key": "first-key"})
    assert refused(reused) == (422, [("invalid", "idempotency-key-reused", "")])


def test_one_key_serves_for_each_patient_of_an_application(
    world: World, app: Actor, http: Client
) -> None:
    of_other = a_consent(world.other, app, *Permission)
    first, other, again = (
        create(http, one, a_weight(patient(one)), **{"Idempotency-Key": "monday-weights"})
        for one in (app, of_other, app)
    )
    assert (first.status, other.status) == (201, 201)
    assert again.json() == first.json() != other.json()


@pytest.mark.parametrize(
    ("dates", "days"),
    [
        ("", [12, 11, 10]),
        ("&date=2026-11-11", [11]),
        ("&date=2026-11", [12, 11, 10]),
        ("&date=ge2026-11-11", [12, 11]),
        ("&date=gt2026-11-11", [12]),
        ("&date=ge2026-11-10&date=lt2026-11-12", [11, 10]),
        ("&date=le2026-11-11T07:30:00%2B01:00", [11, 10]),
        ("&date=lt2026-11-11T07:30:00%2B01:00", [10]),
        ("&date=2026-11-11T07:30+01:00", [11]),  # a plus that nobody quoted
        ("&date=ge2027", []),
        ("&_sort=date", [10, 11, 12]),
        ("&_sort=-date&_count=1", [12]),
    ],
)
def test_searches_by_dates(
    world: World, app: Actor, http: Client, dates: str, days: list[int]
) -> None:
    for day in (10, 11, 12):
        measure(world.person.principal, world.person.pid, at=f"2026-11-{day}T07:30+01:00")
    name = app.principal.patient
    target = f"{OBSERVATIONS}?code={LOINC}%7C29463-7&patient={name}&subject=Patient/{name}{dates}"
    reply = http.get(target, as_=app.principal)
    bundle = reply.json()
    found = [one["resource"] for one in bundle.get("entry", [])]
    assert [int(one["effectiveDateTime"][8:10]) for one in found] == days
    assert (bundle["type"], "total" in bundle) == ("searchset", False)
    assert bundle["link"][0]["relation"] == "self"


def transact(http: Client, app: Actor, bundle: Resource) -> Reply:
    return http.post("/fhir/R4", as_=app.principal, json=bundle)


def test_a_transaction_brings_a_measure_and_what_took_it(
    world: World, app: Actor, http: Client
) -> None:
    bundle = a_transaction(patient(app))
    reply = transact(http, app, bundle)
    assert reply.status == 200, reply.body
    answer = reply.json()
    assert (answer["type"], [one["response"]["status"] for one in answer["entry"]]) == (
        "transaction-response",
        ["200 OK", "201 Created"],
    )
    (seen,) = of_person(world, http)
    assert seen["device"] == "Ma balance"
    assert answer["entry"][1]["response"]["location"].endswith(seen["id"])
    assert transact(http, app, bundle).json() == answer
    assert len(of_person(world, http)) == 1


def without(name: str) -> Callable[[Resource], object]:
    return lambda bundle: bundle["entry"][1].pop(name)


def twice(bundle: Resource) -> None:
    bundle["entry"].append(deepcopy(bundle["entry"][1]))


IN_ENTRY = "Bundle.entry[1].resource"
BUNDLES: list[tuple[Callable[[Resource], object], tuple[str, str, str]]] = [
    (lambda one: one.update(type="batch"), ("value", "fhir_value", "Bundle.type")),
    (lambda one: one.pop("entry"), ("required", "missing", "Bundle.entry")),
    (lambda one: one["entry"].pop(1), ("required", "missing", "Bundle.entry")),
    (without("fullUrl"), ("required", "missing", "Bundle.entry[1].fullUrl")),
    (without("request"), ("required", "missing", "Bundle.entry[1].request")),
    (twice, ("not-supported", "fhir_unsupported", "Bundle.entry[2].resource")),
    (lambda one: one["entry"][1]["resource"].pop("meta"),
     ("required", "missing", f"{IN_ENTRY}.meta.profile")),
    (lambda one: one["entry"][1]["resource"].update(status="draft"),
     ("value", "fhir_value", f"{IN_ENTRY}.status")),
    (lambda one: one["entry"][1]["resource"]["valueQuantity"].update(value=7100),
     ("value", "less_than_equal", f"{IN_ENTRY}.valueQuantity.value")),
    (lambda one: one["entry"][1]["request"].update(method="DELETE"),
     ("value", "fhir_value", "Bundle.entry[1].request.method")),
    (lambda one: one["entry"][0].update(resource=a_device(meta={"profile": ["x"]})),
     ("value", "fhir_value", "Bundle.entry[0].resource.meta.profile")),
    (lambda one: one["entry"][0].update(resource={"resourceType": "Patient"}),
     ("value", "fhir_value", "Bundle.entry[0].resource.resourceType")),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "said"), BUNDLES)
def test_a_transaction_is_all_or_nothing(
    world: World,
    app: Actor,
    http: Client,
    spoil: Callable[[Resource], object],
    said: tuple[str, str, str],
) -> None:
    bundle = a_transaction(patient(app))
    spoil(bundle)
    reply = transact(http, app, bundle)
    assert reply.status == 422
    assert said in issues(reply)
    assert of_person(world, http) == []
