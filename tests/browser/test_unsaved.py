"""What was typed and not saved is not lost in silence; what was undone can be redone at leisure."""

import re

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.canned import PERSON
from tests.browser.canned_agenda import APPOINTMENTS
from tests.browser.conftest import Open, shoot

pytestmark = pytest.mark.browser


def _leaves_freely(page: Page) -> bool:
    """Reload the page, and tell whether the browser asked nothing."""
    asked: list[str] = []

    def accept(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", accept)
    page.reload()
    page.remove_listener("dialog", accept)
    assert asked in ([], ["beforeunload"])
    return asked == []


def _choose(page: Page) -> None:
    page.get_by_label("Les dépistages").click()


def _title(page: Page) -> None:
    page.get_by_label("Titre").press_sequentially("Dentiste")


FORMS = [("/plus/avis", _choose), ("/agenda/ajouter", _title)]


@pytest.mark.parametrize(("path", "fill"), FORMS)
def test_closing_the_page_asks_only_when_something_is_not_saved(
    page: Page, opened: Open, path: str, fill: object
) -> None:
    opened(path)
    assert _leaves_freely(page)
    fill(page)  # type: ignore[operator]  # a function of a page
    assert not _leaves_freely(page)


def test_choices_left_on_the_way_wait_there_and_logging_out_asks(page: Page, opened: Open) -> None:
    opened("/plus/avis")
    box = page.get_by_label("Les dépistages")
    before = box.is_checked()
    box.click()

    page.get_by_role("link", name=re.compile("^Plus")).first.click()
    page.get_by_role("button", name="Me déconnecter").last.click()
    asked = page.get_by_role("alertdialog", name="Une saisie n’est pas enregistrée")
    shoot(page, "logout-typed")
    asked.get_by_role("button", name="Rester pour l’enregistrer").click()

    page.get_by_role("link", name=re.compile("Avis et rappels|Choisir")).first.click()
    expect(page.get_by_text("Votre saisie vous attendait")).to_be_visible()
    expect(box).to_be_checked(checked=not before)
    page.get_by_role("button", name="Recommencer").click()
    expect(box).to_be_checked(checked=before)
    assert _leaves_freely(page)


def test_what_is_typed_back_as_it_was_is_nothing_to_save(page: Page, opened: Open) -> None:
    opened("/plus/avis")
    _choose(page)
    _choose(page)
    assert _leaves_freely(page)


def test_a_cancelled_appointment_can_be_set_again_until_another_screen_opens(
    page: Page, opened: Open
) -> None:
    page.clock.install()
    canned = opened(f"/agenda/{APPOINTMENTS[0]['id']}", PERSON)
    canned.overrides["DELETE .*/appointments/"] = lambda route: route.fulfill(status=204)
    page.get_by_role("button", name="Annuler le rendez-vous").click()
    again = page.get_by_role("button", name="Rétablir", exact=True)
    expect(again).to_be_visible()

    page.clock.run_for(300_000)
    expect(again).to_be_visible()
    page.get_by_role("link", name="Documents", exact=True).first.click()
    expect(page).to_have_url("/documents")
    expect(again).to_have_count(0)


def test_a_message_without_anything_to_do_goes_by_itself(page: Page, opened: Open) -> None:
    page.clock.install()
    opened("/plus/avis")
    _choose(page)
    page.get_by_role("button", name="Enregistrer").click()
    said = page.get_by_text("Vos choix sont enregistrés.")
    expect(said).to_be_visible()
    page.clock.run_for(7_000)
    expect(said).to_have_count(0)
