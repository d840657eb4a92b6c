"""Documents narrowed to who wrote them, and several downloaded in one go."""

import io
import re
import zipfile
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Download, Page, Route, expect

from tests.browser import canned
from tests.browser.axe import violations
from tests.browser.canned import CONTENTS, DOCUMENTS, PID, PROFESSIONAL, document
from tests.browser.conftest import DESKTOP, PHONE, Open

if TYPE_CHECKING:
    from tests.browser.canned import Canned

pytestmark = pytest.mark.browser

REPORT = "Compte rendu de consultation"
NAMES = {
    "cda": "2026-11-22 Bilan thyroïdien.xml",
    "pdf": "2026-11-21 Compte rendu de consultation – Dr Claire EXEMPLE.pdf",
    "png": "2026-11-20 Photo d’ordonnance.png",
    "text": "2026-11-19 Notes pour le rendez-vous.txt",
}


def _bytes(download: Download) -> bytes:
    return download.path().read_bytes()


def _begin(page: Page) -> None:
    page.get_by_role("button", name="Choisir plusieurs documents").click()
    expect(page.get_by_text("Cochez les documents à télécharger")).to_be_focused()


def _content(name: str) -> str:
    return f"GET .*/documents/{DOCUMENTS[name]['id']}/content"


def _down(route: Route) -> None:
    canned.problem(route, 503, "unavailable", "Service indisponible")


@pytest.mark.parametrize("who", ["person", PROFESSIONAL])
def test_who_wrote_them_narrows_the_list_and_the_address_tells_nothing(
    page: Page, opened: Open, who: str
) -> None:
    path = "/documents" if who == "person" else f"/pro/patients/{PID}"
    answers: Canned = opened(path, who)
    page.get_by_text("Filtrer par auteur ou spécialité").click()
    page.get_by_label("Spécialité ou métier de l’auteur").select_option("Médecine générale")
    rows = page.get_by_role("list", name="Liste des documents").get_by_role("listitem")
    expect(rows).to_have_count(1)
    expect(page).to_have_url(f"{path}?s=S01")
    page.get_by_label("Auteur", exact=True).select_option("Dr Claire EXEMPLE")
    ref = DOCUMENTS["pdf"]["author"]["ref"]
    expect(page).to_have_url(f"{path}?s=S01&a={ref}")

    page.reload()

    expect(page.get_by_label("Auteur", exact=True)).to_have_value(ref)
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(REPORT)
    page.get_by_label("Spécialité ou métier de l’auteur").select_option("Infirmier")
    expect(page.get_by_text("Aucun document ne correspond")).to_be_visible()
    page.get_by_role("button", name="Effacer les filtres").click()
    expect(page).to_have_url(path)
    expect(rows).to_have_count(len(DOCUMENTS))
    assert answers.count("GET", f"/v1/patients/{PID}/documents") >= 4


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_several_are_downloaded_in_one_file_under_their_names(
    page: Page, opened: Open, size: tuple[int, int]
) -> None:
    answers: Canned = opened("/documents")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    _begin(page)
    assert violations(page) == []
    page.get_by_label(re.compile(REPORT)).check()
    page.get_by_role("button", name="Tous : choisir les 4 affichés").click()
    expect(page.get_by_text("4 documents choisis")).to_be_visible()
    assert violations(page) == []
    with page.expect_download() as saved:
        page.get_by_role("button", name="Télécharger : 4 documents choisis").click()

    assert re.fullmatch(r"20\d\d-\d\d-\d\d 4 documents\.zip", saved.value.suggested_filename)
    with zipfile.ZipFile(io.BytesIO(_bytes(saved.value))) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == sorted(NAMES.values())
        assert {name: archive.read(name) for name in archive.namelist()} == {
            NAMES[kind]: CONTENTS[kind] for kind in NAMES
        }
        assert archive.getinfo(NAMES["cda"]).date_time[:3] == (2026, 11, 22)
    for entry in DOCUMENTS.values():
        assert answers.count("GET", f"/v1/patients/{PID}/documents/{entry['id']}/content") == 1
    expect(
        page.get_by_text("Les 4 documents sont téléchargés dans un seul fichier.")
    ).to_be_visible()
    expect(page.get_by_role("button", name="Choisir plusieurs documents")).to_be_focused()


