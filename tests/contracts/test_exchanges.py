"""The check that the client of the tests makes of every exchange finds what strays."""

import json
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

import app
from chalicelib.http import openapi, problems
from tests.contract import Contract, Exchange

assert app.app.routes  # declares every endpoint
CONTRACT = Contract(json.loads(openapi.text()))
JSON = "application/json"
REQUEST_ID = {"x-request-id": "0f2a3c1e-5b77-4d0a-9d53-2f1a8f0c6f11"}  # as API Gateway makes them
LOOKUP = {
    "ins": "279035121518989",
    "family_name": "PAT-TROIS",
    "given_name": "DOMINIQUE",
    "birth_date": "1979-03-28",
    "sex": "female",
}
GOOD = Exchange(
    "POST",
    "/v1/patients/lookup",
    {"content-type": JSON},
    json.dumps(LOOKUP).encode(),
    200,
    {"content-type": JSON, **REQUEST_ID},
    b'{"accepts_deposits":false}',
)
REFUSED = replace(
    GOOD,
    status=404,
    headers={"content-type": problems.MEDIA_TYPE, **REQUEST_ID},
    body=json.dumps(problems.body("not-found", 404)).encode(),
)


def problem(**more: Any) -> bytes:
    return json.dumps(problems.body("not-found", 404) | more).encode()


# API Gateway refuses in our place, in one form for all paths.
AT_GATEWAY = Exchange(
    "GET",
    "/fhir/R4/Patient",
    {},
    b"",
    401,
    {"content-type": problems.MEDIA_TYPE, "www-authenticate": "Bearer", **REQUEST_ID},
    json.dumps(problems.body("unauthenticated", 401)).encode(),
)


@pytest.mark.parametrize(
    "exchange", [GOOD, REFUSED, replace(REFUSED, target="/nowhere"), AT_GATEWAY]
)
def test_a_good_exchange_has_no_fault(exchange: Exchange) -> None:
    assert CONTRACT.faults(exchange) == []


@pytest.mark.parametrize(
    ("exchange", "told"),
    [
        (replace(GOOD, body=b'{"accepts_deposits":"no"}'), "boolean"),
        (replace(GOOD, body=b'{"accepts_deposits":false,"why":"closed"}'), "at $"),
        (replace(GOOD, status=206), "206 is not described"),
        (replace(GOOD, headers={"content-type": JSON}), "x-request-id is missing"),
        (replace(GOOD, headers={**GOOD.headers, "x-pid": "1"}), "x-pid is not described"),
        (replace(GOOD, headers={**GOOD.headers, "content-type": "text/html"}), "text/html"),
        (replace(GOOD, sent_body=b'{"ins":"1"}'), "required"),
        (replace(GOOD, target="/v1/patients/lookup?role=admin"), "role"),
        (replace(REFUSED, body=problem(secret="x")), "additionalProperties"),
        (replace(REFUSED, body=problem(type="/problems/other")), "enum"),
        (replace(REFUSED, target="/nowhere", body=b"{}"), "required"),
        (replace(REFUSED, target="/health", method="GET"), "404 is not described"),
    ],
)
def test_what_strays_is_told(exchange: Exchange, told: str) -> None:
    assert told in " ".join(CONTRACT.faults(exchange))


def test_a_described_answer_that_changes_is_told() -> None:
    document = deepcopy(CONTRACT.document)
    document["components"]["schemas"]["DepositAnswer"]["required"].append("handle")
    assert Contract(document).faults(GOOD)
    assert not CONTRACT.faults(GOOD)
