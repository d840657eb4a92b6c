"""How each route is asked for, well-formed, whoever asks: the matrix says what the answer is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from typing import Any, Final

from chalicelib.access import boxes
from chalicelib.access.permissions import Permission
from chalicelib.agenda import feeds
from chalicelib.agenda.model import Detail
from chalicelib.catalogue import usecases as applications
from chalicelib.catalogue.model import Author
from chalicelib.core import events, ids, rows
from chalicelib.core.events import EventType
from chalicelib.http.endpoint import ENDPOINTS, Endpoint
from chalicelib.http.principal import ActorKind, Principal
from chalicelib.identity import children, coverage, invitations, store
from chalicelib.identity.invitations import Invitee
from chalicelib.journeys.attachments import accept_joined
from chalicelib.messaging import attachments, messages, references
from chalicelib.messaging import usecases as messaging
from chalicelib.messaging.attachments import Content
from chalicelib.messaging.model import Draft as Letter
from chalicelib.messaging.model import Joined, Opening
from chalicelib.messaging.references import Reference
from chalicelib.notifications import inbox
from chalicelib.prevention import usecases as prevention
from chalicelib.record import usecases as record
from chalicelib.record.model import Draft, Visibility
from chalicelib.record.rules import PART_BYTES
from tests.builders import (
    Actor,
    a_consent,
    a_draft,
    a_minor,
    a_pdf,
    a_person,
    an_application,
    represent,
)
from tests.catalogue.samples import BODY, DRAFT, OTHER_SIRET, SIRET
from tests.http_client import Client, Reply
from tests.oauth import asked
from tests.oauth import play as consenting
from tests.policy import fhir_requests
from tests.record.cda.samples import a_cda
from tests.worlds import UPLOADED, World, appoint, measure

ROLES: Final = (
    "anonymous",
    "person_self",
    "person_other",
    "doctor",
    "colleague",
    "depositor",
    "rival",
    "no_handle",
    "representative",
    "publisher",
    "operator",
)
WAITING: Final = "waiting to be announced"
CLINICAL: Final = "a clinical document of the laboratory"
LAST_PART: Final = b"0123456789"
NARRATED: Final = "Phrase que seul ce compte rendu contient"
_SUBJECT: Final = re.compile(r"(?<=^/v1/patients/)[^/?]+")
_numbers: Final = count(1)
SAME_ORIGIN: Final = {"Origin": "https://carnet.test", "X-Carnet": "1"}
_QUERIES: Final[Mapping[str, str]] = {
    "GET /v1/auth/login": "?provider=franceconnect",
    "DELETE /v1/patients/{pid}/documents/{document_id}": "?reason=wrong_document",
}
_HEADERS: Final[Mapping[str, Mapping[str, str]]] = {
    "POST /v1/auth/refresh": SAME_ORIGIN,
    "POST /v1/auth/logout": SAME_ORIGIN,
}


# Nothing was written yet: the version of what is there by default.
_FIRST_WRITES: Final = (
    "PUT /v1/patients/{pid}/home/cards",
    "PUT /v1/patients/{pid}/preferences",
    "PUT /v1/patients/{pid}/prevention/{key}",
    "PUT /v1/patients/{pid}/target",
)
_NO_TOKEN: Final = "1." + "a" * 32
_BODIES: Final[Mapping[str, Mapping[str, object]]] = {
    "POST /v1/publishers/me/applications": BODY,
    "PATCH /v1/publishers/me/applications/{application_id}": {"name": "Balance 2 (exemple)"},
    "PUT /v1/operators/applications/{application_id}/review": {"satisfied": ["ethics"]},
    "POST /v1/operators/applications/{application_id}/state": {
        "state": "delisted",
        "reason": "Hors du champ du catalogue.",
    },
    "POST /v1/conversations": {"patient_id": "0" * 26, "body": "Bonjour"},
    "POST /v1/conversations/{conversation_id}/messages": {"body": "Bonjour"},
    "POST /v1/conversations/{conversation_id}/read": {"up_to": "0" * 26},
    "PUT /v1/conversations/{conversation_id}/blocked": {"blocked": True},
    "PATCH /v1/patients/{pid}/consents/{ref}": {"permissions": ["weight:write"]},
    "PUT /v1/patients/{pid}/children/{child_id}": {"certifies": True},
    "POST /v1/patients/{pid}/representatives/invitations": {
        "family_name": "PERSONNE",
        "given_name": "ALBAN",
        "birth_date": "1980-01-31",
    },
    "PUT /v1/patients/{pid}/invitations/{invitation_id}": {"answer": "accept", "certifies": True},
    "POST /v1/patients/{pid}/measures": {
        "kind": "weight",
        "at": "2026-11-20T07:30+01:00",
        "values": {"weight": 72.4},
    },
    "PUT /v1/patients/{pid}/target": {"weight": 68.5},
    "PUT /v1/patients/{pid}/documents/{document_id}/visibility": {"visibility": "normal"},
    "PUT /v1/patients/{pid}/home/cards": {"hidden": ["documents"]},
    "PUT /v1/patients/{pid}/news": {"up_to": "0" * 26},
    "PUT /v1/patients/{pid}/notices/read": {"up_to": "0" * 26},
    "PUT /v1/patients/{pid}/notices/deleted": {"up_to": "0" * 26},
    "PUT /v1/patients/{pid}/notices/{notice_id}": {"deleted": True},
    "PUT /v1/patients/{pid}/prevention/{key}": {"state": "not_concerned"},
    "PUT /v1/patients/{pid}/preferences": {
        "zone": "Indian/Reunion",
        "quiet_from": "21:00",
        "quiet_until": "08:00",
        "mail": {"document": True, "appointment": True, "prevention": False},
        "remind": {"vaccination": True, "screening": False},
    },
}


def actor_of(world: World, role: str) -> Actor | None:
    """Return who plays a role."""
    return {
        "anonymous": None,
        "person_self": world.person,
        "person_other": world.other,
        "doctor": world.doctor,
        "colleague": world.colleague,
        "depositor": world.laboratory,
        "rival": world.rival,
        "no_handle": world.laboratory,
        "representative": world.other,
        "application": application(world) if role == "application" else None,
        "publisher": world.publisher,
        "operator": world.operator,
    }[role]


def application(world: World) -> Actor:
    """Return an application that the person of this world lets do everything."""
    return a_consent(world.person, an_application(), *Permission)


@dataclass(frozen=True, slots=True)
class Ask:
    """One request of one role."""

    declared: Endpoint
    target: str
    caller: Principal | None
    options: dict[str, Any]

    def about(self, subject: str) -> "Ask":
        """Return the same, but for what stands for the person in the path."""
        return replace(self, target=_SUBJECT.sub(subject, self.target, count=1))

    def send(self, http: Client) -> Reply:
        return http.request(self.declared.method, self.target, as_=self.caller, **self.options)


def ask(
    world: World,
    declared: Endpoint,
    role: str,
    *,
    case: str = "",
    document: str | None = None,
) -> Ask:
    """Write the request of a role, about the person of this world."""
    actor = actor_of(world, role)
    if declared.serves_applications:
        return _ask_in_fhir(world, declared, actor, case, document)
    if role == "representative":
        represent(world.other, world.person.pid)
    name = f"{declared.method} {declared.path}"
    values = {
        "pid": subject_of(world, role),
        "document_id": document or _document(world, name, case),
        "rpps": (world.colleague if declared.method == "PUT" else world.doctor).id,
        "slug": "not-found",
        "number": "2",
    }
    values |= _agenda(world, declared.path, case, document)
    values |= _children(world, name)
    values |= _invitations(world, declared.path, role, document)
    values |= _told(world, declared.path, document)
    values |= _consented(world, declared.path, document)
    values |= _measured(world, declared.path, case, document)
    values |= _written(world, declared.path, case)
    values |= _application(declared.path, case)
    options: dict[str, Any] = {"headers": dict(_HEADERS.get(name, {}))}
    if declared.idempotent:
        options["headers"]["Idempotency-Key"] = ids.new_id()
    if declared.if_match:
        options["headers"]["If-Match"] = '"v0"' if name in _FIRST_WRITES else '"v1"'
    options |= _body(world, name, actor)
    if name == "POST /v1/conversations":
        options["json"] = {"patient_id": values["pid"], "body": "Bonjour"}
    query = _QUERIES.get(name, "")
    if case == "an application":
        query = f"?{asked.query()}"
    if name == "GET /v1/conversations" and (not actor or actor.principal.kind == "person"):
        query = f"?patient_id={values['pid']}"
    target = declared.path.format_map(values) + query
    return Ask(declared, target, actor.principal if actor else None, options)


def _ask_in_fhir(
    world: World, declared: Endpoint, actor: Actor | None, case: str, document: str | None
) -> Ask:
    """Write the request of an application, or of somebody who is none."""
    name = f"{declared.method} {declared.path}"
    patient = actor.principal.patient if actor else ""
    asked = fhir_requests.ask(name, patient or "nobody")
    values = asked.values | {"document_id": document or _document(world, "", case)}
    values |= _agenda(world, declared.path, case, document)
    if "{observation_id}" in declared.path:
        values["observation_id"] = measure(world.person.principal, world.person.pid)
    if "{appointment_id}" in declared.path and asked.body:
        asked.body["id"] = values["appointment_id"]
    options: dict[str, Any] = {"headers": {"If-Match": 'W/"1"'} if declared.if_match else {}}
    if asked.body is not None:
        options["json"] = asked.body
    target = declared.path.format_map(values) + asked.query
    return Ask(declared, target, actor.principal if actor else None, options)


def subject_of(world: World, role: str) -> str:
    """Return how a role names the person: organisations by their own handle."""
    if role == "depositor":
        return world.handle(world.laboratory)
    if role == "rival":
        return world.handle(world.rival)
    return world.person.pid


def _agenda(world: World, path: str, case: str, target: str | None) -> dict[str, str]:
    """Set the appointment, or make the link, that a path is about."""
    if "{appointment_id}" in path:
        who = {"of the laboratory": world.laboratory, "of the doctor": world.doctor}
        author = who.get(case, world.person).principal
        return {"appointment_id": target or appoint(author, world.person.pid, reminders=())}
    person = world.person.principal
    if "{feed_id}" in path:
        known = feeds.list_feeds(person, world.person.pid)[0]
        made = (
            known[0] if known else feeds.add_feed(person, world.person.pid, Detail.BUSY, None).feed
        )
        return {"feed_id": target or made.id}
    if "{link}" in path:
        linked = feeds.add_feed(person, world.person.pid, Detail.BUSY, None)
        return {"link": f"{linked.link}.ics"}
    return {}


def _children(world: World, name: str) -> dict[str, str]:
    """Put the child a path is about on the person's file, managed when that is to end."""
    if "{child_id}" not in name:
        return {}
    person, child = world.person, a_minor(world.person).pid
    if name.startswith("DELETE"):
        children.manage(person.principal, person.pid, child)
    return {"child_id": child}


