"""The worked cases a doctor can read (`worked_cases.csv`), one line each; written by hand."""

import csv
from datetime import date
from pathlib import Path

import pytest

from chalicelib.prevention import rules
from chalicelib.prevention.model import Answer, Choice, Person, State

FILE = Path(__file__).with_name("worked_cases.csv")
STATES = {
    "à venir": State.UPCOMING,
    "à planifier": State.TO_PLAN,
    "en retard": State.LATE,
    "réalisé": State.DONE,
    "non concerné": State.NOT_CONCERNED,
    "plus tard": State.LATER,
}
CHOICES = {
    "fait": Choice.DONE,
    "non concerné": Choice.NOT_CONCERNED,
    "plus tard": Choice.LATER,
}


def cases() -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter=";"))


def said(text: str) -> list[Answer]:
    return [_answer(one.strip()) for one in text.split(",") if one.strip()]


def _answer(text: str) -> Answer:
    rule, occurrence, rest = text.split(" ", 2)
    words = next(one for one in CHOICES if rest.startswith(one))
    day = rest.removeprefix(words).strip()
    choice, when = CHOICES[words], date.fromisoformat(day) if day else None
    return Answer(
        rule,
        occurrence,
        choice,
        on=when if choice is Choice.DONE else None,
        until=when if choice is Choice.LATER else None,
    )


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case['n°']} {case['quoi']}")
def test_each_case_is_as_the_doctor_reads_it(case: dict[str, str]) -> None:
    born, sex = date.fromisoformat(case["né(e) le"]), case["sexe"]
    person = Person(born, "F" if sex == "F" else "M" if sex == "M" else None)
    today = date.fromisoformat(case["aujourd’hui"])

    found = rules.recommendations(person, said(case["ce qui est déjà dit"]), today)
    one = next((r for r in found if f"{r.rule_id} {r.occurrence}" == case["règle"]), None)

    if case["attendu"] == "non proposé":
        assert one is None
        return
    assert one is not None
    assert one.state is STATES[case["attendu"]]
    ends = (one.window_opens_on, one.recommended_until, one.window_closes_on)
    columns = ("à partir du", "recommandé jusqu’au", "proposé jusqu’au")
    assert [str(end or "") for end in ends] == [case[column] for column in columns]


def test_the_table_covers_every_rule_and_every_state() -> None:
    from chalicelib.prevention import calendars  # noqa: PLC0415  beside what it checks

    rules_seen = {case["règle"].split(" ")[0] for case in cases()}
    untold = {rule.common.id for rule in calendars.rules()} - rules_seen
    assert untold == {"pneumococcus-infant"}  # same doses and ages as the hexavalent vaccine
    assert {case["attendu"] for case in cases()} == {*STATES, "non proposé"}
