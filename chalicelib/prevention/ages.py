"""Ages and intervals, in calendar months and days. Pure.

An age is reached on the day of the month one was born on or, where there is none, on the last day
of the month: somebody born on 29 February is a year older on the 28th of common years (R20).
Source: Code de procédure civile, article 641.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

_DURATION: Final = re.compile(
    r"P(?=[0-9])(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)W)?(?:([0-9]+)D)?", re.ASCII
)
_FAR: Final = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Duration:
    """A number of calendar months, then of days."""

    months: int
    days: int


def duration(text: str) -> Duration:
    """Read an ISO 8601 duration of years, months, weeks and days.

    Raises:
        ValueError: it is none.
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(f"not a duration: {text}")
    years, months, weeks, days = (int(part or 0) for part in match.groups())
    return Duration(12 * years + months, 7 * weeks + days)


def after(day: date, length: Duration) -> date:
    """Return the day that is so long after another; the last day there is, if it is beyond."""
    month = day.month - 1 + length.months
    year = day.year + month // 12
    if year > _FAR.year:
        return _FAR
    in_month = monthrange(year, month % 12 + 1)[1]
    try:
        return date(year, month % 12 + 1, min(day.day, in_month)) + timedelta(days=length.days)
    except OverflowError:
        return _FAR


def years(count: int) -> Duration:
    """Return so many years."""
    return Duration(12 * count, 0)
