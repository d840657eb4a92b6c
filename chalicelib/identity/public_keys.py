"""The public keys that software brings: which serve, and why others are refused (A26, A27).

A key set is given itself, never by an address: nothing is fetched, now or later (A24).
"""

from collections.abc import Mapping
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey

MAX_KEYS: Final = 10
_RSA_BITS: Final = 2048
# Members of a key or set that name an address.
_ELSEWHERE: Final = frozenset({"jku", "jwks_uri", "x5u"})

Key = ECKey | RSAKey


class RefusedKeys(ValueError):  # noqa: N818  an outcome, not a fault
    """Keys are refused; `code` says why, as of a field."""

    def __init__(self, code: str, why: str) -> None:
        """Take the code and, for the operator, its words."""
        super().__init__(why)
        self.code = code


def read(jwks: Mapping[str, Any]) -> list[Key]:
    """Return the keys of a set, all of which serve.

    Raises:
        RefusedKeys: not a key set, no key, a private or a weak one, one that is elsewhere.
    """
    _check_inline(jwks)
    try:
        found = KeySet.import_key_set(dict(jwks)).keys  # type: ignore[arg-type]  # checked there
    except (AttributeError, JoseError, KeyError, TypeError, ValueError) as error:
        raise RefusedKeys("keys_shape", "not a key set") from error
    usable = [key for key in found if isinstance(key, ECKey | RSAKey)]
    if not usable or len(usable) != len(found):
        raise RefusedKeys("keys_kind", "only EC and RSA keys serve")
    for key in usable:
        _check(key)
    return usable


def check_together(keys: list[Key]) -> None:
    """Check that an assertion can tell which of several keys signed it (`jose.key_for`).

    Raises:
        RefusedKeys: too many, or two of one `kid`.
    """
    if len(keys) > MAX_KEYS:
        raise RefusedKeys("keys_many", f"more than {MAX_KEYS} keys")
    if len({key.kid for key in keys}) < len(keys):
        raise RefusedKeys("keys_alike", "two keys have the same kid")


def _check_inline(jwks: Mapping[str, Any]) -> None:
    keys = jwks.get("keys")
    keys = keys if isinstance(keys, list) else []
    members = [jwks, *(one for one in keys if isinstance(one, Mapping))]
    if any(_ELSEWHERE & one.keys() for one in members):
        raise RefusedKeys("keys_inline", "keys are given themselves, never by an address")


def _check(key: Key) -> None:
    if key.is_private:
        raise RefusedKeys("keys_private", "a private key never leaves its owner")
    if isinstance(key, RSAKey) and key.public_key.key_size < _RSA_BITS:
        raise RefusedKeys("keys_weak", "an RSA key needs 2048 bits")
    if isinstance(key, ECKey) and key.curve_name != "P-256":
        raise RefusedKeys("keys_weak", "an EC key must be of curve P-256")
