"""Routes of conversations. Their ids are opaque: see `references`."""

from typing import Any, Final

from chalicelib.access import gate
from chalicelib.core.errors import Conflict, FieldError, Invalid, NotFound
from chalicelib.http.endpoint import Answer, Call, NoQuery, endpoint
from chalicelib.http.principal import ActorKind
from chalicelib.messaging import attachments, inbox, messages, references, usecases
from chalicelib.messaging.model import Draft, Joined, Opening
from chalicelib.messaging.references import Reference
from chalicelib.messaging.schemas import (
    BlockedBody,
    ConversationList,
    ConversationOut,
    ConversationQuery,
    MessageDraft,
    MessageOut,
    MessagePage,
    MessageQuery,
    OpeningDraft,
    ReadUpTo,
    conversation_out,
    list_out,
    message_out,
    page_out,
)
from chalicelib.storage.headers import content_headers
from chalicelib.storage.inspect import Kind

LIST: Final = "/v1/conversations"
ONE: Final = LIST + "/{conversation_id}"
ATTACHMENT: Final = ONE + "/attachments/{attachment_id}"
PATTERNS: Final = {"conversation_id": references.PATTERN}
NOT_NOW: Final = (Conflict("conversation-closed"), Conflict("conversation-blocked"))


def reference(call: Call[Any, Any]) -> Reference:
    """Return the conversation that a path names; what is none is refused as any unknown one."""
    return references.read(call.path["conversation_id"])


@endpoint(
    "GET",
    LIST,
    query=ConversationQuery,
    answers={200: ConversationList},
    problems=(NotFound(),),
)
def list_conversations(call: Call[None, ConversationQuery]) -> Answer:
    """List the conversations of a record, or of a professional's or a team's box."""
    principal, query = call.principal, call.query
    _check_query(principal.kind, query)
    if principal.kind is ActorKind.PERSON:
        pid = gate.resolve(principal, query.patient_id or "")
        listing = usecases.list_conversations(principal, pid, query.cursor, query.limit)
    else:
        is_team = query.box == "team" or principal.kind is ActorKind.ORGANISATION
        listing = inbox.list_box(principal, is_team=is_team, cursor=query.cursor, limit=query.limit)
    return Answer(list_out(listing))


@endpoint(
    "POST",
    LIST,
    body=OpeningDraft,
    idempotent=True,
    answers={201: ConversationOut},
    problems=(NotFound(),),
)
def open_conversation(call: Call[OpeningDraft, NoQuery]) -> Answer:
    """Open a conversation with a person; professionals and organisations only."""
    pid = gate.resolve(call.principal, call.body.patient_id)
    opening = Opening(call.body.subject, call.body.body, call.body.as_team)
    shown = usecases.open_conversation(call.principal, pid, opening, call.idempotency)
    return Answer(
        conversation_out(shown),
        status=201,
        headers={"Location": f"{LIST}/{shown.conversation.id}"},
    )


@endpoint("GET", ONE, patterns=PATTERNS, answers={200: ConversationOut})
def read_conversation(call: Call[None, NoQuery]) -> Answer:
    """Read what is known of one conversation, without its messages."""
    return Answer(conversation_out(usecases.read_conversation(call.principal, reference(call))))


@endpoint(
    "GET", ONE + "/messages", patterns=PATTERNS, query=MessageQuery, answers={200: MessagePage}
)
def list_messages(call: Call[None, MessageQuery]) -> Answer:
    """Read the last messages of a conversation, then earlier ones, page by page."""
    query = call.query
    page = messages.list_messages(call.principal, reference(call), query.cursor, query.limit)
    return Answer(page_out(page))


@endpoint(
    "POST",
    ONE + "/messages",
    patterns=PATTERNS,
    body=MessageDraft,
    idempotent=True,
    answers={201: MessageOut},
    problems=NOT_NOW,
)
def send_message(call: Call[MessageDraft, NoQuery]) -> Answer:
    """Send a message to the other side, exactly once for an Idempotency-Key."""
    joined = tuple(Joined(one.id, one.name) for one in call.body.attachments)
    draft = Draft(call.body.body, joined)
    told = messages.send_message(call.principal, reference(call), draft, call.idempotency)
    return Answer(message_out(told), status=201)


@endpoint("POST", ONE + "/close", patterns=PATTERNS, answers={200: ConversationOut})
def close_conversation(call: Call[None, NoQuery]) -> Answer:
    """Close a conversation: nobody writes in it until it is reopened."""
    return Answer(conversation_out(usecases.close_conversation(call.principal, reference(call))))


@endpoint("POST", ONE + "/reopen", patterns=PATTERNS, answers={200: ConversationOut})
def reopen_conversation(call: Call[None, NoQuery]) -> Answer:
    """Let the person answer again."""
    return Answer(conversation_out(usecases.reopen_conversation(call.principal, reference(call))))


@endpoint("POST", ONE + "/read", patterns=PATTERNS, body=ReadUpTo, answers={204: None})
def mark_conversation_read(call: Call[ReadUpTo, NoQuery]) -> Answer:
    """Say that one's side has read a conversation up to a message, that one included."""
    usecases.mark_read(call.principal, reference(call), call.body.up_to)
    return Answer(status=204)


@endpoint(
    "PUT", ONE + "/blocked", patterns=PATTERNS, body=BlockedBody, answers={200: ConversationOut}
)
def set_blocked(call: Call[BlockedBody, NoQuery]) -> Answer:
    """Want nothing more from the professional, or team, of a conversation; or take that back."""
    shown = usecases.set_blocked(call.principal, reference(call), is_blocked=call.body.blocked)
    return Answer(conversation_out(shown))


@endpoint("GET", ATTACHMENT + "/content", patterns=PATTERNS, answers={200: tuple(Kind)})
def read_attachment(call: Call[None, NoQuery]) -> Answer:
    """Read the bytes of an attachment, in the format it was joined in."""
    made, content = attachments.open_attachment(
        call.principal, reference(call), call.path["attachment_id"]
    )
    headers = content_headers(made.format, content, title=made.name, on=None, sha256=made.sha256)
    return Answer(content, headers=headers)


def _check_query(kind: ActorKind, query: ConversationQuery) -> None:
    """Refuse what does not go with who asks: persons name a record, professionals a box.

    Raises:
        Invalid: it is missing, or not for this caller.
    """
    if kind is not ActorKind.PERSON and query.patient_id is not None:
        raise Invalid(errors=(FieldError("/query/patient_id", "refused"),))
    if kind is ActorKind.ORGANISATION and query.box == "own":
        raise Invalid(errors=(FieldError("/query/box", "refused"),))
    if kind is ActorKind.PERSON and query.box is not None:
        raise Invalid(errors=(FieldError("/query/box", "refused"),))
    if kind is ActorKind.PERSON and query.patient_id is None:
        raise Invalid(errors=(FieldError("/query/patient_id", "missing"),))
