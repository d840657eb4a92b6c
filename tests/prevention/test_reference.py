"""Our calendars against `reference/`, a copy of the transcription ours was made from.

Whatever of ours is compared here can change by no unit without a failure.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.prevention.calendars import Period, Programme, Series, current, read_period

_REFERENCE = Path(__file__).parent / "reference"
_YEAR, _MONTH = Period(12, 0), Period(1, 0)


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_REFERENCE / name).read_text(encoding="utf-8"))
    return found


def _rules() -> dict[str, Any]:
    return {one["id"]: one for one in _read("vaccination_fr_2025_2026.json")["rules"]}


def _plus(age: Period, more: Period) -> Period:
    return Period(age.months + more.months, age.days + more.days)


def _period(text: str | None) -> Period | None:
    return read_period(text) if text else None


@pytest.mark.parametrize("series", current().vaccination.series, ids=lambda one: one.id)
def test_doses_ages_intervals_and_least_ages_are_the_references(series: Series) -> None:
    expected = _rules()[series.id]["doses"]
    for dose, known in zip(series.doses, expected, strict=True):
        last = _period(known.get("max_age"))
        assert dose.age == read_period(known["recommended_age"])
        assert dose.min_age == _period(known.get("min_age"))
        assert dose.interval == _period(known.get("min_interval_from_previous"))
        assert dose.before == (_plus(last, _MONTH) if last else None)


def test_series_begin_and_end_as_in_the_reference() -> None:
    rules, ours = _rules(), {one.id: one for one in current().vaccination.series}
    for series in ours.values():
        most = rules[series.id]["population"].get("max_age")
        assert series.closes == _period(most)
    born = {str(ours[name].born_from) for name in ours}
    assert born == {"2018-01-01"}
    since = {name: str(one.since) for name, one in ours.items()}
    mens = {"MenB-infant", "MenACWY-infant"}
    assert {name for name, day in since.items() if day == "2025-01-01"} == mens
    assert {day for name, day in since.items() if name not in mens} == {"2018-01-01"}


def test_boosters_are_at_the_ages_of_the_reference_and_every_ten_years_after() -> None:
    rules = _rules()
    for booster in current().vaccination.boosters:
        first = read_period(rules[booster.id]["doses"][0]["recommended_age"])
        count = 8 if booster.id == "dTP-65plus" else 1
        assert booster.ages == [Period(first.months + 120 * n, 0) for n in range(count)]


def test_the_season_is_the_references() -> None:
    [season] = current().vaccination.seasons
    rule = _rules()["Influenza"]
    (opens, closes), months = rule["doses"][0]["season"].split(".."), season
    assert opens == f"{months.opens[0]:02d}-{months.opens[1]:02d}"
    assert closes == f"{months.closes[0]:02d}-{months.closes[1]:02d}"
    assert season.age == read_period(rule["population"]["any_of"][0]["min_age"])


@pytest.mark.parametrize("programme", current().screening.programmes, ids=lambda one: one.id)
def test_screenings_have_the_ages_sex_and_intervals_of_the_reference(programme: Programme) -> None:
    known = {one["id"]: one for one in _read("screening_prevention_fr.json")["programmes"]}
    one = known[programme.id]
    steps = one.get("sequence", [{}, {"after_previous": one.get("interval")}])[1:]
    assert programme.sex == {"female": "F", "any": None}[one["sex"]]
    assert programme.opens == read_period(one["min_age"])
    assert programme.closes == _plus(read_period(one["max_age"]), _YEAR)
    assert programme.intervals == [read_period(step["after_previous"]) for step in steps]
    assert programme.repeats is ("interval" in one)
    if "first" in one:
        assert one["first"] == "3 years after last normal cytology"
        assert programme.after == read_period("P3Y")
        assert programme.follows == "cervix-25-29"


def test_the_twenty_exams_are_the_references() -> None:
    known = _read("child_exams_fr_2025.json")["exams"]
    ours = [
        (exam.id, exam.code, exam.opens, exam.closes, exam.certificate)
        for exam in current().exams.exams
    ]
    assert ours == [
        (
            one["id"],
            one["code"],
            read_period(one["window_start"]),
            read_period(one["window_end"]),
            int(one["certificate"].split()[1]) if one["certificate"] else None,
        )
        for one in known
    ]
    titles = [exam.title.replace("\u00a0", " ") for exam in current().exams.exams]
    assert titles == [f"Examen de l’enfant : {one['label_fr']}" for one in known]


def test_what_we_decided_ourselves_is_what_the_readme_says() -> None:
    """Proposals (P) are in no reference: they are written here a second time."""
    calendar, screening = current().vaccination, current().screening
    for series in calendar.series:
        assert (series.within, series.early) == (Period(1, 0), Period(0, 4))
    for booster in calendar.boosters:
        assert (booster.within, booster.early) == (Period(12, 0), Period(60, 0))
    assert [one.early for one in calendar.seasons] == [Period(1, 0)]
    assert current().exams.early == Period(0, 7)
    early = {one.id: one.early.months for one in screening.programmes}
    assert early == {"breast": 24, "colorectal": 24, "cervix-25-29": 12, "cervix-30-65": 12}
    excluded = {one.id: one.excluded_for for one in screening.programmes if one.excluded_for}
    assert excluded == {"colorectal": Period(60, 0)}
    shortest = {
        (one.id, rank): dose.shortest.months
        for one in calendar.series
        for rank, dose in enumerate(one.doses, start=1)
        if dose.shortest
    }
    assert shortest == {
        ("DTCaP-IPV-Hib-HepB", 2): 1,
        ("DTCaP-IPV-Hib-HepB", 3): 1,
        ("MenB-infant", 3): 2,
    }


def test_every_mark_of_certainty_is_the_one_of_the_readme() -> None:
    """What was read in secondary sources is B, from memory M, ours P; only the exams' list is A."""
    vaccination, screening, exams = current().vaccination, current().screening, current().exams
    ruled = [*vaccination.series, *vaccination.boosters, *vaccination.seasons]
    assert {rule.certainty for rule in [*ruled, *screening.programmes]} == {"B"}
    assert {one.within_certainty for one in vaccination.series} == {"P"}
    assert {one.within_certainty for one in vaccination.boosters} == {"P"}
    assert [season.window_certainty for season in vaccination.seasons] == ["M"]
    assert (screening.window_certainty, exams.certainty, exams.window_certainty) == ("P", "A", "B")
    assert {one.edition for one in (screening, exams)} == {"2025"}
    assert vaccination.edition == "2025, modifiée en décembre 2025"
    assert {str(one.valid_from) for one in (vaccination, screening, exams)} == {"2025-01-01"}


def test_each_reason_of_a_screening_says_it_holds_for_a_normal_result_and_whom_it_is_not_for() -> (
    None
):  # R-SCR-01
    excluded = {
        "breast": ("cancer du sein", "risque élevé"),
        "colorectal": ("symptômes", "coloscopie", "5\u00a0ans après cette réponse"),
        "cervix-25-29": ("hystérectomie totale", "même vaccinées"),
        "cervix-30-65": ("hystérectomie totale", "même vaccinées"),
    }
    for programme in current().screening.programmes:
        assert "si le résultat est normal" in programme.reason
        assert all(words in programme.reason for words in excluded[programme.id])
