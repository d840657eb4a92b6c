"""What axe-core finds wrong on a screen, by the rules of RGAA, EN 301 549 and WCAG 2.2."""

from typing import Any, Literal

from playwright.sync_api import Page

from tests.browser import site

_AXE = site.ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
_TAGS = ["RGAAv4", "EN-301-549", "best-practice"] + [
    f"wcag{version}{level}" for version in ("2", "21", "22") for level in ("a", "aa")
]

# What else axe judges follows from what is drawn where, which a scheme may not change.
ABOUT_COLOURS = ["color-contrast", "link-in-text-block"]
SCHEMES: tuple[tuple[Literal["light", "dark"], list[str]], ...] = (
    ("light", _TAGS),
    ("dark", ABOUT_COLOURS),
)
# Of the same elements in a window of another width, only places differ, and what lies under a text.
AGAIN = {
    "light": ["target-size", "scrollable-region-focusable", "color-contrast"],
    "dark": [],
}


def violations(page: Page, only: list[str] = _TAGS) -> list[str]:
    """Return what axe finds wrong on the screen, by rules or by tags of rules."""
    # The page's policy forbids injected scripts: axe comes in through the debugger.
    if not page.evaluate("'axe' in globalThis"):
        page.evaluate(_AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(
        # None of these rules reads style sheets or films, which axe would fetch before each run.
        """runOnly => axe.run({ runOnly, preload: false, resultTypes: ['violations'] })
          .then(found => found.violations)""",
        only,
    )
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]
