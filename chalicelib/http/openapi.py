"""The description of the interface, made from the declared routes themselves (OpenAPI 3.1).

`/openapi.json` serves it; `docs/openapi.json` is the same text, committed by `infra.describe`, so
that a change of the interface is seen in a review.
"""

import json
import re
from collections.abc import Sequence
from functools import cache
from http import HTTPStatus
from types import UnionType
from typing import Any, Final, get_args

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from chalicelib.http import endpoint as declarations
from chalicelib.http import openapi_problems
from chalicelib.http.endpoint import FHIR, HANDLE, IDEMPOTENCY_KEY, JSON, Endpoint

_VERSION: Final = "1"
_REF: Final = "#/components/schemas/{model}"
_CROCKFORD: Final = "[0-9A-HJKMNP-TV-Z]{26}"
_ID: Final = {"type": "string", "pattern": f"^{_CROCKFORD}$"}
_SUBJECT: Final = {
    "type": "string",
    "pattern": f"^(?:{_CROCKFORD}|{HANDLE.pattern})$",
    "examples": ["h.1.Zm9yLXlvdS1vbmx5LWZpZnRlZW4tbWludXRlcw"],
}
_SUBJECT_SAID: Final = (
    "Whose record: a patient's id; or, for an organisation's software, which learns no id, the "
    "`handle` that POST /v1/patients/lookup gave it less than fifteen minutes ago."
)
_TEXT: Final = {"type": "string"}
_HEADERS: Final = {
    "X-Request-Id": {
        "description": "Names this exchange in our logs: quote it to the operator. Opaque.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9A-Za-z-]{8,64}$"},
    },
    "ETag": {
        "description": "The version of what is answered, if it has any; for If-Match.",
        "schema": _TEXT,
    },
    "Location": {"description": "Where it is.", "schema": _TEXT},
    "Retry-After": {
        "description": "How long to wait, in seconds.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
    "WWW-Authenticate": {"required": True, "schema": {"const": "Bearer"}},
    "Accept-Ranges": {"description": "That slices can be asked for.", "schema": {"const": "bytes"}},
    "Content-Range": {
        "description": "Which bytes of the content these are, and how many there are (RFC 9110).",
        "schema": {"type": "string", "pattern": "^bytes (?:[0-9]+-[0-9]+|[*])/[0-9]+$"},
    },
    "Content-Disposition": {"description": "A name for the file.", "schema": _TEXT},
    "Repr-Digest": {"description": "The SHA-256 of the content (RFC 9530).", "schema": _TEXT},
}
_FORMAT: Final = {
    "name": "_format",
    "in": "query",
    "required": False,
    "schema": {"enum": ["json", JSON, FHIR]},
}
_PLACES: Final = {HTTPStatus.CREATED, HTTPStatus.ACCEPTED, HTTPStatus.SEE_OTHER}
_VERSIONED: Final = {
    HTTPStatus.OK,
    HTTPStatus.CREATED,
    HTTPStatus.ACCEPTED,
    HTTPStatus.PARTIAL_CONTENT,
}
_RANGE: Final = {
    "name": "Range",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "examples": ["bytes=0-4194303"]},
    "description": "One range of bytes, of what is longer than 4 MiB: 4 MiB of it at most are "
    "given, from its first byte on. Ignored of what is shorter.",
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
        "externalDocs": {
            "url": "/editeurs/guide",
            "description": "How software deposits, step by step, with an example that runs.",
        },
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": {
                **schemas,
                "OperationOutcome": openapi_problems.outcome_schema(),
                "Problem": openapi_problems.schema(),
            },
            "responses": openapi_problems.components(),
            "headers": _HEADERS,
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "Ten minutes: software gets it from POST /oauth/token, people "
                    "from their session.",
                }
            },
        },
    }


_Refs = dict[tuple[type[BaseModel], JsonSchemaMode], Json]


