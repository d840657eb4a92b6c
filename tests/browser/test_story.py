"""The story, in a browser, on the running product: on a phone, then with the keyboard alone."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from infra.local.client import Caller
from infra.local.config import Config
from tests.browser.conftest import PHONE, Watch, shoot
from tests.browser.product import DOCTOR, DOCTOR_RPPS, PERSON, laboratory_deposits, log_in

pytestmark = pytest.mark.browser

SECONDS = 60_000
_RING = """e => [e, e.parentElement].map(x => getComputedStyle(x))
  .some(s => s.outlineStyle === 'solid' && parseFloat(s.outlineWidth) >= 3)"""
NewPage = Callable[[], Page]


@pytest.fixture
def new_page(browser: Browser, watch: Watch) -> Iterator[NewPage]:
    """Open pages of separate people: each has a profile of its own."""
    profiles: list[BrowserContext] = []

    def make() -> Page:
        profile = browser.new_context(
            viewport={"width": PHONE[0], "height": PHONE[1]},
            locale="fr-FR",
            timezone_id="Indian/Reunion",
        )
        profile.set_default_timeout(SECONDS)
        profile.on("page", watch.follow)
        profiles.append(profile)
        return profile.new_page()

    yield make
    for profile in profiles:
        profile.close()


@pytest.fixture(autouse=True)
def _no_doctor_yet(product: Config) -> None:
    """Begin where the story begins: the doctor holds no authorisation."""
    person = Caller(product.url)
    person.log_in("franceconnect", "dominique")
    pid = person.request("GET", "/v1/me").json()["profiles"][0]["patient_id"]
    gone = person.request("DELETE", f"/v1/patients/{pid}/authorisations/{DOCTOR_RPPS}")
    assert gone.status == 204


def _seen(locator: Locator) -> None:
    expect(locator).to_be_visible(timeout=SECONDS)


def _fits(page: Page, name: str) -> None:
    shoot(page, f"story-{name}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def _fill_identity(doctor: Page) -> None:
    doctor.get_by_label("Matricule INS").fill("2 79 03 51 215 189 89")
    doctor.get_by_label("Date de naissance").fill("28/03/1979")
    doctor.get_by_label("Nom de naissance", exact=True).fill("Pat-Trois")
    doctor.get_by_label("Premier prénom").fill("Dominique")
    doctor.get_by_label("Féminin").check()
    doctor.get_by_role("button", name="Ouvrir le dossier").click()


def _reads_the_result(person: Page, document_id: str) -> None:
    _seen(person.get_by_role("heading", name="Bonjour Dominique"))
    newest = person.get_by_role("region", name="Nouveaux documents").get_by_role("listitem").first
    expect(newest.get_by_role("link")).to_have_attribute("href", f"/documents/{document_id}")
    _fits(person, "1-home")
    newest.get_by_role("link").click()
    _seen(person.get_by_role("article", name="Contenu du document"))
    person.get_by_role("button", name="Vérifier que le fichier est intact").click()
    _seen(person.get_by_text("Fichier intact").last)
    _fits(person, "2-result")


def _lets_her_doctor_in(person: Page) -> None:
    person.get_by_role("button", name="Qui peut le lire").click()
    person.get_by_role("link", name="Voir mes professionnels autorisés").click()
    person.get_by_label("Numéro RPPS").fill(DOCTOR_RPPS)
    person.get_by_role("button", name="Rechercher").click()
    person.get_by_role("button", name=re.compile("^Autoriser Dr.Claire")).click()
    asked = person.get_by_role("dialog", name=re.compile("Autoriser Dr.Claire"))
    expect(asked).to_contain_text("avec effet immédiat")
    _fits(person, "4-authorise")
    asked.get_by_role("button", name=re.compile("^Autoriser Dr.Claire")).click()
    _seen(person.get_by_text(re.compile("L’accès de Dr.Claire .* est ouvert jusqu’au")))


def _opens_her_history(person: Page) -> None:
    person.get_by_role("link", name="Plus", exact=True).click()
    person.get_by_role("link", name=re.compile("^Accès")).click()


def _sees_in_her_history(person: Page) -> None:
    _opens_her_history(person)
    seen = person.get_by_role("region", name=re.compile("Dr.Claire")).first
    _seen(seen)
    expect(seen).to_contain_text("ouvert un document")
    expect(seen).to_contain_text("Vous avez donné votre autorisation le")
    _fits(person, "6-history")


def _takes_the_key_back(person: Page) -> None:
    person.get_by_role("link", name="Plus", exact=True).click()
    person.get_by_role("link", name="Mes professionnels").click()
    person.get_by_role("button", name=re.compile("Retirer l’accès de Dr.Claire")).click()
    _seen(person.get_by_text("Sa prochaine demande sera refusée"))
    _fits(person, "7-withdrawn")


def _sees_the_refusal(person: Page) -> None:
    _opens_her_history(person)
    person.get_by_label("Afficher", exact=True).select_option("Les demandes refusées")
    refusal = person.get_by_role("region", name=re.compile("Dr.Claire")).first
    _seen(refusal)
    expect(refusal).to_contain_text("Refusé")
    expect(refusal).to_contain_text("cette personne n’a pas votre autorisation")
    _fits(person, "8-refusal")


def test_story_is_lived_on_a_phone(product: Config, new_page: NewPage) -> None:
    document_id = laboratory_deposits(product)
    person, doctor = new_page(), new_page()
    log_in(person, product.url, PERSON)
    _reads_the_result(person, document_id)

    log_in(doctor, product.url, DOCTOR)
    _fill_identity(doctor)
    _seen(doctor.get_by_role("heading", name="Aucun dossier ne vous est ouvert"))
    _fits(doctor, "3-doctor-refused")

    _lets_her_doctor_in(person)
    doctor.get_by_role("button", name="Ouvrir le dossier").click()
    doctor.locator(f"a[href$='{document_id}']").click()
    _seen(doctor.get_by_role("article", name="Contenu du document"))
    _fits(doctor, "5-doctor-reads")

    _sees_in_her_history(person)
    _takes_the_key_back(person)
    doctor.get_by_role("link", name="Revenir à la liste").click()
    doctor.reload()
    _seen(doctor.get_by_role("heading", name="Aucun dossier ne vous est ouvert"))
    _sees_the_refusal(person)

    person.get_by_role("link", name="Plus", exact=True).click()
    person.get_by_role("button", name="Me déconnecter").click()
    _seen(person.get_by_text("Votre session est fermée"))


class Keyboard:
    """A person who has no mouse: only Tab, arrows, Enter, Space and letters."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, name: str | re.Pattern[str], limit: int = 150) -> None:
        """Press Tab until the element with this accessible name has the focus, and shows it."""
        for _ in range(limit):
            self.page.keyboard.press("Tab")
            focused = self.page.locator(":focus")
            if focused.count() == 0:
                continue
            label = self._name(focused)
            if re.search(name, label):
                ring = focused.evaluate(_RING)
                assert ring, f"the focus on {label!r} cannot be seen"
                box = focused.bounding_box()
                assert box
                assert box["y"] + box["height"] > 0
                return
        raise AssertionError(f"Tab never reaches {name!r}")

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def activate(self, name: str | re.Pattern[str]) -> None:
        """Reach and press Enter."""
        self.reach(name)
        self.press("Enter")

    def write(self, name: str | re.Pattern[str], text: str) -> None:
        """Reach a field and type."""
        self.reach(name)
        self.page.keyboard.type(text)

    def _name(self, focused: Locator) -> str:
        return str(
            focused.evaluate(
                "e => e.getAttribute('aria-label') ?? [...(e.labels ?? [])].map(l => l.innerText)"
                ".join(' ') + ' ' + (e.innerText ?? '')"
            )
        ).strip()


