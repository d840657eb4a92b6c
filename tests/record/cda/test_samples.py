"""The official samples: what each becomes, and the answer to its deposit."""

import json
from typing import Any

import pytest

from chalicelib.http.principal import ActorKind
from chalicelib.record.cda.body import read_body
from chalicelib.record.cda.header import read_header
from chalicelib.record.cda.model import to_json
from chalicelib.record.cda.rules import decide
from chalicelib.storage.inspect import Kind, inspect
from tests.record.cda.samples import DOMINIQUE, DOMINIQUE_INS, MISSING, REFERENCE
from tests.record.cda.words import nodes, rows_on_screen, words_of_narrative, words_on_screen

pytestmark = pytest.mark.skipif(not (REFERENCE / "cda").is_dir(), reason=MISSING)

CHILD = ["matricule", "family_name", "given_name", "birth_date"]

# Deposited by a laboratory's or hospital's software in the record of the official test patient:
# refusals, failed checks, warnings. Written by hand from the files and R-MAT-03, R-INS-02.
ANSWERS: dict[str, tuple[list[str], list[str], list[str]]] = {
    "cda/BIO-CR-BIO_2024.01_DEP-CCU-tout-structure.xml": ([], [], []),
    "cda/BIO-CR-BIO_2024.01_TSH_1.xml": ([], [], []),
    "cda/CANCER-D2LM-FIDD_2022.01.xml": ([], [], []),
    # A child's certificate: another person, whose INS moreover has a wrong key (83, not 04).
    "cda/CSE-CS24_2025.01.xml": (["wrong_person", "ins_key"], CHILD, ["birth_place"]),
    # Another child, another wrong key (47, not 01).
    "cda/CSE-MDE_2023.01.xml": (["wrong_person", "ins_key"], CHILD, ["birth_place"]),
    "cda/DOC_NON_STRUCTURE_CDA-R2-N1.xml": ([], [], []),
    "cda/IMG-DA-IMG_2024.01_Mammo-Echo-Seins.xml": ([], [], []),
    "cda/IMG_CR_IMG_2024.01.xml": ([], [], []),
    "cda/IPS-FR_2024.01.xml": ([], [], []),
    "cda/LDL-SES_2022.01.xml": ([], [], []),
    "cda/VAC-NOTE_2023.01.xml": ([], [], []),
    # Made by the platform only; its legal authenticator's INS has a wrong key (83, not 65).
    "cda/VAC_2023.01.xml": (["platform_only"], [], ["other_ins_key"]),
    "cda/VSM_1.4_2022.01.xml": ([], [], []),
    "cda/eP-MED-DM_2024.01_PosoStruct.xml": ([], [], []),
    # Same patient, said to be born in another town.
    "cda-replacement/ris_cr_imagerie_v1_initial.xml": ([], [], ["birth_place"]),
    "cda-replacement/ris_cr_imagerie_v2_replace.xml": ([], [], ["birth_place"]),
}

# Sections, table rows, cells, list items, media: counted in the files, comments removed, with grep.
COUNTS = {
    "cda/BIO-CR-BIO_2024.01_DEP-CCU-tout-structure.xml": (7, 12, 36, 0, 1),
    "cda/BIO-CR-BIO_2024.01_TSH_1.xml": (3, 4, 10, 0, 1),
    "cda/CANCER-D2LM-FIDD_2022.01.xml": (4, 25, 62, 0, 2),
    "cda/CSE-CS24_2025.01.xml": (8, 43, 111, 0, 0),
    "cda/CSE-MDE_2023.01.xml": (1, 4, 7, 0, 0),
    "cda/DOC_NON_STRUCTURE_CDA-R2-N1.xml": (0, 0, 0, 0, 0),
    "cda/IMG-DA-IMG_2024.01_Mammo-Echo-Seins.xml": (7, 18, 29, 0, 1),
    "cda/IMG_CR_IMG_2024.01.xml": (23, 46, 164, 11, 1),
    "cda/IPS-FR_2024.01.xml": (19, 76, 373, 0, 3),
    "cda/LDL-SES_2022.01.xml": (9, 27, 80, 0, 0),
    "cda/VAC-NOTE_2023.01.xml": (1, 2, 18, 0, 0),
    "cda/VAC_2023.01.xml": (1, 7, 63, 6, 0),
    "cda/VSM_1.4_2022.01.xml": (13, 23, 57, 0, 0),
    "cda/eP-MED-DM_2024.01_PosoStruct.xml": (7, 18, 92, 0, 2),
    "cda-replacement/ris_cr_imagerie_v1_initial.xml": (0, 0, 0, 0, 0),
    "cda-replacement/ris_cr_imagerie_v2_replace.xml": (0, 0, 0, 0, 0),
}

