"""The terms of an application: what a person reads of it before she turns its lines on. Pure.

A consent is bound to them, line by line: what is said of the whole application, and why it asks
for that line. Where the words change, the line is off until she agrees anew (R-SVC-04).
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from chalicelib.access.applications import ANSWER_WITHIN, Said
from chalicelib.access.applications import Terms as InForce
from chalicelib.access.permissions import Permission
from chalicelib.catalogue.model import Draft
from chalicelib.core import clock

# Each stood thirty days: more than the twelve months that a consent holds.
_STOOD: Final = 13


@dataclass(frozen=True, slots=True)
class Terms:
    """What a person reads; `reasons` say why each line is asked for."""

    name: str
    publisher: str
    purpose: str
    retention: str
    reasons: Mapping[Permission, str]


def of(draft: Draft) -> Terms:
    """Return the terms in what a publisher says; where it is opened and what it costs are none."""
    return Terms(
        name=draft.name,
        publisher=draft.publisher.name,
        purpose=draft.purpose,
        retention=draft.retention,
        reasons={one.permission: one.why for one in draft.data_asked},
    )


def digests(terms: Terms) -> dict[str, str]:
    """Return the digest of what is read of each line."""
    whole = [terms.name, terms.publisher, terms.purpose, terms.retention]
    return {one.value: _digest([*whole, why]) for one, why in terms.reasons.items()}


def in_force(before: InForce, draft: Draft, now: str) -> dict[str, Said]:
    """Return the terms that are online from now on; those that stay keep since when they are.

    A line that is left out stays as an empty one: left out and put back, it is not a new one.
    """
    said = digests(of(draft))
    return {
        line: _following(before.get(line), said.get(line, ""), now)
        for line in sorted({*before, *said})
    }


def _following(before: Said | None, digest: str, now: str) -> Said:
    if before is None:
        return Said(digest=digest, since=now, stood=[])
    if before["digest"] == digest:
        return before
    has_stood = clock.instant(now) >= clock.instant(before["since"]) + ANSWER_WITHIN
    stood = [*before["stood"], *([before["since"]] if has_stood else [])]
    return Said(digest=digest, since=now, stood=stood[-_STOOD:])


def version(digest_of: Mapping[str, str], lines: Collection[Permission]) -> str:
    """Name what is read of some lines together, to agree to that and nothing else."""
    return _digest([f"{one} {digest_of.get(one, '')}" for one in sorted(lines)])


def version_in_force(terms: InForce, lines: Collection[Permission]) -> str:
    """Name what is read of some lines together, as `version` does, from the terms in force."""
    return version({line: said["digest"] for line, said in terms.items()}, lines)


def _digest(words: list[str]) -> str:
    said = json.dumps(words, ensure_ascii=False).encode()
    return hashlib.sha256(said).hexdigest()[:32]
