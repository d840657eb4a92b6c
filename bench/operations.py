"""The operations whose cost is counted, as requests anybody could send."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from bench import consents, desk, large
from chalicelib.access.permissions import Permission
from chalicelib.catalogue.model import State
from chalicelib.core import clock, events, ids
from chalicelib.core.events import EventType
from chalicelib.http.principal import Principal
from chalicelib.messaging import usecases as messaging
from chalicelib.messaging.model import Opening
from chalicelib.notifications import inbox
from chalicelib.prevention import usecases as prevention
from tests.builders import Actor, a_consent, a_draft, a_pdf, an_application
from tests.catalogue import samples
from tests.fhir.resources import a_document, a_transaction, a_weight, an_appointment
from tests.http_client import Client, Reply
from tests.worlds import World, appoint, deposit, measure

LISTED: Final = 50


def _nothing(world: World, http: Client) -> None:
    """Ask for nothing before: `prepare` was enough."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One request: its name in `budgets.toml`, who sends it, and the status it must have.

    What it is about, beside what `prepare` makes, is made `before`, which is not counted.
    """

    name: str
    send: Callable[[World, Client], Reply]
    status: int = 200
    before: Callable[[World, Client], None] = _nothing


def _get(path: str) -> Callable[[World, Client], Reply]:
    def send(world: World, http: Client) -> Reply:
        target = path.format(pid=world.person.pid, document=world.document)
        return http.get(target, as_=world.person.principal)

    return send


def _as_doctor(path: str) -> Callable[[World, Client], Reply]:
    def send(world: World, http: Client) -> Reply:
        return http.get(path.format(pid=world.person.pid), as_=world.doctor.principal)

    return send


def _anybody(path: str) -> Callable[[World, Client], Reply]:
    def send(world: World, http: Client) -> Reply:
        return http.get(path.format_map(_prepared[world.person.pid]))

    return send


def _deposit(world: World, http: Client) -> Reply:
    return http.post(
        f"/v1/patients/{world.handle(world.laboratory)}/documents",
        as_=world.laboratory.principal,
        json=a_draft(),
        headers={"Idempotency-Key": ids.new_id()},
    )


def _withhold(world: World, http: Client) -> None:
    """Deposit what the person sees once it was announced to her."""
    reason = "Consultation à venir"
    reply = http.post(
        f"/v1/patients/{world.person.pid}/documents",
        as_=world.doctor.principal,
        json=a_draft(visibility="invisible_to_patient", visibility_reason=reason),
        headers={"Idempotency-Key": ids.new_id()},
    )
    _withheld[world.person.pid] = reply.json()["id"]


def _reveal(world: World, http: Client) -> Reply:
    target = f"/v1/patients/{world.person.pid}/documents/{_withheld[world.person.pid]}/visibility"
    return http.put(target, as_=world.doctor.principal, json={"visibility": "normal"})


def _authorise(world: World, http: Client) -> Reply:
    target = f"/v1/patients/{world.person.pid}/authorisations/{world.colleague.id}"
    return http.put(target, as_=world.person.principal, json={})


def _withdraw(world: World, http: Client) -> Reply:
    target = f"/v1/patients/{world.person.pid}/authorisations/{world.doctor.id}"
    return http.delete(target, as_=world.person.principal)


def _refused(world: World, http: Client) -> Reply:
    target = f"/v1/patients/{world.person.pid}/documents"
    return http.get(target, as_=world.colleague.principal)


def _lookup(who: Callable[[World], Actor]) -> Callable[[World, Client], Reply]:
    def send(world: World, http: Client) -> Reply:
        return http.post("/v1/patients/lookup", as_=who(world).principal, json=world.lookup())

    return send


def _add_appointment(world: World, http: Client) -> Reply:
    return http.post(
        f"/v1/patients/{world.person.pid}/appointments",
        as_=world.person.principal,
        json={
            "title": "Consultation",
            "start": "2026-12-03T09:30",
            "zone": "Europe/Paris",
            "reminders": [1440, 60],
        },
        headers={"Idempotency-Key": ids.new_id()},
    )


def _add_measure(world: World, http: Client) -> Reply:
    return http.post(
        f"/v1/patients/{world.person.pid}/measures",
        as_=world.person.principal,
        json={"kind": "weight", "at": "2026-11-20T07:30+01:00", "values": {"weight": 72.4}},
        headers={"Idempotency-Key": ids.new_id()},
    )


def _mine(
    method: str, path: str, version: int = 1, **options: object
) -> Callable[[World, Client], Reply]:
    """Ask, as the person, for something of hers that was prepared."""

    def send(world: World, http: Client) -> Reply:
        prepared = _prepared[world.person.pid]
        return http.request(
            method,
            f"/v1/patients/{world.person.pid}{path.format(**prepared)}",
            as_=world.person.principal,
            headers={"If-Match": f'"v{version}"'},
            **options,  # type: ignore[arg-type]
        )

    return send


def _read_notices(world: World, http: Client) -> Reply:
    body = {"up_to": _prepared[world.person.pid]["notice"]}
    return _mine("PUT", "/notices/read", json=body)(world, http)


def _calendar(world: World, http: Client) -> Reply:
    return http.get(_prepared[world.person.pid]["calendar"])


def _letter(
    method: str, path: str, who: Callable[[World], Actor], **options: object
) -> Callable[[World, Client], Reply]:
    """Ask for something of the conversation that was prepared."""

    def send(world: World, http: Client) -> Reply:
        return http.request(
            method,
            path.format(**_prepared[world.person.pid], pid=world.person.pid),
            as_=who(world).principal,
            headers={"Idempotency-Key": ids.new_id()},
            **options,  # type: ignore[arg-type]
        )

    return send


def _person(world: World) -> Actor:
    return world.person


def _doctor(world: World) -> Actor:
    return world.doctor


def _open_conversation(world: World, http: Client) -> Reply:
    body = {"patient_id": world.person.pid, "subject": "Bilan", "body": "Bonjour"}
    return _letter("POST", "/v1/conversations", _doctor, json=body)(world, http)


def _application(
    method: str, path: str, body: Callable[[str], dict[str, Any]] | None = None
) -> Callable[[World, Client], Reply]:
    """Ask, as an application that the person lets do everything, in FHIR."""

    def send(world: World, http: Client) -> Reply:
        app = _applications[world.person.pid].principal
        return http.request(
            method,
            f"/fhir/R4/{path}".format(**_prepared[world.person.pid], document=world.document),
            as_=app,
            json=body(f"Patient/{app.patient}") if body else None,
        )

    return send


def _fhir_slice(world: World, http: Client) -> Reply:
    return large.read_fhir_slice(world, http, _applications[world.person.pid].principal)


_NAME: Final = "urn:exemple|42"


def _named(patient: str) -> dict[str, Any]:
    system, _, value = _NAME.partition("|")
    return an_appointment(patient, identifier=[{"system": system, "value": value}])


_ONE: Final = "/v1/conversations/{conversation}"
_PREFERENCES: Final = {
    "zone": "Indian/Reunion",
    "quiet_from": "22:00",
    "quiet_until": "07:00",
    "mail": {"document": True, "appointment": True, "prevention": False},
    "remind": {"vaccination": True, "screening": True},
}
OPERATIONS: Final = (
    Operation("list_of_50", _get("/v1/patients/{pid}/documents")),
    Operation("one_document", _get("/v1/patients/{pid}/documents/{document}")),
    Operation("content", _get("/v1/patients/{pid}/documents/{document}/content")),
    Operation("deposit", _deposit, 201),
    Operation("announce_long", large.announce, 202),
    Operation("send_part", large.send_part, 204, large.announced),
    Operation("list_parts", large.list_parts, 200, large.announced),
    Operation("complete_document", large.complete, 202, large.sent),
    Operation("progress", large.progress, 202, large.announced),
    Operation("slice", large.read_slice, 206, large.kept),
    Operation("next_slice", large.read_slice, 206, large.being_read),
    Operation("reveal_document", _reveal, 200, _withhold),
    Operation("authorise", _authorise, 201),
    Operation("withdraw_authorisation", _withdraw, 204),
    Operation("trace_page", _get("/v1/patients/{pid}/trace")),
    Operation("home", _get("/v1/patients/{pid}/home")),
    Operation(
        "set_home_cards", _mine("PUT", "/home/cards", version=0, json={"hidden": ["documents"]})
    ),
    Operation("lookup_by_laboratory", _lookup(lambda world: world.laboratory)),
    Operation("lookup_by_doctor", _lookup(lambda world: world.doctor)),
    Operation("refusal", _refused, 404),
    Operation("me", _get("/v1/me")),
    Operation("own_patients", _as_doctor("/v1/professionals/me/patients")),
    Operation("news", _as_doctor("/v1/patients/{pid}/news")),
    Operation("add_appointment", _add_appointment, 201),
    Operation("upcoming_appointments", _get("/v1/patients/{pid}/appointments")),
    Operation("one_appointment", _mine("GET", "/appointments/{appointment}")),
    Operation(
        "move_appointment",
        _mine(
            "PATCH",
            "/appointments/{appointment}",
            json={"start": "2026-12-04T09:30", "end": None},
        ),
    ),
    Operation("cancel_appointment", _mine("DELETE", "/appointments/{appointment}"), 204),
    Operation("appointment_ics", _mine("GET", "/appointments/{appointment}/ics")),
    Operation("calendar_feed", _calendar),
    Operation("measures", _get("/v1/patients/{pid}/measures?kind=weight")),
    Operation("one_measure", _mine("GET", "/measures/{measure}")),
    Operation("add_measure", _add_measure, 201),
    Operation("delete_measure", _mine("DELETE", "/measures/{measure}"), 204),
    Operation("target", _get("/v1/patients/{pid}/target")),
    Operation("set_target", _mine("PUT", "/target", version=0, json={"weight": 68.5})),
    Operation("remove_target", _mine("DELETE", "/target"), 204),
    Operation("notices", _get("/v1/patients/{pid}/notices")),
    Operation("read_notices", _read_notices, 204),
    Operation("delete_notice", _mine("DELETE", "/notices/{notice}"), 204),
    Operation("conversations", _letter("GET", "/v1/conversations?patient_id={pid}", _person)),
    Operation("box", _letter("GET", "/v1/conversations", _doctor)),
    Operation("open_conversation", _open_conversation, 201),
    Operation("messages", _letter("GET", f"{_ONE}/messages", _person)),
    Operation(
        "send_message", _letter("POST", f"{_ONE}/messages", _person, json={"body": "Merci"}), 201
    ),
    Operation(
        "answer_by_doctor",
        _letter("POST", f"{_ONE}/messages", _doctor, json={"body": "De rien"}),
        201,
    ),
    Operation(
        "read_message", _letter("POST", f"{_ONE}/read", _person, json={"up_to": "7" * 26}), 204
    ),
    Operation("close_conversation", _letter("POST", f"{_ONE}/close", _doctor)),
    Operation("attach", _letter("POST", f"{_ONE}/attachments", _person, body=a_pdf("bench")), 201),
    Operation("fhir_patient", _application("GET", "Patient/{patient}")),
    Operation("fhir_observations", _application("GET", "Observation?code=29463-7")),
    Operation("fhir_observation", _application("GET", "Observation/{measure}")),
    Operation("fhir_add_observation", _application("POST", "Observation", a_weight), 201),
    Operation("fhir_transaction", _application("POST", "", a_transaction)),
    Operation("fhir_appointments", _application("GET", "Appointment")),
    Operation("fhir_add_appointment", _application("POST", "Appointment", an_appointment), 201),
    Operation(
        "fhir_put_appointment", _application("PUT", f"Appointment?identifier={_NAME}", _named), 201
    ),
    Operation("fhir_documents", _application("GET", "DocumentReference")),
    Operation(
        "fhir_deposit",
        _application("POST", "DocumentReference", lambda whose: a_document(whose, a_pdf())),
        201,
    ),
    Operation("fhir_binary", _application("GET", "Binary/{document}")),
    Operation("fhir_slice", _fhir_slice, 206, large.kept),
    Operation("preferences", _get("/v1/patients/{pid}/preferences")),
    Operation("set_preferences", _mine("PUT", "/preferences", version=0, json=_PREFERENCES)),
    Operation("prevention", _get("/v1/patients/{pid}/prevention")),
    Operation(
        "answer_prevention",
        _mine("PUT", "/prevention/{recommendation}", version=0, json={"state": "not_concerned"}),
    ),
    Operation("catalogue", _anybody("/v1/catalogue")),
    Operation("catalogue_card", _anybody("/v1/catalogue/{application}")),
    Operation("ask_for_consent", consents.ask, 303),
    Operation("describe_request", consents.describe),
    Operation("consents", _get("/v1/patients/{pid}/consents")),
    Operation("give_consent", consents.give, 201),
    Operation("change_consent", consents.change),
    Operation("agree_to_terms", consents.agree),
    Operation("withdraw_consent", consents.withdraw, 204),
    Operation("exchange_code", consents.exchange),
    Operation("renew_tokens", consents.renew),
    Operation("me_publisher", desk.me),
    Operation("own_applications", desk.own_list),
    Operation("own_application", desk.own_one),
    Operation("register_application", desk.register, 201),
    Operation("change_application", desk.change),
    Operation("applications_to_review", desk.queue),
    Operation("application_to_review", desk.file),
    Operation("review_application", desk.review),
    Operation("decide_application", desk.decide),
)


def fill(world: World, documents: int = LISTED) -> None:
    """Deposit documents until the record holds so many."""
    for _ in range(documents - 2):  # the world has two
        deposit(world.laboratory.principal, world.person.pid)


def prepare(world: World, http: Client) -> None:
    """Make what operations are about: an appointment, its notice, a measure, a link, an answer."""
    who, pid = world.person.principal, world.person.pid
    app = a_consent(world.person, an_application(), *Permission)
    _applications[pid] = app
    appointment = appoint(who, pid)
    event = events.new_event(EventType.REMINDER_DUE, pid, appointment)
    inbox.keep(event)
    prevention.begin(pid, clock.now())
    link = http.post(
        f"/v1/patients/{pid}/calendar-feeds",
        as_=who,
        json={"detail": "busy"},
        headers={"Idempotency-Key": ids.new_id()},
    )
    opening = Opening("Bilan", "Bonjour", as_team=False)
    opened = messaging.open_conversation(world.doctor.principal, pid, opening, None)
    recommended = prevention.list_recommendations(who, pid).items
    consents.prepare(world, http)
    desk.prepare(world)
    _prepared[pid] = {
        "appointment": appointment,
        "measure": measure(who, pid),
        "notice": event.id,
        "calendar": urlsplit(link.json()["url"]).path,
        "recommendation": recommended[0][0],
        "conversation": opened.conversation.id,
        "application": samples.an_application(state=State.ONLINE).id,
        "patient": app.principal.patient,
    }


_prepared: Final[dict[str, dict[str, str]]] = {}
_applications: Final[dict[str, Actor]] = {}
_withheld: Final[dict[str, str]] = {}


def known_callers(world: World) -> list[Principal]:
    """Return everybody who sends a request here."""
    known = [
        world.person,
        world.doctor,
        world.colleague,
        world.laboratory,
        world.publisher,
        world.operator,
    ]
    app = _applications.get(world.person.pid)
    return [actor.principal for actor in (*known, *([app] if app else []))]
