"""The description of the interface is that of the routes, and is committed."""

import json
import re
from collections.abc import Iterator
from typing import Any

import app
from chalicelib.http import openapi
from chalicelib.http.endpoint import ENDPOINTS
from infra.describe import COMMITTED
from tests.http_client import Client

assert app.app.routes  # declares every endpoint
DOCUMENT = json.loads(openapi.text())


def walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner)


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def test_the_committed_description_is_that_of_the_code() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == openapi.text(), "run python -m infra.describe"


def test_the_served_description_is_the_committed_one(http: Client) -> None:
    reply = http.get("/openapi.json")
    assert reply.header("Content-Type") == "application/json"
    assert reply.body == COMMITTED.read_bytes()


def test_every_route_is_described_once() -> None:
    described = {(method, path) for method, path, _ in operations()}
    assert described == {(one.method, one.path) for one in ENDPOINTS}
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(set(names)) == len(names)
    assert all(operation["summary"].endswith(".") for _, _, operation in operations())


def test_every_reference_leads_somewhere() -> None:
    for node in walk(DOCUMENT):
        reference = node.get("$ref")
        if isinstance(reference, str):
            place: Any = DOCUMENT
            for part in reference.removeprefix("#/").split("/"):
                place = place[part]
            assert place


def test_every_path_parameter_is_described() -> None:
    for _, path, operation in operations():
        named = {one["name"] for one in operation.get("parameters", []) if one["in"] == "path"}
        assert named == set(re.findall(r"{(\w+)}", path))


def test_public_routes_say_so_and_others_ask_for_a_token() -> None:
    assert DOCUMENT["security"] == [{"bearer": []}]
    public = {(method, path) for method, path, one in operations() if one.get("security") == []}
    assert public == {(one.method, one.path) for one in ENDPOINTS if one.public}


def test_what_a_client_sends_has_no_unknown_field() -> None:  # A38
    for _, _, operation in operations():
        for content in operation.get("requestBody", {}).get("content", {}).values():
            reference = content.get("schema", {}).get("$ref")
            if reference:
                schema = DOCUMENT["components"]["schemas"][reference.rpartition("/")[2]]
                assert schema["additionalProperties"] is False
