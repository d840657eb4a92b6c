"""What comes over a screen or changes in it: questions, messages, files on their way."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.axe import violations
from tests.browser.canned import (
    DOCUMENTS,
    PERSON,
    PID,
    PROFESSIONAL,
    Canned,
    document,
    problem,
    reply,
)
from tests.browser.conftest import Open, shoot

pytestmark = pytest.mark.browser

Answer = Callable[[Route], None]
Steps = Callable[[Page, Canned], None]


def _authorise(page: Page, _: Canned) -> None:
    page.get_by_role("button", name="Autoriser de nouveau Dr Paul EXEMPLE").click()


def _withdraw(page: Page, canned: Canned) -> None:
    canned.overrides["^DELETE "] = lambda route: route.fulfill(status=204)
    page.get_by_role("button", name="Retirer l’accès").click()
    expect(page.get_by_role("button", name="Rétablir l’accès")).to_be_visible()


def _delete(page: Page, _: Canned) -> None:
    page.get_by_role("button", name="Supprimer ce document").click()


def _shortcuts(page: Page, _: Canned) -> None:
    page.keyboard.press("?")


def _expired(page: Page, canned: Canned) -> None:
    canned.who = None
    canned.overrides["/authorisations"] = lambda route: problem(route, 401, "session-ended", "s")
    page.get_by_role("link", name="Plus", exact=True).click()
    page.get_by_role("link", name="Mes professionnels").click()
    expect(page.get_by_role("alertdialog")).to_be_visible()


def _offline(page: Page, _: Canned) -> None:
    page.context.set_offline(True)
    expect(page.get_by_text("Vous êtes hors connexion")).to_be_visible()


def _form_errors(page: Page, _: Canned) -> None:
    page.get_by_role("button", name="Ouvrir le dossier").click()
    expect(page.get_by_role("group", name="Vérifiez votre saisie")).to_be_focused()


def _facts(page: Page, _: Canned) -> None:
    page.get_by_text("À propos de ce document").click()
    page.get_by_role("button", name="Vérifier que le fichier est intact").click()
    expect(page.get_by_text("Fichier intact").last).to_be_visible()


def _search(page: Page, _: Canned) -> None:
    page.get_by_label("Nom de famille").fill("Exemple")
    page.get_by_role("button", name="Rechercher").click()
    expect(page.get_by_text("1 professionnel trouvé")).to_be_visible()


def _files(page: Page, canned: Canned) -> None:
    """Show a file in each state: described, refused here, present, refused there, there, cut."""
    there = document(9, "Bilan de mai", "text/plain", b"e")
    answers: list[Answer] = [
        lambda route: problem(route, 409, "already-deposited", "Déjà", document_id=there["id"]),
        lambda route: problem(route, 422, "document-refused", "Refusé", detail="Fichier abîmé."),
        lambda route: reply(route, there, 201),
        lambda route: route.abort(),
    ]
    canned.documents = [there]
    canned.overrides["POST .*/documents$"] = _next(answers)
    files = page.locator("#files")
    for name in ("a", "b", "c", "d"):
        _put(files, f"{name} bilan.txt", name.encode())
    page.get_by_role("button", name="Envoyer les 4 fichiers").click()
    expect(page.get_by_role("article", name="c bilan.txt")).to_contain_text("Disponible")
    expect(page.get_by_role("article", name="d bilan.txt")).to_contain_text("Réseau coupé")
    _put(files, "vide.txt", b"")
    _put(files, "encore un.txt", b"f")
    expect(page.get_by_role("article", name="vide.txt")).to_contain_text("vide")


def _next(answers: list[Answer]) -> Answer:
    """Give each answer once, and the last one from then on: what is cut is tried again."""

    def answer(route: Route) -> None:
        (answers.pop(0) if len(answers) > 1 else answers[0])(route)

    return answer


def _put(files: object, name: str, content: bytes) -> None:
    files.set_input_files(  # type: ignore[attr-defined]  # a locator
        {"name": name, "mimeType": "text/plain", "buffer": content}
    )


TEXT = f"/documents/{DOCUMENTS['text']['id']}"
CDA = f"/documents/{DOCUMENTS['cda']['id']}"
CASES: list[tuple[str, str, str, Steps]] = [
    ("authorise", "/professionnels", PERSON, _authorise),
    ("withdraw", "/professionnels", PERSON, _withdraw),
    ("search", "/professionnels", PERSON, _search),
    ("delete", TEXT, PERSON, _delete),
    ("facts", CDA, PERSON, _facts),
    ("shortcuts", "/accueil", PERSON, _shortcuts),
    ("expired", "/accueil", PERSON, _expired),
    ("offline", "/documents", PERSON, _offline),
    ("form-errors", "/pro", PROFESSIONAL, _form_errors),
    ("files", "/documents/ajouter", PERSON, _files),
    ("files-pro", f"/pro/patients/{PID}/deposer", PROFESSIONAL, _files),
]


@pytest.mark.parametrize(("name", "path", "who", "steps"), CASES)
def test_what_comes_over_a_screen_is_accessible(
    page: Page, opened: Open, name: str, path: str, who: str, steps: Steps
) -> None:
    canned = opened(path, who)
    page.emulate_media(reduced_motion="reduce")
    steps(page, canned)
    shoot(page, f"over-{name}-light")
    found = violations(page)
    page.emulate_media(color_scheme="dark")
    shoot(page, f"over-{name}-dark")
    assert found + violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
