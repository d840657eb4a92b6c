"""Software of organisations: proves who it is by signing, never by a shared secret (RFC 7523).

Its public keys were registered by the operator (`registration.py`). Every refusal that concerns the
client is the same `invalid_client`, whatever check failed, so that nothing can be learnt by trying.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from joserfc.jwk import KeySet

from chalicelib.access import budgets
from chalicelib.access import store as access_store
from chalicelib.access.store import ACTIVE, ClientRow
from chalicelib.core import clock, ids, log, rows
from chalicelib.core.settings import settings
from chalicelib.http.principal import ActorKind
from chalicelib.identity import store, tokens
from chalicelib.identity.jose import (
    SKEW_SECONDS,
    BadToken,
    check_times,
    claimed_issuer,
    claims_of,
    header_of,
    key_for,
)

ALGORITHMS: Final = frozenset({"ES256", "RS256", "PS256"})
ASSERTION_SECONDS: Final = 300
ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
GRANT_TYPE: Final = "client_credentials"
SCOPE: Final = "deposit"
_JTI_CHARS: Final = 128


OAuthCode = Literal[
    "invalid_request", "invalid_client", "invalid_grant", "unsupported_grant_type", "invalid_scope"
]


class OAuthRefused(Exception):  # noqa: N818  an outcome, not a fault
    """An error of RFC 6749, section 5.2."""

    def __init__(self, error: OAuthCode, description: str | None = None, status: int = 400) -> None:
        """Take the error's registered name, and what is wrong: ASCII, nothing that was sent."""
        super().__init__(error)
        self.error = error
        self.description = description
        self.status = status


@dataclass(frozen=True, slots=True)
class Granted:
    """An access token for an organisation's software."""

    access_token: str
    scope: str = SCOPE


def token_endpoint() -> str:
    """Return our token endpoint, the audience of assertions."""
    return f"{settings().public_base_url}/oauth/token"


def grant_token(form: Mapping[str, str], now: datetime) -> Granted:
    """Exchange a signed assertion for an access token.

    Raises:
        OAuthRefused: the request or the client is refused.
        TooMany: this software asked too often, each time with a good assertion; wait.
        Unavailable, StoreUnavailable: the host does not answer; sign another assertion.
    """
    _check_form(form)
    try:
        client_id, client = _proven(form["client_assertion"], form.get("client_id"), now)
    except BadToken as refused:
        log.write("client refused", reason=refused.reason)
        raise OAuthRefused("invalid_client", status=401) from refused
    return Granted(
        tokens.issue(
            ActorKind.ORGANISATION,
            client.organisation_id,
            client_id,
            now,
            generation=access_store.generation_of(client),
        )
    )


def _check_form(form: Mapping[str, str]) -> None:
    check_present(form, "client_assertion_type", "client_assertion")
    check_assertion_type(form)
    if form.get("scope", SCOPE) != SCOPE:
        raise OAuthRefused("invalid_scope", f"scope is {SCOPE} only")


def check_present(form: Mapping[str, str], *names: str) -> None:
    """Check that a form has some fields.

    Raises:
        OAuthRefused: `invalid_request`, with the name of the first that is missing.
    """
    missing = next((name for name in names if name not in form), None)
    if missing:
        raise OAuthRefused("invalid_request", f"{missing} is missing")


def check_assertion_type(form: Mapping[str, str]) -> None:
    """Check how a client proves who it is. Raises OAuthRefused."""
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        raise OAuthRefused("invalid_request", f"client_assertion_type is {ASSERTION_TYPE} only")


def _proven(assertion: str, client_id: str | None, now: datetime) -> tuple[str, ClientRow]:
    issuer = claimed_issuer(assertion)
    if not ids.is_id(issuer) or client_id not in (None, issuer):
        raise BadToken("client")
    client = rows.get(ClientRow, *access_store.client_key(issuer))
    if client is None or client.status != ACTIVE:
        raise BadToken("client")
    prove(assertion, issuer, client.jwks, now)
    # Last, so that nobody else can spend it: not with a bad assertion, nor with a used one.
    budgets.spend(budgets.TOKENS, ActorKind.ORGANISATION, issuer, now)
    return issuer, client


def prove(assertion: str, issuer: str, jwks: str, now: datetime) -> None:
    """Check that an assertion is signed by a key of a client, for us, now, and was not used before.

    Raises:
        BadToken: it is not.
        StoreUnavailable: no clear answer; the assertion may be spent.
    """
    key = key_for(header_of(assertion), KeySet.import_key_set(json.loads(jwks)))
    if key is None:
        raise BadToken("kid")
    claims = claims_of(assertion, key, ALGORITHMS)
    _check(claims, issuer, now)
    used = hashlib.sha256(claims["jti"].encode()).hexdigest()
    if not store.use_once(claims["exp"] + 2 * SKEW_SECONDS, "JTI", issuer, used):
        raise BadToken("jti")


def _check(claims: Mapping[str, Any], issuer: str, now: datetime) -> None:
    if claims.get("iss") != issuer or claims.get("sub") != issuer:
        raise BadToken("sub")
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if len(audiences) != 1 or audiences[0] not in (token_endpoint(), settings().public_base_url):
        raise BadToken("aud")
    check_times(claims, now, required=("exp",))
    if claims["exp"] > clock.epoch(now) + ASSERTION_SECONDS + SKEW_SECONDS:
        raise BadToken("exp")
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= _JTI_CHARS or not jti.isprintable():
        raise BadToken("jti")
