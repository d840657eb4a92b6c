"""What a professional does hangs on her authorisation, from entry to commit."""

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.access import gate, store
from chalicelib.access.model import Action, GrantStatus
from chalicelib.access.store import GrantRow
from chalicelib.core import rows
from chalicelib.core.errors import (
    NotFound,
)
from tests.access.notes import (
    add_note_then,
    look,
    notes,
    outbox,
    traces,
)
from tests.builders import Actor, Patient, a_doctor, a_grant, a_person
from tests.recorder import Recorder


def test_the_first_use_of_an_authorisation_notifies_once(person: Patient, doctor: Actor) -> None:
    a_grant(person, doctor, used=False)
    for _ in range(3):
        look(doctor.principal, person.pid)
    assert outbox() == ["access.first"]
    grant = rows.get(GrantRow, *store.grant_key(person.pid, doctor.id))
    assert grant is not None
    assert grant.first_used_at
    assert [trace.right for trace in traces(person.pid)] == ["authorisation"] * 3


def test_two_first_uses_at_once_notify_once(person: Patient, doctor: Actor) -> None:
    a_grant(person, doctor, used=False)
    inside = threading.Barrier(2)
    failures: list[BaseException] = []

    def use() -> None:
        try:
            with gate.enter(doctor.principal, Action.DOCUMENT_LIST, person.pid):
                inside.wait(timeout=10)
        except BaseException as error:  # noqa: BLE001  carried to the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=use) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert outbox() == ["access.first"]
    assert len(traces(person.pid)) == 2


def withdrawn(person: Patient, doctor: Actor) -> None:
    grant = rows.get(GrantRow, *store.grant_key(person.pid, doctor.id))
    assert grant is not None
    grant.status = GrantStatus.WITHDRAWN
    rows.write([rows.put(grant)])


@pytest.mark.parametrize("used", [True, False])
def test_a_write_during_which_the_authorisation_is_withdrawn_is_refused_and_traced(
    used: bool, person: Patient, doctor: Actor  # noqa: FBT001  a case
) -> None:  # fmt: skip
    a_grant(person, doctor, used=used)
    with pytest.raises(NotFound):
        add_note_then(doctor, person, lambda: withdrawn(person, doctor))
    (trace,) = traces(person.pid)
    assert (trace.outcome, trace.reason, trace.right) == ("refused", "no_right", "none")
    assert (notes(), outbox()) == (0, [])


def test_a_write_during_which_the_authorisation_disappears_is_refused_and_traced(
    person: Patient, doctor: Actor
) -> None:
    grant = a_grant(person, doctor)
    with pytest.raises(NotFound):
        add_note_then(doctor, person, lambda: rows.write([rows.delete(grant)]))
    assert [trace.outcome for trace in traces(person.pid)] == ["refused"]
    assert notes() == 0


def test_a_first_read_during_which_the_authorisation_is_withdrawn_shows_nothing(
    person: Patient, doctor: Actor
) -> None:
    a_grant(person, doctor, used=False)
    with (
        pytest.raises(NotFound),
        gate.enter(doctor.principal, Action.DOCUMENT_LIST, person.pid),
    ):
        withdrawn(person, doctor)
    assert [trace.outcome for trace in traces(person.pid)] == ["refused"]
    assert outbox() == []


def test_a_withdrawn_authorisation_opens_nothing_at_once(person: Patient, doctor: Actor) -> None:
    a_grant(person, doctor)
    look(doctor.principal, person.pid)
    withdrawn(person, doctor)
    with pytest.raises(NotFound):
        look(doctor.principal, person.pid)


def test_an_authorisation_ends_at_its_instant(  # A05
    clock: time_machine.Traveller, aws: Recorder  # noqa: ARG001  makes the double of the cloud
) -> None:  # fmt: skip
    person, doctor = a_person(), a_doctor()
    ends = clock_now() + timedelta(hours=1)
    a_grant(person, doctor, until=ends)
    clock.move_to(ends - timedelta(milliseconds=1))
    look(doctor.principal, person.pid)
    clock.move_to(ends + timedelta(seconds=1))
    with pytest.raises(NotFound):
        look(doctor.principal, person.pid)
    clock.move_to(ends)
    with pytest.raises(NotFound):
        look(doctor.principal, person.pid)


def clock_now() -> Any:
    from chalicelib.core import clock as product_clock  # noqa: PLC0415  the fixture has this name

    return product_clock.now()


def test_an_authorisation_of_one_record_opens_no_other(person: Patient, doctor: Actor) -> None:
    other = a_person()
    a_grant(person, doctor)
    with pytest.raises(NotFound):
        look(doctor.principal, other.pid)
