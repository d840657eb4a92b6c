"""Documents above 4 MiB: sent in parts, inspected by a worker, read in slices (D8)."""

from datetime import timedelta

import pytest
import time_machine

from chalicelib.access import files
from chalicelib.access import usecases as access
from chalicelib.access.tokens import new_handle
from chalicelib.core import aws as cloud
from chalicelib.core import clock as now_clock
from chalicelib.core import rows
from chalicelib.core.errors import NotFound, Unavailable
from chalicelib.core.settings import settings
from chalicelib.identity import spaces
from chalicelib.identity.model import Person
from chalicelib.record import deposit, ingest, large, uploads
from chalicelib.record.uploads import UploadRow
from chalicelib.storage import pieces
from chalicelib.workers import sweep
from tests import double
from tests.access.notes import outbox, traces
from tests.builders import Actor, Patient, a_doctor, a_grant, a_laboratory, a_person
from tests.http_client import Client, Reply
from tests.injector import KilledError
from tests.record import sending
from tests.record.cda.samples import DOMINIQUE, DOMINIQUE_INS, a_cda, a_media_entry, an_embedded
from tests.record.sending import LONG, PART, announce, complete, send, sha256
from tests.record.test_documents import handle_of
from tests.storage.files import a_png


def handle(person: Patient, laboratory: Actor) -> str:
    return new_handle(person.pid, laboratory.id, now_clock.now())[0]


def content(http: Client, person: Patient, document_id: str, asked: str | None = None) -> Reply:
    path = f"/v1/patients/{person.pid}/documents/{document_id}/content"
    return http.get(path, as_=person.principal, headers={"Range": asked} if asked else {})


def progress(http: Client, actor: Actor | Patient, subject: str, document_id: str) -> Reply:
    return http.get(f"/v1/patients/{subject}/documents/{document_id}", as_=actor.principal)


def stored() -> list[str]:
    return [name for name in double.objects() if "carnet-test-documents" in name]


def test_a_laboratory_sends_a_long_document_and_the_person_reads_it_in_slices(http: Client) -> None:
    person, laboratory = a_person(), a_laboratory()
    subject = handle(person, laboratory)
    told = announce(http, laboratory.principal, subject, LONG)
    href = f"/v1/patients/{subject}/documents/{told['id']}"

    assert told["upload"] == {
        "parts_href": f"{href}/parts",
        "part_bytes": PART,
        "parts": 2,
        "complete_href": f"{href}/complete",
        "expires_at": told["upload"]["expires_at"],
    }
    assert progress(http, laboratory, subject, told["id"]).json()["status"] == "pending"
    send(http, laboratory.principal, told, LONG)
    ended = complete(http, laboratory.principal, told)
    assert (ended.status, ended.json()["status"]) == (202, "processing")
    assert progress(http, laboratory, subject, told["id"]).json()["status"] == "processing"
    assert progress(http, person, person.pid, told["id"]).status == 404
    assert sending.inspect() == []

    seen = progress(http, person, person.pid, told["id"])
    assert (seen.status, seen.json()["status"]) == (200, "available")
    assert seen.json()["sha256"] == sha256(LONG)
    assert outbox().count("document.added") == 1
    assert complete(http, laboratory.principal, told).json() == ended.json()
    late = complete(http, laboratory.principal, told, key="complete-0002")
    assert (late.status, late.problem) == (409, "already-uploaded")
    assert [trace.action.rpartition(":")[2] for trace in traces(person.pid)][:2] == [
        "announce",
        "read",
    ]
    assert len(stored()) == 1
    slices = [
        content(http, person, told["id"], f"bytes={start}-{start + PART - 1}")
        for start in range(0, len(LONG), PART)
    ]
    assert [one.status for one in slices] == [206, 206]
    assert b"".join(one.body for one in slices) == LONG
    assert slices[1].header("Content-Range") == f"bytes {PART}-{len(LONG) - 1}/{len(LONG)}"


def test_all_slices_of_one_reading_are_one_line_of_the_history(
    http: Client, clock: time_machine.Traveller
) -> None:
    person = a_person()
    document_id = sending.whole(http, person.principal, person.pid, LONG, type_code="DOCPAT05")

    def lines() -> int:
        opened = [one for one in traces(person.pid) if one.action == "record:document:open"]
        return len(opened)

    for start in (0, 10, PART):
        content(http, person, document_id, f"bytes={start}-")
    assert lines() == 1
    clock.shift(uploads.READING_LIFE)
    content(http, person, document_id, "bytes=0-1")
    assert lines() == 2


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=1048570-1048590", 1_048_570, 1_048_590),
        ("bytes=0-", 0, PART - 1),
        ("bytes=-7", len(LONG) - 7, len(LONG) - 1),
        (f"bytes={len(LONG) - 1}-{len(LONG) + 50}", len(LONG) - 1, len(LONG) - 1),
    ],
)
def test_a_slice_is_what_was_asked_for(http: Client, asked: str, first: int, last: int) -> None:
    person = a_person()
    document_id = sending.whole(http, person.principal, person.pid, LONG, type_code="DOCPAT05")

    read = content(http, person, document_id, asked)

    assert read.status == 206
    assert read.body == LONG[first : last + 1]
    assert read.header("Content-Range") == f"bytes {first}-{last}/{len(LONG)}"


