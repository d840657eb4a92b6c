"""Within everybody's reach: zoom, keyboard, forced colours, no script, targets, kept choices."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.canned import DOCUMENTS, PID, PROFESSIONAL
from tests.browser.conftest import PHONE, Open, Watch, settled, shoot

pytestmark = pytest.mark.browser


def test_forced_colours_keep_every_border(page: Page, opened: Open) -> None:
    opened("/accueil")
    page.emulate_media(forced_colors="active")
    borders = page.evaluate(
        "[...document.querySelectorAll('.card')].map(e => getComputedStyle(e).borderTopWidth)"
    )
    assert borders
    assert set(borders) == {"1px"}
    shoot(page, "forced-colours")


def test_public_page_needs_no_script(browser: Browser, base_url: str) -> None:
    with browser.new_context(java_script_enabled=False, base_url=base_url) as profile:
        page = profile.new_page()
        page.goto("/")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_role("link", name="Je suis un particulier")).to_have_attribute(
            "href", "/connexion"
        )
        entries = page.get_by_role("navigation", name="Se connecter").get_by_role("link")
        addresses = [one.get_attribute("href") for one in entries.all()]
        assert addresses == ["/connexion", "/connexion#pro", "/editeurs"]
        expect(page.locator(".public-lines > li")).to_have_count(5)
        expect(page.get_by_text("La suite du site a besoin de JavaScript")).to_be_visible()


@pytest.mark.parametrize("height", [PHONE[1], 640])
@pytest.mark.parametrize(
    ("path", "links"),
    [
        ("/", ("Je suis un particulier", "Je suis un professionnel de santé")),
        ("/connexion", ("Se connecter avec FranceConnect+",)),
    ],
)
def test_the_ways_in_show_on_a_phone_without_scrolling(
    page: Page, opened: Open, path: str, links: tuple[str, ...], height: int
) -> None:
    page.set_viewport_size({"width": PHONE[0], "height": height})

    opened(path, None)

    for link in links:
        expect(page.get_by_role("link", name=link)).to_be_in_viewport(ratio=1)


def test_slash_searches_from_anywhere_and_can_be_switched_off(page: Page, opened: Open) -> None:
    opened("/acces")
    page.keyboard.press("/")
    expect(page).to_have_url("/documents")
    field = page.get_by_label("Chercher dans la liste")
    expect(field).to_be_focused()
    page.keyboard.type("a/b?")
    expect(field).to_have_value("a/b?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("link", name="Plus", exact=True).click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Raccourcis clavier")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_label("Utiliser les raccourcis").uncheck()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_skip_link_leads_to_the_content(page: Page, opened: Open) -> None:
    opened("/accueil")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Aller au contenu")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_arriving_on_a_screen_moves_the_focus_to_its_title(page: Page, opened: Open) -> None:
    opened("/accueil")
    page.get_by_role("link", name="Documents", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Documents")).to_be_focused()
    expect(page).to_have_title("Documents – Mon dossier – Carnet")


def test_titles_never_hold_a_name_or_a_document(page: Page, opened: Open) -> None:
    opened(f"/documents/{DOCUMENTS['cda']['id']}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Bilan thyroïdien")
    expect(page).to_have_title("Aperçu du document – Mon dossier – Carnet")
    page.goto("/accueil")
    expect(page.get_by_role("heading", level=1)).to_have_text("Bonjour Dominique")
    expect(page).to_have_title("Accueil – Mon dossier – Carnet")


def test_keyboard_sorts_documents_of_a_patient(page: Page, opened: Open) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    opened(f"/pro/patients/{PID}", PROFESSIONAL)
    rows = page.locator(".row")
    page.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(2)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(DOCUMENTS["pdf"]["id"]))
    expect(page.get_by_role("heading", level=2, name="Compte rendu")).to_be_focused()
    expect(rows.nth(1)).to_have_attribute("aria-current", "true")
    page.keyboard.press("Escape")
    expect(rows.nth(1)).to_be_focused()


def test_readers_choices_are_kept_and_hold_nothing_else(page: Page, opened: Open) -> None:
    opened("/plus")
    page.get_by_label("Sombre").check()
    page.get_by_label("Très grande").check()
    page.goto("/aide")
    settled(page)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(17, 25, 28)"
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "24px"
    kept = page.evaluate("Object.entries(localStorage)")
    assert sorted(kept) == [
        ["carnet.session", "open"],
        ["carnet.size", "larger"],
        ["carnet.theme", "dark"],
    ]


def test_address_bar_never_holds_more_than_ids(page: Page, opened: Open, watch: Watch) -> None:
    seen: list[str] = []
    page.on("framenavigated", lambda frame: seen.append(frame.url))
    page.on("request", lambda request: seen.append(request.url))
    opened("/documents")
    page.get_by_label("Catégorie").select_option("BIOLOGIE")
    page.get_by_label("Chercher dans la liste").fill("thyroïdien")
    page.get_by_role("link", name="Bilan thyroïdien").click()
    settled(page)
    page.get_by_role("button", name="Qui peut le lire").click()
    page.get_by_role("link", name="Voir mes professionnels autorisés").click()
    page.get_by_label("Nom de famille").fill("Martin")
    page.get_by_role("button", name="Rechercher").click()
    expect(page.get_by_text("1 professionnel trouvé")).to_be_visible()
    pages = [url for url in seen if "/v1/" not in url]
    words = re.compile("biolog|thyro|bilan|pat-trois|dominique|martin", re.IGNORECASE)
    assert not [url for url in pages if words.search(url)]
    assert not [url for url in seen if re.search("thyro|martin|dominique", url, re.IGNORECASE)]
    assert watch.complaints == []
