"""The container's front: a WSGI application that speaks to the app as API Gateway does (D3).

It makes REST proxy events, runs the route's authorizer, and answers by itself what the gateway
answers by itself. It refuses to be cleverer: no route, right or format is decided here, and one
request runs at a time per process, as in one Lambda environment (C15). Only `/health` does not wait
for the one that runs.
"""

import base64
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from http import HTTPStatus
from typing import Any, Final, Literal, cast
from urllib.parse import parse_qs, quote

from chalice.app import Chalice, RouteEntry

from chalicelib.core import ids, log
from chalicelib.http import cors, outcomes
from chalicelib.http.mount import SECURITY_HEADERS, plain

MAX_BODY_BYTES: Final = 10 * 1024 * 1024
MAX_HEAD_BYTES: Final = 10 * 1024  # all names and values of headers together
_LENGTH: Final = re.compile(r"0*[0-9]{1,12}", re.ASCII)
_STAGE: Final = "carnet"
_ARN: Final = f"arn:aws:execute-api:local:000000000000:gateway/{_STAGE}"
_HEALTH: Final = "/health"
# What runs for longer has been abandoned by whoever asked for it.
_STUCK_SECONDS: Final = 60
_BODYLESS: Final = frozenset({204, 304})
_REFUSAL_HEADERS: Final = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "5"}}

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], Any]
_Authorizer = Callable[[dict[str, Any], Any], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes on the wire."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Match:
    """The resource a path leads to, and its parameters, still URL-encoded (C11)."""

    resource: str
    parameters: dict[str, str]


class Gateway:
    """A WSGI application around a Chalice app."""

    def __init__(self, app: Chalice) -> None:
        """Take the app; its routes are read once."""
        self._app = app
        self._lock = threading.Lock()
        self._since: float | None = None  # when what runs began
        # A fixed segment wins over a parameter, from the left, as in the gateway's tree.
        self._resources = sorted(
            (resource.split("/") for resource in app.routes),
            key=lambda parts: [part.startswith("{") for part in parts],
        )

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one WSGI request."""
        reply = self._reply(environ)
        phrase = HTTPStatus(reply.status).phrase
        start_response(f"{reply.status} {phrase}", reply.headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [reply.body]

    def _reply(self, environ: Environ) -> Reply:
        request_id, headers = ids.new_secret_id(), _headers(environ)
        path = _raw_path(environ)
        refused = partial(refusal, request_id, in_fhir=outcomes.is_spoken_at(path))
        if sum(len(name) + len(value) for name, value in headers.items()) > MAX_HEAD_BYTES:
            return refused(431, "head-too-large", limit_bytes=MAX_HEAD_BYTES)
        body = _read_body(environ)
        if body is None:
            return refused(413, "too-large", limit_bytes=MAX_BODY_BYTES)
        method = environ["REQUEST_METHOD"]
        match = self._match(path)
        if match is None or method not in self._app.routes[match.resource]:
            return refused(404, "not-found")
        event = _event(environ, headers, match, body, request_id)
        route = self._app.routes[match.resource][method]
        if match.resource == _HEALTH and (since := self._since) is not None:
            return _while_at_work(request_id) if _is_working(since) else refused(503, "unavailable")
        with self._lock:
            self._since = time.monotonic()
            try:
                return self._run(route, event, f"{_ARN}/{method}{path}", refused)
            finally:
                self._since = None

    def _run(
        self, route: RouteEntry, event: dict[str, Any], arn: str, refused: Callable[..., Reply]
    ) -> Reply:
        if route.authorizer is not None:
            authorizer = cast("_Authorizer", route.authorizer)
            try:
                context = _authorize(authorizer, event, arn)
            except Exception as error:  # noqa: BLE001  the gateway answers for a failed authorizer
                log.exception("authorizer failed", error)
                return refused(503, "unavailable")
            if context is None:
                return refused(401, "unauthenticated")
            event["requestContext"]["authorizer"] = context
        return _written(self._app(event, None))

    def _match(self, path: str) -> _Match | None:
        parts = path.split("/")
        if len(parts) > 2 and not parts[-1]:  # noqa: PLR2004  "/" itself has two parts
            parts.pop()
        for resource in self._resources:
            if len(resource) == len(parts) and all(map(_fits, resource, parts)):
                pairs = zip(resource, parts, strict=True)
                parameters = {name[1:-1]: part for name, part in pairs if name.startswith("{")}
                return _Match("/".join(resource), parameters)
        return None


def _is_working(since: float) -> bool:
    return time.monotonic() - since < _STUCK_SECONDS


def _while_at_work(request_id: str) -> Reply:
    """Return what `/health` answers: nobody replaces a process because a scan takes its time."""
    body = b'{"status":"ok"}'
    headers = {**SECURITY_HEADERS, "X-Request-Id": request_id, "Content-Type": "application/json"}
    return Reply(200, [*headers.items(), ("Content-Length", str(len(body)))], body)


def _fits(segment: str, part: str) -> bool:
    return bool(part) if segment.startswith("{") else segment == part


def _raw_path(environ: Environ) -> str:
    """Return the path as sent; a server that keeps only the decoded one loses `%2F` (a 404)."""
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if raw:
        return str(raw).partition("?")[0]
    return quote(environ.get("PATH_INFO", "/").encode("latin-1"), safe="/:@!$&'()*+,;=-._~")


def _read_body(environ: Environ) -> bytes | None:
    """Return the body, or None when it is over the gateway's limit."""
    length = environ.get("CONTENT_LENGTH") or ""
    if not length and not environ.get("wsgi.input_terminated"):
        return b""
    # Python reads no number of thousands of digits.
    wanted = int(length) if _LENGTH.fullmatch(length) else MAX_BODY_BYTES + 1
    if length and wanted > MAX_BODY_BYTES:
        return None
    body: bytes = environ["wsgi.input"].read(wanted)
    return body if len(body) <= MAX_BODY_BYTES else None


def _headers(environ: Environ) -> dict[str, str]:
    names = {"CONTENT_TYPE": "Content-Type", "CONTENT_LENGTH": "Content-Length"}
    found = {label: environ[name] for name, label in names.items() if environ.get(name)}
    for name, value in environ.items():
        if name.startswith("HTTP_"):
            found[name[5:].replace("_", "-").title()] = value
    return found


def _event(
    environ: Environ, headers: dict[str, str], match: _Match, body: bytes, request_id: str
) -> dict[str, Any]:
    """Return the event of a REST proxy integration whose binary types are `*/*`."""
    query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True) or None
    return {
        "resource": match.resource,
        "path": environ.get("PATH_INFO", "/"),
        "httpMethod": environ["REQUEST_METHOD"],
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": query and {name: values[-1] for name, values in query.items()},
        "multiValueQueryStringParameters": query,
        "pathParameters": match.parameters or None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": match.resource,
            "httpMethod": environ["REQUEST_METHOD"],
            "path": f"/{_STAGE}{environ.get('PATH_INFO', '/')}",
            "stage": _STAGE,
            "requestId": request_id,
            "identity": {"sourceIp": environ.get("REMOTE_ADDR", "")},
        },
        "body": base64.b64encode(body).decode() if body else None,
        "isBase64Encoded": bool(body),
    }


