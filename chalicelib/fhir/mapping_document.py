"""Documents ↔ `DocumentReference` and `Binary` (domain.md 6.3, 6.4).

Pure but for the time it is.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from chalicelib.core import clock
from chalicelib.core.errors import FieldError, Invalid
from chalicelib.fhir.reading import Reader, placed
from chalicelib.fhir.subjects import read_patient
from chalicelib.fhir.values import (
    CLASSES,
    CONFIDENTIALITY,
    FACILITIES,
    LOINC,
    MHD,
    SETTINGS,
    TYPES,
    coded,
    present,
)
from chalicelib.http.principal import ActorKind
from chalicelib.record import document_types, rules
from chalicelib.record.model import Author, Document, Draft

MAX_TITLE: Final = 200
_ATTACHMENT: Final = "DocumentReference.content[0].attachment"
_PLACES: Final[Mapping[str, str]] = {
    "/title": f"{_ATTACHMENT}.title",
    "/type_code": "DocumentReference.type",
    "/content": f"{_ATTACHMENT}.data",
}
_LOINC_CODE: Final = re.compile(r"\d{1,6}-\d", re.ASCII)
_DATE: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)(T\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d))?", re.ASCII
)
# A document written by a service of the catalogue, whoever it names (R-SVC-08).
_SERVICE: Final = "SNR"
# Said by the application of itself, or by the document: the record keeps its own (domain.md 6.3).
_SAID_ALREADY: Final = (
    "masterIdentifier",
    "identifier",
    "docStatus",
    "category",
    "contained",
    "authenticator",
)


@dataclass(frozen=True, slots=True)
class Given:
    """A document to deposit, of whom, and its content; and where each thing of it was said."""

    patient: str
    draft: Draft
    content: bytes
    places: Mapping[str, str]


def read(resource: Mapping[str, Any]) -> Given:
    """Read a DocumentReference as ITI-105 sends it.

    Raises:
        Invalid: everything in it that is wrong, or that nothing would be kept of.
        TooLarge: its content.
    """
    reader = Reader.of(resource, "DocumentReference")
    reader.leave(*_SAID_ALREADY)
    reader.code("status", ("current",))
    patient = read_patient(reader, "subject")
    said_on = _read_date(reader, "date", required=True)
    reader.objects("author", required=True)
    reader.object("custodian", required=True)
    type_code = _read_type(reader)
    _read_labels(reader)
    cared_on = _read_context(reader)
    title, kind, content = _read_content(reader)
    reader.close()
    draft = Draft(title, type_code, cared_on or said_on, kind, None, None)
    when = "context.period.start" if cared_on else "date"
    places = {**_PLACES, "/care_date": reader.place(when)}
    reader.check(lambda: _wrong_by_rules(draft, places))
    return Given(patient or "", draft, content, places)


def _wrong_by_rules(draft: Draft, places: Mapping[str, str]) -> tuple[FieldError, ...]:
    today = clock.paris_date(clock.now())
    try:
        rules.check_draft(draft, ActorKind.APPLICATION, today)
    except Invalid as refused:
        return placed(refused, places).errors
    return ()


def written(document: Document, patient: str) -> dict[str, Any]:
    """Write a document as a DocumentReference; `patient` is the reference to its person."""
    known = document_types.shown(document.type_code)
    system = LOINC if _LOINC_CODE.fullmatch(document.type_code) else TYPES
    author, depositor = document.author, document.depositor
    is_hers = depositor.kind == ActorKind.PERSON
    attachment = {
        "contentType": document.format.value,
        "language": "fr-FR",
        "url": f"Binary/{document.id}",
        "size": document.size_bytes,
        "title": document.title,
    }
    return present(
        {
            "resourceType": "DocumentReference",
            "id": document.id,
            "meta": {
                "versionId": str(document.version),
                "lastUpdated": clock.iso(document.deposited_at),
                "profile": [f"{MHD}/IHE.MHD.Minimal.DocumentReference"],
            },
            "status": "superseded" if document.replaced_by else "current",
            "type": coded(system, document.type_code, known.label),
            "category": [coded(CLASSES, known.class_code)] if known.class_code else None,
            "subject": {"reference": patient},
            "date": clock.iso(document.deposited_at),
            "author": [_author(author)] if _name(author) else [{"reference": patient}],
            "custodian": {"display": depositor.name} if not is_hers else None,
            "relatesTo": _relations(document),
            "securityLabel": [coded(CONFIDENTIALITY, "N", "normal")],
            "content": [{"attachment": attachment}],
            "context": _context(document),
        }
    )


def binary(document: Document, content: bytes) -> dict[str, Any]:
    """Write the bytes of a document as a Binary."""
    return {
        "resourceType": "Binary",
        "id": document.id,
        "meta": {"versionId": str(document.version)},
        "contentType": document.format.value,
        "securityContext": {"reference": f"DocumentReference/{document.id}"},
        "data": base64.b64encode(content).decode(),
    }


def _name(author: Author) -> str:
    said = (author.name, author.profession, author.organisation)
    return ", ".join(part for part in said if part)


def _relations(document: Document) -> list[dict[str, Any]] | None:
    if document.replaces is None:
        return None
    target = {"reference": f"DocumentReference/{document.replaces}"}
    return [{"code": "replaces", "target": target}]


def _author(author: Author) -> dict[str, Any]:
    return {"display": _name(author)}


def _context(document: Document) -> dict[str, Any]:
    context: dict[str, Any] = {"period": {"start": document.care_date.isoformat()}}
    if document.depositor.kind == ActorKind.APPLICATION:
        context["facilityType"] = coded(FACILITIES, _SERVICE)
        context["practiceSetting"] = coded(SETTINGS, _SERVICE)
    return context


def _read_date(reader: Reader, name: str, *, required: bool = False) -> date | None:
    """Read the day of a date, as the clocks of Paris had it."""
    text = reader.text(name, required=required)
    if text is None:
        return None
    try:
        if not _DATE.fullmatch(text):
            raise ValueError(text)  # noqa: TRY301  told as the others
        read = datetime.fromisoformat(text)
        return read.date() if read.tzinfo is None else clock.paris_date(read)
    except (ValueError, OverflowError):
        reader.refuse(name, "fhir_value", expected="AAAA-MM-JJThh:mm:ss+hh:mm")
        return None


def _read_type(reader: Reader) -> str | None:
    """Read the type; a document that says its own may leave it out."""
    concept = reader.object("type")
    if concept is None:
        return None
    concept.leave("text")
    codes = []
    for coding in concept.objects("coding", required=True, most=1):
        coding.leave("system", "display", "version", "userSelected")
        codes.append(coding.text("code", required=True))
        coding.close()
    concept.close()
    return codes[0] if codes else None


def _read_labels(reader: Reader) -> None:
    """Refuse any confidentiality but the ordinary one: only the person and carers choose others."""
    for label in reader.objects("securityLabel"):
        for coding in label.objects("coding", required=True):
            coding.leave("system", "display", "version")
            coding.code("code", ("N",))
            coding.close()


def _read_context(reader: Reader) -> date | None:
    context = reader.object("context")
    if context is None:
        return None
    context.leave("facilityType", "practiceSetting", "sourcePatientInfo")
    period = context.object("period")
    context.close()
    if period is None:
        return None
    found = _read_date(period, "start", required=True)
    period.close()
    return found


def _read_content(reader: Reader) -> tuple[str | None, str | None, bytes]:
    title, kind, data = None, None, b""
    for content in reader.objects("content", required=True, most=1):
        content.leave("format")
        attachment = content.object("attachment", required=True)
        content.close()
        if attachment is None:
            continue
        attachment.forbid("url")
        attachment.leave("language", "creation")
        title = attachment.text("title", required=True)
        if title and len(title) > MAX_TITLE:
            attachment.refuse("title", "string_too_long", max_length=MAX_TITLE)
        kind = attachment.text("contentType", required=True)
        data = _read_data(attachment)
        attachment.close()
    return title, kind, data


def _read_data(attachment: Reader) -> bytes:
    """Read the bytes, which are those that their size and hash, if said, are of."""
    data, said = attachment.text("data", required=True), attachment.text("hash")
    size = attachment.number("size", required=False)
    if data is None:
        return b""
    try:
        content = rules.decode_content(data)
    except Invalid as refused:
        attachment.refuse("data", refused.errors[0].code)
        return b""
    if size not in (None, len(content)):
        attachment.refuse("size", "fhir_value", expected=len(content))
    sha1 = base64.b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()
    if said not in (None, sha1):
        attachment.refuse("hash", "fhir_value", expected=sha1)
    return content
