"""A repeated request gets its first answer, whatever the clock says meanwhile (A13)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.access.permissions import Permission
from chalicelib.http.endpoint import ENDPOINTS
from chalicelib.identity import coverage
from tests.builders import a_consent, a_draft, a_pdf, an_application, represent
from tests.catalogue.samples import BODY
from tests.fhir.resources import a_document, a_transaction, a_weight, an_appointment
from tests.http_client import Client
from tests.messaging.correspondence import begun
from tests.oauth import asked
from tests.record import sending
from tests.worlds import World

APPOINTMENT = {"title": "Scanner", "start": "2026-11-23T11:00", "zone": "Europe/Paris"}
MEASURE = {"kind": "weight", "at": "2026-11-23T08:00Z", "values": {"weight": 72.4}}
ANNOUNCED = a_draft() | {"content": None, "size_bytes": 9}
# Every idempotent write, with somebody who may make it; a session lasts less than the key.
HOURS = {"laboratory": 23, "doctor": 11, "person": 11, "other": 11}
WRITES: list[tuple[str, str, Mapping[str, Any]]] = [
    ("/appointments", "laboratory", APPOINTMENT),
    ("/appointments", "doctor", APPOINTMENT),
    ("/appointments", "person", APPOINTMENT),
    ("/documents", "laboratory", a_draft(a_pdf("replayed"))),
    ("/documents", "laboratory", ANNOUNCED),
    ("/documents", "doctor", a_draft(a_pdf("replayed too"))),
    ("/measures", "person", MEASURE),
    ("/calendar-feeds", "person", {"detail": "busy"}),
    ("/consents", "person", {"request": "…", "permissions": ["weight:read"], "months": 6}),
    (
        "/representatives/invitations",
        "other",  # who represents the person, a minor for once
        {"family_name": "PERSONNE", "given_name": "ALBAN", "birth_date": "1980-01-31"},
    ),
]
# Of no record.
REGISTERED: tuple[str, str, Mapping[str, Any]] = (
    "/v1/publishers/me/applications",
    "publisher",
    BODY,
)
COMPLETED = "/documents/{document_id}/complete"
LETTER = {"body": "Bonjour"}
# The same of conversations, whose name is not the patient's.
LETTERS: list[tuple[str, str, Mapping[str, Any] | bytes]] = [
    ("/v1/conversations", "doctor", LETTER | {"patient_id": "…"}),
    ("/v1/conversations/{conversation_id}/messages", "person", LETTER),
    ("/v1/conversations/{conversation_id}/attachments", "person", a_pdf("joined twice")),
    ("/v1/conversations/{conversation_id}/attachments/from-record", "doctor", {"document_id": "…"}),
]

# The same of applications, with a key of their own or without.
IN_FHIR: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "/fhir/R4": a_transaction,
    "/fhir/R4/Observation": a_weight,
    "/fhir/R4/Appointment": an_appointment,
    "/fhir/R4/DocumentReference": lambda whose: a_document(whose, a_pdf("replayed by FHIR")),
}


def test_every_idempotent_route_is_replayed_here() -> None:
    idempotent = {
        one.path.removeprefix("/v1/patients/{pid}") for one in ENDPOINTS if one.idempotent
    }
    replayed = {path for path, _, _ in (*WRITES, *LETTERS, REGISTERED)} | set(IN_FHIR)
    assert idempotent == replayed | {COMPLETED}


def test_a_document_completed_twice_gets_the_first_answer(
    clock: time_machine.Traveller, world: World, http: Client
) -> None:
    laboratory = world.laboratory.principal
    subject = world.handle(world.laboratory)
    told = sending.announce(http, laboratory, subject, sending.LONG)
    sending.send(http, laboratory, told, sending.LONG)
    first = sending.complete(http, laboratory, told)
    sending.inspect()
    clock.shift(timedelta(hours=23))
    told["upload"]["complete_href"] = (
        f"/v1/patients/{world.handle(world.laboratory)}/documents/{told['id']}/complete"
    )
    again = sending.complete(http, laboratory, told)
    assert (again.status, again.json()) == (202, first.json())


@pytest.mark.parametrize(("path", "name", "body"), WRITES)
def test_a_write_repeated_hours_later_gets_its_first_answer(
    clock: time_machine.Traveller,
    world: World,
    http: Client,
    path: str,
    name: str,
    body: Mapping[str, Any],
) -> None:
    actor = getattr(world, name)
    if actor is world.other:
        represent(actor, world.person.pid)
        coverage.cover(world.person.pid, [actor.pid])

    if path == "/consents":
        body = {**body, "request": asked.request()}

    def write() -> tuple[int, Any]:
        subject = world.handle(actor) if actor is world.laboratory else world.person.pid
        key = {"Idempotency-Key": "the-same-key"}
        reply = http.post(
            f"/v1/patients/{subject}{path}", as_=actor.principal, json=dict(body), headers=key
        )
        # An address is the asker's own: with the handle of today, or a link's text sealed anew.
        answer = json.loads(reply.body.decode().replace(subject, "{pid}"))
        return reply.status, answer | {"url": None, "redirect_url": None}

    first = write()
    assert first[0] in {201, 202}, first
    clock.shift(timedelta(hours=HOURS[name]))
    assert write() == first


@pytest.mark.parametrize(("path", "name", "body"), LETTERS)
def test_a_letter_repeated_hours_later_gets_its_first_answer(
    clock: time_machine.Traveller,
    world: World,
    http: Client,
    path: str,
    name: str,
    body: Mapping[str, Any] | bytes,
) -> None:
    actor = getattr(world, name)
    made = begun(world, http)
    known = {"patient_id": world.person.pid, "document_id": world.document}

    def write() -> tuple[int, Any]:
        asked: dict[str, Any] = (
            {"body": body}
            if isinstance(body, bytes)
            else {"json": {field: known.get(field, value) for field, value in body.items()}}
        )
        reply = http.post(
            path.format(conversation_id=made["id"]),
            as_=actor.principal,
            headers={"Idempotency-Key": "the-same-key"},
            **asked,
        )
        return reply.status, reply.json()

    first = write()
    assert first[0] == 201, first
    clock.shift(timedelta(hours=HOURS[name]))
    assert write() == first


def test_a_registration_repeated_hours_later_gets_its_first_answer(
    clock: time_machine.Traveller, world: World, http: Client
) -> None:
    path, name, body = REGISTERED
    actor = getattr(world, name)

    def write() -> tuple[int, Any]:
        key = {"Idempotency-Key": "the-same-key"}
        reply = http.post(path, as_=actor.principal, json=dict(body), headers=key)
        return reply.status, reply.json()

    first = write()
    assert first[0] == 201, first
    clock.shift(timedelta(hours=11))
    assert write() == first


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "the-same-key"}])
@pytest.mark.parametrize("path", IN_FHIR)
def test_a_resource_repeated_hours_later_gets_its_first_answer(
    clock: time_machine.Traveller,
    world: World,
    http: Client,
    path: str,
    headers: dict[str, str],
) -> None:
    # An application that may only write reads back what it made, by that same right.
    writing = [one for one in Permission if one.endswith(":write")]
    app = a_consent(world.person, an_application(), *writing)
    body = IN_FHIR[path](f"Patient/{app.principal.patient}")

    def write() -> tuple[int, Any, str | None]:
        caller = replace(app.principal, expires_at=2**40)
        reply = http.post(path, as_=caller, json=body, headers=headers)
        return reply.status, reply.json(), reply.header("Location")

    first = write()
    assert first[0] in {200, 201}, first
    clock.shift(timedelta(hours=23))
    assert write() == first
