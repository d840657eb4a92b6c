"""One document: read page by page, verified, printed, downloaded; never shown when altered."""

import hashlib
import operator
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.canned import (
    CONTENTS,
    DOCUMENTS,
    NARRATIVE,
    PERSON,
    PID,
    PROFESSIONAL,
    document,
    problem,
    reply,
)
from tests.browser.conftest import Open
from tests.browser.samples import pdf, png

pytestmark = pytest.mark.browser

PDF = f"/documents/{DOCUMENTS['pdf']['id']}"
CDA = f"/documents/{DOCUMENTS['cda']['id']}"


def _drawn(page: Page, number: int) -> Locator:
    canvas = page.locator(f"canvas[data-drawn='{number}']")
    expect(canvas).to_be_visible()
    return canvas


def _size(canvas: Locator) -> tuple[float, float]:
    box = canvas.bounding_box()
    assert box
    return box["width"], box["height"]


def _wait_until(page: Page, holds: Callable[[], bool]) -> None:
    for _ in range(40):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it never held")


def _ink(canvas: Locator) -> int:
    """Count the dark pixels: a page without its font would be blank."""
    return int(
        canvas.evaluate(
            """c => { const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
              let n = 0; for (let i = 0; i < d.length; i += 4) if (d[i] < 100) n++; return n; }"""
        )
    )


def test_pdf_is_read_by_keyboard_up_to_400_percent(page: Page, opened: Open) -> None:
    opened(PDF)
    canvas = _drawn(page, 1)
    assert _ink(canvas) > 100
    expect(page.get_by_text("Fichier intact")).to_be_visible()
    sheet = page.get_by_role("group", name=re.compile("Flèches"))
    sheet.focus()
    page.keyboard.press("ArrowRight")
    _drawn(page, 2)
    expect(page.get_by_text("Page 2 sur 3").first).to_be_visible()
    page.keyboard.press("End")
    width, _ = _size(_drawn(page, 3))
    for _ in range(6):
        page.keyboard.press("+")
    expect(page.get_by_role("status").filter(has_text="400\u00a0%")).to_have_count(1)
    _wait_until(page, lambda: _size(_drawn(page, 3))[0] == pytest.approx(4 * width, rel=0.02))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("r")
    _wait_until(page, lambda: operator.gt(*_size(_drawn(page, 3))))


def test_each_pdf_page_gives_its_text(page: Page, opened: Open) -> None:
    opened(PDF)
    _drawn(page, 1)
    page.get_by_text("Lire le texte de cette page").click()
    expect(page.locator(".page-text")).to_contain_text("Compte rendu, première page")
    page.get_by_role("button", name="Page suivante").click()
    expect(page.locator(".page-text")).to_contain_text("Deuxième page")


def test_damaged_pdf_is_offered_for_download(page: Page, opened: Open) -> None:
    canned = opened("/aide")
    broken = b"%PDF-1.4 nothing"
    shown = {**DOCUMENTS["pdf"], "sha256": _sha(broken), "size_bytes": len(broken)}
    canned.overrides[f"GET .*{shown['id']}$"] = lambda route: reply(route, shown)
    canned.overrides["/content$"] = lambda route: route.fulfill(body=broken)
    page.goto(PDF)
    expect(page.get_by_text("Ce fichier ne peut pas être affiché ici")).to_be_visible()
    expect(page.get_by_role("button", name="Télécharger")).to_be_visible()


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_altered_file_is_never_shown(page: Page, opened: Open) -> None:
    canned = opened("/aide")
    canned.overrides["/content$"] = lambda route: route.fulfill(body=pdf("Un autre fichier"))
    page.goto(PDF)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Ce fichier n’est pas celui qui a été déposé")
    expect(page.locator("canvas")).to_have_count(0)
    expect(page.get_by_text("Fichier intact")).to_have_count(0)
    expect(page.get_by_role("button", name="Télécharger")).to_have_count(0)


