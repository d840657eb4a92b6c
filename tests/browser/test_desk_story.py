"""On the running product: a publisher presents an application, an operator puts it online."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from infra.local.client import Caller
from infra.local.config import Config
from tests.browser.conftest import DESKTOP, PHONE, Watch
from tests.browser.test_desk import SUBMIT, fill

pytestmark = pytest.mark.browser


@pytest.fixture
def both(browser: Browser, watch: Watch) -> Iterator[tuple[Page, Page]]:
    """A publisher on a phone, an operator at a desk: each has a browser of her own."""
    profiles: list[BrowserContext] = []
    for width, height in (PHONE, DESKTOP):
        profile = browser.new_context(
            viewport={"width": width, "height": height},
            locale="fr-FR",
            timezone_id="Europe/Paris",
        )
        profile.set_default_timeout(20_000)
        profile.on("page", watch.follow)
        profiles.append(profile)
    yield profiles[0].new_page(), profiles[1].new_page()
    for profile in profiles:
        profile.close()


def log_in(page: Page, url: str, door: str, name: str) -> None:
    page.goto(f"{url}/connexion")
    page.get_by_role("link", name=door).click()
    page.get_by_role("button", name=name).click()
    expect(page.get_by_role("navigation", name="Navigation principale")).to_be_visible()


def test_an_application_is_presented_refused_corrected_reviewed_and_reviewed_again(
    product: Config, both: tuple[Page, Page]
) -> None:
    publisher, operator = both
    name = f"Pesée {time.time_ns() // 1_000_000}"
    log_in(publisher, product.url, "Se connecter avec ProConnect", "Alix EXEMPLE")
    publisher.goto(f"{product.url}/editeur/ajouter")
    fill(publisher)
    publisher.get_by_label("Nom de l’application").fill(name)
    address = publisher.get_by_role("textbox", name="Adresse de retour 1")
    address.fill("http://169.254.169.254/retour")
    publisher.get_by_role("button", name=SUBMIT).click()
    expect(publisher.get_by_text("réseau privé ou réservé").first).to_be_visible()
    address.fill("https://balance.example/retour")
    publisher.get_by_role("button", name=SUBMIT).click()
    expect(publisher.get_by_role("heading", level=1)).to_have_text(name)
    one = publisher.url.rpartition("/")[2]

    log_in(operator, product.url, "Se connecter comme exploitant", "Salomé EXEMPLE")
    operator.get_by_role("link", name=name).click()
    checks = operator.get_by_role("group", name="Ce que vous avez vérifié").get_by_role("checkbox")
    expect(checks).to_have_count(5)
    for check in checks.all():
        check.check()
    operator.get_by_role("button", name="Noter").click()
    operator.get_by_role("button", name="Mettre en ligne").click()
    question = operator.get_by_role("dialog", name="Mettre en ligne")
    question.get_by_label("Motif").fill("Usage clair, données nécessaires.")
    question.get_by_role("button", name="Mettre en ligne").click()
    expect(operator.get_by_role("button", name="Suspendre")).to_be_visible()
    assert _listed(product, one)

    publisher.goto(f"{product.url}/editeur/{one}/modifier")
    publisher.get_by_label("Documents : lire").check()
    publisher.get_by_label("Documents : lire. Pourquoi ?").fill("Pour comparer.")
    publisher.get_by_role("button", name="Enregistrer").click()
    publisher.get_by_role("button", name="Modifier et repasser en examen").click()
    expect(publisher.get_by_text("En ligne → En examen")).to_be_visible()
    expect(publisher.get_by_text("Salomé")).to_have_count(0)
    assert not _listed(product, one)

    operator.reload()
    operator.get_by_role("button", name="Écarter").click()
    refusal = operator.get_by_role("dialog", name="Écarter")
    refusal.get_by_label("Motif").fill("Les documents ne servent pas à peser.")
    refusal.get_by_role("button", name="Écarter").click()
    expect(operator.get_by_text("plus rien ne se décide")).to_be_visible()


def test_another_company_finds_nothing_of_it_and_who_is_not_enrolled_does_not_come_in(
    product: Config, both: tuple[Page, Page]
) -> None:
    other, _ = both
    log_in(other, product.url, "Se connecter avec ProConnect", "Noé EXEMPLE")
    expect(other.get_by_role("heading", level=1)).to_have_text("Mes applications")
    expect(other.get_by_role("link", name="Pesée")).to_have_count(0)
    alix, noe = Caller(product.url), Caller(product.url)
    alix.log_in("proconnect", "alix")
    noe.log_in("proconnect", "noe")
    path = "/v1/publishers/me/applications"
    for one in alix.request("GET", path).json()["items"]:
        assert noe.request("GET", f"{path}/{one['id']}").status == 404
    assert noe.request("GET", "/v1/operators/applications").status == 403


def _listed(product: Config, application: str) -> bool:
    found = Caller(product.url).request("GET", "/v1/catalogue").json()["items"]
    return application in {one["id"] for one in found}
