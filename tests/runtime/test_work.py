"""Workers of the container: queues and streams read as the platform reads them (D3)."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from chalice.app import Cron, Rate

from chalicelib.audit.keys import ensure_sealing_key
from chalicelib.core import aws as host
from chalicelib.core import clock as now_clock
from chalicelib.core import events, ids, rows
from chalicelib.core.events import Event, EventType
from chalicelib.core.outbox import outbox_row
from chalicelib.core.settings import settings
from chalicelib.notifications import queue
from chalicelib.runtime import __main__ as command
from chalicelib.runtime import streams, work
from chalicelib.runtime.queues import QueueReader
from chalicelib.runtime.streams import StreamReader
from chalicelib.workers.archive import archive
from chalicelib.workers.relay import relay
from infra.functions import ARCHIVE, RELAY
from infra.template import _stream_event
from tests import double
from tests.http_client import Client
from tests.recorder import Recorder
from tests.workers.lambda_events import stored
from tests.worlds import World

PID = "0123456789ABCDEFGHJKMNPQRS"


def _written() -> Event:
    event = events.new_event(EventType.DOCUMENT_ADDED, PID, ids.new_id())
    rows.write([rows.put(outbox_row(event, now_clock.now()))])
    return event


def _queued() -> list[str]:
    return [json.loads(body)["id"] for body in double.messages()]


class Failing:
    """Refuses some records, and keeps what it was given."""

    def __init__(self, *refused: str) -> None:
        self.refused = set(refused)
        self.given: list[list[str]] = []

    def __call__(self, event: dict[str, Any], context: object) -> dict[str, Any]:
        del context
        found = [
            (one["dynamodb"]["NewImage"]["pk"]["S"], one["dynamodb"]["SequenceNumber"])
            for one in event["Records"]
        ]
        self.given.append([pk for pk, _ in found])
        failed = [number for pk, number in found if pk in self.refused]
        return {"batchItemFailures": [{"itemIdentifier": number} for number in failed]}


def test_a_queue_keeps_what_its_handler_could_not_do(aws: Recorder) -> None:
    del aws
    event = events.new_event(EventType.DOCUMENT_ADDED, PID, ids.new_id())
    queue.send(event)
    host.client("sqs").send_message(QueueUrl=settings().notify_queue_url, MessageBody="{}")
    seen: list[str] = []

    def handler(given: dict[str, Any], context: object) -> dict[str, Any]:
        del context
        records = given["Records"]
        seen.extend(one["attributes"]["ApproximateReceiveCount"] for one in records)
        bad = [one["messageId"] for one in records if one["body"] == "{}"]
        return {"batchItemFailures": [{"itemIdentifier": one} for one in bad]}

    reader = QueueReader("notify", settings().notify_queue_url, handler, 10)

    assert reader.turn() == 2
    assert seen == ["1", "1"]
    assert double.messages() == ["{}"]
    reader.close()


def test_an_event_of_the_outbox_is_relayed_once_and_the_place_is_kept(aws: Recorder) -> None:
    del aws
    first = _written()
    reader = StreamReader("relay", "work", "event", relay)
    assert reader.turn() >= 1
    assert _queued() == [first.id]
    assert [reader.turn() for _ in range(3)][-1] == 0  # its own rows do not keep it busy
    reader.close()

    second = _written()
    another = StreamReader("relay", "work", "event", relay)
    another.turn()

    assert _queued() == [first.id, second.id]


def test_one_follows_a_stream_at_a_time_and_the_next_when_its_lease_ends(
    aws: Recorder, clock: time_machine.Traveller
) -> None:
    del aws
    _written()
    follows, waits = Failing(), Failing()
    one, other = (
        StreamReader("relay", "work", "event", follows),
        StreamReader("relay", "work", "event", waits),
    )

    assert one.turn() > 0
    assert other.turn() == 0
    clock.shift(timedelta(seconds=61))
    event = _written()
    assert other.turn() > 0
    assert one.turn() == 0

    assert f"EV#{event.id}" in waits.given[0]
    assert f"EV#{event.id}" not in follows.given[0]


def test_a_trace_is_sealed_from_the_stream_of_traces(world: World, http: Client) -> None:
    ensure_sealing_key()
    path = f"/v1/patients/{world.person.pid}/documents"
    before = {row["sk"]["S"] for row in stored("audit", f"P#{world.person.pid}")}
    assert http.get(path, as_=world.person.principal).status == 200
    traces = {row["sk"]["S"] for row in stored("audit", f"P#{world.person.pid}")} - before
    assert stored("audit", f"Q#{world.person.pid}") == []

    assert StreamReader("archive", "audit", "trace", archive).turn() > 0

    leaves = [row for row in stored("audit", f"Q#{world.person.pid}") if "trace_id" in row]
    sealed = {row["trace_id"]["S"] for row in leaves}
    assert traces
    assert traces <= sealed


def test_a_record_that_keeps_failing_is_put_aside_and_those_after_are_done(
    aws: Recorder, clock: time_machine.Traveller
) -> None:
    del aws
    host.client("sqs").create_queue(QueueName="carnet-test-relay-dead")
    good, bad, late = (f"EV#{_written().id}" for _ in range(3))
    handler = Failing(bad)
    reader = StreamReader("relay", "work", "event", handler)

    reader.turn()
    assert handler.given == [[good, bad, late]]
    reader.turn()
    assert len(handler.given) == 1  # not before a pause
    for _ in range(streams.RETRIES):
        clock.shift(timedelta(minutes=6))
        reader.turn()
        assert good not in handler.given[-1]
        assert handler.given[-1][0] == bad
    clock.shift(timedelta(minutes=6))
    reader.turn()

    assert handler.given[-1][0] == late
    (letter,) = [json.loads(body) for body in double.messages()]
    assert letter["DDBStreamBatchInfo"]["batchSize"] == 1
    assert letter["requestContext"]["condition"] == "RetryAttemptsExhausted"


def test_readers_and_schedules_are_those_that_the_functions_declare(aws: Recorder) -> None:
    del aws
    from app import app  # noqa: PLC0415  imports every route

    declared = {source.name: source for source in app.event_sources if source.name != "authorize"}
    scheduled = {name: one for name, one in declared.items() if hasattr(one, "schedule_expression")}
    assert declared.keys() == {*work.READERS, *work.SCHEDULED}
    assert scheduled.keys() == work.SCHEDULED.keys()
    for name, period in (("plan", timedelta(minutes=1)), ("sweep", timedelta(hours=1))):
        assert work.SCHEDULED[name][1] == period
    assert (
        scheduled["plan"].schedule_expression.to_string()
        == Cron("*", "*", "*", "*", "?", "*").to_string()
    )
    assert scheduled["sweep"].schedule_expression.to_string() == Rate(1, Rate.HOURS).to_string()
    for name in work.READERS:
        reader = work.reader(name)
        size = reader.batch_size if isinstance(reader, QueueReader) else streams.RECORDS
        assert vars(declared[name])["batch_size"] == size
        assert reader.name == name
    for function in (RELAY, ARCHIVE):
        follower = work.reader(function.name)
        assert isinstance(follower, StreamReader)
        (chosen,) = _stream_event(function)["FilterCriteria"]["Filters"]
        pattern = json.loads(chosen["Pattern"])
        assert pattern == {
            "eventName": ["INSERT"],
            "dynamodb": {"NewImage": {"kind": {"S": [follower.kind]}}},
        }
        assert function.stream is not None
        assert follower.table == function.stream.name


@pytest.mark.parametrize(
    ("period", "due"),
    [
        (timedelta(minutes=1), datetime(2026, 11, 23, 9, 31, tzinfo=UTC)),
        (timedelta(hours=1), datetime(2026, 11, 23, 10, tzinfo=UTC)),
    ],
)
def test_what_is_scheduled_comes_at_the_next_whole_period(period: timedelta, due: datetime) -> None:
    assert work.next_time(datetime(2026, 11, 23, 9, 30, 12, 500_000, tzinfo=UTC), period) == due
    assert work.next_time(due, period) == due + period


def test_a_scheduled_function_runs_once_by_command(
    aws: Recorder, capsys: pytest.CaptureFixture[str]
) -> None:
    del aws
    assert command.main(["tick", "plan"]) == 0
    assert '"event":"job","request_id":"","function":"plan"' in capsys.readouterr().out


def test_an_unknown_worker_is_refused(aws: Recorder, capsys: pytest.CaptureFixture[str]) -> None:
    del aws
    with pytest.raises(SystemExit, match="2"):
        command.main(["work", "relai"])
    assert "unknown: relai" in capsys.readouterr().err


@pytest.fixture
def _unset(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("CARNET_PREFIX")
    double.new_process()
    yield
    monkeypatch.undo()
    double.new_process()


@pytest.mark.usefixtures("_unset")
def test_a_container_without_its_settings_says_which(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["serve"]) == 3
    assert "CARNET_PREFIX is not set" in capsys.readouterr().err
