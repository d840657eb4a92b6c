"""Identifiers, and the only source of randomness.

`new_id` sorts by creation time (ULID); `new_secret_id` is 128 random bits and tells nothing.
Both are 26 characters of Crockford's base 32, so one pattern checks any id before a key is built.
"""

import re
import secrets
from datetime import UTC, datetime
from typing import NewType

from chalicelib.core import clock

PatientId = NewType("PatientId", str)
UserId = NewType("UserId", str)
DocumentId = NewType("DocumentId", str)
SessionId = NewType("SessionId", str)

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BYTES = 17
_PATTERN = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}", re.ASCII)


def new_id() -> str:
    """Return a ULID: 48 bits of milliseconds, 80 random bits."""
    return new_id_at(clock.now())


def new_id_at(moment: datetime) -> str:
    """Return a ULID of another instant than now: it sorts by that one."""
    return ulid_at(moment, secrets.randbits(80))


def new_secret_id() -> str:
    """Return 128 random bits: unguessable, and silent about when it was made."""
    return _base32(secrets.randbits(128))


def new_token() -> str:
    """Return 256 random bits for a secret shown once (refresh tokens, states, nonces)."""
    return secrets.token_urlsafe(32)


def random_bytes(count: int) -> bytes:
    """Return random bytes, for nonces."""
    return secrets.token_bytes(count)


def jitter(seconds: float) -> float:
    """Return a random delay between zero and `seconds`, for retries that must not march in step."""
    return secrets.randbelow(1_000_000) / 1_000_000 * seconds


def ulid_at(moment: datetime, rest: int = 0) -> str:
    """Return the ULID of an instant with the given low 80 bits (0: the first of that instant)."""
    return _base32((int(moment.timestamp() * 1000) << 80) | rest)


def ulid_instant(ulid: str) -> datetime:
    """Return the instant inside a ULID."""
    value = 0
    for character in ulid[:10]:
        value = value * 32 + _ALPHABET.index(character)
    return datetime.fromtimestamp(value / 1000, UTC)


def instant_or_none(text: str) -> datetime | None:
    """Return the instant inside a ULID, or None if a text is none, or of no year we can write."""
    try:
        return ulid_instant(text) if is_id(text) else None
    except (ValueError, OverflowError):
        return None


def is_id(text: str) -> bool:
    """Tell whether a text has the shape of our ids; anything else never reaches a key."""
    return _PATTERN.fullmatch(text) is not None


def to_bytes(text: str) -> bytes:
    """Return the 17 bytes of an id: shorter than its 26 characters, and one spelling each."""
    value = 0
    for character in text:
        value = value * 32 + _ALPHABET.index(character)
    return value.to_bytes(_BYTES)


def from_bytes(raw: bytes) -> str:
    """Return the id of 17 bytes.

    Raises:
        ValueError: they are no id's.
    """
    value = int.from_bytes(raw)
    if len(raw) != _BYTES or value >= 32**26:
        raise ValueError("not an id")
    return _base32(value)


def from_hash(digest: bytes) -> str:
    """Return the id that stands for a hash: its first 130 bits."""
    return _base32(int.from_bytes(digest[:_BYTES]) >> 6)


def _base32(value: int) -> str:
    characters = []
    for _ in range(26):
        value, low = divmod(value, 32)
        characters.append(_ALPHABET[low])
    return "".join(reversed(characters))
