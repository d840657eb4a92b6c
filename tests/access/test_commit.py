"""Leaving: rows, trace and outbox together or not at all, whatever fails on the way."""

import threading

import pytest

from chalicelib.access import gate
from chalicelib.access.gate import Replayed
from chalicelib.access.model import Action
from chalicelib.core import aws, rows
from chalicelib.core.errors import (
    Conflict,
    Invalid,
    NotFound,
    Unavailable,
)
from chalicelib.core.rows import StoreUnavailable, table_name
from chalicelib.http.idempotency import Idempotency
from tests.access.notes import (
    PUT,
    TRANSACTION,
    NoteRow,
    a_note,
    add_note,
    add_note_of_person,
    add_note_then,
    look,
    notes,
    outbox,
    traces,
)
from tests.builders import Patient, a_doctor, a_grant, a_person
from tests.injector import Faults
from tests.recorder import Recorder


def test_with_the_audit_table_gone_a_write_writes_nothing(person: Patient) -> None:  # R28
    aws.client("dynamodb").delete_table(TableName=table_name("audit"))
    with pytest.raises((Unavailable, StoreUnavailable)):
        add_note_of_person(person)
    assert notes() == 0
    assert outbox() == []


def test_a_commit_writes_row_trace_and_outbox_in_one_transaction(
    person: Patient, counted: Recorder
) -> None:
    add_note_of_person(person)
    assert counted.counted[TRANSACTION] == 1
    assert PUT not in counted.counted
    assert (notes(), len(traces(person.pid)), outbox()) == (1, 1, ["document.added"])


@pytest.mark.parametrize("mode", ["after", "lost_once"])
def test_a_commit_whose_answer_is_lost_is_one_effect(  # R03
    mode: str, person: Patient, faults: Faults
) -> None:
    faults.on(TRANSACTION, mode)
    add_note_of_person(person)
    assert (notes(), len(traces(person.pid)), outbox()) == (1, 1, ["document.added"])


@pytest.mark.parametrize("mode", ["before", "throttled", "throttled_always"])
def test_a_commit_that_did_not_happen_is_tried_again(  # R07
    mode: str, person: Patient, faults: Faults
) -> None:
    faults.on(TRANSACTION, mode)
    add_note_of_person(person)
    assert (notes(), len(traces(person.pid)), outbox()) == (1, 1, ["document.added"])


def test_a_read_whose_traces_answer_is_lost_is_one_trace(person: Patient, faults: Faults) -> None:
    faults.on(PUT, "after")
    look(person.principal, person.pid)
    assert len(traces(person.pid)) == 1


@pytest.mark.parametrize("conflicts", [1, 2, 3])
def test_a_conflict_is_tried_again_three_times(  # R08
    conflicts: int, person: Patient, faults: Faults, counted: Recorder
) -> None:
    for nth in range(1, conflicts + 1):
        faults.on(TRANSACTION, "conflict", nth=nth)
    add_note_of_person(person)
    assert counted.counted[TRANSACTION] == conflicts + 1
    assert (notes(), len(traces(person.pid))) == (1, 1)


def test_a_conflict_that_lasts_is_unavailable_and_writes_nothing(
    person: Patient, faults: Faults, counted: Recorder
) -> None:
    faults.on(TRANSACTION, "conflict", nth=0)
    with pytest.raises(Unavailable):
        add_note_of_person(person)
    assert counted.counted[TRANSACTION] == 4
    assert (notes(), traces(person.pid), outbox()) == (0, [], [])


