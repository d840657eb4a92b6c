"""Whether a CDA R2 document may enter a record: the right person, and a type its depositor may use.

Why it exists: a result filed in the wrong record harms two persons. Pure: from the header, the
record's identity and who deposits, to codes. It never says whose document it was.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from chalicelib.http.principal import ActorKind
from chalicelib.identity.values import (
    INS,
    OID_INS_NIA,
    InvalidIdentifier,
    Traits,
    compare_traits,
    parse_ins,
)
from chalicelib.record import document_types
from chalicelib.record.cda.model import Header, Identifier


class Refusal(StrEnum):
    """Why a document may not enter this record."""

    WRONG_PERSON = "wrong_person"
    INS_KEY = "ins_key"
    PLATFORM_ONLY = "platform_only"
    PATIENT_ONLY = "patient_only"
    PROFESSIONAL_ONLY = "professional_only"


_RESERVED: Final = {"patient": Refusal.PATIENT_ONLY, "professional": Refusal.PROFESSIONAL_ONLY}


# What its header may say of whom it is shown to, and what comes of it: all who may read it, or
# fewer (TRE_A07). R and V are of HL7, and hide nothing from anybody by themselves.
_ORDINARY_CODES: Final = frozenset({"N", "R", "V"})
WITHHELD_CODE: Final = "INVISIBLE_PATIENT"
PARENTS_CODE: Final = "INVISIBLE_REPRESENTANTS_LEGAUX"
_KNOWN_CODES: Final = _ORDINARY_CODES | {WITHHELD_CODE, PARENTS_CODE}


class Oddity(StrEnum):
    """What is odd in a document that enters all the same."""

    OTHER_INS_KEY = "other_ins_key"
    BEFORE_BIRTH = "before_birth"
    BIRTH_PLACE = "birth_place"
    OTHER_TYPE = "other_type"
    OTHER_DATE = "other_date"
    NOT_REPLACED = "not_replaced"
    CONFIDENTIALITY = "confidentiality"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision; `failed_checks` names what differs when the person is not the record's."""

    refusals: tuple[Refusal, ...] = ()
    failed_checks: tuple[str, ...] = ()
    warnings: tuple[Oddity, ...] = ()

    @property
    def accepted(self) -> bool:
        """Tell whether the document may enter."""
        return not self.refusals


def check_patient(header: Header, ins: INS, traits: Traits) -> tuple[str, ...]:
    """Name the checks that fail: `matricule` then those of `compare_traits`; empty when the same.

    Source: domain §3.1, minimal set (matricule, birth name, first given name, birth date, sex).
    """
    failed = () if _same_matricule(header.patient.ins, ins) else ("matricule",)
    claimed = compare_traits(traits, header.patient.traits)
    if header.patient.partial_birth_date and traits.birth_date is not None:
        known = traits.birth_date.strftime("%Y%m%d").startswith(header.patient.partial_birth_date)
        claimed = tuple(name for name in claimed if name != "birth_date" or not known)
    return (*failed, *claimed)


def decide(header: Header, ins: INS, traits: Traits, depositor: ActorKind) -> Verdict:
    """Decide whether a document may enter the record of a person.

    Source: R-MAT-03 for types; a wrong key refuses on the patient's own INS only.
    """
    failed = check_patient(header, ins, traits)
    refusals = []
    if failed:
        refusals.append(Refusal.WRONG_PERSON)
    if any(not _key_is_right(found) for found in header.patient.ins):
        refusals.append(Refusal.INS_KEY)
    refusals += _type_refusals(header.type.code, depositor)
    return Verdict(tuple(refusals), failed, tuple(_warnings(header, traits)))


def _same_matricule(found: tuple[Identifier, ...], ins: INS) -> bool:
    """Tell whether the INS is there, and no other NIR beside it (a waiting number may be)."""
    matricules = {one.extension for one in found}
    others = {one.extension for one in found if one.root != OID_INS_NIA} - {ins.matricule}
    return ins.matricule in matricules and not others


def _type_refusals(code: str, depositor: ActorKind) -> list[Refusal]:
    if document_types.may_deposit(code, depositor):
        return []
    return [_RESERVED.get(document_types.shown(code).depositor, Refusal.PLATFORM_ONLY)]


def _warnings(header: Header, traits: Traits) -> list[Oddity]:
    warnings = []
    if any(not _key_is_right(found) for found in header.other_ins):
        warnings.append(Oddity.OTHER_INS_KEY)
    if traits.birth_date is not None and _earliest(header) < traits.birth_date:
        warnings.append(Oddity.BEFORE_BIRTH)
    place = header.patient.traits.birth_place
    if place and traits.birth_place and place != traits.birth_place:
        warnings.append(Oddity.BIRTH_PLACE)
    if not _KNOWN_CODES.issuperset(header.confidentiality):
        warnings.append(Oddity.CONFIDENTIALITY)
    return warnings


def _earliest(header: Header) -> date:
    moments = [header.effective, *(one for one in (header.care_start,) if one)]
    return min(moment.instant.date() for moment in moments)


def _key_is_right(identifier: Identifier) -> bool:
    try:
        parse_ins(identifier.extension)
    except InvalidIdentifier:
        return False
    return True
