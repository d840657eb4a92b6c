"""What workers gave up: said by ids and reasons, never by content, and done again.

A letter that is looked at is hidden from others for `HELD_SECONDS`, then is there again: a command
that is stopped loses none. One that is done again is removed only after, so that it may be done
twice, which every worker bears.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from chalicelib.core import aws, clock, log, rows
from chalicelib.core.settings import settings
from chalicelib.identity import spaces
from chalicelib.notifications import queue as notices_queue
from chalicelib.notifications import store as notices
from chalicelib.reminders import queue as pairs_queue
from chalicelib.reminders import store as reminders
from chalicelib.workers.notify import OPERATOR
from infra.functions import ARCHIVE, INGEST, NOTIFY, RELAY, REMIND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HELD_SECONDS: Final = 120
_AT_ONCE: Final = 10  # SQS hands out no more in one request
WAIT_SECONDS: Final = 1  # for a queue spread over many hosts to look at them all
_EMPTY_READS: Final = 5  # of a stream, before its end is called unreachable
_FORGOTTEN: Final = frozenset({"TrimmedDataAccessException", "ResourceNotFoundException"})
_BATCH: Final = "DDBStreamBatchInfo"


@dataclass(frozen=True, slots=True)
class Letter:
    """One message of a dead-letter queue."""

    id: str
    receipt: str
    sent_at: datetime
    body: str


def describe(name: str) -> Iterator[str]:
    """Say, one line per letter, what a function's dead-letter queue holds; all stays there.

    Raises:
        Unavailable, StoreUnavailable, ClientError, BotoCoreError: the host.
    """
    said = {
        NOTIFY.name: _of_notice,
        REMIND.name: _of_pair,
        INGEST.name: _of_document,
        RELAY.name: _of_batch,
    }
    say = said.get(name, _of_batch if name == ARCHIVE.name else _of_run)
    with _held(name) as letters:
        for letter in letters:
            yield f"{clock.iso(letter.sent_at)} {letter.id} {say(letter)}"


def redrive(name: str, reseal: Callable[[list[str]], None], *, drops_rest: bool) -> tuple[int, int]:
    """Do again what a function gave up, and remove it; return how many letters, and the rest.

    Notices, reminders and documents sent in parts go back to their queue. Traces are sealed here.
    What the next hour or minute does by itself (`relay`, `plan`, `sweep`) is only removed. The rest
    cannot be read, or are traces that their stream has forgotten: they stay, unless dropped.

    Raises:
        As `describe`; what was not done stays.
    """
    done = rest = 0
    with _held(name) as letters:
        for letter in letters:
            is_done = _do_again(name, letter, reseal)
            if is_done or drops_rest:
                _remove(name, letter)
            done, rest = done + is_done, rest + (not is_done)
    log.write("redriven", function=name, count=done)
    return done, rest


def patients_of(letter: Letter) -> list[str] | None:
    """Return whose traces a letter of the archive is about; None once the stream forgot (24 h)."""
    info = json.loads(letter.body).get(_BATCH, {})
    found: dict[str, None] = {}
    try:
        for record in _stream_records(info):
            image = record["dynamodb"].get("NewImage", {})
            owner, _, pid = image.get("pk", {}).get("S", "").partition("#")
            if owner == "P" and image.get("kind", {}).get("S") == "trace":
                found[pid] = None
    except (EOFError, KeyError):
        return None
    return list(found)


def _do_again(name: str, letter: Letter, reseal: Callable[[list[str]], None]) -> bool:
    if name == ARCHIVE.name:
        patients = patients_of(letter)
        if patients:
            reseal(patients)
        return patients is not None
    return _send_back(name, letter) if name in _READERS else True


_READERS: Final[dict[str, Callable[[str], object]]] = {
    NOTIFY.name: notices_queue.read,
    REMIND.name: pairs_queue.read,
    INGEST.name: notices_queue.read,
}


def _send_back(name: str, letter: Letter) -> bool:
    try:
        _READERS[name](letter.body)
    except ValueError:
        return False
    url = {
        NOTIFY.name: settings().notify_queue_url,
        REMIND.name: settings().remind_queue_url,
        INGEST.name: settings().ingest_queue_url,
    }[name]
    aws.client("sqs").send_message(QueueUrl=url, MessageBody=letter.body)
    return True


def _of_notice(letter: Letter) -> str:
    """Say whose event it is, and why each of its notices failed."""
    try:
        event = notices_queue.read(letter.body)
    except ValueError:
        return "malformed"
    linked = [proxy.uid for proxy in spaces.proxies(event.patient_id)]
    told = [*linked, OPERATOR, notices.UNDELIVERED]
    found = [row for who in told if (row := notices.find(event.id, who))]
    reasons = ", ".join(f"{row.status} {row.reason or ''}".strip() for row in found)
    return f"event {event.id} {event.type}: {reasons or 'no reason was kept'}"


def _of_document(letter: Letter) -> str:
    """Say which document sent in parts could not be inspected; why is in the worker's log."""
    try:
        event = notices_queue.read(letter.body)
    except ValueError:
        return "malformed"
    return f"document {event.reference} of {event.patient_id}"


