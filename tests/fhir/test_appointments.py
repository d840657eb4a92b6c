"""Appointments: what an application sets is its own; of another's, it adds the link to join."""

from typing import Any

import pytest

from chalicelib.access.permissions import Permission
from chalicelib.core.rows import table_name
from tests import double
from tests.builders import Actor, Patient
from tests.fhir.conftest import Allowed
from tests.fhir.resources import VIRTUAL_SERVICE, an_appointment, joined_at
from tests.fhir.test_edge import issues, refused
from tests.fhir.test_observations import changed, patient
from tests.http_client import Client, Reply
from tests.worlds import World, appoint

APPOINTMENTS = "/fhir/R4/Appointment"
ROOM = "https://visio.exemple/salle/1"
Resource = dict[str, Any]

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def app(allowed: Allowed) -> Actor:
    return allowed(*Permission)


def create(http: Client, app: Actor, **more: Any) -> Reply:
    return http.post(APPOINTMENTS, as_=app.principal, json=an_appointment(patient(app), **more))


def read(http: Client, app: Actor, appointment_id: str) -> Resource:
    reply = http.get(f"{APPOINTMENTS}/{appointment_id}", as_=app.principal)
    assert reply.status == 200, reply.body
    resource: Resource = reply.json()
    assert reply.header("ETag") == f'W/"{resource["meta"]["versionId"]}"'
    return resource


def update(http: Client, app: Actor, resource: Resource, version: int | None = None) -> Reply:
    tag = version or int(resource["meta"]["versionId"])
    return http.put(
        f"{APPOINTMENTS}/{resource['id']}",
        as_=app.principal,
        json=resource,
        headers={"If-Match": f'W/"{tag}"'},
    )


def as_seen(http: Client, person: Patient, appointment_id: str) -> Resource:
    path = f"/v1/patients/{person.pid}/appointments/{appointment_id}"
    seen: Resource = http.get(path, as_=person.principal).json()
    return seen


def test_an_appointment_reaches_the_agenda_as_it_was_agreed(
    world: World, app: Actor, http: Client
) -> None:
    zone = {
        "url": "http://hl7.org/fhir/StructureDefinition/timezone",
        "valueCode": "Indian/Reunion",
    }
    place = {"actor": {"type": "Location", "display": "12 rue des Lilas"}, "status": "accepted"}
    whose = {"actor": {"reference": patient(app)}, "status": "accepted"}
    reply = create(
        http,
        app,
        start="2026-12-03T09:30:00+04:00",
        _start={"extension": [zone]},
        end="2026-12-03T10:15:00+04:00",
        minutesDuration=45,
        patientInstruction="À jeun",
        participant=[whose, place],
        extension=joined_at(ROOM),
    )
    assert reply.status == 201, reply.body
    made = reply.json()
    seen = as_seen(http, world.person, made["id"])
    expected = {
        "title": "Téléconsultation de suivi",
        "start": "2026-12-03T09:30",
        "end": "2026-12-03T10:15",
        "zone": "Indian/Reunion",
        "place": "12 rue des Lilas",
        "note": "À jeun",
        "link": ROOM,
        "link_author": None,
        "author": {"kind": "application", "name": "Balance Exemple"},
    }
    assert {name: seen[name] for name in expected} == expected
    assert read(http, app, made["id"]) == made
    assert made["start"] == "2026-12-03T09:30:00+04:00"


def test_a_reminder_is_proposed_for_it_which_she_may_choose_otherwise(
    world: World, app: Actor, http: Client
) -> None:
    def reminders() -> list[int]:
        leads: list[int] = as_seen(http, world.person, made["id"])["reminders"]
        return leads

    made = create(http, app).json()
    assert reminders() == [1440]
    one = f"/v1/patients/{world.person.pid}/appointments/{made['id']}"
    wish = {"reminders": [60]}
    hers = http.request(
        "PATCH", one, as_=world.person.principal, json=wish, headers={"If-Match": '"v1"'}
    )
    assert hers.status == 200, hers.body
    assert update(http, app, read(http, app, made["id"]) | {"description": "x"}).status == 200
    assert reminders() == [60]


def test_a_reminder_that_would_be_past_is_not_proposed(
    world: World, app: Actor, http: Client
) -> None:
    soon = {"start": "2026-11-24T08:00:00+01:00", "end": "2026-11-24T08:30:00+01:00"}
    made = create(http, app, **soon).json()
    assert as_seen(http, world.person, made["id"])["reminders"] == []


