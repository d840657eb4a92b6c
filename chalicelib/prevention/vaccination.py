"""What the vaccination calendar asks of one person. Source: R-VAC-01, R-VAC-10 to R-VAC-15."""

from collections.abc import Iterator
from datetime import date

from chalicelib.prevention.calendars import Boosters, Season, Series, current, source_of
from chalicelib.prevention.model import Kind, Person
from chalicelib.prevention.occurrences import Given, Occurrence, day_before


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
    """Return the doses answered and the next one: a series goes on, it never restarts."""
    born = person.birth_on
    closes = day_before(series.closes.after(born)) if series.closes else None
    opens = date.min
    for rank, dose in enumerate(series.doses, start=1):
        opens = max(opens, dose.age.after(born), series.since)
        end = series.within.after(opens)
        until = day_before(max(end, dose.before.after(born)) if dose.before else end)
        if closes is not None:
            until = min(until, closes)
        answer = given.get((series.id, str(rank)))
        if answer is None and closes is not None and opens > closes:
            return
        yield Occurrence(
            series.id, str(rank), Kind.VACCINATION, f"{series.title}, dose {rank}", series.reason,
            source_of(text, series), opens, until, closes, is_mandatory=True,
        )  # fmt: skip
        if answer is None or not answer.state.concludes:
            return
        following = series.doses[rank : rank + 1]
        if answer.on and following and following[0].interval:
            opens = following[0].interval.after(answer.on)


def _boosters(boosters: list[Boosters], text: str, person: Person) -> Iterator[Occurrence]:
    """Return the boosters; each is open until the next one, and is not asked for afterwards."""
    dated = [(rule, age, age.after(person.birth_on)) for rule in boosters for age in rule.ages]
    nexts = [opens for _, _, opens in dated[1:]] + [date.max]
    for (rule, age, opens), following in zip(dated, nexts, strict=True):
        years = age.months // 12
        yield Occurrence(
            rule.id, str(years), Kind.VACCINATION, f"{rule.title}, à {years}\u00a0ans", rule.reason,
            source_of(text, rule), opens, day_before(rule.within.after(opens)),
            day_before(following),
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
    for year in sorted(years):
        if not date.min.year <= year < date.max.year:
            continue
        closes = date(year + 1, *season.closes)
        opens = max(date(year, *season.opens), old_enough)
        if opens <= closes:
            yield Occurrence(
                season.id, str(year), Kind.VACCINATION,
                f"{season.title}, saison {year}-{year + 1}", season.reason,
                source_of(text, season), opens, closes, closes,
            )  # fmt: skip


def _is_year(key: str) -> bool:
    return len(key) == len("2026") and key.isascii() and key.isdecimal()
