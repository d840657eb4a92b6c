"""How the tests write to one another: over HTTP, as clients do."""

from dataclasses import replace
from typing import Any

from chalicelib.access.store import SessionRow, session_key
from chalicelib.core import ids, rows
from tests.builders import Actor, Patient
from tests.http_client import Client, Reply
from tests.worlds import World

HELLO = "Bonjour, votre résultat est arrivé. Comment allez-vous ?"
ANSWER = "Bonjour docteur, je vais mieux, merci."


def begin(
    http: Client,
    sender: Actor,
    patient: str,
    *,
    subject: str = "Votre bilan",
    body: str = HELLO,
    as_team: bool = False,
    key: str | None = None,
) -> Reply:
    return http.post(
        "/v1/conversations",
        as_=sender.principal,
        json={"patient_id": patient, "subject": subject, "body": body, "as_team": as_team},
        headers={"Idempotency-Key": key or ids.new_id()},
    )


def begun(world: World, http: Client, **options: Any) -> dict[str, Any]:
    """Open a conversation from the doctor to the person, and return it."""
    reply = begin(http, options.pop("sender", world.doctor), world.person.pid, **options)
    assert reply.status == 201, reply.body
    made: dict[str, Any] = reply.json()
    return made


def path(conversation: dict[str, Any] | str, *more: str) -> str:
    known = conversation if isinstance(conversation, str) else conversation["id"]
    return "/".join(["/v1/conversations", known, *more])


def send(
    http: Client,
    sender: Actor,
    conversation: dict[str, Any] | str,
    body: str = ANSWER,
    *,
    attachments: list[dict[str, str]] | None = None,
    key: str | None = None,
) -> Reply:
    return http.post(
        path(conversation, "messages"),
        as_=sender.principal,
        json={"body": body, "attachments": attachments or []},
        headers={"Idempotency-Key": key or ids.new_id()},
    )


def page(http: Client, reader: Actor, conversation: dict[str, Any] | str) -> dict[str, Any]:
    reply = http.get(path(conversation, "messages"), as_=reader.principal)
    assert reply.status == 200, reply.body
    found: dict[str, Any] = reply.json()
    return found


def bodies(http: Client, reader: Actor, conversation: dict[str, Any] | str) -> list[str]:
    return [one["body"] for one in page(http, reader, conversation)["items"]]


def states(http: Client, reader: Actor, conversation: dict[str, Any] | str) -> list[str]:
    return [one["state"] for one in page(http, reader, conversation)["items"]]


def inbox(http: Client, reader: Actor, query: str = "", pid: str | None = None) -> dict[str, Any]:
    """Return what somebody's list shows: of a record, or of a box."""
    if isinstance(reader, Patient):
        query = f"patient_id={pid or reader.pid}&{query}"
    reply = http.get(f"/v1/conversations?{query}".rstrip("?&"), as_=reader.principal)
    assert reply.status == 200, reply.body
    found: dict[str, Any] = reply.json()
    return found


def read(http: Client, reader: Actor, conversation: dict[str, Any]) -> Reply:
    """Mark as read what is there."""
    last = page(http, reader, conversation)["items"][-1]["id"]
    return http.post(path(conversation, "read"), as_=reader.principal, json={"up_to": last})


def attach(
    http: Client,
    sender: Actor,
    conversation: dict[str, Any] | str,
    content: bytes,
    *,
    key: str | None = None,
) -> Reply:
    return http.post(
        path(conversation, "attachments"),
        as_=sender.principal,
        body=content,
        headers={"Idempotency-Key": key or ids.new_id()},
    )


def joined(
    http: Client, sender: Actor, conversation: dict[str, Any], content: bytes, name: str
) -> dict[str, Any]:
    """Send a message with one attachment, and return the attachment as the message shows it."""
    made = attach(http, sender, conversation, content)
    assert made.status == 201, made.body
    one = {"id": made.json()["id"], "name": name}
    reply = send(http, sender, conversation, "Voici la pièce.", attachments=[one])
    assert reply.status == 201, reply.body
    found: dict[str, Any] = reply.json()["attachments"][0]
    return found


def in_team(actor: Actor, organisation_id: str, name: str = "Cabinet Exemple") -> Actor:
    """Let a professional's session be one of a team, as a login there makes it."""
    row = rows.get(SessionRow, *session_key(actor.principal.session))
    assert row is not None
    row.organisation, row.organisation_id = name, organisation_id
    rows.write([rows.put(row)])
    return replace(actor)