def test_a_full_day_has_no_room_for_the_reminder_proposed(  # A44
    world: World, app: Actor, http: Client
) -> None:
    leads = (1445, 1446, 1447, 1448, 1449)
    appoint(world.doctor.principal, world.person.pid, start="2026-12-03T09:30", reminders=leads)
    made = create(http, app)
    assert made.status == 201
    assert as_seen(http, world.person, made.json()["id"])["reminders"] == []


def test_what_it_set_it_moves_and_cancels(world: World, app: Actor, http: Client) -> None:
    made = create(http, app).json()
    moved = made | {"start": "2026-12-04T11:00:00+01:00", "end": "2026-12-04T11:30:00+01:00"}
    reply = update(http, app, moved)
    assert (reply.status, reply.json()["meta"]["versionId"]) == (200, "2")
    assert as_seen(http, world.person, made["id"])["start"] == "2026-12-04T11:00"
    assert refused(update(http, app, moved, version=1)) == (412, [("conflict", "stale", "")])
    cancelled = update(http, app, moved | {"status": "cancelled"}, version=2)
    assert (cancelled.status, cancelled.json()["status"]) == (200, "cancelled")
    gone = http.get(f"{APPOINTMENTS}/{made['id']}", as_=app.principal)
    assert refused(gone) == (404, [("not-found", "not-found", "")])


def test_it_cancels_by_deleting_and_what_is_sent_again_is_set_again(  # A13
    world: World, app: Actor, http: Client
) -> None:
    made = create(http, app).json()
    assert create(http, app).json() == made
    one = f"{APPOINTMENTS}/{made['id']}"
    assert http.delete(one, as_=app.principal).status == 204
    again = create(http, app).json()
    assert again["id"] != made["id"]
    assert as_seen(http, world.person, again["id"])["title"] == made["description"]


def test_an_update_says_which_version_it_read(app: Actor, http: Client) -> None:
    made = create(http, app).json()
    one = f"{APPOINTMENTS}/{made['id']}"
    reply = http.put(one, as_=app.principal, json=made)
    assert refused(reply) == (428, [("required", "precondition-required", "")])
    other = made | {"id": "01ARZ3NDEKTSV4RRFFQ69G5FAV"}
    reply = http.put(one, as_=app.principal, json=other, headers={"If-Match": 'W/"1"'})
    assert refused(reply) == (422, [("value", "fhir_value", "Appointment.id")])


WRONG: list[tuple[str, object, tuple[str, str, str]]] = [
    ("status", "proposed", ("value", "fhir_value", "Appointment.status")),
    ("description", None, ("required", "missing", "Appointment.description")),
    ("description", "a" * 101, ("too-long", "string_too_long", "Appointment.description")),
    ("start", None, ("required", "missing", "Appointment.start")),
    ("end", None, ("required", "missing", "Appointment.end")),
    ("start", "2026-12-03T09:30:00", ("value", "fhir_value", "Appointment.start")),
    ("start", "2026-12-03T09:30:12+01:00", ("value", "fhir_value", "Appointment.start")),
    ("end", "2026-12-03T09:00:00+01:00", ("value", "end_order", "Appointment.end")),
    ("start", "2026-10-20T09:30:00+01:00", ("value", "event_too_long", "Appointment.end")),
    ("minutesDuration", 20, ("value", "fhir_value", "Appointment.minutesDuration")),
    ("participant", None, ("required", "missing", "Appointment.participant")),
    ("participant.0.actor.reference", "Practitioner/1",
     ("not-supported", "fhir_unsupported", "Appointment.participant[0].actor.reference")),
    ("participant.0.status", "declined",
     ("value", "fhir_value", "Appointment.participant[0].status")),
    ("extension", joined_at("http://visio.exemple"),
     ("value", "link_https", f"Appointment.extension('{VIRTUAL_SERVICE}')")),
    ("extension", [{"url": "https://exemple.test"}],
     ("not-supported", "fhir_unsupported", "Appointment.extension[0].url")),
    ("serviceType", [{"text": "x"}],
     ("not-supported", "fhir_unsupported", "Appointment.serviceType")),
    ("_start", {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/timezone",
                               "valueCode": "Mars/Olympus"}]},
     ("value", "unknown_zone", "Appointment._start.extension[0].valueCode")),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "said"), WRONG)
