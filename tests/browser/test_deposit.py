"""Depositing: what is refused before it leaves, and files on their way on the running product."""

import base64
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from infra.local.config import Config
from tests.browser.axe import violations
from tests.browser.canned import PATIENT, PID, PROFESSIONAL, Canned, document, problem, reply, send
from tests.browser.canned import PERSON as IN_PERSON
from tests.browser.conftest import PHONE, Open, Watch, shoot
from tests.browser.product import PERSON, log_in
from tests.browser.samples import from_a_phone, pdf, png
from tests.storage import files

pytestmark = pytest.mark.browser

JSON = {"Content-Type": "application/json"}
MIB = 1024 * 1024
SECONDS = 60_000


def _file(name: str, content: bytes) -> dict[str, object]:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def _choose(page: Page, *files: dict[str, object]) -> None:
    page.locator("#files").set_input_files(list(files))  # type: ignore[arg-type]  # file payloads


def _card(page: Page, name: str) -> Locator:
    return page.get_by_role("article", name=name)


def test_files_are_refused_before_they_leave(page: Page, opened: Open, tmp_path: Path) -> None:
    canned = opened("/documents/ajouter")
    contents = {
        "vide.pdf": b"",
        "page.pdf": b"<html><script>alert(1)</script></html>",
        "lourd.pdf": b"%PDF-1.4\n" + b"0" * (25 * MIB),
        "bilan.txt": b"un texte",
        "copie.txt": b"un texte",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    page.locator("#files").set_input_files([tmp_path / name for name in contents])
    expect(_card(page, "vide.pdf")).to_contain_text("Ce fichier est vide")
    expect(_card(page, "page.pdf")).to_contain_text("Ce type de fichier n’est pas accepté")
    expect(_card(page, "lourd.pdf")).to_contain_text(re.compile("dépasse 25\\sMo \\(25,01\\sMo\\)"))
    expect(_card(page, "copie.txt")).to_contain_text("déjà dans la liste")
    expect(_card(page, "bilan.txt")).not_to_contain_text("Refusé")
    expect(page.get_by_role("button", name="Envoyer le fichier")).to_be_visible()
    assert canned.count("POST", f"/v1/patients/{PID}/documents") == 0


def test_title_type_and_date_are_proposed_and_can_be_changed(page: Page, opened: Open) -> None:
    opened("/documents/ajouter")
    _choose(page, _file("2026-11-20_ordonnance-lunettes.txt", b"OD -1,25"))
    expect(page.get_by_label("Titre")).to_have_value("Ordonnance lunettes")
    expect(page.get_by_label("Type de document")).to_have_value("DOCPAT02")
    expect(page.get_by_label("Date du document")).to_have_value("20/11/2026")
    page.get_by_label("Titre").fill("")
    page.get_by_label("Date du document").fill("20/11/2099")
    page.get_by_role("button", name="Envoyer le fichier").click()
    summary = page.get_by_role("group", name="Vérifiez votre saisie")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Donnez un titre")
    expect(summary).to_contain_text("La date ne peut pas être dans l’avenir")


def test_chosen_files_survive_a_change_of_screen(page: Page, opened: Open) -> None:
    opened("/documents/ajouter")
    _choose(page, _file("bilan.txt", b"un texte"))
    page.get_by_label("Titre").fill("Mon bilan")
    page.get_by_role("link", name="Accueil", exact=True).click()
    expect(page.get_by_role("heading", name="Nouveaux documents")).to_be_visible()
    page.get_by_role("link", name="Ajouter un document").first.click()
    expect(page.get_by_label("Titre")).to_have_value("Mon bilan")


_KEPT = "async () => (await indexedDB.databases()).map(one => one.name)"


def test_a_chosen_file_survives_a_reload_until_the_person_logs_out(
    page: Page, opened: Open
) -> None:
    opened("/documents/ajouter")
    _choose(page, _file("bilan.txt", b"un texte"))
    page.get_by_label("Titre").fill("Mon bilan")
    expect(page.get_by_text("Ils sont aussi gardés sur cet appareil, chiffrés")).to_be_visible()
    page.wait_for_timeout(400)  # what is typed is kept a moment later
    page.reload()
    expect(page.get_by_label("Titre")).to_have_value("Mon bilan")

    page.get_by_role("link", name="Plus", exact=True).click()
    page.get_by_role("button", name="Me déconnecter").click()
    asked = page.get_by_role("alertdialog", name="Un fichier n’est pas envoyé")
    assert page.evaluate(_KEPT) == ["carnet-drafts"]
    asked.get_by_role("button", name="Me déconnecter sans l’envoyer").click()
    page.wait_for_url("**/connexion?etat=*")
    assert page.evaluate(_KEPT) == []


def test_a_second_page_does_not_send_what_the_first_one_has(page: Page, opened: Open) -> None:
    opened("/documents/ajouter")
    _choose(page, _file("bilan.txt", b"un texte"))
    expect(page.get_by_text("gardés sur cet appareil")).to_be_visible()
    second = page.context.new_page()
    Canned(IN_PERSON).install(second)
    second.goto("/documents/ajouter")
    expect(second.get_by_text("Vos fichiers sont dans un autre onglet")).to_be_visible()
    expect(second.get_by_text("bilan.txt")).to_be_visible()
    expect(_card(second, "bilan.txt")).to_have_count(0)
    page.close()
    expect(_card(second, "bilan.txt")).to_be_visible()
    expect(second.get_by_text("autre onglet")).to_have_count(0)


def test_what_becomes_of_a_file_is_told_in_another_tab_and_after_a_reload(
    page: Page, opened: Open
) -> None:
    canned = opened("/documents/ajouter")
    asked: list[Route] = []
    canned.overrides["POST .*/documents$"] = asked.append
    _ready(page)
    second = page.context.new_page()
    Canned(IN_PERSON).install(second)
    second.goto("/documents/ajouter")
    page.get_by_role("button", name="Envoyer le fichier").click()
    expect(second.get_by_text("Un autre onglet de votre espace envoie vos")).to_be_visible()
    assert violations(second) == []
    shoot(second, "deposit-elsewhere")

    _refuse(asked[0])
    expect(second.get_by_text("Ce PDF contient un programme")).to_be_visible()
    expect(second.get_by_text("envoie vos fichiers")).to_have_count(0)
    page.close()
    card = _card(second, "bilan.txt")
    for _ in range(2):  # taken up from the other page, then from itself
        expect(card).to_contain_text("Ce PDF contient un programme")
        expect(card).to_contain_text("4F7K-2MQX")
        expect(card.get_by_role("button")).to_have_count(1)
        expect(second.get_by_role("button", name="Envoyer")).to_have_count(0)
        second.reload()


def test_another_tab_is_told_when_the_files_have_arrived(page: Page, opened: Open) -> None:
    canned = opened("/documents/ajouter")
    canned.overrides["POST .*/documents$"] = lambda route: reply(route, canned.documents[0], 201)
    _ready(page)
    second = page.context.new_page()
    Canned(IN_PERSON).install(second)
    second.goto("/documents/ajouter")
    expect(second.get_by_text("bilan.txt")).to_be_visible()
    page.get_by_role("button", name="Envoyer le fichier").click()
    expect(second.get_by_text("L’autre onglet a terminé")).to_be_visible()
    expect(second.get_by_text("bilan.txt")).to_have_count(0)


def test_what_a_professional_deposits_is_not_kept_on_the_device(page: Page, opened: Open) -> None:
    opened(f"/pro/patients/{PID}/deposer", PROFESSIONAL)
    _choose(page, _file("bilan.txt", b"un texte"))
    expect(_card(page, "bilan.txt")).to_be_visible()
    page.wait_for_timeout(400)
    assert page.evaluate(_KEPT) == []


_DROP = """([name, text]) => { const data = new DataTransfer();
  data.items.add(new File([text], name, { type: "text/plain" }));
  for (const kind of ["dragover", "drop"])
    document.querySelector("h1").dispatchEvent(
      new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: data })); }"""


def test_files_may_be_dropped_anywhere_on_the_page_and_it_is_said(page: Page, opened: Open) -> None:
    opened("/documents/ajouter")
    page.evaluate(_DROP, ["bilan.txt", "un texte"])
    expect(_card(page, "bilan.txt")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="1 fichier ajouté")).to_be_attached()


