"""A person notes her blood pressure on the running product, by keyboard, and takes it back."""

import re

import pytest
from playwright.sync_api import Page, expect

from infra.local.client import Caller
from infra.local.config import Config
from tests.browser.conftest import shoot
from tests.browser.product import log_in

pytestmark = pytest.mark.browser

OTHER = ("franceconnect", "Gérard")


def measures(product: Config) -> list[str]:
    """Return the ids of what is noted, a page for each."""
    person = Caller(product.url)
    person.log_in("franceconnect", "gerard")
    pid = person.request("GET", "/v1/me").json()["profiles"][0]["patient_id"]
    found, cursor = [], ""
    while True:
        target = f"/v1/patients/{pid}/measures?limit=1{cursor}"
        page = person.request("GET", target).json()
        found += [one["id"] for one in page["items"]]
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"


def test_a_pressure_is_noted_seen_deleted_and_put_back(page: Page, product: Config) -> None:
    before = measures(product)
    assert len(set(before)) == len(before) >= 16  # of the seed
    log_in(page, product.url, OTHER)
    page.goto(f"{product.url}/mesures?k=2")
    expect(page.get_by_role("img", name=re.compile("^Courbe, tension"))).to_be_visible()
    shoot(page, "story-measure-1")
    page.get_by_role("link", name="Ajouter une mesure").press("Enter")
    page.get_by_label("Maximale, en mmHg").fill("133")
    page.get_by_label("Minimale, en mmHg").fill("81,5")
    page.get_by_label("Commentaire").fill("Après le repos")
    page.get_by_label("Commentaire").press("Enter")

    row = page.get_by_role("row").filter(has_text="133/81,5")
    expect(row).to_contain_text("Après le repos")
    expect(row).to_contain_text("Ajouté par vous")
    expect(page.locator("output")).to_contain_text("133/81,5")
    page.locator("svg.curve").scroll_into_view_if_needed()
    shoot(page, "story-measure-2")
    assert len(measures(product)) == len(before) + 1

    expect(page.get_by_role("heading", level=1)).to_be_focused()
    row.get_by_role("button", name="Supprimer 133").press("Enter")
    expect(page.get_by_text("Mesure supprimée.")).to_be_visible()
    expect(row).to_have_count(0)
    assert measures(product) == before
    page.get_by_role("button", name="Rétablir").press("Enter")
    expect(row).to_contain_text("Après le repos")
    row.get_by_role("button", name="Supprimer 133").press("Enter")
    expect(row).to_have_count(0)
    assert measures(product) == before
