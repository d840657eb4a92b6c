"""Documents through the whole application, in process: deposit, list, read, withdraw."""

import base64
import hashlib
from datetime import date, timedelta

import pytest
import time_machine

from chalicelib.core import ids
from chalicelib.core.rows import table_name
from chalicelib.identity.model import Person
from chalicelib.record import usecases
from chalicelib.record.model import Draft
from tests import double
from tests.access.notes import traces
from tests.builders import Actor, a_doctor, a_draft, a_grant, a_laboratory, a_pdf, a_person
from tests.http_client import Client, Reply
from tests.injector import Faults, meanwhile
from tests.recorder import Recorder
from tests.storage import files


def _key(n: int = 1) -> dict[str, str]:
    return {"Idempotency-Key": f"deposit-{n:04d}"}


def handle_of(http: Client, laboratory: Actor, identity: Person) -> str:
    traits = identity.traits
    reply = http.post(
        "/v1/patients/lookup",
        as_=laboratory.principal,
        json={
            "ins": identity.ins.matricule,
            "family_name": traits.family_name,
            "given_name": traits.given_names[0],
            "birth_date": traits.birth_date.isoformat() if traits.birth_date else "",
            "sex": "female",
        },
    )
    assert reply.status == 200, reply.body
    return str(reply.json()["handle"])


def deposit(http: Client, laboratory: Actor, handle: str, content: bytes) -> Reply:
    return http.post(
        f"/v1/patients/{handle}/documents",
        as_=laboratory.principal,
        json={"content": base64.b64encode(content).decode()},
        headers=_key(),
    )


def test_a_laboratory_deposits_and_the_person_reads_the_same_bytes(http: Client) -> None:
    person, laboratory = a_person(), a_laboratory()
    content = a_pdf()
    path = f"/v1/patients/{handle_of(http, laboratory, person.identity)}/documents"

    made = http.post(path, as_=laboratory.principal, json=a_draft(content), headers=_key())
    listed = http.get(f"/v1/patients/{person.pid}/documents", as_=person.principal)
    document = made.json()
    read = http.get(
        f"/v1/patients/{person.pid}/documents/{document['id']}/content", as_=person.principal
    )

    assert made.status == 201, made.body
    assert [item["id"] for item in listed.json()["items"]] == [document["id"]]
    abilities = {"read": True, "withdraw": False, "reveal": False}
    assert listed.json()["items"][0]["abilities"] == abilities
    assert read.status == 200
    assert read.body == content
    assert read.header("Content-Type") == "application/pdf"
    assert document["sha256"] == hashlib.sha256(content).hexdigest()


def test_a_person_adds_a_document_in_two_steps(http: Client) -> None:
    person = a_person()
    content = a_pdf()
    path = f"/v1/patients/{person.pid}/documents"
    draft = a_draft(type_code="DOCPAT05") | {"content": None, "size_bytes": len(content)}

    announced = http.post(path, as_=person.principal, json=draft, headers=_key())
    made = http.put(announced.json()["upload"]["href"], as_=person.principal, body=content)
    again = http.put(announced.json()["upload"]["href"], as_=person.principal, body=content)

    assert announced.status == 202, announced.body
    assert made.status == 201, made.body
    assert again.json() == made.json()
    assert [(trace.action, trace.reference) for trace in traces(person.pid)][:2] == [
        ("record:document:announce", announced.json()["id"]),
        ("record:document:upload", announced.json()["id"]),
    ]


def test_a_person_is_told_of_what_others_deposit_and_not_of_her_own(http: Client) -> None:
    person, doctor = a_person(), a_doctor()
    a_grant(person, doctor)
    for number, (actor, code) in enumerate(((person, "DOCPAT05"), (doctor, "11490-0"))):
        reply = http.post(
            f"/v1/patients/{person.pid}/documents",
            as_=actor.principal,
            json=a_draft(a_pdf(f"n° {number}"), type_code=code),
            headers=_key(number),
        )
        assert reply.status == 201, reply.body
        added = str(reply.json()["id"])

    announced = [
        row["reference"]["S"]
        for row in double.tables()[table_name("work")].values()
        if row["kind"]["S"] == "event" and row["type"]["S"] == "document.added"
    ]
    assert announced == [added]


