"""The cancer screenings proposed to one person. Source: R-SCR-01, R-SCR-02, domain §5.1."""

from collections.abc import Iterator
from datetime import date

from chalicelib.prevention.calendars import Programme, current, source_of
from chalicelib.prevention.model import Choice, Kind, Person
from chalicelib.prevention.occurrences import Given, Occurrence, day_before


def occurrences(person: Person, given: Given) -> Iterator[Occurrence]:
    """Return the rounds answered and the next one, programme by programme."""
    calendar = current().screening
    for programme in calendar.programmes:
        if programme.sex is None or person.sex in (programme.sex, None):
            yield from _rounds(programme, calendar.source, person, given)


def _rounds(programme: Programme, text: str, person: Person, given: Given) -> Iterator[Occurrence]:
    """Return the rounds until one is not done: « Non concerné » ends the programme.

    A round stays « À planifier » as long as the programme lasts: what was done elsewhere is not
    known here, so that nobody is told to be late.
    """
    born = person.birth_on
    closes = day_before(programme.closes.after(born))
    opens = max(programme.opens.after(born), _after_former(programme, given))
    rank = 1
    while True:
        answer = given.get((programme.id, str(rank)))
        if answer is None and opens > closes:
            return
        yield Occurrence(
            programme.id, str(rank), Kind.SCREENING, programme.title, programme.reason,
            source_of(text, programme), opens, closes, closes,
        )  # fmt: skip
        if answer is None or answer.state is not Choice.DONE:
            return
        if rank > len(programme.intervals) and not programme.repeats:
            return
        interval = programme.intervals[min(rank, len(programme.intervals)) - 1]
        opens = max(interval.after(answer.on or opens), programme.opens.after(born))
        rank += 1


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
