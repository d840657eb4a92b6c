"""Coming in and going out: the public page, who is already in, a page that was locked."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.canned import PERSON, PROFESSIONAL, Canned, problem
from tests.browser.canned_desk import OPERATOR, PUBLISHER
from tests.browser.conftest import Open, settled, shoot

pytestmark = pytest.mark.browser

MINUTE = 60_000
_PUBLIC = "Je suis un particulier"


@pytest.mark.parametrize(
    ("who", "side"),
    [(PERSON, "/accueil"), (PROFESSIONAL, "/pro"), (PUBLISHER, "/editeur"), (OPERATOR, "/revue")],
)
def test_who_is_in_goes_from_the_public_page_to_their_own(
    page: Page, opened: Open, who: str, side: str
) -> None:
    canned = opened(side, who)
    held: list[Route] = []
    canned.overrides["auth/refresh"] = held.append
    page.goto("/")
    # No flash: while the service is asked, nothing of the public page is drawn.
    _until(page, held)
    expect(page.get_by_text(_PUBLIC)).not_to_be_visible()
    del canned.overrides["auth/refresh"]
    held[0].fulfill(json={"access_token": "t", "expires_in": 600})
    expect(page).to_have_url(side)


def _until(page: Page, held: list[Route]) -> None:
    for _ in range(50):
        if held:
            return
        page.wait_for_timeout(50)
    raise AssertionError("the service was not asked")


def test_a_stranger_gets_the_public_page_and_asks_nothing(page: Page, opened: Open) -> None:
    canned = opened("/", None)
    expect(page.get_by_text(_PUBLIC)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert canned.asked == []


@pytest.mark.parametrize("how", ["ended", "broken", "offline"])
def test_public_page_shows_when_the_session_is_over_or_unknown(
    page: Page, opened: Open, how: str
) -> None:
    canned = opened("/accueil")
    if how == "ended":
        canned.who = None
    elif how == "broken":
        canned.overrides["auth/refresh"] = lambda route: problem(route, 503, "unavailable", "x")
    else:
        canned.overrides["auth/refresh"] = lambda route: route.abort()
    page.goto("/")
    expect(page.get_by_text(_PUBLIC)).to_be_visible()
    expect(page).to_have_url("/")


def test_who_logged_out_is_shown_the_public_page(page: Page, opened: Open) -> None:
    canned = opened("/plus")
    page.get_by_role("button", name="Me déconnecter").click()
    expect(page).to_have_url("/connexion?etat=fin")
    asked = len(canned.asked)
    page.goto("/")
    expect(page.get_by_text(_PUBLIC)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert len(canned.asked) == asked


def _locked(page: Page, *, offline: bool = False) -> Canned:
    canned = Canned(PERSON)
    canned.install(page)
    page.clock.install()
    page.goto("/accueil")
    expect(page.get_by_role("heading", level=1, name="Bonjour")).to_be_visible()
    if offline:
        canned.overrides["auth/logout"] = lambda route: route.abort()
    page.clock.run_for(10 * MINUTE + 2_000)
    expect(page.get_by_role("alertdialog", name="Écran verrouillé")).to_be_visible()
    assert canned.count("POST", "/v1/auth/logout") == 1
    return canned


def test_a_locked_page_opens_nothing_by_a_reload_or_in_another_tab(page: Page) -> None:
    canned = _locked(page)
    other = page.context.new_page()
    canned.install(other)
    other.goto("/documents")
    expect(other).to_have_url(re.compile(r"/connexion\?retour=%2Fdocuments"))
    page.reload()
    expect(page).to_have_url(re.compile(r"/connexion\?retour=%2Faccueil"))
    settled(page)
    shoot(page, "locked-then-reloaded")
    assert "Bilan" not in page.content() + other.content()


def test_a_page_locked_without_network_ends_its_session_before_it_shows_anything(
    page: Page,
) -> None:
    canned = _locked(page, offline=True)
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("Connexion interrompue")
    assert "Bilan" not in page.content()
    del canned.overrides["auth/logout"]
    page.get_by_role("button", name="Réessayer").click()
    expect(page).to_have_url(re.compile(r"/connexion\?retour="))
    assert canned.who is None