def test_retries_of_rivals_do_not_march_in_step(
    person: Patient, faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr("chalicelib.access.commit.time.sleep", slept.append)
    faults.on(TRANSACTION, "conflict", nth=0)
    for _ in range(5):
        with pytest.raises(Unavailable):
            add_note_of_person(person)
    assert len(set(slept)) == len(slept)
    assert all(0 <= seconds <= 0.08 for seconds in slept)


def test_a_rival_that_made_the_same_row_first_is_the_announced_conflict(person: Patient) -> None:
    note = a_note(person.pid)
    rows.write([rows.put(note)])
    again = NoteRow(note.pk, note.sk, kind="note")
    with (
        pytest.raises(Conflict) as caught,
        gate.enter(person.principal, Action.DOCUMENT_ADD, person.pid) as unit,
    ):
        unit.put(again, lost=Conflict("already-deposited"))
    assert caught.value.slug == "already-deposited"
    (trace,) = traces(person.pid)
    assert (trace.outcome, trace.reason, trace.right) == ("refused", "conflict", "none")


def raise_invalid() -> None:
    raise Invalid


def raise_not_found() -> None:
    raise NotFound


def test_a_use_case_that_fails_writes_its_refusal_and_nothing_else(person: Patient) -> None:
    with pytest.raises(Invalid):
        add_note_then(person, person, raise_invalid)
    (trace,) = traces(person.pid)
    assert (trace.outcome, trace.reason, notes(), outbox()) == ("refused", "invalid", 0, [])


def test_a_refusal_inside_the_use_case_is_traced_and_writes_nothing(person: Patient) -> None:
    with pytest.raises(NotFound):
        add_note_then(person, person, raise_not_found)
    (trace,) = traces(person.pid)
    assert (trace.outcome, trace.reason, trace.right, notes()) == ("refused", "absent", "none", 0)


def test_a_replayed_key_says_what_the_first_made(person: Patient) -> None:  # A13
    asked = Idempotency("a" * 64, "same")
    sk = add_note(person.principal, person.pid, idempotency=asked)
    with pytest.raises(Replayed) as caught:
        add_note(person.principal, person.pid, idempotency=asked)
    assert caught.value.reference == sk.removeprefix("NOTE#")
    assert (notes(), outbox()) == (1, ["document.added"])


def test_an_idempotent_action_must_name_what_it_made(person: Patient) -> None:
    asked = Idempotency("a" * 64, "same")
    with (
        pytest.raises(LookupError),
        gate.enter(person.principal, Action.DOCUMENT_ADD, person.pid, idempotency=asked) as unit,
    ):
        unit.put(a_note(person.pid))
    assert (notes(), traces(person.pid)) == (0, [])


def test_a_key_reused_for_another_request_is_refused(person: Patient) -> None:  # A13
    add_note(person.principal, person.pid, idempotency=Idempotency("a" * 64, "one"))
    with pytest.raises(Invalid) as caught:
        add_note(person.principal, person.pid, idempotency=Idempotency("a" * 64, "other"))
    assert caught.value.slug == "idempotency-key-reused"
    assert notes() == 1


def test_a_key_reused_for_another_person_is_refused(person: Patient) -> None:  # A13
    doctor, other = a_doctor(), a_person()
    for each in (person, other):
        a_grant(each, doctor)
    asked = Idempotency("a" * 64, "same")
    add_note(doctor.principal, person.pid, idempotency=asked)
    with pytest.raises(Invalid) as caught:
        add_note(doctor.principal, other.pid, idempotency=asked)
    assert caught.value.slug == "idempotency-key-reused"
    assert notes() == 1


def test_twenty_requests_with_one_key_have_one_effect(person: Patient) -> None:  # A13
    asked = Idempotency("a" * 64, "same")
    start = threading.Barrier(20)
    made: list[str] = []
    failures: list[BaseException] = []

    def send() -> None:
        start.wait(timeout=10)
        try:
            made.append(add_note(person.principal, person.pid, idempotency=asked)[5:])
        except Replayed as replayed:
            made.append(replayed.reference)
        except BaseException as error:  # noqa: BLE001  carried to the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=send) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert len(made) == 20
    assert len(set(made)) == 1
    assert (notes(), outbox()) == (1, ["document.added"])
