"""What the agenda says of itself: another clock, past reminders, what is planned or waits."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.canned import PID, PROFESSIONAL, reply
from tests.browser.canned_agenda import APPOINTMENTS, PREFERENCES, RECOMMENDATIONS
from tests.browser.conftest import PHONE, Open, shoot

pytestmark = pytest.mark.browser
OWN = APPOINTMENTS[0]
# The browser of these tests stands in Cayenne; the record's zone is Paris's.
HERE = "America/Cayenne"
FLU, PLANNED, DONE = RECOMMENDATIONS[0], RECOMMENDATIONS[5], RECOMMENDATIONS[4]


def test_the_clock_of_the_device_is_offered_and_taken(page: Page, opened: Open) -> None:
    canned = opened("/agenda?v=liste")
    sent: list[Any] = []

    def keep(route: Route) -> None:
        sent.append(route.request.post_data_json)
        reply(route, PREFERENCES | {"zone": HERE, "version": 1})

    canned.overrides["PUT .*/preferences"] = keep
    shoot(page, "agenda-zone-offer")
    page.get_by_role("button", name=re.compile("^Utiliser l’heure")).click()
    expect(page.get_by_text("Vos choix sont enregistrés.")).to_be_visible()
    expect(page.get_by_text("Votre appareil est à l’heure")).to_have_count(0)
    assert [body["zone"] for body in sent] == [HERE]
    assert sent[0]["mail"] == PREFERENCES["mail"]


def test_the_clock_refused_is_not_offered_again_on_this_device(page: Page, opened: Open) -> None:
    canned = opened("/agenda?v=liste")
    page.get_by_role("button", name=re.compile("^Garder l’heure")).click()
    expect(page.get_by_text("Votre appareil est à l’heure")).to_have_count(0)
    page.reload()
    expect(page.locator(".list-count")).to_be_visible()
    expect(page.get_by_text("Votre appareil est à l’heure")).to_have_count(0)
    assert canned.count("PUT", f"/v1/patients/{PID}/preferences") == 0
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert HERE not in kept
    assert PID not in kept


def test_reminders_of_the_past_are_said_so(page: Page, opened: Open) -> None:
    canned = opened("/agenda?v=liste")
    canned.overrides["GET .*/appointments/01"] = lambda route: reply(
        route, OWN | {"reminders_past": [1440]}
    )
    page.goto(f"/agenda/{OWN['id']}")
    leads = page.locator(".lead-list li")
    expect(leads.nth(0)).to_contain_text("déjà passé, ne sera plus envoyé")
    expect(leads.nth(1)).not_to_contain_text("passé")


@pytest.mark.parametrize(
    ("end_at", "said"), [("2020-01-01", "avait fixé"), ("2099-01-01", "a fixé")]
)
def test_what_others_set_is_spoken_of_as_past_once_it_is(
    page: Page, opened: Open, end_at: str, said: str
) -> None:
    canned = opened("/agenda?v=liste")
    theirs = {
        "is_own": False,
        "end_at": f"{end_at}T10:00:00Z",
        "author": {"kind": "professional", "name": "Dr Claire EXEMPLE"},
    }
    canned.overrides["GET .*/appointments/01"] = lambda route: reply(route, OWN | theirs)
    page.goto(f"/agenda/{OWN['id']}")
    expect(page.get_by_text(f"Dr Claire EXEMPLE {said} ce rendez-vous")).to_be_visible()
    expect(page.get_by_text("appelez ceux qui ont fixé")).to_have_count(
        1 if said == "a fixé" else 0
    )


def test_what_is_planned_leads_to_its_appointment(page: Page, opened: Open) -> None:
    opened("/agenda/prevention")
    card = page.get_by_role("article", name=PLANNED["title"])
    expect(card.locator(".prevention-when")).to_contain_text("Rendez-vous prévu le")
    expect(card.get_by_role("button", name=re.compile("^Planifier"))).to_have_count(0)
    shoot(page, "prevention-planned")
    card.get_by_role("link", name=f"Voir le rendez-vous : {PLANNED['title']}").click()
    expect(page).to_have_url(re.compile(f"/agenda/{PLANNED['appointment_id']}$"))


def test_planning_ties_the_appointment_and_undoing_ties_it_again(page: Page, opened: Open) -> None:
    canned = opened("/agenda/prevention")
    sent: list[Any] = []
    one = OWN | {"recommendation": FLU["key"]}

    def add(route: Route) -> None:
        sent.append(route.request.post_data_json)
        reply(route, one, 201)

    canned.overrides["POST .*/appointments"] = add
    canned.overrides["GET .*/appointments/01"] = lambda route: reply(route, one)
    canned.overrides["DELETE .*/appointments/"] = lambda route: route.fulfill(status=204)
    page.get_by_role("button", name=f"Planifier un rendez-vous : {FLU['title']}").click()
    page.get_by_label("Date", exact=True).fill("2027-03-02")
    page.get_by_label("Heure de début").fill("09:30")
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_role("button", name="Annuler le rendez-vous").click()
    page.get_by_role("button", name="Rétablir").click()
    expect(page.get_by_text("est remis dans votre agenda")).to_be_visible()
    assert [body["recommendation"] for body in sent] == [FLU["key"]] * 2


def test_what_is_done_says_when_the_next_is_due(page: Page, opened: Open) -> None:
    opened("/agenda/prevention")
    page.locator("details.folded").filter(has_text="Réalisé").locator("summary").first.click()
    card = page.get_by_role("article", name=DONE["title"])
    expect(card.locator(".prevention-when")).to_contain_text("Prochaine date : à partir du")


def test_home_says_how_many_more_wait(page: Page, opened: Open) -> None:
    opened("/accueil")
    link = page.get_by_role("link", name=re.compile("Voir vaccins et prévention"))
    expect(link).to_contain_text("(4 autres, dont 2 en retard)")


@pytest.mark.parametrize("size", [PHONE, (1280, 800)], ids=str)
def test_a_doctors_list_says_its_order_and_notes_and_is_walked(
    page: Page, opened: Open, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    opened(f"/pro/patients/{PID}/rendez-vous", PROFESSIONAL)
    rows = page.locator("ul.card > li")
    expect(page.get_by_text("Du plus proche au plus lointain.")).to_be_visible()
    expect(rows.first).to_contain_text("Apporter la radio.")
    expect(rows.first).to_contain_text(OWN["place"])
    page.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()
    shoot(page, f"pro-appointments-walked-{size[0]}")
    page.get_by_role("link", name="Passés").click()
    expect(page.get_by_text("Du plus récent au plus ancien.")).to_be_visible()
