"""Budgets: who asks too often waits, and learns nothing by it; nobody is flooded (A37, A44)."""

from datetime import timedelta

import pytest
import time_machine

from chalicelib.access import budgets, gate
from chalicelib.access.budgets import Budget
from chalicelib.access.entry import depositor_token
from chalicelib.access.model import Action
from chalicelib.access.permissions import Permission
from chalicelib.access.store import RateRow
from chalicelib.core import aws, clock, ids, rows
from chalicelib.core.errors import Forbidden, NotFound, TooMany
from chalicelib.core.rows import StoreUnavailable, table_name
from chalicelib.http.principal import ActorKind, Principal
from chalicelib.record import rules
from chalicelib.trace import sentences
from tests import double
from tests.access.notes import add_note, look, traces
from tests.builders import (
    Actor,
    Patient,
    a_consent,
    a_grant,
    a_pdf,
    a_person,
    an_application,
    withdraw_consent,
)
from tests.faults.stories import waiting
from tests.http_client import Client, Reply
from tests.injector import Faults
from tests.messaging.correspondence import attach, begin, begun, path, send
from tests.recorder import Recorder
from tests.worlds import World


@pytest.fixture(autouse=True)
def monday(clock: time_machine.Traveller, aws: Recorder) -> time_machine.Traveller:
    del aws
    return clock


def spent(budget: Budget, who: str, count: int) -> None:
    """Set a count, as so many requests would."""
    pk, sk = budgets._key(budget, who, clock.now())
    item = {"pk": {"S": pk}, "sk": {"S": sk}, "kind": {"S": "rate"}, "ttl": {"N": "1"}}
    item |= {"count": {"N": str(count)}}
    aws.client("dynamodb").put_item(TableName=table_name("work"), Item=item)


def deposits_here(actor: Actor, person: Patient) -> str:
    return f"{depositor_token(person.pid, actor.principal)}.add"


def refused(principal: Principal, pid: str) -> None:
    with pytest.raises(NotFound):
        look(principal, pid)


def too_many(principal: Principal, pid: str) -> TooMany:
    with pytest.raises(TooMany) as raised:
        add_note(principal, pid)
    return raised.value


def test_a_depositor_stops_at_the_last_deposit_of_the_hour_until_the_next(
    person: Patient, laboratory: Actor, monday: time_machine.Traveller
) -> None:
    spent(budgets.DEPOSITS, f"{laboratory.id}.add", 19_999)

    add_note(laboratory.principal, person.pid)
    problem = too_many(laboratory.principal, person.pid)

    assert (problem.slug, problem.retry_after_seconds) == ("too-many-deposits", 1800)
    monday.shift(timedelta(minutes=30))
    add_note(laboratory.principal, person.pid)


def test_announcing_draws_on_the_same_deposits(person: Patient, laboratory: Actor) -> None:
    spent(budgets.DEPOSITS, f"{laboratory.id}.add", 20_000)

    with (
        pytest.raises(TooMany),
        gate.enter(laboratory.principal, Action.DOCUMENT_ANNOUNCE, person.pid),
    ):
        pytest.fail("the budget is spent")


def spent_bytes(budget: Budget, who: str, size: int) -> None:
    """Set how many bytes were brought, by one request."""
    spent(budget, who, 1)
    pk, sk = budgets._key(budget, who, clock.now())
    rows.tally(RateRow, pk, sk, {"bytes": size}, kind="rate", ttl=1)


def announce(principal: Principal, pid: str, size: int) -> None:
    with gate.enter(principal, Action.DOCUMENT_ANNOUNCE, pid, size=size) as unit:
        unit.go_on()


@pytest.mark.parametrize(
    ("budget", "slug"),
    [
        (budgets.DEPOSITS, "too-many-deposits"),
        (budgets.DEPOSITS_IN_ONE_RECORD, "too-many-deposits-here"),
    ],
)
@pytest.mark.parametrize("kind", [ActorKind.PERSON, ActorKind.ORGANISATION])
def test_a_depositor_stops_at_the_last_byte_of_the_hour_and_of_the_day(
    person: Patient,
    laboratory: Actor,
    budget: Budget,
    slug: str,
    kind: ActorKind,
    capsys: pytest.CaptureFixture[str],
) -> None:
    actor = person.principal if kind is ActorKind.PERSON else laboratory.principal
    here = f"{depositor_token(person.pid, actor)}.add"
    who = f"{actor.id}.add" if budget is budgets.DEPOSITS else here
    spent_bytes(budget, who, budget.most_bytes[kind] - 100)

    announce(actor, person.pid, 99)
    announce(actor, person.pid, 1)
    assert "overuse" not in capsys.readouterr().out
    for _ in range(2):
        with pytest.raises(TooMany) as raised:
            announce(actor, person.pid, 1)
        assert raised.value.slug == slug
    announce(actor, person.pid, 0)
    assert capsys.readouterr().out.count('"overuse"') == 1


