"""The versioned calendars, read once and checked: an unknown or missing field stops the reading.

Why it exists: prevention is data (D12). `data/README.md` says where it comes from and how sure it
is; a new edition is a new file, never a change of code.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

from chalicelib.prevention.model import Certainty

_DATA: Final = Path(__file__).parent / "data"
_PERIOD: Final = re.compile(r"P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")


@dataclass(frozen=True, slots=True)
class Period:
    """A length of calendar time."""

    months: int
    days: int

    def after(self, day: date) -> date:
        """Return the day this long after another; the last day there is, when beyond the year 9999.

        A day that the month does not have becomes the first of the next month, so that nobody is
        ever taken for older than she is: born on 29 February, one is a year older on 1 March, as
        for the age of majority (R20).
        """
        year, month = divmod(day.year * 12 + day.month - 1 + self.months, 12)
        if year > date.max.year:
            return date.max
        try:
            reached = date(year, month + 1, day.day)
        except ValueError:
            reached = date(year, month + 2, 1)
        return reached + timedelta(days=min(self.days, (date.max - reached).days))

    def about(self) -> timedelta:
        """Return how long this is, to a day or so: for tolerances."""
        return timedelta(days=self.months * 365.25 / 12 + self.days)


def months_between(first: date, last: date) -> int:
    """Return how many whole months run from a day to a later one."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return months - (last.day < first.day)


def read_period(text: object) -> Period:
    """Read an ISO 8601 duration in years, months, weeks and days.

    Raises:
        ValueError: it is not one.
    """
    found = _PERIOD.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError("not a duration in years, months, weeks and days")
    years, months, weeks, days = (int(part or 0) for part in found.groups())
    return Period(years * 12 + months, weeks * 7 + days)


Length = Annotated[Period, BeforeValidator(read_period)]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class _Rule(_Data):
    """What every rule says: `reason` is what the person reads, `note` is for those who check.

    `early` is how long before its time what was done still counts.
    """

    id: str
    title: str
    reason: str
    reference: str
    certainty: Certainty
    early: Length
    note: str = ""


class Dose(_Data):
    """One dose: due at `age`, recommended until just before the age `before`, if given.

    It does not count before `min_age`, nor before `shortest` after the dose before it; `interval`
    stands for `shortest` where that is not given.
    """

    age: Length
    before: Length | None = None
    min_age: Length | None = None
    interval: Length | None = None
    shortest: Length | None = None


class Series(_Rule):
    """Doses in order, mandatory for those born from `born_from`, required from `since`.

    Whoever has the first at `catch_up_from` or later follows another schedule, which is not here.
    """

    born_from: date
    since: date
    catch_up_from: Length | None = None
    closes: Length | None
    within: Length
    within_certainty: Certainty
    doses: list[Dose]


class Boosters(_Rule):
    """Boosters at fixed ages; each stays open until that of the next."""

    ages: list[Length]
    within: Length
    within_certainty: Certainty


class Season(_Rule):
    """A yearly campaign, from `opens` to `closes` of the next year (month, day), from an age."""

    age: Length
    opens: tuple[int, int]
    closes: tuple[int, int]
    window_certainty: Certainty


class VaccinationCalendar(_Data):
    """The vaccination calendar."""

    edition: str
    valid_from: date
    source: str
    series: list[Series]
    boosters: list[Boosters]
    seasons: list[Season]


class Programme(_Rule):
    """A screening, from the age `opens` until just before `closes`; each round after the last one.

    `intervals` are those of the rounds after the first; the last repeats when `repeats`. `follows`
    is the programme it takes over from, `after` the time since that one's last round. « Non
    concerné » ends it, or puts it off for as long as `excluded_for` from the day it was said.
    """

    sex: Literal["F"] | None
    opens: Length
    closes: Length
    intervals: list[Length]
    repeats: bool
    follows: str | None = None
    after: Length | None = None
    excluded_for: Length | None = None


class ScreeningCalendar(_Data):
    """The organised screenings."""

    edition: str
    valid_from: date
    source: str
    window_certainty: Certainty
    programmes: list[Programme]


class Exam(_Data):
    """One exam, from the age `opens` until just before `closes`."""

    id: str
    title: str
    code: str
    opens: Length
    closes: Length
    certificate: int | None


class ExamCalendar(_Data):
    """The mandatory exams of a child, in order."""

    edition: str
    valid_from: date
    source: str
    certainty: Certainty
    window_certainty: Certainty
    early: Length
    reason: str
    certificate_reason: str
    exams: list[Exam]


@dataclass(frozen=True, slots=True)
class Calendars:
    """All calendars in force."""

    vaccination: VaccinationCalendar
    screening: ScreeningCalendar
    exams: ExamCalendar


@cache
def current() -> Calendars:
    """Return the calendars in force.

    Raises:
        pydantic.ValidationError: a file does not say what it should, or says more.
    """
    return Calendars(
        VaccinationCalendar.model_validate_json(_read("vaccination_fr_2025_2026.json")),
        ScreeningCalendar.model_validate_json(_read("screening_fr_2025.json")),
        ExamCalendar.model_validate_json(_read("child_exams_fr_2025.json")),
    )


def _read(name: str) -> bytes:
    return (_DATA / name).read_bytes()
