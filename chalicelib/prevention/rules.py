"""What is recommended to a person on a day, and when that changes. Pure. Source: D12, R-AGE-03.

Nothing here is medical advice: a rule says what is proposed to everybody of an age, and why; what
somebody's own history changes is for her doctor.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from chalicelib.core.errors import FieldError, Invalid
from chalicelib.prevention import calendars
from chalicelib.prevention.ages import Duration, after
from chalicelib.prevention.model import Answer, Choice, Person, Recommendation, State
from chalicelib.prevention.occurrences import Occurrence, occurrences

# « Plus tard » is at most so far away.
LONGEST_DELAY: Final = Duration(24, 0)
_ONE_DAY: Final = timedelta(days=1)
_ANSWERED: Final = {
    Choice.DONE: State.DONE,
    Choice.NOT_CONCERNED: State.NOT_CONCERNED,
    Choice.LATER: State.LATER,
}
_Known = tuple[Occurrence, Answer | None]


def recommendations(person: Person, answers: Sequence[Answer], today: date) -> list[Recommendation]:
    """Return what is recommended today and what was answered, soonest window first."""
    found = [
        _recommendation(one, answer, state)
        for one, answer in _known(person, answers)
        if (state := _state(one, answer, today)) is not None
    ]
    return sorted(found, key=lambda one: (one.window_opens_on, one.rule_id, one.occurrence))


def next_change(person: Person, answers: Sequence[Answer], today: date) -> date | None:
    """Return the next day on which `recommendations` says something else, or None."""
    days = {day for known in _known(person, answers) for day in _turns(*known) if day > today}
    before = recommendations(person, answers, today)
    changes = (day for day in sorted(days) if recommendations(person, answers, day) != before)
    return next(changes, None)


def next_opening(person: Person, answers: Sequence[Answer], today: date) -> date | None:
    """Return the next day on which something newly becomes to plan: the day to remind of it."""
    days = (_opening(one, answer) for one, answer in _known(person, answers))
    return min((day for day in days if day is not None and day > today), default=None)


def is_to_do(one: Recommendation) -> bool:
    """Tell whether something waits for the person."""
    return one.state in (State.TO_PLAN, State.LATE)


def check_answer(answer: Answer, person: Person, today: date) -> None:
    """Refuse an answer that cannot be true; every error at once.

    Raises:
        Invalid: `/on` (missing, before birth, future, not asked) or `/until` (likewise, too far).
    """
    errors = [*_errors_of_day(answer, person, today), *_errors_of_delay(answer, today)]
    if errors:
        raise Invalid(errors=tuple(errors))


def _errors_of_day(answer: Answer, person: Person, today: date) -> Iterator[FieldError]:
    if answer.state is not Choice.DONE:
        if answer.on is not None:
            yield FieldError("/on", "not_with_state")
    elif answer.on is None:
        yield FieldError("/on", "missing")
    elif answer.on > today:
        yield FieldError("/on", "date_future")
    elif answer.on < person.birth_on:
        yield FieldError("/on", "date_before_birth")


def _errors_of_delay(answer: Answer, today: date) -> Iterator[FieldError]:
    if answer.state is not Choice.LATER:
        if answer.until is not None:
            yield FieldError("/until", "not_with_state")
    elif answer.until is None:
        yield FieldError("/until", "missing")
    elif answer.until <= today:
        yield FieldError("/until", "date_past")
    elif answer.until > after(today, LONGEST_DELAY):
        yield FieldError("/until", "date_too_far", {"years": LONGEST_DELAY.months // 12})


def _known(person: Person, answers: Sequence[Answer]) -> list[_Known]:
    """Return every occurrence of every rule, with what was answered to it."""
    said: dict[str, dict[str, Answer]] = {}
    for answer in answers:
        said.setdefault(answer.rule_id, {})[answer.occurrence] = answer
    return [
        (one, said.get(rule.common.id, {}).get(one.name))
        for rule in calendars.rules()
        for one in occurrences(rule, person, said.get(rule.common.id, {}))
    ]


def _state(one: Occurrence, answer: Answer | None, today: date) -> State | None:
    """Return how something stands, None if it is not shown."""
    if answer is not None and answer.state is Choice.DONE:
        return State.DONE
    if today < one.shown_from or (one.closes_on is not None and today > one.closes_on):
        return None
    if answer is not None and (answer.until is None or today <= answer.until):
        return _ANSWERED[answer.state]
    if today < one.opens_on:
        return State.UPCOMING
    is_late = one.recommended_until is not None and today > one.recommended_until
    return State.LATE if is_late else State.TO_PLAN


def _opening(one: Occurrence, answer: Answer | None) -> date | None:
    if answer is None:
        return one.opens_on
    if answer.state is not Choice.LATER or answer.until is None:
        return None
    opens = max(one.opens_on, answer.until + _ONE_DAY)
    return opens if one.closes_on is None or opens <= one.closes_on else None


def _turns(one: Occurrence, answer: Answer | None) -> Iterator[date]:
    """Return the days on which an occurrence may look different."""
    yield one.shown_from
    yield one.opens_on
    lasts = [one.recommended_until, one.closes_on, answer.until if answer else None]
    yield from (last + _ONE_DAY for last in lasts if last is not None and last < date.max)


def _recommendation(one: Occurrence, answer: Answer | None, state: State) -> Recommendation:
    common = one.common
    holds = answer if answer is not None and _ANSWERED[answer.state] is state else None
    return Recommendation(
        rule_id=common.id,
        occurrence=one.name,
        kind=common.kind,
        title=one.title,
        reason=common.reason,
        window_opens_on=one.opens_on,
        recommended_until=one.recommended_until,
        window_closes_on=one.closes_on,
        state=state,
        source=common.source,
        is_mandatory=common.is_mandatory,
        on=holds.on if holds else None,
        until=holds.until if holds else None,
    )