def test_bytes_cost_no_call_of_their_own(
    person: Patient, laboratory: Actor, calls: Recorder
) -> None:
    announce(laboratory.principal, person.pid, 1)
    with_bytes = calls.measure(lambda: announce(laboratory.principal, person.pid, 1))
    without = calls.measure(lambda: announce(laboratory.principal, person.pid, 0))
    assert with_bytes == without


def test_one_person_is_not_flooded_by_a_depositor_who_may_go_on_elsewhere(
    person: Patient, laboratory: Actor, monday: time_machine.Traveller
) -> None:
    spent(budgets.DEPOSITS_IN_ONE_RECORD, deposits_here(laboratory, person), 399)

    add_note(laboratory.principal, person.pid)
    problem = too_many(laboratory.principal, person.pid)
    add_note(laboratory.principal, a_person().pid)

    assert problem.slug == "too-many-deposits-here"
    assert problem.retry_after_seconds == (14 * 60 + 30) * 60  # until midnight, UTC
    monday.shift(timedelta(hours=14, minutes=30))
    add_note(laboratory.principal, person.pid)


def test_what_is_over_budget_is_in_the_actors_history_and_not_in_the_persons(
    person: Patient, laboratory: Actor
) -> None:
    spent(budgets.DEPOSITS, f"{laboratory.id}.add", 20_000)
    before = len(traces(person.pid))

    too_many(laboratory.principal, person.pid)

    (trace,) = traces(laboratory.id, of_patient=False)
    assert (trace.action, trace.outcome, trace.reason) == (
        "record:document:add",
        "refused",
        "budget",
    )
    assert len(traces(person.pid)) == before
    assert trace.reason in sentences.REFUSALS


def test_over_budget_costs_the_same_for_a_record_that_does_not_exist(
    person: Patient, doctor: Actor, calls: Recorder
) -> None:
    spent(budgets.DEPOSITS, f"{doctor.id}.add", 300)
    too_many(doctor.principal, person.pid)

    there = calls.measure(lambda: too_many(doctor.principal, person.pid))
    absent = calls.measure(lambda: too_many(doctor.principal, ids.new_secret_id()))

    assert there == absent
    assert "dynamodb.TransactWriteItems" not in there


def test_counts_do_not_say_whose_record_it_is(person: Patient, laboratory: Actor) -> None:
    add_note(laboratory.principal, person.pid)

    counted = [pk for pk, _ in double.tables()[table_name("work")] if pk.startswith("RATE#")]
    assert len(counted) == 2
    assert not any(person.pid in pk for pk in counted)


def test_refused_too_often_an_actor_waits_for_the_next_hour(
    person: Patient, doctor: Actor, monday: time_machine.Traveller
) -> None:
    spent(budgets.REFUSALS, doctor.id, 99)
    refused(doctor.principal, person.pid)

    for pid in (person.pid, ids.new_secret_id()):
        with pytest.raises(TooMany) as raised:
            look(doctor.principal, pid)
        assert raised.value.slug == "too-many-refusals"
        assert raised.value.retry_after_seconds == 1800
    monday.shift(timedelta(minutes=30))
    refused(doctor.principal, person.pid)


def test_every_refusal_counts_and_nothing_else_does(person: Patient, doctor: Actor) -> None:
    refused(doctor.principal, person.pid)
    refused(doctor.principal, ids.new_secret_id())
    a_grant(person, doctor)
    look(doctor.principal, person.pid)

    key, sort = budgets._key(budgets.REFUSALS, doctor.id, clock.now())
    assert double.tables()[table_name("work")][key, sort]["count"] == {"N": "2"}


def test_a_doctor_refused_elsewhere_still_treats_who_let_her_in(
    person: Patient, doctor: Actor
) -> None:
    spent(budgets.REFUSALS, doctor.id, 500)
    a_grant(person, doctor)

    look(doctor.principal, person.pid)


