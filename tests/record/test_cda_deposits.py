"""Each official sample, deposited by a laboratory's software over the whole application.

The expected answers are those of `tests/record/cda/test_samples.py`, written by hand.
"""

import base64
from datetime import date
from xml.etree import ElementTree as ET

import pytest

from chalicelib.identity import spaces
from chalicelib.identity.model import Person
from tests.builders import a_laboratory
from tests.http_client import Client
from tests.record.cda.samples import DOMINIQUE, DOMINIQUE_INS, MISSING, REFERENCE
from tests.record.cda.test_samples import ANSWERS
from tests.record.test_documents import check_content_headers, deposit, handle_of

pytestmark = pytest.mark.skipif(not (REFERENCE / "cda").is_dir(), reason=MISSING)

HL7 = {"h": "urn:hl7-org:v3"}
FORMER, LATER = (
    f"cda-replacement/ris_cr_imagerie_{one}.xml" for one in ("v1_initial", "v2_replace")
)
# They say that they replace a document, which nobody deposited here.
REPLACING = {"cda/IMG_CR_IMG_2024.01.xml", "cda/IPS-FR_2024.01.xml", LATER}


@pytest.mark.slow
@pytest.mark.parametrize("file", sorted(ANSWERS))
def test_answers_the_deposit_of_a_sample_as_the_table_says(http: Client, file: str) -> None:
    identity = Person(DOMINIQUE, DOMINIQUE_INS, "1.2.250.1.213.1.4.10")
    spaces.open_space(identity)
    laboratory = a_laboratory()
    refusals, failed, warnings = ANSWERS[file]
    content = (REFERENCE / file).read_bytes()

    reply = deposit(http, laboratory, handle_of(http, laboratory, identity), content)

    if refusals:
        assert (reply.status, reply.problem) == (422, "document-refused")
        assert reply.json()["reason"] == refusals[0]
        codes = [error["code"] for error in reply.json().get("errors", [])]
        assert codes == [f"cda_{check}" for check in failed]
    else:
        assert reply.status == 201, reply.body
        assert reply.json()["warnings"] == warnings + ["not_replaced"] * (file in REPLACING)
        assert reply.json()["format"] == "text/xml"
        read = http.get(f"{reply.header('Location')}/content", as_=laboratory.principal)
        assert read.body == content
        check_content_headers(read, "text/xml", "attachment")  # A19


def test_the_official_replacement_is_the_next_version(http: Client) -> None:  # R-VER-02
    identity = Person(DOMINIQUE, DOMINIQUE_INS, "1.2.250.1.213.1.4.10")
    spaces.open_space(identity)
    laboratory = a_laboratory()
    handle = handle_of(http, laboratory, identity)
    at = f"/v1/patients/{handle}/documents"
    former, later = (
        http.post(
            at,
            as_=laboratory.principal,
            json={"content": base64.b64encode((REFERENCE / file).read_bytes()).decode()},
            headers={"Idempotency-Key": f"official-{number}"},
        ).json()
        for number, file in enumerate((FORMER, LATER))
    )
    assert (later["replaces"], later["warnings"]) == (former["id"], ["birth_place"])
    again = http.get(f"{at}/{former['id']}", as_=laboratory.principal).json()
    assert (again["status"], again["replaced_by"]) == ("superseded", later["id"])


def test_a_refusal_echoes_nothing_of_the_other_person(http: Client) -> None:
    identity = Person(DOMINIQUE, DOMINIQUE_INS, "1.2.250.1.213.1.4.10")
    spaces.open_space(identity)
    laboratory = a_laboratory()
    content = (REFERENCE / "cda/CSE-CS24_2025.01.xml").read_bytes()

    reply = deposit(http, laboratory, handle_of(http, laboratory, identity), content)

    body = reply.body.decode().lower()
    assert (reply.status, reply.problem) == (422, "document-refused")
    assert {value for value in values_of_the_child(content) if value in body} == set()
    for word in ("pat-", "dominique", "279035", "1979"):
        assert word not in body


def values_of_the_child(content: bytes) -> set[str]:
    """Read the names, numbers and dates of the patient, without the product's own reader."""
    root = ET.fromstring(content)  # noqa: S314  an official sample
    patient = root.find("h:recordTarget/h:patientRole", HL7)
    assert patient is not None
    born = [one.attrib["value"] for one in patient.findall("h:patient/h:birthTime", HL7)]
    days = [date(int(one[:4]), int(one[4:6]), int(one[6:8])) for one in born]
    found = {
        *(str(one.text) for one in patient.findall("h:patient/h:name/h:family", HL7)),
        *(str(one.text) for one in patient.findall("h:patient/h:name/h:given", HL7)),
        *(one.attrib["extension"] for one in patient.findall("h:id", HL7)),
        *born,
        *(written for one in days for written in (one.isoformat(), f"{one:%d/%m/%Y}")),
    }
    assert {"DECOURCY", "Ruth", "221042545611404", "20210425", "2021-04-25"} <= found
    return {value.lower() for value in found}
