"""Problem → FHIR `OperationOutcome`: the shape of every refusal under `/fhir`.

The words are those of any other problem: French in `details.text`, English in `diagnostics`. What
is wrong in a resource is pointed at by a FHIRPath, what is wrong in the request by `http.<name>`.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from chalicelib.core.errors import BadRequest, FieldError, Invalid, Problem
from chalicelib.core.settings import settings
from chalicelib.http import problems

MEDIA_TYPE: Final = "application/fhir+json"
PREFIX: Final = "/fhir/"
_REQUEST: Final = ("/query/", "/header/")
# Codes of HL7's IssueType; what is not listed has a wrong value.
_BY_STATUS: Final[Mapping[int, str]] = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    406: "not-supported",
    409: "conflict",
    412: "conflict",
    413: "too-long",
    415: "not-supported",
    416: "value",
    422: "invalid",
    428: "required",
    429: "throttled",
    431: "too-long",
    500: "exception",
    503: "transient",
}
_BY_SLUG: Final[Mapping[str, str]] = {"too-long-at-once": "too-costly"}  # no conflict of edits
_BY_ERROR: Final[Mapping[str, str]] = {
    "missing": "required",
    "extra_forbidden": "not-supported",
    "fhir_unsupported": "not-supported",
    "fhir_type": "structure",
    "dict_type": "structure",
    "fhir_forbidden": "structure",
    "repeated_parameter": "not-supported",
    "string_too_long": "too-long",
    "too_long": "too-long",
    "base64": "structure",
    "syntax": "structure",
    "duplicate_key": "structure",
}


def is_spoken_at(path: str) -> bool:
    """Tell whether a path answers in FHIR, its refusals too; what is well known is of OAuth."""
    return f"{path}/".startswith(PREFIX) and "/.well-known/" not in path


def render(problem: Problem) -> tuple[int, str, dict[str, str]]:
    """Return the status, the body and the headers of a problem's answer, in FHIR.

    What cannot be parsed, or asked for that way, is 400 here; what a resource says wrong is 422.
    """
    _, headers = problems.render(problem)
    status = BadRequest.status if _is_of_request(problem) else problem.status
    text = body(problem.slug, status, problem.extra, problem.errors)
    return status, text, headers | {"Content-Type": MEDIA_TYPE}


def body(
    slug: str, status: int, params: Mapping[str, Any], errors: tuple[FieldError, ...] = ()
) -> str:
    """Return an OperationOutcome: one issue for each thing wrong, or for the problem itself.

    Of many, the first are told, and how many there are besides.
    """
    issues = [_of_field(error) for error in errors[: problems.MAX_ERRORS]]
    if len(errors) > problems.MAX_ERRORS:
        issues.append(_of_rest(len(errors) - problems.MAX_ERRORS))
    outcome = {
        "resourceType": "OperationOutcome",
        "issue": issues or [_of_problem(slug, status, params)],
    }
    return json.dumps(outcome, ensure_ascii=False, separators=(",", ":"))


def _is_of_request(problem: Problem) -> bool:
    if not isinstance(problem, Invalid):
        return False
    is_unreadable = problem.slug == "invalid-json"
    asked = [error.pointer.startswith(_REQUEST) for error in problem.errors]
    return is_unreadable or (bool(asked) and all(asked))


def _of_problem(slug: str, status: int, params: Mapping[str, Any]) -> dict[str, Any]:
    said = problems.body(slug, status, **params)
    severity = "fatal" if status == 500 else "error"  # noqa: PLR2004  an incident of ours
    return _issue(
        severity,
        _BY_SLUG.get(slug) or _BY_STATUS.get(status, "processing"),
        slug,
        (f"{said['title']}. {said['detail']}", f"{said['title_en']}. {said['detail_en']}"),
    )


def _of_field(error: FieldError) -> dict[str, Any]:
    issue = _issue(
        "error", _BY_ERROR.get(error.code, "value"), error.code, problems.words_of(error)
    )
    place = _place(error.pointer)
    return issue | {"expression": [place]} if place else issue


def _of_rest(count: int) -> dict[str, Any]:
    error = FieldError("", "more_errors", {"count": count})
    return _issue("information", "informational", error.code, problems.words_of(error))


def _place(pointer: str) -> str:
    """Return where: `http.<name>` of the request, or the FHIRPath that a mapping gave."""
    if pointer.startswith(_REQUEST):
        return f"http.{problems.unescaped(pointer.split('/')[2])}"
    return pointer


def _issue(severity: str, code: str, own: str, words: tuple[str, str]) -> dict[str, Any]:
    system = f"{settings().public_base_url}/problems"
    french, english = words
    return {
        "severity": severity,
        "code": code,
        "details": {"coding": [{"system": system, "code": own}], "text": french},
        "diagnostics": english,
    }
