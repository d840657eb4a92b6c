"""An application sends a person here: A28, A29."""

from typing import Any

import pytest

from chalicelib.access.permissions import Permission
from chalicelib.catalogue import usecases as catalogue
from chalicelib.catalogue.model import OPERATOR, Asked, State
from tests.oauth.play import AUD, STATE, Play, an_application, answer

PAGE = "/applications/demande"
NOWHERE = f"{PAGE}?probleme="
ELSEWHERE = "?probleme=adresse"


def test_a_request_in_order_brings_the_person_to_the_page_where_she_consents(play: Play) -> None:
    location = play.ask()

    page, _, sealed = location.partition("#")
    assert page == PAGE
    assert len(sealed) > 100
    assert play.application.id not in location


@pytest.mark.parametrize("client_id", [None, "", "0" * 26, "nobody", "../APP", "é" * 26])
def test_an_unknown_application_sends_nobody_anywhere(play: Play, client_id: str | None) -> None:
    assert play.ask(client_id=client_id) == NOWHERE + "application"


@pytest.mark.parametrize("state", [State.CANDIDATE, State.SUSPENDED, State.DELISTED])
def test_an_application_that_is_not_online_sends_nobody_anywhere(play: Play, state: State) -> None:
    other = an_application(state=state)

    assert play.ask(client_id=other.id) == NOWHERE + "suspendue"


