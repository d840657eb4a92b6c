"""Clinical documents too wide or too full: they say that they scroll, and freeze nobody."""

import hashlib
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from chalicelib.record.cda_view import narrative
from tests.browser.canned import DOCUMENTS, NARRATIVE, reply, send
from tests.browser.conftest import PHONE, Open, shoot
from tests.record.cda.samples import a_cda, a_media_entry, an_embedded
from tests.storage.files import a_png

pytestmark = pytest.mark.browser

CDA = f"/documents/{DOCUMENTS['cda']['id']}"
_WORDS = ("Antécédents", "Traitement", "Posologie", "Surveillance", "Commentaire")
_FADES = """(frame, side) => getComputedStyle(frame, side === 'left' ? '::before' : '::after')
  .opacity"""


def _show(page: Page, opened: Open, answer: dict[str, Any], scheme: str = "light") -> None:
    canned = opened("/aide")
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    canned.overrides["/narrative$"] = lambda route: reply(route, answer)
    page.goto(CDA)
    page.get_by_role("button", name="Télécharger").wait_for()


def _table(columns: int) -> dict[str, Any]:
    cells = "".join(f"<td>{word}</td>" for word in _WORDS[:columns])
    return narrative(a_cda(sections=[("Suivi", f"<table><tbody><tr>{cells}</tr></tbody></table>")]))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_table_wider_than_a_phone_shows_that_it_scrolls_until_its_end(
    page: Page, opened: Open, scheme: str
) -> None:
    _show(page, opened, _table(5), scheme)
    frame, region = page.locator(".side-scroll"), page.get_by_role("region", name="Tableau")
    expect(frame).to_have_attribute("data-more", "right")
    expect(region).to_have_accessible_name("Tableau à faire défiler")
    page.wait_for_timeout(300)
    shoot(page, f"wide-table-{scheme}")
    assert [frame.evaluate(_FADES, side) for side in ("left", "right")] == ["0", "1"]

    region.focus()
    expect(region).to_be_focused()
    for _ in range(40):
        page.keyboard.press("ArrowRight")
    expect(frame).to_have_attribute("data-more", "left")
    expect(page.get_by_role("cell", name="Commentaire")).to_be_in_viewport(ratio=0.99)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


def test_a_table_that_fits_says_nothing_and_takes_no_focus(page: Page, opened: Open) -> None:
    _show(page, opened, _table(2))
    expect(page.get_by_role("cell", name="Traitement")).to_be_visible()
    expect(page.locator(".side-scroll")).to_have_attribute("data-more", "")
    expect(page.get_by_role("region", name="Tableau")).to_have_count(0)
    assert page.locator(".table-scroll").get_attribute("tabindex") is None


def test_a_file_shown_a_thousand_times_is_drawn_once(page: Page, opened: Open) -> None:
    again = "<renderMultiMedia referencedObject='courbe'/>" * 1_000
    entry = a_media_entry("courbe", a_png(), "image/png")
    _show(page, opened, narrative(a_cda(sections=[("Courbes", again)], entries=entry)))

    expect(page.get_by_role("img", name="Image du document « Image du document »")).to_have_count(1)
    said = page.get_by_text("Ce fichier est déjà affiché plus haut dans le document.")
    expect(said).to_have_count(999)
    expect(page.get_by_role("heading", name="Fichiers joints")).to_have_count(0)


def test_cells_that_claim_thousands_of_columns_and_rows_are_drawn_at_once(
    page: Page, opened: Open
) -> None:
    wide = "<tr>" + "<td colspan='1000' rowspan='5000'>x</td>" * 4_000 + "</tr>"
    rows = "<tr><td colspan='1000'>y</td></tr>" * 3_000
    table = f"<table><tbody>{wide}{rows}</tbody></table>"

    _show(page, opened, narrative(a_cda(sections=[("Piège", table)])))

    expect(page.get_by_role("heading", name="Piège")).to_be_visible()
    assert page.locator("td").count() == 7_000
    assert page.evaluate("[...document.querySelectorAll('td')].every(c => c.colSpan === 1)")


def test_many_cells_over_many_rows_take_a_time_that_grows_with_them_alone(
    page: Page, opened: Open
) -> None:
    """Collapsed borders took the square of it: seconds for one such table."""
    _show(page, opened, _table(2))
    took = page.evaluate(
        """() => {
          const body = document.querySelector('.narrative tbody');
          const row = (cells, rows) => {
            const line = body.insertRow();
            for (let n = 0; n < cells; n++) line.insertCell().rowSpan = rows;
          };
          row(900, 900);
          for (let n = 0; n < 899; n++) row(1, 1);
          const began = performance.now();
          body.getBoundingClientRect();
          return performance.now() - began;
        }"""
    )
    assert took < 4_000


def test_a_text_that_turns_its_words_around_is_read_in_the_order_written(
    page: Page, opened: Open
) -> None:
    canned = opened("/aide")
    attached = {
        "key": "body",
        "media_type": "text/plain",
        "size_bytes": 20,
        "sha256": "0" * 64,
        "refused": None,
        "data": "VGF1eCA6IOKArjEsNeKArCBn",  # Taux : [U+202E]1,5[U+202C] g
    }
    answer = {**NARRATIVE, "sections": [], "embedded": "body", "attachments": [attached]}
    canned.overrides["/narrative$"] = lambda route: reply(route, answer)
    page.goto(CDA)

    expect(page.locator(".plain-text")).to_have_text("Taux : 1,5 g")
    assert not re.search("[\u202a-\u202e]", page.locator(".plain-text").inner_text())
    expect(page.get_by_text("Des caractères invisibles")).to_be_visible()


def test_a_file_too_long_for_one_answer_is_taken_out_of_the_original(
    page: Page, opened: Open
) -> None:
    canned = opened("/aide")
    original = a_cda(body=an_embedded(a_png(), "image/png"))
    answer = narrative(original)
    answer["attachments"][0]["data"] = None
    facts = {"size_bytes": len(original), "sha256": hashlib.sha256(original).hexdigest()}
    canned.overrides[f"{CDA}$"] = lambda route: reply(route, DOCUMENTS["cda"] | facts)
    canned.overrides["/narrative$"] = lambda route: reply(route, answer)
    canned.overrides["/content$"] = lambda route: send(
        route, 200, original, {"Content-Type": "text/xml"}
    )
    page.goto(CDA)

    expect(page.get_by_role("img", name="Image du document")).to_be_visible()
