from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.errors import Invalid
from chalicelib.prevention.calendars import current
from chalicelib.prevention.model import Answer, Choice, Kind, Person, State
from chalicelib.prevention.rules import (
    check_answer,
    coming,
    is_to_do,
    next_change,
    next_opening,
    recommendations,
    urgency,
)

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


@pytest.mark.slow
@given(_people, _answers, st.dates())
def test_no_birth_date_answer_or_day_breaks_the_rules(
    person: Person, answers: list[Answer], today: date
) -> None:
    shown = recommendations(person, answers, today)
    assert len({(one.rule_id, one.occurrence) for one in shown}) == len(shown)
    later = coming(person, answers, today)
    assert [one.opens_on for one in later] == sorted(one.opens_on for one in later)
    assert all(one.opens_on > today for one in later)
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


def _is_anniversary(person: Person, day: date) -> bool:
    return day.day in {1, person.birth_on.day}


@given(_people, _days)
def test_a_reminder_falls_on_the_day_something_becomes_to_plan(person: Person, today: date) -> None:
    day = next_opening(person, [], today)
    if day is not None:
        opened = {
            (one.rule_id, one.occurrence)
            for one in recommendations(person, [], day)
            if is_to_do(one)
        }
        before = recommendations(person, [], day - timedelta(days=1))
        known = {(one.rule_id, one.occurrence) for one in before if is_to_do(one)}
        assert opened - known or (opened and _is_anniversary(person, day))


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


def _errors(
    answer: Answer, person: Person = WOMAN, answers: Sequence[Answer] = ()
) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        check_answer(answer, person, answers, TODAY)
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
        (Choice.LATER, None, date(2026, 11, 24), ("/until", "date_past")),
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


def _reminded(
    person: Person, start: date, until: date, refused: tuple[Kind, ...] = ()
) -> list[date]:
    days, day = [], next_opening(person, [], start, refused)
    while day and day < until:
        days.append(day)
        day = next_opening(person, [], day, refused)
    return days


def test_who_never_answers_is_reminded_at_the_age_of_each_dose() -> None:
    born = Person(date(2026, 1, 10), "F")
    days = _reminded(born, born.birth_on, date(2028, 1, 10), (Kind.EXAM,))
    months = [(day.year - 2026) * 12 + day.month - 1 for day in days]
    assert all(day.day == 10 for day in days)
    assert months == [2, 3, 4, 5, 6, 11, 12, 16]


def test_who_never_answers_is_reminded_of_a_screening_at_each_interval() -> None:
    days = _reminded(WOMAN, date(2019, 1, 1), date(2046, 1, 1), (Kind.VACCINATION,))
    ages = [day.year - 1970 for day in days]
    assert [age for age in ages if age > 65] == [66, 68, 70, 72, 74]
    assert {50, 52, 54, 56, 58, 60, 62, 64} <= set(ages)


def test_what_is_refused_is_not_reminded_of() -> None:
    every = (Kind.VACCINATION, Kind.SCREENING, Kind.EXAM)
    assert next_opening(WOMAN, [], TODAY, every) is None


_CHILD = Person(date(2025, 1, 10), "F")


@pytest.mark.parametrize(
    ("person", "rule", "rank", "least"),
    [
        (_CHILD, "DTCaP-IPV-Hib-HepB", "1", date(2025, 2, 17)),  # 6 weeks less 4 days
        (_CHILD, "MMR", "1", date(2026, 1, 6)),  # 12 months less 4 days: not at 9 months
        (_CHILD, "MenACWY-infant", "1", date(2025, 7, 6)),
        (_CHILD, "M9", "1", date(2025, 7, 3)),  # once the window of the one before is over
        (Person(date(1950, 1, 1), "M"), "Influenza", "2026", date(2026, 9, 1)),
        (Person(date(1961, 11, 1), "M"), "dTP-65", "65", date(2021, 11, 1)),
        (Person(date(1976, 6, 1), "F"), "breast", "1", date(2024, 6, 1)),
    ],
)
def test_what_was_done_before_it_counts_is_refused(
    person: Person, rule: str, rank: str, least: date
) -> None:  # R-VAC-10
    check_answer(Answer(rule, rank, Choice.DONE, least), person, [], TODAY)
    early = Answer(rule, rank, Choice.DONE, least - timedelta(days=1))
    assert _errors(early, person) == [("/on", "too_early")]


@pytest.mark.parametrize("days", [-1, 0, 56])
def test_a_dose_too_soon_after_the_one_before_is_refused(days: int) -> None:
    first = Answer("PCV-infant", "1", Choice.DONE, date(2025, 3, 10))
    second = Answer("PCV-infant", "2", Choice.DONE, date(2025, 3, 10) + timedelta(days=days))
    assert _errors(second, _CHILD, [first]) == [("/on", "too_early")]
    check_answer(replace(second, on=date(2025, 5, 6)), _CHILD, [first], TODAY)


def test_a_dose_is_not_moved_after_the_next_one() -> None:
    said = [
        Answer("PCV-infant", "1", Choice.DONE, date(2025, 3, 10)),
        Answer("PCV-infant", "2", Choice.DONE, date(2025, 5, 10)),
    ]
    moved = replace(said[0], on=date(2025, 6, 1))
    assert _errors(moved, _CHILD, said) == [("/on", "after_next")]


