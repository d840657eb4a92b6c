"""The `fhirclient` of PyPI, unmodified: it discovers, asks, reads, writes, and is refused."""

from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pytest
from fhirclient.client import FHIRClient
from fhirclient.models.observation import Observation
from fhirclient.server import FHIRPermissionDeniedException

from tests.clients.consenting import log_in
from tests.clients.registered import NAME, registered
from tests.stack import Stack

pytestmark = pytest.mark.cloud

LOINC: Final = "http://loinc.org"
WEIGHT: Final = f"{LOINC}|29463-7"
SCOPE: Final = f"patient/Patient.r patient/Observation.crs?code={WEIGHT} offline_access"
REDIRECT: Final = "http://127.0.0.1:8123/retour"


def _weight(patient: str, kilograms: float) -> Any:
    return Observation(
        {
            "resourceType": "Observation",
            "status": "final",
            "subject": {"reference": f"Patient/{patient}"},
            "effectiveDateTime": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "code": {"coding": [{"system": LOINC, "code": "29463-7"}]},
            "valueQuantity": {
                "value": kilograms,
                "unit": "kg",
                "system": "http://unitsofmeasure.org",
                "code": "kg",
            },
        }
    )


def test_the_python_client_reads_and_writes_until_the_person_takes_her_consent_back(
    stack: Stack, tmp_path: Path
) -> None:
    stack.wait_until_ready()
    person, client_id = log_in(stack.url), registered(stack.config, tmp_path)
    smart = FHIRClient(
        settings={
            "app_id": client_id,
            "api_base": f"{stack.url}/fhir/R4",
            "redirect_uri": REDIRECT,
            "scope": SCOPE,
        }
    )
    assert not smart.prepare()
    smart.handle_callback(person.consents(smart.authorize_url))
    assert smart.ready

    assert smart.patient.id == smart.patient_id
    assert smart.patient_id not in (person.pid, "")
    Observation(_weight(smart.patient_id, 71.2).create(smart.server))
    made = Observation(_weight(smart.patient_id, 71.4).create(smart.server))
    again = Observation.read(made.id, smart.server)
    search = Observation.where({"patient": smart.patient_id, "code": WEIGHT, "_count": "1"})
    found = list(islice(search.perform_resources_iter(smart.server), 2))  # of two pages
    assert [one.valueQuantity.value for one in (again, *found)] == [71.4, 71.4, 71.2]
    newest = person.ask("GET", "measures?kind=weight")["items"][0]
    assert (newest["id"], newest["values"]) == (made.id, {"weight": 71.4})
    assert smart.reauthorize()

    person.withdraws(client_id)
    with pytest.raises(FHIRPermissionDeniedException):
        list(search.perform_resources_iter(smart.server))
    with pytest.raises(FHIRPermissionDeniedException):
        _weight(smart.patient_id, 71.5).create(smart.server)
    assert person.ask("GET", "measures?kind=weight")["items"][0]["id"] == made.id
    refused = person.told_of(NAME, "refused")
    assert {line["action"] for line in refused} >= {"measures:measure:add", "measures:measure:list"}
