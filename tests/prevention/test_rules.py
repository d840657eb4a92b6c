from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.errors import Invalid
from chalicelib.prevention.calendars import current
from chalicelib.prevention.model import Answer, Choice, Person, State
from chalicelib.prevention.rules import check_answer, next_change, next_opening, recommendations

TODAY = date(2026, 11, 25)
WOMAN = Person(date(1970, 1, 15), "F")
_ENDED = (Choice.DONE, Choice.NOT_CONCERNED)


def _rule_ids() -> list[str]:
    calendars = current()
    vaccination = calendars.vaccination
    return [
        *(rule.id for rule in vaccination.series),
        *(rule.id for rule in vaccination.boosters),
        *(rule.id for rule in vaccination.seasons),
        *(rule.id for rule in calendars.screening.programmes),
        *(exam.id for exam in calendars.exams.exams),
    ]


_days = st.dates(date(1900, 1, 1), date(2100, 1, 1))
_people = st.builds(Person, _days, st.sampled_from(["F", "M", None]))
_answers = st.lists(
    st.builds(
        Answer,
        st.sampled_from([*_rule_ids(), "none"]),
        st.sampled_from(["1", "2", "3", "25", "65", "75", "2025", "2026", "2027", "9999", "x", ""]),
        st.sampled_from(Choice),
        st.none() | st.dates(),
        st.none() | _days,
    ),
    max_size=12,
)


@given(_people, _answers, st.dates())
def test_no_birth_date_answer_or_day_breaks_the_rules(
    person: Person, answers: list[Answer], today: date
) -> None:
    shown = recommendations(person, answers, today)
    assert len({(one.rule_id, one.occurrence) for one in shown}) == len(shown)
    for day in (next_change(person, answers, today), next_opening(person, answers, today)):
        assert day is None or day > today


@given(_people, _answers, _days, st.floats(0, 1))
def test_nothing_changes_before_the_next_change(
    person: Person, answers: list[Answer], today: date, part: float
) -> None:
    now = recommendations(person, answers, today)
    change = next_change(person, answers, today)
    last = (change or date(2400, 1, 1)) - timedelta(days=1)
    between = today + timedelta(days=int((last - today).days * part))
    assert recommendations(person, answers, between) == now
    assert recommendations(person, answers, last) == now
    assert change is None or recommendations(person, answers, change) != now


@given(_people, _days)
def test_an_answer_ends_what_was_to_plan(person: Person, today: date) -> None:
    for one in recommendations(person, [], today):
        for choice in _ENDED:
            answer = Answer(one.rule_id, one.occurrence, choice, today)
            again = recommendations(person, [answer], today)
            same = [other for other in again if other.occurrence == one.occurrence]
            states = [other.state for other in same if other.rule_id == one.rule_id]
            assert states == [State(choice)]


@given(_people, _days)
def test_a_reminder_falls_on_the_day_something_becomes_to_plan(person: Person, today: date) -> None:
    day = next_opening(person, [], today)
    if day is not None:
        shown = recommendations(person, [], day)
        assert any(one.state is State.TO_PLAN and one.window_opens_on == day for one in shown)


def test_what_is_put_off_is_reminded_of_again_the_day_after() -> None:
    later = Answer("breast", "1", Choice.LATER, until=date(2026, 12, 24))
    assert next_opening(WOMAN, [later], TODAY) == date(2026, 12, 25)


def test_a_season_of_the_first_year_is_found_from_afar() -> None:
    boosters = [Answer("dTP-65", "65", Choice.NOT_CONCERNED)]
    man = Person(date(1990, 12, 1), "M")
    answers = [*boosters, Answer("colorectal", "1", Choice.NOT_CONCERNED)]
    assert next_opening(man, answers, date(2045, 1, 1)) == date(2055, 12, 1)


def test_late_says_to_see_the_doctor() -> None:
    [one] = [
        one for one in recommendations(Person(date(1960, 1, 1), "M"), [], TODAY)
        if one.rule_id == "dTP-65"
    ]  # fmt: skip
    assert one.state is State.LATE
    assert "à discuter avec votre médecin" in one.reason


def _errors(answer: Answer, person: Person = WOMAN) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        check_answer(answer, person, [], TODAY)
    return [(error.pointer, error.code) for error in refused.value.errors]


@pytest.mark.parametrize(
    ("choice", "on", "until", "expected"),
    [
        (Choice.DONE, None, None, ("/on", "missing")),
        (Choice.DONE, date(1970, 1, 14), None, ("/on", "date_before_birth")),
        (Choice.DONE, date(2026, 11, 26), None, ("/on", "date_future")),
        (Choice.DONE, date(9999, 12, 31), None, ("/on", "date_future")),
        (Choice.NOT_CONCERNED, TODAY, None, ("/on", "not_expected")),
        (Choice.NOT_CONCERNED, None, TODAY, ("/until", "not_expected")),
        (Choice.LATER, None, None, ("/until", "missing")),
        (Choice.LATER, None, TODAY, ("/until", "date_past")),
        (Choice.LATER, None, date(2027, 11, 26), ("/until", "too_far")),
    ],
)
def test_an_impossible_date_is_refused(
    choice: Choice, on: date | None, until: date | None, expected: tuple[str, str]
) -> None:
    assert _errors(Answer("breast", "1", choice, on, until)) == [expected]


def test_everything_wrong_is_said_at_once() -> None:
    answer = Answer("nothing", "1", Choice.DONE, date(1900, 1, 1), TODAY)
    assert _errors(answer) == [
        ("/rule_id", "unknown_rule"),
        ("/on", "date_before_birth"),
        ("/until", "not_expected"),
    ]


def test_a_later_dose_is_answered_after_the_one_before_it() -> None:
    child = Person(date(2026, 1, 10), "F")
    second = Answer("MenB-infant", "2", Choice.DONE, TODAY)
    assert _errors(second, child) == [("/rule_id", "unknown_rule")]
    first = Answer("MenB-infant", "1", Choice.DONE, date(2026, 4, 10))
    check_answer(second, child, [first], TODAY)


@pytest.mark.parametrize("until", [date(2026, 11, 26), date(2027, 11, 25)])
def test_one_may_put_off_from_a_day_to_a_year(until: date) -> None:
    check_answer(Answer("breast", "1", Choice.LATER, until=until), WOMAN, [], TODAY)


@pytest.mark.parametrize("today", [date.min, date.max])
def test_the_first_and_last_days_of_the_calendar_are_days(today: date) -> None:
    person = Person(date(1950, 1, 1), "F")
    assert recommendations(person, [], today) == []
    assert (next_change(person, [], today) is None) is (today == date.max)


def test_what_is_not_in_the_calendars_is_unknown() -> None:
    assert _errors(Answer("nothing", "1", Choice.NOT_CONCERNED)) == [("/rule_id", "unknown_rule")]
