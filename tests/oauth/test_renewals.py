"""Refresh tokens turn, and one that was copied ends its device: A11."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine

from chalicelib.core import rows
from chalicelib.oauth import rules
from tests import double
from tests.http_client import Reply
from tests.oauth.play import (
    SCOPE,
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


def test_a_refresh_token_changes_each_time(play: Play, clock: time_machine.Traveller) -> None:
    first = play.connect()["refresh_token"]
    clock.shift(60)

    second = play.renew(first).json()["refresh_token"]
    clock.shift(60)
    third = play.renew(second).json()["refresh_token"]

    assert len({first, second, third}) == 3


def test_who_lost_the_answer_gets_the_same_one_within_half_a_minute(
    play: Play, clock: time_machine.Traveller
) -> None:
    first = play.connect()["refresh_token"]
    play.renew(first)
    clock.shift(29)

    again = play.renew(first).json()["refresh_token"]

    assert play.renew(again).status == 200


def test_a_former_refresh_token_ends_its_device_and_no_other(
    play: Play, clock: time_machine.Traveller
) -> None:
    stolen = play.connect()["refresh_token"]
    clock.shift(1)
    other = play.connect()["refresh_token"]
    latest = play.renew(stolen).json()
    clock.shift(31)

    assert refused(play.renew(stolen)) == (400, "invalid_grant")

    assert refused(play.renew(latest["refresh_token"])) == (400, "invalid_grant")
    assert not may(acting(latest["access_token"]), play.person.pid)
    again = play.renew(other)
    assert (again.status, may(acting(again.json()["access_token"]), play.person.pid)) == (200, True)


def test_twenty_renewals_at_once_are_one(play: Play) -> None:
    first = play.connect()["refresh_token"]

    with ThreadPoolExecutor(10) as pool:
        replies = list(pool.map(lambda _: play.renew(first), range(20)))

    assert {one.status for one in replies} <= {200, 503}
    got = next(one.json() for one in replies if one.status == 200)
    assert play.renew(got["refresh_token"]).status == 200


def test_so_many_devices_stay_connected_and_the_one_idle_longest_leaves(
    play: Play, clock: time_machine.Traveller
) -> None:
    held = []
    for _ in range(rules.MAX_FAMILIES + 1):
        clock.shift(1)
        held.append(play.connect()["refresh_token"])

    assert refused(play.renew(held[0])) == (400, "invalid_grant")
    assert {play.renew(one).status for one in held[1:]} == {200}


@pytest.mark.parametrize(  # A11
    "changes",
    [
        {"scope": f"{SCOPE} patient/Appointment.rs"},
        {"scope": "patient/DocumentReference.rs"},
        {"scope": "patient/Observation.rs patient/Patient.r"},
        {"scope": "patient/*.rs"},
        {"scope": "user/Observation.rs"},
        {"scope": "deposit"},
        {"patient": "somebody-else"},
        {"patient": "1.aaaa"},
    ],
)
def test_more_than_was_first_asked_for_or_another_patient_gets_nothing(
    play: Play, changes: dict[str, str]
) -> None:
    first = play.connect()["refresh_token"]
    before = double.tables()[rows.table_name("record")]

    reply = play.renew(first, **changes)

    assert refused(reply) == (400, "invalid_scope")
    assert "access_token" not in reply.json()
    assert double.tables()[rows.table_name("record")] == before
    assert play.renew(first).status == 200


@pytest.mark.parametrize(
    "scope", [SCOPE, "patient/Observation.rs", f"patient/Observation.c?code={WEIGHT}"]
)
def test_less_may_be_asked_for_and_the_answer_says_what_the_token_does(
    play: Play, scope: str
) -> None:
    got = play.renew(play.connect()["refresh_token"], scope=scope).json()

    assert got["scope"] == GIVEN


def test_what_the_person_turned_off_is_no_longer_answered(play: Play) -> None:
    first = play.connect()["refresh_token"]
    (one,) = play.list()
    play.http.request(
        "PATCH",
        f"{play.consents}/{one['id']}",
        as_=play.person.principal,
        json={"permissions": ["weight:read"]},
        headers={"If-Match": '"v1"'},
    )

    got = play.renew(first).json()

    assert got["scope"] == f"launch/patient offline_access patient/Observation.rs?code={WEIGHT}"


@pytest.mark.parametrize("name", ["access_token", "code", "altered", "foreign", "nothing"])
def test_other_texts_are_no_refresh_tokens(play: Play, signing: Play, name: str) -> None:
    got = play.connect()
    held = got["refresh_token"]
    texts: dict[str, Any] = {
        "access_token": lambda: got["access_token"],
        "code": play.code,
        "altered": lambda: held[:-2] + ("AA" if held[-2:] != "AA" else "BB"),
        "foreign": lambda: signing.connect()["refresh_token"],
        "nothing": lambda: "1.",
    }

    assert refused(play.renew(texts[name]())) == (400, "invalid_grant")


def test_an_application_gives_up_its_refresh_token(play: Play) -> None:
    held = play.connect()["refresh_token"]

    assert revoke(play, held).status == 200

    assert refused(play.renew(held)) == (400, "invalid_grant")
    assert revoke(play, held).status == 200


def test_what_is_none_of_its_tokens_is_given_up_without_effect(play: Play, signing: Play) -> None:
    held = play.connect()["refresh_token"]

    assert revoke(signing, held).status == 200
    assert revoke(play, "nonsense").status == 200
    assert refused(revoke(play, held, client_id="0" * 26)) == (401, "invalid_client")
    assert refused(play.http.post("/oauth/revoke", body="a=1")) == (400, "invalid_request")

    assert play.renew(held).status == 200


def revoke(play: Play, token: str, **changes: str | None) -> Reply:
    form: dict[str, str | None] = {"token": token}
    return play.http.post("/oauth/revoke", body=urlencode(play.signed(form | changes)))
