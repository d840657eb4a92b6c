"""What applications brought says so: who deposited a document, and the link to a remote visit."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.canned import CONTENTS, DOCUMENTS, PID, document, reply
from tests.browser.canned_agenda import APPOINTMENTS
from tests.browser.conftest import PHONE, Open

pytestmark = pytest.mark.browser

APP = {"kind": "application", "name": "Ma Balance Exemple"}
THEIRS = next(one for one in APPOINTMENTS if not one["is_own"])


def test_a_document_of_an_application_is_said_to_be_deposited_by_it(  # R-SVC-08
    page: Page, opened: Open
) -> None:
    canned = opened("/aide")
    author = DOCUMENTS["cda"]["author"] | {"name": "Ma Balance Exemple"}
    made = document(
        7, "Bilan de la semaine", "application/pdf", CONTENTS["pdf"], depositor=APP, author=author
    )
    canned.documents = [made]
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.goto("/documents")
    expect(page.get_by_text("Déposé par Ma Balance Exemple")).to_be_visible()
    page.get_by_role("link", name="Bilan de la semaine").click()
    page.get_by_text("À propos de ce document").click()
    fact = page.locator("dt", has_text="Déposé par").locator("xpath=following-sibling::dd[1]")
    expect(fact).to_have_text("Ma Balance Exemple")


@pytest.mark.parametrize("by_author", [False, True], ids=["added", "set with it"])
def test_a_remote_visit_is_joined_from_the_appointment(
    page: Page, opened: Open, *, by_author: bool
) -> None:
    opened("/agenda")
    room = {"link": "https://visio.exemple/salle", "link_author": None if by_author else APP}
    shown = THEIRS | room | ({"author": APP} if by_author else {})

    def answer(route: Route) -> None:
        reply(route, shown)

    page.route(f"**/v1/patients/{PID}/appointments/{THEIRS['id']}", answer)
    page.route(
        re.compile(rf"/v1/patients/{PID}/appointments(\?.*)?$"),
        lambda route: reply(route, {"items": [shown], "next": None}),
    )
    page.goto("/agenda?v=liste")
    expect(page.locator("a.row")).to_contain_text("À distance")
    page.goto(f"/agenda/{THEIRS['id']}")
    where = page.locator("dt", has_text="Où").locator("xpath=following-sibling::dd[2]")
    expect(where).to_contain_text("À distance")
    who = "L’application Ma Balance Exemple" if by_author else THEIRS["author"]["name"]
    expect(page.get_by_text(f"{who} a fixé ce rendez-vous.")).to_be_visible()
    where_to = "allez sur le site de l’application" if by_author else "appelez ceux qui ont fixé"
    expect(page.get_by_text(where_to)).to_be_visible()
    link = page.get_by_role("link", name="Rejoindre la téléconsultation")
    expect(link).to_have_attribute("href", "https://visio.exemple/salle")
    said = page.get_by_text("Lien ajouté par Ma Balance Exemple.")
    expect(said).to_have_count(0 if by_author else 1)
