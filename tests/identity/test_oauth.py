"""Software of organisations at the token endpoint: RFC 6749, RFC 7523, A26, A27."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from joserfc.jwk import ECKey, OctKey

from chalicelib.core import aws
from chalicelib.core import clock as wall
from chalicelib.identity import registration
from chalicelib.identity.clients import ASSERTION_TYPE
from tests import double
from tests.http_client import Client
from tests.identity.software import (
    EC,
    HOSPITAL,
    LAB,
    OTHER,
    RSA,
    Claims,
    ask,
    assertion,
    claims_of,
    key_set,
    look_up,
    refused,
)

GRANT = "grant_type=client_credentials"
SIGNED = urlencode({"client_assertion_type": ASSERTION_TYPE, "client_assertion": "x"})
# 1024 bits; only its length matters.
WEAK_RSA = {"kty": "RSA", "e": "AQAB", "n": "v" + "w" * 170}


@pytest.fixture
def client_id(http: Client) -> str:
    del http
    return registration.register_client("Laboratoire Exemple", LAB, key_set(EC, RSA))


@pytest.mark.parametrize(("key", "algorithm"), [(EC, "ES256"), (RSA, "RS256"), (RSA, "PS256")])
def test_software_that_signs_gets_a_token_of_its_organisation(
    http: Client, client_id: str, key: Any, algorithm: str
) -> None:
    reply = ask(http, assertion(claims_of(client_id), key, algorithm))

    answer = reply.json()
    used = look_up(http, answer.pop("access_token"))
    assert reply.status == 200
    assert answer == {"token_type": "Bearer", "expires_in": 600, "scope": "deposit"}
    assert (used.status, used.json()) == (200, {"accepts_deposits": False})


def test_issuer_is_an_audience_too(http: Client, client_id: str) -> None:
    claims = claims_of(client_id, aud=["https://carnet.test"])

    assert ask(http, assertion(claims)).status == 200


CLAIMS: dict[str, Callable[[str], Claims]] = {
    "unknown client": lambda _: claims_of("0" * 26),
    "client of no shape": lambda _: claims_of("../CLIENT"),
    "other subject": lambda client: claims_of(client, sub="0" * 26),
    "no subject": lambda client: claims_of(client, sub=None),
    "other audience": lambda client: claims_of(client, aud="https://evil.test/oauth/token"),
    "two audiences": lambda client: claims_of(
        client, aud=["https://carnet.test", "https://evil.test"]
    ),
    "no audience": lambda client: claims_of(client, aud=None),
    "ended": lambda client: claims_of(client, exp=wall.epoch(wall.now()) - 61),
    "no end": lambda client: claims_of(client, exp=None),
    "ends too late": lambda client: claims_of(client, exp=wall.epoch(wall.now()) + 361),
    "not yet": lambda client: claims_of(client, nbf=wall.epoch(wall.now()) + 61),
    "from the future": lambda client: claims_of(client, iat=wall.epoch(wall.now()) + 61),
    "no jti": lambda client: claims_of(client, jti=None),
    "empty jti": lambda client: claims_of(client, jti=""),
    "long jti": lambda client: claims_of(client, jti="j" * 129),
    "jti of no text": lambda client: claims_of(client, jti=7),
    "jti of half a letter": lambda client: claims_of(client, jti="\ud800"),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_wrong_claims_are_all_refused_alike(
    http: Client, client_id: str, clock: time_machine.Traveller, name: str
) -> None:
    del clock
    reply = ask(http, assertion(CLAIMS[name](client_id)))

    assert refused(reply) == (401, {"error": "invalid_client"})


@pytest.mark.parametrize(
    ("key", "algorithm", "header"),
    [
        (EC, "none", {}),
        (EC, "HS256", {}),
        (OTHER, "ES256", {}),
        (RSA, "RS512", {}),
        (EC, "ES256", {"kid": "unknown"}),
        (EC, "ES256", {"kid": "../ec-1"}),
        (EC, "ES256", {"kid": "rsa-1"}),
        (EC, "ES256", {"jwk": EC.as_dict(private=False)}),
        (EC, "ES256", {"jku": "https://evil.test/jwks"}),
        (EC, "ES256", {"crit": ["exp"]}),
    ],
)
def test_wrong_signatures_are_all_refused_alike(
    http: Client, client_id: str, key: Any, algorithm: str, header: dict[str, Any]
) -> None:
    reply = ask(http, assertion(claims_of(client_id), key, algorithm, **header))

    assert refused(reply) == (401, {"error": "invalid_client"})


def test_assertion_serves_once(http: Client, client_id: str) -> None:
    signed = assertion(claims_of(client_id))

    assert ask(http, signed).status == 200
    assert refused(ask(http, signed)) == (401, {"error": "invalid_client"})


def test_assertion_sent_twenty_times_at_once_serves_once(http: Client, client_id: str) -> None:
    signed = assertion(claims_of(client_id))

    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(lambda _: ask(http, signed).status, range(20)))

    assert sorted(statuses) == [200] + [401] * 19


def test_software_that_asks_too_often_waits_and_nobody_else_can_spend_its_budget(
    http: Client, client_id: str, clock: time_machine.Traveller
) -> None:
    used = assertion(claims_of(client_id))
    assert ask(http, used).status == 200
    for _ in range(3):
        ask(http, used)
        ask(http, assertion(claims_of(client_id), OTHER))
    counts = double.tables()["carnet-test-work"]
    key = (f"RATE#token#{client_id}#2026-11-23T09", "RATE")
    assert counts[key]["count"] == {"N": "1"}

    full = {"pk": {"S": key[0]}, "sk": {"S": key[1]}, **counts[key], "count": {"N": "1200"}}
    aws.client("dynamodb").put_item(TableName="carnet-test-work", Item=full)
    over = ask(http, assertion(claims_of(client_id)))

    assert (over.status, over.problem, over.header("Retry-After")) == (429, "too-many", "1800")
    clock.shift(timedelta(minutes=30))
    assert ask(http, assertion(claims_of(client_id))).status == 200


def test_assertion_that_ended_is_remembered_until_nobody_would_take_it(
    http: Client, client_id: str, clock: time_machine.Traveller
) -> None:
    claims = claims_of(client_id)
    ask(http, assertion(claims))
    clock.shift(timedelta(seconds=1))

    (used,) = [
        item
        for (pk, _), item in double.tables()["carnet-test-work"].items()
        if pk.startswith("USED#JTI")
    ]
    assert int(used["ttl"]["N"]) > claims["exp"] + 60
    assert str(claims["jti"]) not in str(used)


def test_same_jti_of_two_clients_are_two(http: Client, client_id: str) -> None:
    second = registration.register_client("Hôpital Exemple", HOSPITAL, key_set(OTHER))

    assert ask(http, assertion(claims_of(client_id, jti="1"))).status == 200
    assert ask(http, assertion(claims_of(second, jti="1"), OTHER)).status == 200


@pytest.mark.parametrize(
    ("form", "error", "why"),
    [
        ("", "invalid_request", "grant_type is missing"),
        ("x", "invalid_request", "cannot be read as a form"),
        ("grant_type=", "invalid_request", "grant_type is missing"),
        (
            "grant_type=password",
            "unsupported_grant_type",
            "grant_type is client_credentials, ",
        ),
        (GRANT, "invalid_request", "client_assertion_type is missing"),
        (f"{GRANT}&client_assertion_type=x", "invalid_request", "client_assertion is missing"),
        (f"{GRANT}&client_assertion_type=x&client_assertion=x", "invalid_request", "jwt-bearer"),
        (f"{GRANT}&{SIGNED}&scope=admin", "invalid_scope", "scope is deposit only"),
        (f"{GRANT}&{GRANT}", "invalid_request", "repeated"),
        ("grant_type=" + "x" * 41_000, "invalid_request", "40000 bytes"),
        ("&".join(f"f{n}=1" for n in range(30)), "invalid_request", "as a form"),
        ("grant_type=client_credentials&x=%ff", "invalid_request", "as a form"),
    ],
)
def test_malformed_requests_get_oauth_errors_that_say_what_is_wrong(
    http: Client, form: str, error: str, why: str
) -> None:
    status, body = refused(http.post("/oauth/token", body=form))

    assert (status, body["error"]) == (400, error)
    assert why in body["error_description"]
    assert re.fullmatch(r"[ !#-\[\]-~]+", body["error_description"])  # RFC 6749, 5.2


def test_another_client_id_than_the_assertion_s_is_refused(http: Client, client_id: str) -> None:
    other = ask(http, assertion(claims_of(client_id)), client_id="0" * 26)

    assert refused(other) == (401, {"error": "invalid_client"})


def test_json_at_the_token_endpoint_is_a_malformed_request_of_oauth(http: Client) -> None:
    reply = http.post("/oauth/token", json={"grant_type": "client_credentials"})

    assert refused(reply) == (
        400,
        {
            "error": "invalid_request",
            "error_description": "the body is not application/x-www-form-urlencoded",
        },
    )


def test_registering_twice_is_registering_once(http: Client, client_id: str) -> None:
    del http

    assert registration.register_client("Laboratoire Exemple", LAB, key_set(RSA, EC)) == client_id


@pytest.mark.parametrize(
    "jwks",
    [
        {},
        {"keys": []},
        {"keys": [EC.as_dict(private=True)]},
        {"keys": [OctKey.generate_key(256).as_dict()]},
        {"keys": [WEAK_RSA]},
        {"keys": [ECKey.generate_key("P-384").as_dict(private=False)]},
        {"keys": ["x"]},
    ],
)
@pytest.mark.filterwarnings("ignore:Key size")
def test_keys_that_do_not_serve_are_not_registered(http: Client, jwks: dict[str, Any]) -> None:
    del http
    with pytest.raises(ValueError, match=r"key"):
        registration.register_client("Laboratoire Exemple", LAB, jwks)


def test_key_of_another_organisation_is_not_registered(http: Client, client_id: str) -> None:
    del http, client_id
    for jwks in (key_set(EC, RSA), key_set(EC), key_set(EC, ECKey.generate_key("P-256"))):
        with pytest.raises(ValueError, match="other software"):
            registration.register_client("Autre", HOSPITAL, jwks)
