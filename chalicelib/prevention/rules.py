"""What is recommended to a person on a day, and when that changes. Source: D12, R-AGE-03.

An answer about what the calendars do not know is ignored, so that a new edition breaks no record.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Final

from chalicelib.core.errors import FieldError, Invalid
from chalicelib.prevention import child_exams, screening, vaccination
from chalicelib.prevention.calendars import Period
from chalicelib.prevention.model import Answer, Choice, Person, Recommendation, State
from chalicelib.prevention.occurrences import Given, Occurrence

# Our proposal: nothing is put off for more than a year.
MAX_LATER: Final = Period(months=12, days=0)
_OPEN: Final = frozenset({State.TO_PLAN, State.LATE})


def recommendations(person: Person, answers: Sequence[Answer], today: date) -> list[Recommendation]:
    """Return what is recommended today and what was answered, soonest window first."""
    given = _given(answers)
    shown = (
        occurrence.on(today, given.get((occurrence.rule_id, occurrence.key)))
        for occurrence in _occurrences(person, given, today)
    )
    return sorted(
        (one for one in shown if one is not None),
        key=lambda one: (one.window_opens_on, one.rule_id, one.occurrence),
    )


def next_change(person: Person, answers: Sequence[Answer], today: date) -> date | None:
    """Return the next day on which `recommendations` says something else, or None."""
    now = recommendations(person, answers, today)
    return _first(person, answers, today, lambda then: then != now)


def next_opening(person: Person, answers: Sequence[Answer], today: date) -> date | None:
    """Return the next day on which something newly becomes to plan: the day to remind of it."""
    known = _open(recommendations(person, answers, today))
    return _first(person, answers, today, lambda then: bool(_open(then) - known))


def check_answer(answer: Answer, person: Person, answers: Sequence[Answer], today: date) -> None:
    """Refuse an answer that cannot be true, given those before it; every error at once.

    `on` belongs to « Réalisé » and `until` to « Plus tard »; each is then necessary.

    Raises:
        Invalid: `/rule_id`, `/on` or `/until`.
    """
    errors = _errors_of_rule(answer, person, answers, today)
    errors += _errors_of_on(answer, person, today) + _errors_of_until(answer, today)
    if errors:
        raise Invalid(errors=tuple(errors))


def check_undoing(on: date | None, until: date | None) -> None:
    """Refuse days beside « À planifier »: they would be dropped unsaid.

    Raises:
        Invalid: `/on`, `/until`.
    """
    said = {"/on": on, "/until": until}
    errors = tuple(FieldError(pointer, "not_expected") for pointer, day in said.items() if day)
    if errors:
        raise Invalid(errors=errors)


def is_to_do(one: Recommendation) -> bool:
    """Tell whether something waits for the person."""
    return one.state in _OPEN


def _given(answers: Sequence[Answer]) -> Given:
    return {(answer.rule_id, answer.occurrence): answer for answer in answers}


def _occurrences(person: Person, given: Given, today: date) -> Iterator[Occurrence]:
    yield from vaccination.occurrences(person, given, today)
    yield from screening.occurrences(person, given)
    yield from child_exams.occurrences(person)


def _open(shown: list[Recommendation]) -> set[tuple[str, str]]:
    return {(one.rule_id, one.occurrence) for one in shown if is_to_do(one)}


def _first(
    person: Person,
    answers: Sequence[Answer],
    today: date,
    is_it: Callable[[list[Recommendation]], bool],
) -> date | None:
    given = _given(answers)
    days = {
        day
        for occurrence in _occurrences(person, given, today)
        for day in occurrence.changes(given.get((occurrence.rule_id, occurrence.key)))
        if day > today
    }
    return next((day for day in sorted(days) if is_it(recommendations(person, answers, day))), None)


def _errors_of_rule(
    answer: Answer, person: Person, answers: Sequence[Answer], today: date
) -> list[FieldError]:
    is_known = any(
        (one.rule_id, one.key) == (answer.rule_id, answer.occurrence)
        for one in _occurrences(person, _given(answers), today)
    )
    return [] if is_known else [FieldError("/rule_id", "unknown_rule")]


def _errors_of_on(answer: Answer, person: Person, today: date) -> list[FieldError]:
    if answer.state is not Choice.DONE:
        return [FieldError("/on", "not_expected")] if answer.on else []
    if answer.on is None:
        return [FieldError("/on", "missing")]
    if answer.on < person.birth_on:
        return [FieldError("/on", "date_before_birth")]
    return [FieldError("/on", "date_future")] if answer.on > today else []


def _errors_of_until(answer: Answer, today: date) -> list[FieldError]:
    if answer.state is not Choice.LATER:
        return [FieldError("/until", "not_expected")] if answer.until else []
    if answer.until is None:
        return [FieldError("/until", "missing")]
    if answer.until <= today:
        return [FieldError("/until", "date_past")]
    too_far = answer.until > MAX_LATER.after(today)
    return [FieldError("/until", "too_far")] if too_far else []
