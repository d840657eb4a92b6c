"""When a person is reminded: before the event, outside her quiet hours, in her own zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from chalicelib.core import clock
from chalicelib.reminders import rules
from chalicelib.reminders.model import Preferences, Reminder, Source

ZONES = (
    "Europe/Paris",
    "Indian/Reunion",
    "America/Martinique",
    "America/Cayenne",
    "America/Miquelon",
    "Pacific/Tahiti",
    "Pacific/Noumea",
)
LONGEST_QUIET = timedelta(hours=16)
MINUTE = timedelta(minutes=1)

instants = st.datetimes(
    min_value=datetime(2024, 1, 1),  # noqa: DTZ001  the strategy adds the zone
    max_value=datetime(2040, 12, 31),  # noqa: DTZ001  hypothesis wants it naive
    timezones=st.just(UTC),
).map(lambda at: at.replace(second=0, microsecond=0))
times = st.times().map(lambda at: at.replace(second=0, microsecond=0))
leads = st.lists(st.integers(0, 40320), max_size=5, unique=True)


@st.composite
def preferences(draw: st.DrawFn) -> Preferences:
    begins, ends = draw(times), draw(times)
    assume(rules.quiet_length(begins, ends) <= LONGEST_QUIET)
    return Preferences(draw(st.sampled_from(ZONES)), begins, ends)


ahead = st.integers(1, 60 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


def before(event_at: datetime, minutes: list[int]) -> list[datetime]:
    return [event_at - timedelta(minutes=lead) for lead in minutes]


@given(instants, ahead, leads, preferences())
def test_no_reminder_comes_after_its_event_nor_in_the_past(
    now: datetime, wait: timedelta, minutes: list[int], chosen: Preferences
) -> None:
    """Source: R-AGE-04."""
    event_at = now + wait
    for at in rules.due_instants(before(event_at, minutes), event_at, chosen, now):
        assert now < at <= event_at


@given(instants, ahead, leads, preferences())
@example(
    datetime(2027, 3, 27, 22, tzinfo=UTC), timedelta(hours=5), [60], Preferences()
)  # the night without an hour
def test_quiet_hours_are_kept_unless_they_last_until_the_event(
    now: datetime, wait: timedelta, minutes: list[int], chosen: Preferences
) -> None:
    event_at = now + wait
    for at in rules.due_instants(before(event_at, minutes), event_at, chosen, now):
        quiet = rules.quiet_period(at, chosen)
        if quiet:
            assert quiet[0] - MINUTE <= now
            assert quiet[1] >= event_at


@given(instants, ahead, leads, preferences())
def test_reminders_are_in_order_and_none_comes_twice(
    now: datetime, wait: timedelta, minutes: list[int], chosen: Preferences
) -> None:
    found = rules.due_instants(before(now + wait, minutes), now + wait, chosen, now)
    assert found == sorted(set(found))


@given(instants, ahead, leads, preferences())
def test_a_lead_still_to_come_is_never_lost(
    now: datetime, wait: timedelta, minutes: list[int], chosen: Preferences
) -> None:
    event_at = now + wait
    to_come = [lead for lead in minutes if event_at - timedelta(minutes=lead) > now]
    assert bool(rules.due_instants(before(event_at, minutes), event_at, chosen, now)) == bool(
        to_come
    )


@given(instants, preferences())
def test_what_is_due_now_waits_for_the_end_of_quiet_hours(
    now: datetime, chosen: Preferences
) -> None:
    at = rules.told_at(now, None, chosen)
    assert at >= now
    assert rules.quiet_period(at, chosen) is None
    assert rules.told_at(at, None, chosen) == at


@given(instants, preferences())
def test_quiet_hours_hold_every_local_time_between_their_bounds(
    at: datetime, chosen: Preferences
) -> None:
    """An independent reading, by the wall clock, for all instants but those of a shift."""
    zone = ZoneInfo(chosen.zone)
    shifts = {
        (at + timedelta(hours=hours)).astimezone(zone).utcoffset() for hours in range(-26, 26)
    }
    assume(len(shifts) == 1)
    wall = at.astimezone(zone).time()
    begins, ends = chosen.quiet_from, chosen.quiet_until
    inside = begins <= wall < ends if begins <= ends else wall >= begins or wall < ends
    assert (rules.quiet_period(at, chosen) is not None) == inside


@pytest.mark.parametrize(
    ("event", "lead", "now", "expected"),
    [
        # The day before at 09:30, in winter and across the spring shift.
        ("2026-12-03T08:30Z", 1440, "2026-11-20T08:00Z", ["2026-12-02T08:30Z"]),
        # Two hours before 09:00 is 07:00, quiet: told at 20:59 the evening before.
        ("2026-12-03T08:00Z", 120, "2026-11-20T08:00Z", ["2026-12-02T19:59Z"]),
        # The same, added at 22:00: told at 08:00, when the night ends.
        ("2026-12-03T08:00Z", 120, "2026-12-02T21:00Z", ["2026-12-03T07:00Z"]),
        # At 07:30 for an event at 08:00, added in the night: the night lasts until the event.
        ("2026-12-03T07:00Z", 30, "2026-12-02T21:00Z", ["2026-12-03T06:30Z"]),
        # The night of 2027-03-28 has no 02:30: quiet hours begin and end by the wall clock.
        ("2027-03-28T07:00Z", 120, "2027-03-20T08:00Z", ["2027-03-27T19:59Z"]),
        # A lead whose instant has gone by is dropped.
        ("2026-12-03T08:30Z", 1440, "2026-12-02T09:00Z", []),
    ],
)
def test_worked_cases_in_paris(event: str, lead: int, now: str, expected: list[str]) -> None:
    event_at = datetime.fromisoformat(event)
    found = rules.due_instants(
        before(event_at, [lead]), event_at, Preferences(), datetime.fromisoformat(now)
    )
    assert found == [datetime.fromisoformat(at) for at in expected]


def test_the_hour_that_exists_twice_is_quiet_both_times() -> None:
    chosen = Preferences(quiet_from=time(1), quiet_until=time(2, 45))
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))  # 02:30
    assert rules.quiet_period(first, chosen) == rules.quiet_period(second, chosen) is not None
    assert rules.next_quiet_end(first, chosen) == datetime(2026, 10, 25, 1, 45, tzinfo=UTC)


def test_quiet_hours_are_the_persons_own() -> None:
    at = datetime(2026, 12, 2, 19, 30, tzinfo=UTC)  # 20:30 in Paris, 23:30 on La Réunion
    assert rules.quiet_period(at, Preferences("Europe/Paris")) is None
    assert rules.quiet_period(at, Preferences("Indian/Reunion")) is not None


def test_equal_bounds_are_no_quiet_hours() -> None:
    chosen = Preferences(quiet_from=time(9), quiet_until=time(9))
    midnight = datetime(2026, 12, 2, tzinfo=UTC)
    assert all(
        rules.quiet_period(midnight + n * timedelta(minutes=30), chosen) is None for n in range(48)
    )


@given(instants)
def test_one_bucket_holds_each_instant(at: datetime) -> None:
    name = rules.bucket_of(at)
    start = rules.bucket_start(name)
    assert start <= at < start + rules.BUCKET
    assert rules.bucket_of(start) == name
    assert name not in {rules.bucket_of(start - MINUTE), rules.bucket_of(start + rules.BUCKET)}


@given(instants, instants)
def test_names_of_buckets_sort_as_time_does(one: datetime, other: datetime) -> None:
    assert (
        rules.bucket_start(rules.bucket_of(one)) < rules.bucket_start(rules.bucket_of(other))
    ) == (rules.bucket_of(one) < rules.bucket_of(other))


def test_what_is_no_bucket_is_refused() -> None:
    for text in ("2026-12-02T19:31Z", "2026-12-02", "", "2026-12-02T19:30:00Z"):
        with pytest.raises(ValueError, match=r"bucket|does not match"):
            rules.bucket_start(text)


def test_a_bucket_stays_open_for_clocks_ten_minutes_wrong_either_way() -> None:
    """Source: R21."""
    end = datetime(2026, 12, 2, 19, 35, tzinfo=UTC)
    skew = timedelta(minutes=10)
    # A slow instance arms at the last instant it believes in; a fast one looks whether to close.
    written_at = end + skew
    assert not rules.is_closed("2026-12-02T19:30Z", written_at + skew - MINUTE)
    assert rules.is_closed("2026-12-02T19:30Z", written_at + skew)


def test_shards_are_two_digits_and_all_used() -> None:
    found = {rules.shard_of(f"01HZY{n:021d}") for n in range(5000)}
    assert found == set(rules.ALL_SHARDS)


@given(st.lists(instants, min_size=1, max_size=6, unique=True), instants)
def test_after_telling_only_the_future_is_left(at: list[datetime], now: datetime) -> None:
    reminder = Reminder(Source.APPOINTMENT, tuple(sorted(at)), None)
    left = rules.after(reminder, now)
    assert left.at == tuple(sorted(one for one in at if one > now))


def test_what_waits_for_the_morning_is_told_once() -> None:
    first, second, later = (datetime(2026, 12, 2, hour, tzinfo=UTC) for hour in (21, 22, 9))
    day = timedelta(days=1)
    reminder = Reminder(Source.PREVENTION, (first, second, later + day), None)
    morning = datetime(2026, 12, 3, 7, tzinfo=UTC)
    assert rules.postponed(reminder, second, morning).at == (morning, later + day)


@given(
    st.dictionaries(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(1, 10)),
    st.lists(instants, max_size=20),
    st.sampled_from(ZONES),
    st.dates(date(2024, 1, 1), date(2040, 1, 1)),
)
def test_counts_of_days_come_back_when_a_reminder_is_cancelled(
    counts: dict[date, int], at: list[datetime], zone: str, today: date
) -> None:
    known = {day: count for day, count in counts.items() if day >= today}
    to_come = [one for one in at if rules.local_day(one, zone) >= today]
    more = rules.day_counts(known, [], to_come, zone, today)
    assert sum(more.values()) == sum(known.values()) + len(to_come)
    assert rules.day_counts(more, to_come, [], zone, today) == known


def test_days_gone_by_are_forgotten_and_their_reminders_too() -> None:
    gone = datetime(2026, 12, 1, 9, tzinfo=UTC)
    counts = {clock.paris_date(gone): 3, date(2026, 12, 5): 1}
    today = date(2026, 12, 2)
    assert rules.day_counts(counts, [gone], [], "Europe/Paris", today) == {date(2026, 12, 5): 1}


@given(instants, ahead, preferences(), st.integers(0, 4))
def test_a_full_day_is_passed_over_and_quiet_hours_are_kept(
    at: datetime, wait: timedelta, chosen: Preferences, full: int
) -> None:
    """Source: R-AGE-02."""
    event_at = at + wait
    first = rules.local_day(at, chosen.zone)
    counts = {first + timedelta(days=n): 10 for n in range(full)}
    found = rules.day_with_room(at, event_at, chosen, counts)
    if found is None:
        assert rules.local_day(event_at, chosen.zone) < first + timedelta(days=full + 1)
        return
    assert rules.local_day(found, chosen.zone) == first + timedelta(days=full)
    assert found == at or found < event_at
    quiet = rules.quiet_period(found, chosen)
    assert found == at or quiet is None or quiet[1] >= event_at


def test_a_day_begins_where_the_person_is() -> None:
    at = datetime(2026, 12, 2, 19, 30, tzinfo=UTC)
    assert rules.next_day(at, "Europe/Paris") == datetime(2026, 12, 2, 23, tzinfo=UTC)
    assert rules.next_day(at, "Indian/Reunion") == datetime(2026, 12, 2, 20, tzinfo=UTC)
    assert rules.next_day(at, "Pacific/Noumea") == datetime(2026, 12, 3, 13, tzinfo=UTC)


@given(instants, st.integers(0, 59_999))
def test_the_next_minute_is_whole_and_to_come(at: datetime, milliseconds: int) -> None:
    now = at + timedelta(milliseconds=milliseconds)
    assert rules.next_minute(now) == at + MINUTE


def test_the_eleventh_of_a_day_is_one_too_many() -> None:
    """Source: R-AGE-02."""
    day = date(2026, 12, 5)
    assert rules.full_days({day: 9}, {day: 10}) == []
    assert rules.full_days({day: 10}, {day: 11}) == [day]
    # A change of zone may have made a day fuller: taking one away must stay possible.
    assert rules.full_days({day: 13}, {day: 12}) == []
