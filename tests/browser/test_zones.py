"""Notices and calendar links are shown by the clock the person chose, not the device's."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canned import Canned, reply
from tests.browser.canned_agenda import FEEDS, NOTICES, REUNION
from tests.browser.conftest import settled

pytestmark = pytest.mark.browser
_LATE = "2026-11-22T21:30:00Z"  # already the 23rd in La Réunion: 1:30


def test_notices_and_calendar_links_keep_her_own_clock(page: Page) -> None:
    canned = Canned()
    notice = {**NOTICES[0], "at": _LATE, "zone_shown": REUNION}
    canned.overrides["GET .*/notices"] = lambda route: reply(
        route, {"items": [notice], "unread": 0, "unread_messages": 0, "next": None}
    )
    feed = {**FEEDS[0], "created_at": _LATE, "last_read_at": _LATE}
    canned.overrides["GET .*/calendar-feeds"] = lambda route: reply(
        route, {"items": [feed], "limit": 5, "zone_shown": REUNION}
    )
    canned.install(page)
    page.goto("/notifications")
    settled(page)
    expect(page.get_by_role("heading", level=2)).to_contain_text("lundi 23 novembre 2026")
    expect(page.locator("time")).to_have_text("1\u00a0h\u00a030")
    page.goto("/agenda/abonnement")
    settled(page)
    expect(page.get_by_text("lundi 23 novembre 2026 à 1\u00a0h\u00a030")).to_be_visible()