# Type of each attachment, decided by content (the prescription says JPEG of a PNG).
ATTACHMENTS = {
    "cda/BIO-CR-BIO_2024.01_DEP-CCU-tout-structure.xml": ["application/pdf"],
    "cda/BIO-CR-BIO_2024.01_TSH_1.xml": ["application/pdf"],
    "cda/CANCER-D2LM-FIDD_2022.01.xml": ["image/jpeg", "image/jpeg"],
    "cda/IMG-DA-IMG_2024.01_Mammo-Echo-Seins.xml": ["application/pdf"],
    "cda/IMG_CR_IMG_2024.01.xml": ["application/pdf"],
    "cda/IPS-FR_2024.01.xml": ["application/pdf"] * 3,
    "cda/eP-MED-DM_2024.01_PosoStruct.xml": ["image/png", "application/pdf"],
}
EMBEDDED = {
    "cda/DOC_NON_STRUCTURE_CDA-R2-N1.xml",
    "cda-replacement/ris_cr_imagerie_v1_initial.xml",
    "cda-replacement/ris_cr_imagerie_v2_replace.xml",
}
FILES = sorted(ANSWERS)


def _screen(name: str) -> dict[str, Any]:
    found = inspect((REFERENCE / name).read_bytes(), "text/xml")
    assert found.tree is not None
    shown: dict[str, Any] = json.loads(json.dumps(to_json(read_body(found.tree))))
    return shown


def test_expects_an_answer_for_each_official_file() -> None:
    folders = ("cda", "cda-replacement")
    present = {f"{f}/{path.name}" for f in folders for path in (REFERENCE / f).glob("*.xml")}
    assert present == set(ANSWERS) == set(COUNTS)


@pytest.mark.parametrize("name", FILES)
def test_answers_each_deposit_as_expected(name: str) -> None:
    found = inspect((REFERENCE / name).read_bytes(), "text/xml")
    assert found.kind is Kind.CDA
    assert found.tree is not None
    verdict = decide(read_header(found.tree), DOMINIQUE_INS, DOMINIQUE, ActorKind.ORGANISATION)
    refusals, failed, warnings = ANSWERS[name]
    assert list(verdict.refusals) == refusals
    assert list(verdict.failed_checks) == failed
    assert list(verdict.warnings) == warnings
    assert verdict.accepted is not bool(refusals)


@pytest.mark.parametrize("name", FILES)
def test_shows_at_least_99_percent_of_the_words(name: str) -> None:
    expected = words_of_narrative((REFERENCE / name).read_bytes())
    lost = expected - words_on_screen(_screen(name))
    assert lost.total() <= 0.01 * expected.total(), f"lost: {sorted(lost)}"


def test_counts_thousands_of_words_over_all_files() -> None:
    total = sum(words_of_narrative((REFERENCE / name).read_bytes()).total() for name in FILES)
    assert total > 3_000


@pytest.mark.parametrize("name", FILES)
def test_shows_every_section_row_cell_item_and_media(name: str) -> None:
    shown = _screen(name)
    rows = rows_on_screen(shown)
    kinds = [node["type"] for node in nodes(shown)]
    items = [item for node in nodes(shown) if node["type"] == "list" for item in node["items"]]
    counts = (kinds.count("section"), len(rows), sum(map(len, rows)), len(items))
    assert (*counts, kinds.count("media")) == COUNTS[name]


@pytest.mark.parametrize("name", FILES)
def test_lists_the_files_held_inside(name: str) -> None:
    shown = _screen(name)
    listed = [attachment["media_type"] for attachment in shown.get("attachments", [])]
    assert listed == ATTACHMENTS.get(name, [])
    assert ("embedded" in shown) is (name in EMBEDDED)
    keys = {attachment["key"] for attachment in shown.get("attachments", [])}
    assert {node["key"] for node in nodes(shown) if node["type"] == "media"} <= keys


def test_reads_the_header_of_the_laboratory_report() -> None:
    content = (REFERENCE / "cda/BIO-CR-BIO_2024.01_TSH_1.xml").read_bytes()
    tree = inspect(content, None).tree
    assert tree is not None
    header = read_header(tree)
    assert str(header.document_id) == "1.2.250.1.213.1.1.1.55.2024.9.1"
    assert str(header.set_id) == "1.2.250.1.213.1.1.1.55.2024.9"
    assert (header.version, header.type.code, header.confidentiality) == (1, "11502-2", ("N",))
    assert header.title == "Compte rendu d'examens biologiques"
    assert header.effective.instant.isoformat() == "2021-04-01T17:10:00+01:00"
    assert header.care_start is not None
    assert header.care_start.instant.isoformat() == "2021-01-04T09:22:00+01:00"
    (author,) = header.authors
    assert (author.family_name, author.given_name) == ("CAMPARINI", "Marcel")
    assert author.role is not None
    assert author.role.code == "G15_10/SM03"
    assert author.organisation is not None
    assert author.organisation.name == "Laboratoire des charmes"
    assert header.custodian == author.organisation
    assert header.location_type is not None
    assert header.location_type.code == "SA25"
    assert [one.extension for one in header.patient.ins] == ["279035121518989"]


def test_links_a_replacing_document_to_the_one_it_replaces() -> None:
    headers = []
    for version in ("v1_initial", "v2_replace"):
        name = f"cda-replacement/ris_cr_imagerie_{version}.xml"
        tree = inspect((REFERENCE / name).read_bytes(), None).tree
        assert tree is not None
        headers.append(read_header(tree))
    first, second = headers
    assert first.set_id == second.set_id
    assert (first.version, second.version) == (1, 2)
    assert first.replaces == ()
    assert second.replaces == (first.document_id,)