def test_a_doctor_reads_once_authorised_and_no_more_once_withdrawn(http: Client) -> None:
    person, doctor = a_person(), a_doctor()
    http.post(
        f"/v1/patients/{person.pid}/documents",
        as_=person.principal,
        json=a_draft(a_pdf(), type_code="DOCPAT05"),
        headers=_key(),
    )
    path = f"/v1/patients/{person.pid}/documents"

    before = http.get(path, as_=doctor.principal)
    given = http.put(
        f"/v1/patients/{person.pid}/authorisations/{doctor.id}", as_=person.principal, json={}
    )
    during = http.get(path, as_=doctor.principal)
    taken = http.delete(
        f"/v1/patients/{person.pid}/authorisations/{doctor.id}", as_=person.principal
    )
    after = http.get(path, as_=doctor.principal)

    assert (before.status, given.status, during.status) == (404, 201, 200)
    assert len(during.json()["items"]) == 1
    assert (taken.status, after.status) == (204, 404)
    assert after.body == before.body


@pytest.mark.parametrize("times", [2, 3])
def test_the_same_key_and_body_make_one_document(http: Client, times: int) -> None:
    person = a_person()
    path, draft = f"/v1/patients/{person.pid}/documents", a_draft(a_pdf(), type_code="DOCPAT05")

    replies = [
        http.post(path, as_=person.principal, json=draft, headers=_key()) for _ in range(times)
    ]

    assert {reply.status for reply in replies} == {201}
    assert len({reply.body for reply in replies}) == 1
    assert len(http.get(path, as_=person.principal).json()["items"]) == 1


def test_a_nurse_does_not_see_what_her_profession_may_not_read(http: Client) -> None:
    person, nurse, laboratory = a_person(), a_doctor(profession_code="60"), a_laboratory()
    handle = handle_of(http, laboratory, person.identity)
    for n, code in enumerate(["11502-2", "68599-0"]):
        made = http.post(
            f"/v1/patients/{handle}/documents",
            as_=laboratory.principal,
            json=a_draft(a_pdf(), type_code=code),
            headers=_key(n),
        )
        assert made.status == 201, made.body
    a_grant(person, nurse)

    seen = http.get(f"/v1/patients/{person.pid}/documents", as_=nurse.principal).json()
    hidden = http.get(
        f"/v1/patients/{person.pid}/documents/{made.json()['id']}", as_=nurse.principal
    )

    assert [item["type"]["code"] for item in seen["items"]] == ["11502-2"]
    assert hidden.status == 404


def test_a_withdrawn_deposit_is_gone_for_every_reader(http: Client) -> None:
    person, laboratory = a_person(), a_laboratory()
    path = f"/v1/patients/{handle_of(http, laboratory, person.identity)}/documents"
    made = http.post(path, as_=laboratory.principal, json=a_draft(), headers=_key())
    one = f"{path}/{made.json()['id']}"

    missing = http.delete(f"{one}?reason=wrong_patient", as_=laboratory.principal)
    stale = http.delete(
        f"{one}?reason=wrong_patient", as_=laboratory.principal, headers={"If-Match": '"v9"'}
    )
    done = http.delete(
        f"{one}?reason=wrong_patient", as_=laboratory.principal, headers={"If-Match": '"v1"'}
    )

    assert (missing.status, stale.status, done.status) == (428, 412, 204)
    assert http.get(one, as_=laboratory.principal).status == 404
    listed = http.get(f"/v1/patients/{person.pid}/documents", as_=person.principal)
    assert listed.json()["items"] == []


@pytest.mark.parametrize("wrong", ["*", "é", "\u2028"])
def test_base64_that_is_not_is_refused_with_its_pointer(http: Client, wrong: str) -> None:
    person = a_person()

    reply = http.post(
        f"/v1/patients/{person.pid}/documents",
        as_=person.principal,
        json=a_draft(type_code="DOCPAT05")
        | {"content": base64.b64encode(a_pdf()).decode()[:-1] + wrong},
        headers=_key(),
    )

    assert reply.status == 422
    assert reply.json()["errors"][0]["pointer"] == "/content"


