"""Resources as applications send them, written by hand."""

import base64
from typing import Any

from tests.builders import Actor

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
FHIR = {"Content-Type": "application/fhir+json"}


def patient_of(app: Actor) -> str:
    return f"Patient/{app.principal.patient}"


def quantity(value: float, unit: str) -> dict[str, Any]:
    return {"value": value, "unit": unit, "system": UCUM, "code": unit}


def a_weight(app: Actor, value: float = 71.5, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": "29463-7"}]},
        "subject": {"reference": patient_of(app)},
        "effectiveDateTime": "2026-11-20T07:30:00+01:00",
        "valueQuantity": quantity(value, "kg"),
    } | more


def a_pressure(app: Actor, systolic: float = 128, diastolic: float = 79) -> dict[str, Any]:
    observation = a_weight(app)
    del observation["valueQuantity"]
    observation["code"] = {"coding": [{"system": LOINC, "code": "85354-9"}]}
    observation["component"] = [
        {
            "code": {"coding": [{"system": LOINC, "code": code}]},
            "valueQuantity": quantity(value, "mm[Hg]"),
        }
        for code, value in (("8480-6", systolic), ("8462-4", diastolic))
    ]
    return observation


def an_appointment(app: Actor, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Appointment",
        "status": "booked",
        "description": "Téléconsultation de suivi",
        "start": "2026-12-03T09:30:00+01:00",
        "end": "2026-12-03T10:00:00+01:00",
        "participant": [{"actor": {"reference": patient_of(app)}, "status": "accepted"}],
    } | more


def joined_at(link: str) -> list[dict[str, Any]]:
    return [
        {
            "url": "http://hl7.org/fhir/5.0/StructureDefinition/extension-Appointment.virtualService",
            "extension": [
                {"url": "_datatype", "valueString": "VirtualServiceDetail"},
                {"url": "address", "valueUrl": link},
            ],
        }
    ]


def a_document(app: Actor, content: bytes, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "type": {"coding": [{"system": LOINC, "code": "11502-2"}]},
        "subject": {"reference": patient_of(app)},
        "date": "2026-11-20T10:00:00+01:00",
        "author": [{"display": "Balance Exemple"}],
        "custodian": {"display": "Éditeur Exemple"},
        "content": [
            {
                "attachment": {
                    "contentType": "application/pdf",
                    "data": base64.b64encode(content).decode(),
                    "title": "Bilan de la semaine",
                }
            }
        ],
    } | more
