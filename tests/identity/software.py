"""Software of organisations as the tests play it: keys, assertions, and a request for a token."""

import json
from typing import Any
from urllib.parse import urlencode

from joserfc.jwk import ECKey, RSAKey

from chalicelib.core import clock, ids
from chalicelib.identity.values import FINESS
from tests.http_client import Client, Reply
from tests.identity.provider import compact

EC = ECKey.generate_key("P-256", {"kid": "ec-1"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa-1"})
OTHER = ECKey.generate_key("P-256", {"kid": "ec-1"})
LAB = FINESS("750803447")
HOSPITAL = FINESS("750712184")
NOBODY = {
    "ins": "279035121518989",
    "family_name": "A",
    "given_name": "B",
    "birth_date": "1979-03-28",
    "sex": "female",
}
Claims = dict[str, Any]


def key_set(*keys: Any) -> dict[str, Any]:
    return {"keys": [one.as_dict(private=False) for one in keys]}


def claims_of(client_id: str, **other: object) -> Claims:
    now = clock.epoch(clock.now())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": "https://carnet.test/oauth/token",
        "iat": now,
        "exp": now + 60,
        "jti": ids.new_token(),
    } | other
    return {name: value for name, value in claims.items() if value is not None}


def assertion(claims: Claims, key: Any = EC, algorithm: str = "ES256", **header: Any) -> str:
    return compact({"alg": algorithm, "kid": key.kid, **header}, json.dumps(claims), key)


def ask(http: Client, signed: str, **other: str) -> Reply:
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": signed,
    } | other
    return http.post("/oauth/token", body=urlencode(form))


def refused(reply: Reply) -> tuple[int, Any]:
    assert reply.header("Cache-Control") == "no-store"
    return reply.status, reply.json()


def look_up(http: Client, token: str) -> Reply:
    """Use a token, about somebody who has no space."""
    headers = {"Authorization": f"Bearer {token}"}
    return http.post("/v1/patients/lookup", headers=headers, json=NOBODY)