def test_logging_out_with_a_file_not_sent_asks_first(page: Page, opened: Open) -> None:
    canned = opened("/documents/ajouter")
    _choose(page, _file("bilan.txt", b"un texte"))
    expect(_card(page, "bilan.txt")).to_be_visible()
    page.get_by_role("link", name="Plus", exact=True).click()

    page.get_by_role("button", name="Me déconnecter").click()
    asked = page.get_by_role("alertdialog", name="Un fichier n’est pas envoyé")
    shoot(page, "logout-unsent")
    asked.get_by_role("button", name="Rester pour l’envoyer").click()
    expect(asked).to_have_count(0)
    assert canned.count("POST", "/v1/auth/logout") == 0

    page.get_by_role("button", name="Me déconnecter").click()
    asked.get_by_role("button", name="Me déconnecter sans l’envoyer").click()
    page.wait_for_url("**/connexion?etat=*")
    assert canned.count("POST", "/v1/auth/logout") == 1


def test_heavy_photo_can_be_made_lighter(page: Page, opened: Open) -> None:
    opened("/documents/ajouter")
    _choose(page, _file("IMG_1.png", png(1300, 1150, noise=True)))
    card = _card(page, "IMG_1.png")
    expect(card).to_contain_text(re.compile(r"4,\d+\sMo"))
    card.get_by_role("button", name="Réduire cette photo").click()
    lighter = _card(page, "IMG_1.jpg")
    expect(lighter).to_be_visible()
    expect(lighter).not_to_contain_text("Refusé")
    expect(lighter).to_contain_text(re.compile(r"\d\sMo|\d\sko"))
    expect(lighter.get_by_role("button", name="Réduire cette photo")).to_have_count(0)


