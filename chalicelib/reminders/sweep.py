"""Find what is due and claim it, once, whatever runs twice (D11). The workers' part of this domain.

Each minute, `plan` names the pairs of bucket and shard to look at; `sweep` reads what is due in one
and claims each row by condition, in one transaction: the reminder goes on to its next instant, the
due row makes place for the next one, and the event enters the outbox. Nobody is looked for: what
this costs grows with what is due.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final

from chalicelib.core import clock, events, log, rows
from chalicelib.core.errors import Unavailable
from chalicelib.core.events import EventType
from chalicelib.core.outbox import outbox_row
from chalicelib.core.rows import (
    Action,
    ConditionLost,
    Item,
    Row,
    StoreUnavailable,
    TransactionConflict,
)
from chalicelib.reminders import queue, rules, store
from chalicelib.reminders.model import Outcome, Reminder, Source
from chalicelib.reminders.store import DueRow, HeadRow, PreferencesRow, ReminderRow, TickRow
from chalicelib.vault.errors import KeyMissing, Tampered

# Of a long stop, so many pairs are caught up in one minute; those still open come first.
MOST_PAIRS: Final = 5_000
_PAGE: Final = 50  # each row is read with its reminder and preferences: one request
SECONDS: Final = 4.0  # for one pair; ten come in one batch, and the rest waits for the next minute
EVENTS: Final = {
    Source.APPOINTMENT: EventType.REMINDER_DUE,
    Source.PREVENTION: EventType.PREVENTION_DUE,
}
Following = Callable[[str, datetime], Sequence[datetime]]
_TROUBLE: Final = (Unavailable, StoreUnavailable, Tampered, KeyMissing)


def plan(now: datetime) -> int:
    """Queue every pair to look at this minute, and return how many; forget finished buckets.

    Raises:
        Unavailable, StoreUnavailable: the next minute plans the same again.
    """
    head = rows.get(HeadRow, *store.HEAD_KEY) or _first_head(now)
    known = list(rules.buckets(head.bucket, now))
    done = _finished(known)
    left = [(bucket, shard) for bucket in known for shard in _left(bucket, done)]
    closed = {bucket for bucket in known if rules.is_closed(bucket, now)}
    late = [pair for pair in left if pair[0] in closed]
    fresh = [pair for pair in left if pair[0] not in closed and _is_wanted(pair[0], now)]
    pairs = [*fresh, *late][:MOST_PAIRS]
    queue.send(pairs)
    _move_head(head, next((bucket for bucket, _ in left), known[-1]))
    return len(pairs)


def sweep(bucket: str, shard: str, now: datetime, following: Following) -> Counter[Outcome]:
    """Claim what is due in one shard of a bucket, within `SECONDS`, and count what became of it.

    Raises:
        Unavailable, StoreUnavailable, Tampered, KeyMissing: of the first row in trouble, once the
            others are done.
    """
    until, counts, trouble = time.monotonic() + SECONDS, Counter[Outcome](), []
    is_whole = True
    for found in _due(bucket, shard, now):
        if time.monotonic() > until:
            is_whole = False
            break
        try:
            counts[_handle(*found, now, following)] += 1
        except _TROUBLE as error:
            trouble.append(error)
    if trouble:
        raise trouble[0]
    if is_whole and rules.is_closed(bucket, now) and not counts[Outcome.LOST]:
        rows.write([store.finished(bucket, shard, now)])
    return counts


def put_aside(bucket: str, shard: str, now: datetime, following: Following) -> Counter[Outcome]:
    """Write on the rows that still fail why they do, so that nobody waits for them (R16).

    Raises:
        StoreUnavailable: nothing more can be done now.
    """
    counts = Counter[Outcome]()
    for due, reminder, preferences in _due(bucket, shard, now):
        try:
            counts[_handle(due, reminder, preferences, now, following)] += 1
        except _TROUBLE as error:
            due.reason, due.failed_at = type(error).__name__, clock.iso(now)
            rows.write([rows.replace(due)])
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


def _is_wanted(bucket: str, now: datetime) -> bool:
    """Tell whether a bucket that is not closed is looked at this minute.

    Each minute while it is under way and just after; then each fifth, for what a stop or a slow
    clock left in it.
    """
    return rules.bucket_start(bucket) + 2 * rules.BUCKET > now or now.minute % 5 == 0


def _move_head(head: HeadRow, oldest: str) -> None:
    if head.bucket != oldest or head.version is None:
        head.bucket = oldest
        try:
            rows.write([rows.put(head)])
        except ConditionLost:
            return  # another run was faster: it saw the same


Found = tuple[DueRow, Item | None, Item | None]


def _due(bucket: str, shard: str, now: datetime) -> Iterator[Found]:
    """Read what is due by now, the oldest first, each with its reminder and preferences."""
    query = store.due_until(bucket, shard, now, _PAGE)
    while True:
        page = rows.query(query)
        due = [row for item in page.items if (row := store.due_of(item))]
        if len(due) < len(page.items):
            log.write("due rows are not ours", count=len(page.items) - len(due))
        yield from _with_reminders([row for row in due if not _is_aside(row, now)])
        if page.last_key is None:
            return
        query = rows.following(query, page.last_key)


def _is_aside(due: DueRow, now: datetime) -> bool:
    """Tell whether a row was put aside, and not long enough ago for a retry to be meant."""
    return due.failed_at is not None and now < (clock.instant(due.failed_at) + rules.REDRIVEN_AFTER)


def _with_reminders(due: list[DueRow]) -> Iterator[Found]:
    """Read reminders and preferences of a page in one request, raw: each is verified alone."""
    wanted: list[tuple[type[Row], str, str]] = []
    for row in due:
        wanted += [
            (ReminderRow, *store.reminder_key(row.patient_id, row.subject_id)),
            store.preferences_wish(row.patient_id),
        ]
    found = rows.fetch_raw(wanted) if wanted else []
    return zip(due, found[::2], found[1::2], strict=True)


def _handle(
    due: DueRow,
    item: Item | None,
    preferences: Item | None,
    now: datetime,
    following: Following,
) -> Outcome:
    """Claim one due row; whatever is said of it happens in one transaction."""
    pid, subject = due.patient_id, due.subject_id
    row = ReminderRow.from_raw_data(item) if item else None
    chosen = PreferencesRow.from_raw_data(preferences) if preferences else None
    if row is None or row.next_at != due.due:
        unmoved = rows.unchanged(row) if row else _no_reminder(pid, subject)
        return _write([rows.delete(due), unmoved], Outcome.GONE)
    reminder = store.reminder_of(row)
    told_at = rules.told_at(now, reminder.event_at, store.preferences_of(chosen))
    if rules.is_over(clock.instant(due.due), reminder.event_at, now):
        return _write(_going_on(due, row, rules.after(reminder, now)), Outcome.OVER)
    if told_at > now:
        later = rules.postponed(reminder, now, told_at)
        return _write(_going_on(due, row, later), Outcome.POSTPONED)
    left = rules.after(reminder, now)
    if reminder.source is Source.PREVENTION:
        left = Reminder(reminder.source, tuple(following(pid, now)), None)
    event = events.new_event(EVENTS[reminder.source], pid, subject)
    told = rows.put(outbox_row(event, now))
    is_late = rules.is_late(clock.instant(due.due), now)
    return _write([*_going_on(due, row, left), told], Outcome.LATE if is_late else Outcome.TOLD)


def _no_reminder(pid: str, subject: str) -> Action:
    return rows.absent(ReminderRow, *store.reminder_key(pid, subject))


def _going_on(due: DueRow, row: ReminderRow, left: Reminder) -> list[Action]:
    """Return the writes that take a reminder from one due row to what is left of it."""
    pid, subject = due.patient_id, due.subject_id
    if not left.at:
        return [rows.delete(due), rows.delete(row)]
    following = store.due_row(pid, subject, left.at[0])
    return [
        rows.delete(due),
        rows.put(store.reminder_row(pid, subject, left, row.version)),
        rows.replace(following),
    ]


def _write(actions: list[Action], outcome: Outcome) -> Outcome:
    """Write a claim; a rival's was first, or is under way: it is his, or the next minute's."""
    try:
        rows.write(actions)
    except (ConditionLost, TransactionConflict):
        return Outcome.LOST
    return outcome
