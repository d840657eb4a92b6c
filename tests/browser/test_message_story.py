"""F3 on the running product: a result, a question by message, its answer, the end of the thread."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from infra.local.client import Caller
from infra.local.config import Config
from tests.browser.conftest import DESKTOP, PHONE, Watch, shoot
from tests.browser.product import DOCTOR, DOCTOR_RPPS, PERSON, laboratory_deposits, log_in
from tests.browser.test_story import _fill_identity

pytestmark = pytest.mark.browser

QUESTION = "Bonjour docteur. Dois-je refaire ce bilan avant l’été ?"
ANSWER = "Oui, dans six mois. Venez à jeun."
SUBJECT = "Votre bilan (exemple)"
LETTER = "Bonjour, votre bilan est arrivé. Avez-vous des questions ?"
_SECONDS = 90  # a notice waits behind those of other tests


@pytest.fixture
def _authorised(product: Config) -> Iterator[None]:
    """Let her doctor in while the story lasts: other tests of this product find her without one."""
    person = Caller(product.url)
    person.log_in("franceconnect", "dominique")
    pid = person.request("GET", "/v1/me").json()["profiles"][0]["patient_id"]
    path = f"/v1/patients/{pid}/authorisations/{DOCTOR_RPPS}"
    assert person.request("PUT", path, json_body={}).status in (200, 201)
    yield
    person = Caller(product.url)
    person.log_in("franceconnect", "dominique")
    assert person.request("DELETE", path).status == 204


@pytest.fixture
def both(browser: Browser, watch: Watch) -> Iterator[tuple[Page, Page]]:
    """A person on a phone, a professional at a desk: each has a browser of her own."""
    profiles: list[BrowserContext] = []
    for width, height in (PHONE, DESKTOP):
        profile = browser.new_context(
            viewport={"width": width, "height": height},
            locale="fr-FR",
            timezone_id="Europe/Paris",
        )
        profile.set_default_timeout(20_000)
        profile.on("page", watch.follow)
        profiles.append(profile)
    yield profiles[0].new_page(), profiles[1].new_page()
    for profile in profiles:
        profile.close()


def _writes_to_her_patient(doctor: Page) -> None:
    _fill_identity(doctor)
    doctor.get_by_role("link", name="Écrire au patient").click()
    doctor.get_by_label("Objet").fill(SUBJECT)
    doctor.get_by_label("Votre message", exact=True).fill(LETTER)
    shoot(doctor, "story-message-1")
    doctor.get_by_role("button", name="Envoyer", exact=True).click()
    expect(doctor.get_by_role("heading", level=1)).to_have_text(SUBJECT)
    expect(doctor.locator(".message-state")).to_have_text("Remis dans l’espace de santé")
    shoot(doctor, "story-message-2")


def _is_told_without_content_and_asks(person: Page, url: str) -> None:
    notice = _told(person, url)
    expect(person.get_by_text(LETTER)).to_have_count(0)
    notice.click()
    expect(person.get_by_text(LETTER)).to_be_visible()
    person.get_by_label("Votre message", exact=True).fill(QUESTION)
    person.get_by_role("button", name="Joindre un de mes documents").click()
    person.get_by_role("dialog").get_by_role("button", name=re.compile("^Joindre «")).first.click()
    joined = person.get_by_role("list", name="Fichiers joints à ce message")
    expect(joined).to_contain_text("Joint")
    shoot(person, "story-message-3")
    person.get_by_role("button", name="Envoyer", exact=True).click()
    sent = person.locator(".message").last
    expect(sent).to_contain_text(QUESTION)
    expect(sent.locator(".message-state")).to_have_text(re.compile("Remis à Dr.Claire"))
    shoot(person, "story-message-4")


def _told(person: Page, url: str) -> Locator:
    """Return the notice of the message, below however many others came meanwhile."""
    notice = person.get_by_role("link", name=re.compile("Nouveau message de Dr.Claire")).first
    more = person.get_by_role("button", name="Afficher plus")
    ends = time.monotonic() + _SECONDS
    while time.monotonic() < ends:
        person.goto(f"{url}/notifications")
        expect(person.locator(".notice").first).to_be_visible()
        while notice.count() == 0 and more.count() > 0:
            shown = person.locator(".notice").count()
            more.click()
            expect(person.locator(".notice").nth(shown)).to_be_visible()
        if notice.count() > 0:
            break
        person.wait_for_timeout(1000)
    expect(notice).to_be_visible()
    return notice


def _answers_and_closes(doctor: Page) -> None:
    doctor.get_by_role("link", name="Messages", exact=True).first.click()
    row = doctor.get_by_role("link", name=re.compile(re.escape(SUBJECT))).first
    expect(row).to_contain_text("Non lu")
    shoot(doctor, "story-message-5")
    row.click()
    expect(doctor.get_by_text(QUESTION)).to_be_visible()
    doctor.locator("#join-files").set_input_files(
        {"name": "Consignes.txt", "mimeType": "text/plain", "buffer": _fresh()}
    )
    doctor.get_by_label("Votre message", exact=True).fill(ANSWER)
    expect(doctor.get_by_role("button", name="Retirer Consignes.txt")).to_be_visible()
    doctor.get_by_role("button", name="Envoyer", exact=True).click()
    expect(doctor.locator(".message").last).to_contain_text(ANSWER)
    doctor.get_by_role("button", name="Clore la conversation").click()
    asked = doctor.get_by_role("alertdialog")
    asked.get_by_role("button", name="Clore la conversation").click()
    expect(doctor.get_by_role("heading", name="Cette conversation est close")).to_be_visible()
    shoot(doctor, "story-message-6")


def _fresh() -> bytes:
    """Return a text that no earlier run has saved."""
    return f"À jeun depuis minuit. Référence {time.time_ns()}.".encode()


def _reads_the_answer_and_keeps_it(person: Page, url: str) -> None:
    person.goto(f"{url}/messages")
    row = person.get_by_role("link", name=re.compile(re.escape(SUBJECT))).first
    expect(row).to_contain_text("Non lu")
    expect(row).to_contain_text("Close")
    row.click()
    expect(person.get_by_text(ANSWER)).to_be_visible()
    expect(person.locator(".message.mine .message-state").last).to_have_text("Lu")
    expect(person.get_by_label("Votre message", exact=True)).to_have_count(0)
    person.get_by_role("button", name="Ouvrir Consignes.txt").last.click()
    expect(person.get_by_text("À jeun depuis minuit.")).to_be_visible()
    person.get_by_role("button", name="Enregistrer dans mes documents : Consignes.txt").last.click()
    person.get_by_role("link", name="Voir le document").click()
    expect(person.get_by_text("À jeun depuis minuit.")).to_be_visible()
    shoot(person, "story-message-7")


@pytest.mark.usefixtures("_authorised")
def test_a_result_a_question_an_answer_and_the_end(
    product: Config, both: tuple[Page, Page]
) -> None:
    document_id = laboratory_deposits(product)
    person, doctor = both
    log_in(person, product.url, PERSON)
    person.goto(f"{product.url}/documents/{document_id}")
    expect(person.get_by_role("article", name="Contenu du document")).to_be_visible()

    log_in(doctor, product.url, DOCTOR)
    _writes_to_her_patient(doctor)
    _is_told_without_content_and_asks(person, product.url)
    _answers_and_closes(doctor)
    _reads_the_answer_and_keeps_it(person, product.url)
    kept = person.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert QUESTION not in kept
    assert person.evaluate("indexedDB.databases().then(all => all.length)") == 0
