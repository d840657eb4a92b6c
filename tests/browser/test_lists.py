"""Lists: counted, filtered without health words in the address, searched, windowed, found again."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canned import DOCUMENTS, PID, SCAN, document, instant
from tests.browser.conftest import Open

pytestmark = pytest.mark.browser

MANY = 2_000


def _fill(page: Page, opened: Open, count: int) -> None:
    canned = opened("/aide")
    canned.documents = [
        document(n, f"Résultat {n}", "text/plain", b"x", care_date=instant(days=n % 300)[:10])
        for n in range(count)
    ]
    page.goto("/documents")


def test_filters_stay_in_the_address_as_codes(page: Page, opened: Open) -> None:
    canned = opened("/documents")
    page.get_by_label("Catégorie").select_option("Résultats de biologie")
    page.get_by_label("Période").select_option("12 derniers mois")
    expect(page).to_have_url("/documents?c=2&p=y1")
    page.reload()
    expect(page.get_by_label("Catégorie")).to_have_value("BIOLOGIE")
    expect(page.get_by_label("Période")).to_have_value("y1")
    assert canned.count("GET", f"/v1/patients/{PID}/documents") >= 3


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("radiologie", 1),
        ("medecin", 2),
        ("medecin radiologie", 1),
        ("precisee", 0),  # what says no specialty is not found by saying so
        ("BILAN thyroidien", 1),
        ("claire exemple", 1),
        ("notes", 1),
    ],
)
def test_search_ignores_accents_and_case(page: Page, opened: Open, word: str, found: int) -> None:
    canned = opened("/aide")
    canned.documents = [*DOCUMENTS.values(), SCAN]
    page.goto("/documents")
    page.get_by_label("Chercher dans la liste").fill(word)
    expect(page.get_by_role("listitem")).to_have_count(found + 5)  # five places in the bar
    said = f"{found} documents trouvés" if found > 1 else f"{found} document trouvé"
    expect(page.get_by_text(f"{said} sur 5 documents")).to_be_visible()


def test_count_is_announced_and_more_is_read_on_demand(page: Page, opened: Open) -> None:
    _fill(page, opened, 120)
    status = page.get_by_role("status").filter(has_text="documents")
    expect(status).to_have_text("50 documents affichés, il y en a d’autres")
    page.get_by_role("button", name="Afficher plus").click()
    expect(status).to_have_text("100 documents affichés, il y en a d’autres")
    page.get_by_role("button", name="Afficher plus").click()
    expect(status).to_have_text("120 documents")
    expect(page.get_by_role("button", name="Afficher plus")).to_have_count(0)


def test_two_thousand_documents_stay_smooth(page: Page, opened: Open) -> None:
    _fill(page, opened, MANY)
    page.evaluate(
        """() => { globalThis.drawn = 0;
          new MutationObserver(changes => changes.forEach(change =>
              change.addedNodes.forEach(node => {
                globalThis.drawn += node.matches?.('.item') ? 1 : 0;
              })))
            .observe(document.body, { childList: true, subtree: true }); }"""
    )
    more = page.get_by_role("button", name="Afficher plus")
    for shown in range(100, MANY, 50):
        more.click()
        expect(
            page.get_by_text(f"{shown:,} documents affichés".replace(",", "\u00a0"))
        ).to_be_visible()
    page.evaluate("scrollTo(0, document.body.scrollHeight / 2)")
    page.wait_for_function(
        "!!document.elementFromPoint(innerWidth / 2, innerHeight / 2)?.closest('.item')"
    )
    rows = page.locator(".item")
    page.wait_for_function("document.querySelectorAll('.item').length < 400")
    # Each is drawn once, and those of a window again: it grows with the list, not with its square.
    assert page.evaluate("globalThis.drawn") < 2 * MANY
    last = rows.last
    assert last.get_attribute("aria-setsize") == "-1"


def test_back_restores_position_and_focus(page: Page, opened: Open) -> None:
    _fill(page, opened, 120)
    page.get_by_role("button", name="Afficher plus").click()
    link = page.get_by_role("link", name="Résultat 80 ")
    link.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Résultat 80")
    assert page.evaluate("scrollY") == 0
    page.go_back()
    expect(link).to_be_focused()
    assert abs(page.evaluate("scrollY") - before) < 40


def test_accesses_are_grouped_and_refusals_are_told(page: Page, opened: Open) -> None:
    canned = opened("/acces")
    expect(page.locator("section.day")).to_have_count(2)
    doctor = page.get_by_role("region", name="Dr Claire EXEMPLE")
    expect(doctor).to_contain_text(
        "a ouvert un document «\u00a0Bilan thyroïdien\u00a0» 12\u00a0fois"
    )
    expect(doctor).to_contain_text("Vous avez donné votre autorisation le 3 novembre 2026")
    refused = page.get_by_role("region", name="Dr Paul EXEMPLE")
    expect(refused).to_contain_text("Refusé")
    page.get_by_label("Afficher", exact=True).select_option("Les demandes refusées")
    expect(page).to_have_url("/acces?r=refused")
    expect(page.locator(".person")).to_have_count(1)
    assert canned.asked.count(("GET", f"/v1/patients/{PID}/trace")) == 2
    page.get_by_label("Afficher", exact=True).select_option("Les accès des autres")
    mine = page.get_by_role("region", name="Vous", exact=True)
    expect(page.locator(".person")).to_have_count(3)
    expect(mine).to_have_count(0)
    page.get_by_label("Afficher", exact=True).select_option("Tous, les miens compris")
    expect(mine).to_be_visible()
