"""The history folds a visit of many lines; nothing refused nor filtered is ever inside a fold."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.canned import TRACE, Canned, instant, reply
from tests.browser.conftest import DESKTOP, PHONE, Open, shoot

pytestmark = pytest.mark.browser

_LABELS = (
    "a ouvert un document",
    "a consulté la fiche d’un document",
    "a consulté la liste des documents",
    "a consulté votre identité",
)


def _line(number: int, minutes: int, label: str, **more: Any) -> dict[str, Any]:
    at = instant(minutes=minutes)
    told = {"id": f"visit-{number}", "at": at, "first_at": at, "last_at": at, "label": label}
    return {**TRACE[1], "count": 1, "document": None, **told, **more}


def _visit() -> list[dict[str, Any]]:
    lines = [_line(n, 20 + n, label) for n, label in enumerate(_LABELS)]
    refusal = {"outcome": "refused", "right": "Demande refusée\u00a0: trop de demandes"}
    return [lines[0], _line(9, 21, "a demandé à ouvrir un document", **refusal), *lines[1:]]


def _answer(canned: Canned) -> None:
    page = {"items": _visit(), "next": None}
    canned.overrides["GET .*/trace"] = lambda route: reply(route, page)


def test_a_visit_is_one_line_that_the_keyboard_opens(page: Page, opened: Open) -> None:
    _answer(opened("/documents"))
    page.goto("/acces")
    fold = page.locator(".visit summary")
    expect(fold).to_have_text(re.compile(r"^4\s+actions, de 18\s+h\s+07 à 18\s+h\s+10$"))
    expect(page.get_by_text("a consulté la fiche d’un document")).not_to_be_visible()
    expect(page.get_by_text("a demandé à ouvrir un document")).to_be_visible()
    for width, height in (PHONE, DESKTOP):
        page.set_viewport_size({"width": width, "height": height})
        shoot(page, f"visit-folded-{width}")
    assert violations(page) == []
    fold.focus()
    page.keyboard.press("Enter")
    for label in _LABELS:
        expect(page.get_by_text(label, exact=True)).to_be_visible()
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    shoot(page, "visit-open-phone")
    assert violations(page) == []


@pytest.mark.parametrize("query", ["r=allowed", f"document={TRACE[1]['document']['id']}"])
def test_what_a_filter_lets_through_is_never_folded(page: Page, opened: Open, query: str) -> None:
    canned = opened("/documents")
    kept = [{**line, "document": TRACE[1]["document"]} for line in _visit()]
    canned.overrides["GET .*/trace"] = lambda route: reply(route, {"items": kept, "next": None})
    page.goto(f"/acces?{query}")
    expect(page.get_by_text("a consulté votre identité")).to_be_visible()
    expect(page.locator(".visit")).to_have_count(0)
