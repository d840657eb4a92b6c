"""Applications before the gate: what the person allowed, line by line, and at once no more."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from chalicelib.access import applications, gate, policy, tokens
from chalicelib.access.applications import ApplicationRow, UseRow
from chalicelib.access.model import Action, Facts
from chalicelib.access.permissions import Permission
from chalicelib.core import clock, ids, rows
from chalicelib.core.errors import Forbidden, NotFound
from chalicelib.core.rows import Item
from chalicelib.http.principal import ActorKind
from tests import double
from tests.access.notes import traces
from tests.builders import Actor, Patient, a_consent, a_person, an_application, withdraw_consent
from tests.recorder import Recorder
from tests.worlds import appoint

READ = Permission.APPOINTMENT_READ
WRITE = Permission.APPOINTMENT_WRITE


@pytest.fixture
def application(aws: Recorder) -> Actor:  # noqa: ARG001  the cloud comes first
    return an_application()


def look(actor: Actor, pid: str) -> None:
    with gate.enter(actor.principal, Action.APPOINTMENT_LIST, pid):
        pass


def test_what_was_allowed_is_done_and_told(person: Patient, application: Actor) -> None:
    look(a_consent(person, application, READ), person.pid)

    (trace,) = traces(person.pid)
    assert (trace.actor, trace.actor_name, trace.organisation) == (
        "application",
        "Balance Exemple",
        "Éditeur Exemple",
    )
    assert (trace.outcome, trace.right) == ("allowed", "consent")


@pytest.mark.parametrize("given", [(), (WRITE,), (Permission.DOCUMENT_READ,)])
def test_what_was_not_allowed_is_refused_and_told(
    person: Patient, application: Actor, given: tuple[Permission, ...]
) -> None:
    with pytest.raises(Forbidden, match="consent-not-given"):
        look(a_consent(person, application, *given), person.pid)

    (trace,) = traces(person.pid)
    assert (trace.outcome, trace.reason) == ("refused", "no_right")


def test_the_call_after_a_withdrawal_is_refused(person: Patient, application: Actor) -> None:
    consented = a_consent(person, application, READ)
    look(consented, person.pid)
    withdraw_consent(person, application)

    with pytest.raises(Forbidden):
        look(consented, person.pid)


def test_a_token_of_an_earlier_consent_is_dead(person: Patient, application: Actor) -> None:
    earlier = a_consent(person, application, READ)
    withdraw_consent(person, application)
    later = a_consent(person, application, READ)

    with pytest.raises(Forbidden):
        look(earlier, person.pid)
    look(later, person.pid)


def test_a_consent_ends_at_its_instant(person: Patient, application: Actor) -> None:
    now = clock.now()
    consented = a_consent(person, application, READ, until=now + timedelta(minutes=5))
    with time_machine.travel(now + timedelta(minutes=4, seconds=59), tick=False):
        look(consented, person.pid)
    with time_machine.travel(now + timedelta(minutes=5), tick=False), pytest.raises(Forbidden):
        look(consented, person.pid)


def test_another_person_unknown_or_not_is_refused_alike(
    person: Patient, application: Actor
) -> None:  # A11
    consented, other = a_consent(person, application, READ), a_person()
    for pid in (other.pid, ids.new_secret_id()):
        with pytest.raises(Forbidden, match="consent-not-given"):
            look(consented, pid)
    assert [trace.outcome for trace in traces(other.pid)] == ["refused"]
    assert [trace.outcome for trace in traces(application.id, of_patient=False)] == ["refused"]


@pytest.mark.parametrize("state", ["candidate", "suspended", "delisted"])
def test_an_application_that_is_not_online_does_nothing(
    person: Patient, application: Actor, state: str
) -> None:
    consented = a_consent(person, application, READ)
    row = rows.get(ApplicationRow, *applications.application_key(application.id))
    assert row is not None
    row.status = state
    rows.write([rows.put(row)])

    with pytest.raises(Forbidden, match="application-suspended"):
        look(consented, person.pid)


def test_what_it_wrote_is_its_own_only_while_the_consent_lives(
    person: Patient, application: Actor
) -> None:
    consented = a_consent(person, application, WRITE)
    written = appoint(consented.principal, person.pid)
    hers = appoint(person.principal, person.pid)

    assert _cancels(consented, person.pid, written)
    assert not _cancels(consented, person.pid, hers)
    written = appoint(consented.principal, person.pid)
    withdraw_consent(person, application)
    assert not _cancels(consented, person.pid, written)


def _cancels(actor: Actor, pid: str, appointment_id: str) -> bool:
    from chalicelib.agenda import usecases  # noqa: PLC0415  what the test is not about

    try:
        usecases.cancel_appointment(actor.principal, pid, appointment_id, version=1)
    except (Forbidden, NotFound):
        return False
    return True


def test_calls_are_counted_for_the_person_by_permission(
    person: Patient, application: Actor
) -> None:
    consented = a_consent(person, application, READ, WRITE)
    for _ in range(3):
        look(consented, person.pid)
    ref = applications.consent_ref(person.pid, application.id)

    used = rows.get(UseRow, *applications.use_key(person.pid, ref, READ))
    assert used is not None
    assert (used.count_, used.last_at[:13]) == (3, clock.iso(clock.now())[:13])
    assert rows.get(UseRow, *applications.use_key(person.pid, ref, WRITE)) is None


def test_no_row_of_a_record_says_which_application_it_is(
    person: Patient, application: Actor
) -> None:
    before = _record()
    look(a_consent(person, application, READ), person.pid)

    made = [item for item in _record() if item not in before]
    assert len(made) == 2
    assert application.id not in str(made)
    assert "appointment" not in str(made)


def _record() -> list[Item]:
    return list(double.tables()[rows.table_name("record")].values())


def test_a_patient_has_one_lasting_name_for_each_application(person: Patient) -> None:
    name = tokens.patient_name(person.pid, "A" * 26)

    assert name == tokens.patient_name(person.pid, "A" * 26)
    assert tokens.open_patient_name(name, "A" * 26) == person.pid
    assert tokens.open_patient_name(name, "B" * 26) is None
    assert name != tokens.patient_name(person.pid, "B" * 26)
    assert len(name) <= 64
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz234567.1")


def test_an_altered_name_is_nobodys(person: Patient) -> None:
    name = tokens.patient_name(person.pid, "A" * 26)
    others = [name[:n] + ("a" if name[n] != "a" else "b") + name[n + 1 :] for n in range(len(name))]
    for text in [*others, name.upper(), name + "=", name[:-1], "", "é", person.pid]:
        assert tokens.open_patient_name(text, "A" * 26) is None


def test_an_application_may_nothing_that_no_permission_names() -> None:
    facts = Facts(
        actor=ActorKind.APPLICATION,
        space_open=True,
        holds_record=False,
        grant_active=False,
        permissions=frozenset(Permission),
    )
    allowed = {action for action in Action if policy.decide(action, facts).is_allowed}

    assert allowed == {
        Action.PATIENT_READ,
        Action.APPOINTMENT_LIST,
        Action.APPOINTMENT_READ,
        Action.APPOINTMENT_ADD,
        Action.APPOINTMENT_CHANGE,
        Action.DOCUMENT_LIST,
        Action.DOCUMENT_READ,
        Action.DOCUMENT_OPEN,
        Action.DOCUMENT_ADD,
    }
    none = replace(facts, permissions=frozenset())
    assert not any(policy.decide(action, none).is_allowed for action in Action)
