"""What is recommended, as properties over anybody, any answers, any day."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.errors import Invalid
from chalicelib.prevention import ages, calendars, rules
from chalicelib.prevention.model import Answer, Choice, Person, State

TODAY = date(2026, 11, 25)
persons = st.builds(Person, st.dates(date(1900, 1, 1), TODAY), st.sampled_from(["F", "M", None]))
days = st.dates(date(1990, 1, 1), date(2060, 12, 31))
names = st.sampled_from(
    [
        ("hexavalent", "1"),
        ("hexavalent", "2"),
        ("measles", "1"),
        ("dtp-adult", "45"),
        ("dtp-adult", "65"),
        ("influenza", "2026"),
        ("breast", "1"),
        ("breast", "2"),
        ("cervix", "1"),
        ("cervix", "2"),
        ("colorectal", "1"),
        ("child-exam", "MED-1232"),
        ("forgotten-rule", "1"),
    ]
)


@st.composite
def answers(draw: st.DrawFn) -> list[Answer]:
    found = {}
    for rule, occurrence in draw(st.lists(names, max_size=6)):
        choice = draw(st.sampled_from(list(Choice)))
        on = draw(days) if choice is Choice.DONE else None
        until = draw(days) if choice is Choice.LATER else None
        found[rule, occurrence] = Answer(rule, occurrence, choice, on, until)
    return list(found.values())


@given(persons, answers(), days)
def test_never_raises_and_gives_each_occurrence_once(
    person: Person, said: list[Answer], today: date
) -> None:
    found = rules.recommendations(person, said, today)
    named = [(one.rule_id, one.occurrence) for one in found]
    assert len(set(named)) == len(named)


@settings(deadline=None)
@given(persons, answers(), days)
def test_nothing_changes_before_the_next_change_and_something_does_then(
    person: Person, said: list[Answer], today: date
) -> None:
    before = rules.recommendations(person, said, today)
    day = rules.next_change(person, said, today)
    if day is None:
        assert rules.recommendations(person, said, today + timedelta(days=40_000)) == before
        return
    middle = today + (day - today) // 2
    assert day > today
    assert rules.recommendations(person, said, middle) == before
    assert rules.recommendations(person, said, day - timedelta(days=1)) == before
    assert rules.recommendations(person, said, day) != before


@settings(deadline=None)
@given(persons, answers(), days)
def test_what_newly_becomes_to_plan_is_told_on_its_day(
    person: Person, said: list[Answer], today: date
) -> None:
    def to_plan(day: date) -> set[tuple[str, str]]:
        found = rules.recommendations(person, said, day)
        return {(one.rule_id, one.occurrence) for one in found if rules.is_to_do(one)}

    day = rules.next_opening(person, said, today)
    if day is not None:
        assert day > today
        assert to_plan(day) - to_plan(day - timedelta(days=1))


@given(persons, days)
def test_what_is_said_to_be_done_is_no_longer_to_do(person: Person, today: date) -> None:
    found = rules.recommendations(person, [], today)
    done = [
        Answer(one.rule_id, one.occurrence, Choice.DONE, on=today)
        for one in found
        if rules.is_to_do(one)
    ]
    after = rules.recommendations(person, done, today)
    states = {(one.rule_id, one.occurrence): one.state for one in after}
    assert all(states[one.rule_id, one.occurrence] is State.DONE for one in done)


def test_a_recommendation_says_why_from_when_and_from_which_source() -> None:
    for person in (Person(date(1950, 1, 1), "F"), Person(date(2026, 6, 1), "M")):
        for one in rules.recommendations(person, [], TODAY):
            assert one.title
            assert one.reason.endswith(".")
            assert one.source.text


BORN = Person(date(2000, 2, 29), "F")


@pytest.mark.parametrize(
    ("answer", "errors"),
    [
        (Answer("cervix", "1", Choice.DONE, on=date(2025, 3, 1)), []),
        (Answer("cervix", "1", Choice.DONE), [("/on", "missing")]),
        (Answer("cervix", "1", Choice.DONE, on=date(2000, 2, 28)), [("/on", "date_before_birth")]),
        (Answer("cervix", "1", Choice.DONE, on=date(2026, 11, 26)), [("/on", "date_future")]),
        (Answer("cervix", "1", Choice.LATER, until=date(2026, 11, 26)), []),
        (Answer("cervix", "1", Choice.LATER, until=TODAY), [("/until", "date_past")]),
        (Answer("cervix", "1", Choice.LATER), [("/until", "missing")]),
        (
            Answer("cervix", "1", Choice.LATER, until=date(9999, 12, 31)),
            [("/until", "date_too_far")],
        ),
        (
            Answer("cervix", "1", Choice.NOT_CONCERNED, on=TODAY, until=TODAY),
            [("/on", "not_with_state"), ("/until", "not_with_state")],
        ),
    ],
)
def test_an_answer_that_cannot_be_is_refused_with_everything_wrong(
    answer: Answer, errors: list[tuple[str, str]]
) -> None:
    if not errors:
        rules.check_answer(answer, BORN, TODAY)
        return
    with pytest.raises(Invalid) as refused:
        rules.check_answer(answer, BORN, TODAY)
    assert [(one.pointer, one.code) for one in refused.value.errors] == errors


@pytest.mark.parametrize(
    ("born", "length", "reached"),
    [
        (date(2000, 2, 29), "P18Y", date(2018, 2, 28)),
        (date(2000, 2, 29), "P20Y", date(2020, 2, 29)),
        (date(2026, 8, 31), "P1M", date(2026, 9, 30)),
        (date(2026, 12, 15), "P1M", date(2027, 1, 15)),
        (date(2026, 11, 20), "P8D", date(2026, 11, 28)),
        (date(2026, 11, 20), "P6W", date(2027, 1, 1)),
        (date(9990, 1, 1), "P20Y", date(9999, 12, 31)),
        (date(9999, 12, 20), "P20D", date(9999, 12, 31)),
    ],
)
def test_ages_are_reached_as_the_law_counts(born: date, length: str, reached: date) -> None:  # R20
    assert ages.after(born, ages.duration(length)) == reached


@pytest.mark.parametrize("text", ["", "P", "2Y", "P2", "P1Y2", "P-1Y", "PT5M", "P１Y"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        ages.duration(text)


def test_a_calendar_with_an_unknown_word_or_a_name_twice_is_refused() -> None:
    rule = {
        "id": "x",
        "form": "season",
        "kind": "vaccination",
        "title": "t",
        "reason": "r",
        "mandatory": False,
        "min_age": "P65Y",
        "opens": "10-01",
        "closes": "01-31",
        "source": {"text": "t", "reference": "r", "certainty": "P"},
    }
    assert len(calendars.read({"rules": [rule]})) == 1
    with pytest.raises(ValueError, match="two rules"):
        calendars.read({"rules": [rule, rule]})
    with pytest.raises(ValueError, match="unknown in x"):
        calendars.read({"rules": [rule | {"dose": 1}]})
    with pytest.raises(KeyError):
        calendars.read({"rules": [rule | {"form": "whim"}]})