def test_refusal_of_the_server_is_told_in_its_words(page: Page, opened: Open) -> None:
    canned = opened("/documents/ajouter")
    canned.overrides["POST .*/documents$"] = _refuse
    _ready(page)
    page.get_by_role("button", name="Envoyer le fichier").click()
    card = _card(page, "bilan.txt")
    expect(card).to_contain_text("Refusé")
    expect(card).to_contain_text("Ce PDF contient un programme")
    expect(card).to_contain_text("4F7K-2MQX")
    expect(card.get_by_role("button")).to_have_count(1)  # to take it out: the file stays refused


def _refuse(route: Route) -> None:
    problem(
        route,
        422,
        "document-refused",
        "Document refusé",
        detail="Ce PDF contient un programme. Imprimez-le en PDF, puis ajoutez cette copie.",
        reason="pdf_active_content",
    )


def _ready(page: Page, name: str = "bilan.txt", content: bytes = b"un texte") -> None:
    _choose(page, _file(name, content))
    _describe(page)


def _describe(page: Page) -> None:
    page.get_by_label("Titre").fill("Mon bilan")
    page.get_by_label("Type de document").select_option("EXPPAT_2")


def test_after_a_cut_it_goes_on_by_itself_with_the_same_key(page: Page, opened: Open) -> None:
    canned = opened("/documents/ajouter")
    keys: list[str | None] = []

    def cut(route: Route) -> None:
        keys.append(route.request.headers.get("idempotency-key"))
        route.abort("connectionreset")

    canned.overrides["POST .*/documents$"] = cut
    _ready(page)
    page.get_by_role("button", name="Envoyer le fichier").click()
    card = _card(page, "bilan.txt")
    expect(card).to_contain_text("l’envoi reprend dès qu’il revient")
    assert violations(page) == []
    card.get_by_role("button", name="Réessayer").click()
    page.wait_for_timeout(1300)  # the first wait of those that it does by itself
    assert len(keys) >= 2
    assert len(set(keys)) == 1
    card.get_by_role("button", name="Arrêter l’envoi").click()
    card.get_by_label("Titre").fill("Un autre titre")
    before = len(keys)
    page.get_by_role("button", name="Envoyer le fichier").click()
    expect(card).to_contain_text("Réseau coupé")
    assert keys[before] not in (None, keys[0])


