"""Sample applications with the product, as a person meets them: asked, used, taken back, told."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from infra.local import examples
from infra.local.config import Config
from tests.browser import consenting
from tests.browser.conftest import PATIENCE, PHONE, Watch, shoot
from tests.clients.consenting import log_in
from tests.stack import fetch

pytestmark = pytest.mark.browser


@pytest.fixture
def origins(product: Config) -> Iterator[list[str]]:
    """Run the samples beside the product; their addresses are of a scale, a site and a room."""
    found = [f"http://127.0.0.1:{product.port + n}" for n in (20, 21, 22)]
    with examples.started(product):
        deadline = time.monotonic() + PATIENCE / 1000
        while not all(map(_answers, found)):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield found


def _answers(origin: str) -> bool:
    try:
        return fetch(origin, "/").status == 200
    except OSError:
        return False


@pytest.fixture
def profile(browser: Browser, watch: Watch) -> Iterator[BrowserContext]:
    with browser.new_context(
        viewport={"width": PHONE[0], "height": PHONE[1]},
        locale="fr-FR",
        timezone_id="Europe/Paris",
    ) as made:
        made.set_default_timeout(PATIENCE)
        made.on("page", watch.follow)
        yield made


def _shown(page: Page, text: str, name: str) -> None:
    expect(page.get_by_text(text).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shoot(page, f"examples-{name}")


def test_a_scale_is_let_in_used_and_shown_out(
    product: Config, origins: list[str], profile: BrowserContext
) -> None:
    scale = profile.new_page()
    scale.goto(origins[0])
    scale.get_by_role("button", name="Relier mon espace Carnet").click()
    consenting.log_in_to_answer(scale)
    consenting.allow(scale, "Balance", ["Ajouter des mesures de poids"])
    scale.get_by_role("button", name="Me peser").click()
    _shown(scale, "c’est dans votre espace", "1-weighed")

    person = profile.new_page()
    consenting.withdraw(person, product.url, "Balance")
    scale.get_by_role("button", name="Me peser").click()
    _shown(scale, "Votre accord a pris fin, ou vous l’avez retiré", "2-refused")

    person.goto(f"{product.url}/acces?r=refused")
    _shown(person, "n’a pas votre accord", "3-told")
    expect(person.get_by_role("region", name="Balance").first).to_be_visible()


def test_an_appointment_is_booked_joined_and_reported(
    product: Config, origins: list[str], profile: BrowserContext
) -> None:
    _, booking, room = origins
    page = profile.new_page()
    page.goto(booking)
    page.get_by_role("button").last.click()  # later than the reminder that is proposed for it
    page.get_by_role("button", name="Relier mon espace Carnet").click()
    consenting.log_in_to_answer(page)
    lines = ["Lire tous vos rendez-vous", "Ajouter des rendez-vous"]
    consenting.allow(page, "Rendez-vous", lines)
    page.get_by_role("button", name="Confirmer ce rendez-vous").click()
    _shown(page, "noté dans votre agenda", "4-booked")

    page.goto(room)
    page.get_by_role("button", name="Relier mon espace Carnet").click()
    consenting.allow(page, "Téléconsultation", [*lines, "Ajouter des documents"])
    _shown(page, "Vos consultations à venir", "5-coming")
    booked = page.locator("p", has_text="Consultation, Dr Exemple").first
    booked.locator("xpath=following-sibling::form[1]").get_by_role("button").click()
    _shown(page, "est dans votre agenda", "6-prepared")

    person = log_in(product.url)
    made = next(
        one
        for one in person.ask("GET", "appointments")["items"]
        if one["link_author"] and one["title"] == "Consultation, Dr Exemple"
    )
    page.goto(f"{product.url}/agenda/{made['id']}")
    _shown(page, "Lien ajouté par Téléconsultation", "7-agenda")
    expect(page.get_by_role("listitem").filter(has_text="la veille")).to_be_visible()
    with page.context.expect_page() as opening:
        page.get_by_role("link", name="Rejoindre la téléconsultation").click()
    joined = opening.value
    _shown(joined, "en ligne avec le Dr Exemple", "8-joined")
    joined.get_by_role("button", name="Terminer la téléconsultation").click()
    _shown(joined, "Le compte rendu est dans vos documents", "9-reported")

    page.goto(f"{product.url}/documents")
    page.get_by_role("link", name="Compte rendu de téléconsultation").first.click()
    expect(page.get_by_role("heading", name="Compte rendu de téléconsultation")).to_be_visible()
    expect(page.locator("canvas").first).to_be_visible()
    shoot(page, "examples-10-report")
    gone = f"/v1/patients/{person.pid}/appointments/{made['id']}"
    assert person.send("DELETE", gone, If_Match=f'"v{made["version"]}"').status == 204
