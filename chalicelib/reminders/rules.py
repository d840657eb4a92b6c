"""When a person is reminded, and under which keys that waits (D11). Pure.

Instants are aware and in UTC. A person's quiet hours are read in her own zone, so an instant that
exists twice or not at all there is one instant here.
"""

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from chalicelib.reminders.model import MAX_A_DAY, Preferences, Reminder

BUCKET: Final = timedelta(minutes=5)
SHARDS: Final = 64
# Instances whose clocks are ten minutes apart, either way, still meet in an open bucket (R21).
GRACE: Final = timedelta(minutes=20)
# Told this long after its instant, a reminder counts as late.
LATE: Final = timedelta(minutes=5)
# Rows outlive a long stop of the workers (D11: at least 30 days).
ROW_LIFE: Final = timedelta(days=40)
# A day's count is needed while it is that day somewhere.
COUNT_LIFE: Final = timedelta(days=3)
# A reminder put aside is tried again by a message that comes this much later: an operator's.
REDRIVEN_AFTER: Final = timedelta(hours=1)
_MINUTE: Final = timedelta(minutes=1)
_BUCKET_FORMAT: Final = "%Y-%m-%dT%H:%MZ"


def due_instants(
    wanted: Iterable[datetime], event_at: datetime, preferences: Preferences, now: datetime
) -> list[datetime]:
    """Return when to remind of an event, in order: in the future, before it, none twice.

    What is wanted in quiet hours is told just before they begin; if that is past, when they
    end; if the event is before that, at its own instant: a reminder somebody asked for is not lost.
    What is wanted in the past is dropped.
    """
    return sorted({_moved(one, event_at, preferences, now) for one in wanted if one > now})


def _moved(at: datetime, event_at: datetime, preferences: Preferences, now: datetime) -> datetime:
    quiet = quiet_period(at, preferences)
    if quiet is None:
        return at
    begins, ends = quiet
    if begins - _MINUTE > now:
        return begins - _MINUTE
    return ends if ends < event_at else at


def told_at(now: datetime, event_at: datetime | None, preferences: Preferences) -> datetime:
    """Return when what is due now may be told: now, or at the end of quiet hours.

    Quiet hours that last until the event do not hold it back.
    """
    ends = next_quiet_end(now, preferences)
    if ends is None or (event_at is not None and ends >= event_at):
        return now
    return ends


def next_quiet_end(at: datetime, preferences: Preferences) -> datetime | None:
    """Return when the quiet hours around an instant end; None if it is not in any."""
    quiet = quiet_period(at, preferences)
    return quiet[1] if quiet else None


def quiet_period(at: datetime, preferences: Preferences) -> tuple[datetime, datetime] | None:
    """Return the quiet hours an instant is in, the end excluded; None if it is not in any."""
    day = local_day(at, preferences.zone)
    for evening in (day - timedelta(days=1), day):
        begins, ends = _quiet_of(evening, preferences)
        if begins <= at < ends:
            return begins, ends
    return None


def _quiet_of(evening: date, preferences: Preferences) -> tuple[datetime, datetime]:
    spans_midnight = preferences.quiet_until < preferences.quiet_from
    morning = evening + timedelta(days=1) if spans_midnight else evening
    zone = ZoneInfo(preferences.zone)
    # Of an hour that exists twice, quiet hours hold both.
    begins = datetime.combine(evening, preferences.quiet_from, zone)
    ends = datetime.combine(morning, preferences.quiet_until.replace(fold=1), zone)
    return begins.astimezone(UTC), ends.astimezone(UTC)


def quiet_length(quiet_from: time, quiet_until: time) -> timedelta:
    """Return how long quiet hours last on an ordinary day."""
    day = datetime.combine(date.min, quiet_from)
    return (datetime.combine(date.min + timedelta(days=1), quiet_until) - day) % timedelta(days=1)


def local_day(at: datetime, zone: str) -> date:
    """Return the civil date somewhere at an instant."""
    return at.astimezone(ZoneInfo(zone)).date()


