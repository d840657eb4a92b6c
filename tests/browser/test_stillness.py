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


# With several profiles the name has a frame of its own.
_OF_PARENT, _OF_CHILD = "/accueil?of=parent", "/accueil?of=child"
_WHO = {_OF_PARENT: PARENT, _OF_CHILD: IN_CHILD}
_PATHS = ["/accueil", "/documents", "/agenda", "/acces", "/notifications", *_WHO]


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("path", _PATHS)
@pytest.mark.parametrize("late", ["", _LATE], ids=["at once", "preferences last"])
def test_a_first_screen_does_not_jump(
    browser: Browser, base_url: str, watch: Watch, size: tuple[int, int], path: str, late: str
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
        if path == _OF_CHILD:
            page.add_init_script(f"sessionStorage.setItem('carnet.profile', '{PID} {LEA}')")
        Canned(_WHO.get(path, PERSON)).install(page)
        page.goto(path)
        settled(page)
        page.wait_for_load_state("networkidle")
        shifted: Any = page.evaluate("window.shifted")

    assert shifted < MOST
