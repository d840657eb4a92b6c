"""A measure that a person notes of herself, and what is asked when one is added."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, Literal

# A keyed hash of the kind, then the instant: enough to find the row, and a valid id in FHIR.
MEASURE_ID: Final = re.compile(r"[0-9]\.[a-z2-7]{32}\.[0-9A-HJKMNP-TV-Z]{26}", re.ASCII)


class MeasureKind(StrEnum):
    """What is measured."""

    WEIGHT = "weight"
    BLOOD_PRESSURE = "blood_pressure"


class Component(StrEnum):
    """One figure of a measure."""

    WEIGHT = "weight"
    SYSTOLIC = "systolic"
    DIASTOLIC = "diastolic"


COMPONENTS: Final[Mapping[MeasureKind, tuple[Component, ...]]] = {
    MeasureKind.WEIGHT: (Component.WEIGHT,),
    MeasureKind.BLOOD_PRESSURE: (Component.SYSTOLIC, Component.DIASTOLIC),
}
UNITS: Final[Mapping[MeasureKind, Literal["kg", "mmHg"]]] = {
    MeasureKind.WEIGHT: "kg",
    MeasureKind.BLOOD_PRESSURE: "mmHg",
}

Values = Mapping[str, Decimal]  # by the name of each component


@dataclass(frozen=True, slots=True)
class Draft:
    """What an author says, as it came; `at` is an instant with the offset of where it was taken."""

    kind: MeasureKind
    at: str
    values: Values
    comment: str | None = None
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Range:
    """What a figure usually is at an age, both included: outside, it is worth a second look."""

    component: Component
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Details:
    """What an author says of a measure, once it is acceptable.

    `at` keeps the offset it was said with: the day and hour are those of where it was taken.
    `unusual` are the ranges that its figures are out of, as they were when it was added.
    """

    kind: MeasureKind
    at: datetime
    values: Values
    comment: str | None
    device: str | None
    unusual: tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Who added it: the kind of actor and its name, which is absent for the person herself."""

    kind: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of a record, as one reader knows it. It never changes: it is added or deleted.

    `is_own`: the reader added it. `is_deletable`: by this reader.
    """

    id: str
    details: Details
    source: Source
    created_at: datetime
    is_own: bool
    is_deletable: bool


@dataclass(frozen=True, slots=True)
class Target:
    """The weight, in kg, that a person of age wants to reach, until a day if she said one."""

    weight: Decimal
    by: date | None
    set_at: datetime


@dataclass(frozen=True, slots=True)
class Window:
    """Which measures: of one kind or of all, on some days or between instants.

    Days are those of where each was taken, both included; `until` is exclusive. None: no bound.
    """

    kind: MeasureKind | None = None
    first: date | None = None
    last: date | None = None
    since: datetime | None = None
    until: datetime | None = None
    oldest_first: bool = False

    @property
    def kinds(self) -> tuple[MeasureKind, ...]:
        """The kinds it names."""
        return (self.kind,) if self.kind else tuple(MeasureKind)
