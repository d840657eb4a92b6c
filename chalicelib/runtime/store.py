"""Rows of the followers of streams: who follows, and how far. Lost, records are handled again."""

from datetime import datetime, timedelta
from typing import ClassVar, Final

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.core import clock, rows
from chalicelib.core.rows import ConditionLost, Row, VersionedRow

LEASE: Final = timedelta(seconds=60)
# A stream forgets its records after a day: a place in it is of no use much longer.
_KEPT: Final = timedelta(days=7)
ENDED: Final = "END"
KINDS: Final = frozenset({"lease", "place"})


class LeaseRow(VersionedRow):
    """Who follows a stream; nobody else does until then."""

    TABLE: ClassVar[str] = "work"

    owner = UnicodeAttribute()
    until = UnicodeAttribute()
    ttl = NumberAttribute()


class PlaceRow(Row):
    """The last record of a shard that was handled."""

    TABLE: ClassVar[str] = "work"

    sequence = UnicodeAttribute()
    ttl = NumberAttribute()


def lease(stream: str, owner: str, now: datetime) -> bool:
    """Take a stream, or keep it for as long again; tell whether it is ours.

    Raises:
        StoreUnavailable: the store did not answer.
    """
    pk, sk = rows.key("STREAM", stream), "LEASE"
    known = rows.get(LeaseRow, pk, sk)
    if known is not None and known.owner != owner and clock.instant(known.until) > now:
        return False
    row = known or LeaseRow(pk=pk, sk=sk, kind="lease")
    row.owner, row.until, row.ttl = owner, clock.iso(now + LEASE), clock.epoch(now + _KEPT)
    try:
        rows.write([rows.put(row)])
    except ConditionLost:
        return False
    return True


def release(stream: str, owner: str) -> None:
    """Let another follow at once.

    Raises:
        StoreUnavailable: the store did not answer; the lease ends by itself.
    """
    known = rows.get(LeaseRow, rows.key("STREAM", stream), "LEASE")
    if known is not None and known.owner == owner:
        rows.write([rows.delete(known)])


def place(stream: str, shard: str) -> str | None:
    """Return the last record handled of a shard; `ENDED` after its last one."""
    row = rows.get(PlaceRow, *_place_key(stream, shard))
    return row.sequence if row else None


def keep_place(stream: str, shard: str, sequence: str, now: datetime) -> None:
    """Keep the last record handled of a shard."""
    pk, sk = _place_key(stream, shard)
    ttl = clock.epoch(now + _KEPT)
    rows.write([rows.replace(PlaceRow(pk=pk, sk=sk, kind="place", sequence=sequence, ttl=ttl))])


def _place_key(stream: str, shard: str) -> tuple[str, str]:
    return rows.key("STREAM", stream), rows.key("SHARD", shard)
