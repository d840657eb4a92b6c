"""Signed tokens of others and of ours, read strictly (A26, A27).

A header never chooses the key or the algorithm: callers give the keys and the algorithms they
accept. Headers that bring a key, or rules of their own, are refused, and so are repeated members,
on which parsers disagree. Nothing is believed of a token before its signature was verified.
"""

import base64
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey

from chalicelib.core import clock

Key = ECKey | RSAKey
SKEW_SECONDS: Final = 60
MAX_CHARS: Final = 32_000
_COMPACT: Final = re.compile(r"[\w-]{2,2000}\.[\w-]{2,30000}\.[\w-]{2,1400}", re.ASCII)
_SELF_KEYED: Final = frozenset({"jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "enc"})


class BadToken(Exception):  # noqa: N818  an outcome, not a fault
    """A token is refused; `reason` is for logs, never for the caller."""

    def __init__(self, reason: str) -> None:
        """Take a word that says which check failed."""
        super().__init__(reason)
        self.reason = reason


def header_of(token: str) -> dict[str, Any]:
    """Read a token's header, which proves nothing, to choose among keys already trusted.

    Raises:
        BadToken: not a compact token, or its header brings a key or rules of its own.
    """
    if len(token) > MAX_CHARS or not _COMPACT.fullmatch(token):
        raise BadToken("shape")
    header = _json_object(_decode(token.partition(".")[0]))
    if _SELF_KEYED.intersection(header):
        raise BadToken("header")
    return header


def claims_of(token: str, key: Key, algorithms: frozenset[str]) -> dict[str, Any]:
    """Verify a token's signature with one key and return its claims.

    Raises:
        BadToken: the algorithm is not allowed, or the signature is not this key's.
    """
    algorithm = header_of(token).get("alg")
    if not isinstance(algorithm, str) or algorithm not in algorithms:
        raise BadToken("algorithm")
    try:
        verified = jws.deserialize_compact(token, key, algorithms=[algorithm])
    except (JoseError, ValueError, TypeError) as error:
        raise BadToken("signature") from error
    return _json_object(verified.payload)


def claimed_issuer(token: str) -> str:
    """Read who a token says it is from, which proves nothing, to find whose keys to verify with.

    Raises:
        BadToken: not a compact token, or it does not say.
    """
    header_of(token)
    issuer = _json_object(_decode(token.split(".")[1])).get("iss")
    if not isinstance(issuer, str):
        raise BadToken("iss")
    return issuer


def key_for(header: Mapping[str, Any], keys: KeySet) -> Key | None:
    """Return the trusted signature key a header names, or the only one if it names none."""
    usable = [
        key
        for key in keys.keys
        if isinstance(key, ECKey | RSAKey) and key.as_dict().get("use", "sig") == "sig"
    ]
    kid = header.get("kid")
    if kid is not None:
        usable = [key for key in usable if key.kid == kid]
    return usable[0] if len(usable) == 1 else None


def check_times(claims: Mapping[str, Any], now: datetime, *, required: tuple[str, ...]) -> None:
    """Check `exp`, `nbf` and `iat` with a skew of 60 s.

    Raises:
        BadToken: ended, not yet valid, from the future, not an integer, or required and missing.
    """
    moment = clock.epoch(now)
    times = {name: claims.get(name) for name in ("exp", "nbf", "iat")}
    for name, value in times.items():
        if value is None and name not in required:
            continue
        if not isinstance(value, int) or isinstance(value, bool):
            raise BadToken(name)
        late = name == "exp" and moment > value + SKEW_SECONDS
        early = name != "exp" and value > moment + SKEW_SECONDS
        if late or early:
            raise BadToken(name)


def _decode(part: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError as error:
        raise BadToken("base64") from error


def _json_object(raw: bytes | None) -> dict[str, Any]:
    try:
        value = json.loads(raw or b"", object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError) as error:
        raise BadToken("json") from error
    if not isinstance(value, dict):
        raise BadToken("json")
    return value


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadToken("repeated member")
    return found
