"""Every screen, in each of its states, light and dark, on a phone, a tablet and a desktop."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import site
from tests.browser.axe import ABOUT_COLOURS, AGAIN, SCHEMES, violations
from tests.browser.canned import DOCUMENTS, FORMER, PERSON, PID, PROFESSIONAL
from tests.browser.canned_agenda import APPOINTMENTS
from tests.browser.canned_applications import CANDIDATE, CATALOGUE, SEALED
from tests.browser.canned_children import IN_CHILD, PARENT
from tests.browser.canned_desk import DELISTED, ONLINE, OPERATOR, PUBLISHER, SUSPENDED, WAITING
from tests.browser.canned_messages import BLOCKED, CLOSED, OPEN, WITH_TEAM
from tests.browser.conftest import (
    DESKTOP,
    PHONE,
    TABLET,
    Open,
    Watch,
    a_profile,
    open_screen,
    settled,
    shoot,
    unheard,
)
from tests.browser.fit import unfit

pytestmark = pytest.mark.browser

FULL, EMPTY, ERROR = "full", "empty", "error"
# As the words of the screen name them: each is shown once.
LOGIN_PROBLEMS = re.findall(
    r"^    \"?([a-z-]+)\"?: \{$",
    (site.ROOT / "web/src/catalogue/public.ts").read_text("utf-8").partition("  problems: {")[2],
    re.MULTILINE,
)
# name, address, who, states that differ
SCREENS: list[tuple[str, str, str | None, tuple[str, ...]]] = [
    ("public", "/", None, (FULL,)),
    ("login", "/connexion", None, (FULL,)),
    *((f"login-{slug}", f"/connexion?probleme={slug}", None, (FULL,)) for slug in LOGIN_PROBLEMS),
    *(
        (f"login-{outcome}", f"/connexion?etat={outcome}", None, (FULL,))
        for outcome in ("fin", "incertain", "efface")
    ),
    ("resume", "/reprise", PERSON, (FULL,)),
    ("help", "/aide", None, (FULL,)),
    ("publishers", "/editeurs", None, (FULL,)),
    ("publisher-guide", "/editeurs/guide", None, (FULL,)),
    ("application-guide", "/editeurs/applications", None, (FULL,)),
    ("fhir-guide", "/editeurs/fhir", None, (FULL,)),
    ("applications", "/applications", None, (FULL, EMPTY, ERROR)),
    ("applications-candidates", "/applications?e=2", PERSON, (EMPTY,)),
    *(
        (f"application-{card['id']}", f"/applications/{card['id']}", None, (FULL,))
        for card in CATALOGUE["items"]
    ),
    ("application-candidate", f"/applications/{CANDIDATE['id']}", PERSON, (FULL, ERROR)),
    ("home", "/accueil", PERSON, (FULL, EMPTY, ERROR)),
    ("documents", "/documents", PERSON, (FULL, EMPTY, ERROR)),
    ("add", "/documents/ajouter", PERSON, (FULL, EMPTY, ERROR)),
    ("access", "/acces", PERSON, (FULL, EMPTY, ERROR)),
    ("professionals", "/professionnels", PERSON, (FULL, EMPTY, ERROR)),
    ("agenda", "/agenda?v=liste", PERSON, (FULL, EMPTY, ERROR)),
    ("agenda-month", "/agenda?v=mois", PERSON, (FULL, EMPTY, ERROR)),
    ("agenda-past", "/agenda?v=passes", PERSON, (FULL, EMPTY, ERROR)),
    *(
        (f"appointment-{n}", f"/agenda/{one['id']}", PERSON, (FULL, ERROR)[: 1 + (n == 0)])
        for n, one in enumerate(APPOINTMENTS)
    ),
    ("appointment-add", "/agenda/ajouter", PERSON, (FULL, EMPTY, ERROR)),
    ("appointment-edit", f"/agenda/{APPOINTMENTS[0]['id']}/modifier", PERSON, (FULL, ERROR)),
    ("appointment-reminders", f"/agenda/{APPOINTMENTS[1]['id']}/modifier", PERSON, (FULL, ERROR)),
    ("calendar-feeds", "/agenda/abonnement", PERSON, (FULL, EMPTY, ERROR)),
    ("prevention", "/agenda/prevention", PERSON, (FULL, EMPTY, ERROR)),
    ("measures-weight", "/mesures?k=1&d=3m", PERSON, (FULL, EMPTY, ERROR)),
    ("measures-pressure", "/mesures?k=2&d=1a", PERSON, (FULL,)),
    ("measures-none", "/mesures?k=2&d=tout", PERSON, (EMPTY,)),
    ("measure-add", "/mesures/ajouter?k=2", PERSON, (FULL, EMPTY, ERROR)),
    ("child-measures", "/mesures?k=2&d=3m", IN_CHILD, (FULL, EMPTY)),
    ("messages", "/messages", PERSON, (FULL, EMPTY, ERROR)),
    ("conversation", f"/messages/{OPEN}", PERSON, (FULL, EMPTY, ERROR)),
    ("conversation-closed", f"/messages/{CLOSED}", PERSON, (FULL,)),
    ("conversation-blocked", f"/messages/{BLOCKED}", PERSON, (FULL,)),
    ("child-messages", "/messages", IN_CHILD, (FULL, EMPTY)),
    ("child-conversation", f"/messages/{OPEN}", IN_CHILD, (FULL,)),
    ("pro-messages", "/pro/messages", PROFESSIONAL, (FULL, EMPTY, ERROR)),
    ("pro-messages-team", "/pro/messages?b=equipe", PROFESSIONAL, (FULL, EMPTY)),
    ("pro-conversation", f"/pro/messages/{WITH_TEAM}", PROFESSIONAL, (FULL, ERROR)),
    ("pro-conversation-closed", f"/pro/messages/{CLOSED}", PROFESSIONAL, (FULL,)),
    ("pro-write", f"/pro/patients/{PID}/ecrire", PROFESSIONAL, (FULL, ERROR)),
    ("notices", "/notifications", PERSON, (FULL, EMPTY, ERROR)),
    ("notice-settings", "/plus/avis", PERSON, (FULL, EMPTY, ERROR)),
    ("consent", f"/applications/demande#{SEALED}", PARENT, (FULL, EMPTY, ERROR)),
    ("consent-none", "/applications/demande", PERSON, (FULL,)),
    ("consent-stopped", "/applications/demande?probleme=adresse", None, (FULL,)),
    ("applications-mine", "/applications/mes-applications", PERSON, (FULL, EMPTY, ERROR)),
    ("relatives", "/proches", PARENT, (FULL, EMPTY, ERROR)),
    ("parent-home", "/accueil", PARENT, (FULL,)),
    ("child-home", "/accueil", IN_CHILD, (FULL, EMPTY, ERROR)),
    ("child-documents", "/documents", IN_CHILD, (FULL, EMPTY)),
    ("child-access", "/acces", IN_CHILD, (FULL,)),
    ("child-professionals", "/professionnels", IN_CHILD, (FULL, EMPTY)),
    ("child-agenda", "/agenda?v=liste", IN_CHILD, (FULL,)),
    ("child-prevention", "/agenda/prevention", IN_CHILD, (FULL,)),
    ("child-notices", "/notifications", IN_CHILD, (FULL,)),
    ("child-consent", f"/applications/demande#{SEALED}", IN_CHILD, (FULL,)),
    ("child-applications", "/applications/mes-applications", IN_CHILD, (FULL, EMPTY)),
    ("child-relatives", "/proches", IN_CHILD, (FULL,)),
    ("child-more", "/plus", IN_CHILD, (FULL,)),
    (
        "pro-appointments",
        f"/pro/patients/{PID}/rendez-vous",
        PROFESSIONAL,
        (FULL, EMPTY, ERROR),
    ),
    (
        "pro-appointment-add",
        f"/pro/patients/{PID}/rendez-vous/ajouter",
        PROFESSIONAL,
        (FULL, ERROR),
    ),
    (
        "pro-appointment-edit",
        f"/pro/patients/{PID}/rendez-vous/{APPOINTMENTS[0]['id']}",
        PROFESSIONAL,
        (FULL, ERROR),
    ),
    ("own-applications", "/editeur", PUBLISHER, (FULL, EMPTY, ERROR)),
    ("own-application-add", "/editeur/ajouter", PUBLISHER, (FULL,)),
    *(
        (f"own-application-{state}", f"/editeur/{one}", PUBLISHER, states)
        for state, one, states in (
            ("candidate", WAITING, (FULL, EMPTY, ERROR)),
            ("online", ONLINE, (FULL,)),
            ("suspended", SUSPENDED, (FULL,)),
            ("delisted", DELISTED, (FULL,)),
        )
    ),
    ("own-application-edit", f"/editeur/{ONLINE}/modifier", PUBLISHER, (FULL, ERROR)),
    ("publisher-more", "/plus", PUBLISHER, (FULL,)),
    ("review", "/revue", OPERATOR, (FULL, EMPTY, ERROR)),
    ("review-online", "/revue?e=2", OPERATOR, (FULL,)),
    *(
        (f"review-file-{state}", f"/revue/{one}", OPERATOR, states)
        for state, one, states in (
            ("candidate", WAITING, (FULL, EMPTY, ERROR)),
            ("online", ONLINE, (FULL,)),
            ("delisted", DELISTED, (FULL,)),
        )
    ),
    ("more", "/plus", PERSON, (FULL, EMPTY, ERROR)),
    ("pro-more", "/plus", PROFESSIONAL, (FULL,)),
    ("lost", "/nulle-part", PERSON, (FULL,)),
    ("pro", "/pro", PROFESSIONAL, (FULL, EMPTY, ERROR)),
    ("pro-documents", f"/pro/patients/{PID}", PROFESSIONAL, (FULL, EMPTY, ERROR)),
    ("pro-deposit", f"/pro/patients/{PID}/deposer", PROFESSIONAL, (FULL, EMPTY, ERROR)),
    ("pro-refused", "/pro/patients/01JDK0000000000000000000ZZ", PROFESSIONAL, (FULL,)),
    *(
        (
            f"document-{kind}",
            f"/documents/{entry['id']}",
            PERSON,
            (FULL, ERROR)[: 1 + (kind == "pdf")],
        )
        for kind, entry in DOCUMENTS.items()
    ),
    (
        "pro-document",
        f"/pro/patients/{PID}/documents/{DOCUMENTS['cda']['id']}",
        PROFESSIONAL,
        (FULL, EMPTY, ERROR),
    ),
    (
        "pro-compare",
        f"/pro/patients/{PID}/comparer/{FORMER['id']}",
        PROFESSIONAL,
        (FULL, EMPTY, ERROR),
    ),
]
CASES = [
    pytest.param(name, path, who, state, id=f"{name}-{state}")
    for name, path, who, states in SCREENS
    for state in states
]
ENGLISH = re.compile(
    r"\b(the|your|please|loading|error|failed|click|upload|undefined|null|NaN|Object)\b",
    re.IGNORECASE,
)

# Between two screens, one that nothing is on.
_LOST, _LOST_TITLE = "/nulle-part", "Page introuvable"
# They are about how one comes there.
_FROM_OUTSIDE = {_LOST, "/", "/reprise"}
_GOES_ON = "document.documentElement.dataset.page === 'app' && performance.now() < 150_000"
_FOLLOW = """path => {
  history.pushState(null, '', path);
  dispatchEvent(new PopStateEvent('popstate'));
}"""
# Curves follow the window in the next frame; a page of a document later, and it takes its time.
_REDRAWN = """async () => {
  const frames = async n => { while (n-- > 0) await new Promise(requestAnimationFrame); };
  await frames(2);
  if (document.querySelector('.viewer canvas')) await frames(6);
  while (document.querySelector('.viewer canvas:not([data-drawn])')) await frames(1);
}"""


def _drawn(page: Page) -> tuple[str, str]:
    """Return every element and which of them show, in letters of which size; the place of each.

    As texts: values cross to the browser and back one by one.
    """
    shown, places = page.evaluate(
        """() => {
          const all = [...document.querySelectorAll('*')];
          const shows = all.map(e =>
            e.checkVisibility({ opacityProperty: true, visibilityProperty: true }));
          const letters = all.map((e, n) => shows[n] && getComputedStyle(e).fontSize);
          const places = all.filter((_, n) => shows[n])
            .map(e => Object.values(e.getBoundingClientRect().toJSON()));
          return [document.documentElement.outerHTML + letters, JSON.stringify(places)];
        }"""
    )
    return shown, places


def _words(page: Page) -> str:
    words: str = page.evaluate(
        """() => {
          // What is in another language says so, and is not ours to judge.
          const foreign = [...document.querySelectorAll('[lang=en]')].map(e => e.innerText);
          const shown = foreign.reduce((text, part) => text.replace(part, ''),
            document.body.innerText);
          const attributes = ['aria-label', 'alt', 'placeholder', 'title'];
          const marked = [...document.querySelectorAll('[aria-label],[alt],[placeholder],[title]')];
          return [document.title, shown,
            ...marked.flatMap(e => attributes.map(a => e.getAttribute(a) ?? ''))].join('\\n');
        }"""
    )
    return words


Profiles = Callable[[str | None, str], Watch]


@pytest.fixture(scope="module")
def profiles(browser: Browser, base_url: str) -> Iterator[Profiles]:
    """Keep a page open for each person in each state, from one of her screens to the next."""
    with ExitStack() as stack:

        @cache
        def one_of(who: str | None, state: str) -> Watch:
            del who, state  # each has a profile of her own
            watch = Watch()
            stack.enter_context(a_profile(browser, base_url, watch)).new_page()
            return watch

        yield one_of


@pytest.fixture
def kept(profiles: Profiles, who: str | None, state: str) -> Iterator[Watch]:
    """Give the page of this person in this state."""
    with unheard(profiles(who, state)) as watch:
        yield watch


def _go(page: Page, path: str, who: str | None, state: str) -> None:
    """Go to a screen as a link of the client does; the first one is opened from outside.

    And again after a while, for nobody touches the page: it would soon ask who is still there.
    """
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    if path in _FROM_OUTSIDE or not page.evaluate(_GOES_ON):
        page.unroute_all()
        open_screen(page, path, who, state)
        return
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.emulate_media(color_scheme="light")
    for address, shown in ((_LOST, 1), (path, 0)):
        page.evaluate(_FOLLOW, address)
        expect(page.get_by_role("heading", level=1, name=_LOST_TITLE)).to_have_count(shown)
    settled(page)


@pytest.mark.parametrize(("name", "path", "who", "state"), CASES)
def test_screen_is_accessible_and_french(
    kept: Watch, name: str, path: str, who: str | None, state: str
) -> None:
    (page,) = kept.pages
    _go(page, path, who, state)
    expect(page.locator("h1")).to_have_count(1)
    expect(page.locator("main")).to_have_count(1)
    expect(page).to_have_title(re.compile("Carnet"))
    assert not ENGLISH.findall(_words(page))
    found, judged = dict[str, list[str]](), set[str]()
    for width, height in (PHONE, TABLET, DESKTOP):
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(_REDRAWN)
        drawn = []
        for scheme, rules in SCHEMES:
            # Without motion, colours change at once: what is judged is what stays.
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            case = f"{name}-{state}-{width}-{scheme}"
            drawn.append(_drawn(page))
            shown, _ = drawn[0]
            left = AGAIN[scheme] if shown in judged else rules
            wrong = violations(page, left) if left else []
            if wrong or "CARNET_PICTURES" in os.environ:
                shoot(page, case)
            if wrong:
                found[case] = wrong
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{case} is {wide} px wider than the screen"
        light, dark = drawn
        assert light == dark, f"{name}-{state}-{width}: dark differs by more than its colours"
        judged.add(shown)
    assert found == {}
    page.emulate_media(color_scheme="light")
    assert unfit(page) == []


def test_audit_finds_a_fault_put_in_a_screen(page: Page, opened: Open) -> None:
    opened("/connexion", None)
    assert violations(page) == []
    drawn = _drawn(page)
    page.evaluate(
        """() => {
          const image = document.createElement('img');
          image.src = '/icon.svg';
          document.querySelector('main').append(image);
          document.querySelector('h1').style.color = '#d0d0d0';
        }"""
    )
    found = " ".join(violations(page))
    assert "image-alt" in found
    assert "color-contrast" in found
    assert "color-contrast" in " ".join(violations(page, ABOUT_COLOURS))
    assert _drawn(page) != drawn


def test_audit_finds_what_does_not_fit(page: Page, opened: Open) -> None:
    opened("/connexion", None)
    assert unfit(page) == []
    opened("/connexion", None)
    page.evaluate(
        """() => {
          const button = document.createElement('button');
          button.className = 'button';
          button.textContent = 'Un bouton étroit';
          button.style = 'width: 40px; white-space: nowrap; overflow: hidden; padding: 0';
          const bar = document.createElement('div');
          bar.style = 'position: fixed; height: 90px; width: 400px';
          document.querySelector('main').append(button, bar);
        }"""
    )
    found = " ".join(unfit(page))
    assert "too small for a thumb: Un bouton étroit" in found
    assert "never scrolls, at 400 %" in found
    assert "letters spaced: Un bouton étroit" in found
    assert "letters twice as large: Un bouton étroit" in found