def _invitations(world: World, path: str, role: str, target: str | None) -> dict[str, str]:
    """Put the person, or for what is answered a child, on a file whose parent sent an invitation.

    The person of this world, as a minor that somebody represents; or that one's child.
    """
    if "/invitations" not in path:
        return {}
    parent = world.other if role == "representative" else a_person()
    if "/representatives/" in path:
        where, whom = world.person.pid, Invitee("PERSONNE", "ALBAN", date(1980, 1, 31))
        represent(parent, where)
        coverage.cover(where, [parent.pid])
    else:
        where = a_minor(parent).pid
        children.manage(parent.principal, parent.pid, where)
        known = world.person.identity.traits
        assert known.birth_date is not None
        whom = Invitee(known.family_name, known.given_names[0], known.birth_date)
    if "{invitation_id}" not in path:
        return {}
    before = rows.query(store.invitations_of(where)).items  # a child has few a month
    if target or before:
        return {"invitation_id": target or before[0]["sk"]["S"].removeprefix("INVITE#")}
    sent = invitations.invite(parent.principal, where, whom, None)
    return {"invitation_id": sent.id}


def _told(world: World, path: str, target: str | None) -> dict[str, str]:
    """Put into the centre the notice, or look for the recommendation, that a path is about."""
    person = world.person
    if "{notice_id}" in path:
        event = events.new_event(EventType.DOCUMENT_ADDED, person.pid, world.document)
        inbox.keep(event)
        return {"notice_id": target or event.id}
    if "{key}" in path:
        found = prevention.list_recommendations(person.principal, person.pid)
        return {"key": _NO_TOKEN if target else found.items[0][0]}
    return {}