def test_each_piece_of_many_is_where_it_is_looked_for(
    http: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "PIECE_BYTES", 1 << 15)  # 160 of them
    person = a_person()
    document_id = sending.whole(http, person.principal, person.pid, LONG, type_code="DOCPAT05")
    for first in (9 << 15, (10 << 15) - 1, 99 << 15, (101 << 15) + 7):
        read = content(http, person, document_id, f"bytes={first}-{first + 70_000}")
        assert read.body == LONG[first : first + 70_001]


def test_a_piece_altered_or_in_the_place_of_another_is_an_incident(http: Client) -> None:
    person = a_person()
    document_id = sending.whole(http, person.principal, person.pid, LONG, type_code="DOCPAT05")
    (name,) = stored()
    key, bucket = name.partition("/")[2], settings().documents_bucket
    sealed = double.objects()[name]
    stride = len(sealed) // 6 + 1
    swapped = sealed[:stride] * 2 + sealed[2 * stride :]
    flipped = sealed[:100] + bytes([sealed[100] ^ 1]) + sealed[101:]
    for stored_bytes in (swapped, flipped, sealed[: 3 * stride]):
        cloud.client("s3").put_object(Bucket=bucket, Key=key, Body=stored_bytes)
        answers = [
            content(http, person, document_id, f"bytes={start}-{start + PART - 1}").status
            for start in (0, PART)
        ]
        assert 500 in answers
    assert traces(person.pid)[-1].reason == "altered"


def test_what_cannot_be_given_in_one_answer_is_said(http: Client) -> None:
    person = a_person()
    document_id = sending.whole(http, person.principal, person.pid, LONG, type_code="DOCPAT05")

    at_once = content(http, person, document_id)
    assert (at_once.status, at_once.problem) == (409, "too-long-at-once")
    assert at_once.json()["size_bytes"] == len(LONG)
    for asked in ("bytes=0-1,4-5", f"bytes={len(LONG)}-", "bytes=-0"):
        refused = content(http, person, document_id, asked)
        assert (refused.status, refused.problem) == (416, "range-not-satisfiable")
    assert refused.header("Content-Range") == f"bytes */{len(LONG)}"
    assert content(http, person, document_id, "lines=1-2").status == 409
    assert traces(person.pid)[-1].reason == "too_long"


def test_an_interrupted_sending_goes_on_with_what_is_missing(http: Client) -> None:
    person = a_person()
    told = announce(http, person.principal, person.pid, LONG, type_code="DOCPAT05")
    parts = told["upload"]["parts_href"]
    http.put(f"{parts}/2", as_=person.principal, body=LONG[PART:])

    early = complete(http, person.principal, told)
    listed = http.get(parts, as_=person.principal).json()

    assert (early.status, early.problem) == (409, "parts-missing")
    assert [one["pointer"] for one in early.json()["errors"]] == ["/parts/1"]
    assert listed == {
        "size_bytes": len(LONG),
        "part_bytes": PART,
        "parts": [{"number": 2, "size_bytes": len(LONG) - PART, "sha256": sha256(LONG[PART:])}],
        "expires_at": told["upload"]["expires_at"],
        "status": "pending",
    }
    send(http, person.principal, told, LONG)
    assert complete(http, person.principal, told, key="complete-0002").status == 202


def test_a_part_sent_again_changes_nothing_and_another_one_replaces_it(http: Client) -> None:
    person = a_person()
    told = announce(http, person.principal, person.pid, LONG, type_code="DOCPAT05")
    href = f"{told['upload']['parts_href']}/2"
    for part in (LONG[PART:], LONG[PART:]):
        assert http.put(href, as_=person.principal, body=part).status == 204
    (first,) = stored()
    assert http.put(href, as_=person.principal, body=LONG[PART:][::-1]).status == 204

    (second,) = stored()
    assert second != first


