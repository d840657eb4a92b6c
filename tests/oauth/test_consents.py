"""What a person lets an application do, sees, reduces and takes back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.access.permissions import Permission
from chalicelib.catalogue import usecases as catalogue
from chalicelib.catalogue.model import OPERATOR, Asked
from chalicelib.oauth import rules
from tests.builders import (
    a_consent,
    a_person,
    an_application,
)
from tests.faults.stories import waiting
from tests.oauth.play import Play, acting, may, refused

READ = Permission.WEIGHT_READ


def change(play: Play, lines: list[str], version: int | None = None) -> Any:
    (one,) = play.list()
    tag = f'"v{one["version"] if version is None else version}"'
    return play.http.request(
        "PATCH",
        f"{play.consents}/{one['id']}",
        as_=play.person.principal,
        json={"permissions": lines},
        headers={"If-Match": tag},
    )


def trace(play: Play) -> list[dict[str, Any]]:
    reply = play.http.get(f"/v1/patients/{play.person.pid}/trace", as_=play.person.principal)
    items: list[dict[str, Any]] = reply.json()["items"]
    return items


def test_what_is_turned_on_is_given_for_so_long_and_nothing_else(
    play: Play, clock: time_machine.Traveller
) -> None:
    del clock
    reply = play.give(lines=[READ])

    given = reply.json()["consent"]
    assert reply.status == 201
    assert reply.header("ETag") == '"v1"'
    assert given | {"id": "…"} == {
        "id": "…",
        "application": {
            "id": play.application.id,
            "name": "Balance (exemple)",
            "publisher": "Éditeur Exemple",
            "state": "online",
        },
        "permissions": ["weight:read"],
        "status": "active",
        "given_at": "2026-11-23T09:30:00.000Z",
        "valid_until": "2027-05-23T09:30:00.000Z",
        "changed_at": "2026-11-23T09:30:00.000Z",
        "given_by": None,
        "ends_at_majority": False,
        "activity": [],
        "last_access_at": None,
        "unanswered": [],
        "new_terms": None,
        "version": 1,
    }
    assert play.list() == [given]


@pytest.mark.parametrize(
    ("now", "months", "until"),
    [
        ("2026-11-23", 1, "2026-12-23"),
        ("2026-11-23", 12, "2027-11-23"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-01-30", 1, "2027-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-12-31", 1, "2027-01-31"),
    ],
)
def test_months_end_on_the_same_day_or_on_the_last_one(now: str, months: int, until: str) -> None:
    given = datetime.fromisoformat(f"{now}T09:30:00+00:00")

    assert rules.until(given, months).date().isoformat() == until


def test_no_line_is_on_by_itself(play: Play) -> None:
    reply = play.give(lines=[])

    assert (reply.status, reply.problem) == (422, "invalid")
    assert [(one["pointer"], one["code"]) for one in reply.json()["errors"]] == [
        ("/permissions", "none_chosen")
    ]


def test_a_line_that_was_not_asked_for_is_not_given(play: Play) -> None:
    reply = play.give(lines=[READ, Permission.DOCUMENT_READ])

    assert [(one["pointer"], one["code"]) for one in reply.json()["errors"]] == [
        ("/permissions/1", "permission_not_asked")
    ]
    assert play.list() == []


@pytest.mark.parametrize("months", [0, 2, 24, "6", None])
def test_other_durations_are_none(play: Play, months: Any) -> None:
    assert play.give(months=months).status == 422


def test_the_call_after_a_withdrawal_is_refused_and_so_is_the_next_token(play: Play) -> None:  # A10
    got = play.connect()
    application = acting(got["access_token"])
    assert may(application, play.person.pid)

    assert play.withdraw().status == 204

    assert not may(application, play.person.pid)
    assert refused(play.renew(got["refresh_token"])) == (400, "invalid_grant")
    assert [one["status"] for one in play.list()] == ["withdrawn"]


def test_withdrawing_twice_is_withdrawing_once(play: Play) -> None:
    play.connect()

    assert [play.withdraw().status for _ in range(2)] == [204, 204]


def test_a_consent_of_somebody_else_is_not_there(play: Play) -> None:
    play.give()
    (one,) = play.list()
    other = a_person()
    target = f"/v1/patients/{other.pid}/consents/{one['id']}"

    for who, where in ((other, target), (other, f"{play.consents}/{one['id']}")):
        reply = play.http.delete(where, as_=who.principal)
        assert (reply.status, reply.problem) == (404, "not-found")


def test_what_is_turned_off_is_refused_from_the_next_call_on(play: Play) -> None:
    application = acting(play.connect()["access_token"])

    reply = change(play, ["weight:write"])

    assert (reply.status, reply.json()["permissions"]) == (200, ["weight:write"])
    assert reply.header("ETag") == '"v2"'
    assert not may(application, play.person.pid)
    assert may(application, play.person.pid, Permission.WEIGHT_WRITE)


def test_more_is_given_by_another_request_only(play: Play) -> None:
    play.give(lines=[READ])

    reply = change(play, ["weight:read", "weight:write"])

    assert [(one["pointer"], one["code"]) for one in reply.json()["errors"]] == [
        ("/permissions/1", "permission_not_given")
    ]
    assert change(play, []).status == 422


def test_a_consent_that_changed_meanwhile_is_read_again_first(play: Play) -> None:
    play.give()

    assert change(play, ["weight:read"], version=7).problem == "stale"


def test_of_a_consent_that_is_over_nothing_is_reduced(play: Play) -> None:
    play.give()
    play.withdraw()

    assert change(play, ["weight:read"]).problem == "consent-over"


def test_a_consent_expires_to_the_second(play: Play, clock: time_machine.Traveller) -> None:
    application = a_consent(
        play.person, an_application(), READ, until=datetime(2026, 11, 23, 9, 40, tzinfo=UTC)
    ).principal
    clock.move_to(datetime(2026, 11, 23, 9, 39, 59, tzinfo=UTC))
    assert may(application, play.person.pid)

    clock.move_to(datetime(2026, 11, 23, 9, 40, tzinfo=UTC))

    assert not may(application, play.person.pid)
    assert [one["status"] for one in play.list()] == ["expired"]


def test_giving_again_replaces_the_lines_and_kills_tokens_but_not_devices(
    play: Play, clock: time_machine.Traveller
) -> None:
    first = play.connect()
    former = acting(first["access_token"])
    clock.shift(60)

    second = play.connect(lines=[Permission.WEIGHT_WRITE])

    assert len(play.list()) == 1
    assert not may(former, play.person.pid)
    assert not may(acting(second["access_token"]), play.person.pid)
    renewed = play.renew(first["refresh_token"])
    assert renewed.status == 200
    assert may(acting(renewed.json()["access_token"]), play.person.pid, Permission.WEIGHT_WRITE)


def test_devices_of_a_consent_that_was_withdrawn_stay_disconnected_after_another_one(
    play: Play, clock: time_machine.Traveller
) -> None:
    first = play.connect()
    play.withdraw()
    clock.shift(60)

    play.connect()

    assert refused(play.renew(first["refresh_token"])) == (400, "invalid_grant")
    assert not may(acting(first["access_token"]), play.person.pid)


def test_devices_of_a_consent_that_expired_stay_disconnected_after_another_one(
    play: Play, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "until", lambda now, _: now + timedelta(minutes=5))
    first = play.connect()
    clock.shift(301)
    assert refused(play.renew(first["refresh_token"])) == (400, "invalid_grant")

    play.connect()

    assert refused(play.renew(first["refresh_token"])) == (400, "invalid_grant")


def test_a_request_repeated_gets_its_first_answer_whatever_ended_meanwhile(
    play: Play, clock: time_machine.Traveller
) -> None:
    request = play.request()
    first = play.give(request, key="the-same-key").json()
    clock.shift(timedelta(hours=11))

    again = play.give(request, key="the-same-key").json()

    assert again["consent"] == first["consent"]
    assert len([one for one in waiting() if one.type == "consent.given"]) == 1


def test_a_request_repeated_after_another_consent_gets_no_code_of_it(
    play: Play, clock: time_machine.Traveller
) -> None:
    request = play.request()
    first = play.give(request, key="the-same-key", lines=[READ])
    clock.shift(1)
    latest = play.code(lines=[READ, Permission.WEIGHT_WRITE])

    again = play.give(request, key="the-same-key", lines=[READ])

    assert (first.status, again.status, again.problem) == (201, 422, "consent-request-over")
    assert "redirect_url" not in again.json()
    assert play.exchange(latest).status == 200


def test_what_an_application_did_is_shown_line_by_line(play: Play) -> None:
    application = acting(play.connect()["access_token"])
    for permission in (READ, READ, Permission.WEIGHT_WRITE):
        assert may(application, play.person.pid, permission)

    (one,) = play.list()

    assert [(use["permission"], use["calls"]) for use in one["activity"]] == [
        ("weight:read", 2),
        ("weight:write", 1),
    ]
    assert one["last_access_at"] == max(use["last_at"] for use in one["activity"])


def test_what_an_application_may_no_longer_ask_for_it_may_no_longer_do(play: Play) -> None:
    application = acting(play.connect()["access_token"])
    asked = (Asked(Permission.WEIGHT_WRITE, "Pour weight:write."),)

    catalogue.change(
        OPERATOR, play.application.id, replace(play.application.draft, data_asked=asked)
    )

    assert not may(application, play.person.pid)
    assert may(application, play.person.pid, Permission.WEIGHT_WRITE)


def test_the_history_keeps_the_receipt(play: Play, clock: time_machine.Traveller) -> None:
    play.give(lines=[READ, Permission.WEIGHT_WRITE], months=1)
    clock.shift(1)
    change(play, ["weight:read"])
    clock.shift(1)
    play.withdraw()

    labels = [one["label"] for one in trace(play) if "accord" in one["label"]]

    name = "à Balance (exemple)\u00a0– Éditeur Exemple"
    until = "jusqu’au 23 décembre 2026"
    assert labels == [
        f"avez retiré l’accord donné {name}",
        f"avez réduit l’accord donné {name}. Il reste, {until}\u00a0: consulter le poids",
        f"avez donné un accord {name}, {until}\u00a0: consulter le poids, ajouter le poids",
    ]


def test_a_record_has_so_many_consents_and_no_more(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MAX_CONSENTS", 2)
    for _ in range(2):
        a_consent(play.person, an_application(), READ)

    reply = play.give()

    assert (reply.status, reply.problem) == (409, "too-many-consents")
    assert reply.json()["limit"] == 2
