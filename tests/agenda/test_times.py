"""Wall times and instants, against the zones' own rules, every day from 2024 to 2040 (R19)."""

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta

import pytest

from chalicelib.agenda import rules, times
from chalicelib.agenda.model import Details, Draft, Notice

ZONES = (
    "Europe/Paris",
    "Indian/Reunion",
    "Indian/Mayotte",
    "America/Martinique",
    "America/Guadeloupe",
    "America/Cayenne",
    "America/Miquelon",
    "Pacific/Noumea",
    "Pacific/Tahiti",
    "Pacific/Marquesas",
    "Pacific/Wallis",
)
FIRST, LAST = date(2024, 1, 1), date(2040, 12, 31)
HOURS = (time(0), time(0, 30), time(1, 59), time(2), time(2, 30), time(3), time(9), time(23, 59))
# Of HOURS, how many clocks skip, and show twice, in seventeen springs and autumns.
CHANGES = {"Europe/Paris": (34, 34), "America/Miquelon": (34, 17)}
TODAY = date(2030, 6, 1)


def a_draft(start: str, end: str | None = None, **more: object) -> Draft:
    values = {
        "title": "Rendez-vous",
        "all_day": False,
        "start": start,
        "end": end,
        "zone": "Europe/Paris",
        "fold": None,
        "place": None,
        "note": None,
        "link": None,
        "reminders": (),
    } | more
    return Draft(**values)  # type: ignore[arg-type]


def settled(start: str, end: str | None = None, *, today: date = TODAY, **more: object) -> Details:
    return rules.check(a_draft(start, end, **more), today)


def days() -> list[date]:
    return [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


@pytest.mark.slow
@pytest.mark.parametrize("zone", ZONES)
def test_every_wall_time_of_every_day_is_an_instant_that_clocks_show(zone: str) -> None:  # R19
    skipped = twice = 0
    for day in days():
        for moment in HOURS:
            wall = datetime.combine(day, moment)
            at = times.instant(wall, zone)
            shown, fold = times.wall(at, zone)
            assert times.instant(shown, zone, fold) == at
            if times.is_skipped(wall, zone):
                skipped += 1
                assert shown - wall == timedelta(hours=1), (zone, wall)
            else:
                assert shown == wall
            if times.is_twice(wall, zone):
                twice += 1
                assert times.instant(wall, zone, 1) - at == timedelta(hours=1)
    assert (skipped, twice) == CHANGES.get(zone, (0, 0))


@pytest.mark.slow
@pytest.mark.parametrize("zone", ZONES)
def test_an_appointment_of_half_an_hour_or_a_day_is_one_every_day(zone: str) -> None:  # R19
    for day in days():
        slot = settled(f"{day}T02:30", today=day, zone=zone).slot
        assert times.end_at(slot) - times.start_at(slot) == timedelta(minutes=30)
        assert times.reminded_from(slot) == times.start_at(slot)
        whole = settled(str(day), today=day, zone=zone, all_day=True).slot
        assert (whole.start.date(), whole.end.date()) == (day, day)
        ends = times.wall(times.end_at(whole), zone)[0]
        assert ends == datetime.combine(day + timedelta(days=1), time(0))
        assert times.wall(times.reminded_from(whole), zone)[0] == datetime.combine(day, time(9))


@pytest.mark.slow
@pytest.mark.parametrize("zone", CHANGES)
def test_days_before_are_days_by_the_wall_clock_every_day(zone: str) -> None:  # R19
    shifted = 0
    for day in days():
        slot = settled(f"{day}T09:30", today=day, zone=zone).slot
        for count in (1, 7):
            eve = datetime.combine(day - timedelta(days=count), time(9, 30))
            at = times.before(slot, count * 1440)
            assert times.wall(at, zone)[0] == eve
            assert at - times.before(slot, count * 1440 + 45) == timedelta(minutes=45)
        shifted += times.start_at(slot) - times.before(slot, 1440) != timedelta(days=1)
    assert shifted == 34


def test_the_eve_of_a_change_of_clocks_is_at_the_same_hour() -> None:  # R19
    spring, autumn = (settled(f"{day}T09:30").slot for day in ("2031-03-30", "2031-10-26"))
    assert times.before(spring, 1440) == datetime(2031, 3, 29, 8, 30, tzinfo=UTC)
    assert times.before(autumn, 1440) == datetime(2031, 10, 25, 7, 30, tzinfo=UTC)
    assert times.before(spring, 120) == datetime(2031, 3, 30, 5, 30, tzinfo=UTC)


def test_a_time_that_clocks_skip_is_moved_and_told() -> None:  # R19
    details = settled("2027-03-28T02:30", "2027-03-28T04:00")
    assert details.slot.start == datetime(2027, 3, 28, 3, 30)  # noqa: DTZ001  a wall time
    assert details.warnings == (Notice.START_MOVED,)
    assert times.start_at(details.slot) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    moved = settled("2027-03-28T01:30", "2027-03-28T02:30")
    assert moved.warnings == (Notice.END_MOVED,)
    assert times.end_at(moved.slot) - times.start_at(moved.slot) == timedelta(hours=1)


@pytest.mark.parametrize(
    ("fold", "hour", "told"),
    [(None, 0, (Notice.START_TWICE,)), (0, 0, ()), (1, 1, ())],
)
def test_a_time_that_clocks_show_twice_is_the_first_unless_the_author_says(  # R19
    fold: int | None, hour: int, told: tuple[Notice, ...]
) -> None:
    details = settled("2026-10-25T02:30", fold=fold, today=date(2026, 1, 1))
    assert times.start_at(details.slot) == datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
    assert details.warnings == told


def test_the_end_is_the_first_time_after_the_start() -> None:  # R19
    slot = settled("2026-10-25T02:50", "2026-10-25T02:10", fold=0).slot
    assert times.end_at(slot) - times.start_at(slot) == timedelta(minutes=20)
    slot = settled("2026-10-25T02:10", "2026-10-25T02:40", fold=1).slot
    assert times.end_at(slot) - times.start_at(slot) == timedelta(minutes=30)


@pytest.mark.parametrize("zone", [*ZONES, "UTC", "America/Argentina/Ushuaia"])
def test_zones_of_the_database_are_known(zone: str) -> None:
    assert times.is_zone(zone)


@pytest.mark.parametrize(
    "name",
    ["", "Paris", "Europe/Nowhere", "Europe", "../etc/passwd", "/etc/localtime", "Europe/Paris\n",
     "right/Europe/Paris", "Europe/../Europe/Paris", "Ｅurope/Paris", "A" * 5000],
)  # fmt: skip
def test_anything_else_is_not(name: str) -> None:
    assert not times.is_zone(name)


def test_zones_come_with_the_product_whatever_the_host_has() -> None:
    found = zoneinfo.TZPATH
    zoneinfo.reset_tzpath([])
    try:
        for zone in ZONES:
            assert zoneinfo.ZoneInfo.no_cache(zone).key == zone
    finally:
        zoneinfo.reset_tzpath(found)
