"""What a person sees at second look: her own number, what she typed, what she undoes."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.canned import (
    GRANTS,
    IDENTITY,
    PERSON,
    PID,
    PROFESSIONAL,
    Canned,
    problem,
    reply,
)
from tests.browser.canned_agenda import APPOINTMENTS, PREFERENCES
from tests.browser.conftest import DESKTOP, PHONE, Open, settled

pytestmark = pytest.mark.browser
_RECORD = f"/v1/patients/{PID}"


def test_her_number_is_shown_on_request_grouped_and_kept_nowhere(page: Page, opened: Open) -> None:
    canned = opened("/plus")
    assert canned.count("GET", f"{_RECORD}/identity") == 0
    page.get_by_role("button", name="Afficher mon matricule INS").click()
    expect(page.locator("#ins-number")).to_have_text("2 79 03 51 215 189 89")
    expect(page.get_by_text("Dominique, Marie-Louise")).to_be_visible()
    page.get_by_role("button", name="Masquer").click()
    expect(page.locator("#ins-number")).to_have_count(0)
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, location.href])")
    assert IDENTITY["ins"] not in kept


def test_a_professional_has_no_number_to_show(page: Page, opened: Open) -> None:
    opened("/plus", PROFESSIONAL)
    expect(page.get_by_role("heading", name="Affichage")).to_be_visible()
    expect(page.get_by_role("heading", name="Mon identité")).to_have_count(0)


def test_half_filled_appointment_waits_for_her_in_memory_only(page: Page, opened: Open) -> None:
    opened("/agenda/ajouter")
    page.get_by_label("Titre").fill("Dermatologue")
    page.get_by_role("link", name="Accueil", exact=True).click()
    expect(page.get_by_role("heading", name="Derniers accès")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Titre")).to_have_value("Dermatologue")
    expect(page.get_by_text("rien n’est encore enregistré")).to_be_visible()
    kept = page.evaluate("[...Object.entries(localStorage), ...Object.entries(sessionStorage)]")
    assert kept == [["carnet.session", "open"]]
    page.get_by_role("button", name="Recommencer").click()
    expect(page.get_by_label("Titre")).to_have_value("")


def test_saved_appointment_leaves_no_draft(page: Page, opened: Open) -> None:
    canned = opened("/agenda/ajouter")
    canned.overrides["POST .*/appointments"] = lambda route: reply(route, APPOINTMENTS[0], 201)
    page.get_by_label("Titre").fill("Dentiste")
    page.get_by_label("Date", exact=True).fill("2027-03-02")
    page.get_by_label("Heure de début").fill("09:30")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page).to_have_url(re.compile(APPOINTMENTS[0]["id"]))
    page.get_by_role("link", name="Agenda", exact=True).first.click()
    page.get_by_role("link", name="Ajouter un rendez-vous").first.click()
    expect(page.get_by_label("Titre")).to_have_value("")


def test_change_made_meanwhile_gives_a_way_out_and_a_short_code(page: Page, opened: Open) -> None:
    one = APPOINTMENTS[0]
    canned = opened(f"/agenda/{one['id']}/modifier")
    canned.overrides["PATCH "] = lambda route: problem(route, 412, "stale", "Changé")
    page.get_by_label("Titre").fill("Mon titre")
    page.get_by_role("button", name="Enregistrer").click()
    alert = page.get_by_role("alert").filter(has_text="a changé entre-temps")
    expect(alert).to_contain_text("4F7K-2MQX")
    newer = {**one, "title": "Titre venu d’ailleurs", "version": 2}
    canned.overrides[f"GET .*/{one['id']}$"] = lambda route: reply(route, newer)
    alert.get_by_role("button", name="Voir la dernière version").click()
    expect(page.get_by_label("Titre")).to_have_value(newer["title"])
    expect(alert).to_have_count(0)


def test_quiet_hours_that_mean_nothing_are_refused(page: Page, opened: Open) -> None:
    canned = opened("/plus/avis")
    page.get_by_label("Jusqu’à").fill(PREFERENCES["quiet_from"])
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("group", name="Vérifiez votre saisie")).to_contain_text(
        "deux heures différentes"
    )
    assert canned.count("PUT", f"{_RECORD}/preferences") == 0


def test_no_quiet_hours_are_a_box_to_tick(page: Page, opened: Open) -> None:
    canned = opened("/plus/avis")
    sent: list[Any] = []

    def keep(route: Route) -> None:
        sent.append(route.request.post_data_json)
        reply(route, PREFERENCES | {"quiet_from": None, "quiet_until": None, "version": 1})

    canned.overrides["PUT .*/preferences$"] = keep
    page.get_by_label("Pas d’heures de silence").check()
    expect(page.get_by_label("Jusqu’à")).to_have_count(0)
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Vos choix sont enregistrés.")).to_be_visible()
    assert (sent[0]["quiet_from"], sent[0]["quiet_until"]) == (None, None)
    page.get_by_label("Pas d’heures de silence").uncheck()
    expect(page.get_by_label("Jusqu’à")).to_have_value("08:00")


def test_titles_of_choices_are_inside_their_boxes(page: Page, opened: Open) -> None:
    opened("/plus/avis")
    for name in ("Recevoir un e-mail", "Heures de silence"):
        box = page.get_by_role("group", name=name)
        card, title = box.bounding_box(), box.locator("legend").bounding_box()
        assert card
        assert title
        assert title["y"] >= card["y"] + 16
        assert title["x"] >= card["x"] + 16
    for choice in page.locator(".check").all():
        label, mark = choice.bounding_box(), choice.locator("input").bounding_box()
        assert label
        assert mark
        assert mark["x"] >= label["x"] + 8


@pytest.mark.parametrize("size", ["normal", "larger"])
@pytest.mark.parametrize("path", ["/agenda/ajouter", "/plus/avis", "/accueil", "/agenda?v=mois"])
def test_large_text_fits_a_phone(page: Page, opened: Open, path: str, size: str) -> None:
    page.add_init_script(f"localStorage.setItem('carnet.size', '{size}')")
    opened(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    places = page.locator(".places")
    bar = places.bounding_box()
    assert bar
    for label in places.locator("li:visible span").all():
        box = label.bounding_box()
        assert box
        assert box["y"] + box["height"] <= PHONE[1]
    outside = page.evaluate(
        """() => [...document.querySelectorAll('.card input')].filter(input => {
          const [a, b] = [input, input.closest('.card')].map(e => e.getBoundingClientRect());
          return a.right > b.right - 8;
        }).map(input => input.id)"""
    )
    assert outside == []


def test_withdrawn_access_keeps_the_focus_and_offers_to_come_back(page: Page, opened: Open) -> None:
    canned = opened("/professionnels")
    canned.overrides["DELETE .*/authorisations/"] = lambda route: route.fulfill(status=204)
    gone = {**GRANTS[0], "status": "withdrawn", "version": 2}
    canned.overrides["GET .*/authorisations"] = lambda route: reply(
        route, {"items": [gone, GRANTS[1]], "next": None}
    )
    page.get_by_role("button", name="Retirer l’accès de Dr Claire EXEMPLE").click()
    expect(page.get_by_role("button", name="Rétablir l’accès")).to_be_visible()
    expect(page.get_by_role("heading", name="Dr Claire EXEMPLE")).to_be_focused()
    expect(page.get_by_role("heading", name="Dr Claire EXEMPLE")).to_be_in_viewport()


def test_message_leaves_the_button_just_pressed_free_on_a_phone(page: Page, opened: Open) -> None:
    canned = opened("/plus/avis")
    canned.overrides["PUT .*/preferences"] = lambda route: reply(route, PREFERENCES)
    save = page.get_by_role("button", name="Enregistrer")
    save.click()
    expect(page.get_by_text("Vos choix sont enregistrés.")).to_be_visible()
    message, button = page.locator(".toast").bounding_box(), save.bounding_box()
    assert message
    assert button
    assert message["y"] + message["height"] <= button["y"]


def test_before_a_key_is_given_its_end_is_said(page: Page, opened: Open) -> None:
    opened("/professionnels")
    page.get_by_role("button", name="Autoriser de nouveau Dr Paul EXEMPLE").click()
    dialog = page.get_by_role("dialog", name="Autoriser Dr Paul EXEMPLE")
    expect(dialog).to_contain_text(re.compile(r"pendant un an, jusqu’au \d+(er)?\s\w+\s20\d\d"))
    expect(dialog).to_contain_text("lui restent fermés")


def test_wrong_number_clears_the_former_results(page: Page, opened: Open) -> None:
    opened("/professionnels")
    page.get_by_label("Nom de famille").fill("EXEMPLE")
    page.get_by_role("button", name="Rechercher").click()
    expect(page.get_by_text("1 professionnel trouvé")).to_be_visible()
    page.get_by_label("Numéro RPPS").fill("12")
    page.get_by_role("button", name="Rechercher").click()
    expect(page.get_by_role("group", name="Vérifiez votre saisie")).to_be_focused()
    expect(page.get_by_text("professionnel trouvé")).to_have_count(0)


def test_link_is_cut_after_a_question(page: Page, opened: Open) -> None:
    canned = opened("/agenda/abonnement")
    canned.overrides["^DELETE "] = lambda route: route.fulfill(status=204)
    page.get_by_role("button", name=re.compile("Couper ce lien")).first.click()
    assert not [method for method, _ in canned.asked if method == "DELETE"]
    question = page.get_by_role("alertdialog", name="Couper ce lien")
    question.get_by_role("button", name="Couper ce lien").click()
    expect(page.get_by_text("Le lien est coupé")).to_be_visible()
    expect(question).to_have_count(0)


def test_record_closed_while_open_is_said_to_be_so(page: Page, opened: Open) -> None:
    canned = opened(f"/pro/patients/{PID}", PROFESSIONAL)
    canned.overrides[f"GET .*{PID}(/documents)?$"] = lambda route: problem(
        route, 404, "not-found", "Introuvable"
    )
    page.get_by_role("link", name="Déposer", exact=True).click()
    expect(page.get_by_text("Ce dossier ne vous est plus ouvert")).to_be_visible()
    expect(page.get_by_text("Vérifiez le matricule INS")).to_have_count(0)


def test_professional_filters_a_record_and_the_filter_stays(page: Page, opened: Open) -> None:
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    canned = opened(f"/pro/patients/{PID}", PROFESSIONAL)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_label("Catégorie").select_option("BIOLOGIE")
    expect(page).to_have_url(re.compile(r"\?c=2$"))
    settled(page)
    assert any("category=BIOLOGIE" in url for url in asked)
    page.locator(".triage-list .row").first.click()
    expect(page.get_by_label("Catégorie")).to_have_value("BIOLOGIE")
    assert canned.count("GET", f"{_RECORD}/documents") == 2


def test_whoever_is_in_is_not_asked_to_log_in_again(page: Page) -> None:
    canned = Canned(PERSON)
    canned.install(page)
    page.goto("/connexion", wait_until="commit")  # it leaves before it has loaded
    expect(page).to_have_url("/accueil")


def test_whoever_is_out_is_asked_to_log_in(page: Page) -> None:
    canned = Canned(PERSON)
    canned.who = None
    canned.install(page)
    page.goto("/connexion")
    expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")


def test_place_behind_more_is_marked_on_a_phone(page: Page, opened: Open) -> None:
    opened("/professionnels")
    expect(page.get_by_role("link", name="Plus", exact=True)).to_have_attribute(
        "aria-current", "true"
    )


def test_who_may_read_a_document_is_said(page: Page, opened: Open) -> None:
    opened("/documents")
    page.get_by_role("link", name="Bilan thyroïdien").click()
    page.get_by_role("button", name="Qui peut le lire").click()
    dialog = page.get_by_role("dialog", name="Qui peut lire ce document")
    expect(dialog).to_contain_text("Laboratoire des Capucins")
    expect(dialog).to_contain_text("si leur profession permet ce type de document")


def test_second_tap_does_not_stop_what_the_first_sent(page: Page, opened: Open) -> None:
    canned = opened("/documents/ajouter")
    page.locator("#files").set_input_files(
        {"name": "bilan.txt", "mimeType": "text/plain", "buffer": b"un texte"}
    )
    page.get_by_label("Type de document").select_option("EXPPAT_2")
    canned.overrides["POST .*/documents$"] = lambda route: route.abort()
    page.get_by_role("button", name="Envoyer le fichier").click()
    held: list[object] = []
    again = page.get_by_role("button", name="Réessayer")
    expect(again).to_be_visible()
    canned.overrides["POST .*/documents$"] = held.append
    card = page.get_by_role("article", name="bilan.txt")
    again.click()
    stop = card.get_by_role("button", name="Arrêter l’envoi")
    stop.click()
    expect(stop).to_be_visible()
    page.wait_for_timeout(600)
    stop.click()
    expect(card).to_contain_text("Envoi arrêté")
    expect(card).to_contain_text("ne le déposera pas deux fois")
    card.get_by_role("button", name="Retirer").click()
    expect(page.locator("#queue")).to_be_focused()


def test_photo_of_a_recent_phone_is_taken_and_said_not_to_be_shown(
    page: Page, opened: Open
) -> None:
    opened("/documents/ajouter")
    heic = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"
    page.locator("#files").set_input_files(
        {"name": "IMG_2.HEIC", "mimeType": "image/heic", "buffer": heic}
    )
    card = page.get_by_role("article", name="IMG_2.HEIC")
    expect(card).to_contain_text("il faudra la télécharger")
    expect(card).to_contain_text("Le plus compatible")
