"""Entering: default deny, every refusal traced at the same cost, the session read each time."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest
import time_machine

from chalicelib.access import gate, store
from chalicelib.access.entry import depositor_token
from chalicelib.access.gate import Unit
from chalicelib.access.model import Action, Refusal
from chalicelib.access.store import ClientRow, SessionRow
from chalicelib.core import aws, ids, rows
from chalicelib.core.errors import (
    NotFound,
    Unauthenticated,
    Unavailable,
)
from chalicelib.core.rows import StoreUnavailable, patient_key, table_name
from chalicelib.http.principal import Principal
from chalicelib.vault import keys
from tests import double
from tests.access.notes import PUT, DepositRow, NoteRow, add_note, look, traces
from tests.builders import Actor, Patient, a_person
from tests.recorder import Recorder


def test_an_action_outside_the_table_is_refused(person: Patient) -> None:
    unheard = cast("Action", "record:document:publish")
    with pytest.raises(NotFound), gate.enter(person.principal, unheard, person.pid):
        pytest.fail("entered")
    assert [trace.action for trace in traces(person.pid)] == ["record:document:publish"]


def test_a_read_writes_its_trace_and_nothing_else(person: Patient, counted: Recorder) -> None:
    before = double.tables()
    look(person.principal, person.pid)
    (trace,) = traces(person.pid)
    assert (trace.actor, trace.action, trace.outcome, trace.right) == (
        "person",
        "record:document:list",
        "allowed",
        "self",
    )
    after = double.tables()
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {table_name("audit")}
    assert counted.counted[PUT] == 1


def test_a_refusal_is_in_the_persons_history(person: Patient, doctor: Actor) -> None:
    with pytest.raises(NotFound):
        look(doctor.principal, person.pid)
    (trace,) = traces(person.pid)
    assert (trace.outcome, trace.reason, trace.actor_id, trace.actor_name) == (
        "refused",
        "no_right",
        doctor.id,
        doctor.name,
    )
    assert trace.organisation == "Cabinet Exemple"


def test_a_refusal_on_an_unknown_record_is_in_the_actors_own_history(doctor: Actor) -> None:
    unknown = ids.new_secret_id()
    with pytest.raises(NotFound):
        look(doctor.principal, unknown)
    assert traces(unknown) == []
    (trace,) = traces(doctor.id, of_patient=False)
    assert (trace.outcome, trace.reason) == ("refused", "space_closed")


def test_a_refusal_costs_the_same_whether_the_record_exists_or_not(  # A36
    person: Patient, doctor: Actor, calls: Recorder
) -> None:
    def refused(pid: str) -> list[tuple[int, str]]:
        calls.clear()
        with pytest.raises(NotFound):
            look(doctor.principal, pid)
        return calls.by_trip

    double.new_process()
    existing = refused(person.pid)
    double.new_process()
    assert refused(ids.new_secret_id()) == existing
    # Her own trace key is warm by now, and the person's is too: neither may show.
    warm = [refused(pid) for pid in (ids.new_secret_id(), person.pid, ids.new_secret_id())]
    assert warm[0] == warm[1] == warm[2]


@pytest.mark.parametrize("actor", ["doctor", "other"])
def test_refusing_a_missing_document_costs_the_same_as_a_foreign_one(  # A36
    actor: str, person: Patient, doctor: Actor, laboratory: Actor, calls: Recorder
) -> None:
    caller = doctor if actor == "doctor" else a_person()
    sk = f"NOTE#{ids.new_id()}"
    owner = depositor_token(person.pid, laboratory.principal)
    rows.write([rows.put(DepositRow(patient_key(person.pid), sk, kind="n", depositor=owner))])

    def refused(key: str) -> list[tuple[int, str]]:
        calls.clear()
        target = (DepositRow, patient_key(person.pid), key)
        with (
            pytest.raises(NotFound),
            gate.enter(caller.principal, Action.DOCUMENT_READ, person.pid, target=target),
        ):
            pytest.fail("entered")
        return calls.by_trip

    absent = f"NOTE#{ids.new_id()}"
    double.new_process()
    foreign = refused(sk)
    double.new_process()
    assert refused(absent) == foreign
    assert refused(sk) == refused(absent) == refused(sk)


@pytest.mark.parametrize("forget", [double.new_process, keys.forget, lambda: None])
def test_hiding_what_is_there_costs_the_same_as_what_is_not(  # A36, D15
    forget: Callable[[], None], person: Patient, calls: Recorder
) -> None:
    sk = add_note(person.principal, person.pid)

    def refused(key: str) -> list[tuple[int, str]]:
        forget()
        calls.clear()
        target = (NoteRow, patient_key(person.pid), key)
        with (
            pytest.raises(NotFound),
            gate.enter(person.principal, Action.DOCUMENT_READ, person.pid, target=target) as unit,
        ):
            raise unit.refuse(Refusal.ABSENT)
        return calls.by_trip

    absent = f"NOTE#{ids.new_id()}"
    assert refused(sk) == refused(absent) == refused(sk)


def test_a_refused_caller_unwraps_no_key_of_the_record(
    person: Patient, doctor: Actor, calls: Recorder
) -> None:
    double.new_process()
    calls.clear()
    with pytest.raises(NotFound):
        look(doctor.principal, person.pid)
    # The product's secret and the key of the history; the record's own stays wrapped.
    assert calls.counted["kms.Decrypt"] == 2


def test_a_record_whose_key_is_gone_still_has_its_history(person: Patient) -> None:  # D6
    keys.delete_branch_key(store.subject_of_record(person.pid))
    double.new_process()
    look(person.principal, person.pid)
    assert [trace.outcome for trace in traces(person.pid)] == ["allowed"]


def test_with_the_audit_table_gone_a_read_shows_nothing(person: Patient) -> None:  # R28
    shown = []
    aws.client("dynamodb").delete_table(TableName=table_name("audit"))
    with (
        pytest.raises((Unavailable, StoreUnavailable)),
        gate.enter(person.principal, Action.DOCUMENT_LIST, person.pid) as unit,
    ):
        shown.append(unit.pid)
    with pytest.raises((Unavailable, StoreUnavailable)):
        look(person.principal, person.pid)


def test_an_ended_session_is_told_so_at_once(person: Patient) -> None:
    look(person.principal, person.pid)
    row = rows.get(SessionRow, *store.session_key(person.principal.session))
    assert row is not None
    rows.write([rows.delete(row)])
    with pytest.raises(Unauthenticated) as caught:
        look(person.principal, person.pid)
    assert caught.value.slug == "session-ended"
    assert len(traces(person.pid)) == 1


def test_a_session_past_its_end_is_told_so(
    clock: time_machine.Traveller, aws: Recorder  # noqa: ARG001  makes the double of the cloud
) -> None:  # fmt: skip
    person = a_person()
    clock.shift(timedelta(hours=12))
    with pytest.raises(Unauthenticated):
        look(person.principal, person.pid)


def test_a_suspended_software_is_told_so_at_once(person: Patient, laboratory: Actor) -> None:
    row = rows.get(ClientRow, *store.client_key(laboratory.principal.session))
    assert row is not None
    row.status = "suspended"
    rows.write([rows.put(row)])
    with pytest.raises(Unauthenticated):
        add_note(laboratory.principal, person.pid)


@pytest.mark.parametrize(
    "forge",
    [
        lambda own, other: Principal(own.kind, other.id, own.session, own.expires_at),
        lambda own, other: Principal(other.kind, other.id, own.session, own.expires_at),
        lambda own, other: Principal(other.kind, own.id, own.session, own.expires_at),
    ],
)
def test_a_session_serves_only_whom_it_was_opened_for(  # A06
    forge: Callable[[Principal, Principal], Principal], person: Patient, doctor: Actor
) -> None:
    for own, other in ((person, doctor), (doctor, person)):
        with pytest.raises(Unauthenticated):
            look(forge(own.principal, other.principal), person.pid)
    assert traces(person.pid) == []


def test_one_persons_session_does_not_serve_another(person: Patient) -> None:  # A06
    other = a_person()
    forged = Principal(person.principal.kind, other.id, person.principal.session, 2**31)
    with pytest.raises(Unauthenticated):
        look(forged, other.pid)


def test_an_organisation_cannot_use_a_persons_own_id(person: Patient, laboratory: Actor) -> None:
    resolved = gate.resolve(laboratory.principal, person.pid)
    assert resolved != person.pid
    with pytest.raises(NotFound):
        add_note(laboratory.principal, resolved)
    assert traces(person.pid) == []
    assert len(traces(laboratory.id, of_patient=False)) == 1


def test_a_target_that_was_not_named_is_a_mistake_of_ours(person: Patient) -> None:
    with (
        pytest.raises(LookupError),
        gate.enter(person.principal, Action.DOCUMENT_LIST, person.pid) as unit,
    ):
        unit.target(NoteRow)
    assert traces(person.pid) == []


def test_a_unit_opens_what_it_sealed_in_that_row_only(person: Patient) -> None:
    opened: list[Any] = []

    def keep(unit: Unit) -> None:
        sealed = unit.seal({"a": "b"}, "P#1", "NOTE#1")
        opened.append(unit.open(sealed, "P#1", "NOTE#1"))

    with gate.enter(person.principal, Action.DOCUMENT_LIST, person.pid) as unit:
        keep(unit)
    assert opened == [{"a": "b"}]