def test_what_is_wrong_is_told_by_its_path(
    app: Actor, http: Client, path: str, value: object, said: tuple[str, str, str]
) -> None:
    body = changed(an_appointment(patient(app)), path, value)
    reply = http.post(APPOINTMENTS, as_=app.principal, json=body)
    assert reply.status == 422
    assert said in issues(reply)


def test_what_rules_refuse_is_told_with_what_cannot_be_read(app: Actor, http: Client) -> None:
    reply = create(
        http,
        app,
        status="proposed",
        description="a" * 101,
        end="2026-12-03T09:00:00+01:00",
        comment="\u0007",
        extension=joined_at("http://visio.exemple"),
    )
    assert [one[1:] for one in issues(reply)] == [
        ("string_too_long", "Appointment.description"),
        ("end_order", "Appointment.end"),
        ("link_https", f"Appointment.extension('{VIRTUAL_SERVICE}')"),
        ("control_character", "Appointment.patientInstruction"),
        ("fhir_value", "Appointment.status"),
    ]
    no_time = create(http, app, start="hier", description="a" * 101)
    assert [one[1:] for one in issues(no_time)] == [
        ("string_too_long", "Appointment.description"),
        ("fhir_value", "Appointment.start"),
    ]


def test_another_name_than_the_one_asked_for_is_told_with_the_rest(
    app: Actor, http: Client
) -> None:
    body = an_appointment(patient(app), description="a" * 101)
    named = http.put(f"{APPOINTMENTS}?identifier=a|b", as_=app.principal, json=body)
    known = http.put(
        f"{APPOINTMENTS}/01ARZ3NDEKTSV4RRFFQ69G5FAV",
        as_=app.principal,
        json=body | {"id": "other"},
        headers={"If-Match": 'W/"1"'},
    )
    too_long = ("too-long", "string_too_long", "Appointment.description")
    for reply, name in ((named, "identifier"), (known, "id")):
        assert issues(reply) == [too_long, ("value", "fhir_value", f"Appointment.{name}")]


def test_a_participant_that_is_missing_is_told_once(app: Actor, http: Client) -> None:
    at = "Appointment.participant"
    without: list[tuple[list[Resource], str, str]] = [
        ([{"status": "accepted"}], "missing", f"{at}[0].actor"),
        ([{"status": "accepted", "actor": {"type": "Patient"}}], "missing",
         f"{at}[0].actor.reference"),
        ([{"status": "accepted", "actor": {"type": "Location", "display": "x"}}], "missing", at),
        ([], "fhir_type", at),
    ]  # fmt: skip
    for participants, code, where in without:
        (issue,) = issues(create(http, app, participant=participants))
        assert issue[1:] == (code, where)
    body = an_appointment(patient(app))
    del body["participant"]
    reply = http.post(APPOINTMENTS, as_=app.principal, json=body)
    assert issues(reply) == [("required", "missing", at)]


def test_what_a_cancelling_update_says_besides_is_not_lost(app: Actor, http: Client) -> None:
    made = create(http, app).json() | {"status": "cancelled"}
    reply = update(http, app, made | {"cancelationReason": {"text": "Grippe"}, "slot": [{}]})
    assert [one[1:] for one in issues(reply)] == [
        ("fhir_unsupported", "Appointment.cancelationReason"),
        ("fhir_unsupported", "Appointment.slot"),
    ]
    assert update(http, app, made).status == 200


def test_it_adds_the_link_to_what_somebody_else_set_and_nothing_else(
    world: World, app: Actor, http: Client
) -> None:
    theirs = appoint(world.laboratory.principal, world.person.pid)
    resource = read(http, app, theirs)
    joined = resource | {"extension": [*resource["extension"], *joined_at(ROOM)]}
    moved = joined | {"description": "Autre chose"}
    assert refused(update(http, app, moved)) == (409, [("conflict", "link-only", "")])
    assert as_seen(http, world.person, theirs)["link"] is None

    assert update(http, app, joined).status == 200
    seen = as_seen(http, world.person, theirs)
    assert (seen["link"], seen["link_author"], seen["author"]["kind"]) == (
        ROOM,
        {"kind": "application", "name": "Balance Exemple"},
        "organisation",
    )
    notices = http.get(f"/v1/patients/{world.person.pid}/notices", as_=world.person.principal)
    assert notices.status == 200


