"""P11: the secret link of another calendar, shown once, copied, and cut when asked twice."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from chalicelib.agenda.model import Detail
from chalicelib.agenda.schemas import NewFeedOut
from tests.browser.canned import PID, reply
from tests.browser.canned_agenda import FEEDS
from tests.browser.conftest import DESKTOP, PHONE, TABLET, Open, shoot

pytestmark = pytest.mark.browser
_FEEDS = f"/v1/patients/{PID}/calendar-feeds"
_URL = "https://carnet.example/calendars/k3y.ics"
_MADE = NewFeedOut(
    id="01JDK8FEED0000000000000003",
    detail=Detail.BUSY,
    created_at="2026-11-20T08:00:00Z",
    last_read_at=None,
    url=_URL,
)


def _make(page: Page, opened: Open) -> None:
    canned = opened("/agenda/abonnement")
    canned.overrides[r"POST .*/calendar-feeds$"] = lambda route: reply(
        route, _MADE.model_dump(mode="json"), 201
    )
    page.get_by_role("button", name="Créer le lien").click()
    expect(page.get_by_label("Lien secret")).to_have_value(_URL)


@pytest.mark.parametrize(
    ("size", "is_shown"), [(PHONE, False), (TABLET, True), (DESKTOP, True)], ids=str
)
def test_the_code_to_scan_is_only_where_a_phone_can_aim_at_it(
    page: Page, opened: Open, size: tuple[int, int], *, is_shown: bool
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    _make(page, opened)
    code = page.locator("figure.qr svg")
    expect(code).to_be_attached()
    expect(code).to_be_visible(visible=is_shown)
    expect(page.get_by_text("visez ce code")).to_be_visible(visible=is_shown)
    shoot(page, f"feed-made-{size[0]}")


def test_the_link_is_copied_whole(page: Page, opened: Open) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    _make(page, opened)
    page.get_by_role("button", name="Copier le lien").click()
    expect(page.get_by_text("Le lien est copié.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == _URL


def test_the_link_is_selected_where_the_browser_refuses_to_copy(page: Page, opened: Open) -> None:
    page.add_init_script(
        "navigator.clipboard.writeText = () => Promise.reject(new Error('refused'))"
    )
    _make(page, opened)
    page.get_by_role("button", name="Copier le lien").click()
    page.wait_for_function(
        "getSelection().toString() === document.querySelector('#feed-url').value"
    )
    expect(page.get_by_text("Le lien est copié.")).to_have_count(0)


def test_a_link_is_cut_only_after_a_short_question_and_is_then_gone(
    page: Page, opened: Open
) -> None:
    canned = opened("/agenda/abonnement")
    left = list(FEEDS)

    def cut(route: Route) -> None:
        left[:] = [one for one in left if not route.request.url.endswith(one["id"])]
        route.fulfill(status=204)

    canned.overrides[r"DELETE .*/calendar-feeds/"] = cut
    canned.overrides[r"GET .*/calendar-feeds$"] = lambda route: reply(
        route, {"items": left, "limit": 5, "zone_shown": "Europe/Paris"}
    )
    path = f"{_FEEDS}/{FEEDS[0]['id']}"
    links = page.get_by_role("region", name="Liens en service").get_by_role("listitem")
    expect(links).to_have_count(2)
    ask = links.first.get_by_role("button", name=re.compile("^Couper ce lien"))
    question = page.get_by_role("alertdialog", name="Couper ce lien")

    ask.click()
    expect(question).to_contain_text("Un lien coupé ne se rétablit pas.")
    question.get_by_role("button", name="Annuler").click()
    expect(question).to_have_count(0)
    expect(links).to_have_count(2)
    assert canned.count("DELETE", path) == 0

    ask.click()
    question.get_by_role("button", name="Couper ce lien").click()
    expect(page.get_by_text("Le lien est coupé")).to_be_visible()
    expect(question).to_have_count(0)
    expect(links).to_have_count(1)
    expect(links).to_contain_text("Titre et lieu")
    assert canned.count("DELETE", path) == 1
