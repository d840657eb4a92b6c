"""What one was doing is not lost: the focus, the words looked for, the file that waits."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.canned import DOCUMENTS, PID, PROFESSIONAL, problem
from tests.browser.canned_agenda import APPOINTMENTS, NOTICES, RECOMMENDATIONS
from tests.browser.conftest import PHONE, Open, shoot
from tests.browser.test_deposit import _card, _choose, _file
from tests.browser.test_prevention import Answers

pytestmark = pytest.mark.browser


def _focused_in(page: Page, selector: str) -> None:
    expect(page.locator(f"{selector} :focus")).to_have_count(1)


def test_the_focus_stays_near_a_notice_that_is_deleted(page: Page, opened: Open) -> None:
    canned = opened("/notifications")
    canned.overrides["DELETE .*/notices/01"] = lambda route: route.fulfill(status=204)
    for left in range(len(NOTICES) - 1, 0, -1):
        page.get_by_role("button", name=re.compile("^Supprimer l’avis")).first.press("Enter")
        expect(page.locator(".notice")).to_have_count(left)
        _focused_in(page, ".notice")
    page.get_by_role("button", name=re.compile("^Supprimer l’avis")).press("Enter")
    expect(page.locator(".notice")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_be_focused()


@pytest.mark.parametrize("answer", ["Non concerné", "Plus tard"])
def test_the_focus_stays_near_a_recommendation_that_was_answered(
    page: Page, opened: Open, answer: str
) -> None:
    kept = Answers(opened("/agenda/prevention"))
    card = page.get_by_role("article", name=RECOMMENDATIONS[0]["title"])
    card.get_by_role("button", name=re.compile(answer)).press("Enter")
    if answer == "Plus tard":
        page.get_by_role("dialog").get_by_role("button", name="Enregistrer").press("Enter")
    expect(page.get_by_role("button", name="Rétablir", exact=True)).to_be_visible()
    assert len(kept.told) == 1
    _focused_in(page, "main")


def test_words_looked_for_are_found_again_on_the_way_back_only(page: Page, opened: Open) -> None:
    opened("/documents")
    search = page.get_by_label("Chercher dans la liste")
    search.fill("thyroidien")
    page.get_by_role("link", name=re.compile("Bilan thyroïdien")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bilan thyroïdien")
    page.locator(".back").click()
    expect(search).to_have_value("thyroidien")
    expect(page.get_by_text("1 document trouvé sur 4 documents")).to_be_visible()
    assert "thyro" not in page.url
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, history.state])")
    assert "thyro" not in kept
    page.get_by_role("link", name="Accueil", exact=True).click()
    page.get_by_role("link", name="Documents", exact=True).click()
    expect(search).to_have_value("")


def test_a_file_behind_another_says_that_it_waits_and_may_be_taken_out(
    page: Page, opened: Open
) -> None:
    canned = opened("/documents/ajouter")
    held: list[Route] = []
    canned.overrides[f"POST .*/{PID}/documents$"] = held.append
    _choose(page, _file("bilan.txt", b"un"), _file("note.txt", b"deux"))
    expect(page.get_by_label("Type de document")).to_have_count(2)
    for field in page.get_by_label("Type de document").all():
        field.select_option("DOCPAT05")
    page.get_by_role("button", name="Envoyer les 2 fichiers").click()
    waiting = _card(page, "note.txt")
    expect(waiting).to_contain_text("En attente d’envoi")
    expect(page.get_by_role("button", name=re.compile("^Envoyer"))).to_have_count(0)
    expect(waiting.get_by_label("Titre")).to_have_count(0)
    shoot(page, "upload-queued")
    waiting.get_by_role("button", name=re.compile("^Retirer")).click()
    problem(held[0], 503, "unavailable", "Service indisponible")
    expect(_card(page, "bilan.txt")).to_contain_text("Non envoyé")
    # Taken out while it waited, it does not leave after the first one.
    assert canned.count("POST", f"/v1/patients/{PID}/documents") == 1


def test_what_is_missing_names_the_file_when_there_are_several(page: Page, opened: Open) -> None:
    opened("/documents/ajouter")
    _choose(page, _file("un.txt", b"un"), _file("deux.txt", b"deux"))
    page.get_by_label("Type de document").first.select_option("DOCPAT05")
    page.get_by_role("button", name="Envoyer les 2 fichiers").click()
    summary = page.get_by_role("group", name="Vérifiez votre saisie")
    expect(summary).to_contain_text(re.compile(r"deux\.txt\s: Choisissez le type de ce document"))
    expect(summary).not_to_contain_text("un.txt :")


def test_an_appointment_that_is_gone_is_not_said_to_be_locked(page: Page, opened: Open) -> None:
    canned = opened("/agenda")
    canned.overrides["GET .*/appointments/01"] = lambda route: problem(
        route, 404, "not-found", "Introuvable"
    )
    page.goto(f"/agenda/{APPOINTMENTS[0]['id']}")
    expect(page.get_by_role("heading", level=2)).to_have_text(
        "Ce rendez-vous n’est plus dans votre agenda"
    )
    expect(page.get_by_role("alert")).to_have_count(0)


def test_words_of_the_doctors_bar_do_not_touch_on_a_phone(page: Page, opened: Open) -> None:
    opened(f"/pro/patients/{PID}", PROFESSIONAL)
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    boxes = [word.bounding_box() for word in page.locator(".places li:visible a > span").all()]
    edges = [(box["x"], box["x"] + box["width"]) for box in boxes if box]
    assert len(edges) == 5
    gaps = [after[0] - before[1] for before, after in pairwise(edges)]
    assert min(gaps) >= 4, gaps
    shoot(page, "pro-bar-360")


def test_dates_that_begin_a_line_have_a_capital(page: Page, opened: Open) -> None:
    opened(f"/pro/patients/{PID}/rendez-vous", PROFESSIONAL)
    letter = "e => getComputedStyle(e, '::first-letter').textTransform"
    assert page.locator(".result .begins").first.evaluate(letter) == "uppercase"
    opened(f"/documents/{DOCUMENTS['pdf']['id']}")
    assert page.locator(".facts .begins").evaluate(letter) == "uppercase"