def test_its_own_link_it_changes_and_takes_back_and_no_other(
    world: World, allowed: Allowed, http: Client
) -> None:
    app, rival = allowed(*Permission), allowed(*Permission, name="Autre salle")
    theirs = appoint(world.person.principal, world.person.pid)
    for link in (ROOM, f"{ROOM}/bis"):
        base = read(http, app, theirs)
        kept = [one for one in base["extension"] if "virtualService" not in one["url"]]
        assert update(http, app, base | {"extension": [*kept, *joined_at(link)]}).status == 200
    other = read(http, rival, theirs)
    kept = [one for one in other["extension"] if "virtualService" not in one["url"]]
    for extension in (kept, [*kept, *joined_at("https://autre.exemple")]):
        reply = update(http, rival, other | {"extension": extension})
        assert refused(reply) == (409, [("conflict", "link-only", "")])
    assert update(http, app, read(http, app, theirs) | {"extension": kept}).status == 200
    seen = as_seen(http, world.person, theirs)
    assert (seen["link"], seen["link_author"]) == (None, None)


def test_a_link_that_the_person_has_is_hers(world: World, app: Actor, http: Client) -> None:
    mine = appoint(world.person.principal, world.person.pid)
    path = f"/v1/patients/{world.person.pid}/appointments/{mine}"
    hers = {"link": "https://hers.exemple"}
    reply = http.request(
        "PATCH", path, as_=world.person.principal, json=hers, headers={"If-Match": '"v1"'}
    )
    assert reply.status == 200
    resource = read(http, app, mine)
    assert resource["extension"][-1] == joined_at("https://hers.exemple")[0]
    resource["extension"][-1:] = joined_at(ROOM)
    assert refused(update(http, app, resource)) == (409, [("conflict", "link-only", "")])


def test_the_link_stays_the_applications_when_the_author_moves_the_appointment(
    world: World, app: Actor, http: Client
) -> None:
    doctor, person = world.doctor, world.person
    theirs = appoint(doctor.principal, person.pid)
    resource = read(http, app, theirs)
    update(http, app, resource | {"extension": [*resource["extension"], *joined_at(ROOM)]})
    path = f"/v1/patients/{person.pid}/appointments/{theirs}"
    moved = http.request(
        "PATCH",
        path,
        as_=doctor.principal,
        json={"place": "Salle 2"},
        headers={"If-Match": '"v2"'},
    )
    assert (moved.status, moved.json()["link_author"]["name"]) == (200, "Balance Exemple")
    taken = http.request(
        "PATCH", path, as_=doctor.principal, json={"link": None}, headers={"If-Match": '"v3"'}
    )
    assert (taken.json()["link"], taken.json()["link_author"]) == (None, None)


def test_who_may_not_read_it_adds_no_link(world: World, allowed: Allowed, http: Client) -> None:
    reader, writer = allowed(*Permission), allowed(Permission.APPOINTMENT_WRITE, name="Salle")
    theirs = appoint(world.laboratory.principal, world.person.pid)
    resource = read(http, reader, theirs)
    resource["participant"][0]["actor"]["reference"] = patient(writer)
    joined = resource | {"extension": joined_at(ROOM)}
    absent = joined | {"id": "01ARZ3NDEKTSV4RRFFQ69G5FAV"}
    for asked in (joined, absent):
        assert refused(update(http, writer, asked)) == (404, [("not-found", "not-found", "")])


def test_a_day_long_appointment_of_the_person_takes_a_link_too(
    world: World, app: Actor, http: Client
) -> None:
    path = f"/v1/patients/{world.person.pid}/appointments"
    body = {"title": "Cure", "all_day": True, "start": "2026-12-03", "zone": "Europe/Paris"}
    key = {"Idempotency-Key": "day-long-one"}
    made = http.post(path, as_=world.person.principal, json=body, headers=key).json()["id"]
    resource = read(http, app, made)
    assert (resource["start"], resource["end"]) == (
        "2026-12-03T00:00:00+01:00",
        "2026-12-04T00:00:00+01:00",
    )
    joined = resource | {"extension": [*resource["extension"], *joined_at(ROOM)]}
    assert update(http, app, joined).status == 200
    seen = as_seen(http, world.person, made)
    assert (seen["all_day"], seen["link"]) == (True, ROOM)


