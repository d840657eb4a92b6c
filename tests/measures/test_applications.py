"""Measures by applications: what the person allowed, kind by kind, and whose they are."""

from decimal import Decimal

import pytest

from chalicelib.access.permissions import Permission
from chalicelib.core.errors import Forbidden, NotFound
from chalicelib.http.idempotency import Idempotency
from chalicelib.measures import usecases
from chalicelib.measures.model import Draft, Measure, MeasureKind, Source, Window
from tests.builders import Actor, Patient, a_consent, an_application, withdraw_consent
from tests.http_client import Client
from tests.measures.test_measures import path
from tests.recorder import Recorder
from tests.worlds import World, measure

WEIGHT, PRESSURE = MeasureKind.WEIGHT, MeasureKind.BLOOD_PRESSURE
AT = "2026-11-20T07:30+01:00"
DRAFTS = {
    WEIGHT: Draft(WEIGHT, AT, {"weight": Decimal("72.40")}, device="Balance Exemple 2"),
    PRESSURE: Draft(PRESSURE, AT, {"systolic": Decimal(128), "diastolic": Decimal(79)}),
}
KEY = Idempotency("a" * 64, "h" * 64)


@pytest.fixture
def scale(world: World, aws: Recorder) -> Actor:
    """Give an application that may write weights, and read pressures."""
    del aws
    allowed = (Permission.WEIGHT_WRITE, Permission.BLOOD_PRESSURE_READ)
    return a_consent(world.person, an_application(), *allowed)


def added(actor: Actor, patient: Patient, kind: MeasureKind = WEIGHT) -> Measure:
    return usecases.add_measure(actor.principal, patient.pid, DRAFTS[kind], KEY)


def test_it_adds_what_it_was_allowed_and_in_its_own_name(
    world: World, scale: Actor, http: Client
) -> None:
    made = added(scale, world.person)
    assert made.source == Source("application", "Balance Exemple")
    assert str(made.details.values["weight"]) == "72.40"  # as it was written
    (seen,) = http.get(path(world.person.pid), as_=world.person.principal).json()["items"]
    assert (seen["source"], seen["is_own"], seen["abilities"]) == (
        {"kind": "application", "name": "Balance Exemple"},
        False,
        {"delete": True},
    )
    with pytest.raises(Forbidden, match="consent-not-given"):
        added(scale, world.person, PRESSURE)


def test_who_may_only_write_gets_its_first_answer_again_and_reads_nothing(  # A13
    world: World, scale: Actor
) -> None:
    made = added(scale, world.person)
    assert added(scale, world.person) == made
    with pytest.raises(Forbidden, match="consent-not-given"):
        usecases.read_measure(scale.principal, world.person.pid, made.id)


def test_it_reads_the_kinds_it_was_allowed_one_by_one(world: World, scale: Actor) -> None:
    pid, who = world.person.pid, scale.principal
    pressure = added(world.person, world.person, PRESSURE).id
    weight = measure(world.person.principal, pid)

    listing = usecases.list_measures(who, pid, Window(PRESSURE), None, 50)
    assert [one.id for one in listing.items] == [pressure]
    assert usecases.read_measure(who, pid, pressure).details.kind is PRESSURE
    for window in (Window(WEIGHT), Window()):
        with pytest.raises(Forbidden, match="consent-not-given"):
            usecases.list_measures(who, pid, window, None, 50)
    # What is not there is not told from what is not allowed.
    for unknown in (weight, weight[:-1] + ("0" if weight[-1] != "0" else "1")):
        with pytest.raises(Forbidden, match="consent-not-given"):
            usecases.read_measure(who, pid, unknown)
    gone = pressure[:-1] + ("0" if pressure[-1] != "0" else "1")
    with pytest.raises(NotFound):
        usecases.read_measure(who, pid, gone)


def test_the_id_of_another_record_is_of_no_kind_here(world: World, scale: Actor) -> None:
    elsewhere = measure(world.other.principal, world.other.pid)
    for pid in (world.person.pid, world.other.pid):
        with pytest.raises(Forbidden, match="consent-not-given"):
            usecases.read_measure(scale.principal, pid, elsewhere)


def test_it_deletes_what_it_added_and_nothing_else(world: World, scale: Actor) -> None:
    made, pid = added(scale, world.person), world.person.pid
    hers = measure(world.person.principal, pid)
    rival = a_consent(world.person, an_application(name="Autre balance"), *Permission)
    absent = made.id[:-1] + ("0" if made.id[-1] != "0" else "1")
    for actor, measure_id in ((scale, hers), (rival, made.id), (scale, absent)):
        with pytest.raises(Forbidden):
            usecases.delete_measure(actor.principal, pid, measure_id)
    usecases.delete_measure(scale.principal, pid, made.id)
    with pytest.raises(NotFound):
        usecases.read_measure(world.person.principal, pid, made.id)


def test_what_it_added_stays_when_the_consent_ends_and_is_hers_to_delete(
    world: World, scale: Actor, http: Client
) -> None:
    """Source: R-SVC-03."""
    made = added(scale, world.person)
    withdraw_consent(world.person, scale)
    with pytest.raises(Forbidden):
        added(scale, world.person)
    one = path(world.person.pid, made.id)
    assert http.delete(one, as_=world.person.principal).status == 204
