"""A table's stream followed as the platform follows it: in order, from where it was, by one.

A record that keeps failing is tried again with growing pauses, then told to the dead letters in the
platform's own words, and passed over: the others must not wait for it for ever.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from botocore.exceptions import ClientError

from chalicelib.core import aws, clock, ids, log
from chalicelib.core.rows import table_name
from chalicelib.core.settings import settings
from chalicelib.runtime import store
from chalicelib.runtime.queues import Handler

RECORDS: Final = 100
RETRIES: Final = 10
_FIRST_PAUSE: Final = timedelta(seconds=1)
_LONGEST_PAUSE: Final = timedelta(minutes=5)
_LOOK_FOR_SHARDS: Final = timedelta(seconds=10)
_FORGOTTEN: Final = "TrimmedDataAccessException"
_STALE: Final = frozenset({_FORGOTTEN, "ExpiredIteratorException"})


@dataclass(slots=True)
class _Shard:
    """What this process knows of one shard."""

    id: str
    parent: str | None
    iterator: str | None = None
    failing: str = ""  # the record that failed last, and how many times in a row
    failures: int = 0
    not_before: datetime | None = None
    is_ended: bool = False


@dataclass(slots=True)
class StreamReader:
    """The stream of one table, and who handles its new rows of a kind."""

    name: str
    table: str
    kind: str
    handler: Handler
    _owner: str = field(default_factory=ids.new_secret_id)
    _arn: str = ""
    _shards: dict[str, _Shard] = field(default_factory=dict)
    _looked_at: datetime | None = None
    _ours_until: datetime | None = None

    def turn(self) -> int:
        """Handle what is new in each shard; return how many records there were, ours aside.

        Raises:
            StoreUnavailable, ClientError, BotoCoreError: the host; records come again.
        """
        now = clock.now()
        self._look(now)
        if not self._may_follow(now):
            self._shards.clear()
            self._looked_at = None
            return 0
        return sum(self._read(shard, now) for shard in self._ready(now))

    def close(self) -> None:
        """Let another process follow at once."""
        if self._arn:
            store.release(self._stream, self._owner)

    @property
    def _stream(self) -> str:
        """Name the stream in keys: the label changes when a table is made again."""
        return f"{self.table}.{self._arn.rpartition('/')[2]}"

    def _may_follow(self, now: datetime) -> bool:
        """Hold the lease, asking for more of it at half its time."""
        if self._ours_until is not None and now < self._ours_until - store.LEASE / 2:
            return True
        is_ours = store.lease(self._stream, self._owner, now)
        self._ours_until = now + store.LEASE if is_ours else None
        return is_ours

    def _look(self, now: datetime) -> None:
        """Read which shards there are, now and then."""
        if self._looked_at is not None and now - self._looked_at < _LOOK_FOR_SHARDS:
            return
        if not self._arn:
            described = aws.client("dynamodb").describe_table(TableName=table_name(self.table))
            self._arn = described["Table"]["LatestStreamArn"]
        found = {one["ShardId"]: one.get("ParentShardId") for one in _shards(self._arn)}
        self._shards = {
            name: self._shards.get(name) or _Shard(name, parent) for name, parent in found.items()
        }
        self._looked_at = now

    def _ready(self, now: datetime) -> list[_Shard]:
        """Return the shards to read: a shard waits until that which it came from has ended."""
        return [
            shard
            for shard in self._shards.values()
            if not shard.is_ended
            and (shard.not_before is None or shard.not_before <= now)
            and self._has_ended(shard.parent)
        ]

    def _has_ended(self, name: str | None) -> bool:
        parent = self._shards.get(name or "")
        if parent is None:
            return True
        if not parent.is_ended:
            parent.is_ended = store.place(self._stream, parent.id) == store.ENDED
        return parent.is_ended

    def _read(self, shard: _Shard, now: datetime) -> int:
        if shard.iterator is None and not self._enter(shard):
            return 0
        try:
            answer = aws.client("dynamodbstreams").get_records(
                ShardIterator=shard.iterator, Limit=RECORDS
            )
        except ClientError as error:
            if error.response["Error"]["Code"] not in _STALE:
                raise
            shard.iterator = None
            return 0
        # Our own rows may be in this very table: noting that they were read would make another.
        records = [one for one in answer["Records"] if _kind(one) not in store.KINDS]
        shard.iterator = answer.get("NextShardIterator")
        if records:
            self._handle(shard, records, now)
        elif shard.iterator is None:
            shard.is_ended = True
            store.keep_place(self._stream, shard.id, store.ENDED, now)
        return len(records)

    def _enter(self, shard: _Shard) -> bool:
        """Get an iterator from where the shard was left; tell whether there is something to read.

        What the stream forgot meanwhile is lost to it, and told: the hourly sweep and `reseal` are
        for that.
        """
        place = store.place(self._stream, shard.id)
        if place == store.ENDED:
            shard.is_ended = True
            return False
        try:
            shard.iterator = _iterator(self._arn, shard.id, place)
        except ClientError as error:
            if error.response["Error"]["Code"] != _FORGOTTEN:
                raise
            log.exception("stream forgot records", error, function=self.name)
            shard.iterator = _iterator(self._arn, shard.id, None)
        return True

    def _handle(self, shard: _Shard, records: list[dict[str, Any]], now: datetime) -> None:
        failed = self._failed([one for one in records if self._is_wanted(one)])
        numbers = [str(one["dynamodb"]["SequenceNumber"]) for one in records]
        first = next((n for n, number in enumerate(numbers) if number in failed), len(numbers))
        if first == len(numbers):
            shard.failures, shard.not_before = 0, None
            store.keep_place(self._stream, shard.id, numbers[-1], now)
            return
        shard.iterator = None  # read again from the first that failed
        is_same, shard.failing = shard.failing == numbers[first], numbers[first]
        shard.failures = shard.failures + 1 if is_same else 1
        if shard.failures > RETRIES:
            self._give_up(shard, numbers[first])
            first, shard.failures = first + 1, 0
        if first:
            store.keep_place(self._stream, shard.id, numbers[first - 1], now)
        pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**shard.failures)
        shard.not_before = now + pause if shard.failures else None

    def _is_wanted(self, record: Mapping[str, Any]) -> bool:
        return record["eventName"] == "INSERT" and _kind(record) == self.kind

    def _failed(self, records: list[dict[str, Any]]) -> set[str]:
        """Hand records over, and return the numbers of those that were not done."""
        if not records:
            return set()
        told = self.handler({"Records": [_record(one, self._arn) for one in records]}, None)
        return {one["itemIdentifier"] for one in told["batchItemFailures"]}

    def _give_up(self, shard: _Shard, number: str) -> None:
        queue = f"{settings().table_prefix}-{self.name}-dead"
        letter = {
            "requestContext": {"condition": "RetryAttemptsExhausted"},
            "DDBStreamBatchInfo": {
                "shardId": shard.id,
                "startSequenceNumber": number,
                "endSequenceNumber": number,
                "batchSize": 1,
                "streamArn": self._arn,
            },
        }
        url = aws.client("sqs").get_queue_url(QueueName=queue)["QueueUrl"]
        aws.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(letter))
        log.write("record given up", function=self.name, count=1)


def _kind(record: Mapping[str, Any]) -> str:
    return str(record["dynamodb"].get("NewImage", {}).get("kind", {}).get("S", ""))


def _shards(arn: str) -> Iterator[Mapping[str, Any]]:
    after: dict[str, str] = {}
    while True:
        page = aws.client("dynamodbstreams").describe_stream(StreamArn=arn, **after)
        found = page["StreamDescription"]
        yield from found["Shards"]
        if not found.get("LastEvaluatedShardId"):
            return
        after = {"ExclusiveStartShardId": found["LastEvaluatedShardId"]}


def _iterator(arn: str, shard: str, place: str | None) -> str:
    where = (
        {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": place}
        if place
        else {"ShardIteratorType": "TRIM_HORIZON"}
    )
    answer = aws.client("dynamodbstreams").get_shard_iterator(StreamArn=arn, ShardId=shard, **where)
    return str(answer["ShardIterator"])


def _record(record: Mapping[str, Any], arn: str) -> dict[str, Any]:
    """Write a record as the platform hands it over: binary values in base64, times in seconds."""
    text = json.dumps({**record, "eventSourceARN": arn}, default=_plain)
    value: dict[str, Any] = json.loads(text)
    return value


def _plain(value: object) -> str | int:
    if isinstance(value, datetime):
        return clock.epoch(value)
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    raise TypeError(type(value).__name__)
