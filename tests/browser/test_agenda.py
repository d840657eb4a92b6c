"""The agenda by keyboard, the hours that clocks skip, and what can be undone."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from infra.local.config import Config
from tests.browser.canned import PID, PROFESSIONAL, problem, reply
from tests.browser.canned_agenda import APPOINTMENTS, RECOMMENDATIONS
from tests.browser.conftest import DESKTOP, PHONE, Open, settled, shoot
from tests.browser.product import PERSON, log_in
from tests.stack import fetch

pytestmark = pytest.mark.browser
_RECORD = f"/v1/patients/{PID}"
OWN = next(one for one in APPOINTMENTS if one["is_own"])
THEIRS = next(one for one in APPOINTMENTS if not one["is_own"])


@pytest.mark.parametrize(
    ("size", "name"),
    [(PHONE, "À venir"), ((959, 800), "À venir"), ((960, 800), "Mois"), (DESKTOP, "Mois")],
    ids=str,
)
def test_the_agenda_opens_as_a_list_on_a_phone_and_as_a_month_where_there_is_room(  # P10
    page: Page, opened: Open, size: tuple[int, int], name: str
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    opened("/agenda")
    expect(page).to_have_url(re.compile("/agenda$"))
    current = page.locator(".views [aria-current=page]")
    expect(current).to_have_text(name)
    expect(page.get_by_role("grid")).to_have_count(1 if name == "Mois" else 0)
    expect(page.locator(".list-count")).to_have_count(0 if name == "Mois" else 1)
    # What the address asks for goes before the room there is.
    page.goto("/agenda?v=liste" if name == "Mois" else "/agenda?v=mois")
    settled(page)
    expect(current).not_to_have_text(name)


def test_month_is_walked_with_the_arrows(page: Page, opened: Open) -> None:
    opened("/agenda?v=mois")
    page.locator("[aria-current=date]").focus()
    before = page.evaluate("document.activeElement.dataset.day")
    page.keyboard.press("PageDown")
    page.keyboard.press("ArrowRight")
    focused = page.locator(":focus")
    expect(focused).to_have_attribute("data-day", re.compile(r"\d{4}-\d{2}-\d{2}"))
    after = page.evaluate("document.activeElement.dataset.day")
    assert after[:7] > before[:7]
    expect(page.locator("[role=grid] [tabindex='0']")).to_have_count(1)


def test_hour_that_spring_skips_is_refused_and_another_is_offered(page: Page, opened: Open) -> None:
    canned = opened("/agenda/ajouter")
    page.get_by_label("Titre").fill("Garde")
    page.get_by_label("Date").fill("2027-03-28")
    page.get_by_label("Heure de début").fill("02:30")
    expect(page.get_by_text("n’existe pas ce jour-là").first).to_be_visible()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("group", name="Vérifiez votre saisie")).to_be_focused()
    assert canned.count("POST", f"{_RECORD}/appointments") == 0
    page.get_by_role("button", name=re.compile("Mettre 3.h.30")).click()
    expect(page.get_by_label("Heure de début")).to_have_value("03:30")


def test_what_the_server_refuses_is_said_next_to_its_field(page: Page, opened: Open) -> None:
    canned = opened("/agenda/ajouter")
    error = {
        "pointer": "/reminders",
        "code": "too_many_reminders",
        "detail": "Dix rappels au plus ce jour-là.",
        "detail_en": "At most ten reminders that day.",
    }
    canned.overrides["POST .*/appointments"] = lambda route: problem(
        route, 422, "invalid", "Saisie refusée", errors=[error]
    )
    page.get_by_label("Titre").fill("Dentiste")
    page.get_by_label("Date").fill("2027-03-02")
    page.get_by_label("Heure de début").fill("09:30")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#reminders-error")).to_contain_text("Dix rappels au plus")
    expect(page.get_by_label("Titre")).to_have_value("Dentiste")


def test_cancelled_appointment_comes_back_in_one_press(page: Page, opened: Open) -> None:
    one = APPOINTMENTS[0]
    canned = opened(f"/agenda/{one['id']}")
    canned.overrides["DELETE .*/appointments/"] = lambda route: route.fulfill(status=204)
    sent: list[Any] = []

    def add(route: Route) -> None:
        sent.append(route.request.post_data_json)
        reply(route, one, 201)

    canned.overrides["POST .*/appointments"] = add
    page.get_by_role("button", name="Annuler le rendez-vous").click()
    expect(page.get_by_text("Rendez-vous retiré.")).to_be_visible()
    page.get_by_role("button", name="Rétablir").click()
    expect(page.get_by_text("est remis dans votre agenda")).to_be_visible()
    assert {key: sent[0][key] for key in ("title", "start", "reminders", "note")} == {
        key: one[key] for key in ("title", "start", "reminders", "note")
    }


def test_planning_a_vaccine_opens_a_form_whose_address_says_nothing(
    page: Page, opened: Open
) -> None:
    opened("/agenda/prevention")
    title = RECOMMENDATIONS[0]["title"]
    page.get_by_role("button", name=f"Planifier un rendez-vous : {title}").click()
    expect(page.get_by_label("Titre")).to_have_value(title)
    expect(page).to_have_url(re.compile("/agenda/ajouter$"))


def test_deleted_notice_is_restored(page: Page, opened: Open) -> None:
    canned = opened("/notifications")
    canned.overrides["(DELETE|PUT) .*/notices/01"] = lambda route: route.fulfill(status=204)
    expect(page.get_by_text("Nouveau", exact=True)).to_have_count(2)
    expect(page.get_by_role("link", name="Avis : aucun nouveau")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Supprimer l’avis")).first.click()
    expect(page.locator(".notice")).to_have_count(3)
    page.get_by_role("button", name="Rétablir", exact=True).click()
    expect(page.locator(".notice")).to_have_count(4)
    assert canned.count("PUT", f"{_RECORD}/notices/read") == 1


def test_an_hour_that_autumn_repeats_is_chosen(page: Page, opened: Open) -> None:  # R19
    opened("/agenda/ajouter")
    page.get_by_label("Date", exact=True).fill("2027-10-31")
    page.get_by_label("Heure de début").fill("02:30")

    expect(page.get_by_role("group", name="Cette heure existe deux fois")).to_be_visible()


def test_what_somebody_else_set_is_not_changed_here(page: Page, opened: Open) -> None:  # R-AGE-01
    opened(f"/agenda/{THEIRS['id']}")
    expect(page.get_by_text(THEIRS["author"]["name"]).first).to_be_visible()
    expect(page.get_by_role("link", name="Choisir mes rappels")).to_be_visible()
    expect(page.get_by_role("link", name="Modifier")).to_have_count(0)


def test_what_clocks_changed_is_told_to_who_asked(page: Page, opened: Open) -> None:  # R19
    canned = opened("/accueil")
    settled = OWN | {"warnings": ["start_moved", "end_moved"]}
    canned.overrides[f"GET .*/appointments/{OWN['id']}"] = lambda route: reply(route, settled)
    page.goto(page.url.replace("/accueil", f"/agenda/{OWN['id']}"))
    told = page.get_by_text("n’existe pas ce jour-là")
    expect(told).to_have_count(2)
    expect(told.first).to_contain_text(re.compile(r"Le rendez-vous est noté à 9\sh\s30\."))


def test_reminders_that_no_mail_carries_say_so(page: Page, opened: Open) -> None:
    """NO_CHANNEL: no verified address, or no mail wanted; both are told in the product only."""
    opened(f"/agenda/{THEIRS['id']}")
    expect(page.get_by_text("Aucun e-mail ne part pour ces rappels")).to_be_visible()


def test_prevention_says_what_it_does_not_compute(page: Page, opened: Open) -> None:  # D12
    opened("/agenda/prevention")
    limits = page.get_by_role("region", name="Ce que cette page ne dit pas")
    expect(limits).to_contain_text("Le rattrapage des vaccins manqués n’est pas calculé.")
    expect(limits).to_contain_text("Ne rien voir ici ne veut donc pas dire être à jour.")
    limits.scroll_into_view_if_needed()
    shoot(page, "prevention-limits")


def test_a_professional_looks_at_what_is_past_too(page: Page, opened: Open) -> None:
    canned = opened(f"/pro/patients/{PID}/rendez-vous", PROFESSIONAL)
    page.get_by_role("link", name="Passés").click()
    expect(page).to_have_url(re.compile(r"rendez-vous\?v=passes$"))
    expect(page.get_by_role("link", name="Passés")).to_have_attribute("aria-current", "page")
    expect(page.get_by_text(OWN["title"]).first).to_be_visible()
    assert canned.count("GET", f"{_RECORD}/appointments") == 2
    shoot(page, "pro-past")


def test_no_title_is_in_an_address_or_a_page_title(page: Page, opened: Open) -> None:  # D13
    opened(f"/agenda/{OWN['id']}")
    assert OWN["title"] not in page.title()
    assert OWN["title"].lower() not in page.url.lower()


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
    page.get_by_role("button", name="Rétablir").click()
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
    question = page.get_by_role("alertdialog", name="Couper ce lien")
    question.get_by_role("button", name="Couper ce lien").click()
    expect(page.get_by_text("Le lien est coupé")).to_be_visible()
    assert fetch(product.url, path).status == 404


def test_what_was_done_is_said_with_its_day_and_taken_back(page: Page, product: Config) -> None:
    log_in(page, product.url, PERSON)
    page.goto(f"{product.url}/agenda/prevention")
    done = page.get_by_role("button", name=re.compile("^C’est fait")).first
    done.click()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Choisissez une date, même approximative")).to_be_visible()

    page.get_by_label("Date", exact=True).fill("2026-03-01")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Réalisé le 1").first).to_be_attached()
    shoot(page, "product-prevention")

    page.get_by_role("button", name="Rétablir", exact=True).click()
    expect(page.get_by_text("comme avant")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name=re.compile("^C’est fait")).first).to_be_visible()
    expect(page.get_by_text("Réalisé le 1")).to_have_count(0)
