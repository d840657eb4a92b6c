"""P1: each card of the first screen can be put away, and comes back; the server keeps which."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.axe import violations
from tests.browser.canned import PERSON, PID, Canned, problem, reply
from tests.browser.canned_agenda import at_home
from tests.browser.conftest import DESKTOP, PHONE, Open, settled, shoot

pytestmark = pytest.mark.browser
_CARDS = f"/v1/patients/{PID}/home/cards"


def _keep(canned: Canned) -> list[tuple[str, list[str]]]:
    """Keep what is put away, as the server does: under the version that was read."""
    said: list[tuple[str, list[str]]] = []

    def put(route: Route) -> None:
        hidden = json.loads(route.request.post_data or "{}")["hidden"]
        said.append((route.request.headers["if-match"], hidden))
        reply(route, {"hidden": hidden, "version": len(said)}, headers={"ETag": f'"v{len(said)}"'})

    canned.overrides["PUT .*/home/cards$"] = put
    return said


def test_a_card_is_put_away_and_brought_back_by_the_message(page: Page, opened: Open) -> None:
    said = _keep(opened("/accueil"))
    card = page.get_by_role("region", name="Derniers accès")
    hide = card.get_by_role("button", name="Masquer « Derniers accès »")
    hide.focus()
    page.keyboard.press("Enter")
    expect(card).to_have_count(0)
    expect(page.locator("main :focus")).to_have_count(1)
    page.get_by_role("button", name="Rétablir").click()
    expect(card).to_be_visible()
    assert said == [('"v0"', ["accesses"]), ('"v1"', [])]


def test_every_card_can_be_put_away_and_back_by_the_keyboard(page: Page, opened: Open) -> None:
    said = _keep(opened("/accueil"))
    for left in range(6, 0, -1):
        expect(page.locator(".card-head button")).to_have_count(left)
        page.locator(".card-head button").first.press("Enter")
    expect(page.locator(".card-head")).to_have_count(0)
    expect(page.locator("main :focus")).to_have_count(1)
    for width, height in (PHONE, DESKTOP):
        page.set_viewport_size({"width": width, "height": height})
        shoot(page, f"home-all-put-away-{width}")
    assert violations(page) == []
    page.get_by_role("button", name="Afficher de nouveau « À faire »").press("Enter")
    expect(page.get_by_role("region", name="À faire")).to_be_visible()
    expect(page.locator("main :focus")).to_have_count(1)
    assert "to_do" not in said[-1][1]
    assert len(said[-1][1]) == 5


def _at_home(**more: Any) -> dict[str, Any]:
    rest = {"documents": [], "accesses": [], "active_authorisations": 1, "first_steps": []}
    return at_home(empty=True) | rest | more


def test_what_was_put_away_elsewhere_is_not_drawn(page: Page) -> None:
    canned = Canned(PERSON)
    home = _at_home(cards={"hidden": ["documents", "first_steps"], "version": 4})
    canned.overrides["GET .*/home$"] = lambda route: reply(route, home)
    canned.install(page)
    page.goto("/accueil")
    settled(page)
    expect(page.get_by_role("heading", name="Nouveaux documents")).to_have_count(0)
    expect(page.get_by_role("button", name="Afficher de nouveau")).to_have_count(1)


def test_changed_in_another_tab_it_is_said_and_read_again(page: Page, opened: Open) -> None:
    canned = opened("/accueil")
    canned.overrides["PUT .*/home/cards$"] = lambda route: problem(
        route, 412, "stale", "Version dépassée"
    )
    page.get_by_role("button", name="Masquer « À faire »").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("region", name="À faire")).to_be_visible()
    assert canned.count("PUT", _CARDS) == 1


def test_with_altered_preferences_nothing_can_be_put_away(page: Page) -> None:
    canned = Canned(PERSON)
    home = _at_home(unreadable=["cards"])
    canned.overrides["GET .*/home$"] = lambda route: reply(route, home)
    canned.install(page)
    page.goto("/accueil")
    settled(page)
    expect(page.get_by_role("heading", name="Derniers accès")).to_be_visible()
    expect(page.get_by_role("button", name="Masquer")).to_have_count(0)