def test_the_booster_of_the_catch_up_of_menb_counts_two_months_after() -> None:
    said = [
        Answer("MenB-infant", "1", Choice.DONE, date(2025, 8, 10)),
        Answer("MenB-infant", "2", Choice.DONE, date(2025, 11, 10)),
    ]
    third = Answer("MenB-infant", "3", Choice.DONE, date(2026, 1, 10))
    check_answer(third, _CHILD, said, TODAY)


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        (date(2027, 1, 30), None),
        (date(2027, 1, 31), "after_window"),
        (date(2027, 5, 25), "after_window"),
    ],
)
def test_nothing_is_put_off_until_it_cannot_be_done(until: date, expected: str | None) -> None:
    old = Person(date(1950, 1, 1), "M")
    later = Answer("Influenza", "2026", Choice.LATER, until=until)
    if expected is None:
        check_answer(later, old, [], TODAY)
        assert next_opening(old, [later], TODAY) is not None
    else:
        assert _errors(later, old) == [("/until", expected)]


def test_what_ends_soonest_comes_first_and_what_is_late_after_what_is_in_time() -> None:
    shown = recommendations(Person(date(1960, 6, 1), "F"), [], TODAY)
    todo = sorted((one for one in shown if is_to_do(one)), key=urgency)
    names = [one.rule_id for one in todo]
    assert names == ["Influenza", "breast", "colorectal", "dTP-65"]


@pytest.mark.parametrize(
    ("born", "rule", "certainty", "window"),
    [
        (date(2026, 9, 25), "DTCaP-IPV-Hib-HepB", "B", "P"),
        (date(2026, 11, 1), "M2", "A", "B"),
        (date(2026, 5, 10), "M6", "A", "P"),  # late: its catch-up is ours
        (date(1950, 1, 1), "Influenza", "B", "M"),
        (date(1970, 1, 1), "breast", "B", "P"),
    ],
)
def test_how_sure_the_dates_are_is_said_apart_from_what_is_recommended(
    born: date, rule: str, certainty: str, window: str
) -> None:
    shown = recommendations(Person(born, "F"), [], TODAY)
    found = next(one for one in shown if one.rule_id == rule)
    assert (found.source.certainty, found.source.window) == (certainty, window)


@pytest.mark.parametrize(
    ("series", "first", "ends"),
    [
        ("DTCaP-IPV-Hib-HepB", date(2026, 1, 10), True),
        ("DTCaP-IPV-Hib-HepB", date(2026, 1, 9), False),
        ("PCV-infant", date(2025, 8, 10), True),
        ("PCV-infant", date(2025, 8, 9), False),
        ("MenB-infant", date(2026, 1, 10), True),
        ("MenB-infant", date(2026, 1, 9), False),
        ("MenACWY-infant", date(2026, 1, 10), True),
        ("MenACWY-infant", date(2026, 1, 9), False),
    ],
)
def test_a_first_dose_so_late_that_others_follow_it_ends_what_is_said_of_its_series(
    series: str, first: date, *, ends: bool
) -> None:
    """Born on 10 January 2025; the catch-up of the calendar has other doses (R-VAC-11)."""
    said = [Answer(series, "1", Choice.DONE, first)]
    shown = recommendations(Person(date(2025, 1, 10), "F"), said, date(2026, 6, 1))
    doses = [one for one in shown if one.rule_id == series]
    assert [one.occurrence for one in doses] == (["1"] if ends else ["1", "2"])
    assert ("est un rattrapage" in doses[0].reason) is ends


def test_what_is_not_for_her_at_27_is_not_for_her_at_30_until_she_takes_it_back() -> None:
    """Without a womb there is no test at any age (R-SCR-01)."""
    said = [Answer("cervix-25-29", "1", Choice.NOT_CONCERNED, date(2026, 5, 5))]
    woman, at_30 = Person(date(1999, 5, 5), "F"), date(2029, 6, 1)

    def rules_shown(answers: list[Answer]) -> set[str]:
        return {one.rule_id for one in recommendations(woman, answers, at_30)}

    assert "cervix-30-65" not in rules_shown(said)
    assert "cervix-30-65" in rules_shown([])


@pytest.mark.parametrize(
    ("born", "today", "name", "closes", "mandatory"),
    [
        (date(2026, 9, 25), date(2026, 11, 25), "PCV-infant/1", date(2028, 9, 24), True),
        (date(2025, 11, 1), date(2026, 11, 25), "MMR/1", None, True),
        (date(1961, 1, 1), date(2026, 11, 25), "dTP-65/65", date(2035, 12, 31), False),
        (date(1950, 1, 1), date(2026, 11, 25), "Influenza/2026", date(2027, 1, 31), False),
        (date(1975, 6, 1), date(2026, 11, 25), "breast/1", date(2050, 5, 31), False),
        (date(2015, 11, 1), date(2026, 11, 25), "Y11-13/1", date(2030, 10, 31), True),
    ],
)
def test_how_long_it_stays_proposed_and_whether_the_law_asks_for_it(
    born: date, today: date, name: str, closes: date | None, *, mandatory: bool
) -> None:
    shown = recommendations(Person(born, "F"), [], today)
    one = next(one for one in shown if f"{one.rule_id}/{one.occurrence}" == name)
    assert (one.window_closes_on, one.is_mandatory) == (closes, mandatory)


def test_what_is_late_says_that_a_doctor_decides_of_the_rest() -> None:
    shown = recommendations(Person(date(1981, 11, 26), "M"), [], date(2027, 11, 26))
    late = next(one for one in shown if one.rule_id == "dTP-45")
    assert "le rattrapage est à discuter avec votre médecin" in late.reason
