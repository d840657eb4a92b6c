"""The cases of `docs/prevention-cases.md`, which a doctor can read, are what the rules say."""

import re
from datetime import date
from pathlib import Path

import pytest

from chalicelib.prevention.model import Answer, Choice, Person
from chalicelib.prevention.rules import recommendations

_TABLE = Path(__file__).parents[2] / "docs" / "prevention-cases.md"
_STATES = {
    "à venir": "upcoming",
    "à planifier": "to_plan",
    "en retard": "late",
    "réalisé": "done",
    "non concerné": "not_concerned",
    "plus tard": "later",
}
_SEXES = {"F": "F", "M": "M", "?": None}


def _rows() -> list[list[str]]:
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in rows if row[0].isdecimal()]


def _answer(text: str) -> Answer:
    found = re.fullmatch(r"(\S+)/(\S+) = (\D+?) ?(\d{4}-\d\d-\d\d)?", text)
    assert found is not None, text
    rule, occurrence, said, day = found.groups()
    choice, at = Choice(_STATES[said]), date.fromisoformat(day) if day else None
    is_later = choice is Choice.LATER
    return Answer(rule, occurrence, choice, None if is_later else at, at if is_later else None)


def test_the_table_has_its_cases() -> None:
    assert len(_rows()) >= 90


@pytest.mark.parametrize("row", _rows(), ids=lambda row: f"case {row[0]}")
def test_a_case_is_as_written(row: list[str]) -> None:
    _, born, sex, answered, today, name, state, window, _ = row
    answers = [] if answered == "–" else [_answer(text) for text in answered.split(" ; ")]
    person = Person(date.fromisoformat(born), _SEXES[sex])  # type: ignore[arg-type]

    shown = recommendations(person, answers, date.fromisoformat(today))
    found = [one for one in shown if f"{one.rule_id}/{one.occurrence}" == name]

    if state == "rien":
        assert found == []
        return
    [one] = found
    assert one.state == _STATES[state]
    assert f"{one.window_opens_on} → {one.recommended_until}" == window
    assert one.reason
    assert one.source.text
