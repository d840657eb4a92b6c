"""What the vaccination calendar asks of one person.

Source: R-VAC-01; R-VAC-10 (minimal ages and intervals, a series goes on); R-VAC-11 (when the next
dose is due). Not done: catch-up schedules (R-VAC-11: where one begins, nothing more is said),
the view by disease (R-VAC-12), codes of products (R-VAC-13) and evidence from documents
(R-VAC-14): everything here is what she declares.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

from chalicelib.prevention.calendars import Boosters, Dose, Season, Series, current
from chalicelib.prevention.model import Answer, Choice, Kind, Person, Source, weakest
from chalicelib.prevention.occurrences import Given, Occurrence, day_before

_CATCH_UP: Final = (
    " La première dose ayant été faite plus tard que prévu, la suite est un rattrapage\u00a0:"
    " le nombre de doses et leurs dates sont à voir avec votre médecin."
)


def occurrences(person: Person, given: Given, today: date) -> Iterator[Occurrence]:
    """Return the doses, boosters and seasons that may be shown around a day."""
    calendar = current().vaccination
    for series in calendar.series:
        if person.birth_on >= series.born_from:
            yield from _doses(series, calendar.source, person, given)
    yield from _boosters(calendar.boosters, calendar.source, person)
    for season in calendar.seasons:
        yield from _seasons(season, calendar.source, person, today, given)


def _doses(series: Series, text: str, person: Person, given: Given) -> Iterator[Occurrence]:
    """Return the doses answered and the next one: a series goes on, it never restarts.

    While one waits, the person is reminded of it at the age of each of those after it.
    """
    born = person.birth_on
    closes = day_before(series.closes.after(born)) if series.closes else None
    due = [max(dose.age.after(born), series.since) for dose in series.doses]
    after, counts_from = date.min, born
    for rank, dose in enumerate(series.doses, start=1):
        opens = max(after, due[rank - 1])
        end = series.within.after(opens)
        until = day_before(max(end, dose.before.after(born)) if dose.before else end)
        if closes is not None:
            until = min(until, closes)
        answer = given.get((series.id, str(rank)))
        if answer is None and closes is not None and opens > closes:
            return
        counts_from = max(counts_from, dose.min_age.after(born) if dose.min_age else born)
        marks = [series.certainty]
        marks += [series.within_certainty] if until == day_before(end) else []
        is_catch_up = rank == 1 and _is_catch_up(series, born, answer)
        yield Occurrence(
            series.id, str(rank), Kind.VACCINATION, f"{series.title}, dose {rank}",
            series.reason + (_CATCH_UP if is_catch_up else ""),
            Source(text, series.reference, series.certainty, weakest(*marks)), opens, until, closes,
            counts_from=counts_from, early=series.early.about(), is_mandatory=True,
            again=tuple(day for day in due[rank:] if opens < day <= (closes or date.max)),
        )  # fmt: skip
        if answer is None or not answer.state.concludes or is_catch_up:
            return
        for following in series.doses[rank : rank + 1]:
            after, counts_from = _after(following, answer, counts_from)


def _is_catch_up(series: Series, born: date, first: Answer | None) -> bool:
    """Tell whether the first dose was done so late that the doses after it are others."""
    age = series.catch_up_from
    return bool(age and first and first.on and first.state is Choice.DONE
                and first.on >= age.after(born))  # fmt: skip


def _after(dose: Dose, former: Answer, counts_from: date) -> tuple[date, date]:
    """Return when a dose is due after the one before it, and from when it counts."""
    done = former.on if former.state is Choice.DONE else None
    due = dose.interval.after(done) if dose.interval and done else date.min
    least = dose.shortest or dose.interval
    return due, least.after(done or counts_from) if least else counts_from


def _boosters(boosters: list[Boosters], text: str, person: Person) -> Iterator[Occurrence]:
    """Return the boosters; each is open until the next one, and is not asked for afterwards."""
    dated = [(rule, age, age.after(person.birth_on)) for rule in boosters for age in rule.ages]
    nexts = [opens for _, _, opens in dated[1:]] + [date.max]
    for (rule, age, opens), following in zip(dated, nexts, strict=True):
        years = age.months // 12
        window = weakest(rule.certainty, rule.within_certainty)
        yield Occurrence(
            rule.id, str(years), Kind.VACCINATION, f"{rule.title}, à {years}\u00a0ans", rule.reason,
            Source(text, rule.reference, rule.certainty, window),
            opens, day_before(rule.within.after(opens)), day_before(following),
            counts_from=opens, early=rule.early.about(),
        )  # fmt: skip


def _seasons(
    season: Season, text: str, person: Person, today: date, given: Given
) -> Iterator[Occurrence]:
    """Return the seasons answered, those around this day, and the first ones of her age."""
    old_enough = season.age.after(person.birth_on)
    answered = {int(key) for rule, key in given if rule == season.id and _is_year(key)}
    years = answered | {year + 1 for year in answered}
    for first in (today.year, old_enough.year):
        years |= set(range(first - 1, first + 3))
    window = weakest(season.certainty, season.window_certainty)
    for year in sorted(years):
        if not date.min.year <= year < date.max.year:
            continue
        starts, closes = date(year, *season.opens), date(year + 1, *season.closes)
        opens = max(starts, old_enough)
        if opens <= closes:
            yield Occurrence(
                season.id, str(year), Kind.VACCINATION,
                f"{season.title}, saison {year}-{year + 1}", season.reason,
                Source(text, season.reference, season.certainty, window), opens, closes, closes,
                counts_from=starts, early=season.early.about(), counts_until=closes,
            )  # fmt: skip


def _is_year(key: str) -> bool:
    return len(key) == len("2026") and key.isascii() and key.isdecimal()