def _consented(world: World, path: str, target: str | None) -> dict[str, str]:
    """Let an application do what a path is to change."""
    if "{ref}" not in path:
        return {}
    application_id = consenting.an_application().id
    ref = asked.consented(world.person, application_id=application_id)
    if path.endswith("/terms"):
        asked.change(application_id)
    return {"ref": _NO_TOKEN if target else ref}


def _measured(world: World, path: str, case: str, target: str | None) -> dict[str, str]:
    """Add the measure that a path is about: by the person, or by who else represents her."""
    if "{measure_id}" not in path:
        return {}
    author = world.person
    if case == "of another representative":
        author = a_person()
        represent(author, world.person.pid)
    return {"measure_id": target or measure(author.principal, world.person.pid)}


def _written(world: World, path: str, case: str) -> dict[str, str]:
    """Open the conversation, with an attachment, that a path is about; once is enough."""
    if "{conversation_id}" not in path:
        return {}
    actor = (world.laboratory if case == "of the laboratory" else world.doctor).principal
    box = boxes.of(actor, None)[0]
    person = world.person
    listed = messaging.list_conversations(person.principal, person.pid, None, 30).lines
    refs = [references.read(line.id) for line in listed]
    ref = next((one for one in refs if one.box == box), None) or _begun(actor, person.pid)
    (joined,) = messages.list_messages(person.principal, ref, None, 1).messages
    return {"conversation_id": ref.id, "attachment_id": joined.message.attachments[0].id}