def test_a_doctor_refused_elsewhere_still_moves_and_cancels_what_she_set(
    world: World, http: Client
) -> None:
    mine = f"/v1/patients/{world.person.pid}/appointments"
    draft = {"title": "Suivi", "start": "2027-03-01T09:00", "zone": "Europe/Paris"}
    doctor = world.doctor.principal
    made = http.post(mine, as_=doctor, json=draft, headers={"Idempotency-Key": "k" * 20}).json()
    spent(budgets.REFUSALS, world.doctor.id, 500)

    headers = {"If-Match": '"v1"'}
    moved = http.request(
        "PATCH",
        f"{mine}/{made['id']}",
        as_=doctor,
        json={"start": "2027-03-02T09:00", "end": None},
        headers=headers,
    )
    gone = http.delete(f"{mine}/{made['id']}", as_=doctor, headers={"If-Match": '"v2"'})

    assert (moved.status, gone.status) == (200, 204)


@pytest.mark.parametrize("who", ["person", "doctor"])
def test_refused_too_often_who_has_a_right_is_told_of_what_is_absent_as_before(  # D15
    world: World, http: Client, who: str
) -> None:
    """Else a professional could tell what is hidden from her from what does not exist."""
    actor = world.person if who == "person" else world.doctor
    absent = f"/v1/patients/{world.person.pid}/documents/{ids.new_id()}"
    before = http.get(absent, as_=actor.principal)
    spent(budgets.REFUSALS, actor.id, 500)

    after = http.get(absent, as_=actor.principal)

    assert (before.status, before.body) == (after.status, after.body) == (404, before.body)


def test_a_person_refused_elsewhere_still_takes_a_key_back(person: Patient) -> None:
    spent(budgets.REFUSALS, person.principal.id, 500)

    with gate.enter(person.principal, Action.AUTHORISATION_WITHDRAW, person.pid):
        pass


def appointment(principal: Principal, action: Action, pid: str) -> None:
    with gate.enter(principal, action, pid):
        pass


@pytest.mark.parametrize("action", [Action.APPOINTMENT_ADD, Action.APPOINTMENT_CHANGE])
def test_nobody_fills_an_agenda_and_a_mailbox_with_appointments(
    person: Patient, laboratory: Actor, action: Action
) -> None:
    spent(budgets.DEPOSITS_IN_ONE_RECORD, deposits_here(laboratory, person), 400)
    here = depositor_token(person.pid, laboratory.principal)
    spent(budgets.APPOINTMENTS_IN_ONE_RECORD, here, 59)

    appointment(laboratory.principal, Action.APPOINTMENT_ADD, person.pid)
    with pytest.raises(TooMany):
        appointment(laboratory.principal, action, person.pid)
    appointment(laboratory.principal, Action.APPOINTMENT_ADD, a_person().pid)


def test_what_a_person_changes_in_her_own_agenda_is_not_counted(person: Patient) -> None:
    here = depositor_token(person.pid, person.principal)
    spent(budgets.APPOINTMENTS_IN_ONE_RECORD, here, 400)
    appointment(person.principal, Action.APPOINTMENT_CHANGE, person.pid)
    with pytest.raises(TooMany):
        appointment(person.principal, Action.APPOINTMENT_ADD, person.pid)


def written() -> tuple[list[tuple[str, str]], int]:
    """Return the rows of conversations, and how many events wait to be told."""
    return sorted(double.tables()[table_name("messaging")]), len(waiting())


@pytest.mark.parametrize("who", ["person", "doctor"])
def test_who_writes_too_often_waits_and_nothing_is_written(
    world: World, http: Client, who: str
) -> None:
    made, sender = begun(world, http), world.person if who == "person" else world.doctor
    spent(budgets.MESSAGES, sender.id, budgets.MESSAGES.limits[sender.principal.kind] - 1)
    assert send(http, sender, made).status == 201
    before = written()

    refusal = send(http, sender, made)

    assert (refusal.status, refusal.problem) == (429, "too-many-messages")
    assert refusal.header("Retry-After") == "1800"
    assert written() == before
    assert http.get(path(made, "messages"), as_=sender.principal).status == 200


def test_opening_a_conversation_draws_on_the_messages_of_the_hour(
    world: World, http: Client
) -> None:
    spent(budgets.MESSAGES, world.doctor.id, budgets.MESSAGES.limits[ActorKind.PROFESSIONAL])
    before = written()

    refusal = begin(http, world.doctor, world.person.pid)

    assert (refusal.status, refusal.problem) == (429, "too-many-messages")
    assert refusal.header("Retry-After") == "1800"
    assert written() == before