def test_professional_sees_the_patient_before_depositing(page: Page, opened: Open) -> None:
    opened(f"/pro/patients/{PID}/deposer", PROFESSIONAL)
    check = page.locator(".patient-check")
    expect(check).to_contain_text(re.compile(r"Dominique\s+PAT-TROIS"))
    expect(check).to_contain_text("28 mars 1979")
    _choose(page, _file("CR consultation.txt", b"compte rendu"))
    expect(page.get_by_label("Type de document")).to_have_value("11488-4")


def test_of_a_minor_a_professional_must_say_whether_her_parents_see_it(
    page: Page, opened: Open
) -> None:  # R-MIN-04
    canned = opened(f"/pro/patients/{PID}/deposer", PROFESSIONAL)
    minor = PATIENT | {"birth_date": "2012-05-04", "age": 14}
    canned.overrides[f"GET .*/patients/{PID}$"] = lambda route: reply(
        route, minor, headers={"ETag": '"v1"'}
    )
    canned.overrides["POST .*/documents$"] = lambda route: reply(route, canned.documents[0], 201)
    page.reload()
    _choose(page, _file("CR consultation.txt", b"compte rendu"))
    seen = page.get_by_role("group", name="Cette personne est mineure. Qui voit ce document ?")
    expect(seen.get_by_role("radio", checked=True)).to_have_count(0)
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("link", name=re.compile("Dites si les représentants"))).to_be_visible()
    assert canned.count("POST", f"/v1/patients/{PID}/documents") == 0
    assert violations(page) == []

    seen.get_by_label("Elle seule").check()
    with page.expect_request(lambda asked: asked.method == "POST") as sent:
        page.get_by_role("button", name="Envoyer").click()
    body = json.loads(sent.value.post_data or "")
    assert body["visibility"] == "invisible_to_representatives"


def test_of_an_adult_it_may_wait_for_the_announcement_and_why_is_said(
    page: Page, opened: Open
) -> None:  # R-CNF-01, R-CNF-05
    canned = opened(f"/pro/patients/{PID}/deposer", PROFESSIONAL)
    waits = canned.documents[0] | {
        "visibility": "invisible_to_patient",
        "announcement": {"reason": "À annoncer le 3 décembre", "review_on": "2099-12-28"},
    }
    canned.overrides["POST .*/documents$"] = lambda route: reply(route, waits, 201)
    _choose(page, _file("CR consultation.txt", b"compte rendu"))
    expect(page.get_by_text("Qui voit ce document")).to_have_count(0)
    when = page.get_by_role("group", name="Quand la personne voit-elle ce document ?")
    expect(when.get_by_label("Tout de suite")).to_be_checked()
    when.get_by_label("Après la consultation d’annonce").check()
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("link", name=re.compile("Dites pourquoi"))).to_be_visible()
    assert violations(page) == []
    shoot(page, "deposit-announcement")

    page.get_by_label("Pourquoi attendre ?").fill("À annoncer le 3 décembre")
    with page.expect_request(lambda asked: asked.method == "POST") as sent:
        page.get_by_role("button", name="Envoyer").click()
    body = json.loads(sent.value.post_data or "")
    assert (body["visibility"], body["visibility_reason"]) == (
        "invisible_to_patient",
        "À annoncer le 3 décembre",
    )
    card = _card(page, "CR consultation.txt")
    expect(card).to_contain_text("ne le voit pas encore. À revoir avant le 28 décembre 2099.")
    expect(card.get_by_text("À annoncer", exact=True)).to_be_visible()
    shoot(page, "deposit-announcement-receipt")


