"""The description of the interface is that of the routes, and is committed."""

import json
import re
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator

import app
from chalicelib.core import ids
from chalicelib.http import openapi
from chalicelib.http.endpoint import ENDPOINTS
from chalicelib.http.principal import ActorKind
from chalicelib.record import document_types
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
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content:
            reference = content["schema"].get("$ref")
            if reference:
                schema = DOCUMENT["components"]["schemas"][reference.rpartition("/")[2]]
                assert schema["additionalProperties"] is False


def test_every_example_is_a_good_one() -> None:
    shown = 0
    schemas = DOCUMENT["components"]["schemas"].values()
    contents = (
        node["application/problem+json"]
        for node in walk(DOCUMENT)
        if "application/problem+json" in node
    )
    cases = [(one, example) for one in schemas for example in one.get("examples", [])]
    cases += [(one["schema"], one["example"]) for one in contents if "example" in one]
    for schema, example in cases:
        whole = {**schema, "components": DOCUMENT["components"]}
        Draft202012Validator(whole).validate(example)
        shown += 1
    assert shown > 15
    Draft202012Validator.check_schema(DOCUMENT["components"]["schemas"]["Problem"])


def test_an_example_shows_each_step_of_a_deposit() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    for name in ("LookupBody", "DepositAnswer", "DocumentDraft", "DocumentOut"):
        assert schemas[name]["examples"], name
    post = DOCUMENT["paths"]["/v1/patients/{pid}/documents"]["post"]["responses"]
    assert post["409"]["content"]["application/problem+json"]["example"]["document_id"]
    assert post["422"]["content"]["application/problem+json"]["example"]["reason"]


def test_the_handle_of_a_lookup_is_told_where_it_serves() -> None:
    (pid,) = DOCUMENT["paths"]["/v1/patients/{pid}/documents"]["post"]["parameters"][:1]
    assert "handle" in pid["description"]
    assert re.fullmatch(pid["schema"]["pattern"], pid["schema"]["examples"][0])
    assert re.fullmatch(pid["schema"]["pattern"], ids.new_id())
    assert not re.fullmatch(pid["schema"]["pattern"], "279035121518989")


def test_the_types_that_may_be_deposited_are_listed_with_their_names() -> None:  # R-MAT-03
    told = DOCUMENT["components"]["schemas"]["DocumentDraft"]["properties"]["type_code"]
    (codes,) = (one["enum"] for one in told["anyOf"] if "enum" in one)
    kinds = (ActorKind.PERSON, ActorKind.ORGANISATION)
    for code in codes:
        known = document_types.find(code)
        assert known is not None
        assert f"`{code}` {known.label}" in told["description"]
        assert any(document_types.may_deposit(code, kind) for kind in kinds)
    assert {"11502-2", "DOCPAT05"} <= set(codes)
    assert "REMB" not in codes
