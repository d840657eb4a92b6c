"""Give API Gateway's own refusals the shape and the words of ours (RFC 9457).

One table makes both forms: the property of the API, which AWS deploys with it, and separate
resources, which are all the local cloud honours.
"""

from __future__ import annotations

import json
from typing import Any, Final, NamedTuple

from chalicelib.http import cors, problems
from chalicelib.http.mount import SECURITY_HEADERS

GATEWAY_BODY_BYTES: Final = 10 * 1024 * 1024
_RETRY: Final = {"Retry-After": "5"}
_BEARER: Final = {"WWW-Authenticate": "Bearer"}


class Refusal(NamedTuple):
    """What we answer in the gateway's place."""

    status: int
    slug: str
    headers: dict[str, str] = {}  # noqa: RUF012  never written


_NOT_FOUND: Final = Refusal(404, "not-found")
_UNAUTHENTICATED: Final = Refusal(401, "unauthenticated", _BEARER)
_BAD_REQUEST: Final = Refusal(400, "bad-request")
_TOO_MANY: Final = Refusal(429, "too-many", _RETRY)
_UNAVAILABLE: Final = Refusal(503, "unavailable", _RETRY)

REFUSALS: Final = {
    # The gateway's word for a route that does not exist.
    "MISSING_AUTHENTICATION_TOKEN": _NOT_FOUND,
    "RESOURCE_NOT_FOUND": _NOT_FOUND,
    "UNAUTHORIZED": _UNAUTHENTICATED,
    "ACCESS_DENIED": _UNAUTHENTICATED,
    "EXPIRED_TOKEN": _UNAUTHENTICATED,
    "INVALID_SIGNATURE": _UNAUTHENTICATED,
    "INVALID_API_KEY": _UNAUTHENTICATED,
    "BAD_REQUEST_BODY": _BAD_REQUEST,
    "BAD_REQUEST_PARAMETERS": _BAD_REQUEST,
    "DEFAULT_4XX": _BAD_REQUEST,
    "REQUEST_TOO_LARGE": Refusal(413, "too-large"),
    "UNSUPPORTED_MEDIA_TYPE": Refusal(415, "unsupported-media-type"),
    "THROTTLED": _TOO_MANY,
    "QUOTA_EXCEEDED": _TOO_MANY,
    "WAF_FILTERED": Refusal(403, "forbidden"),
    "AUTHORIZER_FAILURE": _UNAVAILABLE,
    "AUTHORIZER_CONFIGURATION_ERROR": _UNAVAILABLE,
    "API_CONFIGURATION_ERROR": _UNAVAILABLE,
    "INTEGRATION_FAILURE": _UNAVAILABLE,
    "INTEGRATION_TIMEOUT": _UNAVAILABLE,
    "DEFAULT_5XX": _UNAVAILABLE,
}


def _body(refusal: Refusal) -> str:
    figures = {"limit_bytes": GATEWAY_BODY_BYTES} if refusal.slug == "too-large" else {}
    members = problems.body(refusal.slug, refusal.status, **figures)
    return json.dumps(members, ensure_ascii=False, separators=(",", ":"))


def _headers(refusal: Refusal) -> dict[str, str]:
    headers = {"Content-Type": problems.MEDIA_TYPE, **SECURITY_HEADERS, **refusal.headers}
    # One answer whatever the path: pages with an application's token read why it is refused.
    headers |= cors.ANY_ORIGIN
    # Quotes inside a value would end the literal of the mapping expression.
    literals = {name: f"'{value}'" for name, value in headers.items() if "'" not in value}
    return {**literals, "X-Request-Id": "context.requestId"}


def api_property() -> dict[str, Any]:
    """Return the GatewayResponses property of the API."""
    return {
        kind: {
            "StatusCode": refusal.status,
            "ResponseParameters": {"Headers": _headers(refusal)},
            "ResponseTemplates": {"application/json": _body(refusal)},
        }
        for kind, refusal in REFUSALS.items()
    }


def resources() -> dict[str, Any]:
    """Return one resource per kind of refusal."""
    return {
        "Refusal" + kind.title().replace("_", ""): {
            "Type": "AWS::ApiGateway::GatewayResponse",
            "Properties": {
                "RestApiId": {"Ref": "RestAPI"},
                "ResponseType": kind,
                "StatusCode": str(refusal.status),
                "ResponseParameters": {
                    f"gatewayresponse.header.{name}": value
                    for name, value in _headers(refusal).items()
                },
                "ResponseTemplates": {"application/json": _body(refusal)},
            },
        }
        for kind, refusal in REFUSALS.items()
    }
