"""Software of organisations: proves who it is by signing, never by a shared secret (RFC 7523).

Its public keys were registered by the operator. Every refusal that concerns the client is the same
`invalid_client`, whatever check failed, so that nothing can be learnt by trying.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey

from chalicelib.access import budgets
from chalicelib.access import store as access_store
from chalicelib.access.store import ClientRow
from chalicelib.audit.store import TRACE_KIND, subject_of_trace
from chalicelib.core import clock, ids, log, rows
from chalicelib.core.rows import ConditionLost
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
from chalicelib.identity.store import ClientKeyRow
from chalicelib.identity.values import FINESS
from chalicelib.vault import envelope, keys

ALGORITHMS: Final = frozenset({"ES256", "RS256", "PS256"})
ASSERTION_SECONDS: Final = 300
ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SCOPE: Final = "deposit"
_JTI_CHARS: Final = 128
_RSA_BITS: Final = 2048


OAuthCode = Literal["invalid_request", "invalid_client", "unsupported_grant_type", "invalid_scope"]


class OAuthRefused(Exception):  # noqa: N818  an outcome, not a fault
    """An error of RFC 6749, section 5.2."""

    def __init__(self, error: OAuthCode, status: int = 400) -> None:
        """Take the error's registered name and its status."""
        super().__init__(error)
        self.error = error
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
    if form.get("grant_type") != "client_credentials":
        raise OAuthRefused(
            "unsupported_grant_type" if form.get("grant_type") else "invalid_request"
        )
    if form.get("client_assertion_type") != ASSERTION_TYPE or "client_assertion" not in form:
        raise OAuthRefused("invalid_request")
    if form.get("scope", SCOPE) != SCOPE:
        raise OAuthRefused("invalid_scope")
    try:
        client_id, client = _proven(form["client_assertion"], form.get("client_id"), now)
    except BadToken as refused:
        log.write("client refused", reason=refused.reason)
        raise OAuthRefused("invalid_client", 401) from refused
    return Granted(tokens.issue(ActorKind.ORGANISATION, client.organisation_id, client_id, now))


def register_client(name: str, finess: FINESS, jwks: Mapping[str, Any]) -> str:
    """Register software and its public keys, and return its id; the same one the second time.

    Raises:
        ValueError: no key, a private one, a weak one, or one that is registered elsewhere.
        Unavailable, StoreUnavailable: it may not be registered; trying again is safe.
    """
    public = _public_keys(jwks)
    thumbprints = sorted(key.thumbprint() for key in public)
    known = _registered(thumbprints, finess)
    if known is not None:
        return known
    client_id = ids.new_secret_id()
    keys.create_branch_key(subject_of_trace(finess))
    pk, sk = access_store.client_key(client_id)
    client = ClientRow(
        pk=pk,
        sk=sk,
        kind="client",
        status="active",
        name=name,
        organisation_id=finess,
        jwks=json.dumps({"keys": [key.as_dict(private=False) for key in public]}),
        trace_key=envelope.new_data_key(subject_of_trace(finess), TRACE_KIND),
    )
    pointers = [
        ClientKeyRow(pk=pk, sk=sk, kind="client_key", client_id=client_id)
        for pk, sk in map(store.client_key_key, thumbprints)
    ]
    try:
        store.write_all([client, *pointers])
    except ConditionLost as error:
        known = _registered(thumbprints, finess)
        if known is None:
            raise ValueError("a key is registered for other software") from error
        return known
    return client_id


def _proven(assertion: str, client_id: str | None, now: datetime) -> tuple[str, ClientRow]:
    issuer = claimed_issuer(assertion)
    if not ids.is_id(issuer) or client_id not in (None, issuer):
        raise BadToken("client")
    client = rows.get(ClientRow, *access_store.client_key(issuer))
    if client is None or client.status != "active":
        raise BadToken("client")
    key = key_for(header_of(assertion), KeySet.import_key_set(json.loads(client.jwks)))
    if key is None:
        raise BadToken("kid")
    claims = claims_of(assertion, key, ALGORITHMS)
    _check(claims, issuer, now)
    used = hashlib.sha256(claims["jti"].encode()).hexdigest()
    if not store.use_once(claims["exp"] + 2 * SKEW_SECONDS, "JTI", issuer, used):
        raise BadToken("jti")
    # Last, so that nobody else can spend it: not with a bad assertion, nor with a used one.
    budgets.spend(budgets.TOKENS, ActorKind.ORGANISATION, issuer, now)
    return issuer, client


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
    if not isinstance(jti, str) or not 0 < len(jti) <= _JTI_CHARS:
        raise BadToken("jti")


def _public_keys(jwks: Mapping[str, Any]) -> list[ECKey | RSAKey]:
    try:
        found = KeySet.import_key_set(dict(jwks)).keys  # type: ignore[arg-type]  # checked there
    except (JoseError, KeyError, TypeError, ValueError) as error:
        raise ValueError("not a key set") from error
    usable = [key for key in found if isinstance(key, ECKey | RSAKey)]
    if not usable or len(usable) != len(found):
        raise ValueError("only EC and RSA keys serve")
    for key in usable:
        if key.is_private:
            raise ValueError("a private key never leaves its owner")
        if isinstance(key, RSAKey) and key.public_key.key_size < _RSA_BITS:
            raise ValueError("an RSA key needs 2048 bits")
        if isinstance(key, ECKey) and key.curve_name != "P-256":
            raise ValueError("an EC key must be of curve P-256")
    return usable


def _registered(thumbprints: list[str], finess: str) -> str | None:
    """Return the software these very keys were registered for, if it is this organisation's."""
    wishes = [(ClientKeyRow, *store.client_key_key(one)) for one in thumbprints]
    pointers = [row for row in rows.fetch(wishes) if isinstance(row, ClientKeyRow)]
    owners = {pointer.client_id for pointer in pointers}
    if not pointers:
        return None
    if len(owners) != 1 or len(pointers) != len(thumbprints):
        raise ValueError("a key is registered for other software")
    (client_id,) = owners
    client = rows.get(ClientRow, *access_store.client_key(client_id))
    if client is None or client.organisation_id != finess:
        raise ValueError("a key is registered for other software")
    return client_id
