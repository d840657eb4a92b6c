"""A CDA R2 document at its deposit: is it hers, may it enter, what does its header say."""

from typing import Final
from xml.etree.ElementTree import Element

from chalicelib.access import files
from chalicelib.access.gate import Unit
from chalicelib.core import clock
from chalicelib.core.errors import FieldError, Invalid
from chalicelib.identity import spaces
from chalicelib.record import cda_view, document_types, secrecy
from chalicelib.record.cda import rules
from chalicelib.record.cda.body import files_inside, read_body
from chalicelib.record.cda.header import read_confidentiality, read_header
from chalicelib.record.cda.model import Body, Contributor, Header
from chalicelib.record.cda.rules import Oddity, Refusal
from chalicelib.record.model import Author, Description, Draft
from chalicelib.storage.inspect import Inspected, Limits

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
    Refusal.PROFESSIONAL_ONLY: (
        "Ce type est déposé par les professionnels. Ajoutez votre copie en PDF ou en photo.",
        "This document type is filed by health professionals. Add a copy as PDF or photo.",
    ),
}


def declare(unit: Unit, draft: Draft, inspected: Inspected) -> None:
    """Keep a deposit secret or withheld if the header says so, before anything of it is refused.

    Raises:
        Invalid: as `secrecy.declare_in_header`; or a reason is given, and it is not withheld.
    """
    codes = () if inspected.tree is None else read_confidentiality(inspected.tree)
    secrecy.declare_in_header(unit, codes)
    secrecy.check_reason(draft, codes)


def describe(
    unit: Unit, draft: Draft, inspected: Inspected, limits: Limits | None = None
) -> Description:
    """Describe a CDA document from its header, if it may enter this record.

    Its own title, type and date stand; a warning tells of another type or date said beside it.

    Raises:
        Invalid: another person, a wrong INS key or a reserved type; names the failed checks only.
        Refused: the header is incomplete, the embedded file may not enter, it is too long, or a
            file inside, which a scanner of the XML does not see, is infected.
        Unavailable: the antivirus gives no answer.
    """
    if inspected.tree is None:
        raise LookupError("a CDA document comes with its tree")
    header = read_header(inspected.tree)
    person, _ = spaces.person_of(unit)
    verdict = rules.decide(header, person.ins, person.traits, unit.entry.principal.kind)
    if not verdict.accepted:
        raise _refused(verdict.refusals[0], verdict.failed_checks)
    body = read_body(inspected.tree, limits)
    cda_view.check_length(header, body)
    _scan_inside(unit, inspected.tree, body)
    care = header.care_start or header.effective
    care_date = clock.paris_date(care.instant)
    oddities = [*verdict.warnings]
    if draft.type_code not in {None, header.type.code}:
        oddities.append(Oddity.OTHER_TYPE)
    if draft.care_date not in {None, care_date}:
        oddities.append(Oddity.OTHER_DATE)
    return Description(
        title=header.title or document_types.shown(header.type.code).label,
        type_code=header.type.code,
        care_date=care_date,
        author=_author(header),
        warnings=tuple(oddity.value for oddity in oddities),
        source=str(header.document_id),
        parents=tuple(str(parent) for parent in header.replaces),
    )


def check_joined(unit: Unit, inspected: Inspected) -> None:
    """Require that a CDA joined to a message is of the person it is about; of any type.

    What its header hides from who represents a minor is kept secret, its trace too.

    Raises:
        Invalid: another person's, or a wrong INS key.
        Refused: the header is incomplete, the embedded file may not enter, or a file inside is
            infected.
        Unavailable: the antivirus gives no answer.
    """
    if inspected.tree is None:
        raise LookupError("a CDA document comes with its tree")
    secrecy.declare_in_header(unit, read_confidentiality(inspected.tree))
    header = read_header(inspected.tree)
    person, _ = spaces.person_of(unit)
    verdict = rules.decide(header, person.ins, person.traits, unit.entry.principal.kind)
    if verdict.failed_checks:
        raise _refused(verdict.refusals[0], verdict.failed_checks)
    _scan_inside(unit, inspected.tree, read_body(inspected.tree))


def _scan_inside(unit: Unit, tree: Element, body: Body) -> None:
    """Have each file inside scanned by itself: base64 in XML hides it from the engine.

    Raises:
        Refused: one is infected, or there are too many.
        Unavailable: the antivirus gives no answer.
    """
    for content in files_inside(tree, body):
        files.scanned(unit, content)


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
        specialty=first.role.code if first.role else None,
    )
