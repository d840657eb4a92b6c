"""`Patient`, and what the interface says of itself."""

from typing import Final

from chalicelib.access import gate
from chalicelib.access.model import Action
from chalicelib.fhir import capability, subjects
from chalicelib.fhir.answers import answered
from chalicelib.fhir.bundles import Resource, searchset
from chalicelib.fhir.queries import PatientSearch
from chalicelib.fhir.values import FHIR_ID
from chalicelib.http.endpoint import FHIR, Answer, Call, NoQuery, endpoint

_ALL: Final = "/fhir/R4/Patient"


@endpoint("GET", "/fhir/R4/metadata", public=True, answers={200: FHIR})
def read_capabilities(_: Call[None, NoQuery]) -> Answer:
    """Say what this FHIR interface does."""
    return Answer(
        capability.statement(subjects.base()), headers={"Cache-Control": "public, max-age=300"}
    )


@endpoint("GET", _ALL, query=PatientSearch, answers={200: FHIR})
def search_patients(call: Call[None, PatientSearch]) -> Answer:
    """Search the patient of the token by its id."""
    patient = _read(call, call.query.id)
    asked = [("_id", call.query.id)]
    return Answer(searchset(subjects.base(), "Patient", asked, [patient], None))


@endpoint("GET", f"{_ALL}/{{patient_id}}", patterns={"patient_id": FHIR_ID}, answers={200: FHIR})
def read_fhir_patient(call: Call[None, NoQuery]) -> Answer:
    """Read the patient of the token: that there is one, and no identity (R-SVC-01)."""
    return answered(_read(call, call.path["patient_id"]))


def _read(call: Call[None, PatientSearch] | Call[None, NoQuery], name: str) -> Resource:
    pid = subjects.named(call.principal, name)
    with gate.enter(call.principal, Action.PATIENT_READ, pid, opens_record=False):
        return {
            "resourceType": "Patient",
            "id": call.principal.patient,
            "meta": {
                "versionId": "1",
                "profile": ["http://hl7.org/fhir/StructureDefinition/Patient"],
            },
            "active": True,
        }
