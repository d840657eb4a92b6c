"""How a child's weight compares with others of that age and sex: the LMS method. Pure.

Why it exists: the reference is data (D12). `data/README.md` says where it comes from and how sure
it is; another one is another file. Source of the method: Cole and Green 1992, as the WHO applies
it: with L, M and S of an age, z = ((weight / M)^L - 1) / (L S), and z is of a normal law.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from statistics import NormalDist
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

_FILE: Final = Path(__file__).parent / "data" / "weight_for_age_who.json"
_NORMAL: Final = NormalDist()

Sex = Literal["F", "M"]


class _Table(BaseModel):
    """Rows of one sex: an age in days or in months, then L, M and S."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    by_day: list[tuple[float, float, float, float]]
    by_month: list[tuple[float, float, float, float]]


class _Reference(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    edition: str
    source: str
    certainty: Literal["A", "B", "M", "P"]
    note: str
    days_per_month: float
    percentiles: list[int]
    girls: _Table
    boys: _Table


@dataclass(frozen=True, slots=True)
class Lms:
    """The law of weights at an age: its skewness, median in kg, coefficient of variation."""

    skewness: float
    median: float
    variation: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where a weight is among those of that age, in days: between two percentiles, None: beyond."""

    age_days: int
    above: int | None
    below: int | None


@dataclass(frozen=True, slots=True)
class Curve:
    """The weight in kg that a share of children, in percent, do not reach, one for each age."""

    percentile: int
    weights: Sequence[float]


@cache
def reference() -> _Reference:
    """Return the reference in force.

    Raises:
        pydantic.ValidationError: the file does not say what it should, or says more.
    """
    return _Reference.model_validate_json(_FILE.read_text(encoding="utf-8"))


def ages(sex: Sex) -> list[float]:
    """Return the ages in days that the reference has a row for, the youngest first."""
    return [day for day, _ in _rows(sex)]


def law_at(sex: Sex, age_days: float) -> Lms | None:
    """Return the law of weights at an age, in proportion between two rows; None: it has none."""
    rows = _rows(sex)
    after = bisect_right(rows, age_days, key=lambda row: row[0])
    if after == 0 or age_days > rows[-1][0]:
        return None
    before = rows[after - 1]
    if after == len(rows):
        return before[1]
    (first, low), (last, high) = before, rows[after]
    share = (age_days - first) / (last - first)
    return Lms(
        low.skewness + share * (high.skewness - low.skewness),
        low.median + share * (high.median - low.median),
        low.variation + share * (high.variation - low.variation),
    )


def z_score(law: Lms, weight: float) -> float:
    """Return how many standard deviations a weight in kg is from the median."""
    if law.skewness == 0:
        return math.log(weight / law.median) / law.variation
    power = float((weight / law.median) ** law.skewness)
    return (power - 1) / (law.skewness * law.variation)


def percentile(law: Lms, weight: float) -> float:
    """Return the share of children, in percent, whose weight is under one in kg."""
    return 100 * _NORMAL.cdf(z_score(law, weight))


def weight_at(law: Lms, z: float) -> float:
    """Return the weight in kg at a number of standard deviations from the median."""
    if law.skewness == 0:
        return law.median * math.exp(law.variation * z)
    return float(law.median * (1 + law.skewness * law.variation * z) ** (1 / law.skewness))


def place(sex: Sex, born_on: date, day: date, weight: float) -> Place | None:
    """Return where a weight in kg is on a day; None: the reference says nothing of that age."""
    age = (day - born_on).days
    law = law_at(sex, age)
    if law is None:
        return None
    share, known = percentile(law, weight), reference().percentiles
    return Place(
        age_days=age,
        above=max((one for one in known if one <= share), default=None),
        below=min((one for one in known if one > share), default=None),
    )


def curves(sex: Sex) -> list[Curve]:
    """Return the curve of each percentile of the reference, the lowest first, to the gram."""
    laws = [law for _, law in _rows(sex)]
    found = []
    for one in reference().percentiles:
        z = _NORMAL.inv_cdf(one / 100)
        found.append(Curve(one, [round(weight_at(law, z), 3) for law in laws]))
    return found


@cache
def _rows(sex: Sex) -> list[tuple[float, Lms]]:
    known = reference()
    table = known.girls if sex == "F" else known.boys
    by_month = [(month * known.days_per_month, *law) for month, *law in table.by_month]
    return [(day, Lms(*law)) for day, *law in (*table.by_day, *by_month)]
