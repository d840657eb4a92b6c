"""Resources as applications send them, written by hand."""

import base64
from typing import Any

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
VIRTUAL_SERVICE = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Appointment.virtualService"
FHIR = {"Content-Type": "application/fhir+json"}


def quantity(value: float, unit: str) -> dict[str, Any]:
    return {"value": value, "unit": unit, "system": UCUM, "code": unit}


def a_weight(patient: str, value: float = 71.5, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": "29463-7"}]},
        "subject": {"reference": patient},
        "effectiveDateTime": "2026-11-20T07:30:00+01:00",
        "valueQuantity": quantity(value, "kg"),
    } | more


def a_pressure(patient: str, systolic: float = 128, diastolic: float = 79) -> dict[str, Any]:
    observation = a_weight(patient)
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


def an_appointment(patient: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Appointment",
        "status": "booked",
        "description": "Téléconsultation de suivi",
        "start": "2026-12-03T09:30:00+01:00",
        "end": "2026-12-03T10:00:00+01:00",
        "participant": [{"actor": {"reference": patient}, "status": "accepted"}],
    } | more


def joined_at(link: str) -> list[dict[str, Any]]:
    return [
        {
            "url": VIRTUAL_SERVICE,
            "extension": [
                {"url": "_datatype", "valueString": "VirtualServiceDetail"},
                {"url": "address", "valueUrl": link},
            ],
        }
    ]


def a_document(patient: str, content: bytes, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "type": {"coding": [{"system": LOINC, "code": "11502-2"}]},
        "subject": {"reference": patient},
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


def a_device(**more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Device",
        "id": "d1",
        "meta": {"profile": ["http://hl7.org/fhir/uv/phd/StructureDefinition/PhdDevice"]},
        "identifier": [
            {"system": "urn:oid:1.2.840.10004.1.1.1.0.0.1.0.0.1.2680", "value": "FE-ED"}
        ],
        "manufacturer": "Exemple",
        "modelNumber": "BX-1",
        "deviceName": [{"name": "Ma balance", "type": "patient-reported-name"}],
        "type": {"coding": [{"system": "urn:iso:std:iso:11073:10101", "code": "65573"}]},
    } | more


def a_transaction(patient: str, **more: Any) -> dict[str, Any]:
    observation = a_weight(patient, device={"reference": "Device/d1"}, **more)
    observation["meta"] = {"profile": ["https://exemple.test/mesure"]}
    return {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {
                "resource": a_device(),
                "request": {
                    "method": "POST",
                    "url": "Device",
                    "ifNoneExist": "identifier=urn:oid:1.2.840.10004.1.1.1.0.0.1.0.0.1.2680|FE-ED",
                },
            },
            {
                "fullUrl": "urn:uuid:3bc44de3-069d-442d-829b-f3ef68cae372",
                "resource": observation,
                "request": {"method": "POST", "url": "Observation"},
            },
        ],
    }
