"""Carry new events of the outbox to the queue, as the table's stream tells of them.

An event may be carried twice (a stream repeats, a sweep helps); who reads the queue bears it.
"""

from typing import Final

from chalice.app import Blueprint

from chalicelib.core import rows
from chalicelib.core.events import Event
from chalicelib.core.outbox import OutboxRow, event_of, relayed
from chalicelib.core.rows import ConditionLost
from chalicelib.notifications import queue
from chalicelib.workers.batch import Record, batch

blueprint = Blueprint(__name__)

# Known only once deployed: the template replaces it.
STREAM: Final = "arn:aws:dynamodb:eu-west-3:000000000000:table/work/stream/given-by-the-template"


@blueprint.on_dynamodb_record(stream_arn=STREAM, batch_size=100, starting_position="TRIM_HORIZON")
@batch
def relay(record: Record) -> None:
    """Queue the event of a new row; other changes of the table are not for us.

    A row that does not wait was relayed before: it is put back from a backup (ADR 0035).
    """
    image = record["dynamodb"].get("NewImage", {})
    is_event = record["eventName"] == "INSERT" and image.get("kind", {}).get("S") == "event"
    if is_event and "pend_pk" in image:
        carry(event_of(OutboxRow.from_raw_data(image)))


def carry(event: Event) -> None:
    """Queue an event, then take its row out of the index of those that wait.

    Raises:
        Unavailable, StoreUnavailable: to be done again.
    """
    queue.send(event)
    try:
        rows.write([relayed(event.id)])
    except ConditionLost:
        return  # forgotten after a week: nothing to mark
