"""Codes and refresh tokens of applications: A09, A11, A26, A27, A28."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from joserfc.jwk import ECKey

from chalicelib.access import tokens
from chalicelib.access.permissions import Permission
from chalicelib.catalogue import usecases as catalogue
from chalicelib.catalogue.model import OPERATOR, State
from chalicelib.core import aws, rows
from chalicelib.core import clock as wall
from chalicelib.identity import registration
from chalicelib.oauth import rules
from tests import double
from tests.builders import a_person
from tests.http_client import Client, Reply
from tests.identity.software import EC, LAB, OTHER, RSA, assertion, claims_of, key_set
from tests.oauth.play import (
    ASSERTION_TYPE,
    BACK,
    KEY,
    SCOPE,
    VERIFIER,
    Play,
    acting,
    an_application,
    refused,
)
from tests.oauth.test_consents import may

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


def test_two_applications_know_a_person_by_two_names(play: Play, signing: Play) -> None:
    assert play.connect()["patient"] != signing.connect()["patient"]


def test_an_application_with_keys_signs(signing: Play) -> None:
    got = signing.connect()

    assert signing.renew(got["refresh_token"]).status == 200


# A28: the code.


def test_a_code_ends_after_a_minute(play: Play, clock: time_machine.Traveller) -> None:
    code = play.code()
    clock.shift(60)

    assert refused(play.exchange(code)) == (400, "invalid_grant")


def test_a_code_brought_again_is_refused_and_ends_what_it_gave(play: Play) -> None:
    code = play.code()
    got = play.exchange(code).json()

    assert refused(play.exchange(code)) == (400, "invalid_grant")

    assert refused(play.renew(got["refresh_token"])) == (400, "invalid_grant")
    assert not may(acting(got["access_token"]), play.person.pid)
    assert [one["status"] for one in play.list()] == ["active"]


def test_a_code_brought_again_leaves_other_devices_connected(
    play: Play, clock: time_machine.Traveller
) -> None:
    first = play.connect()
    clock.shift(1)
    code = play.code()
    play.exchange(code)
    play.exchange(code)

    assert play.renew(first["refresh_token"]).status == 200


def test_a_code_brought_twenty_times_at_once_serves_once_at_most(play: Play) -> None:
    code = play.code()

    with ThreadPoolExecutor(10) as pool:
        replies = list(pool.map(lambda _: play.exchange(code), range(20)))

    assert sorted({one.status for one in replies}) in ([200, 400], [400])
    assert [one.status for one in replies].count(200) <= 1
    for got in (one.json() for one in replies if one.status == 200):
        assert refused(play.renew(got["refresh_token"])) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": "w" * 43},
        {"code_verifier": VERIFIER + "v"},
        {"code_verifier": VERIFIER[:-1]},
        {"code_verifier": "é" * 43},
        {"redirect_uri": BACK + "/"},
        {"redirect_uri": "https://evil.test/"},
        {"code": "1."},
        {"code": "nonsense"},
        {"client_id": "0" * 26},
        {"client_id": "nobody"},
    ],
)
def test_a_code_serves_who_asked_for_it_and_a_wrong_try_spends_nothing(
    play: Play, changes: dict[str, str]
) -> None:
    code = play.code()

    reply = play.exchange(**({"code": code} | changes))

    expected = (401, "invalid_client") if "client_id" in changes else (400, "invalid_grant")
    assert refused(reply) == expected
    assert play.exchange(code).status == 200


def test_a_code_without_proof_key_is_malformed(play: Play) -> None:
    for missing in ("code", "redirect_uri", "code_verifier"):
        form = {"code": play.code()} | {missing: None}
        assert refused(play.exchange(**form)) == (400, "invalid_request")  # type: ignore[arg-type]


def test_a_code_of_another_application_is_none(play: Play, http: Client) -> None:
    other = Play(http, an_application(), play.person)
    code = play.code()

    assert refused(other.exchange(code)) == (400, "invalid_grant")
    assert play.exchange(code).status == 200


def test_a_code_of_a_consent_given_anew_or_taken_back_is_none(
    play: Play, clock: time_machine.Traveller
) -> None:
    code = play.code()
    clock.shift(1)
    latest = play.code()
    assert refused(play.exchange(code)) == (400, "invalid_grant")

    play.withdraw()

    assert refused(play.exchange(latest)) == (400, "invalid_grant")


# Refresh tokens.


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
    latest = play.renew(stolen).json()["refresh_token"]
    clock.shift(31)

    assert refused(play.renew(stolen)) == (400, "invalid_grant")

    assert refused(play.renew(latest)) == (400, "invalid_grant")
    assert play.renew(other).status == 200


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


def test_an_application_without_keys_need_not_say_who_it_is_to_renew(play: Play) -> None:
    held = play.connect()["refresh_token"]

    renewed = play.renew(held, client_id=None)

    assert renewed.status == 200
    assert play.renew(renewed.json()["refresh_token"], client_id="").status == 200


def test_an_application_with_keys_signs_to_renew(signing: Play) -> None:
    held = signing.connect()["refresh_token"]

    reply = signing.renew(held, client_assertion=None, client_assertion_type=None)

    assert refused(reply) == (401, "invalid_client")


@pytest.mark.parametrize("state", [State.SUSPENDED, State.DELISTED])
def test_an_application_that_is_suspended_gets_nothing_and_does_nothing(
    play: Play, state: State
) -> None:
    got = play.connect()
    code = play.code()
    catalogue.set_state(OPERATOR, play.application.id, state, "Incident signalé.")

    assert refused(play.renew(got["refresh_token"])) == (401, "invalid_client")
    assert refused(play.exchange(code)) == (401, "invalid_client")
    assert not may(acting(got["access_token"]), play.person.pid)


# A26, A27: who asks. Assertions themselves are tried in `tests/identity/test_oauth.py`.


def assertions(application_id: str) -> dict[str, str]:
    now = wall.epoch(wall.now())
    good = claims_of(application_id)
    return {
        "none": assertion(good, KEY, "none"),
        "HS256": assertion(good, KEY, "HS256"),
        "other key": assertion(good, OTHER),
        "other kid": assertion(good, KEY, kid="rsa-1"),
        "own jwk": assertion(good, KEY, jwk=KEY.as_dict(private=False)),
        "own jku": assertion(good, KEY, jku="https://evil.test/jwks"),
        "crit": assertion(good, KEY, crit=["exp"]),
        "audience": assertion(good | {"aud": "https://evil.test/oauth/token"}, KEY),
        "subject": assertion(good | {"sub": "0" * 26}, KEY),
        "ended": assertion(good | {"exp": now - 61}, KEY),
        "early": assertion(good | {"nbf": now + 61}, KEY),
        "future": assertion(good | {"iat": now + 61}, KEY),
        "long": assertion(good | {"exp": now + 361}, KEY),
        "text": "nonsense",
    }


@pytest.mark.parametrize("name", list(assertions("0" * 26)))
def test_assertions_that_prove_nothing_are_all_refused_alike_and_spend_no_code(
    signing: Play, clock: time_machine.Traveller, name: str
) -> None:
    del clock
    code = signing.code()
    signed = assertions(signing.application.id)[name]

    reply = signing.exchange(code, client_assertion=signed)

    assert (reply.status, reply.json()) == (401, {"error": "invalid_client"})
    assert signing.exchange(code).status == 200


def test_an_assertion_serves_once(signing: Play) -> None:
    signed = assertion(claims_of(signing.application.id), KEY)
    first = signing.connect()["refresh_token"]
    assert signing.renew(first, client_assertion=signed).status == 200

    assert refused(signing.renew(first, client_assertion=signed)) == (401, "invalid_client")


def test_an_application_with_keys_is_not_known_by_its_name(signing: Play) -> None:
    code = signing.code()
    unsigned = {"client_id": signing.application.id, "client_assertion": None}

    reply = signing.exchange(code, client_assertion_type=None, **unsigned)

    assert refused(reply) == (401, "invalid_client")


def test_an_application_without_keys_signs_nothing(play: Play) -> None:
    signed = assertion(claims_of(play.application.id), KEY)
    more = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": signed}

    assert refused(play.exchange(play.code(), **more)) == (401, "invalid_client")


def test_an_application_signs_for_itself(signing: Play, http: Client) -> None:
    key = ECKey.generate_key("P-256", {"kid": "ec-1"})
    other = an_application(jwks={"keys": [key.as_dict(private=False)]})
    code = signing.code()
    theirs = Play(http, other, signing.person, keys=key)

    assert refused(theirs.exchange(code)) == (400, "invalid_grant")
    named = theirs.exchange(code, client_id=signing.application.id)
    assert refused(named) == (401, "invalid_client")


def test_software_of_an_organisation_is_no_application(signing: Play) -> None:
    client_id = registration.register_client("Laboratoire Exemple", LAB, key_set(EC, RSA))
    signed = assertion(claims_of(client_id))

    reply = signing.exchange(signing.code(), client_assertion=signed)
    assert refused(reply) == (401, "invalid_client")
    form = {"grant_type": "client_credentials", "scope": "deposit"}
    assert refused(signing.token(form)) == (401, "invalid_client")  # type: ignore[arg-type]


# A09: where tokens of applications serve.


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


# RFC 7009.


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


# Floods.


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
        play.renew(held[:-2] + "AA")
        play.exchange("nonsense")

    counts = [item for (pk, _), item in before.items() if pk.startswith("RATE#token-here")]
    now = double.tables()[rows.table_name("work")]
    assert counts == [item for (pk, _), item in now.items() if pk.startswith("RATE#token-here")]


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
