"""D5: two results of one type side by side."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import canned
from tests.browser.axe import violations
from tests.browser.canned import DOCUMENTS, FORMER, PID, PROFESSIONAL, Canned, document
from tests.browser.conftest import DESKTOP, PHONE, TABLET, Open

pytestmark = pytest.mark.browser

CDA = DOCUMENTS["cda"]
BASE = f"/pro/patients/{PID}"


def _two(answers: Canned) -> None:
    answers.documents = [*DOCUMENTS.values(), FORMER]
    answers.narratives = {
        CDA["id"]: canned.LATTER_NARRATIVE,
        FORMER["id"]: canned.FORMER_NARRATIVE,
    }


def _open(page: Page, opened: Open) -> Canned:
    answers = opened("/pro", PROFESSIONAL)
    _two(answers)
    page.goto(f"{BASE}/comparer/{CDA['id']}")
    return answers


@pytest.mark.parametrize("size", [PHONE, TABLET, DESKTOP])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_same_analyses_are_in_two_columns_with_what_changed(
    page: Page, opened: Open, size: tuple[int, int], scheme: str
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    _open(page, opened)
    table = page.get_by_role("table", name="Analyses des deux documents")
    expect(table.get_by_role("columnheader")).to_have_text(
        ["Analyse", "14 octobre 2026", "22 novembre 2026", "Évolution", "Valeurs de référence"]
    )
    expect(page.get_by_text("4 analyses")).to_be_visible()
    cells = [
        table.get_by_role("row").filter(has=page.get_by_role("rowheader", name=name)).first
        for name in ("TSH", "Thyroxine", "Anticorps", "Ferritine")
    ]
    expect(cells[0]).to_contain_text("3,05 mUI/l")
    expect(cells[0]).to_contain_text("2,41 mUI/l")
    expect(cells[0]).to_contain_text("En baisse de 0,64 mUI/l")
    expect(cells[0]).to_contain_text("0,4 à 4, puis 0,27 à 4,20")
    expect(cells[1]).to_contain_text("Écart non calculable")
    expect(cells[2]).to_contain_text("Identique")
    expect(cells[3]).to_contain_text("Absente de ce document")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert "PAT-TROIS" not in page.title()


def test_it_is_reached_and_changed_by_keyboard(page: Page, opened: Open) -> None:
    answers = opened("/pro", PROFESSIONAL)
    _two(answers)
    older = document(60, "Bilan ancien", "text/xml", b"<ClinicalDocument  />")
    answers.documents.append(older)
    answers.narratives[older["id"]] = canned.FORMER_NARRATIVE
    page.goto(f"{BASE}/documents/{CDA['id']}")
    page.get_by_role("link", name="Comparer à un autre résultat").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Comparer deux résultats")
    first = page.get_by_label("Ancien résultat")
    expect(first).to_have_value(FORMER["id"])
    first.press("ArrowDown")
    expect(first).to_have_value(older["id"])
    expect(page).to_have_url(f"{BASE}/comparer/{CDA['id']}?avec={older['id']}")
    expect(page.get_by_role("columnheader", name="24 septembre 2026")).to_be_visible()
    page.get_by_role("link", name="Revenir au document").press("Enter")
    expect(page).to_have_url(f"{BASE}/documents/{CDA['id']}")


def test_what_is_not_in_tables_is_said(page: Page, opened: Open) -> None:
    answers = _open(page, opened)
    answers.narratives[FORMER["id"]] = canned.NARRATIVE | {"sections": [], "attachments": []}
    page.reload()
    expect(page.get_by_text("ne contient pas de résultats présentés en tableau")).to_be_visible()


def test_a_document_alone_says_so(page: Page, opened: Open) -> None:
    opened(f"{BASE}/comparer/{CDA['id']}", PROFESSIONAL)
    expect(page.get_by_text("Il n’y a pas d’autre document structuré")).to_be_visible()


def test_what_waits_to_be_announced_is_not_opened_to_compare(page: Page, opened: Open) -> None:
    """R-CNF-04: it opens after its alert only."""
    answers = opened("/pro", PROFESSIONAL)
    _two(answers)
    awaited = {"reason": None, "review_on": "2026-12-24"}
    waits = FORMER | {"visibility": "invisible_to_patient", "announcement": awaited}
    answers.documents = [*DOCUMENTS.values(), waits]
    page.goto(f"{BASE}/comparer/{CDA['id']}")
    expect(page.get_by_text("Il n’y a pas d’autre document structuré")).to_be_visible()
    assert answers.count("GET", f"/v1/patients/{PID}/documents/{FORMER['id']}/narrative") == 0


def test_another_is_looked_for_further_down(page: Page, opened: Open) -> None:
    answers = opened("/pro", PROFESSIONAL)
    _two(answers)
    plain = [document(n, f"Résultat {n}", "application/pdf", b"x") for n in range(100, 180)]
    answers.documents = [CDA, *plain, FORMER]
    page.goto(f"{BASE}/comparer/{CDA['id']}")
    expect(page.get_by_label("Ancien résultat")).to_have_value(FORMER["id"])
    assert answers.count("GET", f"/v1/patients/{PID}/documents") == 2


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_what_became_of_an_analysis_is_drawn_on_demand_with_its_table(
    page: Page, opened: Open, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    answers = opened("/pro", PROFESSIONAL)
    _two(answers)
    older = document(60, "Bilan ancien", "text/xml", b"<ClinicalDocument  />")
    answers.documents.append(older)
    answers.narratives[older["id"]] = canned.FORMER_NARRATIVE
    page.goto(f"{BASE}/comparer/{CDA['id']}")
    expect(page.get_by_role("table", name="Analyses des deux documents")).to_be_visible()
    path = f"/v1/patients/{PID}/documents/{older['id']}/narrative"
    assert answers.count("GET", path) == 0
    page.get_by_role("button", name="Tracer l’évolution sur 3 résultats").press("Enter")
    drawing = page.get_by_role("img", name="TSH : 3 valeurs, de 3,05 mUI/l à 2,41 mUI/l")
    expect(drawing).to_be_visible()
    trend = page.get_by_role("article").filter(has=drawing)
    expect(trend.get_by_role("row")).to_have_count(4)
    expect(trend.get_by_role("row").last).to_contain_text("22 novembre 2026")
    assert answers.count("GET", path) == 1
    assert violations(page) == []
