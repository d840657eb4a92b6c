"""The outbox reaches the queue: by the stream, else by the sweep; then leaves the index (R05)."""

import contextlib
import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.core import clock as now_clock
from chalicelib.core import events, rows
from chalicelib.core.events import Event, EventType
from chalicelib.core.outbox import outbox_row
from chalicelib.workers.relay import relay
from chalicelib.workers.sweep import sweep
from tests import double
from tests.injector import Faults, KilledError
from tests.recorder import Recorder
from tests.workers.lambda_events import from_stream, serve, stored, tick

PID = "0123456789ABCDEFGHJKMNPQRS"


def an_event(reference: str = "01J00000000000000000000000") -> Event:
    return events.new_event(EventType.DOCUMENT_ADDED, PID, reference)


def written(event: Event) -> dict[str, Any]:
    rows.write([rows.put(outbox_row(event, now_clock.now()))])
    (image,) = stored("work", f"EV#{event.id}")
    return image


def waiting() -> list[str]:
    return [item["pk"]["S"] for item in stored("work", "EV#") if "pend_pk" in item]


def test_queues_ids_only_and_leaves_the_index(aws: Recorder) -> None:
    del aws
    event = an_event()
    assert serve(relay, from_stream(written(event))) == []
    (body,) = double.messages()
    assert json.loads(body) == {
        "id": event.id,
        "type": "document.added",
        "patient_id": PID,
        "reference": event.reference,
    }
    assert waiting() == []
    assert len(stored("work", "EV#")) == 1


def test_ignores_what_is_not_a_new_event(aws: Recorder) -> None:
    del aws
    image = written(an_event())
    notice = image | {"kind": {"S": "notice"}}
    assert serve(relay, from_stream(notice)) == []
    assert serve(relay, from_stream(image, name="MODIFY")) == []
    removed = from_stream(image, name="REMOVE")
    removed["Records"][0]["dynamodb"].pop("NewImage")
    assert serve(relay, removed) == []
    assert double.messages() == []


def test_a_record_that_fails_leaves_the_others_done(aws: Recorder) -> None:
    del aws
    first, last = an_event(), an_event()
    broken = written(an_event()) | {"type": {"S": "document.invented"}}
    assert serve(relay, from_stream(written(first), broken, written(last))) == ["101"]
    assert [json.loads(body)["id"] for body in double.messages()] == [first.id, last.id]


def test_forgotten_rows_are_not_brought_back_by_a_late_stream(aws: Recorder) -> None:
    del aws
    event = an_event()
    image = written(event)
    rows.write([rows.forget(outbox_row(event, now_clock.now()))])
    assert serve(relay, from_stream(image)) == []
    assert stored("work", "EV#") == []


@pytest.mark.parametrize("operation", ["sqs.SendMessage", "dynamodb.UpdateItem"])
@pytest.mark.parametrize("mode", ["before", "after", "throttled_always", "crash"])
def test_survives_a_fault_at_each_call(
    clock: time_machine.Traveller, faults: Faults, operation: str, mode: str
) -> None:
    event = an_event()
    image = written(event)
    faults.on(operation, mode)
    with contextlib.suppress(KilledError):
        serve(relay, from_stream(image))
    clock.shift(timedelta(minutes=6))
    tick(sweep)
    assert {json.loads(body)["id"] for body in double.messages()} == {event.id}
    assert waiting() == []


def test_the_sweep_relays_only_what_waited_five_minutes(
    aws: Recorder, clock: time_machine.Traveller
) -> None:
    del aws
    lost = [an_event() for _ in range(40)]
    for event in lost:
        written(event)
    clock.shift(timedelta(minutes=4, seconds=59))
    tick(sweep)
    assert double.messages() == []
    clock.shift(timedelta(seconds=2))
    fresh = an_event()
    written(fresh)
    tick(sweep)
    assert {json.loads(body)["id"] for body in double.messages()} == {event.id for event in lost}
    assert waiting() == [f"EV#{fresh.id}"]
    tick(sweep)
    assert len(double.messages()) == 40