def test_a_part_has_its_own_length_and_number(http: Client) -> None:
    person = a_person()
    told = announce(http, person.principal, person.pid, LONG, type_code="DOCPAT05")
    parts = told["upload"]["parts_href"]

    short = http.put(f"{parts}/1", as_=person.principal, body=b"short")
    error = short.json()["errors"][0]

    assert short.status == 422
    assert error["code"] == "part_length"
    assert error["detail_en"] == "This part must have 4194304 bytes, and has 5."
    assert http.put(f"{parts}/3", as_=person.principal, body=b"short").status == 404
    assert http.put(f"{parts}/0", as_=person.principal, body=b"short").status == 404
    assert http.put(f"{parts}/1", as_=person.principal, body=bytes(PART + 1)).status == 413
    assert stored() == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"sha256": None}, "missing"), ({"size_bytes": 25 * 1024 * 1024 + 1}, "less_than_equal")],
)
def test_what_is_announced_is_bounded_and_has_a_hash(
    http: Client, fields: dict[str, object], code: str
) -> None:
    person = a_person()
    reply = http.post(
        f"/v1/patients/{person.pid}/documents",
        as_=person.principal,
        json=sending.draft_of(LONG, type_code="DOCPAT05", **fields),
        headers={"Idempotency-Key": "large-0001"},
    )
    assert reply.status == 422
    assert [error["code"] for error in reply.json()["errors"]] == [code]


def test_the_same_long_document_is_refused_before_it_is_sent_again(http: Client) -> None:
    person = a_person()
    document_id = sending.whole(http, person.principal, person.pid, LONG, type_code="DOCPAT05")

    again = http.post(
        f"/v1/patients/{person.pid}/documents",
        as_=person.principal,
        json=sending.draft_of(LONG, type_code="DOCPAT05"),
        headers={"Idempotency-Key": "large-0002"},
    )

    assert (again.status, again.problem) == (409, "already-deposited")
    assert again.json()["document_id"] == document_id


def test_a_refused_document_says_why_to_its_depositor_and_can_be_removed(http: Client) -> None:
    person, doctor = a_person(), a_doctor()
    a_grant(person, doctor)
    hostile = LONG.replace(b"/Type /Catalog", b"/Type /Catalog /OpenAction 9 0 R")
    told = announce(http, doctor.principal, person.pid, hostile)
    send(http, doctor.principal, told, hostile)
    complete(http, doctor.principal, told)
    assert sending.inspect() == []
    path = f"/v1/patients/{person.pid}/documents/{told['id']}"

    seen = progress(http, doctor, person.pid, told["id"])

    assert (seen.status, seen.json()["status"]) == (202, "refused")
    assert seen.json()["refusal"]["reason"] == "pdf_active_content"
    assert seen.json()["refusal"]["explanation"]
    assert progress(http, person, person.pid, told["id"]).status == 404
    assert stored() == []
    refused = [one for one in traces(person.pid) if one.action == "record:document:ingest"]
    assert [(one.outcome, one.reason, one.reference) for one in refused] == [
        ("refused", "invalid", told["id"])
    ]
    removed = http.delete(
        f"{path}?reason=other",
        as_=doctor.principal,
        headers={"If-Match": seen.header("ETag") or ""},
    )
    assert removed.status == 204
    assert progress(http, doctor, person.pid, told["id"]).status == 404


def test_another_content_than_announced_is_refused(http: Client) -> None:
    person = a_person()
    told = announce(http, person.principal, person.pid, LONG, type_code="DOCPAT05")
    send(http, person.principal, told, LONG.replace(b"0123456789abcdef", b"0123456789abcdeg", 1))
    complete(http, person.principal, told)
    assert sending.inspect() == []

    refusal = progress(http, person, person.pid, told["id"]).json()["refusal"]

    assert [error["code"] for error in refusal["errors"]] == ["hash_mismatch"]


def test_who_loses_the_right_meanwhile_deposits_nothing(http: Client) -> None:
    person, doctor = a_person(), a_doctor()
    a_grant(person, doctor)
    told = announce(http, doctor.principal, person.pid, LONG)
    send(http, doctor.principal, told, LONG)
    complete(http, doctor.principal, told)
    access.withdraw_authorisation(person.principal, person.pid, doctor.id)

    assert sending.inspect() == []

    assert stored() == []
    listed = http.get(f"/v1/patients/{person.pid}/documents", as_=person.principal)
    assert listed.json()["items"] == []
    last = traces(person.pid)[-2]
    assert (last.action, last.outcome) == ("record:document:ingest", "refused")


def test_who_logs_out_meanwhile_has_deposited(http: Client) -> None:
    person = a_person()
    told = announce(http, person.principal, person.pid, LONG, type_code="DOCPAT05")
    send(http, person.principal, told, LONG)
    complete(http, person.principal, told)
    double.tables()[rows.table_name("identity")] = {
        where: item
        for where, item in double.tables()[rows.table_name("identity")].items()
        if item["kind"]["S"] != "session"
    }
    assert sending.inspect() == []
    assert any(one.action == "record:document:ingest" for one in traces(person.pid))
    assert "DOC#" + str(told["id"]) in [sk for _, sk in double.tables()[rows.table_name("record")]]


