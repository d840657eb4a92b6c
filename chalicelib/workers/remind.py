"""Claim what is due in the shards that `plan` named; only counts are ever logged.

A pair in trouble goes back to the queue; at its last receive, the rows that still fail are put
aside with their reason, and the message goes to the dead letters (R16). Sent back by an operator
an hour later or more, it tries them again.
"""

from collections import Counter
from typing import Final

from chalice.app import Blueprint

from chalicelib.core import clock, log
from chalicelib.notifications import store as notices
from chalicelib.prevention.usecases import following
from chalicelib.reminders import queue, sweep
from chalicelib.reminders.model import Outcome
from chalicelib.workers.batch import Record, batch, receives

blueprint = Blueprint(__name__)

MAX_RECEIVES: Final = 5


# The template replaces the queue's name by its own.
@blueprint.on_sqs_message(queue="remind", batch_size=2)
@batch
def remind(record: Record) -> None:
    """Claim what is due by now in one pair; whatever comes twice is claimed once."""
    now, is_last = clock.now(), receives(record) >= MAX_RECEIVES
    try:
        bucket, shard = queue.read(record["body"])
    except ValueError:
        if is_last:
            notices.keep_failure(str(record["messageId"]), "malformed", now)
        raise
    try:
        _count(sweep.sweep(bucket, shard, now, following))
    except Exception:
        if is_last:
            _count(sweep.put_aside(bucket, shard, now, following))
        raise


def _count(counts: Counter[Outcome]) -> None:
    for outcome, count in counts.items():
        log.write("reminders", outcome=outcome, count=count)
