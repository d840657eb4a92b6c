"""What people write is there to be seen, or it is not accepted (A20)."""

import pytest

from chalicelib.core.text import is_printable
from chalicelib.storage.names import plain_line


@pytest.mark.parametrize(
    "text", ["", " ", "\u3164", "\u2800 \u2800", "\u115f\u1160\uffa0", "\u200d"]
)
def test_what_draws_nothing_is_blank(text: str) -> None:
    assert not is_printable(text)
    assert plain_line(text) == ""


@pytest.mark.parametrize("text", ["Bilan", "한글", "\u2800⠃⠊⠇⠁⠝", "👩\u200d⚕️", "+", "2026"])
def test_what_is_seen_is_accepted(text: str) -> None:
    assert is_printable(text)
