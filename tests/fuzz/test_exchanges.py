"""Every operation, asked as described and astray: no server error, no answer that is not told."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import time_machine

import app
from chalicelib.http import openapi, problems
from fuzz import inside
from fuzz.exchanges import NOBODY, Fuzzer, Got, Sent, curl
from fuzz.exchanges import World as Asked
from tests.http_client import Client
from tests.worlds import World

assert app.app.routes  # declares every endpoint
DOCUMENT: dict[str, Any] = json.loads(openapi.text())
REQUEST_ID = {"x-request-id": "0f2a3c1e-5b77-4d0a-9d53-2f1a8f0c6f11"}
JSON = {"content-type": "application/json", **REQUEST_ID}
PROBLEM = {"content-type": problems.MEDIA_TYPE, "www-authenticate": "Bearer", **REQUEST_ID}
REFUSED = Got(401, PROBLEM, json.dumps(problems.body("unauthenticated", 401)).encode())


def refusing(sent: Sent) -> Got:
    del sent
    return REFUSED


def found(send: Callable[[Sent], Got], path: str) -> set[str]:
    paths = {path: DOCUMENT["paths"][path]}
    world = Asked(send, lambda who: "" if who == NOBODY else "Bearer of her own", lambda _: "0", {})
    fuzzer = Fuzzer({**DOCUMENT, "paths": paths}, world)
    return {fault for _, fault in fuzzer.run(examples=8).faults}


@pytest.mark.slow
def test_no_request_of_anybody_strays(
    clock: time_machine.Traveller,  # noqa: ARG001  before the world
    world: World,
    http: Client,
    record_property: Callable[[str, object], None],
) -> None:
    seen = Fuzzer(DOCUMENT, inside.world(world, http)).run(examples=2)
    statuses = ", ".join(f"{count} × {status}" for status, count in sorted(seen.total.items()))
    record_property(
        "fuzzed", f"{len(seen.statuses)} operations, {seen.total.total()} requests: {statuses}"
    )
    told = [f"{name}: {fault}\n  {curl(sent, '')}" for (name, fault), sent in seen.faults.items()]
    assert not told, "\n".join(told)
    assert len(seen.statuses) == sum(map(len, DOCUMENT["paths"].values())) - 1  # of the provider
    done = sum(count for status, count in seen.total.items() if status < 400)
    assert done > seen.total.total() / 6
    assert seen.callers[NOBODY].keys() >= {401}


def test_an_answer_that_refuses_as_told_is_no_fault() -> None:
    assert found(refusing, "/v1/me") == set()


@pytest.mark.parametrize(
    ("got", "told"),
    [
        (Got(500, JSON, b"{}"), "500"),
        (Got(503, PROBLEM, REFUSED.body), "503"),
        (Got(200, JSON, b"{}"), "200 without a session"),
        (Got(200, JSON, b"{"), "the answer is not JSON"),
        (Got(418, PROBLEM, REFUSED.body), "418 is not described"),
        (Got(401, {**PROBLEM, "x-echo": "of her own"}, REFUSED.body), "the token comes back"),
    ],
)
def test_what_strays_is_told(got: Got, told: str) -> None:
    assert told in found(lambda _: got, "/v1/me")


def test_a_request_that_is_not_described_but_taken_is_told() -> None:
    def takes_all(sent: Sent) -> Got:
        return Got(204, REQUEST_ID, b"") if sent.who != NOBODY else REFUSED

    faults = found(takes_all, "/v1/patients/{pid}/notices/read")
    assert any("at $" in fault for fault in faults)


def test_the_same_seed_asks_the_same() -> None:
    runs: list[list[Sent]] = [[], []]
    for run in runs:
        found(lambda sent, run=run: run.append(sent) or REFUSED, "/v1/patients/{pid}/measures")  # type: ignore[misc]  # remembers
    assert runs[0] == runs[1]
    assert len(runs[0]) > 10


def test_a_reproduction_shows_no_session() -> None:
    headers = {"authorization": "Bearer secret", "content-type": "application/json"}
    command = curl(Sent("person", "PUT", "/v1/x?y=1", headers, b"{'\xe9'}"), "http://localhost")
    assert "secret" not in command
    assert "--data-binary $'{\\x27\\xe9\\x27}'" in command
