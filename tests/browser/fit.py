"""What does not fit a screen, for who touches it, enlarges it, or spaces its letters."""

from collections.abc import Iterator

from playwright.sync_api import Page, ViewportSize

from tests.browser.conftest import PHONE

# A window of 1280 × 1024 at 400 %, a phone, and a small one.
_ZOOMED: ViewportSize = {"width": 320, "height": 256}
_PHONE: ViewportSize = {"width": PHONE[0], "height": PHONE[1]}
_SMALL_PHONE: ViewportSize = {"width": 320, "height": 640}

_TOO_WIDE = "document.documentElement.scrollWidth > innerWidth ? ['the page'] : []"
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
_UNSPACE = """() => document.querySelectorAll('*').forEach(e => Object.assign(e.style ?? {}, {
  lineHeight: '', letterSpacing: '', wordSpacing: '' }))"""
_CUT = """() => [...document.querySelectorAll('.button, .badge, .places a, h1, h2')]
  .filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1).map(e => e.textContent)"""


def unfit(page: Page) -> list[str]:
    """Return what does not fit, and when; leaves the screen as wide as a small phone."""
    return [f"{when}: {what}" for when, what in _unfit(page)]


def _unfit(page: Page) -> Iterator[tuple[str, str]]:
    page.set_viewport_size(_PHONE)
    yield from _found(page, "too small for a thumb", _SMALL)
    page.set_viewport_size(_ZOOMED)
    yield from _found(page, "outside, at 400 %", _TOO_WIDE, _HIDDEN)
    if (height := page.evaluate(_FIXED)) >= _ZOOMED["height"] / 3:
        yield "never scrolls, at 400 %", f"{height} px"
    page.set_viewport_size(_PHONE)
    page.evaluate(_SPACE)
    yield from _found(page, "outside or cut, letters spaced", _TOO_WIDE, _CUT)
    page.evaluate(_UNSPACE)
    page.set_viewport_size(_SMALL_PHONE)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    yield from _found(page, "outside or cut, letters twice as large", _TOO_WIDE, _HIDDEN, _CUT)


def _found(page: Page, when: str, *searches: str) -> Iterator[tuple[str, str]]:
    for search in searches:
        yield from ((when, what) for what in page.evaluate(search))
