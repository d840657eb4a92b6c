"""What a clinical document says is read on the screen: its words are counted in what is visible."""

import re
from collections import Counter
from typing import Any

import pytest
from playwright.sync_api import Page

from chalicelib.record.cda_view import narrative
from tests.browser.canned import DOCUMENTS, reply
from tests.browser.conftest import Open
from tests.record.cda.samples import MISSING, REFERENCE
from tests.record.cda.words import words_of_narrative

FOLDER = REFERENCE / "cda"
FILES = sorted(path.name for path in FOLDER.glob("*.xml"))
# Their whole text is in the file that they hold, and none in sections.
WITHOUT_SECTIONS = {"DOC_NON_STRUCTURE_CDA-R2-N1.xml"}

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not FILES, reason=MISSING)]


def words(counted: Counter[str]) -> Counter[str]:
    """Count words without what stands against them: `(mg)` in one style or two is `mg`."""
    found: Counter[str] = Counter()
    for token, times in counted.items():
        for word in re.findall(r"\w+", token):
            found[word] += times
    return found


def lost(page: Page, content: bytes) -> Counter[str]:
    """Count the words of a document that its article does not show."""
    seen = Counter(page.locator("article.narrative").inner_text().split())
    return words(words_of_narrative(content)) - words(seen)


def show(page: Page, opened: Open, answer: dict[str, Any]) -> None:
    """Open the screen of a document whose narrative is given."""
    canned = opened("/aide")
    canned.overrides["/narrative$"] = lambda route: reply(route, answer)
    page.goto(f"/documents/{DOCUMENTS['cda']['id']}")
    page.get_by_role("button", name="Télécharger").wait_for()


@pytest.mark.parametrize("name", FILES)
def test_at_least_99_percent_of_the_words_are_on_the_screen(
    page: Page, opened: Open, name: str
) -> None:
    content = (FOLDER / name).read_bytes()
    show(page, opened, narrative(content))
    expected = words(words_of_narrative(content)).total()
    if name in WITHOUT_SECTIONS:
        assert expected == 0
        return
    missing = lost(page, content)
    assert missing.total() <= 0.01 * expected, f"lost of {expected}: {sorted(missing)}"


def test_a_section_that_is_not_drawn_is_missed(page: Page, opened: Open) -> None:
    content = (FOLDER / "CSE-CS24_2025.01.xml").read_bytes()
    answer = narrative(content)
    show(page, opened, {**answer, "sections": answer["sections"][1:]})
    assert lost(page, content).total() > 0.01 * words_of_narrative(content).total()
