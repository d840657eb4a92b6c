"""Routes of documents."""

from typing import Final

from chalicelib.access import files, gate
from chalicelib.core.errors import Conflict, FieldError, Invalid
from chalicelib.http.endpoint import BINARY, Answer, Call, NoQuery, endpoint
from chalicelib.record import cda_view, rules, usecases
from chalicelib.record.cda.rules import Refusal
from chalicelib.record.model import Document, Draft, Filter, Visibility
from chalicelib.record.narrative_schemas import NarrativeOut
from chalicelib.record.schemas import (
    DocumentDraft,
    DocumentOut,
    DocumentPage,
    ListQuery,
    PendingDocument,
    UploadTarget,
    WithdrawQuery,
    document_out,
)
from chalicelib.storage.headers import content_headers
from chalicelib.storage.inspect import Kind
from chalicelib.storage.refusals import Code, Refused

_DOCUMENTS: Final = "/v1/patients/{pid}/documents"
_DOCUMENT: Final = "/v1/patients/{pid}/documents/{document_id}"

_REFUSALS: Final = (
    Conflict("already-deposited", document_id="01JDK8X4Q2M9F3Z8T5Y1C4B6NA"),
    files.refusal(Refused(Code.PDF_ENCRYPTED)),
)
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
    href = f"/v1/patients/{call.path['pid']}/documents/{upload.document_id}/content"
    return Answer(
        PendingDocument(
            id=upload.document_id,
            status="pending",
            upload=UploadTarget(href=href, expires_at=upload.expires_at),
        ),
        status=202,
        headers={"Location": href.removesuffix("/content")},
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


@endpoint("GET", _DOCUMENT, answers={200: DocumentOut})
def read_document(call: Call[None, NoQuery]) -> Answer:
    """Read what is known of one document."""
    pid = gate.resolve(call.principal, call.path["pid"])
    document = usecases.read_document(call.principal, pid, call.path["document_id"])
    return Answer(document_out(document), version=document.version)


@endpoint("GET", _DOCUMENT + "/content", answers={200: tuple(Kind)})
def read_content(call: Call[None, NoQuery]) -> Answer:
    """Read a document's bytes, in the format it was deposited in."""
    pid = gate.resolve(call.principal, call.path["pid"])
    document, content = usecases.open_document(call.principal, pid, call.path["document_id"])
    headers = content_headers(
        document.format,
        content,
        title=document.title,
        on=document.care_date,
        sha256=document.sha256,
    )
    return Answer(content, headers=headers, version=document.version)


@endpoint("GET", _DOCUMENT + "/narrative", answers={200: NarrativeOut})
def read_narrative(call: Call[None, NoQuery]) -> Answer:
    """Read a CDA document as sections, tables and lists that a screen can show."""
    pid = gate.resolve(call.principal, call.path["pid"])
    document, content = usecases.open_document(
        call.principal, pid, call.path["document_id"], only=Kind.CDA
    )
    return Answer(cda_view.narrative(content), version=document.version)


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
    )


def _created(subject: str, document: Document) -> Answer:
    return Answer(
        document_out(document),
        status=201,
        version=document.version,
        headers={"Location": f"/v1/patients/{subject}/documents/{document.id}"},
    )
