"""Nothing moves under the finger while a first screen arrives."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.canned import PERSON, PID, Canned
from tests.browser.canned_children import IN_CHILD, LEA, PARENT
from tests.browser.conftest import DESKTOP, PHONE, Watch, settled

pytestmark = pytest.mark.browser

# What the field calls good; a person's name arriving in its place moves less.
MOST = 0.1
_FOLLOW = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


# The answer that decides what stands on top, and comes last on a bad line.
_LATE = """
const ask = window.fetch;
window.fetch = async (what, ...more) => {
  if (/preferences$/.test(what.url ?? what)) await new Promise((go) => setTimeout(go, 300));
  return ask(what, ...more);
};
"""


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("path", ["/accueil", "/documents", "/agenda", "/acces", "/notifications"])
@pytest.mark.parametrize("late", ["", _LATE], ids=["at once", "preferences last"])
def test_a_first_screen_does_not_jump(
    browser: Browser,
    base_url: str,
    watch: Watch,
    size: tuple[int, int],
    path: str,
    late: str,
    who: str = PERSON,
) -> None:
    width, height = size
    with browser.new_context(
        base_url=base_url,
        viewport={"width": width, "height": height},
        locale="fr-FR",
        service_workers="block",
    ) as made:
        page = made.new_page()
        watch.follow(page)
        page.add_init_script(_FOLLOW + late)
        Canned(who).install(page)
        if who == IN_CHILD:
            page.add_init_script(f"sessionStorage.setItem('carnet.profile', '{PID} {LEA}')")
        page.goto(path)
        settled(page)
        page.wait_for_load_state("networkidle")
        shifted: Any = page.evaluate("window.shifted")

    assert shifted < MOST


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("who", [PARENT, IN_CHILD])
def test_nor_does_that_of_who_has_several_profiles(
    browser: Browser, base_url: str, watch: Watch, size: tuple[int, int], who: str
) -> None:
    test_a_first_screen_does_not_jump(browser, base_url, watch, size, "/accueil", "", who)