@pytest.mark.parametrize(  # A29
    "address",
    [
        None,
        "",
        "//balance.example/retour",
        "/\\balance.example/retour",
        "https:balance.example/retour",
        "https://balance.example/retour/",
        "https://balance.example/retour2",
        "https://balance.example/retou",
        "https://balance.example/retour?a=1",
        "https://balance.example/retour#",
        "https://balance.example/retour/../ailleurs",
        "https://balance.example/%72etour",
        "https://BALANCE.example/retour",
        "http://balance.example/retour",
        "https://balance.example:443/retour",
        "https://balance.example.evil.test/retour",
        "https://evil.test/?https://balance.example/retour",
        "https://balance.example@evil.test/retour",
        "https://balance.example%2f@evil.test/retour",
        "javascript:alert(1)//https://balance.example/retour",
        "https://balance.example/retour https://evil.test",
        " https://balance.example/retour",
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_registered_to_the_letter(
    play: Play, address: str | None
) -> None:
    assert play.ask(redirect_uri=address) == NOWHERE + "adresse"


@pytest.mark.parametrize(
    ("registered", "asked", "where"),
    [
        ("http://127.0.0.1/retour", "http://127.0.0.1:51004/retour", "#"),
        ("http://127.0.0.1:8000/retour", "http://127.0.0.1:51004/retour", "#"),
        ("http://[::1]/retour", "http://[::1]:51004/retour", "#"),
        ("http://127.0.0.1/retour", "http://[::1]/retour", ELSEWHERE),
        ("http://127.0.0.1/retour", "http://localhost:51004/retour", ELSEWHERE),
        ("http://127.0.0.1/retour", "http://127.0.0.1:51004/autre", ELSEWHERE),
        ("http://127.0.0.1/retour", "http://127.0.0.1:51004@evil.test/retour", ELSEWHERE),
        ("http://127.0.0.1/retour", "http://127.0.0.1.evil.test/retour", ELSEWHERE),
        ("http://127.0.0.1/retour", "https://127.0.0.1:51004/retour", ELSEWHERE),
        (
            "https://balance.example/retour",
            "https://balance.example:8443/retour",
            "?probleme=adresse",
        ),
    ],
)
def test_the_port_of_a_loopback_address_alone_is_free(  # RFC 8252, 7.3
    play: Play, registered: str, asked: str, where: str
) -> None:
    native = an_application(redirect_uris=(registered,))

    location = play.ask(client_id=native.id, redirect_uri=asked)

    assert location.startswith(PAGE + where)


WRONG: dict[str, tuple[dict[str, str | None], str]] = {
    "no response type": ({"response_type": None}, "unsupported_response_type"),
    "implicit": ({"response_type": "token"}, "unsupported_response_type"),
    "no proof key": ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
    "plain": ({"code_challenge_method": "plain"}, "invalid_request"),
    "method left out": ({"code_challenge_method": None}, "invalid_request"),
    "short challenge": ({"code_challenge": "a" * 42}, "invalid_request"),
    "long challenge": ({"code_challenge": "a" * 44}, "invalid_request"),
    "no audience": ({"aud": None}, "invalid_request"),
    "other audience": ({"aud": "https://evil.test/fhir/R4"}, "invalid_request"),
    "audience of people": ({"aud": "https://carnet.test/v1"}, "invalid_request"),
    "no scope": ({"scope": None}, "invalid_scope"),
    "no line": ({"scope": "launch/patient offline_access"}, "invalid_scope"),
    "identity only": ({"scope": "patient/Patient.r"}, "invalid_scope"),
    "everything": ({"scope": "patient/*.rs"}, "invalid_scope"),
    "somebody else's": ({"scope": "user/Observation.rs"}, "invalid_scope"),
    "of no person": ({"scope": "system/Observation.rs"}, "invalid_scope"),
    "version 1": ({"scope": "patient/Observation.read"}, "invalid_scope"),
    "deletes": ({"scope": "patient/Observation.crds"}, "invalid_scope"),
    "other order": ({"scope": "patient/Observation.sr"}, "invalid_scope"),
    "other kind": (
        {"scope": "patient/Observation.rs?code=http://loinc.org|8867-4"},
        "invalid_scope",
    ),
    "one more": ({"scope": "patient/Observation.rs patient/Condition.rs"}, "invalid_scope"),
    "two spaces": ({"scope": "patient/Observation.rs  offline_access"}, "invalid_scope"),
    "of software": ({"scope": "deposit"}, "invalid_scope"),
    "very long": ({"scope": "patient/Observation.rs " * 200}, "invalid_scope"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_to_the_application_with_its_state(play: Play, name: str) -> None:
    changes, error = WRONG[name]

    told = answer(play.ask(**changes))

    assert told.pop("error_description").isascii()
    assert told == {"error": error, "state": STATE, "iss": "https://carnet.test"}


@pytest.mark.parametrize("state", [None, "", "1234567", "é" * 20, "a\nb" * 9, "a" * 2001])
def test_a_state_that_protects_nobody_is_refused(play: Play, state: str | None) -> None:
    told = answer(play.ask(state=state))

    assert told["error"] == "invalid_request"


@pytest.mark.parametrize("state", ["a1b2c3d4", '{"k": "v"}', "a" * 2000])
def test_states_of_real_clients_are_taken(play: Play, state: str) -> None:
    assert play.ask(state=state).startswith(f"{PAGE}#")


def test_an_audience_with_its_slash_is_ours(play: Play) -> None:
    assert play.ask(aud=f"{AUD}/").startswith(f"{PAGE}#")


def test_an_address_with_a_query_keeps_it(play: Play) -> None:
    back = "https://balance.example/retour?profil=1"
    other = an_application(redirect_uris=(back,))

    told = answer(play.ask(client_id=other.id, redirect_uri=back, aud=None), back)

    assert (told["profil"], told["error"]) == ("1", "invalid_request")


def test_no_more_is_asked_than_was_registered(play: Play) -> None:
    modest = an_application(data_asked=(Asked(Permission.WEIGHT_WRITE, "Pour ajouter."),))

    told = answer(play.ask(client_id=modest.id))

    assert told["error"] == "invalid_scope"


def test_a_parameter_sent_twice_sends_nobody_anywhere(play: Play) -> None:
    target = f"/oauth/authorize?client_id={play.application.id}&client_id={play.application.id}"

    assert play.http.get(target).status == 400


def test_who_asks_for_what_and_why_is_told_before_the_person_is_known(play: Play) -> None:
    reply = play.describe(play.request())

    told = reply.json()
    assert reply.status == 200
    assert (told["application"]["id"], told["application"]["state"]) == (
        play.application.id,
        "online",
    )
    assert told["asked"][0] == {"permission": "weight:read", "why": "Pour weight:read."}
    assert [one["permission"] for one in told["asked"]] == [
        "weight:read",
        "weight:write",
        "blood_pressure:read",
        "blood_pressure:write",
    ]
    assert answer(told["decline_url"]) == {
        "error": "access_denied",
        "state": STATE,
        "iss": "https://carnet.test",
    }


def test_a_request_ends_after_thirty_minutes(play: Play, clock: Any) -> None:
    request = play.request()
    clock.shift(1799)
    assert play.describe(request).status == 200

    clock.shift(1)

    for reply in (play.describe(request), play.give(request)):
        assert (reply.status, reply.problem) == (422, "consent-request-over")


@pytest.mark.parametrize("place", [0, 2, 20, 40, -1])
def test_an_altered_request_is_none(play: Play, place: int) -> None:
    text = play.request()
    altered = list(text)
    altered[place] = "A" if text[place] != "A" else "B"

    for reply in (play.describe("".join(altered)), play.give("".join(altered))):
        assert (reply.status, reply.problem) == (422, "consent-request-over")


def test_texts_sealed_for_something_else_are_no_requests(play: Play) -> None:
    got = play.connect()
    code = play.code()

    for text in ("", "1.", got["refresh_token"], got["access_token"], code, "é", "a" * 9000):
        assert play.describe(text).problem == "consent-request-over"


@pytest.mark.parametrize("state", [State.SUSPENDED, State.DELISTED])
def test_an_application_suspended_meanwhile_asks_for_nothing_more(play: Play, state: State) -> None:
    request = play.request()
    catalogue.set_state(OPERATOR, play.application.id, state, "Incident signalé.")

    described, given = play.describe(request), play.give(request)

    assert (described.status, described.problem) == (422, "consent-request-over")
    assert (given.status, given.problem) == (409, "application-suspended")
    assert play.list() == []


def test_where_and_how_to_ask_is_published_where_smart_clients_look(play: Play) -> None:
    replies = [
        play.http.get(f"{root}/.well-known/smart-configuration") for root in ("/fhir/R4", "")
    ]

    told = replies[0].json()
    assert [one.status for one in replies] == [200, 200]
    assert replies[1].json() == told
    assert told["authorization_endpoint"] == "https://carnet.test/oauth/authorize"
    assert told["token_endpoint"] == "https://carnet.test/oauth/token"
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert {"launch-standalone", "client-public", "permission-v2", "permission-offline"} <= set(
        told["capabilities"]
    )


def test_every_scope_that_is_published_may_be_asked_for(play: Play) -> None:
    scopes = play.http.get("/fhir/R4/.well-known/smart-configuration").json()["scopes_supported"]

    for scope in scopes:
        asked = f"patient/Observation.rs {scope}"
        assert play.ask(scope=asked).startswith(f"{PAGE}#"), scope
