"""Ids sort by time, secrets say nothing of it, and nothing else has their shape."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core import ids

INSTANTS = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)).map(  # noqa: DTZ001  made aware
    lambda naive: naive.replace(tzinfo=UTC, microsecond=naive.microsecond // 1000 * 1000)
)


@given(INSTANTS, INSTANTS, st.integers(0, 2**80 - 1), st.integers(0, 2**80 - 1))
def test_ids_sort_as_their_instants(
    first: datetime, second: datetime, rest: int, other: int
) -> None:
    one, two = ids.ulid_at(first, rest), ids.ulid_at(second, other)
    if first != second:
        assert (one < two) == (first < second)
    assert ids.is_id(one)


@given(INSTANTS, st.integers(0, 2**80 - 1))
def test_an_id_gives_its_instant_back(instant: datetime, rest: int) -> None:
    assert abs(ids.ulid_instant(ids.ulid_at(instant, rest)) - instant) < timedelta(milliseconds=2)


def test_ids_made_in_order_sort_in_order(clock: time_machine.Traveller) -> None:
    made = []
    for _ in range(50):
        made.append(ids.new_id())
        clock.shift(timedelta(milliseconds=1))
    assert made == sorted(made)


def test_secret_ids_do_not_follow_the_clock(clock: time_machine.Traveller) -> None:
    made = []
    for _ in range(50):
        made.append(ids.new_secret_id())
        clock.shift(timedelta(days=1))
    assert made != sorted(made)
    assert len(set(made)) == 50


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0" * 25,
        "0" * 27,
        "O" + "0" * 25,
        "I" + "0" * 25,
        "L" + "0" * 25,
        "U" + "0" * 25,
        "a" * 26,
        "0" * 25 + "#",
        "0" * 25 + "/",
        "0" * 26 + "\n",
        "\x00" + "0" * 25,
        "０" + "0" * 25,
        "0" * 2048,
    ],
)
def test_anything_else_is_not_an_id(text: str) -> None:  # A31, A32
    assert not ids.is_id(text)


@given(st.text(max_size=30))
def test_only_our_alphabet_makes_an_id(text: str) -> None:
    alphabet = set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    assert ids.is_id(text) == (len(text) == 26 and set(text) <= alphabet)


def test_jitter_stays_within_its_bound() -> None:
    drawn = [ids.jitter(0.5) for _ in range(200)]
    assert all(0 <= value < 0.5 for value in drawn)
    assert len(set(drawn)) > 100