def _logs_in_by_keyboard(keys: Keyboard, url: str, *names: str) -> None:
    keys.page.set_viewport_size({"width": 1280, "height": 800})
    keys.page.goto(url)
    for name in names[:-1]:
        keys.activate(name)
    _seen(keys.page.get_by_role("heading", name="Qui se connecte"))
    keys.activate(names[-1])


def _reads_by_keyboard(keys: Keyboard) -> None:
    person = keys.page
    _seen(person.get_by_role("heading", name="Nouveaux documents"))
    keys.press("/")
    expect(person.get_by_label("Chercher dans la liste")).to_be_focused(timeout=SECONDS)
    person.keyboard.type("biologi")
    _seen(person.get_by_text(re.compile("trouvés? sur")))
    keys.activate("Bilan thyroïdien")
    _seen(person.get_by_role("article", name="Contenu du document"))
    expect(person.get_by_role("heading", level=1)).to_be_focused()


def _authorises_by_keyboard(keys: Keyboard) -> None:
    person = keys.page
    keys.activate("Qui peut le lire")
    keys.activate("Voir mes professionnels autorisés")
    _seen(person.get_by_role("heading", name="Mes professionnels"))
    keys.write("Numéro RPPS", DOCTOR_RPPS)
    keys.press("Enter")
    _seen(person.get_by_text("1\u00a0professionnel trouvé"))
    keys.activate("^Autoriser Dr.Claire")
    _seen(person.get_by_role("dialog"))
    keys.press("Escape")
    expect(person.get_by_role("dialog")).to_have_count(0)
    expect(person.locator(":focus")).to_have_attribute("aria-label", re.compile("^Autoriser"))
    keys.press("Enter")
    _seen(person.get_by_role("dialog"))
    keys.activate("^Autoriser Dr.Claire")
    _seen(person.get_by_text(re.compile("est ouvert jusqu’au")))


