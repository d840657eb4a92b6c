"""What the operator reads and does with what workers gave up: ids and reasons, never content."""

import json
from typing import Any

import pytest

from chalicelib.audit import seal
from chalicelib.core import clock
from chalicelib.core.aws import client
from chalicelib.core.events import EventType, new_event, to_dict
from chalicelib.core.settings import settings
from chalicelib.notifications import store as notices
from chalicelib.notifications.model import Status
from chalicelib.reminders.rules import bucket_of
from infra import dead_letters, operator, template
from infra.functions import WITH_DEAD_LETTERS
from tests import double
from tests.injector import Faults, refused
from tests.recorder import Recorder
from tests.worlds import World, deposit

NAMES = [function.physical_suffix for function in WITH_DEAD_LETTERS]


@pytest.fixture
def queues(aws: Recorder, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Make the dead-letter queues; return where they are. The double is on one host."""
    del aws
    monkeypatch.setattr(dead_letters, "WAIT_SECONDS", 0)
    names = {name: f"{settings().table_prefix}-{name}-dead" for name in NAMES}
    return {n: client("sqs").create_queue(QueueName=q)["QueueUrl"] for n, q in names.items()}


def _put(url: str, body: object) -> str:
    text = body if isinstance(body, str) else json.dumps(body)
    client("sqs").send_message(QueueUrl=url, MessageBody=text)
    return text


def _waiting(url: str) -> list[str]:
    """Return what anybody could take from a queue now."""
    found = client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
    return sorted(message["Body"] for message in found.get("Messages", []))


def _said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line for line in capsys.readouterr().out.splitlines() if not line.startswith("{")]


def test_every_dead_letter_queue_of_the_template_has_its_commands() -> None:
    declared = {
        properties["Properties"]["QueueName"]["Fn::Sub"]
        for name, properties in template.queue_resources().items()
        if name.endswith("DeadLetters")
    }

    assert {f"${{Prefix}}-{name}-dead" for name in NAMES} == declared


def test_notices_are_told_with_their_reason_and_stay(
    world: World, queues: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    event = new_event(EventType.DOCUMENT_ADDED, world.person.pid, "reference-of-a-document")
    body = _put(queues["notify"], to_dict(event))
    row = notices.new_notice(event, world.person.id, clock.now())
    notices.finish(row, Status.FAILED, clock.now(), reason="rejected")

    for _ in range(2):
        assert operator.main(["dead-letters", "notify"]) == 0
    first, second = _said(capsys)

    assert first == second
    assert first.endswith(f"event {event.id} document.added: failed rejected")
    assert "reference-of-a-document" not in first
    assert _waiting(queues["notify"]) == [body]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("notify", to_dict(new_event(EventType.DOCUMENT_ADDED, "0" * 26, "x"))),
        ("remind", {"bucket": bucket_of(clock.now()), "shard": "00"}),
    ],
)
def test_messages_go_back_to_their_queue_and_what_is_no_message_of_ours_stays(
    queues: dict[str, str], capsys: pytest.CaptureFixture[str], name: str, body: dict[str, str]
) -> None:
    work = {"notify": settings().notify_queue_url, "remind": settings().remind_queue_url}[name]
    sent = [_put(queues[name], body) for _ in range(12)]
    _put(queues[name], "nonsense")

    assert operator.main(["redrive", name]) == 1

    assert _said(capsys) == ["12 done again, 1 left"]
    assert _waiting(queues[name]) == ["nonsense"]
    assert _waiting(work) == sent[:10]
    assert double.messages().count(sent[0]) == 12


def test_a_redrive_that_is_stopped_loses_nothing(queues: dict[str, str], faults: Faults) -> None:
    body = _put(queues["notify"], to_dict(new_event(EventType.DOCUMENT_ADDED, "0" * 26, "x")))
    faults.on("sqs.DeleteMessage", "before", nth=0)

    assert operator.main(["redrive", "notify"]) == 4

    assert _waiting(queues["notify"]) == [body]
    assert _waiting(settings().notify_queue_url) == [body]


@pytest.mark.parametrize("name", ["relay", "plan", "sweep"])
def test_what_is_done_again_by_itself_is_only_removed(
    queues: dict[str, str], capsys: pytest.CaptureFixture[str], name: str
) -> None:
    _put(queues[name], {"responsePayload": {"errorMessage": "canary"}})

    assert operator.main(["dead-letters", name]) == 0
    assert operator.main(["redrive", name]) == 0

    told, done = _said(capsys)
    assert "canary" not in told
    assert done == "1 done again, 0 left"
    assert double.messages() == []


def _records() -> tuple[str, list[dict[str, Any]]]:
    """Return the audit table's stream, and its records of traces of records."""
    streams = client("dynamodbstreams")
    (stream,) = streams.list_streams(TableName="carnet-test-audit")["Streams"]
    shard = streams.describe_stream(StreamArn=stream["StreamArn"])["StreamDescription"]["Shards"][0]
    iterator = streams.get_shard_iterator(
        StreamArn=stream["StreamArn"], ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    found = streams.get_records(ShardIterator=iterator)["Records"]
    return stream["StreamArn"], [record["dynamodb"] for record in found]


@pytest.fixture
def lost(world: World, queues: dict[str, str]) -> str:
    """Put aside, as the host does, the records of a trace that was not sealed; return its owner."""
    deposit(world.person.principal, world.person.pid)
    stream, records = _records()
    streams = client("dynamodbstreams")
    shard = streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"][0]["ShardId"]
    info = {
        "streamArn": stream,
        "shardId": shard,
        "startSequenceNumber": records[0]["SequenceNumber"],
        "endSequenceNumber": records[-1]["SequenceNumber"],
        "batchSize": len(records),
    }
    condition = {"condition": "RetryAttemptsExhausted"}
    _put(queues["archive"], {"requestContext": condition, "DDBStreamBatchInfo": info})
    return world.person.pid


def test_lost_traces_are_named_by_their_owner_and_sealed(
    lost: str, queues: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert operator.main(["init"]) == 0
    _said(capsys)
    assert operator.main(["dead-letters", "archive"]) == 0
    (told,) = _said(capsys)
    assert told.endswith(f"RetryAttemptsExhausted: {lost}")

    assert operator.main(["redrive", "archive"]) == 0

    last = seal.head(lost)
    assert last is not None
    assert seal.catch_up(lost) == 0
    assert _waiting(queues["archive"]) == []


def test_traces_that_the_stream_forgot_are_said_and_stay(
    lost: str, queues: dict[str, str], capsys: pytest.CaptureFixture[str], faults: Faults
) -> None:
    assert lost
    faults.on("dynamodb-streams.GetShardIterator", refused("TrimmedDataAccessException"), nth=0)
    assert operator.main(["dead-letters", "archive"]) == 0
    assert operator.main(["redrive", "archive"]) == 1

    told, done = _said(capsys)
    assert told.endswith("stream has forgotten them")
    assert done == "0 done again, 1 left"
    assert len(_waiting(queues["archive"])) == 1
    assert operator.main(["redrive", "--drop", "archive"]) == 0
    assert _waiting(queues["archive"]) == []


def test_letters_beyond_one_page_are_all_told(queues: dict[str, str]) -> None:
    for _ in range(23):
        _put(queues["plan"], {})

    assert len(list(dead_letters.describe("plan"))) == 23
