"""The world of the tests, asked in process: no network, and the double of the cloud."""

from collections.abc import Callable

from fuzz.exchanges import NOBODY, Got, Sent, World
from tests import worlds
from tests.http_client import Client, bearer
from tests.policy.requests import application


def world(made: worlds.World, http: Client) -> World:
    """Return a world to ask, of whom the tests tell stories."""
    linked = application(made)
    principals = {
        "person": made.person.principal,
        "doctor": made.doctor.principal,
        "laboratory": made.laboratory.principal,
        "publisher": made.publisher.principal,
        "operator": made.operator.principal,
        "application": linked.principal,
    }
    handle, patient = made.handle(made.laboratory), linked.principal.patient or ""
    subjects = {"laboratory": handle, "application": patient}
    tokens: dict[str, str] = {}

    def authorization(who: str) -> str:
        if who == NOBODY:
            return ""
        if who not in tokens:
            tokens[who] = f"Bearer {bearer(principals[who])}"
        return tokens[who]

    return World(
        send=_sender(http),
        authorization=authorization,
        subject=lambda who: subjects.get(who, made.person.pid),
        known={
            "document_id": (made.document, made.own, made.upload),
            "rpps": (made.doctor.id, made.colleague.id),
            "patient_id": (patient,),
            "slug": ("not-found", "invalid"),
        },
        spared=("GET /v1/auth/login",),  # it asks the identity provider
        good={"POST /v1/patients/lookup": made.lookup()},
    )


def _sender(http: Client) -> Callable[[Sent], Got]:
    def send(sent: Sent) -> Got:
        reply = http._send(sent.method, sent.target, {"Accept": "*/*", **sent.headers}, sent.body)  # noqa: SLF001  no check of its own
        return Got(reply.status, {name.lower(): value for name, value in reply.headers}, reply.body)

    return send
