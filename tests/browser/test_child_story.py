"""A mother and her child's space, on the running product: activated, read, told, left."""

import re

import pytest
from playwright.sync_api import Page, expect

from infra.local.client import Caller
from infra.local.config import Config
from tests.browser.conftest import shoot
from tests.browser.product import PERSON, log_in

pytestmark = pytest.mark.browser


def _left(product: Config) -> None:
    """Take back what an earlier run began."""
    person = Caller(product.url)
    person.log_in("franceconnect", "dominique")
    own = person.request("GET", "/v1/me").json()["profiles"][0]["patient_id"]
    listed = person.request("GET", f"/v1/patients/{own}/children").json()["items"]
    for child in listed:
        if child["status"] == "active":
            person.request("DELETE", f"/v1/patients/{own}/children/{child['patient_id']}")


def test_a_mother_activates_her_childs_space_and_always_sees_whose_it_is(
    page: Page, product: Config
) -> None:
    _left(product)
    log_in(page, product.url, PERSON)
    page.goto(f"{product.url}/proches")
    child = page.get_by_role("article", name=re.compile("Léa"))
    expect(child).to_contain_text("À activer")
    shoot(page, "story-child-1")

    child.get_by_role("button", name=re.compile("Activer l’espace")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=re.compile("Activer l’espace")).click()
    expect(dialog).to_contain_text("Cochez cette case")
    dialog.get_by_role("checkbox").check()
    shoot(page, "story-child-2")
    dialog.get_by_role("button", name=re.compile("Activer l’espace")).click()
    expect(child).to_contain_text("Géré par vous")
    expect(child).to_contain_text("11 février 2037")
    shoot(page, "story-child-3")

    child.get_by_role("button", name=re.compile("Ouvrir l’espace")).click()
    expect(page.get_by_text("Espace de Léa").first).to_be_visible()
    shoot(page, "story-child-4")
    page.goto(f"{product.url}/acces")
    expect(page.get_by_text("Espace de Léa").first).to_be_visible()
    page.get_by_label("Afficher", exact=True).select_option("Tous, les miens compris")
    expect(page.get_by_text("Vous pour Léa").first).to_be_visible()
    shoot(page, "story-child-5")

    page.goto(f"{product.url}/agenda/prevention")
    expect(page.locator(".loading")).to_have_count(0)
    expect(page.get_by_text("Espace de Léa").first).to_be_visible()
    shoot(page, "story-child-6")

    page.goto(f"{product.url}/proches")
    page.get_by_role("article", name=re.compile("Léa")).get_by_role(
        "button", name=re.compile("Ne plus gérer")
    ).click()
    page.get_by_role("alertdialog").get_by_role("button", name=re.compile("Ne plus gérer")).click()
    expect(page.get_by_role("article", name=re.compile("Léa"))).to_contain_text("À activer")
    expect(page.get_by_text("Espace de Léa", exact=True)).to_have_count(0)
    shoot(page, "story-child-7")