def test_nothing_goes_on_for_ever(http: Client, clock: time_machine.Traveller) -> None:
    person = a_person()
    told = announce(http, person.principal, person.pid, LONG, type_code="DOCPAT05")
    send(http, person.principal, told, LONG)
    complete(http, person.principal, told)
    clock.shift(uploads.PROCESSING_LIFE)

    assert sending.inspect() == []

    row = rows.get(*uploads.upload_wish(told["id"]))
    assert isinstance(row, UploadRow)
    assert row.state == "refused"
    assert stored() == []


def test_what_ends_its_worker_is_not_looked_into_for_ever(
    http: Client, monkeypatch: pytest.MonkeyPatch, clock: time_machine.Traveller
) -> None:
    person = a_person()
    told = announce(http, person.principal, person.pid, LONG, type_code="DOCPAT05")
    send(http, person.principal, told, LONG)
    complete(http, person.principal, told)
    looked = []

    def die(*_: object) -> None:
        looked.append(1)
        raise KilledError

    monkeypatch.setattr(deposit, "inspect", die)
    for _ in range(ingest.MOST_LOST):
        clock.shift(timedelta(hours=2))  # whether a message comes again or the sweep sends one
        assert sweep.inspect_stragglers(now_clock.now()) == 1
        with pytest.raises(KilledError):
            sending.inspect()
    assert sending.inspect() == []

    refusal = progress(http, person, person.pid, told["id"]).json()["refusal"]
    assert refusal["reason"] == "not_processed"
    assert len(looked) == ingest.MOST_LOST
    assert stored() == []
    assert sweep.inspect_stragglers(now_clock.now() + timedelta(hours=2)) == 0


def test_a_host_that_gives_no_answer_uses_up_no_try(
    http: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = a_person()
    told = announce(http, person.principal, person.pid, LONG, type_code="DOCPAT05")
    send(http, person.principal, told, LONG)
    complete(http, person.principal, told)

    def silent(*_: object) -> None:
        raise Unavailable

    with monkeypatch.context() as during:
        during.setattr(files, "scanned", silent)
        for _ in range(ingest.MOST_LOST + 2):
            assert sending.inspect() != []
    assert sending.inspect() == []
    assert progress(http, person, person.pid, told["id"]).json()["status"] == "available"


@pytest.mark.parametrize(
    ("whole", "shown_at_once"),
    [
        (a_cda(body=an_embedded(LONG, "application/pdf")), [False]),
        (
            a_cda(
                entries=a_media_entry("M0", LONG, "application/pdf")
                + a_media_entry("M1", a_png(), "image/png")
            ),
            [False, True],
        ),
    ],
    ids=["the document itself", "beside its words"],
)
def test_a_long_file_inside_a_cda_enters_and_is_read_in_the_original(
    http: Client, whole: bytes, shown_at_once: list[bool]
) -> None:
    identity = Person(DOMINIQUE, DOMINIQUE_INS, "1.2.250.1.213.1.4.10")
    spaces.open_space(identity)
    laboratory = a_laboratory()
    subject = handle_of(http, laboratory, identity)
    document_id = sending.whole(http, laboratory.principal, subject, whole)

    path = f"/v1/patients/{subject}/documents/{document_id}/narrative"
    shown = http.get(path, as_=laboratory.principal).json()["attachments"]

    assert (shown[0]["size_bytes"], shown[0]["sha256"]) == (len(LONG), sha256(LONG))
    assert shown[0]["refused"] is None
    assert [bool(file["data"]) for file in shown] == shown_at_once


def test_an_expired_announcement_takes_no_part(http: Client, clock: time_machine.Traveller) -> None:
    person, laboratory = a_person(), a_laboratory()
    told = announce(http, laboratory.principal, handle(person, laboratory), LONG)
    clock.shift(timedelta(hours=24))
    with pytest.raises(NotFound):
        large.put_part(laboratory.principal, person.pid, told["id"], 2, LONG[PART:])
    with pytest.raises(NotFound):
        large.read_state(laboratory.principal, person.pid, told["id"])


def test_what_is_sent_is_taken_back_as_it_was_read_and_not_while_it_is_inspected(
    http: Client,
) -> None:
    person = a_person()
    told = announce(http, person.principal, person.pid, LONG, type_code="DOCPAT05")
    send(http, person.principal, told, LONG)
    path = f"/v1/patients/{person.pid}/documents/{told['id']}?reason=other"

    def take_back(version: str | None) -> Reply:
        return http.delete(path, as_=person.principal, headers={"If-Match": version or ""})

    assert take_back('"v9"').problem == "stale"
    complete(http, person.principal, told)
    version = progress(http, person, person.pid, told["id"]).header("ETag")
    assert take_back(version).problem == "being-inspected"
    assert sending.inspect() == []
    assert progress(http, person, person.pid, told["id"]).json()["status"] == "available"
