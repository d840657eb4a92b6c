"""Files nobody refers to go within three hours; every other file stays (R01, I3)."""

from datetime import timedelta

import pytest
import time_machine

from chalicelib.core import aws as cloud
from chalicelib.core import clock as now_clock
from chalicelib.core import ids, rows
from chalicelib.core.events import EventType
from chalicelib.core.settings import settings
from chalicelib.notifications import queue
from chalicelib.record import store as record
from chalicelib.record import uploads
from chalicelib.record.store import DocumentRow, IncidentRow
from chalicelib.storage import blobs
from chalicelib.workers import sweep as worker
from chalicelib.workers.sweep import sweep
from tests import double
from tests.injector import Faults
from tests.recorder import Recorder
from tests.workers.lambda_events import tick

PID = "0123456789ABCDEFGHJKMNPQRS"


def a_file(*, document_id: str | None = None) -> str:
    name = blobs.new_name(PID, document_id or ids.new_id(), now_clock.now())
    blobs.put_once(name, b"sealed")
    return name


def a_document_with_file() -> str:
    document_id = ids.new_id()
    name = a_file(document_id=document_id)
    where = record.document_key(PID, document_id)
    row = DocumentRow(
        *where, kind="document", depositor="1.d", blob=name, care_sk="2026-11-20", sealed=b"s"
    )
    rows.write([rows.put(row)])
    return name


def an_incident_with_file() -> str:
    document_id = ids.new_id()
    name = a_file(document_id=document_id)
    row = IncidentRow(
        *record.incident_key(PID, document_id),
        kind="incident",
        blob=name,
        reason="other",
        withdrawn_at="2026-11-23T09:30:00.000Z",
        sealed=b"s",
    )
    rows.write([rows.put(row)])
    return name


def files() -> set[str]:
    found = cloud.client("s3").list_objects_v2(Bucket=settings().documents_bucket)
    return {entry["Key"] for entry in found.get("Contents", [])}


def test_deletes_files_without_row_once_their_hour_is_over_and_old(
    aws: Recorder, clock: time_machine.Traveller
) -> None:
    del aws
    kept = {a_document_with_file(), an_incident_with_file()}
    orphan = a_file()
    clock.shift(timedelta(hours=1))
    tick(sweep)
    assert files() == {*kept, orphan}  # too young: its transaction may still be under way
    clock.shift(timedelta(hours=1))
    tick(sweep)
    assert files() == kept


def test_a_sweep_that_missed_an_hour_is_made_up_for_by_the_next(
    aws: Recorder, clock: time_machine.Traveller
) -> None:
    del aws
    a_file()
    clock.shift(timedelta(hours=3))
    tick(sweep)
    assert files() == set()


def test_a_second_file_of_a_document_that_has_one_is_an_orphan(
    aws: Recorder, clock: time_machine.Traveller
) -> None:
    del aws
    kept = a_document_with_file()
    a_file(document_id=kept.split(".")[1])
    clock.shift(timedelta(hours=2))
    tick(sweep)
    assert files() == {kept}


def test_a_file_named_by_nobody_of_ours_is_left_alone(
    aws: Recorder, clock: time_machine.Traveller
) -> None:
    del aws
    name = f"{blobs.hour_prefix(now_clock.now())}readme.txt"
    blobs.put_once(name, b"x")
    clock.shift(timedelta(hours=2))
    tick(sweep)
    assert files() == {name}


def test_work_grows_with_files_of_two_hours_not_with_the_bucket(
    clock: time_machine.Traveller, calls: Recorder
) -> None:
    for _ in range(120):
        a_document_with_file()
    clock.shift(timedelta(days=1))
    empty = calls.measure(lambda: tick(sweep))
    assert empty["s3.ListObjectsV2"] == 4  # files and parts
    assert "dynamodb.BatchGetItem" not in empty
    assert empty["dynamodb.Query"] == 50
    clock.shift(timedelta(days=-1, hours=2))
    busy = calls.measure(lambda: tick(sweep))
    assert busy["dynamodb.BatchGetItem"] == 4  # 120 files, three rows each, a hundred rows at once
    assert "s3.DeleteObject" not in busy
    assert "dynamodb.Scan" not in busy


def test_nothing_is_deleted_when_rows_cannot_be_read(
    clock: time_machine.Traveller, faults: Faults
) -> None:
    kept, orphan = a_document_with_file(), a_file()
    clock.shift(timedelta(hours=2))
    faults.on("dynamodb.BatchGetItem", "before", nth=0)
    with pytest.raises(Exception, match="Connect"):
        tick(sweep)
    assert files() == {kept, orphan}
    faults.clear()
    tick(sweep)
    assert files() == {kept}


def test_a_part_that_fails_does_not_stop_the_others(
    clock: time_machine.Traveller, faults: Faults
) -> None:
    a_file()
    clock.shift(timedelta(hours=2))
    faults.on("dynamodb.Query", "before")
    with pytest.raises(Exception, match="Connect"):
        tick(sweep)
    assert files() == set()


def test_hours_looked_at_are_over_for_an_hour_at_least() -> None:
    assert min(worker.ORPHAN_HOURS) == 2


def a_part(document_id: str) -> str:
    name = blobs.new_part_name(PID, document_id, now_clock.now())
    blobs.put_once(name, b"sealed")
    return name


def an_announcement(number: int, *, waits: bool) -> str:
    """Write, raw, an announcement with one part of its own; return its file."""
    document_id = ids.new_id()
    part = a_part(document_id)
    where = {"pk": {"S": f"UP#{document_id}"}}
    item = where | {"sk": {"S": "UP"}, "kind": {"S": "upload"}, "patient": {"S": PID}}
    if waits:
        since = now_clock.iso(now_clock.now())
        shard = f"INGEST#{number % uploads.SHARDS}"
        item |= {"pend_pk": {"S": shard}, "pend_sk": {"S": f"{since}#{document_id}"}}
    table = rows.table_name("work")
    cloud.client("dynamodb").put_item(TableName=table, Item=item)
    kept = where | {"sk": {"S": "PART#001"}, "kind": {"S": "part"}, "blob": {"S": part}}
    cloud.client("dynamodb").put_item(TableName=table, Item=kept)
    return part


def test_deletes_parts_a_day_later_but_those_that_wait_to_be_inspected(
    aws: Recorder, clock: time_machine.Traveller
) -> None:
    del aws
    waiting, left = an_announcement(0, waits=True), an_announcement(1, waits=False)
    orphan = a_part(waiting.rpartition("/")[2].split(".")[1])
    clock.shift(timedelta(hours=25))
    tick(sweep)
    assert files() == {waiting, left, orphan}
    clock.shift(timedelta(hours=1))
    tick(sweep)
    assert files() == {waiting}


def test_sends_again_what_waits_to_be_inspected(
    aws: Recorder, clock: time_machine.Traveller
) -> None:
    del aws
    part = an_announcement(3, waits=True)
    clock.shift(worker.INSPECTED_BY - timedelta(seconds=1))
    assert worker.inspect_stragglers(now_clock.now()) == 0
    clock.shift(timedelta(seconds=1))
    assert worker.inspect_stragglers(now_clock.now()) == 1
    (body,) = double.messages()
    event = queue.read(body)
    assert (event.type, event.patient_id) == (EventType.DOCUMENT_SENT, PID)
    assert event.reference == part.rpartition("/")[2].split(".")[1]
