"""The sandbox providers refuse what the real ones refuse (A28)."""

import base64
import hashlib
import json
import secrets
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from infra.local.config import PROVIDER_SECRETS
from infra.local.issuer import personas
from tests.stack import Answer, Stack, fetch

pytestmark = pytest.mark.cloud

VERIFIER = secrets.token_urlsafe(48)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def _query(stack: Stack, **changed: str) -> str:
    digest = hashlib.sha256(VERIFIER.encode()).digest()
    return urlencode(
        {
            "response_type": "code",
            "client_id": "carnet",
            "redirect_uri": f"{stack.url}/v1/auth/callback",
            "scope": "openid",
            "state": "s" * 20,
            "nonce": "n" * 20,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        | changed
    )


def _choose(stack: Stack, slug: str, persona: str, **changed: str) -> dict[str, str]:
    answer = fetch(
        stack.config.providers_url,
        f"/{slug}/authorize?{_query(stack, **changed)}",
        method="POST",
        body=urlencode({"persona": persona}).encode(),
        headers=FORM,
    )
    assert answer.status == 303
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: values[0] for name, values in query.items()}


def _exchange(stack: Stack, slug: str, promised: str, **changed: str) -> Answer:
    form = {
        "grant_type": "authorization_code",
        "code": promised,
        "redirect_uri": f"{stack.url}/v1/auth/callback",
        "code_verifier": VERIFIER,
        "client_id": "carnet",
        "client_secret": PROVIDER_SECRETS[slug],
    }
    body = urlencode(form | changed).encode()
    return fetch(
        stack.config.providers_url, f"/{slug}/token", method="POST", body=body, headers=FORM
    )


def _get(stack: Stack, path: str, token: str = "") -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return json.loads(fetch(stack.config.providers_url, path, headers=headers).body)


@pytest.mark.parametrize("key", list(personas()))
def test_gives_a_persona_her_signed_identity_and_her_claims(stack: Stack, key: str) -> None:
    person = personas()[key]
    slug = person["provider"]
    chosen = _choose(stack, slug, key)
    tokens = json.loads(_exchange(stack, slug, chosen["code"]).body)

    keys = KeySet.import_key_set(_get(stack, f"/{slug}/jwks"))
    identity = jwt.decode(tokens["id_token"], keys, algorithms=["ES256", "RS256"]).claims

    assert chosen["state"] == "s" * 20
    assert chosen["iss"] == identity["iss"] == f"{stack.config.providers_url}/{slug}"
    assert identity["nonce"] == "n" * 20
    assert identity["acr"] == person["acr"]
    assert _get(stack, f"/{slug}/userinfo", tokens["access_token"]) == person["claims"]


@pytest.mark.parametrize(
    "changed",
    [
        {"code_verifier": "x" * 64},
        {"redirect_uri": "http://localhost/elsewhere"},
        {"client_secret": "wrong"},
        {"code": "never-given"},
    ],
)
def test_refuses_a_code_with_anything_wrong(stack: Stack, changed: dict[str, str]) -> None:
    code = _choose(stack, "franceconnect", "dominique")["code"]

    assert _exchange(stack, "franceconnect", code, **changed).status in {400, 401}


def test_refuses_a_code_used_twice(stack: Stack) -> None:
    code = _choose(stack, "psc", "claire")["code"]

    assert _exchange(stack, "psc", code).status == 200
    assert _exchange(stack, "psc", code).status == 400


def test_returns_a_cancelled_login_as_refused(stack: Stack) -> None:
    assert _choose(stack, "franceconnect", "")["error"] == "access_denied"


@pytest.mark.parametrize(
    "changed",
    [
        {"nonce": ""},
        {"state": "short"},
        {"code_challenge_method": "plain"},
        {"code_challenge": ""},
        {"response_type": "token"},
        {"scope": "email"},
    ],
)
def test_refuses_a_lazy_request(stack: Stack, changed: dict[str, str]) -> None:
    answer = _choose(stack, "franceconnect", "dominique", **changed)

    assert answer["error"] == "invalid_request"
    assert "code" not in answer


@pytest.mark.parametrize("place", ["//evil.example/v1/auth/callback", "http://evil.example/"])
def test_never_sends_anyone_to_an_unknown_address(stack: Stack, place: str) -> None:
    path = f"/psc/authorize?{_query(stack, redirect_uri=place)}"

    answer = fetch(stack.config.providers_url, path)

    assert answer.status == 400
    assert answer.headers["Location"] is None


def _logout(stack: Stack, slug: str, id_token: str, **changed: str) -> Answer:
    query = {
        "id_token_hint": id_token,
        "post_logout_redirect_uri": f"{stack.url}/v1/auth/logged-out",
        "state": "s" * 20,
    }
    return fetch(stack.config.providers_url, f"/{slug}/logout?{urlencode(query | changed)}")


def test_ends_a_session_and_sends_back_to_the_one_address(stack: Stack) -> None:
    chosen = _choose(stack, "psc", "claire")
    id_token = json.loads(_exchange(stack, "psc", chosen["code"]).body)["id_token"]

    answer = _logout(stack, "psc", id_token)

    assert answer.status == 303
    assert answer.headers["Location"] == f"{stack.url}/v1/auth/logged-out?state={'s' * 20}"


@pytest.mark.parametrize(
    "changed",
    [
        {"id_token_hint": "x.y.z"},
        {"post_logout_redirect_uri": "http://evil.example/"},
        {"state": "short"},
    ],
)
def test_refuses_a_lazy_logout(stack: Stack, changed: dict[str, str]) -> None:
    chosen = _choose(stack, "franceconnect", "dominique")
    id_token = json.loads(_exchange(stack, "franceconnect", chosen["code"]).body)["id_token"]

    answer = _logout(stack, "franceconnect", id_token, **changed)
    elsewhere = _logout(stack, "psc", id_token)

    assert (answer.status, elsewhere.status) == (400, 400)
    assert answer.headers["Location"] is None


def test_offers_each_persona_and_says_they_are_fictitious(stack: Stack) -> None:
    page = fetch(stack.config.providers_url, f"/psc/authorize?{_query(stack)}").body.decode()

    assert "Bac à sable — personnes fictives" in page
    assert "Dr Claire EXEMPLE-MARTIN" in page
    assert "Camille INTROUVABLE" not in page
    assert "Annuler la connexion" in page