def test_a_withdrawn_document_does_not_come_back_with_a_late_upload(http: Client) -> None:
    person, laboratory = a_person(), a_laboratory()
    path = f"/v1/patients/{handle_of(http, laboratory, person.identity)}/documents"
    content = a_pdf()
    draft = a_draft() | {"content": None, "size_bytes": len(content)}
    announced = http.post(path, as_=laboratory.principal, json=draft, headers=_key()).json()
    href = announced["upload"]["href"]
    made = http.put(href, as_=laboratory.principal, body=content)
    one = f"{path}/{announced['id']}"
    gone = http.delete(
        f"{one}?reason=wrong_patient", as_=laboratory.principal, headers={"If-Match": '"v1"'}
    )

    late = http.put(href, as_=laboratory.principal, body=content)

    assert (made.status, gone.status) == (201, 204)
    assert (late.status, late.problem) == (409, "already-uploaded")
    assert http.get(one, as_=laboratory.principal).status == 404
    listed = http.get(f"/v1/patients/{person.pid}/documents", as_=person.principal)
    assert listed.json()["items"] == []


def test_an_upload_under_way_stops_when_the_authorisation_is_taken_back(http: Client) -> None:
    person, doctor = a_person(), a_doctor()
    a_grant(person, doctor)
    content = a_pdf()
    draft = a_draft() | {"content": None, "size_bytes": len(content)}
    announced = http.post(
        f"/v1/patients/{person.pid}/documents", as_=doctor.principal, json=draft, headers=_key()
    ).json()
    http.delete(f"/v1/patients/{person.pid}/authorisations/{doctor.id}", as_=person.principal)

    late = http.put(announced["upload"]["href"], as_=doctor.principal, body=content)

    assert late.status == 404


def test_a_wrong_deposit_is_in_the_persons_history(http: Client) -> None:
    person, laboratory = a_person(), a_laboratory()
    handle = handle_of(http, laboratory, person.identity)

    refused = deposit(http, laboratory, handle, b"<html></html>")
    lines = http.get(f"/v1/patients/{person.pid}/trace?outcome=refused", as_=person.principal)

    assert refused.status == 422
    (line,) = lines.json()["items"]
    assert line["actor"]["organisation"] == laboratory.name
    assert line["label"] == "a demandé à déposer un document"


def test_who_loses_the_race_for_one_content_is_told_which_document_has_it(
    http: Client, faults: Faults
) -> None:
    person, laboratory, content = a_person(), a_laboratory(), a_pdf()
    target = f"/v1/patients/{handle_of(http, laboratory, person.identity)}/documents"
    draft = Draft("Compte rendu", "11502-2", date(2026, 11, 20), "application/pdf", None, None)
    first: list[str] = []

    def rival() -> None:
        made = usecases.add_document(laboratory.principal, person.pid, draft, content, None)
        first.append(made.id)

    faults.on("dynamodb.TransactWriteItems", meanwhile(rival))
    second = http.post(target, as_=laboratory.principal, json=a_draft(content), headers=_key())

    assert (second.status, second.problem) == (409, "already-deposited")
    assert [second.json()["document_id"]] == first


def test_what_a_profession_may_not_see_costs_what_is_not_there(
    http: Client, calls: Recorder
) -> None:
    person, nurse, laboratory = a_person(), a_doctor(profession_code="60"), a_laboratory()
    handle = handle_of(http, laboratory, person.identity)
    made = http.post(
        f"/v1/patients/{handle}/documents",
        as_=laboratory.principal,
        json=a_draft(type_code="68599-0"),
        headers=_key(),
    ).json()
    a_grant(person, nurse)
    seen = []

    for document_id in (made["id"], ids.new_id()):
        double.new_process()
        http.get("/v1/auth/jwks")
        calls.clear()
        reply = http.get(f"/v1/patients/{person.pid}/documents/{document_id}", as_=nurse.principal)
        seen.append((reply.status, reply.body, sorted(calls.names)))

    assert seen[0] == seen[1]


