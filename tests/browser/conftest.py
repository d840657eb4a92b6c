"""Pages of a real browser: each test has its own, in French, in Paris, and no error goes unseen."""

import json
import os
import re
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)
from playwright.sync_api import (
    Error as PlaywrightError,
)

from infra.local import config
from tests.browser import site
from tests.browser.canned import PERSON, PID, STRAYS, Canned
from tests.browser.canned_children import IN_CHILD, LEA

if TYPE_CHECKING:
    from tests.stack import Stack

# Without a window of its own, a page costs a third of the processor time.
CHROMIUM = "/usr/bin/chromium-headless-shell"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Of a machine that does much else, in milliseconds; what is there does not wait.
PATIENCE = 40_000
expect.set_options(timeout=PATIENCE)
PHONE, TABLET, DESKTOP = (360, 740), (768, 1024), (1280, 800)
SCREENS = site.ROOT / "test-artifacts" / "screens"
# The browser says so of each answer that is not a success: the screens show them in words.
_EXPECTED = re.compile(
    r"Failed to load resource: (the server responded|net::ERR)|Service Worker registration blocked"
    # `/reprise` closes its tab when the browser lets it, and says what to do when not.
    r"|Scripts may close only the windows that were opened by them"
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this process."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield running
        running.close()


@pytest.fixture(scope="session")
def base_url() -> Iterator[str]:
    """The address of the built client alone."""
    assert (site.DIST / "index.html").is_file(), "build the client first: npm run build in web/"
    with site.serve() as address:
        yield address


class Watch:
    """The pages of a test, and all they complain of: policy violations, exceptions, errors."""

    def __init__(self) -> None:
        self.pages: list[Page] = []
        self.complaints: list[str] = []

    def follow(self, page: Page) -> None:
        """Listen to a page."""
        self.pages.append(page)
        page.on("pageerror", lambda error: self.complaints.append(f"exception: {error}"))
        page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not _EXPECTED.match(message.text):
            self.complaints.append(f"{message.type}: {message.text}")


@contextmanager
def unheard(watching: Watch) -> Iterator[Watch]:
    """Fail the test if a page complained since the last one that had it, or strayed meanwhile."""
    STRAYS.clear()
    yield watching
    found = [*watching.complaints]
    watching.complaints.clear()
    assert found == []
    assert STRAYS == []


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Watch the pages of the test."""
    with unheard(Watch()) as watching:
        yield watching


@contextmanager
def a_profile(browser: Browser, base_url: str, watch: Watch) -> Iterator[BrowserContext]:
    """Make a profile of a phone, without service worker: requests are answered by the tests."""
    with browser.new_context(
        base_url=base_url,
        viewport={"width": PHONE[0], "height": PHONE[1]},
        locale="fr-FR",
        timezone_id="America/Cayenne",
        service_workers="block",
    ) as made:
        made.set_default_timeout(PATIENCE)
        made.on("page", watch.follow)
        yield made


@pytest.fixture
def context(browser: Browser, base_url: str, watch: Watch) -> Iterator[BrowserContext]:
    """A fresh profile."""
    with a_profile(browser, base_url, watch) as made:
        yield made


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page of that profile."""
    return context.new_page()


def settled(page: Page) -> None:
    """Wait until the screen shows what it has to show."""
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".loading")).to_have_count(0)


Open = Callable[..., Canned]


def open_screen(page: Page, path: str, who: str | None = PERSON, state: str = "full") -> Canned:
    """Open a screen on given answers."""
    canned = Canned(who, state)
    canned.install(page)
    if who == IN_CHILD:
        page.goto("/icon.svg")  # of the same origin, and nothing of the client runs there
        page.evaluate("kept => sessionStorage.setItem('carnet.profile', kept)", f"{PID} {LEA}")
    page.goto(path)
    settled(page)
    return canned


@pytest.fixture
def opened(page: Page) -> Open:
    """Open screens on the page of the test."""
    return partial(open_screen, page)


def shoot(page: Page, name: str) -> Path:
    """Keep a picture of what the screen shows."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    path = SCREENS / f"{name}.png"
    page.screenshot(path=path, caret="initial")  # nothing is put into the page
    return path


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep a picture of what was on each screen when a test failed."""
    report = yield
    given = getattr(item, "funcargs", {}).values()
    watch = next((one for one in given if isinstance(one, Watch)), None)
    if call.when == "call" and report.failed and watch is not None:
        for number, page in enumerate(watch.pages, start=1):
            with suppress(PlaywrightError):
                shoot(page, f"failed-{re.sub(r'[^0-9A-Za-z]+', '-', item.name)}-{number}")
    return report


@pytest.fixture
def product(request: pytest.FixtureRequest) -> config.Config:
    """The product of the tests, or one already running whose folder `CARNET_BROWSED` names."""
    if folder := os.environ.get("CARNET_BROWSED"):
        url = json.loads((Path(folder) / "run.json").read_text(encoding="utf-8"))["url"]
        return config.Config(int(url.rpartition(":")[2]), Path(folder))
    own: Stack = request.getfixturevalue("stack")
    # Another test may just have killed a part of it.
    own.wait_until_ready()
    return own.config
