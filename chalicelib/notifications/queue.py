"""The queues between what happened and who serves it: messages are events, ids only (D13)."""

import json
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core import aws
from chalicelib.core.errors import Unavailable
from chalicelib.core.events import Event, from_dict, to_dict
from chalicelib.core.settings import settings
from chalicelib.notifications import rules

LONGEST_DELAY_SECONDS: Final = 900


def send(event: Event, *, delay_seconds: int = 0) -> None:
    """Queue an event for who serves it, after a delay of at most `LONGEST_DELAY_SECONDS`.

    What was sent in parts is to be inspected; all the rest is told to somebody.

    Raises:
        Unavailable: no clear answer; repeating is safe, since each has one effect.
    """
    is_served = event.type in rules.SERVED
    try:
        aws.client("sqs").send_message(
            QueueUrl=settings().ingest_queue_url if is_served else settings().notify_queue_url,
            MessageBody=json.dumps(to_dict(event), separators=(",", ":")),
            DelaySeconds=delay_seconds,
        )
    except (ClientError, BotoCoreError) as error:
        raise Unavailable from error


def read(body: str) -> Event:
    """Read what `send` wrote.

    Raises:
        ValueError: it is not one of our events.
    """
    value = json.loads(body)
    if not isinstance(value, dict):
        raise ValueError("not an event")  # noqa: TRY004  one error for all that is not an event
    return from_dict(value)
