"""Problem → `application/problem+json` (RFC 9457), in French with an English twin.

The texts are in `problem_texts.py`. The answer never holds the request id, so that two equal
refusals are equal byte for byte (D15); it is in the `X-Request-Id` header.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from chalicelib.core.errors import (
    FieldError,
    Invalid,
    Problem,
    RangeNotSatisfiable,
    Unauthenticated,
)
from chalicelib.http.field_texts import FIELD_TEXTS
from chalicelib.http.problem_texts import PROBLEM_TEXTS

_Body = TypeVar("_Body")
MEDIA_TYPE: Final = "application/problem+json"
# The members that some problems add, with their JSON type: the contract tells of these, and a test
# of any other.
MEMBERS: Final = {
    "document_id": ("string", "already-deposited: the document that holds these bytes."),
    "reason": ("string", "document-refused: a code for machines."),
    "explanation": ("string", "document-refused: what is wrong and what to do, in French."),
    "explanation_en": ("string", "document-refused: the same, in English."),
    "limit_bytes": ("integer", "too-large, head-too-large: the limit, in bytes."),
    "size_bytes": ("integer", "too-long-at-once, range-not-satisfiable: of the document."),
    "limit": ("integer", "too-many-feeds, too-many-consents: how many there may be."),
    "state": ("string", "application-fixed, application-move: the state it is in."),
    "missing": ("string", "application-unchecked: families of criteria, separated by commas."),
    "set_by": ("string", "not-yours: who set it."),
}
EXAMPLE_ERRORS: Final = (FieldError("/birth_date", "date_parsing"), FieldError("/sex", "missing"))
# An answer stays small whatever is wrong, and however long the names are that were sent.
MAX_ERRORS: Final = 50
MAX_NAME_CHARS: Final = 64
_MEBIBYTE = 1024 * 1024


def body(slug: str, status: int, **params: Any) -> dict[str, Any]:  # noqa: ANN401  JSON values
    """Return the members of a problem: every producer of problems uses this one."""
    text, figures = PROBLEM_TEXTS[slug], _Figures(params | _sizes(params))
    return {
        "type": f"/problems/{slug}",
        "title": text.title,
        "status": status,
        "detail": text.detail.format_map(figures),
        "title_en": text.title_en,
        "detail_en": text.detail_en.format_map(figures),
        **params,
    }


def render(problem: Problem) -> tuple[str, dict[str, str]]:
    """Return the body and the headers of a problem's answer."""
    members = body(problem.slug, problem.status, **problem.extra)
    if problem.errors:
        members["errors"] = [_field(error) for error in problem.errors[:MAX_ERRORS]]
    if len(problem.errors) > MAX_ERRORS:
        members["more_errors"] = len(problem.errors) - MAX_ERRORS
    headers = {"Content-Type": MEDIA_TYPE}
    if problem.status == Unauthenticated.status:
        headers["WWW-Authenticate"] = "Bearer"
    if problem.status == RangeNotSatisfiable.status and "size_bytes" in problem.extra:
        headers["Content-Range"] = f"bytes */{problem.extra['size_bytes']}"
    if problem.retry_after_seconds is not None:
        headers["Retry-After"] = str(problem.retry_after_seconds)
    return json.dumps(members, ensure_ascii=False, separators=(",", ":")), headers


def from_validation(error: ValidationError, prefix: str = "") -> Invalid:
    """Return every error pydantic found, with JSON pointers; the values given are not echoed.

    A name too long to be a field's is cut: its pointer ends with an ellipsis.
    """
    found = []
    for item in error.errors(include_url=False, include_input=False):
        pointer = prefix + "".join(f"/{escaped(str(part))}" for part in item["loc"])
        context = {
            name: value
            for name, value in item.get("ctx", {}).items()
            if isinstance(value, int | float) and not isinstance(value, bool)
        }
        code = item["type"] if item["type"] in FIELD_TEXTS else "refused"
        found.append(FieldError(pointer, code, context))
    return Invalid(errors=tuple(found))


def with_rules(
    value: object,
    handler: Callable[[object], _Body],
    names: Collection[str],
    refused: Callable[[dict[str, Any], set[str]], Iterable[FieldError]],
) -> _Body:
    """Read a body by `handler`; if its form is wrong, tell it with all that rules refuse.

    `refused` is given the sound ones of the members `names`, and which members are wrong.

    Raises:
        ValidationError: it is not an object.
        Invalid: everything wrong, at once.
    """
    try:
        return handler(value)
    except ValidationError as error:
        if not isinstance(value, dict):
            raise
        found = from_validation(error).errors
        wrong = {one.pointer.split("/")[1] for one in found}
        sound = {name: value[name] for name in names if name in value.keys() - wrong}
        raise Invalid(errors=(*found, *refused(sound, wrong))) from error


def words_of(error: FieldError) -> tuple[str, str]:
    """Return what is wrong, in French and in English."""
    french, english = FIELD_TEXTS[error.code]
    figures = _Figures(error.params)
    return french.format_map(figures), english.format_map(figures)


def unescaped(part: str) -> str:
    """Return the name that a part of a pointer stands for."""
    return part.replace("~1", "/").replace("~0", "~")


def _field(error: FieldError) -> dict[str, Any]:
    french, english = words_of(error)
    return {
        "pointer": error.pointer,
        "code": error.code,
        "detail": french,
        "detail_en": english,
    }


def _sizes(params: Mapping[str, Any]) -> dict[str, str]:
    """Say a limit in bytes as people do, in both languages: 4 Mo, 64 Ko."""
    limit_bytes = params.get("limit_bytes")
    if limit_bytes is None:
        return {}
    if limit_bytes >= _MEBIBYTE:
        return _size(limit_bytes // _MEBIBYTE, "Mo", "MB")
    return _size(limit_bytes // 1024, "Ko", "kB")


def _size(figure: int, french: str, english: str) -> dict[str, str]:
    return {"size_limit": f"{figure}\u00a0{french}", "size_limit_en": f"{figure} {english}"}


def escaped(part: str) -> str:
    """Return a name as a part of a pointer; one too long to be a field's is cut."""
    if len(part) > MAX_NAME_CHARS:
        part = part[:MAX_NAME_CHARS] + "…"
    return part.replace("~", "~0").replace("/", "~1")


class _Figures(dict[str, Any]):
    """Figures of a text; a missing one shows as a dash rather than failing an error answer."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__(values)

    def __missing__(self, name: str) -> str:
        return "–"