def _application(path: str, case: str) -> dict[str, str]:
    """Register the application that a path is about: a candidate of an establishment."""
    if "{application_id}" not in path:
        return {}
    siret = OTHER_SIRET if case == "of another establishment" else SIRET
    author = Author(ActorKind.PUBLISHER, "0" * 26, "Alix EXEMPLE", siret)
    return {"application_id": applications.register(author, DRAFT).id}


def _begun(actor: Principal, pid: str) -> Reference:
    """Open a conversation whose last message has an attachment."""
    opening = Opening("", "Bonjour", as_team=False)
    ref = references.read(messaging.open_conversation(actor, pid, opening, None).conversation.id)
    joined = attachments.add_attachment(actor, ref, lambda _: Content(a_pdf()), accept_joined, None)
    letter = Letter("Voici", (Joined(joined.id, "Ordonnance"),))
    messages.send_message(actor, ref, letter, None)
    return ref


def _document(world: World, name: str, case: str) -> str:
    if name.endswith(("/parts", "/parts/{number}", "/complete")):
        return _long_document(world)
    if case == WAITING:
        return _waiting_document(world)
    if name.startswith("PUT"):
        return world.upload
    if case == CLINICAL:
        return _clinical_document(world)
    return world.own if case == "of the person" else world.document


