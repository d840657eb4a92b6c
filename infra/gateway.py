"""Give API Gateway's own refusals the shape of ours (RFC 9457).

One table makes both forms: the property of the API, which AWS deploys with it, and separate
resources, which are all the local cloud honours.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the gateway answers by itself, in our words."""

    types: tuple[str, ...]
    status: int
    slug: str
    title: str
    detail: str
    headers: tuple[tuple[str, str], ...] = ()


_RETRY: Final = (("Retry-After", "5"),)
_BEARER: Final = (("WWW-Authenticate", "Bearer"),)

REFUSALS: Final = (
    Refusal(
        ("MISSING_AUTHENTICATION_TOKEN", "RESOURCE_NOT_FOUND"),
        404,
        "not-found",
        "Introuvable",
        "Cette adresse n’existe pas, ou vous n’y avez pas accès.",
    ),
    Refusal(
        ("UNAUTHORIZED", "ACCESS_DENIED", "EXPIRED_TOKEN", "INVALID_SIGNATURE", "INVALID_API_KEY"),
        401,
        "unauthenticated",
        "Connexion nécessaire",
        "Votre session est absente ou terminée. Connectez-vous de nouveau.",
        _BEARER,
    ),
    Refusal(
        ("BAD_REQUEST_BODY", "BAD_REQUEST_PARAMETERS", "DEFAULT_4XX"),
        400,
        "bad-request",
        "Demande mal formée",
        "La demande n’a pas pu être lue.",
    ),
    Refusal(
        ("REQUEST_TOO_LARGE",),
        413,
        "too-large",
        "Envoi trop volumineux",
        "L’envoi dépasse la taille permise.",
    ),
    Refusal(
        ("UNSUPPORTED_MEDIA_TYPE",),
        415,
        "unsupported-media-type",
        "Type de contenu refusé",
        "Ce type de contenu n’est pas accepté ici.",
    ),
    Refusal(
        ("THROTTLED", "QUOTA_EXCEEDED"),
        429,
        "too-many",
        "Trop de demandes",
        "Trop de demandes en peu de temps. Réessayez dans quelques secondes.",
        _RETRY,
    ),
    Refusal(("WAF_FILTERED",), 403, "forbidden", "Refusé", "Cette demande n’est pas permise."),
    Refusal(
        (
            "AUTHORIZER_FAILURE",
            "AUTHORIZER_CONFIGURATION_ERROR",
            "API_CONFIGURATION_ERROR",
            "INTEGRATION_FAILURE",
            "INTEGRATION_TIMEOUT",
            "DEFAULT_5XX",
        ),
        503,
        "unavailable",
        "Service momentanément indisponible",
        "Rien n’est perdu. Réessayez dans quelques secondes.",
        _RETRY,
    ),
)


def _body(refusal: Refusal) -> str:
    problem = {
        "type": f"/problems/{refusal.slug}",
        "title": refusal.title,
        "status": refusal.status,
        "detail": refusal.detail,
    }
    return json.dumps(problem, ensure_ascii=False, separators=(",", ":"))


def _headers(refusal: Refusal) -> dict[str, str]:
    headers = {
        "Content-Type": "application/problem+json",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        **dict(refusal.headers),
    }
    return {name: f"'{value}'" for name, value in headers.items()}


def api_property() -> dict[str, Any]:
    """Return the GatewayResponses property of the API."""
    return {
        kind: {
            "StatusCode": refusal.status,
            "ResponseParameters": {"Headers": _headers(refusal)},
            "ResponseTemplates": {"application/json": _body(refusal)},
        }
        for refusal in REFUSALS
        for kind in refusal.types
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
        for refusal in REFUSALS
        for kind in refusal.types
    }
