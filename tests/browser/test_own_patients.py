"""D1: a professional's own patients, what is new in their records, and what ends soon."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import canned
from tests.browser.axe import violations
from tests.browser.canned import DOCUMENTS, NEWS, OTHER_PID, PATIENT, PID, PROFESSIONAL
from tests.browser.conftest import DESKTOP, PHONE, Open

pytestmark = pytest.mark.browser

ASK = "Afficher les noms et les nouveautés"


def test_nobody_is_named_and_no_record_is_read_until_asked(page: Page, opened: Open) -> None:
    answers = opened("/pro", PROFESSIONAL)
    soon = page.get_by_role("region", name="Autorisations qui se terminent bientôt")
    everyone = page.get_by_role("region", name="Mes patients")
    expect(soon.get_by_role("listitem")).to_have_count(1)
    expect(soon).to_contain_text("Patient, autorisation du 6 décembre 2025")
    expect(soon).to_contain_text("Jusqu’au 6 décembre 2026 (dans ")
    expect(everyone.get_by_role("listitem")).to_have_count(2)
    expect(everyone).to_contain_text("Dossier jamais ouvert")
    expect(page.get_by_role("main")).not_to_contain_text("PAT-TROIS")
    assert not [path for _, path in answers.asked if path.startswith("/v1/patients/")]


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_names_and_news_are_shown_on_demand(
    page: Page, opened: Open, size: tuple[int, int]
) -> None:
    answers = opened("/pro", PROFESSIONAL)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    other = {**PATIENT, "patient_id": OTHER_PID, "family_name": "PAT-QUATRE"}
    said = {"patient": other, "new_documents": 20, "has_more": True, "was_seen": False}
    answers.overrides[f"GET .*{OTHER_PID}/news"] = lambda route: canned.reply(route, said)
    expect(page.get_by_text("Chaque patient affiché le verra dans son historique.")).to_be_visible()
    page.get_by_role("button", name=ASK).click()

    everyone = page.get_by_role("list", name="Liste des patients")
    expect(everyone).to_contain_text("2 nouveaux documents")
    expect(everyone).to_contain_text("Plus de 20 documents à découvrir")
    expect(everyone).to_contain_text("PAT-QUATRE")
    expect(page.get_by_role("button", name=ASK)).to_have_count(0)
    assert answers.count("GET", f"/v1/patients/{PID}/news") == 1
    assert violations(page) == []


def test_opening_a_record_says_that_its_documents_were_seen(page: Page, opened: Open) -> None:
    answers = opened("/pro", PROFESSIONAL)
    marks: list[object] = []

    def marked(route: Route) -> None:
        marks.append(route.request.post_data_json)
        canned.send(route, 204)

    answers.overrides[f"PUT .*{PID}/news"] = marked
    page.get_by_role("link", name="autorisation du 6 décembre").first.click()
    expect(page.get_by_role("list", name="Liste des documents")).to_be_visible()
    page.get_by_label("Catégorie").select_option("Résultats de biologie")
    expect(page.get_by_text("4 documents")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("list", name="Liste des patients")).to_contain_text("PAT-TROIS")
    assert marks == [{"up_to": max(one["id"] for one in DOCUMENTS.values())}]


def test_an_authorisation_taken_back_meanwhile_leaves_the_list(page: Page, opened: Open) -> None:
    answers = opened("/pro", PROFESSIONAL)
    answers.overrides[f"GET .*{OTHER_PID}/news"] = lambda route: canned.problem(
        route, 404, "not-found", "Introuvable"
    )
    left = {"items": canned.OWN_PATIENTS[1:], "next": None}
    answers.overrides["GET .*/professionals/me/patients"] = lambda route: canned.reply(route, left)
    everyone = page.get_by_role("list", name="Liste des patients")
    expect(everyone.get_by_role("listitem")).to_have_count(2)
    page.get_by_role("button", name=ASK).click()
    expect(everyone.get_by_role("listitem")).to_have_count(1)
    expect(everyone).to_contain_text("PAT-TROIS")


def test_what_fails_is_said_and_asked_again(page: Page, opened: Open) -> None:
    answers = opened("/pro", PROFESSIONAL)
    answers.overrides[f"GET .*{OTHER_PID}/news"] = lambda route: canned.problem(
        route, 503, "unavailable", "Service indisponible"
    )
    page.get_by_role("button", name=ASK).click()
    expect(page.get_by_role("alert")).to_contain_text("Le service ne répond pas")
    answers.overrides.clear()
    answers.overrides[f"GET .*{OTHER_PID}/news"] = lambda route: canned.reply(
        route, {**NEWS, "patient": {**PATIENT, "patient_id": OTHER_PID}, "new_documents": 0}
    )
    page.get_by_role("button", name="Réessayer").click()
    expect(page.get_by_text("Rien de nouveau")).to_be_visible()
    assert answers.count("GET", f"/v1/patients/{PID}/news") == 1