def _of_pair(letter: Letter) -> str:
    """Say which reminders, by bucket and shard, and why they failed."""
    try:
        bucket, shard = pairs_queue.read(letter.body)
    except ValueError:
        return "malformed"
    page = rows.query(reminders.due_until(bucket, shard, clock.now(), _AT_ONCE**2))
    due = [row for item in page.items if (row := reminders.due_of(item))]
    reasons = Counter(row.reason for row in due if row.failed_at)
    said = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
    return f"bucket {bucket} shard {shard}: {said or 'nothing is put aside'}"


def _of_batch(letter: Letter) -> str:
    """Say which stream records, and for the archive whose traces they are."""
    body = json.loads(letter.body)
    condition = body.get("requestContext", {}).get("condition", "unknown")
    info = body.get(_BATCH, {})
    said = f"{info.get('batchSize', 0)} stream records, {condition}"
    if not str(info.get("streamArn", "")).partition("/stream/")[0].endswith("-audit"):
        return said
    patients = patients_of(letter)
    return f"{said}: {'stream has forgotten them' if patients is None else ' '.join(patients)}"


def _of_run(letter: Letter) -> str:
    del letter  # a scheduled event, and the text of an error: nothing that its log does not say
    return "a run that failed with its repeats"


def _stream_records(info: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Read the records of a batch again.

    Raises:
        EOFError: the stream forgot them, or does not reach the last of them.
    """
    streams, last = aws.client("dynamodbstreams"), int(info["endSequenceNumber"])
    try:
        iterator = streams.get_shard_iterator(
            StreamArn=info["streamArn"],
            ShardId=info["shardId"],
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            SequenceNumber=info["startSequenceNumber"],
        ).get("ShardIterator")
        empty = 0
        while iterator and empty < _EMPTY_READS:
            answer = streams.get_records(ShardIterator=iterator)
            for record in answer["Records"]:
                number = int(record["dynamodb"]["SequenceNumber"])
                if number <= last:
                    yield record
                if number >= last:
                    return
            empty = 0 if answer["Records"] else empty + 1
            iterator = answer.get("NextShardIterator")
    except ClientError as error:
        if error.response["Error"]["Code"] not in _FORGOTTEN:
            raise
    raise EOFError


@contextmanager
def _held(name: str) -> Iterator[Iterator[Letter]]:
    """Hand out every letter of a queue once, then let go of those that are still there."""
    url, handed = _url(name), list[Letter]()

    def letters() -> Iterator[Letter]:
        while page := _receive(url):
            handed.extend(page)
            yield from page

    try:
        yield letters()
    finally:
        for start in range(0, len(handed), _AT_ONCE):
            entries: Any = [
                {"Id": str(n), "ReceiptHandle": letter.receipt, "VisibilityTimeout": 0}
                for n, letter in enumerate(handed[start : start + _AT_ONCE])
            ]
            # Of those that were removed the queue says that it has none: nothing to do about it.
            aws.client("sqs").change_message_visibility_batch(QueueUrl=url, Entries=entries)


def _receive(url: str) -> list[Letter]:
    answer = aws.client("sqs").receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=_AT_ONCE,
        VisibilityTimeout=HELD_SECONDS,
        WaitTimeSeconds=WAIT_SECONDS,
        MessageSystemAttributeNames=["SentTimestamp"],
    )
    return [
        Letter(
            one["MessageId"],
            one["ReceiptHandle"],
            datetime.fromtimestamp(int(one["Attributes"]["SentTimestamp"]) / 1000, UTC),
            one["Body"],
        )
        for one in answer.get("Messages", [])
    ]


def _remove(name: str, letter: Letter) -> None:
    aws.client("sqs").delete_message(QueueUrl=_url(name), ReceiptHandle=letter.receipt)


def _url(name: str) -> str:
    queue = f"{settings().table_prefix}-{name}-dead"
    return str(aws.client("sqs").get_queue_url(QueueName=queue)["QueueUrl"])
