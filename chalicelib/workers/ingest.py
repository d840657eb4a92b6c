"""Inspect what was sent in parts, from the queue, and put it in the record or say why not.

A message that cannot be served goes back, and after `MAX_RECEIVES` the queue puts it aside. The
hourly sweep sends another for what still waits, until it is too old and is refused. What ends its
worker is refused sooner, from whichever message: the queue's own count is not used, because it does
not tell a worker that was killed from a host that did not answer, nor one message from the next.
"""

from typing import Final

from chalice.app import Blueprint

from chalicelib.notifications import queue
from chalicelib.record.ingest import ingest as inspect_and_keep
from chalicelib.workers.batch import Record, batch

blueprint = Blueprint(__name__)

MAX_RECEIVES: Final = 5


# The template replaces the queue's name by its own. One at a time: each is held whole in memory.
@blueprint.on_sqs_message(queue="ingest", batch_size=1)
@batch
def ingest(record: Record) -> None:
    """Finish one document; whatever comes twice is finished once."""
    event = queue.read(record["body"])
    inspect_and_keep(event.patient_id, event.reference)
