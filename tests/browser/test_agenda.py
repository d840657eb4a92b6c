"""The agenda: in a browser on given answers, then the whole of it on the running product."""

import re

import pytest
from playwright.sync_api import Page, expect

from infra.local.config import Config
from tests.browser.canned_agenda import OWN, THEIRS
from tests.browser.conftest import PHONE, Open, shoot
from tests.browser.product import PERSON, log_in
from tests.stack import fetch

pytestmark = pytest.mark.browser


def test_a_month_is_walked_with_the_arrows(page: Page, opened: Open) -> None:
    opened("/agenda?v=mois")
    page.locator("[tabindex='0'][data-day]").focus()
    before = page.evaluate("document.activeElement.dataset.day")

    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")

    after = page.evaluate("document.activeElement.dataset.day")
    assert page.evaluate("([a, b]) => (new Date(b) - new Date(a)) / 864e5", [before, after]) == 8


def test_everything_wrong_is_said_next_to_its_field_and_nothing_is_sent(
    page: Page, opened: Open
) -> None:
    canned = opened("/agenda/ajouter")
    page.get_by_label("Lien").fill("http://exemple.fr")
    page.get_by_role("button", name="Enregistrer").click()

    for said in ("Donnez un titre", "Choisissez la date", "Le lien doit commencer par"):
        expect(page.locator(".field-error").get_by_text(said)).to_be_visible()
    assert not [path for method, path in canned.asked if method == "POST" and "appoint" in path]


def test_an_hour_that_spring_skips_is_refused_with_the_right_one_offered(  # R19
    page: Page, opened: Open
) -> None:
    opened("/agenda/ajouter")
    page.get_by_label("Date", exact=True).fill("2027-03-28")
    page.get_by_label("Heure de début").fill("02:30")

    page.get_by_role("button", name="Mettre 3 h 30").click()

    expect(page.get_by_label("Heure de début")).to_have_value("03:30")


def test_an_hour_that_autumn_repeats_is_chosen(page: Page, opened: Open) -> None:  # R19
    opened("/agenda/ajouter")
    page.get_by_label("Date", exact=True).fill("2027-10-31")
    page.get_by_label("Heure de début").fill("02:30")

    expect(page.get_by_role("group", name="Cette heure existe deux fois")).to_be_visible()


def test_what_somebody_else_set_is_not_changed_here(page: Page, opened: Open) -> None:  # R-AGE-01
    opened(f"/agenda/{THEIRS['id']}")
    expect(page.get_by_text("Laboratoire Exemple").first).to_be_visible()
    expect(page.get_by_role("link", name="Choisir mes rappels")).to_be_visible()
    expect(page.get_by_role("link", name="Modifier")).to_have_count(0)


def test_no_title_is_in_an_address_or_a_page_title(page: Page, opened: Open) -> None:  # D13
    opened(f"/agenda/{OWN['id']}")
    assert "Dentiste" not in page.title()
    assert "dentiste" not in page.url.lower()


def test_an_appointment_is_set_moved_taken_away_and_brought_back(
    page: Page, product: Config
) -> None:
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    log_in(page, product.url, PERSON)
    page.goto(f"{product.url}/agenda/ajouter")
    page.get_by_label("Titre").fill("Contrôle de la vue")
    page.get_by_label("Date", exact=True).fill("2027-02-03")
    page.get_by_label("Heure de début").fill("10:15")
    page.get_by_role("button", name="Enregistrer").click()

    expect(page.get_by_role("heading", name="Contrôle de la vue")).to_be_visible()
    expect(page.get_by_text("10 h 15").first).to_be_visible()
    shoot(page, "product-appointment")

    page.get_by_role("link", name="Modifier").click()
    page.get_by_label("Heure de début").fill("11:00")
    page.get_by_label("Heure de fin").fill("11:30")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("11 h 00").first).to_be_visible()

    with page.expect_download() as download:
        page.get_by_role("button", name="Télécharger pour mon calendrier").click()
    assert "BEGIN:VALARM" in download.value.path().read_text(encoding="utf-8")

    page.get_by_role("button", name="Annuler le rendez-vous").click()
    page.get_by_role("button", name="Annuler", exact=True).click()
    expect(page.get_by_text("remis dans votre agenda")).to_be_visible()
    page.goto(f"{product.url}/agenda?v=liste")
    expect(page.get_by_role("link", name=re.compile("Contrôle de la vue"))).to_have_count(1)
    page.get_by_role("link", name=re.compile("Contrôle de la vue")).click()
    page.get_by_role("button", name="Annuler le rendez-vous").click()
    expect(page.get_by_text("Rendez-vous retiré.")).to_be_visible()


def test_a_calendar_subscribes_and_is_cut_off(page: Page, product: Config) -> None:  # A22
    log_in(page, product.url, PERSON)
    page.goto(f"{product.url}/agenda/abonnement")
    page.get_by_role("button", name="Créer le lien").click()
    url = page.get_by_label("Lien secret").input_value()
    path = url.removeprefix(product.url)

    shown = fetch(product.url, path)
    assert shown.status == 200
    assert b"Rendez-vous" in shown.body
    assert b"Consultation" not in shown.body

    page.get_by_role("button", name="J’ai ajouté le lien").click()
    page.get_by_role("button", name=re.compile("Couper ce lien")).first.click()
    expect(page.get_by_text("Le lien est coupé")).to_be_visible()
    assert fetch(product.url, path).status == 404