def _schemas(endpoints: Sequence[Endpoint]) -> tuple[_Refs, Json]:
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {}
    for declared in endpoints:
        for sent in filter(None, (declared.body, declared.form)):
            wanted[sent, "validation"] = None
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
    answers = {str(status): _answer(status, one, refs) for status, one in declared.answers.items()}
    operation: Json = {
        "operationId": declared.name,
        "summary": declared.summary,
        "responses": dict(sorted({**openapi_problems.responses(declared), **answers}.items())),
    }
    parameters = [*_path(declared), *_query(declared.query), *_headers(declared)]
    if declared.serves_applications:
        parameters.append(_FORMAT)
    if parameters:
        operation["parameters"] = parameters
    body = _body(declared, refs)
    if body:
        operation["requestBody"] = {"required": True, "content": body}
    if declared.public:
        operation["security"] = []
    return operation


def _answer(status: int, answer: object, refs: _Refs) -> Json:
    described: Json = {"description": "Nothing more.", "headers": _headers_of(status, answer)}
    media = (answer,) if isinstance(answer, str) else answer
    if isinstance(media, tuple):
        return {**described, "description": "The content.", "content": {one: {} for one in media}}
    models = _models(answer)
    if models:
        found = [refs[model, "serialization"] for model in models]
        schema = found[0] if len(found) == 1 else {"oneOf": found}
        said = " Or: ".join((model.__doc__ or "").split("\n")[0] for model in models)
        described |= {"description": said, "content": {JSON: {"schema": schema}}}
    return described


def _headers_of(status: int, answer: object) -> Json:
    names = ["X-Request-Id"]
    if status in _PLACES:
        names.append("Location")
    if status == HTTPStatus.NOT_MODIFIED or (status in _VERSIONED and answer is not None):
        names.append("ETag")
    if isinstance(answer, str | tuple):
        names += ["Content-Disposition", "Repr-Digest"]
    if status == HTTPStatus.PARTIAL_CONTENT:
        names += ["Accept-Ranges", "Content-Range"]
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _body(declared: Endpoint, refs: _Refs) -> Json:
    model = declared.form or declared.body
    if model:
        return {declared.accepts: {"schema": refs[model, "validation"]}}
    if declared.accepts == FHIR:
        return {kind: {"schema": {"type": "object"}} for kind in (FHIR, JSON)}
    return {declared.accepts: {}} if declared.accepts != JSON else {}


def _path(declared: Endpoint) -> list[Json]:
    found = []
    for name in re.findall(r"{(\w+)}", declared.path):
        pattern = declared.patterns.get(name)
        schema = {"type": "string", "pattern": f"^{pattern.pattern}$"} if pattern else _ID
        one = {"name": name, "in": "path", "required": True, "schema": schema}
        if name == "pid":
            one |= {"schema": _SUBJECT, "description": _SUBJECT_SAID}
        found.append(one)
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
    if "anyOf" in schema:
        return {**schema, "anyOf": [_inlined(one, described) for one in schema["anyOf"]]}
    reference = schema.get("$ref", "")
    found: Json = described["$defs"][reference.rpartition("/")[2]] if reference else schema
    return found


def _headers(declared: Endpoint) -> list[Json]:
    found = []
    if declared.idempotent:
        key = {"type": "string", "pattern": f"^{IDEMPOTENCY_KEY.pattern}$"}
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": not declared.serves_applications,
                "schema": key,
                "description": "Yours, one per deposit or creation: the same request sent again "
                "with the same key has one effect. In FHIR, without one, the resource is its own.",
            }
        )
    if HTTPStatus.PARTIAL_CONTENT in declared.answers:
        found.append(_RANGE)
    if declared.if_match:
        example = 'W/"7"' if declared.serves_applications else '"v7"'
        version = {"type": "string", "examples": [example]}
        found.append({"name": "If-Match", "in": "header", "required": True, "schema": version})
    return found
