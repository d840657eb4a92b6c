"""The operations whose cost is counted, as requests anybody could send."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from chalicelib.core import ids
from chalicelib.http.principal import Principal
from tests.builders import Actor, a_draft
from tests.http_client import Client, Reply
from tests.worlds import World, appoint, deposit

LISTED: Final = 50


@dataclass(frozen=True, slots=True)
class Operation:
    """One request: its name in `budgets.toml`, who sends it, and the status it must have."""

    name: str
    send: Callable[[World, Client], Reply]
    status: int = 200


def _get(path: str) -> Callable[[World, Client], Reply]:
    def send(world: World, http: Client) -> Reply:
        target = path.format(pid=world.person.pid, document=world.document)
        return http.get(target, as_=world.person.principal)

    return send


def _deposit(world: World, http: Client) -> Reply:
    return http.post(
        f"/v1/patients/{world.handle(world.laboratory)}/documents",
        as_=world.laboratory.principal,
        json=a_draft(),
        headers={"Idempotency-Key": ids.new_id()},
    )


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


def _one_appointment(method: str, **options: object) -> Callable[[World, Client], Reply]:
    """Ask for the one appointment that was prepared."""

    def send(world: World, http: Client) -> Reply:
        target = f"/v1/patients/{world.person.pid}/appointments/{appointed(world)}"
        return http.request(
            method,
            target,
            as_=world.person.principal,
            headers={"If-Match": '"v1"'},
            **options,  # type: ignore[arg-type]
        )

    return send


OPERATIONS: Final = (
    Operation("list_of_50", _get("/v1/patients/{pid}/documents")),
    Operation("one_document", _get("/v1/patients/{pid}/documents/{document}")),
    Operation("content", _get("/v1/patients/{pid}/documents/{document}/content")),
    Operation("deposit", _deposit, 201),
    Operation("authorise", _authorise, 201),
    Operation("withdraw_authorisation", _withdraw, 204),
    Operation("trace_page", _get("/v1/patients/{pid}/trace")),
    Operation("home", _get("/v1/patients/{pid}/home")),
    Operation("lookup_by_laboratory", _lookup(lambda world: world.laboratory)),
    Operation("lookup_by_doctor", _lookup(lambda world: world.doctor)),
    Operation("refusal", _refused, 404),
    Operation("me", _get("/v1/me")),
    Operation("add_appointment", _add_appointment, 201),
    Operation("upcoming_appointments", _get("/v1/patients/{pid}/appointments")),
    Operation("one_appointment", _one_appointment("GET")),
    Operation(
        "move_appointment",
        _one_appointment("PATCH", json={"start": "2026-12-04T09:30", "end": None}),
    ),
    Operation("cancel_appointment", _one_appointment("DELETE"), 204),
)


def fill(world: World, documents: int = LISTED) -> None:
    """Deposit documents until the record holds so many."""
    for _ in range(documents - 2):  # the world has two
        deposit(world.laboratory.principal, world.person.pid)


def appoint_once(world: World) -> None:
    """Set the appointment that operations are about."""
    _appointed[world.person.pid] = appoint(world.person.principal, world.person.pid)


def appointed(world: World) -> str:
    """Return the appointment that operations are about."""
    return _appointed[world.person.pid]


_appointed: Final[dict[str, str]] = {}


def known_callers(world: World) -> list[Principal]:
    """Return everybody who sends a request here."""
    return [
        actor.principal for actor in (world.person, world.doctor, world.colleague, world.laboratory)
    ]
