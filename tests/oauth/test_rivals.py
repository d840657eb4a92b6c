"""Tokens while the store is busy, or while the person or another device acts (R08, R09)."""

import json
from dataclasses import replace
from typing import Any

import pytest
import time_machine

from chalicelib.access import applications
from chalicelib.catalogue import usecases as catalogue
from chalicelib.catalogue.model import OPERATOR
from chalicelib.core import clock as wall
from chalicelib.core import rows
from chalicelib.oauth import agreement, consents, grants
from tests import double
from tests.http_client import Reply
from tests.injector import Faults, meanwhile
from tests.oauth import asked
from tests.oauth.play import LINES, Play, acting, may, refused

TRANSACTION = "dynamodb.TransactWriteItems"


@pytest.mark.parametrize("conflicts", [1, 2, 3])
def test_a_busy_store_is_asked_again(play: Play, faults: Faults, conflicts: int) -> None:
    code = play.code()
    for nth in range(1, conflicts + 1):
        faults.on(TRANSACTION, "conflict", nth=nth)

    got = play.exchange(code)

    assert got.status == 200
    faults.clear()
    for nth in range(1, conflicts + 1):
        faults.on(TRANSACTION, "conflict", nth=nth)
    assert play.renew(got.json()["refresh_token"]).status == 200


def test_a_store_that_stays_busy_spends_nothing(play: Play, faults: Faults) -> None:
    code = play.code()
    faults.on(TRANSACTION, "conflict", nth=0)
    assert (play.exchange(code).status, play.exchange(code).status) == (503, 503)
    faults.clear()

    held = play.exchange(code).json()["refresh_token"]

    faults.on(TRANSACTION, "conflict", nth=0)
    assert play.renew(held).status == 503
    faults.clear()
    assert play.renew(held).status == 200


def test_a_code_whose_answer_was_lost_asks_for_another_consent(
    play: Play, faults: Faults, clock: time_machine.Traveller
) -> None:
    code = play.code()
    faults.on(TRANSACTION, "after", nth=1)
    assert play.exchange(code).status in {400, 503}
    faults.clear()

    assert refused(play.exchange(code)) == (400, "invalid_grant")
    clock.shift(1)
    assert play.connect()["refresh_token"]


def test_the_person_who_takes_it_back_meanwhile_has_the_last_word(
    play: Play, faults: Faults
) -> None:
    code = play.code()
    faults.on(TRANSACTION, meanwhile(lambda: withdraw(play)), nth=1)

    assert refused(play.exchange(code)) == (400, "invalid_grant")

    assert devices() == []


def test_a_renewal_meanwhile_brings_nothing_back(play: Play, faults: Faults) -> None:
    held = play.connect()["refresh_token"]
    faults.on(TRANSACTION, meanwhile(lambda: withdraw(play)), nth=1)

    assert refused(play.renew(held)) == (400, "invalid_grant")

    assert devices() == []


def test_a_code_of_a_consent_given_anew_meanwhile_is_none(
    play: Play, faults: Faults, clock: time_machine.Traveller
) -> None:
    code = play.code()
    clock.shift(1)
    again = asked.request(play.application.id)
    faults.on(TRANSACTION, meanwhile(lambda: give(play, again)), nth=1)

    assert refused(play.exchange(code)) == (400, "invalid_grant")


def test_two_devices_that_renew_at_once_both_stay(
    play: Play, faults: Faults, clock: time_machine.Traveller
) -> None:
    first = play.connect()["refresh_token"]
    clock.shift(1)
    second = play.connect()["refresh_token"]
    faults.on(TRANSACTION, meanwhile(lambda: renew(play, second)), nth=1)

    got = play.renew(first)

    assert got.status == 200
    assert may(acting(got.json()["access_token"]), play.person.pid)
    assert len(devices()) == 2


def test_a_stolen_code_is_ended_however_busy_the_store_is(play: Play, faults: Faults) -> None:
    code = play.code()
    got = play.exchange(code).json()
    for nth in (2, 3):
        faults.on(TRANSACTION, "conflict", nth=nth)

    assert refused(play.exchange(code)) == (400, "invalid_grant")

    faults.clear()
    assert refused(play.renew(got["refresh_token"])) == (400, "invalid_grant")
    assert not may(acting(got["access_token"]), play.person.pid)


def test_agreeing_brings_back_nothing_that_was_taken_back_meanwhile(
    play: Play, faults: Faults
) -> None:
    got = play.connect()
    asked.change(play.application.id)
    (one,) = play.list()
    faults.on(TRANSACTION, meanwhile(lambda: withdraw(play)), nth=1)

    reply = agree(play, one)

    assert reply.status == 412
    assert [one["status"] for one in play.list()] == ["withdrawn"]
    assert not may(acting(got["access_token"]), play.person.pid)


def test_agreeing_lets_nothing_in_under_terms_that_came_meanwhile(
    play: Play, faults: Faults
) -> None:
    got = play.connect()
    asked.change(play.application.id)
    (one,) = play.list()
    faults.on(TRANSACTION, meanwhile(lambda: say(play, "Tout vendre.")), nth=1)

    assert agree(play, one).status == 200

    assert not may(acting(got["access_token"]), play.person.pid)
    (now,) = [one["new_terms"] for one in play.list()]
    assert now["former"]["purpose"] == one["new_terms"]["now"]["purpose"]
    assert now["now"]["purpose"] == "Tout vendre."


def test_a_renewal_that_meets_an_agreement_says_what_acts(play: Play, faults: Faults) -> None:
    got = play.connect()
    asked.change(play.application.id)
    (one,) = play.list()
    faults.on(TRANSACTION, meanwhile(lambda: agree_within(play, one)), nth=1)

    renewed = play.renew(got["refresh_token"]).json()

    assert renewed["scope"] == got["scope"]
    assert may(acting(renewed["access_token"]), play.person.pid)


# In the middle of a request, the container's front serves no other.


def withdraw(play: Play) -> None:
    ref = applications.consent_ref(play.person.pid, play.application.id)
    consents.withdraw_consent(play.person.principal, play.person.pid, ref)


def give(play: Play, request: str) -> None:
    person = play.person
    consents.give_consent(
        person.principal, person.pid, request, permissions=LINES, months=1, idempotency=None
    )


def renew(play: Play, refresh_token: str) -> None:
    form = {"client_id": play.application.id, "refresh_token": refresh_token}
    grants.renew(form, wall.now())


def devices() -> list[str]:
    """Return which devices are stored as connected."""
    items = double.tables()[rows.table_name("record")].values()
    stored = [item["families"]["S"] for item in items if item["kind"]["S"] == "renewals"]
    return [one["id"] for text in stored for one in json.loads(text)]


def say(play: Play, purpose: str) -> None:
    draft = replace(catalogue.find(play.application.id).draft, purpose=purpose)
    catalogue.change(OPERATOR, play.application.id, draft)


def agree(play: Play, one: dict[str, Any]) -> Reply:
    return play.http.request(
        "PUT",
        f"{play.consents}/{one['id']}/terms",
        as_=play.person.principal,
        json={"version": one["new_terms"]["version"]},
        headers={"If-Match": f'"v{one["version"]}"'},
    )


def agree_within(play: Play, one: dict[str, Any]) -> None:
    who, read = play.person, one["new_terms"]["version"]
    agreement.agree(who.principal, who.pid, one["id"], read, one["version"])