def test_one_chosen_alone_is_downloaded_as_it_is(page: Page, opened: Open) -> None:
    opened("/documents")
    _begin(page)
    page.get_by_label(re.compile(REPORT)).check()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Télécharger : 1 document choisi").click()
    assert saved.value.suggested_filename == NAMES["pdf"]
    assert _bytes(saved.value) == CONTENTS["pdf"]


def test_what_cannot_be_read_is_named_and_tried_again_alone(page: Page, opened: Open) -> None:
    answers: Canned = opened("/documents")
    answers.overrides[_content("pdf")] = _down
    # Another file than the one deposited.
    answers.overrides[_content("png")] = lambda route: canned.send(
        route, 200, b"other", {"Content-Type": "image/png"}
    )
    _begin(page)
    page.get_by_role("button", name="Tous : choisir les 4 affichés").click()
    page.get_by_role("button", name="Télécharger : 4 documents choisis").click()
    panel = page.get_by_role("alert")
    expect(panel).to_be_focused()
    expect(panel).to_contain_text("2 documents n’ont pas pu être téléchargés")
    expect(panel).to_contain_text(NAMES["pdf"].replace("2026-11-21 ", ""))
    expect(panel).to_contain_text(NAMES["png"])
    assert violations(page) == []

    answers.overrides.pop(_content("pdf"))
    page.get_by_role("button", name="Réessayer ces 2 documents").click()
    expect(panel).to_contain_text("Un document n’a pas pu être téléchargé")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Enregistrer les 3 autres").click()

    with zipfile.ZipFile(io.BytesIO(_bytes(saved.value))) as archive:
        assert sorted(archive.namelist()) == sorted(NAMES[kind] for kind in ("cda", "pdf", "text"))
    read = f"/v1/patients/{PID}/documents/{DOCUMENTS['cda']['id']}/content"
    assert answers.count("GET", read) == 1


def test_it_goes_by_keyboard_alone_and_a_choice_may_be_left(page: Page, opened: Open) -> None:
    answers: Canned = opened("/documents")
    page.get_by_role("button", name="Choisir plusieurs documents").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Cochez les documents à télécharger")).to_be_focused()
    for _ in range(3):  # cancel, all, then the first of the list
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_text("1 document choisi", exact=True)).to_be_visible()
    page.keyboard.press("Space")
    expect(page.get_by_text("Cochez les documents à télécharger")).to_be_visible()
    page.get_by_role("button", name="Annuler").press("Enter")
    expect(page.get_by_role("button", name="Choisir plusieurs documents")).to_be_focused()
    expect(page.get_by_role("checkbox")).to_have_count(0)
    assert not [path for _, path in answers.asked if path.endswith("/content")]


def test_a_download_may_be_stopped(page: Page, opened: Open) -> None:
    answers: Canned = opened("/documents")
    answers.overrides[_content("png")] = lambda _: None  # no answer
    _begin(page)
    page.get_by_role("button", name="Tous : choisir les 4 affichés").click()
    page.get_by_role("button", name="Télécharger : 4 documents choisis").click()
    expect(page.get_by_text("2 sur 4")).to_be_visible()
    page.get_by_role("button", name="Arrêter").click()
    expect(page.get_by_role("button", name="Télécharger : 4 documents choisis")).to_be_visible()
    last = f"/v1/patients/{PID}/documents/{DOCUMENTS['text']['id']}/content"
    assert answers.count("GET", last) == 0


def test_no_more_are_chosen_than_a_phone_can_hold(page: Page, opened: Open) -> None:
    answers: Canned = opened("/aide")
    answers.documents = [document(n, f"Résultat {n}", "text/plain", b"x") for n in range(60)]
    page.goto("/documents")
    _begin(page)
    page.get_by_role("button", name="Tous : choisir les 50 affichés").click()
    expect(page.get_by_text("50 documents au plus à la fois.")).to_be_visible()
    page.get_by_role("button", name="Afficher plus").click()
    expect(page.get_by_role("checkbox", name=re.compile("Résultat 55 "))).to_be_disabled()
    page.get_by_role("checkbox", name=re.compile("Résultat 7 ")).uncheck()
    page.get_by_role("checkbox", name=re.compile("Résultat 55 ")).check()
    expect(page.get_by_text("50 documents choisis")).to_be_visible()
