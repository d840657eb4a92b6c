"""Addresses of FHIR: of systems, profiles and extensions; and how a value is written. Pure.

Source: domain.md 6.2 and 6.6, HL7 FHIR R4.
"""

import re
from decimal import Decimal
from typing import Any, Final

FHIR_ID: Final = re.compile(r"(?!\.+$)[A-Za-z0-9.-]{1,64}", re.ASCII)

LOINC: Final = "http://loinc.org"
UCUM: Final = "http://unitsofmeasure.org"
CATEGORY: Final = "http://terminology.hl7.org/CodeSystem/observation-category"
CONFIDENTIALITY: Final = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
TIMEZONE: Final = "http://hl7.org/fhir/StructureDefinition/timezone"
# Of R5, as it is written in R4 (package hl7.fhir.uv.xver-r5.r4).
VIRTUAL_SERVICE: Final = (
    "http://hl7.org/fhir/5.0/StructureDefinition/extension-Appointment.virtualService"
)
FR_CORE: Final = "https://hl7.fr/ig/fhir/core/StructureDefinition"
OPERATOR: Final = f"{FR_CORE}/fr-core-appointment-operator"
MHD: Final = "https://profiles.ihe.net/ITI/MHD/StructureDefinition"
MESURES: Final = "https://fhir.monespacesante.fr/ref/mesure/StructureDefinition"
PHD_DEVICE: Final = "http://hl7.org/fhir/uv/phd/StructureDefinition/PhdDevice"
NOS: Final = "https://mos.esante.gouv.fr/NOS"
TYPES: Final = f"{NOS}/TRE_A05-TypeDocComplementaire/FHIR/TRE-A05-TypeDocComplementaire"
CLASSES: Final = f"{NOS}/TRE_A03-ClasseDocument/FHIR/TRE-A03-ClasseDocument"
SETTINGS: Final = (
    f"{NOS}/JDV_J04-XdsPracticeSettingCode-CISIS/FHIR/JDV-J04-XdsPracticeSettingCode-CISIS"
)
FACILITIES: Final = (
    f"{NOS}/JDV_J02-XdsHealthcareFacilityTypeCode-CISIS"
    "/FHIR/JDV-J02-XdsHealthcareFacilityTypeCode-CISIS"
)


def number(value: Decimal) -> int | float:
    """Write a decimal as JSON does: a whole one without a point."""
    return int(value) if value == value.to_integral_value() else float(value)


def coded(system: str, code: str, display: str | None = None) -> dict[str, Any]:
    """Write a CodeableConcept of one coding."""
    coding = {"system": system, "code": code}
    return {"coding": [coding | ({"display": display} if display else {})]}


def present(resource: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is empty: FHIR has neither null nor empty arrays."""
    return {name: value for name, value in resource.items() if value not in (None, "", [], {})}
