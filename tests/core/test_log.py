"""A log line holds what is on the list, and nothing a person could be known by (D13, A35)."""

import json
from typing import Any

import pytest

from chalicelib.core import log


def line(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    (text,) = capsys.readouterr().out.splitlines()
    found: dict[str, Any] = json.loads(text)
    return found


def test_a_field_outside_the_list_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("title", "name", "body", "token", "ins", "path", "email"):
        with pytest.raises(ValueError, match="not loggable"):
            log.write("x", **{name: "value"})
    assert capsys.readouterr().out == ""


def test_a_patient_is_hashed_again(capsys: pytest.CaptureFixture[str]) -> None:
    log.write("x", patient="01J00000000000000000000000")
    found = line(capsys)
    assert len(found["patient"]) == 16
    assert "01J" not in json.dumps(found["patient"])


def test_an_exception_is_its_type_and_places_never_its_message(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail() -> None:
        raise ValueError("a name")

    with pytest.raises(ValueError, match="a name") as caught:
        fail()
    log.exception("incident", caught.value, action="read")
    found = line(capsys)
    assert found["error"] == "ValueError"
    assert "test_log.py" in found["where"]
    assert "fail" in found["where"]
    assert "a name" not in json.dumps(found)


def test_a_line_carries_the_request_it_belongs_to(capsys: pytest.CaptureFixture[str]) -> None:
    token = log.request_id.set("R" * 26)
    log.write("x")
    log.request_id.reset(token)
    assert line(capsys)["request_id"] == "R" * 26


def test_a_line_break_in_a_value_stays_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    log.write("x", reason='a\n{"event":"forged"}')
    assert line(capsys)["reason"] == 'a\n{"event":"forged"}'
