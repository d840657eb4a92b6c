"""Software of organisations at the token endpoint: RFC 6749, RFC 7523, A26, A27."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from joserfc.jwk import ECKey, OctKey, RSAKey

from chalicelib.access import store
from chalicelib.access.store import ClientRow
from chalicelib.core import aws, ids, rows
from chalicelib.core import clock as wall
from chalicelib.identity import clients
from chalicelib.identity.values import FINESS
from tests import double
from tests.http_client import Client, Reply
from tests.identity.provider import compact

EC = ECKey.generate_key("P-256", {"kid": "ec-1"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa-1"})
OTHER = ECKey.generate_key("P-256", {"kid": "ec-1"})
# 1024 bits; only its length matters.
WEAK_RSA = {"kty": "RSA", "e": "AQAB", "n": "v" + "w" * 170}
LAB = FINESS("750803447")
Claims = dict[str, Any]


def _set(key: Any) -> dict[str, Any]:
    keys = key if isinstance(key, list) else [key]
    return {"keys": [one.as_dict(private=False) for one in keys]}


@pytest.fixture
def client_id(http: Client) -> str:
    del http
    return clients.register_client("Laboratoire Exemple", LAB, _set([EC, RSA]))


def _claims(client_id: str, **other: object) -> Claims:
    now = wall.epoch(wall.now())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": "https://carnet.test/oauth/token",
        "iat": now,
        "exp": now + 60,
        "jti": ids.new_token(),
    } | other
    return {name: value for name, value in claims.items() if value is not None}


def _assertion(claims: Claims, key: Any = EC, algorithm: str = "ES256", **header: Any) -> str:
    return compact({"alg": algorithm, "kid": key.kid, **header}, json.dumps(claims), key)


def _ask(http: Client, assertion: str, **other: str) -> Reply:
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": assertion,
    } | other
    return http.post("/oauth/token", body=urlencode(form))


def _refused(reply: Reply) -> tuple[int, Any]:
    assert reply.header("Cache-Control") == "no-store"
    return reply.status, reply.json()


@pytest.mark.parametrize(("key", "algorithm"), [(EC, "ES256"), (RSA, "RS256"), (RSA, "PS256")])
def test_software_that_signs_gets_a_token_of_its_organisation(
    http: Client, client_id: str, key: Any, algorithm: str
) -> None:
    reply = _ask(http, _assertion(_claims(client_id), key, algorithm))

    answer = reply.json()
    token = {"Authorization": f"Bearer {answer.pop('access_token')}"}
    unknown = {
        "ins": "279035121518989",
        "family_name": "A",
        "given_name": "B",
        "birth_date": "1979-03-28",
        "sex": "female",
    }
    used = http.post("/v1/patients/lookup", headers=token, json=unknown)
    assert reply.status == 200
    assert answer == {"token_type": "Bearer", "expires_in": 600, "scope": "deposit"}
    assert (used.status, used.json()) == (200, {"accepts_deposits": False})


def test_issuer_is_an_audience_too(http: Client, client_id: str) -> None:
    claims = _claims(client_id, aud=["https://carnet.test"])

    assert _ask(http, _assertion(claims)).status == 200


CLAIMS: dict[str, Callable[[str], Claims]] = {
    "unknown client": lambda _: _claims("0" * 26),
    "client of no shape": lambda _: _claims("../CLIENT"),
    "other subject": lambda client: _claims(client, sub="0" * 26),
    "no subject": lambda client: _claims(client, sub=None),
    "other audience": lambda client: _claims(client, aud="https://evil.test/oauth/token"),
    "two audiences": lambda client: _claims(
        client, aud=["https://carnet.test", "https://evil.test"]
    ),
    "no audience": lambda client: _claims(client, aud=None),
    "ended": lambda client: _claims(client, exp=wall.epoch(wall.now()) - 61),
    "no end": lambda client: _claims(client, exp=None),
    "ends too late": lambda client: _claims(client, exp=wall.epoch(wall.now()) + 361),
    "not yet": lambda client: _claims(client, nbf=wall.epoch(wall.now()) + 61),
    "from the future": lambda client: _claims(client, iat=wall.epoch(wall.now()) + 61),
    "no jti": lambda client: _claims(client, jti=None),
    "empty jti": lambda client: _claims(client, jti=""),
    "long jti": lambda client: _claims(client, jti="j" * 129),
    "jti of no text": lambda client: _claims(client, jti=7),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_wrong_claims_are_all_refused_alike(
    http: Client, client_id: str, clock: time_machine.Traveller, name: str
) -> None:
    del clock
    reply = _ask(http, _assertion(CLAIMS[name](client_id)))

    assert _refused(reply) == (401, {"error": "invalid_client"})


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
    reply = _ask(http, _assertion(_claims(client_id), key, algorithm, **header))

    assert _refused(reply) == (401, {"error": "invalid_client"})


def test_assertion_serves_once(http: Client, client_id: str) -> None:
    assertion = _assertion(_claims(client_id))

    assert _ask(http, assertion).status == 200
    assert _refused(_ask(http, assertion)) == (401, {"error": "invalid_client"})


def test_assertion_sent_twenty_times_at_once_serves_once(http: Client, client_id: str) -> None:
    assertion = _assertion(_claims(client_id))

    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(lambda _: _ask(http, assertion).status, range(20)))

    assert sorted(statuses) == [200] + [401] * 19


def test_software_that_asks_too_often_waits_and_nobody_else_can_spend_its_budget(
    http: Client, client_id: str, clock: time_machine.Traveller
) -> None:
    used = _assertion(_claims(client_id))
    assert _ask(http, used).status == 200
    for _ in range(3):
        _ask(http, used)
        _ask(http, _assertion(_claims(client_id), OTHER))
    counts = double.tables()["carnet-test-work"]
    key = (f"RATE#token#{client_id}#2026-11-23T09", "RATE")
    assert counts[key]["count"] == {"N": "1"}

    full = {"pk": {"S": key[0]}, "sk": {"S": key[1]}, **counts[key], "count": {"N": "1200"}}
    aws.client("dynamodb").put_item(TableName="carnet-test-work", Item=full)
    over = _ask(http, _assertion(_claims(client_id)))

    assert (over.status, over.problem, over.header("Retry-After")) == (429, "too-many", "1800")
    clock.shift(timedelta(minutes=30))
    assert _ask(http, _assertion(_claims(client_id))).status == 200


def test_assertion_that_ended_is_remembered_until_nobody_would_take_it(
    http: Client, client_id: str, clock: time_machine.Traveller
) -> None:
    claims = _claims(client_id)
    _ask(http, _assertion(claims))
    clock.shift(timedelta(seconds=1))

    (used,) = [
        item
        for (pk, _), item in double.tables()["carnet-test-work"].items()
        if pk.startswith("USED#JTI")
    ]
    assert int(used["ttl"]["N"]) > claims["exp"] + 60
    assert str(claims["jti"]) not in str(used)


def test_same_jti_of_two_clients_are_two(http: Client, client_id: str) -> None:
    second = clients.register_client("Hôpital Exemple", FINESS("750712184"), _set(OTHER))

    assert _ask(http, _assertion(_claims(client_id, jti="1"))).status == 200
    assert _ask(http, _assertion(_claims(second, jti="1"), OTHER)).status == 200


def test_client_that_was_ended_gets_nothing_and_its_token_opens_nothing(
    http: Client, client_id: str
) -> None:
    token = _ask(http, _assertion(_claims(client_id))).json()["access_token"]
    row = rows.get(ClientRow, *store.client_key(client_id))
    assert row is not None
    row.status = "ended"
    rows.write([rows.put(row)])

    again = _ask(http, _assertion(_claims(client_id)))
    body = {
        "ins": "279035121518989",
        "family_name": "A",
        "given_name": "B",
        "birth_date": "1979-03-28",
        "sex": "female",
    }
    used = http.post("/v1/patients/lookup", headers={"Authorization": f"Bearer {token}"}, json=body)

    assert _refused(again) == (401, {"error": "invalid_client"})
    assert (used.status, used.problem) == (401, "session-ended")


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ("", "invalid_request"),
        ("x", "invalid_request"),
        ("grant_type=password", "unsupported_grant_type"),
        ("grant_type=client_credentials", "invalid_request"),
        ("grant_type=client_credentials&grant_type=client_credentials", "invalid_request"),
        ("grant_type=client_credentials&client_secret=x", "invalid_request"),
        ("grant_type=" + "x" * 41_000, "invalid_request"),
        ("&".join(f"f{n}=1" for n in range(30)), "invalid_request"),
        ("grant_type=client_credentials&x=%ff", "invalid_request"),
    ],
)
def test_malformed_requests_get_oauth_errors(http: Client, form: str, error: str) -> None:
    assert _refused(http.post("/oauth/token", body=form)) == (400, {"error": error})


def test_other_scope_and_other_client_id_are_refused(http: Client, client_id: str) -> None:
    scope = _ask(http, _assertion(_claims(client_id)), scope="admin")
    other = _ask(http, _assertion(_claims(client_id)), client_id="0" * 26)

    assert _refused(scope) == (400, {"error": "invalid_scope"})
    assert _refused(other) == (401, {"error": "invalid_client"})


def test_json_at_the_token_endpoint_is_another_type(http: Client) -> None:
    assert http.post("/oauth/token", json={"grant_type": "client_credentials"}).status == 415


def test_registering_twice_is_registering_once(http: Client, client_id: str) -> None:
    del http

    assert clients.register_client("Laboratoire Exemple", LAB, _set([RSA, EC])) == client_id


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
        clients.register_client("Laboratoire Exemple", LAB, jwks)


def test_key_of_another_organisation_is_not_registered(http: Client, client_id: str) -> None:
    del http, client_id
    for jwks in (_set([EC, RSA]), _set(EC), _set([EC, ECKey.generate_key("P-256")])):
        with pytest.raises(ValueError, match="other software"):
            clients.register_client("Autre", FINESS("750712184"), jwks)
