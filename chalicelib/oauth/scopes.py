"""What an application asks for, in the words of SMART App Launch 2, and what of it was given. Pure.

Each scope is read as lines of a consent; a scope that is not here is refused, never guessed. What
was given is always written in one spelling, kind by kind: `patient/Observation.rs` may be asked for
and means the two kinds there are, but is not answered, because it would promise the others.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from chalicelib.access.permissions import Permission

LAUNCH: Final = "launch/patient"
OFFLINE: Final = "offline_access"
MAX_CHARS: Final = 2_000
_WEIGHT: Final = "?code=http://loinc.org|29463-7"
_PRESSURE: Final = "?code=http://loinc.org|85354-9"
_INTERACTIONS: Final = "cruds"  # the order in which SMART writes them
_SCOPE: Final = re.compile(r"patient/([A-Z][A-Za-z]+)\.([cruds]{1,5})(\?[!-~]+)?", re.ASCII)

# A resource, which of it, and interactions that go together; with the line of a consent that they
# take, or None: any consent is enough.
Part = tuple[str, str, str]
_PARTS: Final[Mapping[Part, Permission | None]] = {
    ("Patient", "", "r"): None,
    ("Patient", "", "s"): None,
    ("Observation", _WEIGHT, "c"): Permission.WEIGHT_WRITE,
    ("Observation", _WEIGHT, "rs"): Permission.WEIGHT_READ,
    ("Observation", _PRESSURE, "c"): Permission.BLOOD_PRESSURE_WRITE,
    ("Observation", _PRESSURE, "rs"): Permission.BLOOD_PRESSURE_READ,
    ("Appointment", "", "cu"): Permission.APPOINTMENT_WRITE,
    ("Appointment", "", "rs"): Permission.APPOINTMENT_READ,
    ("DocumentReference", "", "c"): Permission.DOCUMENT_WRITE,
    ("DocumentReference", "", "rs"): Permission.DOCUMENT_READ,
    ("Binary", "", "r"): Permission.DOCUMENT_READ,
}


class UnknownScope(ValueError):  # noqa: N818  an outcome, not a fault
    """A scope is none of ours, or nothing is asked for."""


@dataclass(frozen=True, slots=True)
class Scopes:
    """What is asked for: parts of resources, and whether it is when the person is away as well."""

    parts: frozenset[Part]
    is_offline: bool = False
    is_launch: bool = False

    @property
    def permissions(self) -> list[Permission]:
        """The lines of a consent that it takes, in their order."""
        taken = {_PARTS[part] for part in self.parts}
        return [one for one in Permission if one in taken]

    def given(self, permissions: Collection[Permission]) -> str:
        """Write what of it is given by some lines of a consent."""
        parts = [
            part
            for part, line in _PARTS.items()
            if part in self.parts and (line is None or line in permissions)
        ]
        return " ".join(
            [
                *([LAUNCH] if self.is_launch else []),
                *([OFFLINE] if self.is_offline else []),
                *_written(parts),
            ]
        )

    def covers(self, other: "Scopes") -> bool:
        """Tell whether nothing of another is beyond this one."""
        is_offline_too = self.is_offline or not other.is_offline
        return other.parts <= self.parts and is_offline_too


def read(text: str) -> Scopes:
    """Read the scopes of a request.

    Raises:
        UnknownScope: one of them is not ours, or none takes a line of a consent.
    """
    words = text.split(" ")
    asked = {word for word in words if word not in (LAUNCH, OFFLINE)}
    found = Scopes(
        parts=frozenset(part for word in asked for part in _read_one(word)),
        is_offline=OFFLINE in words,
        is_launch=LAUNCH in words,
    )
    if len(text) > MAX_CHARS or not found.permissions:
        raise UnknownScope
    return found


def supported() -> list[str]:
    """Return every scope that may be asked for, as it is answered."""
    found = [LAUNCH, OFFLINE]
    for (resource, which), parts in groupby(_PARTS, key=lambda part: part[:2]):
        letters = [part[2] for part in parts]
        each = [*letters, "".join(letters)] if len(letters) > 1 else letters
        found += [_one(resource, which, one) for one in each]
    return found


def _read_one(word: str) -> list[Part]:
    match = _SCOPE.fullmatch(word)
    if match is None:
        raise UnknownScope
    resource, letters, asked = match[1], match[2], match[3]
    kinds = {part[1] for part in _PARTS if part[0] == resource}
    # An observation of no kind is of each there is.
    kinds = kinds if asked is None else kinds & {asked}
    parts = [
        part
        for part in _PARTS
        if part[0] == resource and part[1] in kinds and set(part[2]) <= set(letters)
    ]
    if not parts or any(_letters(parts, kind) != letters for kind in kinds):
        raise UnknownScope
    return parts


def _letters(parts: Collection[Part], kind: str) -> str:
    held = "".join(part[2] for part in parts if part[1] == kind)
    return "".join(letter for letter in _INTERACTIONS if letter in held)


def _written(parts: list[Part]) -> list[str]:
    return [
        _one(resource, which, "".join(part[2] for part in together))
        for (resource, which), together in groupby(parts, key=lambda part: part[:2])
    ]


def _one(resource: str, which: str, letters: str) -> str:
    ordered = "".join(letter for letter in _INTERACTIONS if letter in letters)
    return f"patient/{resource}.{ordered}{which}"
