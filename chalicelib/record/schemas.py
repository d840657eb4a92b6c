"""Bodies of the document routes, as JSON."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field, StringConstraints

from chalicelib.access.schemas import AntivirusOut, antivirus_out
from chalicelib.core import clock
from chalicelib.http.body import MAX_INLINE_BYTES
from chalicelib.http.endpoint import Schema
from chalicelib.http.fields import Day
from chalicelib.http.listing import DaysQuery
from chalicelib.record import document_types, rules, specialties
from chalicelib.record.large import Progress, Received
from chalicelib.record.model import Document, Visibility, WithdrawalReason

Title = Annotated[str, StringConstraints(min_length=1, max_length=200)]
# Told, and not held here: what is longer is `too-large`, once decoded.
Base64 = Annotated[str, Field(json_schema_extra={"maxLength": MAX_INLINE_BYTES * 4 // 3})]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Code = Annotated[str, StringConstraints(min_length=1, max_length=20, pattern=r"^[0-9A-Za-z_-]+$")]
Seen = Literal["normal", "invisible_to_patient", "invisible_to_representatives"]
_FILED: Final = document_types.deposited()
TypeCode = Annotated[Code, Field(json_schema_extra={"enum": [one.code for one in _FILED]})]
Category = Annotated[Code, Field(json_schema_extra={"enum": [*document_types.CATEGORIES]})]
_TYPES_SAID: Final = """\
What it is (value set JDV_J07). Needed but for a CDA, whose header says it. A person files the types
DOCPAT… and EXPPAT…, professionals and organisations the others. After each, where it is shown:

""" + "\n".join(f"- `{one.code}` {one.label} ({one.category})" for one in _FILED)
Specialty = Annotated[
    Code, Field(json_schema_extra={"enum": [one.code for one in specialties.every()]})
]
_CATEGORIES_SAID: Final = "\n".join(
    f"- `{code}` {label}" for code, label in document_types.CATEGORIES.items()
)

_SPECIALTIES_SAID: Final = "Of who wrote it, in groups:\n\n" + "\n".join(
    f"- `{one.code}` {one.label}" for one in specialties.every()
)


class DocumentDraft(Schema):
    """A document to deposit. Without `content`, its `size_bytes` is needed and a PUT follows."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"content": "PD94bWwgdmVyc2lvbj0iMS4wIj8+PENsaW5pY2FsRG9jdW1lbnQ+4oCm"},
                {
                    "title": "Bilan thyroïdien",
                    "type_code": "11502-2",
                    "care_date": "2026-11-20",
                    "content": "JVBERi0xLjcK4oCm",
                },
                {
                    "title": "Bilan thyroïdien",
                    "type_code": "11502-2",
                    "care_date": "2026-11-20",
                    "content": None,
                    "size_bytes": 3_500_000,
                },
            ]
        }
    )

    title: Title | None = Field(default=None, description="Read from the header of a CDA.")
    type_code: TypeCode | None = Field(default=None, description=_TYPES_SAID)
    care_date: Day | None = Field(
        default=None, description="Of the care, in Paris. Read from the header of a CDA."
    )
    format: Annotated[str, StringConstraints(max_length=100)] | None = Field(
        default=None,
        description="Its media type, as a hint: what a file is, is decided by its content.",
        examples=["application/pdf"],
    )
    content: Base64 | None = Field(
        default=None, description="In base64, up to 3 MiB once decoded. Above, see `size_bytes`."
    )
    size_bytes: Annotated[int, Field(ge=1, le=rules.MOST_BYTES)] | None = Field(
        default=None,
        description="How many bytes follow: in one PUT up to 4 MiB, in parts above, up to 25 MiB.",
    )
    sha256: Sha256 | None = Field(
        default=None,
        description="Of the content, in hexadecimal: checked if given; needed above 4 MiB.",
    )
    visibility: Seen | None = Field(
        default=None,
        description="By a professional or an organisation. `invisible_to_patient`: it does not "
        "exist for the person, who represents her and her applications, until it is made visible, "
        "after the consultation in which it is announced; `visibility_reason` is needed. "
        "`invisible_to_representatives`: of a minor's only, at the minor's request, it does not "
        "exist for those who represent her. A CDA header that says so (INVISIBLE_PATIENT, "
        "INVISIBLE_REPRESENTANTS_LEGAUX) is enough.",
    )
    visibility_reason: Title | None = Field(
        default=None,
        description="Why it waits to be announced: for professionals, never shown to the person.",
    )


