"""A person on the screens by which an application is let in, and shown out."""

import re
from collections.abc import Iterable

from playwright.sync_api import Page, expect

from tests.browser.product import PERSON


def log_in_to_answer(page: Page) -> None:
    """Log in where an application sent a person who was not."""
    page.get_by_role("link", name="Se connecter avec FranceConnect").click()
    page.get_by_role("button", name=PERSON[1]).first.click()


def allow(page: Page, application: str, lines: Iterable[str]) -> None:
    """Turn lines on for a month, accept, and go back to the application."""
    expect(page.get_by_role("heading", name=f"{application} demande un accès")).to_be_visible()
    for line in lines:
        page.get_by_role("checkbox", name=line).check()
    page.get_by_role("radio", name=re.compile(r"^1.mois$")).check()
    page.get_by_role("button", name="Accepter").click()
    page.get_by_role("link", name=f"Retourner à {application}").click()


def withdraw(page: Page, origin: str, application: str) -> None:
    """Take back all that an application was let do."""
    page.goto(f"{origin}/applications/mes-applications")
    page.get_by_role("button", name=f"Retirer tout l’accès de {application}").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Retirer tout l’accès").click()
    expect(page.get_by_text(f"L’accès de {application} est retiré").first).to_be_visible()
