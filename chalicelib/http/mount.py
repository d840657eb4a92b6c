"""Hands the declared routes to Chalice, and turns every outcome into one shape of answer.

The only module of the edge that knows Chalice. Errors are caught here, around each view, because
Chalice would turn them into its own shape before any middleware sees them (C9).
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from chalice.app import Authorizer, CaseInsensitiveMapping, Chalice, Request, Response
from pydantic import BaseModel

from chalicelib.core import log
from chalicelib.core.errors import Problem, Unauthenticated, Unavailable
from chalicelib.core.rows import StoreUnavailable
from chalicelib.http import cors, outcomes, problems
from chalicelib.http.endpoint import (
    BINARY,
    ENDPOINTS,
    FHIR,
    FORM,
    JSON,
    Answer,
    Endpoint,
    Incoming,
    read,
)
from chalicelib.http.principal import ActorKind, from_context

SECURITY_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}
BINARY_TYPES: Final = [
    BINARY,
    "application/pdf",
    "image/jpeg",
    "image/png",
    "image/tiff",
    "image/heic",
    "text/rtf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "text/plain",
    "text/xml",
]
# OAuth has an error of its own for a body that is not its form.
_TYPES: Final = {FORM: ["*/*"], FHIR: [FHIR, JSON]}
_FRAMEWORK_SLUGS: Final = {
    400: "bad-request",
    401: "unauthenticated",
    403: "unauthenticated",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    413: "too-large",
    415: "unsupported-media-type",
    422: "invalid",
    429: "too-many",
}


def mount(app: Chalice, authorizer: Authorizer, endpoints: Sequence[Endpoint] = ENDPOINTS) -> None:
    """Register every declared endpoint and the middleware that re-shapes Chalice's own errors.

    Paths open to pages of other origins also answer OPTIONS, which browsers ask without a token.
    """
    for declared in endpoints:
        app.route(
            declared.path,
            methods=[declared.method],
            name=declared.name,
            authorizer=None if declared.public else authorizer,
            content_types=_TYPES.get(declared.accepts, [declared.accepts]),
        )(_view(app, declared))
    for path in {declared.path for declared in endpoints if cors.is_open(declared.path)}:
        methods = {declared.method for declared in endpoints if declared.path == path}
        name = f"preflight {path}"
        app.route(path, methods=["OPTIONS"], name=name)(_preflight(name, methods))
    app.register_middleware(_reshape, "http")


def _view(app: Chalice, declared: Endpoint) -> Callable[..., Response]:
    def view(**path: str) -> Response:
        request = cast("Request", app.current_request)
        # Chalice would refuse a binary answer to a request without a matching Accept header after
        # the document was opened, and traced; each of our resources has one representation.
        given = {name.lower(): value for name, value in request.headers.items()}
        request.headers = CaseInsensitiveMapping({**request.headers, "accept": "*/*"})
        started = time.perf_counter()
        response = _outcome(declared, request, path, given)
        response.headers.update(cors.headers(declared.path))
        log.write(
            "request",
            route=f"{declared.method} {declared.path}",
            status=response.status_code,
            duration_ms=round((time.perf_counter() - started) * 1000, 1),
        )
        return response

    view.__name__ = declared.name
    return view


def _preflight(name: str, methods: set[str]) -> Callable[[], Response]:
    """Say what may be asked: the answer is the same to everybody, and nothing is read."""

    def view(**_: str) -> Response:
        headers: dict[str, Any] = {**SECURITY_HEADERS, **cors.preflight(methods)}
        return Response("", headers | {"X-Request-Id": log.request_id.get()}, 204)

    view.__name__ = name
    return view


def _outcome(
    declared: Endpoint, request: Request, path: Mapping[str, str], headers: Mapping[str, str]
) -> Response:
    in_fhir = declared.serves_applications
    try:
        incoming = _incoming(declared, request, path, headers)
        return _written(declared.run(read(declared, incoming)), in_fhir=in_fhir)
    except Problem as problem:
        return _problem(problem, in_fhir=in_fhir)
    except StoreUnavailable as error:
        log.exception("store unavailable", error)
        return _problem(Unavailable(), in_fhir=in_fhir)
    except Exception as error:  # noqa: BLE001  the last line: anything else is an incident
        log.exception("incident", error)
        return _plain("internal", 500, in_fhir=in_fhir)


def _incoming(
    declared: Endpoint, request: Request, path: Mapping[str, str], headers: Mapping[str, str]
) -> Incoming:
    context = (request.context or {}).get("authorizer") or {}
    caller = None if declared.public else from_context(context)
    if caller and (caller.kind is ActorKind.APPLICATION) is not declared.serves_applications:
        raise Unauthenticated  # a token of the other audience
    query = request.query_params
    return Incoming(
        path=path,
        query={name: query.getlist(name) for name in query} if query else {},
        headers=headers,
        raw=cast("bytes", request.raw_body or b""),
        caller=caller,
    )


def _written(answer: Answer, *, in_fhir: bool) -> Response:
    headers: dict[str, Any] = {**SECURITY_HEADERS, "X-Request-Id": log.request_id.get()}
    headers |= answer.headers
    if answer.version is not None:
        headers["ETag"] = f'W/"{answer.version}"' if in_fhir else f'"v{answer.version}"'
    if answer.cookies:
        headers["Set-Cookie"] = list(answer.cookies)
    body: str | bytes = ""
    if isinstance(answer.body, bytes):
        kind = str(headers["Content-Type"]).partition(";")[0]
        body = answer.body if kind in BINARY_TYPES else answer.body.decode()
    elif answer.body is not None:
        headers.setdefault("Content-Type", FHIR if in_fhir else JSON)
        body = _json(answer.body)
    return Response(body, headers, answer.status)


def _json(body: BaseModel | Mapping[str, Any]) -> str:
    if isinstance(body, BaseModel):
        return body.model_dump_json()
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _problem(problem: Problem, *, in_fhir: bool) -> Response:
    status = problem.status
    if in_fhir:
        status, body, headers = outcomes.render(problem)
    else:
        body, headers = problems.render(problem)
    return Response(
        body, {**SECURITY_HEADERS, **headers, "X-Request-Id": log.request_id.get()}, status
    )


def _plain(slug: str, status: int, *, in_fhir: bool) -> Response:
    body, kind = plain(slug, status, in_fhir=in_fhir)
    return Response(
        body,
        {**SECURITY_HEADERS, "Content-Type": kind, "X-Request-Id": log.request_id.get()},
        status,
    )


def plain(slug: str, status: int, *, in_fhir: bool, **figures: int) -> tuple[str, str]:
    """Return the body, and its media type, of a refusal that is told by its slug alone."""
    if in_fhir:
        return outcomes.body(slug, status, figures), outcomes.MEDIA_TYPE
    members = problems.body(slug, status, **figures)
    return json.dumps(members, ensure_ascii=False, separators=(",", ":")), problems.MEDIA_TYPE


def _reshape(event: Request, get_response: Callable[[Request], Response]) -> Response:
    """Know the request by its id, and give Chalice's own refusals the shape of ours."""
    log.request_id.set(str((event.context or {}).get("requestId", "")))
    response = get_response(event)
    ours = any(name.lower() == "x-content-type-options" for name in response.headers)
    if ours or response.status_code < 400:  # noqa: PLR2004  the first error status
        return response
    slug = _FRAMEWORK_SLUGS.get(response.status_code, "internal")
    refused = _plain(slug, response.status_code, in_fhir=outcomes.is_spoken_at(str(event.path)))
    refused.headers.update(cors.headers(event.path))
    return refused
