"""The product's own access tokens (RFC 9068): ten minutes, who is asking, and nothing of rights.

The same function verifies them in the authorizer, without secrets and, once its key is known,
without any request.
"""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from joserfc import jws

from chalicelib.core import clock
from chalicelib.core.settings import settings
from chalicelib.http.principal import ActorKind
from chalicelib.identity import signing_keys
from chalicelib.identity.jose import BadToken, check_times, claims_of, header_of

LIFE_SECONDS: Final = 600
TYPE: Final = "at+jwt"
_HEADER: Final = frozenset({"alg", "kid", "typ"})


def audience(kind: ActorKind) -> str:
    """Return the audience of a token: an application's is the FHIR facade, and nothing else."""
    path = "fhir/R4" if kind is ActorKind.APPLICATION else "v1"
    return f"{settings().public_base_url}/{path}"


def issue(  # noqa: PLR0913  keyword-only
    kind: ActorKind,
    actor_id: str,
    session: str,
    now: datetime,
    *,
    generation: int = 0,
    account: str = "",
    patient: str = "",
    permissions: Collection[str] = (),
) -> str:
    """Sign an access token of ten minutes.

    `generation` is the client's, for software, or the consent's; `account` the account of a
    professional; `patient` the name of the person for an application, `permissions` what it asked.

    Raises:
        Unavailable: the key service does not answer.
        StoreUnavailable: the store did not answer.
    """
    kid, key = signing_keys.private_key(now)
    claims = {
        "iss": settings().public_base_url,
        "aud": audience(kind),
        "sub": actor_id,
        "kind": kind.value,
        "sid": session,
        "gen": generation,
        "acc": account,
        "pat": patient,
        "per": " ".join(sorted(permissions)),
        "iat": clock.epoch(now),
        "nbf": clock.epoch(now),
        "exp": clock.epoch(now) + LIFE_SECONDS,
    }
    header = {"alg": signing_keys.ALGORITHM, "typ": TYPE, "kid": kid}
    payload = json.dumps(claims, separators=(",", ":"))
    return jws.serialize_compact(header, payload, key, algorithms=[signing_keys.ALGORITHM])


def verify(token: str, now: datetime) -> dict[str, str]:
    """Return the context of a token we signed, all strings.

    It has `kind`, `id`, `session`, `generation`, `account`, `patient`, `permissions` and `exp`.

    Raises:
        BadToken: it is not one of ours, or not now.
        StoreUnavailable: its key is not known yet, and the store did not answer.
    """
    header = header_of(token)
    if set(header) != _HEADER or header["typ"] != TYPE or not isinstance(header["kid"], str):
        raise BadToken("header")
    key = signing_keys.public_key(header["kid"], now)
    if key is None:
        raise BadToken("kid")
    claims = claims_of(token, key, frozenset({signing_keys.ALGORITHM}))
    context = _context(claims)
    is_for_us = claims.get("aud") == audience(ActorKind(context["kind"]))
    if claims.get("iss") != settings().public_base_url or not is_for_us:
        raise BadToken("issuer or audience")
    check_times(claims, now, required=("exp", "nbf", "iat"))
    return context


def _context(claims: dict[str, Any]) -> dict[str, str]:
    try:
        kind = ActorKind(claims["kind"])
        return {
            "kind": kind.value,
            "id": str(claims["sub"]),
            "session": str(claims["sid"]),
            "generation": str(int(claims.get("gen", 0))),
            "account": str(claims.get("acc", "")),
            "patient": str(claims.get("pat", "")),
            "permissions": str(claims.get("per", "")),
            "exp": str(claims["exp"]),
        }
    except (KeyError, TypeError, ValueError) as error:
        raise BadToken("claims") from error
