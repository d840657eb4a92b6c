import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from chalicelib.record import specialties
from chalicelib.record.model import Author
from tests.record.cda.samples import REFERENCE

_VALUES = REFERENCE / "valuesets-xml" / "JDV_J01_XdsAuthorSpecialty_CISIS.xml"
_WORDS = Path(__file__).parents[2] / "web" / "src" / "catalogue" / "specialties.ts"
_LAST = "S42"


def _group(code: str | None) -> str:
    return specialties.of_author(Author(None, None, None, code)).code


@pytest.mark.parametrize(
    ("code", "group"),
    [
        ("G15_10/SM26", "Médecine générale"),
        ("G15_10/SM54", "Médecine générale"),
        ("G15_10/SM03", "Biologie médicale"),
        ("G15_21/G", "Biologie médicale"),
        ("G15_21/A", "Pharmacien"),
        ("G15_10/SM74", "Radiologie et imagerie médicale"),
        # A specialty of no group, and one of a newer value set, are some doctor's.
        ("G15_10/SM47", "Autre médecin"),
        ("G15_10/SM999", "Autre médecin"),
        ("G15_10", "Autre médecin"),
        ("G15_60", "Infirmier"),
        ("G15_60/SI01", "Infirmier"),
        ("93", "Psychologue"),
        ("G15_26", "Autre professionnel"),
        ("G15_999", "Autre professionnel"),
        ("EXP_PATIENT", "Autre ou non précisée"),
        ("", "Autre ou non précisée"),
        (None, "Autre ou non précisée"),
    ],
)
def test_each_author_is_in_one_group(code: str | None, group: str) -> None:
    assert specialties.of_author(Author(None, None, None, code)).label == group


def test_a_profession_of_a_session_is_written_as_documents_do() -> None:
    assert _group(specialties.of_profession("60")) == _group("G15_60/SI04")
    assert specialties.of_profession(None) is None


def test_codes_stay_in_their_order_and_say_nothing() -> None:
    found = [one.code for one in specialties.every()]

    assert found == [f"S{number:02d}" for number in range(1, 43)]
    assert found[-1] == _LAST


@pytest.mark.skipif(not _VALUES.is_file(), reason="the reference value sets are not here")
def test_every_doctor_and_profession_of_the_value_set_has_a_group_and_each_group_a_member() -> None:
    tree = ET.fromstring(_VALUES.read_bytes())  # noqa: S314  ours
    concepts = [one.attrib["code"] for one in tree.iter() if one.tag.endswith("Concept")]
    people = [code for code in concepts if code.startswith(("G15_", "G16_"))]

    assert len(concepts) == 396
    assert [code for code in people if _group(code) == _LAST] == []
    assert {_group(code) for code in concepts} == {one.code for one in specialties.every()}
    # Families, and the psychologists as a session says their profession.
    assert {*specialties.members()} - {*concepts} == {"G15", "G16", "G15_93"}


def test_screens_and_interface_call_them_the_same() -> None:
    words = _WORDS.read_text("utf-8")
    written = [
        f"{one.code}: {json.dumps(one.label, ensure_ascii=False)}," for one in specialties.every()
    ]

    assert [line.strip() for line in words.splitlines() if line.startswith("  S")] == written
