"""Tell an event to a recipient, once, whatever happens twice.

The notice is claimed before the mail is sent and marked after. Between the provider's acceptance
and our mark, a crash or a lost answer may make the same mail go twice, with the same Message-ID
where the provider keeps ours (SES does not): it is the only such window, and the other order could
lose a mandatory notice instead.
"""

import hashlib
import math
from datetime import datetime

from chalicelib.core import clock, ids, log
from chalicelib.core.errors import Unavailable
from chalicelib.core.events import Event
from chalicelib.core.rows import StoreUnavailable
from chalicelib.core.settings import settings
from chalicelib.notifications import queue, rules, senders, store
from chalicelib.notifications.model import Mail, Recipient, Status
from chalicelib.notifications.store import NoticeRow


class GivenUp(Exception):  # noqa: N818  the log code is the class name
    """A notice failed for good: the queue puts its message aside; the reason is in its row."""


def tell(event: Event, recipient: Recipient) -> None:
    """Send the notice of an event, unless it was, or somebody is on it, or it is too early.

    Raises:
        GivenUp: it failed for good.
        ConditionLost: a rival, or our own lost answer, was first; to be looked at again.
        StoreUnavailable: to be done again.
    """
    now = clock.now()
    if not rules.is_news(ids.ulid_instant(event.id), now):
        log.write("notice too late", event_id=event.id)
        return
    row = store.find(event.id, recipient.id) or store.new_notice(event, recipient.id, now)
    _start_again(row, now)
    if not rules.may_try(row.status, store.next_at(row), now):
        _raise_if_failed(row)
        return
    _try(row, recipient, now)
    _raise_if_failed(row)


def _try(row: NoticeRow, recipient: Recipient, now: datetime) -> None:
    store.try_until(row, now + rules.LEASE, now)
    try:
        address = recipient.address()
        if address:
            senders.send(_mail(row, address))
    except senders.Rejected:
        _finish(row, Status.FAILED, "rejected")
    except senders.Unsent:
        _try_later(row, "provider")
    except (Unavailable, StoreUnavailable):
        _try_later(row, "address")
    else:
        _finish(row, Status.SENT if address else Status.NO_CHANNEL, None)


def _mail(row: NoticeRow, address: str) -> Mail:
    who = hashlib.sha256(row.recipient.encode()).hexdigest()[:16]
    text = rules.text_for(store.event_of(row), settings().public_base_url)
    return Mail(f"{row.event_id}.{who}", row.created_at, address, text)


def _try_later(row: NoticeRow, reason: str) -> None:
    """Plan the next attempt: by the queue when it is near, else by the sweep; both may come."""
    delay = rules.next_try(int(row.attempts), ids.jitter(1.0))
    if delay is None:
        _finish(row, Status.FAILED, reason)
        return
    now = clock.now()
    store.wait(row, now + delay, now, reason=reason)
    log.write("notice postponed", event_id=row.event_id, attempt=int(row.attempts), reason=reason)
    seconds = math.ceil(delay.total_seconds()) + 1  # never before the row allows it
    if seconds <= queue.LONGEST_DELAY_SECONDS:
        queue.send(store.event_of(row), delay_seconds=seconds)


def _finish(row: NoticeRow, status: Status, reason: str | None) -> None:
    store.finish(row, status, clock.now(), reason=reason)
    log.write("notice", event_id=row.event_id, outcome=status, reason=reason)


def _start_again(row: NoticeRow, now: datetime) -> None:
    """Give a failed notice that an operator put back in the queue all its attempts anew."""
    back = row.status == Status.FAILED and now > (
        clock.instant(row.changed_at) + rules.REDRIVEN_AFTER
    )
    if back:
        row.status, row.attempts = Status.REQUESTED, 0


def _raise_if_failed(row: NoticeRow) -> None:
    if row.status == Status.FAILED:
        raise GivenUp(row.reason)