@pytest.mark.parametrize("who", ["doctor", "laboratory"])
def test_nobody_opens_an_eleventh_conversation_with_one_person_in_a_day(
    world: World, http: Client, who: str
) -> None:
    sender = world.doctor if who == "doctor" else world.laboratory
    a_grant(world.other, world.doctor)

    def opens(patient: Patient) -> Reply:
        is_software = sender is world.laboratory
        return begin(http, sender, world.handle(sender, patient) if is_software else patient.pid)

    here = depositor_token(world.person.pid, sender.principal)
    spent(budgets.CONVERSATIONS_IN_ONE_RECORD, here, 9)
    assert opens(world.person).status == 201
    before = written()

    refusal = opens(world.person)

    assert (refusal.status, refusal.problem) == (429, "too-many-conversations")
    assert refusal.header("Retry-After") == str((14 * 60 + 30) * 60)  # until midnight, UTC
    assert written() == before
    assert opens(world.other).status == 201


def test_attachments_draw_on_the_deposits_of_their_sender(world: World, http: Client) -> None:
    made = begun(world, http)
    spent(budgets.DEPOSITS, f"{world.person.id}.attachment", 200)
    before = written(), double.objects()

    refusal = attach(http, world.person, made, a_pdf())

    assert (refusal.status, refusal.problem) == (429, "too-many-deposits")
    assert refusal.header("Retry-After") == "1800"
    assert (written(), double.objects()) == before


def test_software_refused_too_often_stops_guessing_and_depositing(
    person: Patient, laboratory: Actor
) -> None:
    spent(budgets.REFUSALS, laboratory.id, 2_000)

    assert too_many(laboratory.principal, person.pid).slug == "too-many-refusals"
    with (
        pytest.raises(TooMany),
        gate.enter(laboratory.principal, Action.PATIENT_LOOKUP, person.pid),
    ):
        pytest.fail("entered")


ADDING = (Action.APPOINTMENT_ADD, Action.DOCUMENT_ADD)


def shared_by_all(application: Actor, action: Action) -> str:
    return f"{application.id}.{'add' if action is Action.DOCUMENT_ADD else 'appointment'}"


def count_of(budget: Budget, who: str) -> int:
    row = double.tables()[table_name("work")].get(budgets._key(budget, who, clock.now()))
    return int(row["count"]["N"]) if row else 0


@pytest.mark.parametrize("action", ADDING)
def test_nobody_spends_what_all_persons_of_an_application_share(
    person: Patient, action: Action
) -> None:
    consented = a_consent(person, an_application(), *Permission)
    shared = shared_by_all(consented, action)
    appointment(consented.principal, action, person.pid)
    assert count_of(budgets.DEPOSITS, shared) == 1

    withdraw_consent(person, consented)
    for pid in (person.pid, ids.new_secret_id()):
        with pytest.raises(Forbidden):
            appointment(consented.principal, action, pid)

    assert count_of(budgets.DEPOSITS, shared) == 1


@pytest.mark.parametrize("action", ADDING)
def test_what_is_over_in_one_record_is_not_counted_for_all(person: Patient, action: Action) -> None:
    consented = a_consent(person, an_application(), *Permission)
    here = depositor_token(person.pid, consented.principal)
    spent(budgets.DEPOSITS_IN_ONE_RECORD, f"{here}.add", 60)
    spent(budgets.APPOINTMENTS_IN_ONE_RECORD, here, 60)

    with pytest.raises(TooMany) as raised:
        appointment(consented.principal, action, person.pid)

    assert raised.value.slug == "too-many-deposits-here"
    assert count_of(budgets.DEPOSITS, shared_by_all(consented, action)) == 0


@pytest.mark.parametrize("action", ADDING)
def test_all_persons_of_an_application_together_stop_at_the_last_of_the_hour(
    person: Patient, action: Action, monday: time_machine.Traveller
) -> None:
    consented = a_consent(person, an_application(), *Permission)
    spent(budgets.DEPOSITS, shared_by_all(consented, action), 49_999)
    appointment(consented.principal, action, person.pid)
    before = len(traces(person.pid))

    with pytest.raises(TooMany) as raised:
        appointment(consented.principal, action, person.pid)

    assert (raised.value.slug, raised.value.retry_after_seconds) == ("too-many-deposits", 1800)
    assert len(traces(person.pid)) == before
    monday.shift(timedelta(minutes=30))
    appointment(consented.principal, action, person.pid)


