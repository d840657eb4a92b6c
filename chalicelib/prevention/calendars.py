"""The calendar in force, read from its data file and checked whole: the unknown fails loudly."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from chalicelib.prevention.ages import Duration, duration
from chalicelib.prevention.model import Certainty, Kind, Source

_FILE: Final = Path(__file__).parent / "data" / "calendar_fr_2025_2026.json"


@dataclass(frozen=True, slots=True)
class Common:
    """What every rule says."""

    id: str
    kind: Kind
    title: str
    reason: str
    is_mandatory: bool
    source: Source


@dataclass(frozen=True, slots=True)
class Dose:
    """One dose of a series: from which age, late after which, how long after the one before."""

    n: str
    at: Duration
    until: Duration
    min_interval: Duration | None


@dataclass(frozen=True, slots=True)
class Series:
    """Doses of those born since a day, proposed until an age."""

    common: Common
    born_from: date
    closes: Duration
    doses: tuple[Dose, ...]


@dataclass(frozen=True, slots=True)
class Boosters:
    """Boosters at ages in years, each proposed until the next."""

    common: Common
    ages: tuple[int, ...]
    recommended_for: Duration


@dataclass(frozen=True, slots=True)
class Season:
    """Once a season from an age on; days as (month, day), the close in the following year."""

    common: Common
    min_age: Duration
    opens: tuple[int, int]
    closes: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Interval:
    """How long after a round the next one is; the first that fits its number and age holds."""

    every: Duration
    round: int | None
    under: Duration | None


@dataclass(frozen=True, slots=True)
class Rounds:
    """Again and again between two ages; `before` is the age at which it stops."""

    common: Common
    sex: Literal["F", "M"] | None
    min_age: Duration
    before: Duration
    intervals: tuple[Interval, ...]
    recommended_for: Duration


@dataclass(frozen=True, slots=True)
class Exam:
    """One examination, between two ages."""

    code: str
    label: str
    opens: Duration
    closes: Duration


@dataclass(frozen=True, slots=True)
class Exams:
    """Examinations at given ages."""

    common: Common
    exams: tuple[Exam, ...]


Rule = Series | Boosters | Season | Rounds | Exams


@cache
def rules() -> tuple[Rule, ...]:
    """Return the rules of the calendar in force.

    Raises:
        KeyError, TypeError, ValueError: the data file is not what this code knows.
    """
    return read(json.loads(_FILE.read_text(encoding="utf-8")))


def read(calendar: dict[str, Any]) -> tuple[Rule, ...]:
    """Read the rules of a calendar. Raises as `rules`."""
    found = tuple(_rule(dict(one)) for one in calendar["rules"])
    names = [one.common.id for one in found]
    if len(set(names)) != len(names):
        raise ValueError("two rules have one name")
    return found


def _rule(value: dict[str, Any]) -> Rule:
    form, common = value.pop("form"), _common(value)
    rule = _FORMS[form](common, value)
    if value:
        raise ValueError(f"unknown in {common.id}: {sorted(value)}")
    return rule


def _common(value: dict[str, Any]) -> Common:
    source = value.pop("source")
    return Common(
        id=value.pop("id"),
        kind=Kind(value.pop("kind")),
        title=value.pop("title"),
        reason=value.pop("reason"),
        is_mandatory=value.pop("mandatory"),
        source=Source(source["text"], source["reference"], Certainty(source["certainty"])),
    )


def _series(common: Common, value: dict[str, Any]) -> Series:
    return Series(
        common,
        born_from=date.fromisoformat(value.pop("born_from")),
        closes=duration(value.pop("closes")),
        doses=tuple(_dose(one) for one in value.pop("doses")),
    )


def _dose(value: dict[str, str]) -> Dose:
    return Dose(
        n=value["n"],
        at=duration(value["at"]),
        until=duration(value["until"]),
        min_interval=_maybe(value.get("min_interval")),
    )


def _boosters(common: Common, value: dict[str, Any]) -> Boosters:
    first, step, last = value.pop("ages"), value.pop("then_every"), value.pop("last")
    ages = (*first, *range(first[-1] + step, last + 1, step))
    return Boosters(common, ages, duration(value.pop("recommended_for")))


def _season(common: Common, value: dict[str, Any]) -> Season:
    return Season(
        common,
        min_age=duration(value.pop("min_age")),
        opens=_day(value.pop("opens")),
        closes=_day(value.pop("closes")),
    )


def _rounds(common: Common, value: dict[str, Any]) -> Rounds:
    return Rounds(
        common,
        sex=value.pop("sex"),
        min_age=duration(value.pop("min_age")),
        before=duration(value.pop("before")),
        intervals=tuple(
            Interval(duration(one["every"]), one.get("round"), _maybe(one.get("under")))
            for one in value.pop("intervals")
        ),
        recommended_for=duration(value.pop("recommended_for")),
    )


def _exams(common: Common, value: dict[str, Any]) -> Exams:
    return Exams(
        common,
        tuple(
            Exam(one["code"], one["label"], duration(one["opens"]), duration(one["closes"]))
            for one in value.pop("exams")
        ),
    )


def _maybe(text: str | None) -> Duration | None:
    return duration(text) if text else None


def _day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)


_FORMS: Final[Mapping[str, Callable[[Common, dict[str, Any]], Rule]]] = {
    "series": _series,
    "boosters": _boosters,
    "season": _season,
    "rounds": _rounds,
    "exams": _exams,
}
