"""Documents: an application reads what is hidden from nobody, and deposits in its own name."""

import base64
import hashlib
from datetime import date
from typing import Any

import pytest

from chalicelib.access.permissions import Permission
from chalicelib.record import usecases
from chalicelib.record.model import Draft, Visibility
from tests.builders import Actor, a_consent, a_minor, a_pdf, an_application, represent
from tests.fhir.conftest import Allowed
from tests.fhir.resources import a_document
from tests.fhir.test_edge import issues, refused
from tests.fhir.test_observations import changed, patient
from tests.http_client import Client
from tests.record.cda.samples import a_cda
from tests.worlds import World, deposit

DOCUMENTS = "/fhir/R4/DocumentReference"

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def app(allowed: Allowed) -> Actor:
    return allowed(*Permission)


def test_what_it_deposits_is_shown_as_deposited_by_it(  # R-SVC-08
    world: World, app: Actor, http: Client
) -> None:
    content = a_pdf("bilan")
    body = a_document(patient(app), content)
    reply = http.post(DOCUMENTS, as_=app.principal, json=body)
    assert reply.status == 201, reply.body
    made = reply.json()
    seen = http.get(
        f"/v1/patients/{world.person.pid}/documents/{made['id']}", as_=world.person.principal
    ).json()
    assert (seen["title"], seen["depositor"], seen["author"]["name"], seen["care_date"]) == (
        "Bilan de la semaine",
        {"kind": "application", "name": "Balance Exemple"},
        "Balance Exemple",
        "2026-11-20",
    )
    assert seen["category"]["code"] == "BIOLOGIE"
    context = made["context"]
    assert {context[name]["coding"][0]["code"] for name in ("facilityType", "practiceSetting")} == {
        "SNR"
    }
    assert made["author"] == [{"display": "Balance Exemple, Éditeur Exemple"}]
    assert http.post(DOCUMENTS, as_=app.principal, json=body).json() == made
    twin = http.post(
        DOCUMENTS, as_=app.principal, json=body, headers={"Idempotency-Key": "another-key"}
    )
    assert refused(twin) == (409, [("conflict", "already-deposited", "")])


WRONG: list[tuple[str, object, tuple[str, str, str]]] = [
    ("status", "superseded", ("value", "fhir_value", "DocumentReference.status")),
    ("date", None, ("required", "missing", "DocumentReference.date")),
    ("date", "2027-11-20T10:00:00+01:00",
     ("value", "date_future", "DocumentReference.date")),
    ("context", {"period": {"start": "2027-11-20"}},
     ("value", "date_future", "DocumentReference.context.period.start")),
    ("content.0.attachment.size", 12,
     ("value", "fhir_value", "DocumentReference.content[0].attachment.size")),
    ("content.0.attachment.hash", "2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
     ("value", "fhir_value", "DocumentReference.content[0].attachment.hash")),
    ("content.0.attachment.title", "a" * 201,
     ("too-long", "string_too_long", "DocumentReference.content[0].attachment.title")),
    ("meta", {"security": [{"code": "R"}]},
     ("not-supported", "fhir_unsupported", "DocumentReference.meta.security")),
    ("author", None, ("required", "missing", "DocumentReference.author")),
    ("custodian", None, ("required", "missing", "DocumentReference.custodian")),
    ("type", None, ("required", "missing", "DocumentReference.type")),
    ("type.coding.0.code", "nope", ("value", "unknown_type", "DocumentReference.type")),
    ("type.coding.0.code", "DOCPAT05", ("value", "type_reserved", "DocumentReference.type")),
    ("content.0.attachment.url", "https://exemple.test/x",
     ("structure", "fhir_forbidden", "DocumentReference.content[0].attachment.url")),
    ("content.0.attachment.data", None,
     ("required", "missing", "DocumentReference.content[0].attachment.data")),
    ("content.0.attachment.data", "é",
     ("structure", "base64", "DocumentReference.content[0].attachment.data")),
    ("content.0.attachment.title", None,
     ("required", "missing", "DocumentReference.content[0].attachment.title")),
    ("relatesTo", [{"code": "replaces"}],
     ("not-supported", "fhir_unsupported", "DocumentReference.relatesTo")),
    ("securityLabel", [{"coding": [{"code": "V"}]}],
     ("value", "fhir_value", "DocumentReference.securityLabel[0].coding[0].code")),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "said"), WRONG)
def test_what_is_wrong_is_told_by_its_path(
    app: Actor, http: Client, path: str, value: object, said: tuple[str, str, str]
) -> None:
    body = changed(a_document(patient(app), a_pdf("wrong")), path, value)
    reply = http.post(DOCUMENTS, as_=app.principal, json=body)
    assert refused(reply) == (422, [said])


