"""Which doses, rounds, seasons and examinations a rule holds for one person, and when. Pure.

An occurrence is named for ever by its rule and a text of its own (the rank of a dose, the age of a
booster, the year a season opens, the number of a round, the code of an examination).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from chalicelib.prevention.ages import Duration, after, years
from chalicelib.prevention.calendars import Boosters, Common, Exams, Rounds, Rule, Season, Series
from chalicelib.prevention.model import Answer, Choice, Person

# How long ahead of its window something is shown: days; ours to choose.
AHEAD_OF_CHILDREN: Final = timedelta(days=31)
AHEAD: Final = timedelta(days=92)
_ONE_DAY: Final = timedelta(days=1)
_OLDEST_SEASON: Final = 120  # age in years at which seasons are no longer listed
Answers = Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One thing to do, from `opens_on`; late after `recommended_until`; gone after `closes_on`."""

    common: Common
    name: str
    title: str
    opens_on: date
    recommended_until: date | None
    closes_on: date | None
    shown_from: date


def occurrences(rule: Rule, person: Person, answers: Answers) -> Iterator[Occurrence]:
    """Return what a rule holds for somebody who gave these answers to it, by occurrence."""
    match rule:
        case Series():
            return _series(rule, person, answers)
        case Boosters():
            return _boosters(rule, person)
        case Season():
            return _season(rule, person)
        case Rounds():
            return _rounds(rule, person, answers)
        case Exams():
            return _exams(rule, person)


def _series(rule: Series, person: Person, answers: Answers) -> Iterator[Occurrence]:
    if person.birth_on < rule.born_from:
        return
    closes, before = after(person.birth_on, rule.closes) - _ONE_DAY, None
    for dose in rule.doses:
        opens = after(person.birth_on, dose.at)
        if before and before.on and dose.min_interval:
            opens = max(opens, after(before.on, dose.min_interval))  # R-VAC-11
        yield Occurrence(
            common=rule.common,
            name=dose.n,
            title=rule.common.title.format(n=dose.n, total=len(rule.doses)),
            opens_on=opens,
            recommended_until=max(opens, after(person.birth_on, dose.until)),
            closes_on=closes,
            shown_from=opens - AHEAD_OF_CHILDREN,
        )
        before = answers.get(dose.n)


def _boosters(rule: Boosters, person: Person) -> Iterator[Occurrence]:
    starts = [after(person.birth_on, years(age)) for age in rule.ages]
    ends = [start - _ONE_DAY for start in starts[1:]]
    for age, opens, closes in zip(rule.ages, starts, [*ends, None], strict=True):
        yield Occurrence(
            common=rule.common,
            name=str(age),
            title=rule.common.title.format(n=age),
            opens_on=opens,
            recommended_until=after(opens, rule.recommended_for) - _ONE_DAY,
            closes_on=closes,
            shown_from=_ahead(opens),
        )


def _season(rule: Season, person: Person) -> Iterator[Occurrence]:
    reached = after(person.birth_on, rule.min_age)
    last = min(person.birth_on.year + _OLDEST_SEASON, date.max.year - 1)
    for year in range(reached.year - 1, last):
        closes = date(year + 1, *rule.closes)
        opens = max(reached, date(year, *rule.opens))
        if opens <= closes:
            yield Occurrence(
                common=rule.common,
                name=str(year),
                title=rule.common.title.format(n=f"{year}-{year + 1}"),
                opens_on=opens,
                recommended_until=closes,
                closes_on=closes,
                shown_from=_ahead(opens),
            )


def _rounds(rule: Rounds, person: Person, answers: Answers) -> Iterator[Occurrence]:
    """Give each round that was done, and the one that follows the last."""
    if rule.sex and person.sex and rule.sex != person.sex:
        return
    opens, closes = after(person.birth_on, rule.min_age), after(person.birth_on, rule.before)
    number = 1
    while opens < closes:
        yield Occurrence(
            common=rule.common,
            name=str(number),
            title=rule.common.title,
            opens_on=opens,
            recommended_until=min(after(opens, rule.recommended_for), closes) - _ONE_DAY,
            closes_on=closes - _ONE_DAY,
            shown_from=_ahead(opens),
        )
        answer = answers.get(str(number))
        if answer is None or answer.state is not Choice.DONE or answer.on is None:
            return
        opens = max(opens, after(answer.on, _interval(rule, number, person, answer.on)))
        number += 1


def _exams(rule: Exams, person: Person) -> Iterator[Occurrence]:
    for exam in rule.exams:
        opens = after(person.birth_on, exam.opens)
        closes = after(person.birth_on, exam.closes)
        yield Occurrence(
            common=rule.common,
            name=exam.code,
            title=rule.common.title.format(n=exam.label),
            opens_on=opens,
            recommended_until=closes,
            closes_on=closes,
            shown_from=opens - AHEAD_OF_CHILDREN if opens > person.birth_on else opens,
        )


def _interval(rule: Rounds, number: int, person: Person, done_on: date) -> Duration:
    for one in rule.intervals:
        is_young = one.under is None or done_on < after(person.birth_on, one.under)
        if is_young and one.round in (None, number):
            return one.every
    raise ValueError(f"no interval after round {number} of {rule.common.id}")


def _ahead(opens: date) -> date:
    return opens - AHEAD if opens > date.min + AHEAD else opens
