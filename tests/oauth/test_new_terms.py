"""An application says something else of itself: nothing is done under it until she agrees (A10)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import time_machine

from chalicelib.access import store
from chalicelib.access.permissions import Permission
from chalicelib.access.store import AccountRow
from chalicelib.catalogue import usecases as catalogue
from chalicelib.catalogue.model import OPERATOR, Asked, Criteria, Draft, State
from chalicelib.core import rows
from chalicelib.http.principal import Principal
from tests.builders import a_session
from tests.faults.stories import waiting
from tests.http_client import Reply
from tests.oauth.play import LINES, Play, acting, answer, may

READ, WRITE = Permission.WEIGHT_READ, Permission.WEIGHT_WRITE
PURPOSE = "Vendre des abonnements."


def say(play: Play, **said: Any) -> Draft:
    """Let the application say something else, online at once."""
    known = catalogue.find(play.application.id)
    draft = replace(known.draft, **said)
    catalogue.change(OPERATOR, play.application.id, draft)
    return draft


def reasons(play: Play, permission: Permission, why: str) -> tuple[Asked, ...]:
    """Return what is asked for, one line of it for another reason."""
    asked = catalogue.find(play.application.id).draft.data_asked
    return tuple(Asked(permission, why) if one.permission == permission else one for one in asked)


def fresh(play: Play) -> Principal:
    """Let the person have a session of today."""
    account = rows.get(AccountRow, *store.account_key(play.person.id))
    assert account is not None
    return a_session(account)


def agree(play: Play, of: dict[str, Any] | None = None, as_: Principal | None = None) -> Reply:
    (one,) = [of] if of else play.list()
    return play.http.request(
        "PUT",
        f"{play.consents}/{one['id']}/terms",
        as_=as_ or play.person.principal,
        json={"version": (one["new_terms"] or {"version": "none"})["version"]},
        headers={"If-Match": f'"v{one["version"]}"'},
    )


def test_under_another_purpose_nothing_is_done_until_she_agrees(play: Play) -> None:
    got = play.connect(lines=[READ, WRITE])
    application, pid = acting(got["access_token"]), play.person.pid

    say(play, purpose=PURPOSE)

    assert not may(application, pid)
    assert not may(application, pid, WRITE)
    (one,) = play.list()
    asked = one["new_terms"]
    assert one["status"] == "active"
    assert (asked["former"]["purpose"], asked["now"]["purpose"]) == (
        play.application.draft.purpose,
        PURPOSE,
    )
    assert asked["lines"] == ["weight:read", "weight:write"]
    assert [line["permission"] for line in asked["now"]["reasons"]] == asked["lines"]

    reply = agree(play, one)

    assert (reply.status, reply.header("ETag")) == (200, '"v2"')
    assert reply.json()["new_terms"] is None
    assert may(application, pid)
    assert may(application, pid, WRITE)
    assert reply.json()["valid_until"] == one["valid_until"]


def test_a_device_stays_connected_and_is_told_which_lines_are_off(play: Play) -> None:
    got = play.connect(lines=[READ])
    say(play, retention="Dix ans.")

    renewed = play.renew(got["refresh_token"]).json()

    assert "Observation" not in renewed["scope"]
    agree(play)
    again = play.renew(renewed["refresh_token"]).json()
    assert again["scope"] == got["scope"]
    assert may(acting(again["access_token"]), play.person.pid)


def test_another_reason_turns_off_its_own_line_only(play: Play) -> None:
    application, pid = acting(play.connect(lines=[READ, WRITE])["access_token"]), play.person.pid

    say(play, data_asked=reasons(play, READ, "Pour la publicité."))

    assert not may(application, pid)
    assert may(application, pid, WRITE)
    assert play.list()[0]["new_terms"]["lines"] == ["weight:read"]


def test_what_she_never_turned_on_asks_her_nothing(play: Play) -> None:
    application, pid = acting(play.connect(lines=[READ])["access_token"]), play.person.pid

    say(play, data_asked=reasons(play, WRITE, "Pour autre chose."), site="https://autre.example/")

    assert may(application, pid)
    assert play.list()[0]["new_terms"] is None


def test_while_it_is_reviewed_she_is_asked_nothing_and_then_has_thirty_days(
    play: Play, clock: time_machine.Traveller
) -> None:
    application, pid = acting(play.connect(lines=[READ])["access_token"]), play.person.pid
    catalogue.set_state(OPERATOR, play.application.id, State.SUSPENDED, "Incident.")
    say(play, purpose=PURPOSE)
    assert play.list()[0]["new_terms"] is None

    clock.shift(timedelta(days=20))
    catalogue.review(OPERATOR, play.application.id, list(Criteria))
    catalogue.set_state(OPERATOR, play.application.id, State.ONLINE, "Revue favorable.")

    (one,) = play.list(fresh(play))
    assert one["new_terms"]["answer_by"] == "2027-01-12T09:30:00.000Z"
    assert not may(application, pid)


def test_without_an_answer_the_access_ends(play: Play, clock: time_machine.Traveller) -> None:
    got = play.connect(lines=[READ])
    say(play, purpose=PURPOSE)
    (asked,) = play.list()
    assert play.renew(got["refresh_token"]).status == 200

    clock.shift(timedelta(days=30))
    today = fresh(play)

    (one,) = play.list(today)
    assert (one["status"], one["permissions"], one["unanswered"]) == (
        "expired",
        [],
        ["weight:read"],
    )
    assert one["valid_until"] == asked["new_terms"]["answer_by"]
    assert one["new_terms"] is None
    assert play.renew(got["refresh_token"]).json()["error"] == "invalid_grant"
    reply = agree(play, asked, today)
    assert (reply.status, reply.problem) == (409, "consent-over")


def test_once_the_deadline_has_passed_still_other_terms_do_not_ask_her_again(
    clock: time_machine.Traveller, play: Play
) -> None:
    got = play.connect(lines=[READ])
    clock.shift(timedelta(minutes=1))
    say(play, purpose=PURPOSE)
    (asked,) = play.list()
    clock.shift(timedelta(days=31))
    say(play, purpose="Vendre d’autres abonnements.")

    (one,) = play.list(fresh(play))

    assert (one["status"], one["unanswered"]) == ("expired", ["weight:read"])
    assert one["new_terms"] is None
    assert one["valid_until"] == asked["new_terms"]["answer_by"]
    assert play.renew(got["refresh_token"]).json()["error"] == "invalid_grant"


def test_once_the_deadline_has_passed_a_line_left_out_and_put_back_does_not_ask_her_again(
    clock: time_machine.Traveller, play: Play
) -> None:
    got = play.connect(lines=[READ])
    asked = catalogue.find(play.application.id).draft.data_asked
    clock.shift(timedelta(minutes=1))
    say(play, purpose=PURPOSE)
    clock.shift(timedelta(days=31))
    said = []
    for lines in (tuple(one for one in asked if one.permission != READ), asked):
        say(play, data_asked=lines)
        said.append([one["status"] for one in play.list(fresh(play))])

    assert said == [["expired"], ["expired"]]
    assert play.renew(got["refresh_token"]).json()["error"] == "invalid_grant"


def test_terms_that_stood_for_less_let_her_answer_the_next_ones(
    clock: time_machine.Traveller, play: Play
) -> None:
    got = play.connect(lines=[READ])
    for purpose in (PURPOSE, "Vendre d’autres abonnements."):
        clock.shift(timedelta(days=29))
        say(play, purpose=purpose)

    (one,) = play.list(fresh(play))
    assert agree(play, one, fresh(play)).status == 200
    renewed = play.renew(got["refresh_token"]).json()
    assert may(acting(renewed["access_token"]), play.person.pid)


def test_who_agreed_in_time_is_asked_again_of_later_terms(
    clock: time_machine.Traveller, play: Play
) -> None:
    play.connect(lines=[READ])
    clock.shift(timedelta(minutes=1))
    say(play, purpose=PURPOSE)
    agree(play)
    clock.shift(timedelta(days=60))
    say(play, purpose="Vendre d’autres abonnements.")

    (one,) = play.list(fresh(play))
    assert agree(play, one, fresh(play)).status == 200


def test_a_line_that_is_no_longer_asked_for_keeps_no_consent_alive(
    clock: time_machine.Traveller, play: Play
) -> None:
    got = play.connect(lines=[READ, WRITE])
    asked = catalogue.find(play.application.id).draft.data_asked
    lines = tuple(one for one in asked if one.permission != READ)
    say(play, purpose=PURPOSE, data_asked=lines)
    clock.shift(timedelta(days=30))

    (one,) = play.list(fresh(play))

    assert (one["status"], one["unanswered"]) == ("expired", ["weight:write"])
    assert play.renew(got["refresh_token"]).json()["error"] == "invalid_grant"


def test_she_agrees_to_what_she_read_and_to_nothing_else(play: Play) -> None:
    application = acting(play.connect(lines=[READ])["access_token"])
    say(play, purpose=PURPOSE)
    (read,) = play.list()
    say(play, purpose="Tout vendre.")

    assert agree(play, read).status == 412
    assert not may(application, play.person.pid)


def test_nothing_to_agree_to_is_no_agreement(play: Play) -> None:
    play.connect(lines=[READ])

    assert agree(play).status == 412
    assert [one for one in waiting() if one.type == "consent.given"][1:] == []


def test_a_request_is_answered_under_the_terms_it_showed(play: Play) -> None:
    request = play.request()
    say(play, purpose=PURPOSE)

    described, given = play.describe(request), play.give(request, lines=[READ])

    assert (described.status, described.problem) == (422, "consent-request-over")
    assert (given.status, given.problem) == (422, "consent-request-over")


def test_another_request_is_an_agreement_as_well(play: Play) -> None:
    play.connect(lines=[READ])
    say(play, purpose=PURPOSE)

    reply = play.give(lines=[READ])

    assert reply.json()["consent"]["new_terms"] is None
    got = play.exchange(answer(reply.json()["redirect_url"])["code"]).json()
    assert may(acting(got["access_token"]), play.person.pid)


def test_a_line_may_be_taken_back_while_terms_wait(play: Play) -> None:
    application, pid = acting(play.connect(lines=LINES)["access_token"]), play.person.pid
    say(play, data_asked=reasons(play, READ, "Pour la publicité."))
    (one,) = play.list()

    reply = play.http.request(
        "PATCH",
        f"{play.consents}/{one['id']}",
        as_=play.person.principal,
        json={"permissions": ["weight:read", "blood_pressure:read"]},
        headers={"If-Match": f'"v{one["version"]}"'},
    )

    assert reply.json()["new_terms"]["lines"] == ["weight:read"]
    assert not may(application, pid)
    assert not may(application, pid, WRITE)
    assert may(application, pid, Permission.BLOOD_PRESSURE_READ)


def test_agreeing_is_traced_with_its_receipt(play: Play) -> None:
    play.connect(lines=[READ])
    say(play, purpose=PURPOSE)
    agree(play)

    reply = play.http.get(f"/v1/patients/{play.person.pid}/trace", as_=play.person.principal)
    (line,) = [one for one in reply.json()["items"] if one["action"] == "access:consent:agree"]

    assert line["label"].startswith(
        "avez maintenu, sous de nouvelles conditions, l’accord donné "
        "à Balance (exemple)\u00a0– Éditeur Exemple, jusqu’au "
    )
    assert line["label"].endswith("\u00a0: consulter le poids")
