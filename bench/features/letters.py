"""Conversations between a person and a doctor, and what is joined to them."""

from typing import Final

from bench.asking import Operation, ask, doctor, get, known, remember
from chalicelib.journeys.attachments import accept_joined
from chalicelib.messaging import attachments, messages, references
from chalicelib.messaging import usecases as messaging
from chalicelib.messaging.attachments import Content
from chalicelib.messaging.model import Draft, Joined, Opening
from tests.builders import a_pdf
from tests.http_client import Client, Reply
from tests.worlds import World

_LIST: Final = "/v1/conversations"
_ONE: Final = _LIST + "/{conversation}"
_FILES: Final = _ONE + "/attachments"
_FILE: Final = _FILES + "/{attachment}"
_close = ask("POST", f"{_ONE}/close", doctor)


def prepare(world: World, _: Client) -> None:
    """Open a conversation, by the doctor."""
    opening = Opening("Bilan", "Bonjour", as_team=False)
    made = messaging.open_conversation(world.doctor.principal, world.person.pid, opening, None)
    remember(world, conversation=made.conversation.id)


def _joined(world: World, _: Client) -> None:
    """Send a message with a file, by the doctor."""
    who, ref = world.doctor.principal, references.read(known(world)["conversation"])
    made = attachments.add_attachment(who, ref, lambda _: Content(a_pdf()), accept_joined, None)
    messages.send_message(who, ref, Draft("Voici", (Joined(made.id, "Ordonnance"),)), None)
    remember(world, attachment=made.id)


def _closed(world: World, http: Client) -> None:
    _close(world, http)


def _open(world: World, http: Client) -> Reply:
    body = {"patient_id": world.person.pid, "subject": "Bilan", "body": "Bonjour"}
    return ask("POST", _LIST, doctor, json=body)(world, http)


def _attach_document(world: World, http: Client) -> Reply:
    body = {"document_id": world.document}
    return ask("POST", f"{_FILES}/from-record", json=body)(world, http)


OPERATIONS: Final = (
    Operation("conversations", get(f"{_LIST}?patient_id={{pid}}")),
    Operation("box", get(_LIST, doctor)),
    Operation("open_conversation", _open, 201),
    Operation("one_conversation", get(_ONE)),
    Operation("messages", get(f"{_ONE}/messages")),
    Operation("send_message", ask("POST", f"{_ONE}/messages", json={"body": "Merci"}), 201),
    Operation(
        "answer_by_doctor", ask("POST", f"{_ONE}/messages", doctor, json={"body": "De rien"}), 201
    ),
    Operation("read_message", ask("POST", f"{_ONE}/read", json={"up_to": "7" * 26}), 204),
    Operation("close_conversation", _close),
    Operation("reopen_conversation", ask("POST", f"{_ONE}/reopen", doctor), 200, _closed),
    Operation("block_sender", ask("PUT", f"{_ONE}/blocked", json={"blocked": True})),
    Operation("attach", ask("POST", _FILES, body=a_pdf("bench")), 201),
    Operation("attach_document", _attach_document, 201),
    Operation("attachment", get(f"{_FILE}/content"), 200, _joined),
    Operation("save_attachment", ask("PUT", f"{_FILE}/saved"), 201, _joined),
)
