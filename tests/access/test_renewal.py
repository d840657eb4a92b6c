"""D5: data keys of a record are renewed yearly, by the first write after; old messages open."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from chalicelib.access import store
from chalicelib.access.store import SettingsRow
from chalicelib.core import rows
from tests.builders import Patient, a_draft, a_person
from tests.http_client import Client
from tests.injector import Faults
from tests.recorder import Call, Recorder


@pytest.fixture
def person(clock: time_machine.Traveller, aws: Recorder) -> Patient:  # noqa: ARG001  in this order
    return a_person()


def settings_of(person: Patient) -> SettingsRow:
    found = rows.get(SettingsRow, *store.settings_key(person.pid))
    assert found is not None
    return found


def keys_of(person: Patient) -> tuple[bytes, bytes]:
    row = settings_of(person)
    return bytes(row.record_key), bytes(row.trace_key)


def deposit(http: Client, person: Patient, key: str) -> None:
    reply = http.post(
        f"/v1/patients/{person.pid}/documents",
        as_=person.principal,
        json=a_draft(title=key, type_code="DOCPAT05"),
        headers={"Idempotency-Key": f"a-key-of-the-test-{key}"},
    )
    assert reply.status == 201, reply.body


def a_later_session(clock: time_machine.Traveller, person: Patient, days: int) -> None:
    clock.shift(timedelta(days=days))
    session = rows.get(store.SessionRow, *store.session_key(person.principal.session))
    assert session is not None
    session.expires_at = "2099-01-01T00:00:00.000Z"
    rows.write([rows.put(session)])


@pytest.mark.parametrize(("days", "renewed"), [(364, False), (365, True)])
def test_the_first_write_after_a_year_renews_both_keys(
    clock: time_machine.Traveller, http: Client, person: Patient, days: int, *, renewed: bool
) -> None:
    before = keys_of(person)
    deposit(http, person, "first")
    a_later_session(clock, person, days)
    assert http.get(f"/v1/patients/{person.pid}/documents", as_=person.principal).status == 200
    assert keys_of(person) == before, "a read renews nothing"
    deposit(http, person, "second")
    after = keys_of(person)
    assert [old != new for old, new in zip(before, after, strict=True)] == [renewed] * 2
    deposit(http, person, "third")
    assert keys_of(person) == after
    listed = http.get(f"/v1/patients/{person.pid}/documents", as_=person.principal)
    assert {item["title"] for item in listed.json()["items"]} == {"first", "second", "third"}
    history = http.get(f"/v1/patients/{person.pid}/trace", as_=person.principal).json()["items"]
    assert {line["outcome"] for line in history} == {"allowed"}


def test_a_rival_that_renewed_first_costs_nobody_her_write(
    clock: time_machine.Traveller, http: Client, person: Patient, faults: Faults
) -> None:
    a_later_session(clock, person, 400)

    def overtaken(
        call: Call, request: AWSPreparedRequest, send: Callable[[], AWSResponse]
    ) -> AWSResponse:
        del call, request
        rows.write([rows.put(settings_of(person))])
        return send()

    faults.on("dynamodb.TransactWriteItems", overtaken)
    deposit(http, person, "overtaken")
    faults.clear()
    listed = http.get(f"/v1/patients/{person.pid}/documents", as_=person.principal)
    assert [item["title"] for item in listed.json()["items"]] == ["overtaken"]
    assert settings_of(person).version == 2
