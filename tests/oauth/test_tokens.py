"""What an application gets for a consent, and where it serves: A09."""

from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine

from chalicelib.access import tokens
from chalicelib.access.permissions import Permission
from chalicelib.core import aws, rows
from tests import double
from tests.builders import a_person
from tests.oauth.play import (
    Play,
    acting,
    may,
    refused,
)

WEIGHT = "http://loinc.org|29463-7"


PRESSURE = "http://loinc.org|85354-9"


GIVEN = (
    f"launch/patient offline_access patient/Observation.crs?code={WEIGHT} "
    f"patient/Observation.crs?code={PRESSURE}"
)


def test_a_code_becomes_tokens_of_one_person_and_one_application(play: Play) -> None:
    got = play.connect()

    name = tokens.patient_name(play.person.pid, play.application.id)
    assert got | {"access_token": "…", "refresh_token": "…"} == {
        "access_token": "…",
        "token_type": "Bearer",
        "expires_in": 600,
        "scope": GIVEN,
        "patient": name,
        "need_patient_banner": True,
        "refresh_token": "…",
    }
    who = acting(got["access_token"])
    assert (who.id, who.session, who.patient) == (play.application.id, play.application.id, name)
    assert may(who, play.person.pid)
    assert play.person.pid not in str(got)


@pytest.mark.parametrize(
    ("asked", "lines", "given"),
    [
        ("patient/Observation.rs", ["weight:read"], f"patient/Observation.rs?code={WEIGHT}"),
        (
            "launch/patient patient/Observation.crs patient/Patient.r",
            ["weight:write", "blood_pressure:read"],
            (f"launch/patient patient/Patient.r patient/Observation.c?code={WEIGHT} "
            f"patient/Observation.rs?code={PRESSURE}"),
        ),
        (
            "patient/DocumentReference.crs patient/Binary.r patient/Appointment.crus",
            ["document:write", "appointment:read", "appointment:write"],
            "patient/Appointment.crus patient/DocumentReference.c",
        ),
        (
            "patient/Binary.r patient/DocumentReference.rs",
            ["document:read"],
            "patient/DocumentReference.rs patient/Binary.r",
        ),
        (f"patient/Observation.c?code={WEIGHT}", ["weight:write"],
         f"patient/Observation.c?code={WEIGHT}"),
    ],
)  # fmt: skip
def test_what_was_given_is_answered_and_nothing_else(
    play: Play, asked: str, lines: list[Permission], given: str
) -> None:
    got = play.asking(scope=asked).connect(lines=lines)

    assert got["scope"] == given
    assert "refresh_token" not in got


def test_what_another_device_asked_for_widens_no_token(play: Play) -> None:
    scale = play.asking(scope="offline_access patient/Observation.c?code=http://loinc.org|29463-7")
    weighs = [Permission.WEIGHT_WRITE]
    first = scale.connect(lines=weighs)
    reader = play.asking(scope="patient/DocumentReference.rs patient/Observation.c")
    reader.connect(lines=[Permission.DOCUMENT_READ, *weighs])

    renewed = acting(scale.renew(first["refresh_token"]).json()["access_token"])

    assert may(renewed, play.person.pid, Permission.WEIGHT_WRITE)
    assert not may(renewed, play.person.pid, Permission.DOCUMENT_READ)


def test_two_applications_know_a_person_by_two_names(play: Play, signing: Play) -> None:
    assert play.connect()["patient"] != signing.connect()["patient"]


def test_an_application_with_keys_signs(signing: Play) -> None:
    got = signing.connect()

    assert signing.renew(got["refresh_token"]).status == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/me"),
        ("GET", "/v1/patients/{pid}"),
        ("GET", "/v1/patients/{pid}/documents"),
        ("GET", "/v1/patients/{pid}/trace"),
        ("GET", "/v1/patients/{pid}/consents"),
        ("POST", "/v1/patients/{pid}/consents"),
        ("DELETE", "/v1/patients/{pid}/consents/1." + "a" * 32),
    ],
)
def test_a_token_of_an_application_opens_nothing_of_the_person_s_own_interface(
    play: Play, method: str, path: str
) -> None:
    got = play.connect()
    for name in (play.person.pid, got["patient"]):
        reply = play.http.request(
            method,
            path.format(pid=name),
            headers={"Authorization": f"Bearer {got['access_token']}"},
        )
        assert (reply.status, reply.problem) == (401, "unauthenticated")


def test_a_token_is_of_one_person(play: Play) -> None:
    who = acting(play.connect()["access_token"])

    assert not may(who, a_person().pid)


def test_one_consent_gets_so_many_tokens_an_hour(play: Play, clock: time_machine.Traveller) -> None:
    del clock
    held = play.connect()["refresh_token"]
    (key,) = [pk for pk, _ in double.tables()[rows.table_name("work")] if "#token-here#" in pk]
    full: dict[str, Any] = {"pk": {"S": key}, "sk": {"S": "RATE"}, "kind": {"S": "rate"}}
    aws.client("dynamodb").put_item(
        TableName=rows.table_name("work"),
        Item=full | {"count": {"N": "120"}, "ttl": {"N": "9999999999"}},
    )

    over = play.renew(held)

    assert (over.status, over.problem, over.header("Retry-After")) == (429, "too-many", "1800")


def test_nobody_else_spends_that_budget(play: Play) -> None:
    held = play.connect()["refresh_token"]
    before = double.tables()[rows.table_name("work")]

    for _ in range(3):
        play.renew(held, client_id="0" * 26)
        play.renew(held[:-2] + ("AA" if held[-2:] != "AA" else "BB"))
        play.exchange("nonsense")

    counts = [item for (pk, _), item in before.items() if pk.startswith("RATE#token-here")]
    now = double.tables()[rows.table_name("work")]
    assert counts == [item for (pk, _), item in now.items() if pk.startswith("RATE#token-here")]


def test_a_dead_refresh_token_spends_nothing_of_the_live_device(  # A11
    play: Play, clock: time_machine.Traveller
) -> None:
    lost = play.connect()["refresh_token"]
    revoked = play.http.post("/oauth/revoke", body=urlencode(play.signed({"token": lost})))
    assert revoked.status == 200
    clock.shift(1)
    stolen = play.connect()["refresh_token"]
    clock.shift(1)
    held = play.connect()["refresh_token"]
    play.renew(stolen)
    clock.shift(31)

    for dead in (lost, stolen):
        assert {refused(play.renew(dead)) for _ in range(125)} == {(400, "invalid_grant")}

    assert play.renew(held).status == 200


def test_what_is_not_ours_costs_no_read_of_any_record(play: Play, calls: Any) -> None:
    play.connect()
    calls.clear()

    play.exchange("1." + "A" * 200)

    assert calls.names == ["dynamodb.GetItem"]


def test_devices_are_told_apart_by_nothing_that_says_more(play: Play) -> None:
    play.connect()

    (row,) = [
        item
        for (_, sk), item in double.tables()[rows.table_name("record")].items()
        if sk.startswith("REFRESH#")
    ]
    assert "Observation" not in str(row)
