"""Bodies of the document routes, as JSON."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chalicelib.core import clock
from chalicelib.http.endpoint import Schema
from chalicelib.http.listing import DaysQuery
from chalicelib.record import document_types
from chalicelib.record.model import Document, WithdrawalReason

MAX_BASE64_CHARACTERS = 4_194_304  # 3 MiB of content

Title = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Code = Annotated[str, StringConstraints(min_length=1, max_length=20, pattern=r"^[0-9A-Za-z_-]+$")]


class DocumentDraft(Schema):
    """A document to deposit. Without `content`, its `size_bytes` is needed and a PUT follows."""

    title: Title | None = None
    type_code: Code | None = None
    care_date: date | None = None
    format: Annotated[str, StringConstraints(max_length=100)] | None = None
    content: Annotated[str, StringConstraints(max_length=MAX_BASE64_CHARACTERS)] | None = None
    size_bytes: Annotated[int, Field(ge=1, le=4 * 1024 * 1024)] | None = None
    sha256: Sha256 | None = None


class Labelled(Schema):
    """A code and its French label."""

    code: str
    label: str


class DepositorOut(Schema):
    """Who deposited; the name is absent for the person herself."""

    kind: Literal["person", "professional", "organisation"]
    name: str | None


class AuthorOut(Schema):
    """Who wrote the document, as it says."""

    name: str | None
    profession: str | None
    organisation: str | None


class AntivirusOut(Schema):
    """What the scanner said; `not_scanned` is said plainly when there is none."""

    verdict: Literal["not_scanned", "clean"]
    engine: str | None


class AbilitiesOut(Schema):
    """What the reader may do with it; screens show buttons from this, never from a role."""

    read: bool
    withdraw: bool


class DocumentOut(Schema):
    """A document of the record. `sha256` is of its readable bytes, in hex."""

    id: str
    title: str
    type: Labelled
    category: Labelled
    format: str
    size_bytes: int
    sha256: str
    care_date: date
    deposited_at: str
    depositor: DepositorOut
    author: AuthorOut
    antivirus: AntivirusOut
    warnings: list[str]
    abilities: AbilitiesOut
    version: int


class DocumentPage(Schema):
    """A page of documents; `next` is the cursor of the following one, or null."""

    items: list[DocumentOut]
    next: str | None


class UploadTarget(Schema):
    """Where the content is awaited, and until when."""

    href: str
    expires_at: str


class PendingDocument(Schema):
    """A document announced whose content is awaited."""

    id: str
    status: Literal["pending"]
    upload: UploadTarget


class ListQuery(DaysQuery):
    """Filters and paging of a list of documents; dates are care dates, both included."""

    category: Code | None = None


class WithdrawQuery(Schema):
    """Why a deposit is declared an error."""

    reason: WithdrawalReason


def document_out(document: Document) -> DocumentOut:
    """Write a document as JSON shows it."""
    shown = document_types.shown(document.type_code)
    return DocumentOut(
        id=document.id,
        title=document.title,
        type=Labelled(code=document.type_code, label=shown.label),
        category=Labelled(code=shown.category, label=shown.category_label),
        format=document.format,
        size_bytes=document.size_bytes,
        sha256=document.sha256,
        care_date=document.care_date,
        deposited_at=clock.iso(document.deposited_at),
        depositor=DepositorOut.model_validate(
            {"kind": document.depositor.kind, "name": document.depositor.name}
        ),
        author=AuthorOut(
            name=document.author.name,
            profession=document.author.profession,
            organisation=document.author.organisation,
        ),
        antivirus=AntivirusOut.model_validate({"verdict": document.antivirus, "engine": None}),
        warnings=list(document.warnings),
        abilities=AbilitiesOut(read=True, withdraw=document.is_own_deposit),
        version=document.version,
    )
