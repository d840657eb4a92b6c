"""How each FHIR interaction is asked for, well-formed, by an application or by anybody else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.builders import a_pdf
from tests.fhir.resources import a_document, a_transaction, a_weight, an_appointment

_MADE: Final[Mapping[str, Callable[[str], dict[str, Any]]]] = {
    "/fhir/R4": a_transaction,
    "/fhir/R4/Observation": a_weight,
    "/fhir/R4/Appointment": an_appointment,
    "/fhir/R4/Appointment/{appointment_id}": an_appointment,
    "/fhir/R4/DocumentReference": lambda patient: a_document(patient, a_pdf()),
}
_QUERIES: Final = {
    "GET /fhir/R4/Observation": "?code=29463-7",
    "PUT /fhir/R4/Appointment": "?identifier=urn:exemple|42",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a path, a query and a body hold."""

    values: dict[str, str]
    query: str
    body: dict[str, Any] | None


def ask(name: str, patient: str) -> Asked:
    """Write a request about a patient, by the name an application has for her.

    `name` is method and path.
    """
    values = {"patient_id": patient}
    query = _QUERIES.get(name, "")
    if name == "GET /fhir/R4/Patient":
        query = f"?_id={patient}"
    return Asked(values, query, _body(name, f"Patient/{patient}"))


def _body(name: str, patient: str) -> dict[str, Any] | None:
    method, _, path = name.partition(" ")
    if method not in {"POST", "PUT"}:
        return None
    identifier = {"identifier": [{"system": "urn:exemple", "value": "42"}]}
    return _MADE[path](patient) | (identifier if name == "PUT /fhir/R4/Appointment" else {})
