"""Tell of one appointment or conversation that changes again and again a few times, not each time.

The first event is told at once, and opens a window; what follows waits, delayed in the queue, until
it ends: then the last one is told, and opens the next. As notices hold no words, it tells of all
of those before it. A cancellation, or a reminder that was lost, never waits.
"""

import math
from datetime import datetime

from chalicelib.core import clock, rows
from chalicelib.core.events import Event
from chalicelib.notifications import queue, rules
from chalicelib.notifications.store import InboxRow, WindowRow, inbox_key, window_key


def is_turn(event: Event, now: datetime) -> bool:
    """Tell whether an event is to be told now; if it has to wait, it is queued again.

    Raises:
        ConditionLost: a rival was first; to be looked at again.
        StoreUnavailable, Unavailable: to be done again.
    """
    if event.type not in rules.TOLD_NOW_AND_THEN:
        return True
    row = rows.get(WindowRow, *window_key(event))
    if row is None:
        return _open(event, None, now)
    if event.id == row.told:
        return True
    may_wait = event.type in rules.MAY_WAIT
    if event.id < row.latest:
        return not may_wait or _is_begun(event)
    until = clock.instant(row.until)
    if may_wait and now < until:
        _wait(event, row, until, now)
        return False
    return _open(event, row, now)


def _open(event: Event, row: WindowRow | None, now: datetime) -> bool:
    pk, sk = window_key(event)
    row = row or WindowRow(pk=pk, sk=sk, kind="window")
    row.told = row.latest = event.id
    row.until = clock.iso(now + rules.QUIET_WINDOW)
    row.ttl = clock.epoch(now + rules.EVENT_LIFE)
    rows.write([rows.put(row)])
    return True


def _wait(event: Event, row: WindowRow, until: datetime, now: datetime) -> None:
    """Leave it to the end of the window, if nothing newer comes: a repeated message is harmless."""
    if row.latest != event.id:
        row.latest = event.id
        rows.write([rows.put(row)])
    seconds = math.ceil((until - now).total_seconds())
    queue.send(event, delay_seconds=min(seconds, queue.LONGEST_DELAY_SECONDS))


def _is_begun(event: Event) -> bool:
    """Tell whether its telling had begun, so that its mail, tried again, is not forgotten."""
    return rows.get(InboxRow, *inbox_key(event.patient_id, event.id)) is not None
