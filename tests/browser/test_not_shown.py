"""What no browser shows: said before it is sent, and downloaded as it was."""

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.canned import DOCUMENTS, document
from tests.browser.conftest import Open, settled
from tests.storage.office_files import a_docx, a_heic, a_tiff, an_rtf

pytestmark = pytest.mark.browser
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def test_a_word_document_is_downloaded_and_says_what_scanned_it(page: Page, opened: Open) -> None:
    canned = opened("/documents")
    scanned = {"verdict": "clean", "engine": "ClamAV 1.4.6/27500"}
    letter = document(8, "Lettre au spécialiste", WORD, b"x", antivirus=scanned)
    canned.documents.append(letter)
    page.goto(f"/documents/{letter['id']}")
    settled(page)
    expect(page.get_by_text("Ce document est au format Word.")).to_be_visible()
    expect(page.get_by_role("button", name="Imprimer")).to_have_count(0)
    page.get_by_text("À propos de ce document").click()
    said = page.get_by_text("Analysé\u00a0: aucun virus connu (ClamAV 1.4.6, signatures 27500)")
    expect(said).to_be_visible()
    with page.expect_download() as waited:
        page.get_by_role("button", name="Télécharger").click()
    assert waited.value.suggested_filename.endswith(" Lettre au spécialiste.docx")
    assert waited.value.path().read_bytes() == b"x"


def test_a_document_that_nothing_scanned_says_so_without_being_asked(
    page: Page, opened: Open
) -> None:
    opened(f"/documents/{DOCUMENTS['pdf']['id']}")
    words = page.get_by_text("Non analysé\u00a0: aucun antivirus n’était branché à son arrivée")
    expect(words).to_be_visible()
    page.get_by_text("À propos de ce document").click()
    expect(words).to_have_count(1)


def test_each_format_that_is_not_shown_says_so_before_it_is_sent(page: Page, opened: Open) -> None:
    opened("/documents/ajouter")
    given = {
        "IMG_2.HEIC": (a_heic(), "Cette photo (HEIC) sera gardée"),
        "scan.tif": (a_tiff(), "Cette image (TIFF) sera gardée"),
        "lettre.docx": (a_docx(), "Un PDF s’affiche partout"),
        "courrier.rtf": (an_rtf(), "Un PDF s’affiche partout"),
    }
    chosen: list[FilePayload] = [
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        for name, (content, _) in given.items()
    ]
    page.locator("#files").set_input_files(chosen)
    for name, (_, said) in given.items():
        expect(page.get_by_role("article", name=name)).to_contain_text(said)
    expect(page.get_by_role("button", name="Envoyer les 4 fichiers")).to_be_visible()
