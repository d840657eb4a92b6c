"""A trace: one entry of the history that the person reads, and what is sealed in it."""

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Audience(StrEnum):
    """For whom a history is: each has rows, a sequence and checkpoints of its own (D6).

    What is under minors' secrecy is the person's own to read, and never who represents her's. What
    is withheld is nobody's of her side until the document it is about was announced (ADR 0037).
    """

    GENERAL = "general"
    MINOR = "minor"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Trace:
    """Who did what, to what, when, by what right, with what outcome; never a title or content.

    `actor_name` is public data (a professional's), or the name of who represents a minor; other
    persons are not named.
    """

    id: str
    at: str
    actor: str
    actor_id: str
    actor_name: str | None
    profession: str | None
    organisation: str | None
    action: str
    outcome: str
    right: str
    right_since: str | None
    reference: str | None
    reason: str | None
    request_id: str
    salt: str


def canonical(trace: Trace) -> bytes:
    """Return the one spelling of a trace that commitments are made over: sorted JSON, UTF-8."""
    return json.dumps(
        asdict(trace), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


def commitment(trace: Trace) -> bytes:
    """Return a trace's salted commitment: it reveals nothing, and binds every field (D6)."""
    return hashlib.sha256(b"\x00" + canonical(trace)).digest()


def to_dict(trace: Trace) -> dict[str, Any]:
    """Write a trace for sealing."""
    return asdict(trace)


def from_dict(value: dict[str, Any]) -> Trace:
    """Read what `to_dict` wrote."""
    return Trace(**value)
