"""What comes after what is to do now, by age; a later dose depends on the one before (R-AGE-03)."""

from datetime import date

from chalicelib.prevention.model import Answer, Choice, Coming, Person
from chalicelib.prevention.rules import coming, recommendations

TODAY = date(2026, 11, 26)
NEWBORN = Person(date(2026, 11, 20), "F")
WOMAN = Person(date(1982, 3, 1), "F")
MAN = Person(date(1962, 5, 1), "M")
_BOOSTER = "Rappel diphtérie, tétanos, poliomyélite, à 45\u00a0ans"


def _named(found: list[Coming], word: str) -> list[tuple[int, date, bool]]:
    return [
        (one.age_months, one.opens_on, one.is_conditional) for one in found if word in one.title
    ]


def test_a_newborn_sees_the_doses_of_two_years_each_depending_on_the_one_before() -> None:
    found = coming(NEWBORN, [], TODAY)
    assert _named(found, "hexavalent") == [
        (4, date(2027, 3, 20), True),
        (11, date(2027, 10, 20), True),
    ]
    # Nothing comes before the first dose of these; nothing comes before an exam.
    assert _named(found, "méningocoques")[0] == (6, date(2027, 5, 20), False)
    exams = _named(found, "Examen")
    assert exams[0] == (4, date(2027, 3, 20), False)
    assert not any(is_conditional for _, _, is_conditional in exams)
    assert max(one.opens_on for one in found) <= date(2028, 11, 26)


def test_a_dose_done_late_moves_those_after_it_and_the_next_is_certain() -> None:
    done = Answer("DTCaP-IPV-Hib-HepB", "1", Choice.DONE, date(2027, 3, 10))
    found = coming(NEWBORN, [done], date(2027, 3, 10))
    shown = recommendations(NEWBORN, [done], date(2027, 3, 10))
    assert any("dose 2" in one.title and one.rule_id == done.rule_id for one in shown)
    assert _named(found, "hexavalent") == [(11, date(2027, 10, 20), True)]


def test_a_woman_of_44_sees_the_booster_of_her_45_years_from_its_day() -> None:
    assert _named(coming(WOMAN, [], TODAY), _BOOSTER) == [(45 * 12, date(2027, 3, 1), False)]


def test_a_man_of_64_sees_what_begins_at_65_and_his_next_round_only_if_he_does_this_one() -> None:
    found = coming(MAN, [], TODAY)
    assert _named(found, "65\u00a0ans") == [(65 * 12, date(2027, 5, 1), False)]
    seasons = [day for _, day, _ in _named(found, "grippe")]
    assert seasons == [date(2027, 10, 1), date(2028, 10, 1)]
    assert _named(found, "colorectal") == [(66 * 12 + 6, date(2028, 11, 26), True)]
    shown = recommendations(MAN, [], TODAY)
    refused = next(
        Answer(one.rule_id, one.occurrence, Choice.NOT_CONCERNED, TODAY)
        for one in shown
        if "colorectal" in one.title
    )
    assert _named(coming(MAN, [refused], TODAY), "colorectal") == []


def test_what_is_shown_today_is_not_told_twice() -> None:
    for person in (NEWBORN, WOMAN, MAN):
        titles = {(one.title, one.window_opens_on) for one in recommendations(person, [], TODAY)}
        assert titles.isdisjoint((one.title, one.opens_on) for one in coming(person, [], TODAY))


def test_the_next_step_is_told_however_far_and_nothing_of_what_follows_it() -> None:
    young = Person(date(2000, 1, 1), "M")
    assert _named(coming(young, [], TODAY), "") == [(45 * 12, date(2045, 1, 1), False)]


def test_what_is_put_off_moves_what_follows_it() -> None:
    first = next(one for one in recommendations(MAN, [], TODAY) if "colorectal" in one.title)
    later = Answer(first.rule_id, first.occurrence, Choice.LATER, until=date(2027, 1, 31))
    assert _named(coming(MAN, [later], TODAY), "colorectal") == []
    round_two = _named(coming(MAN, [later], date(2027, 1, 31)), "colorectal")
    assert round_two == [(66 * 12 + 8, date(2029, 1, 31), True)]
