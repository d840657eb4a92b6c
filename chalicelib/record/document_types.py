"""Types of documents (JDV_J07): their French label, their category, and who usually files them.

Why it exists: nomenclatures are data, read once (`data/README.md`: sources and certainty). A type
that is not listed is no error: it is shown among « Autres documents ».
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from chalicelib.http.principal import ActorKind

_FILE: Final = Path(__file__).parent / "data" / "document_types.csv"
_OTHER: Final = "AUTR_DOC"
_PATIENT_PREFIXES: Final = ("DOCPAT", "EXPPAT")
_DEPOSITORS: Final = {
    ActorKind.PERSON: "patient",
    ActorKind.PROFESSIONAL: "professional",
    ActorKind.ORGANISATION: "professional",
    ActorKind.APPLICATION: "professional",
}

# Categories a person sees. Source: R-DOC-02.
CATEGORIES: Final = {
    "SYNTHESE": "Synthèses",
    "ORD_SOIN": "Ordonnances et soins",
    "RADIO_SC": "Radios, scanners, imagerie",
    "BIOLOGIE": "Résultats de biologie",
    "CPT_REND": "Comptes rendus",
    "DEPISTAG": "Dépistages / prévention",
    "CERT_MED": "Certificats",
    "DOC_ADM": "Documents administratifs",
    "AUTR_DOC": "Autres documents",
    "SYNTH_PML": "Synthèse du profil médical",
    "DIR_ANT": "Directives anticipées",
    "CAR_VAC": "Carnet de vaccination",
    "VDP": "Volontés et droits de la personne",
    "REMB": "Données de remboursement",
    "QUEST_SANTE": "Questionnaires de santé",
}


@dataclass(frozen=True, slots=True)
class DocumentType:
    """One type: `depositor` is `professional`, `patient` or `assurance_maladie`.

    `class_code` is empty for the types that belong to no class. Source: JDV_J07, ASS_X16.
    """

    code: str
    label: str
    category: str
    depositor: str
    class_code: str = ""

    @property
    def category_label(self) -> str:
        """The category as a person reads it."""
        return CATEGORIES[self.category]


def find(code: str) -> DocumentType | None:
    """Return a type of the value set, or None."""
    return _types().get(code)


def deposited() -> tuple[DocumentType, ...]:
    """Return the types that somebody may file by hand, in the order of the value set."""
    return tuple(one for one in _types().values() if one.depositor in _DEPOSITORS.values())


def shown(code: str) -> DocumentType:
    """Return how a type is shown; an unknown one is among « Autres documents »."""
    depositor = "patient" if code.startswith(_PATIENT_PREFIXES) else "professional"
    return _types().get(code) or DocumentType(code, "Document", _OTHER, depositor)


def may_deposit(code: str, kind: ActorKind) -> bool:
    """Tell whether an actor may file a type. Source: R-MAT-03.

    A person files the types made for her; professionals, organisations and applications the others,
    those of a newer value set included, except what only the platform or the health insurance
    produces.
    """
    return shown(code).depositor == _DEPOSITORS.get(kind)


@cache
def _types() -> dict[str, DocumentType]:
    with _FILE.open(encoding="utf-8", newline="") as lines:
        return {
            row["typeCode"]: DocumentType(
                code=row["typeCode"],
                label=_label(row),
                class_code=row["classCode"],
                category=row["mes_category_proposed"],
                depositor=row["usual_depositor"],
            )
            for row in csv.DictReader(lines)
        }


def _label(row: dict[str, str]) -> str:
    """Return the French label, « CR » in full; the name of the class stands for a missing one."""
    label = row["label_fr"]
    if label.startswith("("):
        return row["classLabel_fr"]
    return label.replace("CR ", "Compte rendu ", 1) if label.startswith("CR ") else label