def _long_document(world: World) -> str:
    """Announce, by the laboratory, what comes in two parts: the last has ten bytes."""
    draft = Draft(None, "11502-2", None, None, PART_BYTES + len(LAST_PART), ids.new_id().zfill(64))
    return record.announce_document(
        world.laboratory.principal, world.person.pid, draft, None
    ).document_id


def _waiting_document(world: World) -> str:
    """Deposit, by the laboratory, what the person sees once it was announced to her."""
    hidden = Visibility.NOT_PATIENT
    draft = Draft(None, "11502-2", None, None, None, None, hidden, "Consultation à venir")
    return record.add_document(
        world.laboratory.principal, world.person.pid, draft, a_pdf(), None
    ).id


def _clinical_document(world: World) -> str:
    """Deposit a CDA of the person, unlike those before, that says `NARRATED`."""
    identity = world.person.identity
    content = a_cda(
        ins=identity.ins,
        traits=identity.traits,
        sections=[("Biochimie", f"<paragraph>{NARRATED}</paragraph>")],
        number=next(_numbers),
    )
    draft = Draft(None, None, None, None, None, None)
    return record.add_document(
        world.laboratory.principal, world.person.pid, draft, content, None
    ).id


def _body(  # noqa: C901, PLR0911  one answer for each sort of route
    world: World, name: str, actor: Actor | None
) -> dict[str, Any]:
    if name in _BODIES:
        return {"json": _BODIES[name]}
    if name == "POST /v1/patients/lookup":
        return {"json": world.lookup()}
    if name == "POST /v1/professionals/search":
        return {"json": {"family_name": "EXEMPLE"}}
    if name == "POST /v1/patients/{pid}/documents":
        kind = actor.principal.kind if actor else None
        is_typed = kind in (ActorKind.PROFESSIONAL, ActorKind.ORGANISATION)
        return {"json": a_draft(type_code="11502-2" if is_typed else None)}
    if name == "POST /v1/patients/{pid}/appointments":
        zone = "Europe/Paris"
        return {"json": {"title": "Suivi", "start": "2026-12-04T10:00", "zone": zone}}
    if name.startswith("PATCH"):
        return {"json": {"place": "Salle 2"}}
    if name == "POST /v1/patients/{pid}/calendar-feeds":
        return {"json": {}}
    if "{conversation_id}" in name:
        return _letter(world, name)
    if name.endswith("/parts/{number}"):
        return {"body": LAST_PART}
    if name.startswith("PUT") and name.endswith("/content"):
        return {"body": UPLOADED}
    if name.startswith("PUT") and not name.endswith("/terms"):
        return {"json": {}}
    return _to_authorisation_server(name)


def _to_authorisation_server(name: str) -> dict[str, Any]:
    if name == "POST /oauth/token":
        return {"body": "grant_type=client_credentials"}
    if name == "POST /oauth/revoke":
        return {"body": "token=nobody"}
    if name == "PUT /v1/patients/{pid}/consents/{ref}/terms":
        return {"json": {"version": asked.new_terms()}}
    if name == "POST /v1/consent-requests":
        return {"json": {"request": asked.request()}}
    if name == "POST /v1/patients/{pid}/consents":
        lines = ["weight:read", "weight:write"]
        return {"json": {"request": asked.request(), "permissions": lines, "months": 6}}
    return {}


def _letter(world: World, name: str) -> dict[str, Any]:
    if name == "POST /v1/conversations/{conversation_id}/attachments":
        return {"body": a_pdf()}
    return {"json": {"document_id": world.document}} if name.endswith("/from-record") else {}


def declared_as(method: str, path: str) -> Endpoint:
    """Find a route as the application declares it."""
    return next(one for one in ENDPOINTS if (one.method, one.path) == (method, path))