def test_what_waits_to_be_announced_is_told_before_it_opens(
    page: Page, opened: Open
) -> None:  # R-CNF-04
    canned = opened(f"/pro/patients/{PID}", PROFESSIONAL)
    shown = canned.documents[1]
    one, path = shown["id"], f"/v1/patients/{PID}/documents/{shown['id']}"
    waits = shown | {
        "visibility": "invisible_to_patient",
        "announcement": {"reason": "À annoncer le 3 décembre", "review_on": "2026-11-01"},
        "abilities": shown["abilities"] | {"reveal": True},
    }
    canned.documents = [waits]

    def reveal(route: Route) -> None:
        canned.documents = [shown]
        reply(route, shown)

    canned.overrides[f"PUT .*/{one}/visibility$"] = reveal
    page.reload()
    row = page.get_by_role("link", name=shown["title"])
    expect(row).to_contain_text("À annoncer")
    row.click()
    expect(page.get_by_text("À annoncer le 3 décembre")).to_be_visible()
    expect(page.get_by_text(re.compile("À revoir depuis le"))).to_be_visible()
    assert canned.count("GET", f"{path}/content") == 0
    assert violations(page) == []
    shoot(page, "announcement-alert")
    page.get_by_role("button", name="Ouvrir le document").click()
    expect(page.get_by_role("button", name="Télécharger")).to_be_visible()

    page.get_by_role("button", name="L’annonce a été faite").click()
    asked = page.get_by_role("alertdialog", name="Rendre ce document visible ?")
    shoot(page, "announcement-asked")
    asked.get_by_role("button", name="Rendre visible").click()
    expect(page.get_by_text("Le document est visible.")).to_be_visible()
    expect(page.get_by_text("À annoncer")).to_have_count(0)
    assert canned.count("PUT", f"{path}/visibility") == 1


def test_who_reads_what_is_secret_is_told(page: Page, opened: Open) -> None:  # R-CNF-04
    canned = opened(f"/pro/patients/{PID}", PROFESSIONAL)
    secret = "invisible_to_representatives"
    canned.documents = [canned.documents[0] | {"visibility": secret}]
    page.reload()
    expect(page.get_by_text("Invisible aux représentants légaux").first).to_be_visible()


@pytest.fixture
def person(product: Config, browser: Browser, watch: Watch) -> Iterator[Page]:
    """Dominique on her phone, on the page where she adds documents."""
    with browser.new_context(
        viewport={"width": PHONE[0], "height": PHONE[1]}, locale="fr-FR", service_workers="block"
    ) as profile:
        profile.set_default_timeout(SECONDS)
        profile.on("page", watch.follow)
        page = profile.new_page()
        log_in(page, product.url, PERSON)
        page.get_by_role("link", name="Ajouter un document").first.click()
        yield page


class Line:
    """The line between a page and the product, made slow or cut; and how slow the phone is."""

    def __init__(self, page: Page, *, slowed: int = 1) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Network.enable")
        self._session.send("Emulation.setCPUThrottlingRate", {"rate": slowed})

    def carry(self, bytes_per_second: int, *, offline: bool = False) -> None:
        """Set how much leaves in a second; -1 for all of it."""
        conditions = {"offline": offline, "latency": 0, "downloadThroughput": -1}
        self._session.send(
            "Network.emulateNetworkConditions",
            {**conditions, "uploadThroughput": bytes_per_second},
        )


