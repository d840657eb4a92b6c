"""How the description of the interface tells of refusals: one schema, one answer per status.

Everything comes from the problems themselves: their classes, their words, and which of them the
declaration of a route foretells.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from chalicelib.core.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    Invalid,
    NotAcceptable,
    NotFound,
    PreconditionRequired,
    Problem,
    RangeNotSatisfiable,
    Stale,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from chalicelib.http import outcomes, problems
from chalicelib.http.endpoint import JSON, MAX_RAW_BYTES, Endpoint
from chalicelib.http.field_texts import FIELD_TEXTS
from chalicelib.http.problem_texts import PROBLEM_TEXTS

Json = dict[str, Any]

_SCHEMA: Final = {"$ref": "#/components/schemas/Problem"}
_OUTCOME: Final = {"$ref": "#/components/schemas/OperationOutcome"}
_TEXT: Final = {"type": "string"}
_HEADERS: Final = {
    Unauthenticated.status: ("WWW-Authenticate",),
    RangeNotSatisfiable.status: ("Content-Range",),
    TooMany.status: ("Retry-After",),
    Unavailable.status: ("Retry-After",),
}
# One of each, to say what its status means and to show what it looks like.
_COMMON: Final[tuple[Problem, ...]] = (
    BadRequest(),
    Unauthenticated(),
    Forbidden(),
    NotFound(),
    Conflict(),
    Stale(),
    TooLarge(limit_bytes=MAX_RAW_BYTES),
    RangeNotSatisfiable(size_bytes=18_350_080),
    Invalid(errors=problems.EXAMPLE_ERRORS),
    PreconditionRequired(),
    TooMany(retry_after_seconds=60),
    Unavailable(),
)


def schema() -> Json:
    """Return the schema of every problem."""
    fault = {
        "pointer": {
            **_TEXT,
            "description": "Where: a JSON pointer into the body, or /query/…; "
            f"a name of more than {problems.MAX_NAME_CHARS} characters is cut, and ends with …",
        },
        "code": {**_TEXT, "enum": list(FIELD_TEXTS)},
        "detail": _TEXT,
        "detail_en": _TEXT,
    }
    return {
        "type": "object",
        "description": "RFC 9457, in French with an English twin; `type` is a page that says more.",
        "required": ["type", "title", "status", "detail", "title_en", "detail_en"],
        "properties": {
            "type": {**_TEXT, "enum": [f"/problems/{slug}" for slug in PROBLEM_TEXTS]},
            "title": _TEXT,
            "status": {"type": "integer"},
            "detail": _TEXT,
            "title_en": _TEXT,
            "detail_en": _TEXT,
            "errors": {
                "type": "array",
                "description": "Everything wrong in the request, at once.",
                "maxItems": problems.MAX_ERRORS,
                "items": {"type": "object", "required": list(fault), "properties": fault},
            },
            "more_errors": {
                "type": "integer",
                "description": "How many errors are not listed, if there are more.",
            },
            **{
                name: {"type": kind, "description": said}
                for name, (kind, said) in problems.MEMBERS.items()
            },
        },
    }


def outcome_schema() -> Json:
    """Return the schema of every refusal in FHIR."""
    coding = {"system": _TEXT, "code": {**_TEXT, "enum": sorted({*FIELD_TEXTS, *PROBLEM_TEXTS})}}
    issue = {
        "severity": {"enum": ["fatal", "error", "information"]},
        "code": _TEXT,
        "details": {
            "type": "object",
            "required": ["coding", "text"],
            "properties": {
                "coding": {"type": "array", "items": {"type": "object", "properties": coding}},
                "text": {**_TEXT, "description": "In French."},
            },
        },
        "diagnostics": {**_TEXT, "description": "The same, in English."},
        "expression": {
            "type": "array",
            "items": _TEXT,
            "description": "Where: a FHIRPath, or `http.` and the name of a parameter or header.",
        },
    }
    told = ["severity", "code", "details", "diagnostics"]
    return {
        "type": "object",
        "description": "FHIR R4. Everything wrong is told at once.",
        "required": ["resourceType", "issue"],
        "properties": {
            "resourceType": {"const": "OperationOutcome"},
            "issue": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": told,
                    "properties": issue,
                    "additionalProperties": False,
                },
            },
        },
        "additionalProperties": False,
    }


def components() -> Json:
    """Return the answers that operations refer to: one per kind of problem, and any other."""
    return {
        "Problem": _answer("Any other: a body of another type (415), an incident of ours (500)."),
        **{type(one).__name__: _described(one) for one in _COMMON},
        "Outcome": _outcome("Refused, in FHIR."),
        **{
            f"Outcome{status}": _outcome("Refused, in FHIR.", *names)
            for status, names in _HEADERS.items()
        },
    }


def responses(declared: Endpoint) -> Json:
    """Return the refusals of a route: what its declaration foretells, and its own."""
    if declared.serves_applications:
        return _outcomes(declared)
    found: Json = {
        str(one.status): {"$ref": f"#/components/responses/{type(one).__name__}"}
        for one in _COMMON
        if one.status in set(_foretold(declared))
    }
    for own in declared.problems:
        if own.slug != type(own).slug:
            found[str(own.status)] = _described(own, declared.reasons)
    return {**found, "default": {"$ref": "#/components/responses/Problem"}}


def _outcomes(declared: Endpoint) -> Json:
    statuses = {*_foretold(declared), NotAcceptable.status}
    names = {status: f"Outcome{status}" for status in _HEADERS}
    return {
        **{
            str(status): {"$ref": f"#/components/responses/{names.get(status, 'Outcome')}"}
            for status in statuses
        },
        "default": {"$ref": "#/components/responses/Outcome"},
    }


def _foretold(declared: Endpoint) -> Iterator[int]:
    yield from (BadRequest.status, Invalid.status, Unavailable.status)
    yield from (one.status for one in declared.problems)
    if not declared.public:
        yield from (Unauthenticated.status, Forbidden.status, TooMany.status)
    if "{" in declared.path:
        yield NotFound.status
    if declared.body or declared.accepts != JSON:
        yield TooLarge.status
    changes = "{pid}" in declared.path or declared.idempotent or declared.serves_applications
    if declared.method != "GET" and changes:
        yield Conflict.status
    if declared.if_match:
        yield from (Stale.status, PreconditionRequired.status)


def _described(one: Problem, reasons: Sequence[str] = ()) -> Json:
    text, _ = problems.render(one)
    said = (type(one).__doc__ or "").split("\n")[0]
    answer = _answer(said, *_HEADERS.get(one.status, ()))
    content = answer["content"][problems.MEDIA_TYPE]
    content["example"] = json.loads(text)
    if reasons and one.status == Invalid.status:
        own = {"properties": {"reason": {"enum": list(reasons)}}}
        content["schema"] = {"allOf": [_SCHEMA, own]}
    return answer


def _answer(said: str, *headers: str) -> Json:
    content = {problems.MEDIA_TYPE: {"schema": _SCHEMA}}
    return {"description": said, "headers": _named(headers), "content": content}


def _outcome(said: str, *headers: str) -> Json:
    content = {outcomes.MEDIA_TYPE: {"schema": _OUTCOME}}
    if headers:  # API Gateway may refuse in our place, in one form for all paths
        content[problems.MEDIA_TYPE] = {"schema": _SCHEMA}
    return {"description": said, "headers": _named(headers), "content": content}


def _named(headers: Sequence[str]) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in ("X-Request-Id", *headers)}
