"""What is recommended to a person on a day, and when that changes. Source: D12, R-AGE-03.

An answer about what the calendars do not know is ignored, so that a new edition breaks no record.
"""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from chalicelib.core.errors import FieldError, Invalid
from chalicelib.prevention import child_exams, screening, vaccination
from chalicelib.prevention.calendars import Period, months_between
from chalicelib.prevention.model import (
    Answer,
    Choice,
    Coming,
    Kind,
    Person,
    Recommendation,
    State,
)
from chalicelib.prevention.occurrences import Given, Occurrence

# Our proposal: nothing is put off for more than a year.
MAX_LATER: Final = Period(months=12, days=0)
# Our proposal: what comes after is told this long ahead, and at least the first of it.
TOLD_AHEAD: Final = Period(months=24, days=0)
_OPEN: Final = frozenset({State.TO_PLAN, State.LATE})
Key = tuple[str, str]


def recommendations(person: Person, answers: Sequence[Answer], today: date) -> list[Recommendation]:
    """Return what is recommended today and what was answered, soonest window first."""
    given = _given(answers)
    found = list(_occurrences(person, given, today))
    shown = (
        occurrence.on(today, given.get((occurrence.rule_id, occurrence.key)))
        for occurrence in found
    )
    return sorted(
        (_followed(one, found, given) for one in shown if one is not None),
        key=lambda one: (one.window_opens_on, one.rule_id, one.occurrence),
    )


def _followed(one: Recommendation, found: list[Occurrence], given: Given) -> Recommendation:
    """Say when the next one of its series is due, if this one is done."""
    if one.state is not State.DONE:
        return one
    later = (
        other.opens
        for other in found
        if other.rule_id == one.rule_id and _key(other) not in given
        if other.opens > one.window_opens_on
    )
    return replace(one, next_on=min(later, default=None))


def coming(person: Person, answers: Sequence[Answer], today: date) -> list[Coming]:
    """Return the steps of the next two years not yet shown, soonest first; at least the next one.

    A series holds only its next dose, a programme its next round: those after it are found by
    supposing each done as soon as it may be, and say that they depend on it.
    """
    given, end = _given(answers), TOLD_AHEAD.after(today)
    known = {_key(one): one.opens for one in _occurrences(person, given, today)}
    shown = {(one.rule_id, one.occurrence) for one in recommendations(person, answers, today)}
    later = sorted(
        (one for one in _supposed(person, given, today, end) if one.opens > today),
        key=lambda one: (one.opens, *_key(one)),
    )
    later = [one for one in later if _key(one) not in shown]
    last = max([end, *(one.opens for one in later[:1])])
    return [
        Coming(
            one.kind, one.title, one.opens, months_between(person.birth_on, one.opens),
            is_conditional=known.get(_key(one)) != one.opens,
        )
        for one in later if one.opens <= last
    ]  # fmt: skip


def next_change(person: Person, answers: Sequence[Answer], today: date) -> date | None:
    """Return the next day on which `recommendations` says something else, or None."""
    now = recommendations(person, answers, today)
    return _first(person, answers, today, lambda _, then: then != now)


def next_opening(
    person: Person, answers: Sequence[Answer], today: date, refused: Container[Kind] = ()
) -> date | None:
    """Return the next day to remind of something, of a kind that is not refused.

    It newly becomes to plan; or it waits since the dose or round before, and it is time for the
    next one: who did not answer once is not forgotten for ever.
    """
    known = _open(recommendations(person, answers, today), refused)
    again = {
        (day, _key(one))
        for one in _occurrences(person, _given(answers), today)
        for day in one.again
    }

    def is_it(day: date, then: list[Recommendation]) -> bool:
        now_open = _open(then, refused)
        return bool(now_open - known) or any((day, key) in again for key in now_open)

    return _first(person, answers, today, is_it)


def check_answer(answer: Answer, person: Person, answers: Sequence[Answer], today: date) -> None:
    """Refuse an answer that cannot be true, given those before it; every error at once.

    `on` belongs to « Réalisé » and `until` to « Plus tard »; each is then necessary. What was done
    too early to count is refused (R-VAC-10), and what was done after its season; and what is put
    off until it cannot be done.

    Raises:
        Invalid: `/rule_id`, `/on` or `/until`.
    """
    found = _occurrences(person, _given(answers), today)
    target = next((one for one in found if _key(one) == _key_of(answer)), None)
    errors = [] if target else [FieldError("/rule_id", "unknown_rule")]
    errors += _errors_of_on(answer, target, person, answers, today)
    errors += _errors_of_until(answer, target, today)
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


def is_to_do(one: Recommendation, refused: Container[Kind] = ()) -> bool:
    """Tell whether something waits for the person, of a kind that is not refused."""
    return one.state in _OPEN and one.kind not in refused


