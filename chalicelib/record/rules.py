"""What makes a document acceptable, who may see it, and what it may say of itself. Pure."""

import base64
from datetime import date
from typing import Final

from chalicelib.access.matrix import is_doctor, may_read
from chalicelib.core.errors import FieldError, Invalid, TooLarge
from chalicelib.core.text import is_printable
from chalicelib.http.body import MAX_INLINE_BYTES
from chalicelib.http.principal import ActorKind
from chalicelib.record import document_types, specialties
from chalicelib.record.model import (
    Author,
    Depositor,
    Description,
    Document,
    Draft,
    Filter,
    Visibility,
)

OLDEST_CARE_DATE: Final = date(1900, 1, 1)
# D8: received in one request up to the first, whole up to the second (a parameter: P).
PART_BYTES: Final = 4 * 1024 * 1024
MOST_BYTES: Final = 25 * 1024 * 1024
MOST_PARTS: Final = -(-MOST_BYTES // PART_BYTES)
_DEFAULT_TITLE: Final = "Document sans titre"
# Types for the person's own deposits when she says nothing (R-MAT-03: DOCPAT are hers).
_DEFAULT_PERSON_TYPE: Final = "EXPPAT_2"


def decode_content(text: str) -> bytes:
    """Read base64 content.

    Raises:
        Invalid: not base64.
        TooLarge: more than `MAX_INLINE_BYTES` once read.
    """
    try:
        content = base64.b64decode(text, validate=True)
    except ValueError as error:  # not base64, or not even ASCII
        raise Invalid(errors=(FieldError("/content", "base64"),)) from error
    if len(content) > MAX_INLINE_BYTES:
        raise TooLarge(limit_bytes=MAX_INLINE_BYTES)
    return content


def is_in_parts(draft: Draft) -> bool:
    """Tell whether what is announced comes in parts."""
    return (draft.size_bytes or 0) > PART_BYTES


def parts_of(size_bytes: int) -> int:
    """Return how many parts a content of this length comes in."""
    return -(-size_bytes // PART_BYTES)


def part_length(number: int, size_bytes: int) -> int:
    """Return how long a part must be: the last one is what is left."""
    return min(PART_BYTES, size_bytes - (number - 1) * PART_BYTES)


def check_draft(draft: Draft, kind: ActorKind, today: date) -> None:
    """Refuse what a depositor may not announce; every error at once.

    Raises:
        Invalid: unprintable title, unknown or reserved type (R-MAT-03), impossible care date, or
            no hash of what comes in parts, or no reason to withhold it from the person.
    """
    errors = []
    if draft.title is not None and not is_printable(draft.title):
        errors.append(FieldError("/title", "control_character"))
    errors += _check_type(draft.type_code, kind)
    if is_in_parts(draft) and draft.sha256 is None:
        errors.append(FieldError("/sha256", "missing"))
    errors += _check_reason(draft)
    if draft.care_date and draft.care_date > today:
        errors.append(FieldError("/care_date", "date_future"))
    if draft.care_date and draft.care_date < OLDEST_CARE_DATE:
        errors.append(FieldError("/care_date", "date_too_old"))
    if errors:
        raise Invalid(errors=tuple(errors))


def _check_reason(draft: Draft) -> list[FieldError]:
    """Require a reason of what is withheld, and of nothing else (R-CNF-05).

    A CDA's header may be what says that it is, so that nothing beside it is no contradiction yet.
    """
    reason, visibility = draft.visibility_reason, draft.visibility
    if visibility is Visibility.NOT_PATIENT and reason is None:
        return [FieldError("/visibility_reason", "missing")]
    if reason is not None and visibility not in {None, Visibility.NOT_PATIENT}:
        return [FieldError("/visibility_reason", "not_withheld")]
    if reason is not None and not is_printable(reason):
        return [FieldError("/visibility_reason", "control_character")]
    return []


def _check_type(code: str | None, kind: ActorKind) -> list[FieldError]:
    if code is None:
        return []
    if document_types.find(code) is None:
        return [FieldError("/type_code", "unknown_type")]
    if not document_types.may_deposit(code, kind):
        return [FieldError("/type_code", "type_reserved")]
    return []


def describe_plain(draft: Draft, kind: ActorKind, author: Author, today: date) -> Description:
    """Describe a document whose content says nothing of itself: what the depositor said.

    Raises:
        Invalid: a professional's or an organisation's document needs a type.
    """
    if draft.type_code is None and kind is not ActorKind.PERSON:
        raise Invalid(errors=(FieldError("/type_code", "missing"),))
    return Description(
        title=draft.title or _DEFAULT_TITLE,
        type_code=draft.type_code or _DEFAULT_PERSON_TYPE,
        care_date=draft.care_date or today,
        author=author,
    )


def check_announced(draft: Draft, *, size_bytes: int, sha256: str) -> None:
    """Refuse a content that is not the one announced.

    Raises:
        Invalid: size or hash differ.
    """
    errors = []
    if draft.size_bytes is not None and draft.size_bytes != size_bytes:
        errors.append(FieldError("/size_bytes", "size_mismatch"))
    if draft.sha256 is not None and draft.sha256 != sha256:
        errors.append(FieldError("/sha256", "hash_mismatch"))
    if errors:
        raise Invalid(errors=tuple(errors))


def may_delete(document_of: Depositor, kind: ActorKind, *, is_own: bool) -> bool:
    """Tell whether a reader may take a document back: who deposited it, first of all.

    What somebody who represents a minor deposited, which has her name, is also for the others who
    do, and for the minor once she is of age: nobody else could once that one is out (ADR 0017).
    """
    is_by_a_parent = document_of.kind == ActorKind.PERSON and document_of.name is not None
    return is_own or (kind is ActorKind.PERSON and is_by_a_parent)


def may_reveal(
    visibility: Visibility, profession: str | None, *, is_own: bool, is_current: bool
) -> bool:
    """Tell whether a reader may make visible what is withheld from the person (R-CNF-05).

    Who deposited it, or a doctor who may read it. Of a version that was replaced nobody: the next
    one is announced.
    """
    is_withheld = visibility is Visibility.NOT_PATIENT
    return is_withheld and is_current and (is_own or is_doctor(profession))


def may_see(document: Document, kind: ActorKind, profession: str | None) -> bool:
    """Tell whether a reader whom the policy let in may see this document.

    The person sees all; a depositor her own; a professional what her profession may read, unknown
    types being for doctors only; an application what is hidden from nobody. Source: R-MAT-01,
    R1111-49, R-SVC-09.
    """
    if kind is ActorKind.APPLICATION:
        return document.visibility is Visibility.NORMAL
    if kind is ActorKind.PERSON or document.is_own_deposit:
        return True
    return kind is ActorKind.PROFESSIONAL and may_read(profession or "", document.type_code)


def matches(document: Document, wanted: Filter) -> bool:
    """Tell whether a document is what a list is narrowed to, its dates apart: the query's."""
    return (
        wanted.category in {None, document_types.shown(document.type_code).category}
        and wanted.specialty in {None, specialties.of_author(document.author).code}
        and wanted.author in {None, document.author_ref}
        and wanted.type_code in {None, document.type_code}
    )
