import io
from datetime import UTC, date, datetime

import pytest
from pypdf import PdfReader

from chalicelib.http.principal import ActorKind
from chalicelib.identity.values import OID_INS_NIR_TEST, Traits, parse_ins
from chalicelib.record.cda.body import read_body
from chalicelib.record.cda.header import read_header
from chalicelib.record.cda.model import Paragraph, Table, to_json
from chalicelib.record.cda.rules import decide
from chalicelib.storage.inspect import Kind, inspect
from infra.local.sample_documents import (
    SampleLaboratory,
    SamplePatient,
    a_laboratory_report,
    a_pdf_document,
    thyroid_analyses,
)
from tests.record.cda.words import words_of_narrative, words_on_screen

INS = "279035121518989"
PATIENT = SamplePatient(
    INS, OID_INS_NIR_TEST, "D'ÉXEMPLE", ("Zoé", "Anne-Lise"), "F", date(1979, 3, 28), "51215"
)
TRAITS = Traits("D'EXEMPLE", ("ZOE",), date(1979, 3, 28), "F", "51215")
LABORATORY = SampleLaboratory(
    "Laboratoire <Exemple> & fils", "750803447", "EXEMPLE", "Camille", "99700245667"
)
SAMPLED_AT = datetime(2026, 11, 20, 7, 45, tzinfo=UTC)


def _report(number: int = 1, tsh: float = 1.95) -> bytes:
    return a_laboratory_report(
        PATIENT,
        LABORATORY,
        number=number,
        sampled_at=SAMPLED_AT,
        analyses=thyroid_analyses(tsh, 15.2),
    )


def test_makes_a_report_that_its_patient_s_record_accepts() -> None:
    found = inspect(_report(), "text/xml")
    assert found.tree is not None
    header = read_header(found.tree)
    verdict = decide(header, parse_ins(INS), TRAITS, ActorKind.ORGANISATION)
    assert verdict.accepted
    assert verdict.warnings == ()
    assert header.type.code == "11502-2"
    assert header.authors[0].national_id is not None
    assert header.authors[0].national_id.key_is_right
    assert header.care_start is not None
    assert header.care_start.instant == SAMPLED_AT


def test_makes_a_report_with_a_table_of_results_and_their_references() -> None:
    tree = inspect(_report(), None).tree
    assert tree is not None
    chapter, conclusion, sample = read_body(tree).sections
    (results,) = chapter.sections
    (table,) = results.blocks
    assert isinstance(table, Table)
    assert [len(row) for row in (*table.head, *table.body)] == [4, 4, 4]
    assert conclusion.title == "Conclusion du biologiste"
    assert isinstance(sample.blocks[0], Paragraph)


@pytest.mark.parametrize(("tsh", "said"), [(1.95, "normal"), (9.1, "au-dessus"), (0.1, "dessous")])
def test_says_in_words_where_a_result_stands(tsh: float, said: str) -> None:
    content = _report(tsh=tsh)
    tree = inspect(content, None).tree
    assert tree is not None
    shown = to_json(read_body(tree))
    assert isinstance(shown, dict)
    words = words_on_screen(shown)
    assert words == words_of_narrative(content)
    assert said in words


def test_makes_different_documents_for_different_numbers_and_the_same_for_one() -> None:
    assert _report(1) == _report(1)
    assert inspect(_report(1), None).sha256 != inspect(_report(2), None).sha256


def test_makes_a_pdf_whose_accents_another_reader_reads() -> None:
    lines = [f"Ligne {rank} : œdème (léger), contrôle à 3 mois – 12 €" for rank in range(60)]
    content = a_pdf_document("Compte rendu d’échographie", lines)
    found = inspect(content, "application/pdf")
    reader = PdfReader(io.BytesIO(content), strict=True)
    assert (found.kind, found.pages, len(reader.pages)) == (Kind.PDF, 2, 2)
    text = "".join(page.extract_text() for page in reader.pages)
    assert "Compte rendu d’échographie" in text
    assert "Ligne 59 : œdème (léger), contrôle à 3 mois – 12 €" in text
    assert reader.metadata is not None
    assert reader.metadata.title == "Compte rendu d’échographie"
