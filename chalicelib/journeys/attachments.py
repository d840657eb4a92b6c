"""A file between a conversation and the record, in one step for who asks.

Each step is the other domain's own, with its right and its trace: what was opened here was opened,
and what was added there was added. What stops between the two has only read.
"""

from dataclasses import dataclass

from chalicelib.access import files
from chalicelib.access.gate import Unit
from chalicelib.access.model import Action
from chalicelib.core.errors import Conflict, FieldError, Invalid, NotFound
from chalicelib.http.endpoint import BINARY, Answer, Call, NoQuery, endpoint
from chalicelib.http.principal import Principal
from chalicelib.messaging import attachments, rules
from chalicelib.messaging.attachments import Content
from chalicelib.messaging.model import File, Side
from chalicelib.messaging.references import Reference
from chalicelib.messaging.routes import ATTACHMENT, NOT_NOW, ONE, PATTERNS, reference
from chalicelib.messaging.schemas import (
    FromRecord,
    NamedAttachment,
    Saved,
    WaitingAttachment,
    waiting_out,
)
from chalicelib.record import cda_deposit, reading, secrecy
from chalicelib.record import usecases as record
from chalicelib.record.cda.rules import Refusal
from chalicelib.record.model import Author, Draft
from chalicelib.storage.inspect import Inspected, Kind
from chalicelib.storage.refusals import Code, Refused


@endpoint(
    "PUT",
    ATTACHMENT + "/saved",
    patterns=PATTERNS,
    answers={200: Saved, 201: Saved},
    reasons=(*Code,),
)
def save_attachment(call: Call[None, NoQuery]) -> Answer:
    """Save an attachment among one's own documents; what is there already is not added twice."""
    kept = save(call.principal, reference(call), call.path["attachment_id"])
    return Answer(Saved(document_id=kept.document_id), status=201 if kept.is_new else 200)


@dataclass(frozen=True, slots=True)
class Kept:
    """The document that an attachment has become; `is_new` unless it was there already."""

    document_id: str
    is_new: bool


def save(principal: Principal, ref: Reference, attachment_id: str) -> Kept:
    """Add a copy of an attachment to the record: deposited by who asks, written by who sent it.

    Raises:
        NotFound: no such attachment for her; traced.
        Invalid: the record does not take it, such as another person's clinical document.
        Unavailable.
    """
    made, content = attachments.open_attachment(
        principal, ref, attachment_id, Action.ATTACHMENT_SAVE
    )
    draft = Draft(
        made.name,
        None,
        None,
        made.format,
        made.size_bytes,
        made.sha256,
        author=_author(made),
        antivirus=made.antivirus,
    )
    try:
        document = record.add_document(principal, ref.pid, draft, content, None)
    except Conflict as conflict:
        if conflict.slug != "already-deposited":
            raise
        return Kept(str(conflict.extra["document_id"]), is_new=False)
    return Kept(document.id, is_new=True)


def _author(made: File) -> Author | None:
    """Return who sent a file to the person; what she sent herself is hers."""
    sender = made.sent_by
    if sender is None or sender.side is Side.PATIENT:
        return None
    return Author(sender.name, sender.profession, sender.organisation)


@endpoint(
    "POST",
    ONE + "/attachments",
    patterns=PATTERNS,
    accepts=BINARY,
    idempotent=True,
    answers={201: WaitingAttachment},
    problems=(*NOT_NOW, files.refusal(Refused(Code.PDF_ENCRYPTED))),
    reasons=(*Code, *Refusal),
)
def add_attachment(call: Call[None, NoQuery]) -> Answer:
    """Send the raw bytes of a file, up to 4 MiB, which waits fifty minutes for its message."""
    made = attachments.add_attachment(
        call.principal,
        reference(call),
        lambda _: Content(call.raw),
        accept_joined,
        call.idempotency,
    )
    return Answer(waiting_out(made), status=201)


@endpoint(
    "POST",
    ONE + "/attachments/from-record",
    patterns=PATTERNS,
    body=FromRecord,
    idempotent=True,
    answers={201: NamedAttachment},
    problems=NOT_NOW,
    reasons=(*Code,),
)
def attach_document(call: Call[FromRecord, NoQuery]) -> Answer:
    """Join a copy of a document of the record, which waits fifty minutes for its message."""
    ref = reference(call)

    def bring(unit: Unit) -> Content:
        try:
            document, content = reading.open_document(
                call.principal, ref.pid, call.body.document_id
            )
        except NotFound:
            unit.is_refused = True  # traced already, as what it was
            raise
        secrecy.hides(unit, document)
        _check_readable(unit, "/document_id")
        return Content(content, document.title[: rules.MAX_NAME], document.antivirus)

    made = attachments.add_attachment(call.principal, ref, bring, accept_joined, call.idempotency)
    return Answer(NamedAttachment(**waiting_out(made).model_dump(), name=made.name), status=201)


def accept_joined(unit: Unit, inspected: Inspected) -> None:
    """Let a clinical document be joined if it is of this person, and may be read by her side.

    Raises:
        Invalid: another person's, or hidden from who represents a minor, or withheld, by its own
            header; traced as that.
        Refused: its header is incomplete, or what it embeds may not enter.
    """
    if inspected.kind is not Kind.CDA:
        return
    cda_deposit.check_joined(unit, inspected)
    _check_readable(unit, "/content")


def _check_readable(unit: Unit, pointer: str) -> None:
    """Refuse what the person, or who represents the minor, would read there (R-MSG-06)."""
    if unit.is_withheld:
        raise Invalid(errors=(FieldError(pointer, "withheld_document"),))
    if unit.is_secret:
        raise Invalid(errors=(FieldError(pointer, "secret_document"),))
