"""Who writes software finds from the public page what to read, and the very files of the guide."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import site

pytestmark = pytest.mark.browser

EXAMPLES = site.ROOT / "docs" / "examples"


def test_the_public_page_leads_to_the_guide_and_its_files(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="J’édite un logiciel").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Déposer depuis un logiciel")
    contract = page.get_by_role("link", name="La description de l’interface")
    expect(contract).to_have_attribute("href", "/openapi.json")
    for file in ("deposit.py", "person.json", "result.xml"):
        address = page.get_by_role("link", name=file).get_attribute("href")
        assert page.request.get(str(address)).body() == (EXAMPLES / file).read_bytes()
    page.get_by_role("link", name="Le guide pas à pas").click()
    expect(page.get_by_role("heading", name="Get a token")).to_be_visible()
    page.get_by_role("link", name="Déposer depuis un logiciel").click()
    expect(page).to_have_url("/editeurs")
