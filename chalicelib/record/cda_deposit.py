"""A CDA R2 document at its deposit: is it hers, may it enter, what does its header say."""

from typing import Final

from chalicelib.access.gate import Unit
from chalicelib.core import clock
from chalicelib.core.errors import FieldError, Invalid
from chalicelib.http.principal import ActorKind
from chalicelib.identity import spaces
from chalicelib.record import document_types
from chalicelib.record.cda import rules
from chalicelib.record.cda.body import read_body
from chalicelib.record.cda.header import read_header
from chalicelib.record.cda.model import Contributor, Header
from chalicelib.record.cda.rules import Depositor, Refusal
from chalicelib.record.model import Author, Description
from chalicelib.storage.inspect import Inspected

_DEPOSITORS: Final = {
    ActorKind.PERSON: Depositor.PATIENT,
    ActorKind.PROFESSIONAL: Depositor.PROFESSIONAL,
    ActorKind.ORGANISATION: Depositor.ORGANISATION,
}
# What to do, by reason; the failed checks are in `errors`, and nothing of the other person is.
_EXPLANATIONS: Final = {
    Refusal.WRONG_PERSON: (
        "Ce document ne porte pas l’identité de ce dossier. Vérifiez la personne, puis redéposez.",
        "This document does not carry the identity of this record. Check the person.",
    ),
    Refusal.INS_KEY: (
        "La clé du numéro INS du document est fausse. Corrigez l’identité, puis redéposez.",
        "The check key of the patient's INS in the document is wrong. Correct it, then retry.",
    ),
    Refusal.PLATFORM_ONLY: (
        "Ce type de document est produit par l’espace de santé lui-même.",
        "This document type is produced by the health space itself.",
    ),
    Refusal.PATIENT_ONLY: (
        "Ce type de document est réservé à la personne elle-même.",
        "This document type is reserved for the person herself.",
    ),
}


def describe(unit: Unit, inspected: Inspected) -> Description:
    """Describe a CDA document from its header, if it may enter this record.

    Raises:
        Invalid: another person, a wrong INS key or a reserved type; names the failed checks only.
        Refused: the header is incomplete, or the embedded file may not enter.
    """
    if inspected.tree is None:
        raise LookupError("a CDA document comes with its tree")
    header = read_header(inspected.tree)
    person, _ = spaces.person_of(unit)
    depositor = _DEPOSITORS[unit.entry.principal.kind]
    verdict = rules.decide(header, person.ins, person.traits, depositor)
    if not verdict.accepted:
        raise _refused(verdict.refusals[0], verdict.failed_checks)
    read_body(inspected.tree)
    care = header.care_start or header.effective
    return Description(
        title=header.title or document_types.shown(header.type.code).label,
        type_code=header.type.code,
        care_date=clock.paris_date(care.instant),
        author=_author(header),
        warnings=tuple(oddity.value for oddity in verdict.warnings),
    )


def _refused(reason: Refusal, failed_checks: tuple[str, ...]) -> Invalid:
    french, english = _EXPLANATIONS[reason]
    return Invalid(
        "document-refused",
        errors=tuple(FieldError("/content", f"cda_{check}") for check in failed_checks),
        reason=reason.value,
        explanation=french,
        explanation_en=english,
    )


def _author(header: Header) -> Author:
    first = next(iter(header.authors), Contributor())
    name = " ".join(filter(None, (first.given_name, first.family_name))) or first.device
    organisation = first.organisation or header.custodian
    return Author(
        name=name or None,
        profession=first.role.label or None if first.role else None,
        organisation=organisation.name or None if organisation else None,
    )