def test_what_rules_refuse_is_told_with_what_cannot_be_read(app: Actor, http: Client) -> None:
    body = changed(a_document(patient(app), a_pdf("wrong"), status="superseded"),
                   "type.coding.0.code", "nope") | {"date": "2027-11-20"}  # fmt: skip
    body["content"][0]["attachment"] |= {"data": "é", "title": "\u0007"}
    assert [one[1:] for one in issues(http.post(DOCUMENTS, as_=app.principal, json=body))] == [
        ("base64", "DocumentReference.content[0].attachment.data"),
        ("control_character", "DocumentReference.content[0].attachment.title"),
        ("date_future", "DocumentReference.date"),
        ("fhir_value", "DocumentReference.status"),
        ("unknown_type", "DocumentReference.type"),
    ]


def test_the_size_and_hash_of_a_content_are_those_it_has(app: Actor, http: Client) -> None:
    content = a_pdf("hash")
    body = a_document(patient(app), content)
    body["content"][0]["attachment"] |= {
        "size": len(content),
        "hash": base64.b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode(),
    }
    assert http.post(DOCUMENTS, as_=app.principal, json=body).status == 201


def test_what_a_file_is_wrong_about_is_told(app: Actor, http: Client) -> None:
    body = a_document(patient(app), b"<html>")
    reply = http.post(DOCUMENTS, as_=app.principal, json=body)
    assert refused(reply) == (422, [("invalid", "document-refused", "")])
    text: str = reply.json()["issue"][0]["details"]["text"]
    assert text.startswith("Document refusé. ")


def test_it_finds_and_opens_what_carers_and_the_person_deposited(
    world: World, app: Actor, http: Client
) -> None:
    found = http.get(f"{DOCUMENTS}?status=current", as_=app.principal).json()["entry"]
    assert {one["resource"]["id"] for one in found} == {world.document, world.own}
    one = next(one["resource"] for one in found if one["resource"]["id"] == world.document)
    assert one["custodian"] == {"display": "Laboratoire Exemple"}
    target = f"/fhir/R4/{one['content'][0]['attachment']['url']}"
    raw = http.get(target, as_=app.principal)
    assert (raw.header("Content-Type"), raw.body[:5]) == ("application/pdf", b"%PDF-")
    assert len(raw.body) == one["content"][0]["attachment"]["size"]
    as_fhir = http.get(
        target, as_=app.principal, headers={"Accept": "application/fhir+json"}
    ).json()
    assert base64.b64decode(as_fhir["data"]) == raw.body
    assert as_fhir["securityContext"] == {"reference": f"DocumentReference/{world.document}"}
    assert http.get(f"{target}?_format=json", as_=app.principal).json() == as_fhir


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?type=11502-2", 1),
        ("?type=http://loinc.org|11502-2", 1),
        ("?type=34112-3", 0),
        ("?period=ge2026-11-23", 2),
        ("?period=lt2026-11-23", 0),
        ("?_count=1", 1),
    ],
)
def test_searches(world: World, app: Actor, http: Client, query: str, count: int) -> None:
    del world
    bundle = http.get(DOCUMENTS + query, as_=app.principal).json()
    assert len(bundle.get("entry", [])) == count


def test_what_is_hidden_from_representatives_is_of_no_service(  # R-SVC-09
    world: World, http: Client
) -> None:
    child = a_minor(world.person, birth_date=date(2011, 2, 11))
    represent(world.person, child.pid)
    draft = Draft("Consultation", "11488-4", None, None, None, None, Visibility.NOT_REPRESENTATIVES)
    secret = usecases.add_document(
        world.laboratory.principal, child.pid, draft, a_pdf("secret"), None
    ).id
    plain = deposit(world.laboratory.principal, child.pid)
    app = a_consent(child, an_application(), *Permission)
    found = http.get(DOCUMENTS, as_=app.principal).json()["entry"]
    assert [one["resource"]["id"] for one in found] == [plain]
    for target in (f"{DOCUMENTS}/{secret}", f"/fhir/R4/Binary/{secret}"):
        hidden = http.get(target, as_=app.principal)
        absent = http.get(target[:-26] + "01ARZ3NDEKTSV4RRFFQ69G5FAV", as_=app.principal)
        assert (hidden.status, hidden.body) == (absent.status, absent.body) == (404, hidden.body)


def test_it_keeps_nothing_secret_from_parents(  # R-SVC-09
    world: World, http: Client
) -> None:
    child = a_minor(world.person, birth_date=date(2011, 2, 11))
    represent(world.person, child.pid)
    app = a_consent(child, an_application(), *Permission)
    known = child.identity
    hidden = a_cda(ins=known.ins, traits=known.traits).replace(
        b'<confidentialityCode code="N"/>',
        b'<confidentialityCode code="INVISIBLE_REPRESENTANTS_LEGAUX"/>',
    )
    body: dict[str, Any] = a_document(patient(app), hidden)
    del body["type"]
    body["content"][0]["attachment"]["contentType"] = "text/xml"
    reply = http.post(DOCUMENTS, as_=app.principal, json=body)
    assert refused(reply) == (422, [("value", "visibility_reserved", "visibility")])
