"""How many times an hour an actor may ask, so that nobody can go through the whole country (A37).

Counted per actor and civil hour in UTC; the count of an hour is forgotten a day later.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from chalicelib.core import clock, log, rows
from chalicelib.core.errors import TooMany
from chalicelib.http.principal import ActorKind, Principal
from chalicelib.identity import store
from chalicelib.identity.store import RateRow

# P: a practice sees some thirty patients a day; a laboratory sends its results in one evening.
LOOKUPS: Final[Mapping[ActorKind, int]] = {
    ActorKind.PROFESSIONAL: 60,
    ActorKind.ORGANISATION: 5_000,
}
SEARCHES: Final[Mapping[ActorKind, int]] = {
    ActorKind.PERSON: 60,
    ActorKind.PROFESSIONAL: 120,
}
_KEPT: Final = timedelta(days=1)


def spend(what: str, limits: Mapping[ActorKind, int], principal: Principal, now: datetime) -> None:
    """Count one request of an actor; those whose kind has no limit are not expected here.

    Raises:
        TooMany: the hour's budget is spent; `Retry-After` says when the next one begins.
        StoreUnavailable: the store did not answer.
    """
    hour = now.replace(minute=0, second=0, microsecond=0)
    pk, sk = store.rate_key(what, principal.id, hour.strftime("%Y-%m-%dT%H"))
    spent = rows.count(RateRow, pk, sk, kind="rate", ttl=clock.epoch(now + _KEPT))
    if spent > limits[principal.kind]:
        log.write("budget spent", action=what, count=spent, code=principal.kind)
        left = hour + timedelta(hours=1) - now
        raise TooMany(retry_after_seconds=max(1, int(left.total_seconds())))