@pytest.mark.parametrize(
    ("dates", "found"),
    [
        ("", ["2026-11-10", "2026-12-03", "2026-12-10"]),
        ("?date=ge2026-12-04", ["2026-12-10"]),
        ("?date=2026-12", ["2026-12-03", "2026-12-10"]),
        ("?date=lt2026-12-03", ["2026-11-10"]),
    ],
)
def test_searches_by_the_day_they_begin(
    world: World, app: Actor, http: Client, dates: str, found: list[str]
) -> None:
    for day in ("2026-12-10", "2026-11-10", "2026-12-03"):
        appoint(world.person.principal, world.person.pid, start=f"{day}T09:30")
    bundle = http.get(APPOINTMENTS + dates, as_=app.principal).json()
    assert [one["resource"]["start"][:10] for one in bundle.get("entry", [])] == found


def test_an_instant_is_no_day(app: Actor, http: Client) -> None:
    reply = http.get(f"{APPOINTMENTS}?date=ge2026-12-04T10:00:00Z", as_=app.principal)
    assert refused(reply) == (400, [("value", "fhir_value", "http.date")])


def named(http: Client, app: Actor, name: str, **more: Any) -> Reply:
    body = an_appointment(
        patient(app), identifier=[{"system": "urn:exemple", "value": name}], **more
    )
    target = f"{APPOINTMENTS}?identifier=urn:exemple%7C{name}"
    return http.put(target, as_=app.principal, json=body)


def test_what_it_names_it_keeps_as_it_is_there(world: World, app: Actor, http: Client) -> None:
    """Source: domain.md 6.2, GAP: an update is conditional, on an identifier."""
    first = named(http, app, "RDV-1")
    assert (first.status, first.header("ETag")) == (201, 'W/"1"')
    made = first.json()
    assert made["identifier"] == [{"system": "urn:exemple", "value": "RDV-1"}]
    again = named(http, app, "RDV-1", patientInstruction="À jeun")
    assert (again.status, again.json()["id"], again.header("ETag")) == (200, made["id"], 'W/"2"')
    assert as_seen(http, world.person, made["id"])["note"] == "À jeun"
    # Sent as it is there, it is the same, and the person is told of nothing.
    waiting = len(double.tables()[table_name("work")])
    same = named(http, app, "RDV-1", patientInstruction="À jeun")
    assert (same.status, same.json()) == (200, again.json())
    assert len(double.tables()[table_name("work")]) == waiting
    assert named(http, app, "RDV-2").json()["id"] != made["id"]
    history = http.get(f"/v1/patients/{world.person.pid}/trace", as_=world.person.principal)
    items = history.json()["items"]
    told = sorted(one["label"] for one in items if one["actor"]["kind"] == "application")
    assert told == [
        "a ajouté un rendez-vous",
        "a ajouté un rendez-vous",
        "a consulté un rendez-vous",
        "a modifié un rendez-vous",
    ]
    assert http.delete(f"{APPOINTMENTS}/{made['id']}", as_=app.principal).status == 204
    assert (named(http, app, "RDV-1").status, named(http, app, "RDV-1").status) == (201, 200)


def test_a_name_is_its_authors_and_never_changes(
    world: World, allowed: Allowed, http: Client
) -> None:
    app, rival = allowed(*Permission), allowed(*Permission, name="Autre")
    made = named(http, app, "RDV-1").json()
    assert named(http, rival, "RDV-1").status == 201
    assert "identifier" not in read(http, rival, made["id"])
    set_again = create(http, app, identifier=made["identifier"], description="Autre")
    assert refused(set_again) == (409, [("conflict", "already-set", "")])
    other = made | {"identifier": [{"system": "urn:exemple", "value": "RDV-9"}]}
    assert refused(update(http, app, other)) == (
        422,
        [("value", "fhir_value", "Appointment.identifier")],
    )
    mismatch = http.put(
        f"{APPOINTMENTS}?identifier=urn:exemple%7CRDV-2", as_=app.principal, json=made
    )
    assert refused(mismatch) == (422, [("value", "fhir_value", "Appointment.identifier")])
    theirs = read(http, rival, made["id"])
    joined = theirs | {"extension": [*theirs["extension"], *joined_at(ROOM)]}
    assert update(http, rival, joined).status == 200
    assert read(http, app, made["id"])["identifier"] == made["identifier"]
    assert as_seen(http, world.person, made["id"])["link"] == ROOM


@pytest.mark.parametrize("value", ["a|b", "a" * 200, "a\u0007"])
def test_a_name_is_short_and_plain(app: Actor, http: Client, value: str) -> None:
    reply = create(http, app, identifier=[{"system": "urn:exemple", "value": value}])
    assert reply.status == 422
    assert [one[2] for one in issues(reply)] == ["Appointment.identifier[0].value"]