def urgency(one: Recommendation) -> tuple[bool, date]:
    """Return what sorts things to do: what may still be in time before what is late, then the end.

    So a season that ends in two months comes before a screening proposed for twenty years.
    """
    return one.state is State.LATE, one.recommended_until or date.max


def _given(answers: Sequence[Answer]) -> Given:
    return {(answer.rule_id, answer.occurrence): answer for answer in answers}


def _occurrences(person: Person, given: Given, today: date) -> Iterator[Occurrence]:
    yield from vaccination.occurrences(person, given, today)
    yield from screening.occurrences(person, given)
    yield from child_exams.occurrences(person)


def _supposed(person: Person, given: Given, today: date, end: date) -> list[Occurrence]:
    """Return what there would be if all that opens until a day were done as soon as it may be."""
    supposed = dict(given)
    while True:
        found = list(_occurrences(person, supposed, today))
        waiting = [
            one
            for one in found
            if not ((said := supposed.get(_key(one))) and said.state.concludes)
            if one.opens <= end and (one.closes is None or today <= one.closes)
        ]
        if not waiting:
            return found
        for one in waiting:
            said = supposed.get(_key(one))
            on = max(
                one.opens, today, *((day for day in (said.on, said.until) if day) if said else ())
            )
            supposed[_key(one)] = Answer(one.rule_id, one.key, Choice.DONE, on)


def _open(shown: list[Recommendation], refused: Container[Kind]) -> set[Key]:
    return {(one.rule_id, one.occurrence) for one in shown if is_to_do(one, refused)}


def _key(one: Occurrence) -> Key:
    return one.rule_id, one.key


def _key_of(answer: Answer) -> Key:
    return answer.rule_id, answer.occurrence


def _first(
    person: Person,
    answers: Sequence[Answer],
    today: date,
    is_it: Callable[[date, list[Recommendation]], bool],
) -> date | None:
    given = _given(answers)
    days = {
        day
        for occurrence in _occurrences(person, given, today)
        for day in occurrence.changes(given.get((occurrence.rule_id, occurrence.key)))
        if day > today
    }
    then = ((day, recommendations(person, answers, day)) for day in sorted(days))
    return next((day for day, shown in then if is_it(day, shown)), None)


def _errors_of_on(
    answer: Answer,
    target: Occurrence | None,
    person: Person,
    answers: Sequence[Answer],
    today: date,
) -> list[FieldError]:
    if answer.state is not Choice.DONE:
        return [FieldError("/on", "not_expected")] if answer.on else []
    if answer.on is None:
        return [FieldError("/on", "missing")]
    if answer.on < person.birth_on:
        return [FieldError("/on", "date_before_birth")]
    if answer.on > today:
        return [FieldError("/on", "date_future")]
    if target and target.counts_until and answer.on > target.counts_until:
        day = target.counts_until.strftime("%d/%m/%Y")
        return [FieldError("/on", "after_season", {"day": day})]
    return _errors_of_order(answer, person, answers, today)


def _errors_of_order(
    answer: Answer, person: Person, answers: Sequence[Answer], today: date
) -> list[FieldError]:
    """Refuse a day on which it does not count, or after which a later dose no longer does.

    What was kept under an earlier edition of the calendars stays as it is (R-VAC-15).
    """
    others = [one for one in answers if _key_of(one) != _key_of(answer)]
    too_early = _too_early(person, [*others, answer], today)
    if _key_of(answer) in too_early:
        day = too_early[_key_of(answer)].strftime("%d/%m/%Y")
        return [FieldError("/on", "too_early", {"day": day})]
    is_new = too_early.keys() - _too_early(person, answers, today).keys()
    return [FieldError("/on", "after_next")] if is_new else []


def _too_early(person: Person, answers: Sequence[Answer], today: date) -> dict[Key, date]:
    """Return what was done before it counts, with the day from which it would."""
    given = _given(answers)
    return {
        _key(one): one.counts_from
        for one in _occurrences(person, given, today)
        if (said := given.get(_key(one))) and said.state is Choice.DONE
        if said.on and one.is_too_early(said.on)
    }


def _errors_of_until(answer: Answer, target: Occurrence | None, today: date) -> list[FieldError]:
    if answer.state is not Choice.LATER:
        return [FieldError("/until", "not_expected")] if answer.until else []
    if answer.until is None:
        return [FieldError("/until", "missing")]
    if answer.until < today:
        return [FieldError("/until", "date_past")]
    if target and target.closes and answer.until >= target.closes:
        day = target.closes.strftime("%d/%m/%Y")
        return [FieldError("/until", "after_window", {"day": day})]
    too_far = answer.until > MAX_LATER.after(today)
    return [FieldError("/until", "too_far")] if too_far else []