@pytest.mark.parametrize(("seconds", "status"), [(24 * 3600 - 1, 201), (24 * 3600, 404)])
def test_an_announcement_ends_after_a_day(
    clock: time_machine.Traveller, http: Client, seconds: int, status: int
) -> None:
    person, laboratory = a_person(), a_laboratory()
    content = a_pdf()
    path = f"/v1/patients/{handle_of(http, laboratory, person.identity)}/documents"
    draft = a_draft() | {"content": None, "size_bytes": len(content)}
    made = http.post(path, as_=laboratory.principal, json=draft, headers=_key()).json()
    clock.shift(timedelta(seconds=seconds))

    path = f"/v1/patients/{handle_of(http, laboratory, person.identity)}/documents"
    late = http.put(f"{path}/{made['id']}/content", as_=laboratory.principal, body=content)

    assert late.status == status


@pytest.mark.parametrize("lie", ["size_bytes", "sha256"])
def test_only_the_announced_bytes_are_taken(http: Client, lie: str) -> None:
    person = a_person()
    content = a_pdf()
    announced = {"size_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    announced[lie] = {"size_bytes": len(content) + 1, "sha256": "0" * 64}[lie]
    draft = a_draft(type_code="DOCPAT05") | {"content": None} | announced
    path = f"/v1/patients/{person.pid}/documents"
    made = http.post(path, as_=person.principal, json=draft, headers=_key()).json()

    refused = http.put(made["upload"]["href"], as_=person.principal, body=content)

    assert refused.status == 422
    assert http.get(path, as_=person.principal).json()["items"] == []


def test_the_organisation_is_the_depositor_and_may_deposit_again_what_it_withdrew(
    http: Client,
) -> None:
    person, laboratory = a_person(), a_laboratory()
    path = f"/v1/patients/{handle_of(http, laboratory, person.identity)}/documents"
    draft = a_draft()
    made = http.post(path, as_=laboratory.principal, json=draft, headers=_key())
    gone = http.delete(
        f"{path}/{made.json()['id']}?reason=wrong_patient",
        as_=laboratory.principal,
        headers={"If-Match": '"v1"'},
    )

    again = http.post(path, as_=laboratory.principal, json=draft, headers=_key(2))

    assert made.json()["depositor"]["name"] == laboratory.name
    assert (gone.status, again.status) == (204, 201)


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (files.a_pdf(), "application/pdf"),
        (files.a_png(), "image/png"),
        (files.a_text(), "text/plain; charset=utf-8"),
        ("Lévothyrox 75 µg".encode("iso-8859-1"), "text/plain; charset=iso-8859-1"),
        ("Cœur, 10 €".encode("cp1252"), "text/plain; charset=windows-1252"),
    ],
)
def test_a_browser_shows_a_content_and_runs_none_of_it(  # A19
    http: Client, content: bytes, content_type: str
) -> None:
    person = a_person()
    path = f"/v1/patients/{person.pid}/documents"
    draft = a_draft(content, type_code="DOCPAT05") | {"format": content_type.partition(";")[0]}
    made = http.post(path, as_=person.principal, json=draft, headers=_key())
    assert made.status == 201, made.body

    read = http.get(f"{path}/{made.json()['id']}/content", as_=person.principal)

    assert read.body == content
    check_content_headers(read, content_type, "inline")


def check_content_headers(reply: Reply, content_type: str, disposition: str) -> None:
    digest = base64.b64encode(hashlib.sha256(reply.body).digest()).decode()
    assert reply.all("Content-Type") == [content_type]
    assert reply.all("Content-Security-Policy") == [
        "sandbox; default-src 'none'; frame-ancestors 'none'"
    ]
    assert reply.all("X-Content-Type-Options") == ["nosniff"]
    assert reply.all("Repr-Digest") == [f"sha-256=:{digest}:"]
    (said,) = reply.all("Content-Disposition")
    assert said.startswith(f"{disposition}; filename")