def _authorize(
    authorizer: _Authorizer, event: Mapping[str, Any], arn: str
) -> dict[str, str] | None:
    """Return the authorizer's context as the gateway passes it on (strings), or None: denied."""
    token = event["headers"].get("Authorization")
    if not token:
        return None
    asked = {"type": "TOKEN", "authorizationToken": token, "methodArn": arn}
    result = authorizer(asked, {})
    allowed = (
        resource
        for statement in result["policyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
        for resource in statement["Resource"]
    )
    if not any(fnmatchcase(arn, resource) for resource in allowed):
        return None
    given = {**result.get("context", {}), "principalId": result["principalId"]}
    return {name: _text(value) for name, value in given.items()}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def refusal(
    request_id: str,
    status: int,
    slug: str,
    *,
    in_fhir: bool = False,
    by: Literal["gateway", "server"] = "gateway",
    **figures: int,
) -> Reply:
    """Return, and log, what is answered before the app is asked, in the shape of ours."""
    text, kind = plain(slug, status, in_fhir=in_fhir, **figures)
    body = text.encode()
    headers = {**SECURITY_HEADERS, "Content-Type": kind, "X-Request-Id": request_id}
    headers |= cors.ANY_ORIGIN  # as the gateway, which has one answer whatever the path
    headers |= _REFUSAL_HEADERS.get(status, {})
    log.request_id.set(request_id)
    log.write(f"refused at the {by}", status=status)
    return Reply(status, [*headers.items(), ("Content-Length", str(len(body)))], body)


def _written(answer: Mapping[str, Any]) -> Reply:
    status = int(answer["statusCode"])
    headers = [(name, str(value)) for name, value in answer["headers"].items()]
    for name, values in answer.get("multiValueHeaders", {}).items():
        headers += [(name, str(value)) for value in values]
    body = answer["body"] or ""
    raw = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
    if status in _BODYLESS:
        return Reply(status, headers, b"")
    return Reply(status, [*headers, ("Content-Length", str(len(raw)))], raw)
