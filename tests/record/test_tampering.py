"""An operator who can write tables but use no key: forged, moved and altered rows (A46)."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.access import store
from chalicelib.access.store import GrantRow, ProxyRow
from chalicelib.core import aws, rows
from chalicelib.record.store import DocumentRow, document_key
from tests import double
from tests.access.notes import traces
from tests.builders import Patient, a_doctor, a_draft, a_grant, a_pdf, a_person
from tests.http_client import Client


def _item(model: type[rows.Row], pk: str, sk: str) -> dict[str, Any]:
    answer = aws.client("dynamodb").get_item(
        TableName=rows.table_name(model.TABLE), Key={"pk": {"S": pk}, "sk": {"S": sk}}
    )
    found: dict[str, Any] = answer["Item"]
    return found


def _write(model: type[rows.Row], item: dict[str, Any]) -> None:
    aws.client("dynamodb").put_item(TableName=rows.table_name(model.TABLE), Item=item)


def _document(http: Client, person: Patient, n: int = 1) -> str:
    reply = http.post(
        f"/v1/patients/{person.pid}/documents",
        as_=person.principal,
        json=a_draft(a_pdf(), type_code="DOCPAT05"),
        headers={"Idempotency-Key": f"deposit-{n}"},
    )
    assert reply.status == 201, reply.body
    return str(reply.json()["id"])


def test_a_grant_copied_for_another_professional_opens_nothing(http: Client) -> None:
    person, doctor, other = a_person(), a_doctor(), a_doctor()
    a_grant(person, doctor)
    forged = _item(GrantRow, *store.grant_key(person.pid, doctor.id))
    pk, sk = store.grant_key(person.pid, other.id)
    _write(GrantRow, forged | {"pk": {"S": pk}, "sk": {"S": sk}, "rpps": {"S": other.id}})

    reply = http.get(f"/v1/patients/{person.pid}/documents", as_=other.principal)

    assert reply.status == 500
    assert b"items" not in reply.body
    attempt = traces(person.pid)[-1]
    assert (attempt.actor_id, attempt.outcome, attempt.reason, attempt.right) == (
        other.id, "refused", "altered", "none",
    )  # fmt: skip


def test_an_attempt_on_an_altered_document_is_in_the_persons_history(http: Client) -> None:
    person, doctor = a_person(), a_doctor()
    a_grant(person, doctor)
    document = _document(http, person)
    row = _item(DocumentRow, *document_key(person.pid, document))
    _write(DocumentRow, row | {"status": {"S": "withdrawn"}})

    path = f"/v1/patients/{person.pid}/documents/{document}"
    assert http.get(path, as_=doctor.principal).status == 500

    (attempt,) = [one for one in traces(person.pid) if one.reason == "altered"]
    assert (attempt.actor_id, attempt.reference) == (doctor.id, document)
    shown = http.get(f"/v1/patients/{person.pid}/trace?outcome=refused", as_=person.principal)
    assert "ne peut pas être vérifiée" in shown.json()["items"][0]["right"]


def test_an_attempt_on_an_altered_space_opens_nothing_and_has_no_key_to_be_written_with(
    http: Client,
) -> None:
    person = a_person()
    row = _item(store.SettingsRow, *store.settings_key(person.pid))
    _write(store.SettingsRow, row | {"opened_at": {"S": "2020-01-01T00:00:00.000Z"}})

    assert http.get(f"/v1/patients/{person.pid}/home", as_=person.principal).status == 500
    assert traces(person.pid) == []


def test_a_link_copied_to_another_record_opens_nothing(http: Client) -> None:
    person, other = a_person(), a_person()
    own = _item(ProxyRow, *store.proxy_key(other.pid, other.id))
    pk, sk = store.proxy_key(person.pid, other.id)
    _write(ProxyRow, own | {"pk": {"S": pk}, "sk": {"S": sk}})

    reply = http.get(f"/v1/patients/{person.pid}/home", as_=other.principal)

    assert reply.status == 500
    assert b"documents" not in reply.body


def _without_hash(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name != "mac"}


def _with_another_depositor(item: dict[str, Any]) -> dict[str, Any]:
    return item | {"depositor": {"S": "1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}


def _with_a_flipped_bit(item: dict[str, Any]) -> dict[str, Any]:
    sealed = bytearray(item["sealed"]["B"])
    sealed[len(sealed) // 2] ^= 1
    return item | {"sealed": {"B": bytes(sealed)}}


@pytest.mark.parametrize("change", [_without_hash, _with_another_depositor, _with_a_flipped_bit])
def test_one_altered_document_hides_none_of_the_others(
    http: Client, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    person = a_person()
    altered, sound = _document(http, person, 1), _document(http, person, 2)
    item = _item(DocumentRow, *document_key(person.pid, altered))
    _write(DocumentRow, change(item))

    listed = http.get(f"/v1/patients/{person.pid}/documents", as_=person.principal)
    one = http.get(f"/v1/patients/{person.pid}/documents/{altered}/content", as_=person.principal)
    home = http.get(f"/v1/patients/{person.pid}/home", as_=person.principal)
    history = http.get(f"/v1/patients/{person.pid}/trace", as_=person.principal)

    assert [document["id"] for document in listed.json()["items"]] == [sound]
    assert one.status == 500
    assert (home.status, history.status) == (200, 200)


def test_two_files_of_one_record_exchanged_are_not_served(http: Client) -> None:  # R13, A46
    person = a_person()
    documents = [_document(http, person, 1), _document(http, person, 2)]
    (one, first), (two, second) = double.objects().items()
    for name, sealed in ((one, second), (two, first)):
        bucket, _, key = name.partition("/")
        aws.client("s3").put_object(Bucket=bucket, Key=key, Body=sealed)

    for document_id in documents:
        path = f"/v1/patients/{person.pid}/documents/{document_id}/content"
        reply = http.get(path, as_=person.principal)

        assert reply.status == 500
        assert b"%PDF" not in reply.body