class Labelled(Schema):
    """A code and its French label."""

    code: str
    label: str


class DepositorOut(Schema):
    """Who deposited; the name is absent for the person herself."""

    kind: Literal["person", "professional", "organisation", "application"]
    name: str | None


class AuthorOut(Schema):
    """Who wrote the document, as it says; `ref` finds the others of the same name, in this record.

    `specialty` is the group of its specialty or profession.
    """

    name: str | None
    profession: str | None
    organisation: str | None
    specialty: Labelled
    ref: str | None


class AbilitiesOut(Schema):
    """What the reader may do with it; screens show buttons from this, never from a role."""

    read: bool
    withdraw: bool
    reveal: bool = Field(description="Make it visible to the person, to whom it was announced.")


class AwaitedOut(Schema):
    """What a document waits for, to be shown to the person: said to professionals only.

    `review_on`: the day by which its depositor is to look at it again. The reason is null where
    the document's header asked for it.
    """

    reason: str | None
    review_on: date


class VisibilityBody(Schema):
    """To whom a document is shown from now on: to everybody who may read it, the person first."""

    visibility: Literal["normal"]


class DocumentOut(Schema):
    """A document of the record. `sha256` is of its readable bytes, in hex."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01JDK8X4Q2M9F3Z8T5Y1C4B6NA",
                    "status": "available",
                    "title": "Bilan thyroïdien",
                    "type": {"code": "11502-2", "label": "Compte rendu d'examens biologiques"},
                    "category": {"code": "BIOLOGIE", "label": "Résultats de biologie"},
                    "format": "text/xml",
                    "size_bytes": 11_240,
                    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                    "care_date": "2026-11-20",
                    "deposited_at": "2026-11-20T16:05:12Z",
                    "depositor": {"kind": "organisation", "name": "Laboratoire Exemple"},
                    "author": {
                        "name": "Camille EXEMPLE",
                        "profession": "Médecin",
                        "organisation": "Laboratoire Exemple",
                        "specialty": {"code": "S02", "label": "Biologie médicale"},
                        "ref": "b7Yk3TqYbU0ZK4b6m1v9Qw",
                    },
                    "antivirus": {"verdict": "not_scanned", "engine": None},
                    "warnings": [],
                    "visibility": "normal",
                    "announcement": None,
                    "abilities": {"read": True, "withdraw": True, "reveal": False},
                    "replaces": None,
                    "replaced_by": None,
                    "version": 1,
                }
            ]
        }
    )

    id: str
    status: Literal["available", "superseded"] = Field(
        description="`superseded`: another one replaces it, and stands for it in lists."
    )
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
    visibility: Seen = Field(description="To the person, and to those who represent a minor.")
    announcement: AwaitedOut | None = Field(description="Of what is `invisible_to_patient`.")
    abilities: AbilitiesOut
    replaces: str | None = Field(description="The id of its former version, read by that id only.")
    replaced_by: str | None = Field(description="The id of its next version.")
    version: int


class DocumentPage(Schema):
    """A page of documents; `next` is the cursor of the following one, or null."""

    items: list[DocumentOut]
    next: str | None


class PartsTarget(Schema):
    """Where the parts are awaited, numbered from 1, and until when; then where to say the end.

    Each is `part_bytes` long but the last, and goes to `{parts_href}/{number}`.
    """

    parts_href: str
    part_bytes: int
    parts: int
    complete_href: str
    expires_at: str


class UploadTarget(Schema):
    """Where the content is awaited, and until when."""

    href: str
    expires_at: str


class PendingDocument(Schema):
    """A document announced whose content is awaited."""

    id: str
    status: Literal["pending"] = Field(
        description="What it was when it was announced: the same request sent again gets the same "
        "answer. Read the document to know what it is now: not found until its content is received."
    )
    upload: UploadTarget | PartsTarget = Field(description="In parts, above 4 MiB.")


class SentDocument(Schema):
    """A document all of whose parts were sent."""

    id: str
    status: Literal["processing"] = Field(
        description="The same request sent again gets the same answer. Read the document to know "
        "what became of it."
    )


class PartOut(Schema):
    """A part received; `sha256` in hex."""

    number: int
    size_bytes: int
    sha256: str


class PartsOut(Schema):
    """The parts received: those that are missing are to be sent."""

    size_bytes: int
    part_bytes: int
    parts: list[PartOut]
    expires_at: str
    status: Literal["pending", "processing"]


class RefusedField(Schema):
    """One thing wrong in what was sent, as in a problem."""

    pointer: str
    code: str
    detail: str
    detail_en: str


class RefusalOut(Schema):
    """Why a document was refused: a code for machines, a sentence for people."""

    reason: str
    explanation: str
    explanation_en: str
    errors: list[RefusedField]
    document_id: str | None = Field(description="Of `already-deposited`: which one it is.")


class DocumentProgress(Schema):
    """A document sent in parts that is not in the record: to its depositor only.

    `processing` lasts a few seconds as a rule. A refusal can be read for a week.
    """

    id: str
    status: Literal["pending", "processing", "available", "refused"]
    size_bytes: int | None
    expires_at: str | None
    refusal: RefusalOut | None


class ListQuery(DaysQuery):
    """Filters and paging of a list of documents; dates are care dates, both included."""

    category: Category | None = Field(default=None, description=_CATEGORIES_SAID)
    specialty: Specialty | None = Field(default=None, description=_SPECIALTIES_SAID)
    author: Annotated[str, StringConstraints(max_length=100)] | None = Field(
        default=None, description="The `ref` of an author."
    )


class WithdrawQuery(Schema):
    """Why a deposit is declared an error."""

    reason: WithdrawalReason


def document_out(document: Document) -> DocumentOut:
    """Write a document as JSON shows it."""
    shown = document_types.shown(document.type_code)
    specialty = specialties.of_author(document.author)
    return DocumentOut(
        id=document.id,
        status="superseded" if document.replaced_by else "available",
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
            specialty=Labelled(code=specialty.code, label=specialty.label),
            ref=document.author_ref,
        ),
        antivirus=antivirus_out(document.antivirus),
        warnings=list(document.warnings),
        visibility=document.visibility.value,
        announcement=_awaited_out(document),
        abilities=AbilitiesOut(
            read=True, withdraw=document.is_deletable, reveal=document.is_revealable
        ),
        replaces=document.replaces,
        replaced_by=document.replaced_by,
        version=document.version,
    )


def _awaited_out(document: Document) -> AwaitedOut | None:
    withheld = document.withheld
    if withheld is None or document.visibility is not Visibility.NOT_PATIENT:
        return None
    return AwaitedOut(reason=withheld.reason, review_on=withheld.review_on)


def parts_target(href: str, size_bytes: int, expires_at: str) -> PartsTarget:
    """Say where the parts of a document are awaited."""
    return PartsTarget(
        parts_href=f"{href}/parts",
        part_bytes=rules.PART_BYTES,
        parts=rules.parts_of(size_bytes),
        complete_href=f"{href}/complete",
        expires_at=expires_at,
    )


def parts_out(received: Received) -> PartsOut:
    """Write the parts received as JSON shows them."""
    return PartsOut.model_validate(
        {
            "size_bytes": received.size_bytes,
            "part_bytes": rules.PART_BYTES,
            "parts": [
                PartOut(number=one.number, size_bytes=one.size_bytes, sha256=one.sha256)
                for one in received.parts
            ],
            "expires_at": received.expires_at,
            "status": received.state,
        }
    )


def progress_out(progress: Progress) -> DocumentProgress:
    """Write what became of a document sent in parts as JSON shows it."""
    return DocumentProgress.model_validate(
        {
            "id": progress.id,
            "status": progress.state,
            "size_bytes": progress.size_bytes,
            "expires_at": progress.expires_at,
            "refusal": _refusal_out(progress.why) if progress.why else None,
        }
    )


def _refusal_out(why: Mapping[str, Any]) -> RefusalOut:
    return RefusalOut(
        reason=why["reason"],
        explanation=why["explanation"],
        explanation_en=why["explanation_en"],
        errors=[RefusedField.model_validate(one) for one in why.get("errors", [])],
        document_id=why.get("document_id"),
    )
