"""The only reader of the system clock, so that tests can travel in time."""

from datetime import UTC, date, datetime

from chalicelib.core.zones import PARIS


def now() -> datetime:
    """Return the current instant, aware, in UTC, to the millisecond."""
    instant = datetime.now(UTC)
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def paris_date(instant: datetime) -> date:
    """Return the civil date in mainland France at an instant."""
    return instant.astimezone(PARIS).date()


def iso(instant: datetime) -> str:
    """Write an instant as `2026-11-23T09:30:00.000Z`: fixed width, so text order is time order."""
    return (
        instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.")
        + f"{instant.microsecond // 1000:03d}Z"
    )


def instant(text: str) -> datetime:
    """Read what `iso` wrote.

    Raises:
        ValueError: the text is not an instant with a zone.
    """
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return read.astimezone(UTC)


def epoch(moment: datetime) -> int:
    """Return whole seconds since 1970, as DynamoDB's TTL wants them."""
    return int(moment.timestamp())
