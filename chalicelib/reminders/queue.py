"""The queue of what to sweep: pairs of a bucket and a shard, and nothing of anybody (D13)."""

import json
from collections.abc import Sequence
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core import aws
from chalicelib.core.errors import Unavailable
from chalicelib.core.settings import settings
from chalicelib.reminders import rules

Pair = tuple[str, str]
_AT_ONCE: Final = 10  # SQS takes no more in one request


def send(pairs: Sequence[Pair], *, delay_seconds: int) -> None:
    """Queue pairs, ten in a request, to be read after a delay.

    Raises:
        Unavailable: some were not queued; they are planned again the next minute.
    """
    for start in range(0, len(pairs), _AT_ONCE):
        _send(pairs[start : start + _AT_ONCE], delay_seconds)


def _send(pairs: Sequence[Pair], delay_seconds: int) -> None:
    entries: list[Any] = [
        {
            "Id": str(n),
            "MessageBody": body(pair),
            "DelaySeconds": delay_seconds,
        }
        for n, pair in enumerate(pairs)
    ]
    try:
        answer = aws.client("sqs").send_message_batch(
            QueueUrl=settings().remind_queue_url, Entries=entries
        )
    except (ClientError, BotoCoreError) as error:
        raise Unavailable from error
    if answer.get("Failed"):
        raise Unavailable


def body(pair: Pair) -> str:
    """Write a pair as a message."""
    bucket, shard = pair
    return json.dumps({"bucket": bucket, "shard": shard})


def read(message: str) -> Pair:
    """Read what `body` wrote.

    Raises:
        ValueError: it is not a pair of ours.
    """
    value = json.loads(message)
    if not isinstance(value, dict) or set(value) != {"bucket", "shard"}:
        raise ValueError("not a pair")
    bucket, shard = str(value["bucket"]), str(value["shard"])
    rules.bucket_start(bucket)
    if shard not in rules.ALL_SHARDS:
        raise ValueError("not a shard")
    return bucket, shard