def test_a_long_file_says_how_far_it_is(page: Page, opened: Open) -> None:
    content = png(300, 200).ljust(5 << 20)
    shown, last = document(9, "Radiographie", "image/png", content), list[Route]()

    def slice_of(route: Route) -> None:
        wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", route.request.headers["range"])
        assert wanted
        first, end = int(wanted[1]), int(wanted[2])
        if first and not last:
            last.append(route)
        else:
            span = f"bytes {first}-{end}/{len(content)}"
            part, headers = content[first : end + 1], {"Content-Range": span}
            route.fulfill(status=206, body=part, content_type="image/png", headers=headers)

    canned = opened("/documents")
    canned.documents.append(shown)
    canned.overrides["/content$"] = slice_of
    page.goto(f"/documents/{shown['id']}")
    expect(page.get_by_text("Ouverture\u00a0: 4\u00a0Mo sur 5\u00a0Mo")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Ouverture du document")).to_be_visible()
    last.append(last[0])
    slice_of(last[0])
    expect(page.get_by_role("img", name="Radiographie")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)
    expect(page.get_by_text("Fichier intact")).to_be_visible()


def test_a_long_file_that_is_cut_is_asked_for_again(page: Page, opened: Open) -> None:
    content = png(300, 200).ljust(5 << 20)
    shown = document(9, "Radiographie", "image/png", content)
    canned = opened("/documents")
    canned.documents.append(shown)
    canned.overrides["/content$"] = lambda route: route.abort()
    page.goto(f"/documents/{shown['id']}")
    expect(page.get_by_role("button", name="Réessayer")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)


def test_download_has_a_good_name_and_the_same_bytes(page: Page, opened: Open) -> None:
    opened(PDF)
    with page.expect_download() as waited:
        page.get_by_role("button", name="Télécharger").click()
    date = DOCUMENTS["pdf"]["care_date"]
    expected = f"{date} Compte rendu de consultation – Dr Claire EXEMPLE.pdf"
    assert waited.value.suggested_filename == expected
    assert waited.value.path().read_bytes() == CONTENTS["pdf"]


def test_clinical_document_is_drawn_from_its_tree(page: Page, opened: Open) -> None:
    canned = opened(CDA)
    article = page.get_by_role("article", name="Contenu du document")
    expect(article.get_by_role("heading", level=2)).to_have_text(["Hormonologie"])
    expect(article.get_by_role("heading", level=3)).to_have_text(["Interprétation"])
    table = article.get_by_role("table", name="Bilan thyroïdien")
    expect(table.get_by_role("columnheader")).to_have_text(
        ["Analyse", "Résultat", "Unité", "Référence"]
    )
    expect(table.get_by_role("rowheader")).to_have_text(["TSH"])
    expect(article.get_by_role("img", name="Image du document « Courbe »")).to_be_visible()
    assert (
        canned.count("GET", f"/v1/patients/{PID}/documents/{DOCUMENTS['cda']['id']}/content") == 0
    )
    page.get_by_role("button", name="Vérifier que le fichier est intact").click()
    expect(page.get_by_text("Fichier intact").last).to_be_visible()


def test_markup_in_a_clinical_document_stays_text(page: Page, opened: Open) -> None:
    canned = opened("/aide")
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    section = {
        "type": "section",
        "title": hostile,
        "blocks": [
            {
                "type": "paragraph",
                "runs": [{"type": "text", "text": hostile, "target": "javascript:alert(3)"}],
            }
        ],
    }
    canned.overrides["/narrative$"] = lambda route: reply(
        route, {**NARRATIVE, "sections": [section]}
    )
    page.goto(CDA)
    expect(page.get_by_role("heading", name=hostile)).to_be_visible()
    article = page.get_by_role("article", name="Contenu du document")
    expect(article).to_contain_text("javascript:alert(3)")
    assert article.locator("a, script, img[src=x]").count() == 0


def test_text_and_picture_are_shown(page: Page, opened: Open) -> None:
    opened(f"/documents/{DOCUMENTS['text']['id']}")
    expect(page.get_by_text("fatigue depuis septembre")).to_be_visible()
    page.goto(f"/documents/{DOCUMENTS['png']['id']}")
    picture = page.get_by_role("img", name="Image du document « Photo d’ordonnance »")
    assert picture.evaluate("i => i.decode().then(() => i.naturalWidth)") == 300
    page.get_by_role("button", name="Agrandir").click()
    expect(page.get_by_text("125\u00a0%")).to_be_visible()


def test_a_corrected_version_says_so_and_leads_to_the_former(page: Page, opened: Open) -> None:
    canned = opened("/documents")
    former, newer = DOCUMENTS["cda"], DOCUMENTS["pdf"]
    canned.documents = [newer | {"replaces": former["id"]}, former]
    page.goto(PDF)
    expect(
        page.get_by_text(re.compile("^Version corrigée, reçue le .+ la précédente"))
    ).to_be_visible()
    page.get_by_role("link", name="Voir la version précédente").click()
    page.wait_for_url(f"**{CDA}")


def test_own_document_is_deleted_after_a_named_confirmation(page: Page, opened: Open) -> None:
    canned = opened(f"/documents/{DOCUMENTS['text']['id']}")
    asked: list[tuple[str, str | None]] = []

    def delete(route: object) -> None:
        request = route.request  # type: ignore[attr-defined]  # a Route
        asked.append((request.url.partition("?")[2], request.headers.get("if-match")))
        route.fulfill(status=204)  # type: ignore[attr-defined]  # a Route

    canned.overrides["^DELETE "] = delete
    page.get_by_role("button", name="Supprimer ce document").click()
    dialog = page.get_by_role("alertdialog", name="Supprimer ce document")
    expect(dialog).to_contain_text("disparaîtra pour toutes les personnes")
    dialog.get_by_label("Il est en double").check()
    dialog.get_by_role("button", name="Supprimer ce document").click()
    expect(page).to_have_url("/documents")
    expect(page.get_by_text("Le document est supprimé")).to_be_visible()
    assert asked == [("reason=duplicate", '"v1"')]


@pytest.mark.parametrize(
    ("who", "base", "kept"),
    [
        (PERSON, "/documents", "copie de sécurité du fichier est effacée sous 30"),
        (PROFESSIONAL, f"/pro/patients/{PID}/documents", "gardé à part comme incident"),
    ],
)
def test_who_deletes_is_told_what_is_kept(
    page: Page, opened: Open, who: str, base: str, kept: str
) -> None:
    opened(f"{base}/{DOCUMENTS['text']['id']}", who)
    page.get_by_role("button", name="Supprimer ce document").click()
    expect(page.get_by_role("alertdialog")).to_contain_text(kept)


def test_someone_elses_document_has_no_delete_button(page: Page, opened: Open) -> None:
    opened(CDA)
    expect(page.get_by_role("button", name="Télécharger")).to_be_visible()
    expect(page.get_by_role("button", name="Supprimer ce document")).to_have_count(0)


def test_stale_deletion_is_explained_and_nothing_is_lost(page: Page, opened: Open) -> None:
    canned = opened(f"/documents/{DOCUMENTS['text']['id']}")
    canned.overrides["^DELETE "] = lambda route: problem(route, 412, "stale", "Périmé")
    page.get_by_role("button", name="Supprimer ce document").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Supprimer ce document").click()
    expect(page.get_by_role("alertdialog")).to_contain_text("a changé entre-temps")


def test_links_say_who_can_see_and_who_saw(page: Page, opened: Open) -> None:
    opened(CDA)
    page.get_by_role("link", name="Qui l’a vu").click()
    expect(page).to_have_url(f"/acces?document={DOCUMENTS['cda']['id']}")
    expect(page.get_by_role("region", name="Dr Paul EXEMPLE")).to_have_count(0)
    expect(page.get_by_role("region", name="Dr Claire EXEMPLE")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Qui peut le lire").click()
    page.get_by_role("link", name="Voir mes professionnels autorisés").click()
    expect(page).to_have_url("/professionnels")


def test_print_has_the_name_and_no_navigation(page: Page, opened: Open) -> None:
    opened(CDA)
    page.emulate_media(media="print")
    expect(page.locator(".print-head")).to_contain_text(re.compile(r"Dominique\s+PAT-TROIS"))
    expect(page.locator(".print-head")).to_contain_text("28/03/1979")
    expect(page.get_by_role("navigation")).to_be_hidden()
    expect(page.get_by_role("button", name="Télécharger")).to_be_hidden()
    expect(page.get_by_role("table")).to_be_visible()
    assert page.pdf().startswith(b"%PDF")
