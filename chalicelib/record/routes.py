"""Routes of documents."""

import re
from typing import Final

from chalicelib.access import files, gate
from chalicelib.core.errors import Conflict, FieldError, Invalid, RangeNotSatisfiable
from chalicelib.http.endpoint import BINARY, Answer, Call, NoQuery, endpoint
from chalicelib.record import announcing, cda_view, large, reading, rules, usecases
from chalicelib.record.cda.rules import Refusal
from chalicelib.record.model import Document, Draft, Filter, Visibility
from chalicelib.record.narrative_schemas import NarrativeOut
from chalicelib.record.schemas import (
    DocumentDraft,
    DocumentOut,
    DocumentPage,
    DocumentProgress,
    ListQuery,
    PartsOut,
    PartsTarget,
    PendingDocument,
    SentDocument,
    UploadTarget,
    VisibilityBody,
    WithdrawQuery,
    document_out,
    parts_out,
    parts_target,
    progress_out,
)
from chalicelib.storage.headers import content_headers, slice_headers
from chalicelib.storage.inspect import Kind
from chalicelib.storage.pieces import Span
from chalicelib.storage.refusals import Code, Refused

_DOCUMENTS: Final = "/v1/patients/{pid}/documents"
_DOCUMENT: Final = "/v1/patients/{pid}/documents/{document_id}"

_REFUSALS: Final = (
    Conflict("already-deposited", document_id="01JDK8X4Q2M9F3Z8T5Y1C4B6NA"),
    files.refusal(Refused(Code.PDF_ENCRYPTED)),
)
TOO_LONG: Final = (
    Conflict("too-long-at-once", size_bytes=18_350_080),
    RangeNotSatisfiable(size_bytes=18_350_080),
)
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,2}", re.ASCII)
_PART_LENGTH: Final = Invalid(
    errors=(FieldError("/content", "part_length", {"expected": 4_194_304, "received": 1_024}),)
)
_NOT_WITHHELD: Final = Invalid(errors=(FieldError("/visibility", "not_withheld"),))
_REASONS: Final = (*Code, *Refusal)


@endpoint("GET", _DOCUMENTS, query=ListQuery, answers={200: DocumentPage})
def list_documents(call: Call[None, ListQuery]) -> Answer:
    """List the documents the caller may see, newest first."""
    query = call.query
    listing = usecases.list_documents(
        call.principal,
        gate.resolve(call.principal, call.path["pid"]),
        Filter(query.category, *query.days(), query.specialty, query.author),
        query.cursor,
        query.limit,
    )
    items = [document_out(document) for document in listing.documents]
    return Answer(DocumentPage(items=items, next=listing.next))


@endpoint(
    "POST",
    _DOCUMENTS,
    body=DocumentDraft,
    idempotent=True,
    answers={201: DocumentOut, 202: PendingDocument},
    problems=_REFUSALS,
    reasons=_REASONS,
)
def add_document(call: Call[DocumentDraft, NoQuery]) -> Answer:
    """Deposit a document, or announce one whose content follows."""
    pid = gate.resolve(call.principal, call.path["pid"])
    draft = _draft(call.body)
    if call.body.content is not None:
        content = rules.decode_content(call.body.content)
        document = usecases.add_document(call.principal, pid, draft, content, call.idempotency)
        return _created(call.path["pid"], document)
    if draft.size_bytes is None:
        raise Invalid(errors=(FieldError("/size_bytes", "missing"),))
    upload = usecases.announce_document(call.principal, pid, draft, call.idempotency)
    href = f"/v1/patients/{call.path['pid']}/documents/{upload.document_id}"
    awaited: UploadTarget | PartsTarget
    if rules.is_in_parts(draft):
        awaited = parts_target(href, draft.size_bytes, upload.expires_at)
    else:
        awaited = UploadTarget(href=f"{href}/content", expires_at=upload.expires_at)
    return Answer(
        PendingDocument(id=upload.document_id, status="pending", upload=awaited),
        status=202,
        headers={"Location": href},
    )


@endpoint(
    "PUT",
    _DOCUMENT + "/content",
    accepts=BINARY,
    answers={201: DocumentOut},
    problems=_REFUSALS,
    reasons=_REASONS,
)
def upload_content(call: Call[None, NoQuery]) -> Answer:
    """Receive the raw bytes of an announced document."""
    pid = gate.resolve(call.principal, call.path["pid"])
    document = usecases.upload_content(call.principal, pid, call.path["document_id"], call.raw)
    return _created(call.path["pid"], document)


@endpoint(
    "PUT",
    _DOCUMENT + "/parts/{number}",
    accepts=BINARY,
    patterns={"number": _NUMBER},
    answers={204: None},
    problems=(Conflict("already-uploaded"), _PART_LENGTH),
)
def put_part(call: Call[None, NoQuery]) -> Answer:
    """Receive a part of an announced document; sent again, it is replaced."""
    pid = gate.resolve(call.principal, call.path["pid"])
    number = int(call.path["number"])
    large.put_part(call.principal, pid, call.path["document_id"], number, call.raw)
    return Answer(status=204)


