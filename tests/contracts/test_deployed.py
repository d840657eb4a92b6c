"""The deployed product answers as the contract says, the gateway's own refusals included."""

import json
from typing import Any

import pytest

from infra.describe import COMMITTED
from tests.contract import Contract, Exchange
from tests.stack import Stack, fetch

pytestmark = pytest.mark.cloud

CONTRACT = Contract(json.loads(COMMITTED.read_text(encoding="utf-8")))
# What servers add on the way.
ADDED = ("x-amz", "x-amzn", "date", "server", "connection", "access-control-")
REQUESTS: dict[str, tuple[str, str, dict[str, str], bytes, int]] = {
    "no such path": ("GET", "/v1/nowhere", {}, b"", 404),
    "no such method": ("PATCH", "/v1/me", {}, b"", 404),
    "no token": ("GET", "/v1/me", {}, b"", 401),
    "a token of nobody": ("GET", "/v1/me", {"Authorization": "Bearer x"}, b"", 401),
    "no assertion": (
        "POST",
        "/oauth/token",
        {"Content-Type": "application/x-www-form-urlencoded"},
        b"grant_type=client_credentials",
        400,
    ),
    "health": ("GET", "/health", {}, b"", 200),
    "the description": ("GET", "/openapi.json", {}, b"", 200),
    "the keys": ("GET", "/v1/auth/jwks", {}, b"", 200),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_the_deployed_product_keeps_to_the_contract(stack: Stack, name: str) -> None:
    stack.wait_until_ready()
    method, path, sent, body, status = REQUESTS[name]

    answer = fetch(stack.url, path, method=method, body=body or None, headers=sent)

    found: dict[str, Any] = {key.lower(): value for key, value in answer.headers.items()}
    headers = {key: value for key, value in found.items() if not key.startswith(ADDED)}
    lower = {key.lower(): value for key, value in sent.items()}
    exchange = Exchange(method, path, lower, body, answer.status, headers, answer.body)
    assert answer.status == status
    assert headers["x-request-id"]
    assert CONTRACT.faults(exchange) == []