def next_day(at: datetime, zone: str) -> datetime:
    """Return the first instant of the civil day after the one an instant is in, somewhere."""
    tomorrow = local_day(at, zone) + timedelta(days=1)
    return datetime.combine(tomorrow, time(0), ZoneInfo(zone)).astimezone(UTC)


def day_with_room(
    at: datetime, event_at: datetime | None, preferences: Preferences, counts: Mapping[date, int]
) -> datetime | None:
    """Return when what may be told from an instant on is told: on a day that is not full.

    None: every day before its event is full. Source: R-AGE-02.
    """
    while event_at is None or at < event_at:
        if counts.get(local_day(at, preferences.zone), 0) < MAX_A_DAY:
            return at
        at = told_at(next_day(at, preferences.zone), event_at, preferences)
    return None


def next_minute(now: datetime) -> datetime:
    """Return the next whole minute, at which reminders are due: they have no seconds."""
    return now.replace(second=0, microsecond=0) + _MINUTE


def is_late(due: datetime, now: datetime) -> bool:
    """Tell whether telling now what was due then is late."""
    return now > due + LATE


def is_over(due: datetime, event_at: datetime | None, now: datetime) -> bool:
    """Tell whether it is too late to remind of an event: it has begun.

    What is due as it begins (« à l’heure du rendez-vous ») is told then, and never late.
    """
    if event_at is None or event_at > now:
        return False
    return due < event_at or is_late(due, now)


def after(reminder: Reminder, now: datetime) -> Reminder:
    """Return what is left of a reminder once all that is due by now is told, once."""
    left = tuple(at for at in reminder.at if at > now)
    return Reminder(reminder.source, left, reminder.event_at)


def postponed(reminder: Reminder, now: datetime, until: datetime) -> Reminder:
    """Return a reminder whose instants due by now wait together until another."""
    at = {until, *after(reminder, now).at}
    return Reminder(reminder.source, tuple(sorted(at)), reminder.event_at)


def day_counts(
    counts: Mapping[date, int],
    removed: Iterable[datetime],
    added: Iterable[datetime],
    zone: str,
    today: date,
) -> dict[date, int]:
    """Return how many reminders each day has after a change; days gone by are forgotten."""
    total = Counter({day: count for day, count in counts.items() if day >= today})
    total.subtract(day for at in removed if (day := local_day(at, zone)) in total)
    total.update(local_day(at, zone) for at in added)
    return {day: count for day, count in sorted(total.items()) if count > 0 and day >= today}


def full_days(
    before: Mapping[date, int], later: Mapping[date, int], most: int = MAX_A_DAY
) -> list[date]:
    """Return the days a change brings, or adds to, beyond the most a day may have (R-AGE-02)."""
    return [day for day, count in later.items() if count > most and count > before.get(day, 0)]


def bucket_of(at: datetime) -> str:
    """Return the name of the five minutes an instant is in."""
    utc = at.astimezone(UTC)
    return utc.replace(minute=utc.minute // 5 * 5).strftime(_BUCKET_FORMAT)


def bucket_start(bucket: str) -> datetime:
    """Return the first instant of a bucket.

    Raises:
        ValueError: it is not a bucket's name.
    """
    start = datetime.strptime(bucket, _BUCKET_FORMAT).replace(tzinfo=UTC)
    if bucket_of(start) != bucket:
        raise ValueError("not a bucket")
    return start


def buckets(first: str, now: datetime) -> Iterator[str]:
    """Return the buckets that began by now, from one on."""
    start = bucket_start(first)
    while start <= now:
        yield bucket_of(start)
        start += BUCKET


def is_closed(bucket: str, now: datetime) -> bool:
    """Tell whether no row can still be put in a bucket, however wrong the clocks."""
    return now >= bucket_start(bucket) + BUCKET + GRACE


def shard_of(pid: str) -> str:
    """Return the shard of a record."""
    return f"{zlib.crc32(pid.encode()) % SHARDS:02d}"


ALL_SHARDS: Final = tuple(f"{shard:02d}" for shard in range(SHARDS))
