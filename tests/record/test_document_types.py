import json
from pathlib import Path

import pytest

from chalicelib.http.principal import ActorKind
from chalicelib.record.document_types import CATEGORIES, deposited, find, may_deposit, shown


@pytest.mark.parametrize(
    ("code", "label", "class_code", "category", "category_label"),
    [
        (
            "11502-2",
            "Compte rendu d'examens biologiques",
            "10",
            "BIOLOGIE",
            "Résultats de biologie",
        ),
        ("60591-5", "Synthèse médicale", "11", "SYNTHESE", "Synthèses"),
        ("CERT_DECL", "Certificat, déclaration", "52", "CERT_MED", "Certificats"),
        ("101881-1", "Carte d'implant", "", "AUTR_DOC", "Autres documents"),
        ("EXPPAT_3", "Directives anticipées", "90", "DIR_ANT", "Directives anticipées"),
        # No French value set labels this one: its class stands for it.
        ("11526-1", "Compte rendu", "10", "CPT_REND", "Comptes rendus"),
    ],
)
def test_knows_what_a_type_is_called_and_where_it_goes(
    code: str, label: str, class_code: str, category: str, category_label: str
) -> None:
    found = shown(code)
    assert (found.label, found.class_code) == (label, class_code)
    assert (found.category, found.category_label) == (category, category_label)


@pytest.mark.parametrize("code", ["", "00000-0", "bilan", "11502-2 "])
def test_shows_an_unknown_type_among_other_documents(code: str) -> None:
    assert find(code) is None
    assert shown(code).category_label == "Autres documents"


def test_spells_out_what_only_professionals_abbreviate() -> None:
    assert shown("11488-4").label == "Compte rendu ou fiche de consultation ou de visite"
    assert shown("11490-0").label.startswith("Lettre de liaison")


def test_has_fifteen_categories() -> None:
    assert len(CATEGORIES) == 15


@pytest.mark.parametrize(
    ("code", "depositors"),
    [
        ("11502-2", {ActorKind.PROFESSIONAL, ActorKind.ORGANISATION, ActorKind.APPLICATION}),
        ("DOCPAT03", {ActorKind.PERSON}),
        ("EXPPAT_3", {ActorKind.PERSON}),
        ("REMB", set()),
        ("11369-6", set()),
    ],
)
def test_reserves_types_to_those_who_may_write_them(code: str, depositors: set[ActorKind]) -> None:
    assert find(code) is not None
    allowed = {kind for kind in ActorKind if may_deposit(code, kind)}
    assert allowed == depositors


def test_a_professional_files_any_type_from_a_screen_too() -> None:
    """D16: what the interface takes, the screen offers, under the same name."""
    source = Path(__file__).parents[2] / "web" / "src" / "catalogue" / "professional-types.ts"
    lines = [line.strip() for line in source.read_text("utf-8").splitlines()]
    filed = [one for one in deposited() if may_deposit(one.code, ActorKind.PROFESSIONAL)]

    assert len(filed) == 101
    assert [line for line in lines if line.startswith('"')] == [
        f'"{one.code}": {json.dumps(one.label, ensure_ascii=False)},' for one in filed
    ]
