"""What a client already has is told by any form of `If-None-Match`."""

import pytest

from chalicelib.http.conditions import is_unchanged


@pytest.mark.parametrize("said", ['"a"', ' "a" ', 'W/"a"', '"b", "a"', '"b",W/"a"', "*"])
def test_what_names_the_tag_is_unchanged(said: str) -> None:
    assert is_unchanged(said, '"a"')


@pytest.mark.parametrize("said", [None, "", "a", '"b"', 'W/"b"', '"ab"', '"*"', "**"])
def test_what_does_not_is_sent_again(said: str | None) -> None:
    assert not is_unchanged(said, '"a"')
