"""The cancer screenings proposed to one person. Source: R-SCR-01, R-SCR-02, domain §5.1."""

from collections.abc import Iterator
from datetime import date, timedelta

from chalicelib.prevention.calendars import Period, Programme, current
from chalicelib.prevention.model import Answer, Certainty, Choice, Kind, Person, Source
from chalicelib.prevention.occurrences import Given, Occurrence, day_before

_DAY = timedelta(days=1)


def occurrences(person: Person, given: Given) -> Iterator[Occurrence]:
    """Return the rounds answered and the next one, programme by programme."""
    calendar = current().screening
    for programme in calendar.programmes:
        if programme.sex is None or person.sex in (programme.sex, None):
            yield from _rounds(programme, calendar.source, calendar.window_certainty, person, given)


def _rounds(
    programme: Programme, text: str, window: Certainty, person: Person, given: Given
) -> Iterator[Occurrence]:
    """Return the rounds until one waits for an answer, or ends the programme.

    A round stays « À planifier » as long as the programme lasts: what was done elsewhere is not
    known here, so that nobody is told to be late. She is reminded of it at each interval.
    """
    first = programme.opens.after(person.birth_on)
    closes = day_before(programme.closes.after(person.birth_on))
    opens, counts_from, early = first, first, programme.early.about()
    opens = max(opens, _after_former(programme, given))
    rank, is_excluded = 1, _is_excluded(programme, given)
    while True:
        answer = given.get((programme.id, str(rank)))
        if answer is None and (opens > closes or is_excluded):
            return
        interval = programme.intervals[min(rank, len(programme.intervals)) - 1]
        yield Occurrence(
            programme.id, str(rank), Kind.SCREENING, programme.title, programme.reason,
            Source(text, programme.reference, programme.certainty, window), opens, closes, closes,
            counts_from=counts_from, early=early, again=_repeated(interval, opens, closes),
        )  # fmt: skip
        following = _following(programme, answer, rank, opens)
        if answer is None or following is None:
            return
        counts_from, early = min(answer.on or opens, day_before(date.max)) + _DAY, timedelta(0)
        opens = max(following, first)
        rank += 1


def _following(programme: Programme, answer: Answer | None, rank: int, opens: date) -> date | None:
    """Return when the round after an answered one is due; None if there is none."""
    if answer is None:
        return None
    if answer.state is Choice.NOT_CONCERNED and programme.excluded_for and answer.on:
        return programme.excluded_for.after(answer.on)
    is_last = rank > len(programme.intervals) and not programme.repeats
    if answer.state is not Choice.DONE or is_last:
        return None
    interval = programme.intervals[min(rank, len(programme.intervals)) - 1]
    return interval.after(answer.on or opens)


def _repeated(interval: Period, opens: date, closes: date) -> tuple[date, ...]:
    """Return the days at each interval after a round opens, while it lasts."""
    days, day = [], interval.after(opens)
    while opens < day <= closes:
        days.append(day)
        opens, day = day, interval.after(day)
    return tuple(days)


def _is_excluded(programme: Programme, given: Given) -> bool:
    """Tell whether « Non concerné » was said of the programme that this one goes on from."""
    said = (answer.state for (rule, _), answer in given.items() if rule == programme.follows)
    return Choice.NOT_CONCERNED in said


def _after_former(programme: Programme, given: Given) -> date:
    """Return the day from which a programme may take over from the one before it."""
    if programme.after is None:
        return date.min
    done = [
        answer.on
        for (rule, _), answer in given.items()
        if rule == programme.follows and answer.state is Choice.DONE and answer.on
    ]
    return programme.after.after(max(done)) if done else date.min
