"""What the platform hands to the workers: batches of a queue or a stream, a schedule's tick."""

import base64
import json
from collections.abc import Callable
from typing import Any

from chalicelib.core import ids
from chalicelib.core.rows import table_name
from tests import double

Handler = Callable[[dict[str, Any], object], Any]


def serve(handler: Any, event: dict[str, Any]) -> list[str]:
    """Run a batch handler as Lambda does, and return the identifiers it reports as failed."""
    answer = handler(event, None)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def tick(handler: Any) -> None:
    """Run a scheduled handler as EventBridge does."""
    handler(
        {
            "version": "0",
            "id": "1",
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": "123456789012",
            "time": "2026-11-23T09:30:00Z",
            "region": "eu-west-3",
            "resources": [],
            "detail": {},
        },
        None,
    )


def from_queue(*bodies: str, receives: int = 1) -> dict[str, Any]:
    """Return a batch of a queue; messages are named m0, m1, …"""
    return {
        "Records": [
            {
                "messageId": f"m{number}",
                "receiptHandle": "r",
                "body": body,
                "attributes": {"ApproximateReceiveCount": str(receives)},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "awsRegion": "eu-west-3",
            }
            for number, body in enumerate(bodies)
        ]
    }


def from_stream(*images: dict[str, Any], name: str = "INSERT") -> dict[str, Any]:
    """Return a batch of a stream; records are numbered 100, 101, …"""
    return {
        "Records": [
            {
                "eventID": ids.new_id(),
                "eventName": name,
                "eventSource": "aws:dynamodb",
                "awsRegion": "eu-west-3",
                "eventSourceARN": "arn:aws:dynamodb:eu-west-3:123456789012:table/t/stream/s",
                "dynamodb": {
                    "ApproximateCreationDateTime": 1795426200,
                    "Keys": {"pk": image.get("pk"), "sk": image.get("sk")},
                    "NewImage": as_json(image),
                    "SequenceNumber": str(100 + number),
                    "SizeBytes": 1,
                    "StreamViewType": "NEW_IMAGE",
                },
            }
            for number, image in enumerate(images)
        ]
    }


def as_json(image: dict[str, Any]) -> dict[str, Any]:
    """Write binary values as the platform does in the JSON it hands over."""
    text = json.dumps(image, default=lambda raw: base64.b64encode(bytes(raw)).decode())
    value: dict[str, Any] = json.loads(text)
    return value


def stored(table: str, prefix: str) -> list[dict[str, Any]]:
    """Return the items of a table whose partition starts with a prefix, in order of keys."""
    items = double.tables()[table_name(table)].items()
    return [item for (pk, _), item in sorted(items) if pk.startswith(prefix)]
