"""The description of the interface, made from the declared routes themselves (OpenAPI 3.1).

`/openapi.json` serves it; `docs/openapi.json` is the same text, committed by `infra.describe`, so
that a change of the interface is seen in a review.
"""

import json
import re
from collections.abc import Sequence
from functools import cache
from types import UnionType
from typing import Any, Final, get_args

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from chalicelib.http import endpoint as declarations
from chalicelib.http.endpoint import FORM, JSON, Endpoint
from chalicelib.http.problems import MEDIA_TYPE

_VERSION: Final = "1"
_REF: Final = "#/components/schemas/{model}"
_ID: Final = {"type": "string", "pattern": "^[0-9A-HJKMNP-TV-Z]{26}$"}
_SUBJECT: Final = {
    "type": "string",
    "description": "A patient's id, or the handle that a lookup gave to an organisation.",
}
_PROBLEM: Final = {
    "type": "object",
    "description": "RFC 9457, in French with an English twin.",
    "required": ["type", "title", "status", "detail", "title_en", "detail_en"],
    "properties": {
        "type": {"type": "string", "examples": ["/problems/not-found"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "title_en": {"type": "string"},
        "detail_en": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail", "detail_en"],
                "properties": {
                    "pointer": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                    "detail_en": {"type": "string"},
                },
            },
        },
    },
}
Json = dict[str, Any]


@cache
def text() -> str:
    """Return the description of the routes declared in this process, as committed."""
    return json.dumps(document(declarations.ENDPOINTS), ensure_ascii=False, indent=1) + "\n"


def document(endpoints: Sequence[Endpoint]) -> Json:
    """Describe routes."""
    refs, schemas = _schemas(endpoints)
    paths: dict[str, Json] = {}
    for declared in sorted(endpoints, key=lambda one: (one.path, one.method)):
        operation = _operation(declared, refs)
        paths.setdefault(declared.path, {})[declared.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Carnet",
            "version": _VERSION,
            "description": "A national personal health space. Instants are ISO 8601 in UTC.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": {**schemas, "Problem": _PROBLEM},
            "responses": {
                "Problem": {
                    "description": "A problem, with the same shape whoever found it.",
                    "headers": {"X-Request-Id": {"schema": _ID}},
                    "content": {MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="Problem")}}},
                }
            },
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
    }


_Refs = dict[tuple[type[BaseModel], JsonSchemaMode], Json]


def _schemas(endpoints: Sequence[Endpoint]) -> tuple[_Refs, Json]:
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {}
    for declared in endpoints:
        if declared.body:
            wanted[declared.body, "validation"] = None
        for answer in declared.answers.values():
            wanted |= dict.fromkeys((model, "serialization") for model in _models(answer))
    found, definitions = models_json_schema(list(wanted), ref_template=_REF)
    refs = {(model, mode): found[model, mode] for model, mode in wanted}
    return refs, dict(sorted(definitions.get("$defs", {}).items()))


def _models(answer: object) -> list[type[BaseModel]]:
    """List the models of a declared answer: one, several, or none for a media type."""
    options = get_args(answer) if isinstance(answer, UnionType) else (answer,)
    return [one for one in options if isinstance(one, type) and issubclass(one, BaseModel)]


def _operation(declared: Endpoint, refs: _Refs) -> Json:
    operation: Json = {
        "operationId": declared.name,
        "summary": declared.summary,
        "responses": {
            **{str(status): _answer(answer, refs) for status, answer in declared.answers.items()},
            "default": {"$ref": "#/components/responses/Problem"},
        },
    }
    parameters = [*_path(declared), *_query(declared.query), *_headers(declared)]
    if parameters:
        operation["parameters"] = parameters
    body = _body(declared, refs)
    if body:
        operation["requestBody"] = {"required": True, "content": body}
    if declared.public:
        operation["security"] = []
    return operation


def _answer(answer: object, refs: _Refs) -> Json:
    if answer is None:
        return {"description": "Nothing more."}
    if isinstance(answer, str):
        return {"description": "The content.", "content": {answer: {}}}
    found = [refs[model, "serialization"] for model in _models(answer)]
    schema = found[0] if len(found) == 1 else {"oneOf": found}
    return {"description": "Done.", "content": {JSON: {"schema": schema}}}


def _body(declared: Endpoint, refs: _Refs) -> Json:
    if declared.body:
        return {JSON: {"schema": refs[declared.body, "validation"]}}
    if declared.accepts == FORM:
        return {FORM: {"schema": {"type": "object"}}}
    return {declared.accepts: {}} if declared.accepts != JSON else {}


def _path(declared: Endpoint) -> list[Json]:
    found = []
    for name in re.findall(r"{(\w+)}", declared.path):
        pattern = declared.patterns.get(name)
        schema = {"type": "string", "pattern": f"^{pattern.pattern}$"} if pattern else _ID
        if name == "pid":
            schema = _SUBJECT
        found.append({"name": name, "in": "path", "required": True, "schema": schema})
    return found


def _query(model: type[BaseModel]) -> list[Json]:
    described = model.model_json_schema()
    required = described.get("required", [])
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "schema": _inlined(schema, described),
        }
        for name, schema in described.get("properties", {}).items()
    ]


def _inlined(schema: Json, described: Json) -> Json:
    """Put a referenced enumeration in its place: a parameter's schema stands alone."""
    reference = schema.get("$ref", "")
    found: Json = described["$defs"][reference.rpartition("/")[2]] if reference else schema
    return found


def _headers(declared: Endpoint) -> list[Json]:
    found = []
    if declared.idempotent:
        key = {"type": "string", "pattern": "^[0-9A-Za-z_-]{8,64}$"}
        found.append({"name": "Idempotency-Key", "in": "header", "required": True, "schema": key})
    if declared.if_match:
        version = {"type": "string", "examples": ['"v7"']}
        found.append({"name": "If-Match", "in": "header", "required": True, "schema": version})
    return found
