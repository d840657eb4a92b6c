"""Find what is due and have it claimed, once, whatever runs twice (D11). The workers' part.

Within each minute, `plan` names the pairs of bucket and shard to look at when it ends, since that
is when reminders are due; `sweep` reads what is due in one, and claims it. Nobody is looked for:
what this costs grows with what is due.
"""

import math
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Final

from chalicelib.core import clock, log, parallel, rows
from chalicelib.core.errors import Unavailable
from chalicelib.core.rows import ConditionLost, Row, StoreUnavailable
from chalicelib.reminders import queue, rules, store
from chalicelib.reminders.claims import FollowingOf, Found, claim
from chalicelib.reminders.model import Outcome
from chalicelib.reminders.store import DueRow, HeadRow, ReminderRow, TickRow
from chalicelib.vault import blind
from chalicelib.vault.errors import KeyMissing, Tampered

# Of a long stop, so many pairs are caught up in one minute; those still open come first.
MOST_PAIRS: Final = 5_000
_PAGE: Final = 50  # each row is read with its reminder and preferences: one request
# For one pair; two come in one batch, and what is left waits for the next minute.
SECONDS: Final = 20.0
_TROUBLE: Final = (Unavailable, StoreUnavailable, Tampered, KeyMissing)


def plan(now: datetime) -> int:
    """Queue every pair to look at when this minute ends, and return how many.

    Finished buckets are forgotten.

    Raises:
        Unavailable, StoreUnavailable: the next minute plans the same again.
    """
    head = rows.get(HeadRow, *store.HEAD_KEY) or _first_head(now)
    at = rules.next_minute(now)
    known = list(rules.buckets(head.bucket, at))
    done = _finished(known)
    left = [(bucket, shard) for bucket in known for shard in _left(bucket, done)]
    closed = {bucket for bucket in known if rules.is_closed(bucket, now)}
    late = [pair for pair in left if pair[0] in closed]
    fresh = [pair for pair in left if pair[0] not in closed and _is_wanted(pair[0], at)]
    pairs = [*fresh, *late][:MOST_PAIRS]
    queue.send(pairs, delay_seconds=math.ceil((at - now).total_seconds()))
    _move_head(head, next((bucket for bucket, _ in left), known[-1]))
    return len(pairs)


def sweep(bucket: str, shard: str, now: datetime, following: FollowingOf) -> Counter[Outcome]:
    """Claim what is due in one shard of a bucket, within `SECONDS`, and count what became of it.

    Raises:
        Unavailable, StoreUnavailable, Tampered, KeyMissing: of the first row in trouble, once the
            others are done.
    """
    until, counts, trouble = time.monotonic() + SECONDS, Counter[Outcome](), list[Exception]()
    is_whole = True
    for page in _due(bucket, shard, now):
        outcomes = list(_claimed(page, now, following, until))
        counts.update(one for one in outcomes if isinstance(one, Outcome))
        trouble += [one for one in outcomes if isinstance(one, Exception)]
        if len(outcomes) < len(page):
            is_whole = False
            break
    if trouble:
        raise trouble[0]
    if is_whole and rules.is_closed(bucket, now) and not counts[Outcome.LOST]:
        rows.write([store.finished(bucket, shard, now)])
    return counts


def put_aside(bucket: str, shard: str, now: datetime, following: FollowingOf) -> Counter[Outcome]:
    """Write on the rows that still fail why they do, so that nobody waits for them (R16).

    Raises:
        StoreUnavailable: nothing more can be done now.
    """
    counts = Counter[Outcome]()
    for found in chain.from_iterable(_due(bucket, shard, now)):
        try:
            counts[claim(found, now, following)] += 1
        except _TROUBLE as error:
            found.due.reason, found.due.failed_at = type(error).__name__, clock.iso(now)
            rows.write([rows.replace(found.due)])
            counts[Outcome.ASIDE] += 1
    return counts


def _first_head(now: datetime) -> HeadRow:
    pk, sk = store.HEAD_KEY
    return HeadRow(pk=pk, sk=sk, kind="head", bucket=rules.bucket_of(now - rules.GRACE))


def _finished(buckets: list[str]) -> dict[str, frozenset[str]]:
    query = store.ticks(buckets[0], buckets[-1])
    items = rows.all_items(query, rows.query(query))
    found = [TickRow.from_raw_data(item) for item in items if item["kind"]["S"] == "tick"]
    return {row.sk: frozenset(row.shards) for row in found}


def _left(bucket: str, done: dict[str, frozenset[str]]) -> Iterator[str]:
    finished = done.get(bucket, frozenset())
    return (shard for shard in rules.ALL_SHARDS if shard not in finished)


def _is_wanted(bucket: str, at: datetime) -> bool:
    """Tell whether a bucket that is not closed is looked at in a minute.

    Each minute while it is under way and just after; then each fifth, for what a stop or a slow
    clock left in it.
    """
    return rules.bucket_start(bucket) + 2 * rules.BUCKET > at or at.minute % 5 == 0


def _move_head(head: HeadRow, oldest: str) -> None:
    if head.bucket != oldest or head.version is None:
        head.bucket = oldest
        try:
            rows.write([rows.put(head)])
        except ConditionLost:
            return  # another run was faster: it saw the same


def _due(bucket: str, shard: str, now: datetime) -> Iterator[list[Found]]:
    """Read what is due by now, the oldest first, page by page, with reminders and preferences."""
    query = store.due_until(bucket, shard, now, _PAGE)
    while True:
        page = rows.query(query)
        due = [row for item in page.items if (row := store.due_of(item))]
        if len(due) < len(page.items):
            log.write("due rows are not ours", count=len(page.items) - len(due))
        yield _with_reminders([row for row in due if not _is_aside(row, now)])
        if page.last_key is None:
            return
        query = rows.following(query, page.last_key)


def _is_aside(due: DueRow, now: datetime) -> bool:
    """Tell whether a row was put aside, and not long enough ago for a retry to be meant."""
    return due.failed_at is not None and now < (clock.instant(due.failed_at) + rules.REDRIVEN_AFTER)


def _with_reminders(due: list[DueRow]) -> list[Found]:
    """Read reminders and preferences of a page in one request, raw: each is verified alone."""
    wanted: list[tuple[type[Row], str, str]] = []
    for row in due:
        wanted += [
            (ReminderRow, *store.reminder_key(row.patient_id, row.subject_id)),
            store.preferences_wish(row.patient_id),
        ]
    found = rows.fetch_raw(wanted) if wanted else []
    return [Found(*one) for one in zip(due, found[::2], found[1::2], strict=True)]


def _claimed(
    page: list[Found], now: datetime, following: FollowingOf, until: float
) -> Iterator[Outcome | Exception]:
    """Claim a page: people side by side, and each one's rows in turn, since they share a count."""
    people: dict[str, list[Found]] = {}
    for found in page:
        people.setdefault(found.due.patient_id, []).append(found)
    if people:
        blind.make_known()
    with parallel.none_outlives() as started:
        started += [
            parallel.start(_claimed_of_one, mine, now, following, until) for mine in people.values()
        ]
    for one in started:
        yield from one.result()


def _claimed_of_one(
    mine: list[Found], now: datetime, following: FollowingOf, until: float
) -> list[Outcome | Exception]:
    """Claim rows while there is time; trouble with one stops no other."""
    outcomes: list[Outcome | Exception] = []
    for found in mine:
        if time.monotonic() > until:
            break
        try:
            outcomes.append(claim(found, now, following))
        except _TROUBLE as error:
            outcomes.append(error)
    return outcomes
