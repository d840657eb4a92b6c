"""Wall times and instants (R19). Pure: all of it comes from the zone's own rules.

A time that clocks skip is the one they show instead (02:30 is 03:30); of a time they show twice,
the author says which, else it is the first. Days are days, whatever clocks do.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from chalicelib.agenda.model import Slot

# All-day events are reminded of as if they began then (contract with people, not with clocks).
MORNING: Final = time(9)
_DAY: Final = timedelta(days=1)
# As the database of zones names places; nothing that could name a file elsewhere.
_ZONE: Final = re.compile(r"UTC|[A-Z][A-Za-z]+(/[A-Z][A-Za-z0-9_+-]*){1,2}", re.ASCII)


def is_zone(name: str) -> bool:
    """Tell whether the database of time zones has this name."""
    if not _ZONE.fullmatch(name):
        return False
    try:
        ZoneInfo(name)
    except (LookupError, OSError, ValueError):
        return False
    return True


def instant(wall: datetime, zone: str, fold: int = 0) -> datetime:
    """Return the instant, in UTC, at which clocks of a zone show a time, or the one they skip."""
    return wall.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def wall(moment: datetime, zone: str) -> tuple[datetime, int]:
    """Return what clocks of a zone show at an instant, and which time (0, 1) they do."""
    there = moment.astimezone(ZoneInfo(zone))
    return there.replace(tzinfo=None, fold=0), there.fold


def is_skipped(shown: datetime, zone: str) -> bool:
    """Tell whether clocks of a zone never show a time."""
    return wall(instant(shown, zone), zone)[0] != shown


def is_twice(shown: datetime, zone: str) -> bool:
    """Tell whether clocks of a zone show a time twice."""
    return instant(shown, zone) != instant(shown, zone, 1) and not is_skipped(shown, zone)


def start_at(slot: Slot) -> datetime:
    """Return the instant an appointment begins; all day: the first moment of its first day."""
    return instant(slot.start, slot.zone, slot.fold_start)


def end_at(slot: Slot) -> datetime:
    """Return the instant from which it is over; all day: the first moment of the day after."""
    if slot.all_day:
        return instant(slot.end + _DAY, slot.zone)
    return instant(slot.end, slot.zone, slot.fold_end)


def reminded_from(slot: Slot) -> datetime:
    """Return the instant that minutes before are counted from."""
    return before(slot, 0)


def before(slot: Slot, minutes: int) -> datetime:
    """Return the instant so many minutes before: whole days of them are days, by the wall clock.

    The day before 09:30 is at 09:30, though clocks changed in the night (R19), as in iCalendar.
    """
    days, rest = divmod(minutes, _DAY // timedelta(minutes=1))
    shown = datetime.combine(slot.start, MORNING) if slot.all_day else slot.start
    fold = 0 if days or slot.all_day else slot.fold_start
    return instant(shown - days * _DAY, slot.zone, fold) - timedelta(minutes=rest)


def start_of(day: date, zone: str) -> datetime:
    """Return the first instant of a civil day."""
    return instant(datetime.combine(day, time.min), zone)


def written(shown: datetime, *, all_day: bool) -> str:
    """Write a wall time, or a day."""
    return shown.date().isoformat() if all_day else shown.isoformat(timespec="minutes")
