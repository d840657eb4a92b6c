"""The histories that the client's tests read are judged alike by the stand-alone program."""

import json
from typing import Any

import pytest

from tests.audit import vectors
from tests.audit.histories import verifier
from tests.builders import Actor, Patient

verify_trace = verifier()
KEPT: dict[str, Any] = json.loads(vectors.FILE.read_text(encoding="utf-8"))


def found(case: dict[str, Any], keys: list[dict[str, Any]]) -> list[str]:
    findings = verify_trace.verify(case["pages"], {"keys": keys}, case["seen"])
    return sorted({finding.code for finding in findings})


@pytest.mark.parametrize("name", KEPT["cases"])
def test_a_kept_history_is_judged_as_it_says(name: str) -> None:
    case = KEPT["cases"][name]
    assert found(case, KEPT["keys"]) == case["findings"]


def test_the_kept_histories_have_the_shape_of_today(person: Patient, doctor: Actor) -> None:
    """The client's tests read what the service answers now, not what it answered once."""
    made = vectors.histories(person, doctor)
    assert {name: found(case, made["keys"]) for name, case in made["cases"].items()} == {
        name: case["findings"] for name, case in KEPT["cases"].items()
    }
    for name, case in made["cases"].items():
        assert shape(case["pages"]) == shape(KEPT["cases"][name]["pages"]), name


def shape(value: Any) -> Any:
    """Keep the names, and forget the values, of an answer."""
    if isinstance(value, dict):
        return {key: shape(part) for key, part in value.items()}
    return [shape(part) for part in value] if isinstance(value, list) else None