def _doctor_sorts_by_keyboard(keys: Keyboard) -> None:
    doctor = keys.page
    _seen(doctor.get_by_role("heading", name="Ouvrir un dossier"))
    keys.write("Matricule INS", "279035121518989")
    keys.write("Date de naissance", "28031979")
    keys.write("^Nom de naissance", "PAT-TROIS")
    keys.write("Premier prénom", "DOMINIQUE")
    keys.reach("Féminin")
    keys.press("Space", "Enter")
    _seen(doctor.get_by_role("heading", name="Choisissez un document"))
    first = doctor.locator(".row").first
    keys.press("j")
    expect(first).to_be_focused()
    keys.press("j", "k")
    expect(first).to_be_focused()
    keys.press("Enter")
    _seen(doctor.get_by_role("article", name="Contenu du document"))
    keys.press("Escape")
    expect(first).to_be_focused()


def _sees_the_refusal_by_keyboard(keys: Keyboard) -> None:
    keys.activate("^Accès$")
    keys.reach("^Afficher")
    keys.page.keyboard.type("Les demandes")
    refusal = keys.page.get_by_role("region", name=re.compile("Dr.Claire")).first
    _seen(refusal)
    expect(refusal).to_contain_text("cette personne n’a pas votre autorisation")


def test_story_is_lived_with_the_keyboard_alone(product: Config, new_page: NewPage) -> None:
    laboratory_deposits(product)
    person, doctor = Keyboard(new_page()), Keyboard(new_page())
    door = "Se connecter avec FranceConnect"
    _logs_in_by_keyboard(person, product.url, "Je suis un particulier", door, "Dominique")
    _reads_by_keyboard(person)
    _authorises_by_keyboard(person)
    door = "Se connecter avec Pro Santé Connect"
    _logs_in_by_keyboard(doctor, product.url, "Je suis un professionnel", door, "Dr Claire")
    _doctor_sorts_by_keyboard(doctor)

    person.activate("^Accès$")
    _seen(person.page.get_by_role("region", name=re.compile("Dr.Claire")).first)
    person.activate("^Professionnels$")
    _seen(person.page.get_by_role("heading", name="Mes professionnels"))
    person.activate("Retirer l’accès de Dr.Claire")
    _seen(person.page.get_by_text("Sa prochaine demande sera refusée"))
    person.press("?")
    _seen(person.page.get_by_role("dialog", name="Raccourcis clavier"))
    person.press("Escape")
    doctor.press("Enter")
    _seen(doctor.page.get_by_text("n’est pas accessible"))
    _sees_the_refusal_by_keyboard(person)


