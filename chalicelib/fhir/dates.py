"""Dates of searches: `ge2026-01-01`, `2026-03`, `lt2026-03-01T08:00:00+01:00`. Pure.

A value stands for all of its day, month, minute…, as FHIR R4 has it (search.html#date).
"""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, TypeVar

from chalicelib.core.errors import FieldError, Invalid

T = TypeVar("T", date, datetime)

_PREFIXES: Final = "eq, ge, le, gt, lt, sa, eb"
_VALUE: Final = re.compile(
    r"(eq|ge|le|gt|lt|sa|eb|)(\d{4})(?:-(\d\d)(?:-(\d\d)"
    r"(T\d\d:\d\d)(:\d\d)?(\.\d{1,6})?(Z|[+-]\d\d:\d\d)|-(\d\d))?)?",
    re.ASCII,
)
_LOWER: Final = frozenset({"eq", "", "ge"})
_UPPER: Final = frozenset({"eq", "", "le"})
_AFTER: Final = frozenset({"gt", "sa"})
_BEFORE: Final = frozenset({"lt", "eb"})


@dataclass(frozen=True, slots=True)
class Span:
    """What several values of one parameter leave: days, both included, and instants.

    `until` is exclusive. None: no bound.
    """

    first: date | None = None
    last: date | None = None
    since: datetime | None = None
    until: datetime | None = None


def span(name: str, values: Sequence[str], *, days_only: bool = False) -> Span:
    """Read the values of a parameter, each of which narrows.

    Raises:
        Invalid: one is no date; or says an instant, where days are asked for.
    """
    found = Span()
    for value in values:
        try:
            # A plus that nobody quoted is read as a space in a query.
            found = _narrowed(found, value.replace(" ", "+"), days_only=days_only)
        except (ValueError, OverflowError):
            expected = f"{_PREFIXES}; AAAA-MM-JJ" + ("" if days_only else "Thh:mm:ss+hh:mm")
            error = FieldError(f"/query/{name}", "fhir_value", {"expected": expected})
            raise Invalid(errors=(error,)) from None
    return found


def _narrowed(before: Span, value: str, *, days_only: bool) -> Span:
    match = _VALUE.fullmatch(value)
    if match is None or (days_only and match[5]):
        raise ValueError("not such a date")
    if match[5]:
        return _by_instant(before, match)
    first, last = _days(match)
    prefix, day = match[1], timedelta(days=1)
    low = first if prefix in _LOWER else last + day if prefix in _AFTER else None
    high = last if prefix in _UPPER else first - day if prefix in _BEFORE else None
    return Span(
        _latest(before.first, low), _earliest(before.last, high), before.since, before.until
    )


def _days(match: re.Match[str]) -> tuple[date, date]:
    year, month, day = int(match[2]), match[3], match[9]
    if day:
        one = date(year, int(month), int(day))
        return one, one
    if month:
        last = calendar.monthrange(year, int(month))[1]
        return date(year, int(month), 1), date(year, int(month), last)
    return date(year, 1, 1), date(year, 12, 31)


def _by_instant(before: Span, match: re.Match[str]) -> Span:
    written = f"{match[2]}-{match[3]}-{match[4]}{match[5]}{match[6] or ':00'}{match[7] or ''}"
    begins = datetime.fromisoformat(written + match[8].replace("Z", "+00:00"))
    unit = timedelta(minutes=1) if not match[6] else timedelta(seconds=1)
    ends = begins + (timedelta(milliseconds=1) if match[7] else unit)
    prefix = match[1]
    low = begins if prefix in _LOWER else ends if prefix in _AFTER else None
    high = ends if prefix in _UPPER else begins if prefix in _BEFORE else None
    return Span(
        before.first, before.last, _latest(before.since, low), _earliest(before.until, high)
    )


def _latest(one: T | None, other: T | None) -> T | None:
    return max(one, other) if one and other else one or other


def _earliest(one: T | None, other: T | None) -> T | None:
    return min(one, other) if one and other else one or other
