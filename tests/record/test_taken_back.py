"""What becomes of a document taken back, of one whose file is lost, and of one not hers to file."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from chalicelib.core import aws
from chalicelib.core.rows import table_name
from chalicelib.record.model import WithdrawalReason
from chalicelib.record.usecases import withdraw_document
from chalicelib.workers.sweep import sweep
from tests import double
from tests.builders import Actor, Patient, a_draft, a_laboratory, a_person
from tests.faults.stories import waiting
from tests.http_client import Client
from tests.injector import Faults, meanwhile
from tests.record.cda.samples import a_cda
from tests.record.test_documents import deposit, handle_of
from tests.recorder import Call
from tests.workers.lambda_events import tick

Send = Callable[[], AWSResponse]
SECONDS = 20
KEY = {"Idempotency-Key": "deposit-0001"}


def _own(http: Client, person: Patient, key: str = "deposit-0001") -> str:
    path = f"/v1/patients/{person.pid}/documents"
    made = http.post(
        path,
        as_=person.principal,
        json=a_draft(type_code="DOCPAT05"),
        headers={"Idempotency-Key": key},
    )
    assert made.status == 201, made.body
    return f"{path}/{made.json()['id']}"


def _take_back(http: Client, who: Actor | Patient, one: str) -> None:
    headers = {"If-Match": '"v1"'}
    gone = http.delete(f"{one}?reason=wrong_document", as_=who.principal, headers=headers)
    assert gone.status == 204, gone.body


def _incidents() -> int:
    rows = double.tables()[table_name("record")].values()
    return sum(item["kind"]["S"] == "incident" for item in rows)


def _told_to_the_operator() -> list[str]:
    return [row.reference for row in waiting() if row.type == "document.withdrawn"]


def _history(http: Client, person: Patient, outcome: str = "allowed") -> dict[str, Any]:
    path = f"/v1/patients/{person.pid}/trace?outcome={outcome}"
    first: dict[str, Any] = http.get(path, as_=person.principal).json()["items"][0]
    return first


def test_what_a_person_deposited_and_deletes_is_gone_with_its_file(http: Client) -> None:
    person = a_person()
    one = _own(http, person)
    assert len(double.objects()) == 1

    _take_back(http, person, one)

    assert (len(double.objects()), _incidents(), _told_to_the_operator()) == (0, 0, [])
    assert http.get(one, as_=person.principal).status == 404
    assert "supprimé un document" in str(_history(http, person))
    _own(http, person, "deposit-0002")  # the same file may come back


def test_what_a_laboratory_takes_back_is_an_incident_told_to_the_operator(http: Client) -> None:
    person, laboratory = a_person(), a_laboratory()
    path = f"/v1/patients/{handle_of(http, laboratory, person.identity)}/documents"
    made = http.post(path, as_=laboratory.principal, json=a_draft(), headers=KEY).json()

    _take_back(http, laboratory, f"{path}/{made['id']}")

    assert (len(double.objects()), _incidents()) == (1, 1)
    assert _told_to_the_operator() == [made["id"]]
    assert "retiré un document déposé par erreur" in str(_history(http, person))


@pytest.mark.parametrize("damage", ["lost", "altered"])
def test_a_file_that_cannot_be_shown_is_told_so_in_the_history(http: Client, damage: str) -> None:
    person = a_person()
    one = _own(http, person)
    ((name, sealed),) = double.objects().items()
    bucket, _, key = name.partition("/")
    if damage == "lost":
        aws.client("s3").delete_object(Bucket=bucket, Key=key)
    else:
        altered = sealed[:-1] + bytes([sealed[-1] ^ 1])
        aws.client("s3").put_object(Bucket=bucket, Key=key, Body=altered)

    assert http.get(f"{one}/content", as_=person.principal).status == 500

    assert "rien n’a été montré" in _history(http, person, "refused")["right"]


def test_a_person_does_not_file_what_professionals_file(http: Client) -> None:  # R-MAT-03
    person = a_person()
    content = a_cda(traits=person.identity.traits, ins=person.identity.ins.matricule)
    draft = a_draft(content, format="text/xml", type_code=None)

    reply = http.post(
        f"/v1/patients/{person.pid}/documents", as_=person.principal, json=draft, headers=KEY
    )

    assert (reply.status, reply.json()["reason"]) == (422, "professional_only")
    assert "PDF" in reply.json()["explanation"]
    assert double.objects() == {}


def test_another_type_or_date_beside_a_cda_is_warned_of(http: Client) -> None:
    person, laboratory = a_person(), a_laboratory()
    content = a_cda(traits=person.identity.traits, ins=person.identity.ins.matricule)
    handle = handle_of(http, laboratory, person.identity)
    path = f"/v1/patients/{handle}/documents"
    draft = a_draft(content, format="text/xml", type_code="18748-4", care_date="2020-01-01")

    said_otherwise = http.post(path, as_=laboratory.principal, json=draft, headers=KEY).json()
    other = a_laboratory()
    silent = deposit(http, other, handle_of(http, other, person.identity), content).json()

    assert said_otherwise["warnings"] == ["other_type", "other_date"]
    assert silent["warnings"] == []
    for name in ("title", "type", "care_date"):
        assert said_otherwise[name] == silent[name]


@pytest.mark.parametrize(
    ("call", "way"),
    [("s3.DeleteObject", "before"), ("dynamodb.TransactWriteItems", "after")],
    ids=["the store of files does not answer", "the answer of the transaction is lost"],
)
def test_a_file_left_by_a_deletion_goes_with_the_sweep(  # R01
    http: Client, clock: time_machine.Traveller, faults: Faults, call: str, way: str
) -> None:
    person = a_person()
    one = _own(http, person)
    faults.on(call, way)

    http.delete(f"{one}?reason=other", as_=person.principal, headers={"If-Match": '"v1"'})
    faults.clear()

    assert http.get(one, as_=person.principal).status == 404
    for _ in range(3):
        clock.shift(timedelta(hours=1))
        tick(sweep)
    assert double.objects() == {}


def test_who_reads_a_document_while_it_is_deleted_is_told_that_it_is_not_there(
    http: Client, faults: Faults
) -> None:
    person = a_person()
    one = _own(http, person)

    asked, gone = threading.Event(), threading.Event()

    def late(call: Call, request: AWSPreparedRequest, send: Send) -> AWSResponse:
        del call, request
        asked.set()
        assert gone.wait(SECONDS)
        return send()

    def delete(call: Call, request: AWSPreparedRequest, send: Send) -> AWSResponse:
        assert asked.wait(SECONDS)
        known = one.rpartition("/")[2]
        take_back = partial(
            withdraw_document, person.principal, person.pid, known, WithdrawalReason.OTHER, 1
        )
        answer = meanwhile(take_back)(call, request, send)
        gone.set()
        return answer

    faults.on("s3.GetObject", late)
    faults.on("dynamodb.PutItem", delete)  # while the trace is written

    assert http.get(f"{one}/content", as_=person.principal).status == 404

    assert "n’est plus dans votre espace" in _history(http, person, "refused")["right"]
