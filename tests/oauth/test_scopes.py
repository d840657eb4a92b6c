"""Scopes are read one way, and written one way: never more than was asked, nor than was given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.access.permissions import Permission
from chalicelib.oauth import scopes
from chalicelib.oauth.scopes import UnknownScope

LINE = "patient/Appointment.rs"
ASKED = st.sets(st.sampled_from(scopes.supported())).map(lambda some: " ".join([*some, LINE]))
LINES = st.sets(st.sampled_from(Permission))


@given(ASKED, LINES)
def test_what_is_answered_is_of_what_was_asked_and_given(
    asked: str, lines: set[Permission]
) -> None:
    read = scopes.read(asked)

    words = read.given(lines).split()

    assert len(set(words)) == len(words)
    if set(read.permissions) & lines:
        answered = scopes.read(" ".join(words))
        assert read.covers(answered)
        assert set(answered.permissions) == set(read.permissions) & lines


@given(ASKED, LINES)
def test_an_answer_read_again_is_written_the_same(asked: str, lines: set[Permission]) -> None:
    text = scopes.read(asked).given([*lines, Permission.APPOINTMENT_READ])

    assert scopes.read(text).given([*lines, Permission.APPOINTMENT_READ]) == text


@given(st.text(max_size=60))
def test_any_other_text_is_unknown(text: str) -> None:
    known = {*scopes.supported(), "patient/Observation.rs", "patient/Observation.c"}
    if set(text.split(" ")) <= known:
        return
    with pytest.raises(UnknownScope):
        scopes.read(f"{LINE} {text}")


@given(ASKED, ASKED)
def test_one_request_covers_another_that_asks_for_no_more(first: str, second: str) -> None:
    one, both = scopes.read(first), scopes.read(f"{first} {second}")

    assert both.covers(one)
    assert one.covers(both) == (both.parts == one.parts and both.is_offline == one.is_offline)