def _large() -> bytes:
    """Write a text of 3.2 MiB that nobody deposited yet."""
    line = f"Relevé du {time.time_ns()}\n".encode()
    return (line * (1 + int(3.2 * MIB) // len(line)))[: int(3.2 * MIB)]


def test_small_file_goes_from_sending_to_available(person: Page) -> None:
    _ready(person, "note.txt", f"Note {time.time_ns()}".encode())
    person.get_by_role("button", name="Envoyer le fichier").click()
    card = _card(person, "note.txt")
    expect(card).to_contain_text("Disponible", timeout=SECONDS)
    shoot(person, "story-deposit")
    card.get_by_role("link", name="Voir le document").click()
    expect(person.get_by_role("heading", level=1)).to_have_text("Mon bilan", timeout=SECONDS)
    person.get_by_text("Fichier intact").wait_for()


def test_same_file_twice_is_told_with_its_date(person: Page) -> None:
    content = pdf(f"Compte rendu {time.time_ns()}")
    _ready(person, "cr.pdf", content)
    person.get_by_role("button", name="Envoyer le fichier").click()
    expect(_card(person, "cr.pdf")).to_contain_text("Disponible", timeout=SECONDS)
    person.reload()
    _ready(person, "cr.pdf", content)
    person.get_by_role("button", name="Envoyer le fichier").click()
    card = _card(person, "cr.pdf")
    expect(card).to_contain_text("Ce fichier est déjà présent, ajouté le", timeout=SECONDS)
    expect(card.get_by_role("link", name="Voir le document")).to_be_visible()


def test_large_file_shows_progress_is_stopped_cut_and_sent_again(person: Page) -> None:
    _ready(person, "releve.txt", _large())
    line = Line(person)
    line.carry(400_000)
    person.get_by_role("button", name="Envoyer le fichier").click()
    card = _card(person, "releve.txt")
    bar = card.get_by_role("progressbar")
    expect(bar).to_be_visible()
    expect(card).to_contain_text(re.compile(r"\d+\s% · encore \d+\ss"), timeout=SECONDS)
    shoot(person, "story-upload")
    card.get_by_role("button", name="Arrêter l’envoi").click()
    expect(bar).to_have_count(0)
    expect(card.get_by_label("Titre")).to_have_value("Mon bilan")
    line.carry(0, offline=True)  # Chromium lets end what is on its way already
    person.get_by_role("button", name="Envoyer le fichier").click()
    expect(card).to_contain_text("Réseau coupé", timeout=SECONDS)
    line.carry(-1)
    expect(card).to_contain_text("Disponible", timeout=SECONDS)


def test_document_of_20_mib_survives_a_screen_left_a_cut_and_a_reload(  # F2
    person: Page, tmp_path: Path
) -> None:
    file = tmp_path / "imagerie.pdf"
    file.write_bytes(_long_pdf())
    person.locator("#files").set_input_files(file)
    _describe(person)
    line = Line(person, slowed=4)
    line.carry(2 * MIB)
    sent: list[str] = []
    person.on("requestfinished", lambda one: sent.append(f"{one.method} {urlsplit(one.url).path}"))
    person.get_by_role("button", name="Envoyer le fichier").click()
    card = _card(person, "imagerie.pdf")
    bar = card.get_by_role("progressbar")
    _reached(bar, 10)
    person.get_by_role("link", name="Agenda").click()
    expect(person.get_by_role("heading", level=1)).to_have_text("Agenda")
    expect(bar).to_have_count(0)
    person.go_back()
    _reached(bar, 40)
    line.carry(0, offline=True)
    expect(card).to_contain_text("Réseau coupé : l’envoi reprend dès qu’il revient")
    shoot(person, "story-cut")
    line.carry(2 * MIB)
    _reached(bar, 60)

    person.reload()
    _reached(bar, 70)
    line.carry(-1)
    expect(card).to_contain_text("Disponible", timeout=SECONDS)
    parts = [one for one in sent if re.search(r"PUT .*/parts/\d+$", one)]
    # Of one that arrived while the page or the line went away, the browser may not tell the end.
    assert 3 <= len(set(parts)) == len(parts) <= 5, "a part that had arrived was sent again"
    card.get_by_role("link", name="Voir le document").click()
    person.get_by_text("Fichier intact").wait_for()
    expect(person.locator("canvas").first).to_be_visible()


def test_long_file_refused_after_its_analysis_says_why(person: Page) -> None:
    filling = b"(" + b"0123456789abcdef" * (5 * 65_536) + b")"
    acting = b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"
    content = files.a_pdf(f"Piège {time.time_ns()}", catalog=acting, objects=(filling,))
    _ready(person, "piege.pdf", content)
    person.get_by_role("button", name="Envoyer le fichier").click()
    card = _card(person, "piege.pdf")
    expect(card).to_contain_text("En cours d’analyse", timeout=SECONDS)
    shoot(person, "story-analysis")
    expect(card).to_contain_text("Refusé", timeout=SECONDS)
    expect(card).to_contain_text("Ce PDF contient")
    shoot(person, "story-refused")


def _reached(bar: Locator, percent: int) -> None:
    expect(bar).to_be_visible()
    bar.evaluate(
        """(bar, percent) => new Promise((resolve) => { const look = () =>
             bar.value >= percent ? resolve() : setTimeout(look, 50); look(); })""",
        percent,
    )


def _long_pdf() -> bytes:
    """Write a PDF of 20 MiB that nobody deposited yet."""
    filling = b"(" + b"0123456789abcdef" * (20 * 65_536 - 100) + b")"
    return files.a_pdf(f"Imagerie {time.time_ns()}", objects=(filling,))


_DRAWN = """seed => { const at = document.createElement("canvas"); at.width = 80; at.height = 40;
  const on = at.getContext("2d"); on.fillStyle = "red"; on.fillRect(0, 0, 40, 40);
  on.fillStyle = `hsl(${seed % 360} 80% 40%)`; on.fillRect(40, 0, 40, 40);
  return at.toDataURL("image/jpeg", 0.5 + (seed % 997) / 2000).split(",")[1]; }"""
_TOP = """image => { const at = document.createElement("canvas");
  at.width = image.naturalWidth; at.height = image.naturalHeight;
  const on = at.getContext("2d"); on.drawImage(image, 0, 0);
  return [at.width, at.height, ...on.getImageData(20, 20, 1, 1).data]; }"""


def test_photo_of_a_phone_is_deposited_without_its_place_and_shown_upright(person: Page) -> None:
    """A18: the server refuses what follows the end; the photo of a phone arrives all the same."""
    drawn = base64.b64decode(person.evaluate(_DRAWN, time.time_ns() // 1_000_000))
    sent: list[str] = []
    person.on("request", lambda request: sent.append(f"{request.url} {request.post_data or ''}"))
    _choose(person, _file("20261120_maison.jpg", from_a_phone(drawn, orientation=6)))
    card = _card(person, "20261120_maison.jpg")
    expect(card).to_contain_text("Le lieu de prise de vue est retiré")
    expect(card).to_contain_text("Ce que le téléphone avait ajouté après l’image est retiré")
    person.get_by_label("Titre").fill("Ordonnance")
    person.get_by_label("Type de document").select_option("EXPPAT_2")
    shoot(person, "story-photo")
    person.get_by_role("button", name="Envoyer le fichier").click()
    expect(card).to_contain_text("Disponible", timeout=SECONDS)
    assert any('"Ordonnance"' in what for what in sent)
    assert not [what for what in sent if "maison" in what]
    card.get_by_role("link", name="Voir le document").click()
    picture = person.get_by_role("img", name="Image du document")
    expect(picture).to_be_visible(timeout=SECONDS)
    expect(picture).to_have_js_property("complete", value=True)
    width, height, red, green, blue, _ = picture.evaluate(_TOP)
    assert (width, height) == (40, 80)
    assert red > 200
    assert max(green, blue) < 60


def test_photos_taken_one_by_one_are_one_document_of_the_record(person: Page) -> None:
    stamp = time.time_ns() // 1_000_000
    for number in (1, 2):
        drawn = base64.b64decode(person.evaluate(_DRAWN, stamp + number))
        photo = _file("20261120_maison.jpg", from_a_phone(drawn, orientation=6))
        person.locator("#camera").set_input_files(photo)  # type: ignore[arg-type]  # a payload
        expect(person.get_by_role("listitem", name=f"Page {number}")).to_be_visible()
    person.get_by_role("button", name="Réunir les 2 pages").click()
    person.get_by_label("Titre").fill("Ordonnance")
    person.get_by_label("Type de document").select_option("EXPPAT_2")
    person.get_by_role("button", name="Envoyer le fichier").click()
    card = _card(person, "Photos.pdf")
    expect(card).to_contain_text("Disponible", timeout=SECONDS)
    card.get_by_role("link", name="Voir le document").click()
    expect(person.locator("canvas").first).to_be_visible(timeout=SECONDS)


def test_a_professional_files_any_type_the_usual_ones_first(page: Page, opened: Open) -> None:
    opened(f"/pro/patients/{PID}/deposer", PROFESSIONAL)
    _choose(page, _file("bilan.txt", b"Bilan"))
    kind = page.get_by_label("Type de document")
    assert kind.locator("optgroup").evaluate_all("all => all.map(one => one.label)") == [
        "Les plus courants",
        "Tous les autres",
    ]
    offered = kind.locator("option").all_text_contents()
    assert not {"Full Document", "Feuille de style"} & set(offered)
    assert "Référence d’objets d’un examen d’imagerie" in offered
    expect(page.get_by_text("Par exemple : compte rendu d’anatomopathologie")).to_be_visible()
    kind.select_option("Compte rendu d’anesthésie")
    expect(kind).to_have_value("77436-4")
    page.get_by_label("Chercher un type").fill("PATHOLOGIQUES")
    expect(page.get_by_text("1 type trouvé dans la liste ci-dessous.")).to_be_visible()
    expect(kind.locator("optgroup > option")).to_have_text(
        ["Compte rendu d’anatomie et de cytologie pathologiques", "Compte rendu d’anesthésie"]
    )
    expect(kind).to_have_value("77436-4")
    page.get_by_label("Chercher un type").fill("zzz")
    expect(page.get_by_text("Aucun type trouvé.")).to_be_visible()
    page.get_by_label("Chercher un type").fill("")
    expect(kind.locator("option")).to_have_text(offered)


def _deposited(route: Route) -> None:
    send(route, 201, json.dumps(document(70, "Suite", "text/plain", b"x")).encode(), JSON)


def _down(route: Route) -> None:
    problem(route, 503, "unavailable", "Service indisponible")


def test_a_batch_says_to_whom_it_goes_and_what_became_of_it(page: Page, opened: Open) -> None:
    answers = opened(f"/pro/patients/{PID}/deposer", PROFESSIONAL)
    replies = [_down, _deposited]

    def one_by_one(route: Route) -> None:
        replies.pop()(route)

    answers.overrides[f"POST .*/patients/{PID}/documents"] = one_by_one
    _choose(page, _file("un.txt", b"un"), _file("deux.txt", b"deux"))
    kinds = page.get_by_label("Type de document")
    expect(kinds).to_have_count(2)
    for kind in kinds.all():
        kind.select_option("Compte rendu de consultation")
    sends = page.locator(".send")
    expect(sends).to_contain_text("Vous déposez dans le dossier de Dominique PAT-TROIS")
    expect(sends).to_contain_text("28 mars 1979")
    page.get_by_role("button", name="Envoyer les 2 fichiers").click()
    expect(page.get_by_text("1 document est déposé sur 2. Voyez ceux qui restent.")).to_be_visible()
    expect(page.get_by_text("Référence : ")).to_be_visible()
    expect(page.get_by_role("button", name="Imprimer les reçus")).to_be_visible()
    assert violations(page) == []
