"""Bodies of the messaging routes, as JSON.

Bounds of texts are described here and checked by `rules`, so that everything wrong is said at once.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from chalicelib.access.schemas import AntivirusOut, antivirus_out
from chalicelib.core import clock
from chalicelib.http.endpoint import Schema
from chalicelib.messaging import rules
from chalicelib.messaging.messages import MessagePage as Page
from chalicelib.messaging.messages import Told
from chalicelib.messaging.model import Attachment, Correspondent, File, Line, Shown, State, Status
from chalicelib.messaging.usecases import Listing
from chalicelib.storage.inspect import Kind


def _most(length: int) -> Any:  # noqa: ANN401  pydantic's own type
    return Field(json_schema_extra={"maxLength": length})


Body = Annotated[str, _most(rules.MAX_BODY)]
Cursor = Annotated[str, StringConstraints(max_length=1000)]
Id = Annotated[str, StringConstraints(pattern=r"^[0-9A-HJKMNP-TV-Z]{26}$")]


class ConversationQuery(Schema):
    """Whose conversations: of a record one holds or represents, or of a professional's box."""

    patient_id: Annotated[str, StringConstraints(max_length=26)] | None = Field(
        default=None, description="For a person: the record."
    )
    box: Literal["own", "team"] | None = Field(
        default=None, description="For a professional; software of an organisation reads `team`."
    )
    cursor: Cursor | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 30


class MessageQuery(Schema):
    """From where on, and how many."""

    cursor: Cursor | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class OpeningDraft(Schema):
    """What opens a conversation; the subject may be empty."""

    patient_id: Annotated[str, StringConstraints(max_length=500)] = Field(
        description="The record's id or, for software, the handle that a lookup gave."
    )
    subject: Annotated[str, _most(rules.MAX_SUBJECT)] = ""
    body: Body
    as_team: bool = Field(
        default=False,
        description="From the box of one's team, whose members all read the answers.",
    )


class JoinedDraft(Schema):
    """An attachment sent before, and the name that the message gives it."""

    id: Id
    name: Annotated[str, _most(rules.MAX_NAME)]


class MessageDraft(Schema):
    """A message to send; its sender is who asks."""

    body: Body
    attachments: list[JoinedDraft] = Field(
        default=[], json_schema_extra={"maxItems": rules.MAX_ATTACHMENTS}
    )


class ReadUpTo(Schema):
    """The last message that was on the screen."""

    up_to: Annotated[str, StringConstraints(max_length=26)]


class BlockedBody(Schema):
    """Whether one wants nothing more from the professional, or team, of this conversation."""

    blocked: bool


class FromRecord(Schema):
    """The document of the record to join."""

    document_id: Id


class CorrespondentOut(Schema):
    """The professional, or the team, that the person writes with."""

    kind: Literal["professional", "team"]
    name: str
    profession: str | None
    organisation: str | None


class ConversationLine(Schema):
    """A conversation in a list."""

    id: str
    subject: str
    status: Status
    patient_name: str
    correspondent: CorrespondentOut
    last_at: str
    unread: bool


class ConversationList(Schema):
    """A page of conversations, the last written first; `unread`: of all, on the first page only."""

    items: list[ConversationLine]
    unread: int | None
    next: str | None


class ConversationOut(ConversationLine):
    """A conversation, and what the reader may do.

    `patient_id` is null for who may not open the record.
    """

    patient_id: str | None
    opened_at: str
    may_write: bool
    may_close: bool
    may_block: bool
    is_blocked: bool


class SenderOut(Schema):
    """Who wrote; `on_behalf_of`: the minor for whom a parent did."""

    side: Literal["patient", "professional"]
    is_you: bool
    name: str
    on_behalf_of: str | None
    profession: str | None
    organisation: str | None


class AttachmentOut(Schema):
    """What is joined to a message."""

    id: str
    name: str
    format: Kind
    size_bytes: int
    antivirus: AntivirusOut | None = Field(
        description="What scanned it when it was joined; null of what was before that was kept."
    )


class MessageOut(Schema):
    """One message.

    `sent`: nobody ever opened the space it was sent to. `delivered`: it is in the box of who reads
    it. `read`: it was on a screen of the other side.
    """

    id: str
    sent_at: str
    sender: SenderOut
    body: str
    state: State
    attachments: list[AttachmentOut]


class MessagePage(Schema):
    """Messages in order of time, the last ones first asked; `next` leads to those before."""

    conversation: ConversationOut
    items: list[MessageOut]
    next: str | None


class WaitingAttachment(Schema):
    """A file that waits fifty minutes for its message."""

    id: str
    format: Kind
    size_bytes: int


class NamedAttachment(WaitingAttachment):
    """A document of the record that waits fifty minutes for its message; `name` is its title."""

    name: str


class Saved(Schema):
    """The document that an attachment has become."""

    document_id: str


def list_out(listing: Listing) -> ConversationList:
    """Write a page of conversations."""
    return ConversationList(
        items=[line_out(line) for line in listing.lines],
        unread=listing.unread,
        next=listing.next,
    )


def line_out(line: Line) -> ConversationLine:
    """Write a conversation of a list."""
    return ConversationLine(
        id=line.id,
        subject=line.subject,
        status=line.status,
        patient_name=line.patient_name,
        correspondent=_correspondent(line.correspondent),
        last_at=clock.iso(line.last_at),
        unread=line.is_unread,
    )


def conversation_out(shown: Shown) -> ConversationOut:
    """Write a conversation as one reader sees it."""
    one = shown.conversation
    return ConversationOut(
        id=one.id,
        subject=one.subject,
        status=one.status,
        patient_name=one.patient_name,
        correspondent=_correspondent(one.correspondent),
        last_at=clock.iso(one.last_at),
        unread=shown.is_unread,
        patient_id=shown.patient_id,
        opened_at=clock.iso(one.opened_at),
        may_write=shown.may_write,
        may_close=shown.may_close,
        may_block=shown.may_block,
        is_blocked=shown.is_blocked,
    )


def page_out(page: Page) -> MessagePage:
    """Write a page of messages."""
    return MessagePage(
        conversation=conversation_out(page.shown),
        items=[message_out(told) for told in page.messages],
        next=page.next,
    )


def message_out(told: Told) -> MessageOut:
    """Write a message as one reader sees it."""
    message, sender = told.message, told.message.sender
    return MessageOut(
        id=message.id,
        sent_at=clock.iso(message.sent_at),
        sender=SenderOut(
            side=sender.side.value,
            is_you=told.is_own,
            name=sender.name,
            on_behalf_of=sender.on_behalf_of,
            profession=sender.profession,
            organisation=sender.organisation,
        ),
        body=message.body,
        state=told.state,
        attachments=[_attachment(one) for one in message.attachments],
    )


def waiting_out(made: File) -> WaitingAttachment:
    """Write a file that waits for its message."""
    return WaitingAttachment(id=made.id, format=made.format, size_bytes=made.size_bytes)


def _attachment(one: Attachment) -> AttachmentOut:
    return AttachmentOut(
        id=one.id,
        name=one.name,
        format=one.format,
        size_bytes=one.size_bytes,
        antivirus=antivirus_out(one.antivirus) if one.antivirus else None,
    )


def _correspondent(one: Correspondent) -> CorrespondentOut:
    return CorrespondentOut(
        kind=one.kind, name=one.name, profession=one.profession, organisation=one.organisation
    )
