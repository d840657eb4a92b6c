"""A queue read as the platform reads it: batches to a handler, what it did not do comes again.

The queue itself counts receives and puts aside what comes too often (its redrive policy).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from chalicelib.core import aws, log
from chalicelib.core.settings import settings

Handler = Callable[[dict[str, Any], object], Any]

# Shorter than the client's own patience with an answer (`core/aws.py`).
WAIT_SECONDS: Final = 2


@dataclass(frozen=True, slots=True)
class QueueReader:
    """One queue and who handles its messages, so many at a time."""

    name: str
    url: str
    handler: Handler
    batch_size: int

    def turn(self) -> int:
        """Handle one batch; return how many messages there were.

        Raises:
            ClientError, BotoCoreError: the host; what was handled may come again.
        """
        queue = aws.client("sqs")
        answer = queue.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=self.batch_size,
            WaitTimeSeconds=WAIT_SECONDS,
            MessageSystemAttributeNames=["All"],
        )
        messages = answer.get("Messages", [])
        if not messages:
            return 0
        told = self.handler({"Records": [_record(one) for one in messages]}, None)
        failed = {one["itemIdentifier"] for one in told["batchItemFailures"]}
        done: Any = [
            {"Id": str(number), "ReceiptHandle": one["ReceiptHandle"]}
            for number, one in enumerate(messages)
            if one["MessageId"] not in failed
        ]
        if done:
            kept = queue.delete_message_batch(QueueUrl=self.url, Entries=done).get("Failed", [])
            if kept:  # they come again, which handlers bear
                log.write("messages stay", function=self.name, count=len(kept))
        return len(messages)

    def close(self) -> None:
        """Nothing is held: what is in hand comes again by itself."""


def _record(message: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "awsRegion": settings().region,
    }
