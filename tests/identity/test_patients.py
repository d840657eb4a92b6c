"""Finding and reading persons; the directory: A32, A36, A37, D15."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.access import budgets, entry, store
from chalicelib.access.store import SettingsRow
from chalicelib.audit.store import TraceRow, open_row
from chalicelib.core import aws, clock, rows
from chalicelib.http.principal import ActorKind, Principal
from chalicelib.identity import rules, spaces
from chalicelib.identity.model import Person
from tests import builders, double
from tests.builders import Actor, Patient
from tests.http_client import Client, Reply, bearer
from tests.injector import Faults
from tests.recorder import Recorder
from tests.worlds import World

pytestmark = pytest.mark.usefixtures("clock")
REFUSED = {"accepts_deposits": False}


@pytest.fixture
def person(world: World) -> Patient:
    return world.person


@pytest.fixture
def laboratory(world: World) -> Actor:
    return world.laboratory


@pytest.fixture
def doctor(world: World) -> Actor:
    """Return a doctor whom nobody authorised."""
    return world.colleague


def _asked(person: Patient, **other: object) -> dict[str, Any]:
    traits = person.identity.traits
    return {
        "ins": person.identity.ins.matricule,
        "family_name": traits.family_name,
        "given_name": "CAMILLE",
        "birth_date": "1985-06-12",
        "sex": "female",
    } | other


def _unknown() -> str:
    return builders.an_identity().ins.matricule


def _lookup(http: Client, actor: Actor, body: dict[str, Any]) -> Reply:
    return http.post("/v1/patients/lookup", as_=actor.principal, json=body)


def _close(pid: str) -> None:
    row = rows.get(SettingsRow, *store.settings_key(pid))
    assert row is not None
    row.status = "closed"
    rows.write([rows.put(row)])


def _traces(partition: str, owner: str) -> list[tuple[str, str, str | None]]:
    found = double.tables()["carnet-test-audit"]
    items = [item for (pk, _), item in sorted(found.items()) if pk == partition]
    opened = [open_row(TraceRow.from_raw_data(item), owner) for item in items]
    return [(trace.action, trace.outcome, trace.reason) for trace in opened]


def test_depositor_learns_that_a_space_takes_deposits_and_nothing_else(
    http: Client, person: Patient, laboratory: Actor
) -> None:
    reply = _lookup(http, laboratory, _asked(person))

    answer = reply.json()
    assert reply.status == 200
    assert set(answer) == {"accepts_deposits", "handle", "handle_expires_at"}
    assert answer["accepts_deposits"] is True
    assert person.pid not in reply.body.decode()
    assert entry.resolve(laboratory.principal, answer["handle"]) == person.pid


def test_handle_is_another_organisations_nothing(
    http: Client, person: Patient, laboratory: Actor
) -> None:
    handle = _lookup(http, laboratory, _asked(person)).json()["handle"]

    assert entry.resolve(builders.a_laboratory().principal, handle) != person.pid


WRONG: dict[str, Callable[[Patient], dict[str, Any]]] = {
    "unknown number": lambda person: _asked(person, ins=_unknown()),
    "other name": lambda person: _asked(person, family_name="AUTRE"),
    "other given name": lambda person: _asked(person, given_name="LOU"),
    "other birth date": lambda person: _asked(person, birth_date="1985-06-13"),
    "other sex": lambda person: _asked(person, sex="male"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_traits_and_unknown_numbers_answer_the_same_bytes(
    http: Client, person: Patient, laboratory: Actor, doctor: Actor, name: str
) -> None:
    builders.a_grant(person, doctor)

    for_lab, for_doctor = (
        _lookup(http, actor, WRONG[name](person)) for actor in (laboratory, doctor)
    )
    stranger = _lookup(http, builders.a_doctor(), _asked(person))

    assert (for_lab.status, for_lab.json()) == (200, REFUSED)
    assert for_doctor.status == stranger.status == 404
    assert for_doctor.body == stranger.body


def test_closed_space_answers_like_an_unknown_person(
    http: Client, person: Patient, laboratory: Actor
) -> None:
    _close(person.pid)

    closed = _lookup(http, laboratory, _asked(person))
    unknown = _lookup(http, laboratory, _asked(person, ins=_unknown()))

    assert closed.body == unknown.body
    assert closed.json() == REFUSED


@pytest.mark.parametrize(
    "traits",
    [
        {"given_name": "Camille Lou"},
        {"given_name": "camille-lou"},
        {"given_name": "CÀMILLE"},
        {"family_name": "  exemple "},
    ],
)
def test_spelling_of_names_does_not_matter(
    http: Client, laboratory: Actor, traits: dict[str, str]
) -> None:
    person = builders.a_person(family_name="EXEMPLE")

    assert _lookup(http, laboratory, _asked(person, **traits)).json()["accepts_deposits"] is True


def test_doctor_with_an_authorisation_gets_the_record(
    http: Client, person: Patient, doctor: Actor
) -> None:
    builders.a_grant(person, doctor)

    reply = _lookup(http, doctor, _asked(person))

    assert (reply.status, reply.json()) == (200, {"patient_id": person.pid})


@pytest.mark.parametrize("case", ["unknown", "wrong traits", "closed", "no authorisation"])
def test_refusals_make_the_same_store_calls_from_a_cold_process(
    http: Client, person: Patient, laboratory: Actor, doctor: Actor, calls: Recorder, case: str
) -> None:
    actor = doctor if case == "no authorisation" else laboratory
    body = _asked(person)
    if case == "closed":
        _close(person.pid)
    elif case != "no authorisation":
        body = WRONG["unknown number" if case == "unknown" else "other name"](person)
    signed = {"Authorization": f"Bearer {bearer(actor.principal)}"}
    double.new_process()

    counted = calls.measure(lambda: http.post("/v1/patients/lookup", headers=signed, json=body))

    assert counted == {
        "dynamodb.BatchGetItem": 1,  # the gate
        "dynamodb.GetItem": 4,  # public part of the signing key, secret, number, trace key
        "dynamodb.PutItem": 1,  # the trace
        "dynamodb.UpdateItem": 2,  # the budgets of lookups and of refusals
        "kms.Decrypt": 2,  # secret, trace key
    }


def test_refused_lookup_is_in_the_history_of_the_person_with_its_reason(
    http: Client, person: Patient, laboratory: Actor, doctor: Actor
) -> None:
    _lookup(http, laboratory, WRONG["other name"](person))
    _lookup(http, doctor, _asked(person))

    found = _traces(f"P#{person.pid}", person.pid)
    assert {trace for trace in found if trace[1] == "refused"} == {
        ("identity:patient:lookup", "refused", "traits"),
        ("identity:patient:lookup", "refused", "no_right"),
    }


def test_lookup_of_nobody_is_in_the_history_of_who_asked(
    http: Client, person: Patient, laboratory: Actor
) -> None:
    _lookup(http, laboratory, WRONG["unknown number"](person))

    assert _traces(f"A#{laboratory.id}", laboratory.id) == [
        ("identity:patient:lookup", "refused", "space_closed")
    ]


def test_lookup_without_its_trace_shows_nothing(
    http: Client, person: Patient, laboratory: Actor, faults: Faults
) -> None:
    bearer(laboratory.principal)  # makes the day's signing key
    faults.on("dynamodb.PutItem", "before", nth=0)

    reply = _lookup(http, laboratory, _asked(person))

    assert (reply.status, reply.problem) == (503, "unavailable")


@pytest.mark.parametrize(
    "number",
    [
        "27903512151898",
        "279035121518988",
        "2790351215189890",
        "２79035121518989",
        "27903512151898９",
        "279035121518989 ",
        "2790351215189\u200b89",
        "27903512151898O",
    ],
)
def test_number_that_is_not_ascii_or_has_a_wrong_key_is_refused(
    http: Client, person: Patient, laboratory: Actor, number: str
) -> None:
    reply = _lookup(http, laboratory, _asked(person, ins=number))

    assert reply.status == 422
    assert reply.json()["errors"][0]["pointer"] == "/ins"
    assert number not in reply.body.decode()


def test_every_error_of_a_lookup_comes_at_once(http: Client, laboratory: Actor) -> None:
    body = {"ins": 1, "family_name": "", "birth_date": "12/06/1985", "sex": "F", "role": "x"}

    pointers = {error["pointer"] for error in _lookup(http, laboratory, body).json()["errors"]}

    assert pointers == {
        "/ins", "/family_name", "/given_name", "/birth_date", "/sex", "/role"
    }  # fmt: skip


def test_number_never_appears_in_a_key_or_in_clear(http: Client, person: Patient) -> None:
    del http
    number = person.identity.ins.matricule

    stored = str(double.tables())

    assert number not in stored
    assert person.identity.traits.family_name not in stored


def test_persons_look_nobody_up(http: Client, person: Patient) -> None:
    reply = _lookup(http, person, _asked(person))

    assert (reply.status, reply.problem) == (403, "forbidden")
    assert _traces(f"A#{person.principal.id}", person.principal.id) == [
        ("identity:patient:lookup", "refused", "space_closed")
    ]


@pytest.mark.parametrize(
    ("kind", "limit"), [(ActorKind.PROFESSIONAL, 60), (ActorKind.ORGANISATION, 5_000)]
)
def test_hourly_budget_ends_with_429_until_the_next_hour(
    http: Client,
    clock: time_machine.Traveller,
    kind: ActorKind,
    limit: int,
) -> None:
    actor = builders.a_doctor() if kind is ActorKind.PROFESSIONAL else builders.a_laboratory()
    person = builders.a_person()
    hour = "2026-11-23T09"
    key = {"pk": {"S": f"RATE#lookup#{actor.id}#{hour}"}, "sk": {"S": "RATE"}}
    item = key | {"kind": {"S": "rate"}, "count": {"N": str(limit - 1)}, "ttl": {"N": "1"}}
    aws.client("dynamodb").put_item(TableName="carnet-test-work", Item=item)

    last = _lookup(http, actor, _asked(person))
    over = _lookup(http, actor, _asked(person))
    clock.shift(timedelta(minutes=30))
    after = _lookup(http, actor, _asked(person))

    assert last.status != 429
    assert (over.status, over.problem, over.header("Retry-After")) == (429, "too-many", "1800")
    assert after.status == last.status


@pytest.mark.slow
def test_thousand_patients_in_an_hour_are_not_reached_by_one_doctor(
    http: Client, doctor: Actor, clock: time_machine.Traveller
) -> None:
    del clock
    body = _asked(builders.a_person())

    statuses = [_lookup(http, doctor, body).status for _ in range(70)]

    assert statuses.count(404) == budgets.LOOKUPS.limits[ActorKind.PROFESSIONAL]
    assert statuses[-10:] == [429] * 10


def test_person_reads_her_identity(http: Client, person: Patient) -> None:
    reply = http.get(f"/v1/patients/{person.pid}", as_=person.principal)

    assert reply.header("ETag") == '"v1"'
    assert reply.json() | {"age": 0} == {
        "patient_id": person.pid,
        "family_name": person.identity.traits.family_name,
        "given_name": "CAMILLE",
        "birth_date": "1985-06-12",
        "age": 0,
        "sex": "female",
        "authorised_until": None,
    }


def test_doctor_reads_an_identity_with_an_authorisation_only(
    http: Client, person: Patient, doctor: Actor
) -> None:
    before = http.get(f"/v1/patients/{person.pid}", as_=doctor.principal)
    nobody = http.get(f"/v1/patients/{'0' * 26}", as_=doctor.principal)
    until = clock.now() + timedelta(days=30)
    builders.a_grant(person, doctor, until=until)

    assert before.status == nobody.status == 404
    assert before.body == nobody.body
    shown = http.get(f"/v1/patients/{person.pid}", as_=doctor.principal).json()
    assert shown["authorised_until"] == clock.iso(until)


def test_others_do_not_read_an_identity(http: Client, person: Patient, laboratory: Actor) -> None:
    other = builders.a_person()
    handle = _lookup(http, laboratory, _asked(person)).json()["handle"]

    assert http.get(f"/v1/patients/{person.pid}", as_=other.principal).status == 404
    assert http.get(f"/v1/patients/{handle}", as_=laboratory.principal).status == 404
    assert http.get(f"/v1/patients/{person.pid}", as_=laboratory.principal).status == 404


def test_a_person_reads_her_own_number_and_traits_and_her_history_says_so(
    http: Client, person: Patient
) -> None:
    reply = http.get(f"/v1/patients/{person.pid}/identity", as_=person.principal)

    assert reply.json() == {
        "ins": person.identity.ins.matricule,
        "family_name": person.identity.traits.family_name,
        "given_names": list(person.identity.traits.given_names),
        "birth_date": "1985-06-12",
        "sex": "female",
    }
    assert reply.header("Cache-Control") == "no-store"
    lines = http.get(f"/v1/patients/{person.pid}/trace", as_=person.principal).json()["items"]
    assert "avez affiché votre matricule INS" in [line["label"] for line in lines]


def test_nobody_else_reads_a_number_not_even_whom_the_record_is_open_to(  # A36
    http: Client, person: Patient, doctor: Actor, laboratory: Actor
) -> None:
    builders.a_grant(person, doctor)
    handle = _lookup(http, laboratory, _asked(person)).json()["handle"]

    for subject, actor in (
        (person.pid, doctor),
        (person.pid, builders.a_person()),
        (handle, laboratory),
    ):
        reply = http.get(f"/v1/patients/{subject}/identity", as_=actor.principal)
        assert reply.status == 404
        assert person.identity.ins.matricule not in str(reply.json())


def test_person_of_a_closed_space_is_connected_without_a_profile(
    http: Client, person: Patient
) -> None:
    _close(person.pid)

    reply = http.get("/v1/me", as_=person.principal)

    assert (reply.status, reply.json()["profiles"]) == (200, [])


def test_software_is_nobody(http: Client, laboratory: Actor) -> None:
    assert http.get("/v1/me", as_=laboratory.principal).status == 403


def test_token_of_a_session_that_does_not_exist_reads_nothing(
    http: Client, person: Patient, doctor: Actor
) -> None:
    for actor in (person, doctor):
        stolen = Principal(actor.principal.kind, actor.id, "0" * 26, actor.principal.expires_at)
        crossed = Principal(
            actor.principal.kind,
            builders.a_person().id if actor is person else builders.a_rpps(),
            actor.principal.session,
            actor.principal.expires_at,
        )
        assert http.get("/v1/me", as_=stolen).status == 401
        assert http.get("/v1/me", as_=crossed).status == 401


def test_age_counts_birthdays_in_france(clock: time_machine.Traveller) -> None:
    del clock
    assert rules.age_on(date(2000, 2, 29), date(2001, 2, 28)) == 0
    assert rules.age_on(date(2000, 2, 29), date(2001, 3, 1)) == 1
    assert rules.age_on(date(1985, 6, 12), date(2026, 6, 12)) == 41
    assert rules.age_on(date(1985, 6, 12), date(2026, 6, 11)) == 40


def test_space_is_opened_once_whatever_the_traits(http: Client, person: Patient) -> None:
    del http
    other = builders.an_identity()
    again = Person(other.traits, person.identity.ins, person.identity.ins_oid)

    assert spaces.open_space(again) == person.pid