@endpoint("GET", _DOCUMENT + "/parts", answers={200: PartsOut})
def list_parts(call: Call[None, NoQuery]) -> Answer:
    """List the parts received of an announced document, to go on after a cut."""
    pid = gate.resolve(call.principal, call.path["pid"])
    return Answer(parts_out(large.list_parts(call.principal, pid, call.path["document_id"])))


@endpoint(
    "POST",
    _DOCUMENT + "/complete",
    idempotent=True,
    answers={202: SentDocument},
    problems=(Conflict("parts-missing", errors=(FieldError("/parts/2", "missing"),)),),
)
def complete_document(call: Call[None, NoQuery]) -> Answer:
    """Say that every part was sent: the document is inspected, then deposited or refused."""
    pid = gate.resolve(call.principal, call.path["pid"])
    document_id = call.path["document_id"]
    large.complete(call.principal, pid, document_id, call.idempotency)
    href = f"/v1/patients/{call.path['pid']}/documents/{document_id}"
    answer = SentDocument(id=document_id, status="processing")
    return Answer(answer, status=202, headers={"Location": href})


@endpoint("GET", _DOCUMENT, answers={200: DocumentOut, 202: DocumentProgress})
def read_document(call: Call[None, NoQuery]) -> Answer:
    """Read what is known of one document, or what becomes of one that was sent in parts."""
    pid = gate.resolve(call.principal, call.path["pid"])
    found = large.read_state(call.principal, pid, call.path["document_id"])
    if isinstance(found, Document):
        return Answer(document_out(found), version=found.version)
    href = f"/v1/patients/{call.path['pid']}/documents/{found.id}"
    headers = {"Location": href}
    return Answer(progress_out(found), status=202, version=found.version, headers=headers)


@endpoint(
    "GET",
    _DOCUMENT + "/content",
    answers={200: tuple(Kind), 206: tuple(Kind)},
    problems=TOO_LONG,
)
def read_content(call: Call[None, NoQuery]) -> Answer:
    """Read a document's bytes, in its own format: whole up to 4 MiB, else in slices (`Range`)."""
    pid = gate.resolve(call.principal, call.path["pid"])
    document, content, span = reading.open_asked(
        call.principal, pid, call.path["document_id"], call.headers.get("range")
    )
    return content_answer(document, content, span)


def content_answer(document: Document, content: bytes, span: Span | None) -> Answer:
    """Answer with the bytes of a document, or with a slice of them."""
    headers = content_headers(
        document.format,
        content,
        title=document.title,
        on=document.care_date,
        sha256=document.sha256,
    )
    if span is None:
        return Answer(content, headers=headers, version=document.version)
    headers |= slice_headers(span, document.size_bytes)
    return Answer(content, status=206, headers=headers, version=document.version)


@endpoint("GET", _DOCUMENT + "/narrative", answers={200: NarrativeOut})
def read_narrative(call: Call[None, NoQuery]) -> Answer:
    """Read a CDA document as sections, tables and lists that a screen can show."""
    pid = gate.resolve(call.principal, call.path["pid"])
    document, content = reading.open_document(
        call.principal, pid, call.path["document_id"], only=Kind.CDA
    )
    return Answer(cda_view.narrative(content), version=document.version)


@endpoint(
    "PUT",
    _DOCUMENT + "/visibility",
    body=VisibilityBody,
    answers={200: DocumentOut},
    problems=(Conflict("superseded"), _NOT_WITHHELD),
)
def reveal_document(call: Call[VisibilityBody, NoQuery]) -> Answer:
    """Make visible to the person a document that was announced to her; there is no way back."""
    pid = gate.resolve(call.principal, call.path["pid"])
    document = announcing.reveal(call.principal, pid, call.path["document_id"])
    return Answer(document_out(document), version=document.version)


@endpoint("DELETE", _DOCUMENT, query=WithdrawQuery, if_match=True, answers={204: None})
def withdraw_document(call: Call[None, WithdrawQuery]) -> Answer:
    """Declare one's own deposit an error: it disappears for every reader."""
    pid = gate.resolve(call.principal, call.path["pid"])
    usecases.withdraw_document(
        call.principal, pid, call.path["document_id"], call.query.reason, call.if_match or 0
    )
    return Answer(status=204)


def _draft(body: DocumentDraft) -> Draft:
    return Draft(
        title=body.title,
        type_code=body.type_code,
        care_date=body.care_date,
        declared_format=body.format,
        size_bytes=body.size_bytes,
        sha256=body.sha256,
        visibility=Visibility(body.visibility) if body.visibility else None,
        visibility_reason=body.visibility_reason,
    )


def _created(subject: str, document: Document) -> Answer:
    return Answer(
        document_out(document),
        status=201,
        version=document.version,
        headers={"Location": f"/v1/patients/{subject}/documents/{document.id}"},
    )
