"""Who writes software finds from the public page what to read, and the very files of the guide."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import site
from tests.browser.canned_desk import PUBLISHER
from tests.browser.conftest import Open

pytestmark = pytest.mark.browser

EXAMPLES = site.ROOT / "docs" / "examples"


def test_the_public_page_leads_to_the_guide_and_its_files(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="J’édite un logiciel ou une application").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pour les éditeurs")
    contract = page.get_by_role("link", name="La description de l’interface")
    expect(contract).to_have_attribute("href", "/openapi.json")
    for file in ("deposit.py", "person.json", "result.xml"):
        address = page.get_by_role("link", name=file).get_attribute("href")
        assert page.request.get(str(address)).body() == (EXAMPLES / file).read_bytes()
    page.get_by_role("link", name="Le guide pas à pas").click()
    expect(page.get_by_role("heading", name="Get a token")).to_be_visible()
    page.get_by_role("link", name="Pour les éditeurs").click()
    expect(page).to_have_url("/editeurs")


def test_who_makes_an_application_finds_its_guide_its_files_and_the_way_between_guides(
    page: Page,
) -> None:
    page.goto("/editeurs")
    files = page.get_by_role("list", name="Les fichiers des applications d’exemple")
    for file in ("application.json", "scale.py", "smart.py"):
        address = files.get_by_role("link", name=file).get_attribute("href")
        assert page.request.get(str(address)).body() == (EXAMPLES / file).read_bytes()
    page.get_by_role("link", name="Le guide des applications").click()
    expect(page).to_have_url("/editeurs/applications")
    expect(page.get_by_role("heading", name="1. Register")).to_be_visible()
    expect(page.get_by_text("http://loinc.org|29463-7").first).to_be_visible()
    _leads_somewhere(page)
    page.get_by_role("link", name="depositing").first.click()
    expect(page).to_have_url("/editeurs/guide")
    page.goto("/editeurs/fhir")
    expect(page.get_by_role("heading", name="What each scope opens")).to_be_visible()
    _leads_somewhere(page)


def _leads_somewhere(page: Page) -> None:
    """No link of the repository is left that the client does not serve, and nothing overflows."""
    places = [one.get_attribute("href") or "" for one in page.locator(".guide a").all()]
    assert places
    assert [one for one in places if not one.startswith(("/", "https://"))] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_publisher_finds_the_guides_from_her_own_application(page: Page, opened: Open) -> None:
    opened("/editeur", PUBLISHER)
    expect(page.get_by_role("link", name="Pour les éditeurs")).to_have_attribute(
        "href", "/editeurs"
    )
    page.locator(".application-line a").first.click()
    technical = page.get_by_role("region", name="Pour vos développeurs")
    expect(technical).to_contain_text(f"{page.evaluate('location.origin')}/fhir/R4")
    expect(technical).to_contain_text("make examples")
    guide = technical.get_by_role("link", name="Le guide des applications")
    expect(guide).to_have_attribute("href", "/editeurs/applications")