def test_session_ended_elsewhere_lets_the_form_be_taken_up_again(
    product: Config, new_page: NewPage
) -> None:
    page = new_page()
    log_in(page, product.url, PERSON)
    page.goto(f"{product.url}/professionnels")
    page.get_by_label("Nom de famille").fill("EXEMPLE-MARTIN")
    ended = page.request.post(
        f"{product.url}/v1/auth/logout", headers={"X-Carnet": "1", "Origin": product.url}
    )
    assert ended.status == 200
    page.get_by_role("button", name="Rechercher").click()
    dialog = page.get_by_role("alertdialog", name="Votre session est terminée")
    _seen(dialog)
    with page.context.expect_page() as opening:
        dialog.get_by_role("link", name="M’identifier de nouveau").click()
    opening.value.get_by_role("button", name=PERSON[1]).first.click()
    expect(dialog).to_have_count(0, timeout=SECONDS)
    _seen(page.get_by_text("1\u00a0professionnel trouvé"))
    expect(page.get_by_label("Nom de famille")).to_have_value("EXEMPLE-MARTIN")


def test_logging_out_ends_the_session_at_the_provider_and_comes_back_to_say_so(
    product: Config, new_page: NewPage
) -> None:
    page = new_page()
    log_in(page, product.url, PERSON)
    visited: list[str] = []
    page.on("request", lambda request: visited.append(request.url.partition("?")[0]))

    page.goto(f"{product.url}/plus")
    page.get_by_role("button", name="Me déconnecter").click()

    page.wait_for_url(f"{product.url}/connexion?etat=fin", timeout=SECONDS)
    assert f"{product.providers_url}/franceconnect/logout" in visited
    assert f"{product.url}/v1/auth/logged-out" in visited
    assert (
        page.request.post(
            f"{product.url}/v1/auth/refresh", headers={"X-Carnet": "1", "Origin": product.url}
        ).status
        == 401
    )


def test_cancelled_login_opens_no_session(product: Config, new_page: NewPage) -> None:
    page = new_page()
    page.goto(f"{product.url}/connexion")
    page.get_by_role("link", name="Se connecter avec FranceConnect").click()
    page.get_by_role("button", name="Annuler la connexion").click()
    _seen(page.get_by_role("heading", name="La connexion a été annulée"))
    page.goto(f"{product.url}/accueil")
    expect(page).to_have_url(re.compile("/connexion"))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Camille INTROUVABLE", "Nous n’avons pas trouvé votre espace"),
        ("connexion simple", "Il faut une identité plus sûre"),
    ],
)
def test_login_that_cannot_succeed_says_what_to_do(
    product: Config, new_page: NewPage, name: str, told: str
) -> None:
    page = new_page()
    page.goto(f"{product.url}/connexion")
    page.get_by_role("link", name="Se connecter avec FranceConnect").click()
    page.get_by_role("button", name=name).click()
    _seen(page.get_by_role("heading", name=told))
    expect(page.get_by_role("link", name="Appeler le")).to_be_visible()


def test_application_opens_without_network_and_keeps_no_answer(
    product: Config, new_page: NewPage
) -> None:
    page = new_page()
    log_in(page, product.url, PERSON)
    _seen(page.get_by_role("heading", name="Nouveaux documents"))
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    kept = page.evaluate(
        """async () => { const out = [];
          for (const n of await caches.keys())
            for (const r of await (await caches.open(n)).keys()) out.push(new URL(r.url).pathname);
          return out; }"""
    )
    assert "/" in kept
    assert not [path for path in kept if path.startswith(("/v1", "/fhir", "/oauth"))]
    page.context.set_offline(True)
    page.goto(f"{product.url}/documents")
    _seen(page.get_by_role("alert").filter(has_text="Connexion interrompue"))
    page.context.set_offline(False)
    page.get_by_role("button", name="Réessayer").click()
    _seen(page.get_by_role("heading", name="Documents"))