def test_an_application_does_not_fill_a_history_with_what_it_is_refused(
    person: Patient, monday: time_machine.Traveller
) -> None:
    consented = a_consent(person, an_application(), Permission.APPOINTMENT_READ)
    here = depositor_token(person.pid, consented.principal)
    spent(budgets.REFUSALS_IN_ONE_RECORD, here, 99)
    with pytest.raises(Forbidden):
        appointment(consented.principal, Action.DOCUMENT_LIST, person.pid)
    before = len(traces(person.pid))

    with pytest.raises(TooMany) as raised:
        appointment(consented.principal, Action.DOCUMENT_LIST, person.pid)

    assert (raised.value.slug, raised.value.retry_after_seconds) == ("too-many-refusals", 1800)
    assert len(traces(person.pid)) == before
    (trace,) = traces(consented.id, of_patient=False)
    assert (trace.outcome, trace.reason) == ("refused", "budget")
    appointment(consented.principal, Action.APPOINTMENT_LIST, person.pid)  # what is allowed is done
    monday.shift(timedelta(minutes=30))
    with pytest.raises(Forbidden):
        appointment(consented.principal, Action.DOCUMENT_LIST, person.pid)


def test_refused_too_often_an_application_is_told_of_what_is_hidden_as_of_what_is_absent(  # D15
    world: World, http: Client
) -> None:
    consented = a_consent(world.person, an_application(), *Permission)
    here = depositor_token(world.person.pid, consented.principal)
    spent(budgets.REFUSALS_IN_ONE_RECORD, here, 100)
    before = len(traces(world.person.pid))

    for document in (world.upload, ids.new_id()):
        reply = http.get(f"/fhir/R4/DocumentReference/{document}", as_=consented.principal)
        assert (reply.status, reply.header("Retry-After")) == (429, "1800")

    assert len(traces(world.person.pid)) == before
    seen = http.get(f"/fhir/R4/DocumentReference/{world.document}", as_=consented.principal)
    assert seen.status == 200


def test_the_operator_is_told_once(
    person: Patient, laboratory: Actor, capsys: pytest.CaptureFixture[str]
) -> None:
    spent(budgets.DEPOSITS, f"{laboratory.id}.add", 20_000)
    for _ in range(3):
        too_many(laboratory.principal, person.pid)

    said = capsys.readouterr().out
    assert said.count('"event":"overuse"') == 1
    assert f'"client":"{laboratory.id}.add"' in said


def test_a_person_who_asks_too_often_is_not_named(
    person: Patient, capsys: pytest.CaptureFixture[str]
) -> None:
    budgets._tell(budgets.SEARCHES, ActorKind.PERSON, person.id)

    said = capsys.readouterr().out
    assert '"event":"overuse"' in said
    assert person.id not in said


@pytest.mark.parametrize("mode", ["before", "after"])
def test_a_deposit_that_cannot_be_counted_is_not_made(
    person: Patient, laboratory: Actor, faults: Faults, mode: str
) -> None:
    faults.on("dynamodb.UpdateItem", mode)

    with pytest.raises(StoreUnavailable):
        add_note(laboratory.principal, person.pid)

    kinds = [item["kind"]["S"] for item in double.tables()[table_name("record")].values()]
    assert "note" not in kinds


def test_every_kind_that_may_deposit_has_a_limit_of_bytes_too() -> None:
    of_all = {ActorKind.APPLICATION}  # counted in each record
    assert set(budgets.DEPOSITS.most_bytes) == set(budgets.DEPOSITS.limits) - of_all
    here = budgets.DEPOSITS_IN_ONE_RECORD
    assert set(here.most_bytes) == set(here.limits)
    for parts in (budgets.PARTS, budgets.PARTS_IN_ONE_RECORD):
        assert set(parts.most_bytes) >= set(parts.limits)
    # None stops before a few of the longest documents.
    every = [*budgets.DEPOSITS.most_bytes.values(), *here.most_bytes.values()]
    assert min(every) >= 5 * rules.MOST_BYTES


def test_every_kind_that_may_deposit_has_a_limit() -> None:
    here = (budgets.DEPOSITS_IN_ONE_RECORD, budgets.APPOINTMENTS_IN_ONE_RECORD)
    for budget in (budgets.DEPOSITS, *here):
        # A calendar only reads; the others enter no record.
        without = {ActorKind.CALENDAR, ActorKind.PUBLISHER, ActorKind.OPERATOR}
        assert set(budget.limits) == set(ActorKind) - without
    assert set(budgets.REFUSALS.limits) == set(ActorKind)
