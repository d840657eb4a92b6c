"""Instants have one spelling whose order is theirs; dates are those of Paris."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core import clock

INSTANTS = st.datetimes(
    datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.timezones()  # noqa: DTZ001  given a zone
).map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))  # fmt: skip


@given(INSTANTS, INSTANTS)
def test_text_order_is_time_order(first: datetime, second: datetime) -> None:
    one, two = clock.iso(first), clock.iso(second)
    assert len(one) == len(two) == 24
    utc = (first.astimezone(UTC), second.astimezone(UTC))
    assert (one < two) == (utc[0] < utc[1])


@given(INSTANTS)
def test_an_instant_reads_as_it_was_written(moment: datetime) -> None:
    assert clock.instant(clock.iso(moment)) == moment.astimezone(UTC)


@pytest.mark.parametrize("text", ["", "2026-11-23", "2026-11-23T10:00:00", "yesterday"])
def test_a_text_without_zone_is_not_an_instant(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        clock.instant(text)


def test_another_zone_is_read_as_utc() -> None:
    assert clock.instant("2026-11-23T10:00:00+02:00") == datetime(2026, 11, 23, 8, tzinfo=UTC)


def test_now_is_utc_to_the_millisecond() -> None:
    now = clock.now()
    assert now.tzinfo is UTC
    assert now.microsecond % 1000 == 0


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        (datetime(2026, 7, 1, 21, 59, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 7, 1, 22, 0, tzinfo=UTC), date(2026, 7, 2)),
        (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=11))), date(2025, 12, 31)),
    ],
)
def test_the_civil_date_is_that_of_paris(instant: datetime, expected: date) -> None:
    assert clock.paris_date(instant) == expected
