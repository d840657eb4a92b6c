"""Within everybody's reach: zoom, keyboard, forced colours, no script, targets, kept choices."""

import re

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.canned import DOCUMENTS, PERSON, PID, PROFESSIONAL
from tests.browser.canned_children import IN_CHILD, PARENT
from tests.browser.canned_desk import OPERATOR, PUBLISHER, WAITING
from tests.browser.canned_messages import OPEN, WITH_TEAM
from tests.browser.conftest import PHONE, Open, Watch, settled, shoot

pytestmark = pytest.mark.browser

# A window of 1280 × 1024 at 400 %.
ZOOMED: ViewportSize = {"width": 320, "height": 256}
PATHS = [
    ("/", None),
    ("/connexion", None),
    ("/editeurs", None),
    ("/editeurs/guide", None),
    ("/accueil", PERSON),
    ("/documents", PERSON),
    (f"/documents/{DOCUMENTS['cda']['id']}", PERSON),
    (f"/documents/{DOCUMENTS['pdf']['id']}", PERSON),
    ("/documents/ajouter", PERSON),
    ("/acces", PERSON),
    ("/professionnels", PERSON),
    ("/plus", PERSON),
    ("/messages", PERSON),
    (f"/messages/{OPEN}", PERSON),
    ("/proches", PARENT),
    ("/accueil", IN_CHILD),
    (f"/messages/{OPEN}", IN_CHILD),
    ("/pro/messages", PROFESSIONAL),
    (f"/pro/messages/{WITH_TEAM}", PROFESSIONAL),
    (f"/pro/patients/{PID}/ecrire", PROFESSIONAL),
    ("/editeur", PUBLISHER),
    ("/editeur/ajouter", PUBLISHER),
    (f"/editeur/{WAITING}", PUBLISHER),
    ("/revue", OPERATOR),
    (f"/revue/{WAITING}", OPERATOR),
    ("/pro", PROFESSIONAL),
    (f"/pro/patients/{PID}", PROFESSIONAL),
]


_HIDDEN = """() => [...document.querySelectorAll('main button, main a, main h1, main label')]
  .filter(e => e.checkVisibility() && getComputedStyle(e).position !== 'absolute')
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
  .filter(e => !e.closest('.table-scroll, .sheet')).map(e => e.textContent)"""
_FIXED = """() => [...document.querySelectorAll('*')]
  .filter(e => getComputedStyle(e).position === 'fixed')
  .reduce((sum, e) => sum + e.getBoundingClientRect().height, 0)"""
_SMALL = """() => [...document.querySelectorAll('button, select, input, summary, .button, nav a')]
  .filter(e => e.checkVisibility() && !e.closest('.said') && !e.closest('.radio, .check'))
  .map(e => [e.textContent || e.id, e.getBoundingClientRect()])
  .filter(([, r]) => r.height > 0 && (r.height < 44 || r.width < 44))
  .map(([name, r]) => `${name}: ${r.width} × ${r.height}`)"""
# WCAG 1.4.12, through the style of each element: the policy refuses injected sheets.
_SPACE = """() => document.querySelectorAll('*').forEach(e => Object.assign(e.style ?? {}, {
  lineHeight: '1.5', letterSpacing: '0.12em', wordSpacing: '0.16em' }))"""
_CUT = """() => [...document.querySelectorAll('.button, .badge, .places a, h1, h2')]
  .filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1).map(e => e.textContent)"""


@pytest.mark.parametrize(("path", "who"), PATHS)
def test_screen_bears_thumbs_zoom_and_text_spacing(
    page: Page, opened: Open, path: str, who: str | None
) -> None:
    opened(path, who)
    assert page.evaluate(_SMALL) == []
    page.set_viewport_size(ZOOMED)
    assert page.evaluate("document.documentElement.scrollWidth") <= ZOOMED["width"]
    assert page.evaluate(_HIDDEN) == []
    assert page.evaluate(_FIXED) < ZOOMED["height"] / 3
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.evaluate(_SPACE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    assert page.evaluate(_CUT) == []


@pytest.mark.parametrize(
    ("path", "who"),
    [
        *PATHS,
        ("/agenda", PERSON),
        ("/agenda/ajouter", PERSON),
        ("/agenda/prevention", PERSON),
        ("/agenda/abonnement", PERSON),
        ("/notifications", PERSON),
        ("/plus/avis", PERSON),
        (f"/pro/patients/{PID}/deposer", PROFESSIONAL),
        (f"/pro/patients/{PID}/rendez-vous", PROFESSIONAL),
        (f"/pro/patients/{PID}/rendez-vous/ajouter", PROFESSIONAL),
    ],
)
def test_screen_bears_letters_twice_as_large_on_a_small_phone(
    page: Page, opened: Open, path: str, who: str | None
) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    opened(path, who)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    shoot(page, f"large-letters{path.replace('/', '-')}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate(_HIDDEN) == []
    assert page.evaluate(_CUT) == []


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
