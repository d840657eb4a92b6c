"""The states that every screen shares: waiting, broken, offline, no right, session over."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.canned import (
    DOCUMENTS,
    GRANTS,
    PERSON,
    PID,
    PROFESSIONAL,
    Canned,
    problem,
    reply,
)
from tests.browser.canned_agenda import at_home
from tests.browser.conftest import Open, Watch

pytestmark = pytest.mark.browser

MINUTE = 60_000


def test_waiting_shows_a_skeleton_then_words(page: Page) -> None:
    canned = Canned()
    waiting: list[Route] = []
    canned.overrides["/home$"] = waiting.append
    canned.install(page)
    page.clock.install()
    page.goto("/accueil")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bonjour")
    expect(page.locator(".skeleton")).to_have_count(0)
    page.clock.run_for(400)
    expect(page.locator(".skeleton").first).to_be_visible()
    page.clock.run_for(3_000)
    expect(page.get_by_text("Le chargement prend plus de temps que d’habitude")).to_be_visible()
    for route in waiting:
        route.abort()


def test_error_says_what_to_do_and_gives_a_code(page: Page, opened: Open) -> None:
    canned = opened("/documents", state="error")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Le service ne répond pas pour le moment")
    expect(alert).to_contain_text("Rien n’a été perdu")
    expect(alert).to_contain_text("4F7K-2MQX")
    canned.state = "full"
    canned.documents = list(DOCUMENTS.values())
    alert.get_by_role("button", name="Réessayer").click()
    expect(page.get_by_text("4 documents", exact=True)).to_be_visible()


def test_network_loss_is_told_and_ends(page: Page, opened: Open) -> None:
    opened("/documents")
    page.context.set_offline(True)
    expect(page.get_by_text("Vous êtes hors connexion")).to_be_visible()
    page.get_by_role("link", name="Accueil").click()
    expect(page.get_by_role("alert")).to_contain_text("Connexion interrompue")
    page.context.set_offline(False)
    expect(page.get_by_text("Vous êtes hors connexion")).to_have_count(0)
    page.get_by_role("button", name="Réessayer").click()
    expect(page.get_by_role("heading", name="Nouveaux documents")).to_be_visible()


def test_unknown_document_and_forbidden_one_look_the_same(page: Page, opened: Open) -> None:
    canned = opened("/documents/01JDK8D0C99999999999999999")
    absent = page.locator("main").inner_text()
    expect(page.get_by_role("alert")).to_contain_text("Cette page n’est pas accessible")
    canned.overrides["/documents/01"] = lambda route: problem(route, 403, "forbidden", "Interdit")
    page.reload()
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.locator("main").inner_text() == absent
    # Of a document only a firewall says so: the product's own answer is the constant 404.


def test_refusal_gives_a_professional_no_clue(page: Page, opened: Open) -> None:
    canned = opened("/pro/patients/01JDK0000000000000000000ZZ", PROFESSIONAL)
    by_address = page.locator("main .panel").inner_text()
    canned.overrides["lookup"] = lambda route: problem(
        route, 404, "not-found", "Introuvable", detail="espace clos"
    )
    page.goto("/pro")
    _search(page)
    expect(page.locator("main .panel")).to_be_visible()
    assert page.locator("main .panel").inner_text() == by_address
    expect(page.get_by_label("Nom de naissance", exact=True)).to_have_value("PAT-TROIS")


def _search(page: Page) -> None:
    page.get_by_label("Matricule INS").fill("2 79 03 51 215 189 89")
    page.get_by_label("Date de naissance").fill("28/03/1979")
    page.get_by_label("Nom de naissance", exact=True).fill("PAT-TROIS")
    page.get_by_label("Premier prénom").fill("Dominique")
    page.get_by_label("Féminin").check()
    page.get_by_role("button", name="Ouvrir le dossier").click()


def test_form_errors_are_summed_up_and_nothing_is_lost(page: Page, opened: Open) -> None:
    canned = opened("/pro", PROFESSIONAL)
    page.get_by_label("Nom de naissance", exact=True).fill("PAT-TROIS")
    page.get_by_label("Date de naissance").fill("31/02/1979")
    expect(page.locator(".field-error")).to_have_count(0)
    page.get_by_role("button", name="Ouvrir le dossier").click()
    summary = page.get_by_role("group", name="Vérifiez votre saisie")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("4\u00a0champs sont à corriger")
    summary.get_by_role("link", name=re.compile("date")).click()
    field = page.get_by_label("Date de naissance")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("jour/mois/année"))
    expect(page.get_by_label("Nom de naissance", exact=True)).to_have_value("PAT-TROIS")
    assert canned.count("POST", "/v1/patients/lookup") == 0


def test_two_quick_presses_make_one_request(page: Page, opened: Open) -> None:
    canned = opened("/professionnels")
    held: list[Route] = []
    canned.overrides["PUT .*/authorisations/"] = held.append
    page.get_by_role("button", name="Autoriser de nouveau Dr Paul EXEMPLE").click()
    page.get_by_role("button", name="Autoriser Dr Paul EXEMPLE").dblclick()
    page.wait_for_timeout(200)
    assert len(held) == 1
    held[0].abort()


def test_session_that_ends_inside_a_form_keeps_the_draft(page: Page, opened: Open) -> None:
    canned = opened("/professionnels")
    page.get_by_label("Nom de famille").fill("EXEMPLE")
    page.get_by_label("Ville").fill("Reims")
    canned.who = None
    canned.overrides["professionals/search"] = lambda route: problem(
        route, 401, "session-ended", "Session terminée"
    )
    page.get_by_role("button", name="Rechercher").click()
    dialog = page.get_by_role("alertdialog", name="Votre session est terminée")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(dialog).to_be_visible()
    again = dialog.get_by_role("link", name="M’identifier de nouveau")
    assert "return_to=/reprise" in (again.get_attribute("href") or "")
    # The new login ends in another tab, on the page that tells this one.
    canned.who = PERSON
    del canned.overrides["professionals/search"]
    other = page.context.new_page()
    other.goto("/reprise")
    expect(other.get_by_role("heading", level=1)).to_have_text("Votre session est ouverte")
    expect(dialog).to_have_count(0)
    expect(page.get_by_label("Nom de famille")).to_have_value("EXEMPLE")
    expect(page.get_by_label("Ville")).to_have_value("Reims")
    expect(page.get_by_text("1 professionnel trouvé")).to_be_visible()
    assert _stored(page) == []


def test_somebody_else_who_logs_in_gets_a_new_page(page: Page, opened: Open) -> None:
    canned = opened("/professionnels")
    page.get_by_label("Nom de famille").fill("EXEMPLE")
    canned.who = None
    canned.overrides["professionals/search"] = lambda route: problem(
        route, 401, "session-ended", "s"
    )
    page.get_by_role("button", name="Rechercher").click()
    expect(page.get_by_role("alertdialog")).to_be_visible()
    canned.who = PROFESSIONAL
    page.get_by_role("button", name="J’ai fini de m’identifier").click()
    expect(page).to_have_url("/pro")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ouvrir un dossier")


@pytest.mark.parametrize("where", ["professionals/search", "/v1/auth/refresh"])
def test_who_is_suspended_leaves_for_a_page_that_says_so(
    page: Page, opened: Open, where: str
) -> None:
    canned = opened("/professionnels")
    canned.overrides[where] = lambda route: problem(
        route, 403, "account-suspended", "Accès suspendu"
    )
    if where == "/v1/auth/refresh":
        page.reload()
    else:
        page.get_by_label("Nom de famille").fill("EXEMPLE")
        page.get_by_role("button", name="Rechercher").click()

    expect(page).to_have_url("/connexion?probleme=suspendue")
    expect(page.get_by_text("L’accès à votre compte est suspendu")).to_be_visible()
    expect(page.get_by_text("Appelez l’assistance")).to_be_visible()
    assert _stored(page) == []


def _stored(page: Page) -> list[str]:
    """Names of everything kept on the device but the comfort choices."""
    stored: list[str] = page.evaluate(
        """async () => [
          ...Object.keys(localStorage).filter(
            k => !/^carnet\\.(theme|size|shortcuts|session)$/.test(k)),
          ...Object.keys(sessionStorage),
          ...(await indexedDB.databases()).map(d => d.name),
          ...document.cookie.split(';').filter(Boolean)]"""
    )
    return stored


@pytest.mark.parametrize(
    ("who", "path", "heading", "minutes"),
    [(PERSON, "/accueil", "Bonjour", 10), (PROFESSIONAL, "/pro", "Ouvrir un dossier", 5)],
)
def test_idle_page_warns_then_locks_and_hides_the_record(
    page: Page, who: str, path: str, heading: str, minutes: int
) -> None:
    canned = Canned(who)
    canned.install(page)
    page.clock.install()
    page.goto(path)
    # The frame is drawn before it is known for whom: idleness counts from the login.
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
    page.clock.run_for((minutes - 1) * MINUTE + 2_000)
    warning = page.get_by_role("alertdialog", name="Êtes-vous toujours là")
    expect(warning).to_contain_text(re.compile(r"verrouillé dans 5\d\s+secondes"))
    page.keyboard.press("Enter")
    expect(warning).to_have_count(0)
    page.clock.run_for(minutes * MINUTE + 2_000)
    locked = page.get_by_role("alertdialog", name="Écran verrouillé")
    expect(locked).to_be_visible()
    assert canned.count("POST", "/v1/auth/logout") == 1
    behind = locked.evaluate("dialog => getComputedStyle(dialog, '::backdrop').backgroundColor")
    assert behind == "rgb(250, 248, 244)"


def test_one_refresh_serves_all_the_calls_of_two_tabs(page: Page, opened: Open) -> None:
    canned = opened("/accueil")
    other = page.context.new_page()
    canned.install(other)
    in_flight: list[int] = [0, 0]

    def refresh(route: Route) -> None:
        in_flight[0] += 1
        in_flight[1] = max(in_flight)
        page.wait_for_timeout(150)
        in_flight[0] -= 1
        route.fulfill(json={"access_token": f"t{len(canned.asked)}", "expires_in": 600})

    canned.overrides["auth/refresh"] = refresh
    before = canned.count("POST", "/v1/auth/refresh")
    other.goto("/accueil")
    page.reload()
    expect(page.get_by_role("heading", name="Nouveaux documents")).to_be_visible()
    expect(other.get_by_role("heading", name="Nouveaux documents")).to_be_visible()
    assert canned.count("POST", "/v1/auth/refresh") - before == 2
    assert in_flight[1] == 1


def test_logout_leaves_nothing_behind_back(page: Page, opened: Open) -> None:
    canned = opened("/documents")
    page.get_by_role("link", name="Plus").click()
    page.get_by_role("button", name="Me déconnecter").click()
    expect(page).to_have_url("/connexion?etat=fin")
    assert canned.count("POST", "/v1/auth/logout") == 1
    page.go_back()
    expect(page).to_have_url(re.compile("/connexion"))
    assert "Bilan" not in page.content()


def test_logout_without_network_says_so(page: Page, opened: Open) -> None:
    canned = opened("/plus")
    canned.overrides["auth/logout"] = lambda route: route.abort()
    page.get_by_role("button", name="Me déconnecter").click()
    expect(page).to_have_url("/connexion?etat=incertain")
    del canned.overrides["auth/logout"]
    page.get_by_role("button", name="Fermer la session").click()
    expect(page).to_have_url("/connexion?etat=fin")


def test_erasing_the_device_empties_it(page: Page, opened: Open) -> None:
    opened("/plus")
    page.get_by_label("Sombre").check()
    page.get_by_role("button", name="Effacer cet appareil").click()
    dialog = page.get_by_role("alertdialog", name="Effacer cet appareil")
    dialog.get_by_role("button", name="Effacer cet appareil").click()
    expect(page).to_have_url("/connexion?etat=efface")
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_withdrawal_can_be_undone_until_its_message_is_closed(page: Page) -> None:
    canned = Canned()
    canned.overrides["DELETE .*/authorisations/"] = lambda route: route.fulfill(status=204)
    canned.overrides["PUT .*/authorisations/"] = lambda route: reply(route, GRANTS[0])
    canned.install(page)
    page.clock.install()
    page.goto("/professionnels")
    path = f"/v1/patients/{PID}/authorisations/10001234567"
    withdraw = page.get_by_role("button", name="Retirer l’accès de Dr Claire EXEMPLE")
    withdraw.click()
    expect(page.get_by_text("Sa prochaine demande sera refusée")).to_be_visible()
    assert canned.count("DELETE", path) == 1
    page.get_by_role("button", name="Rétablir l’accès").click()
    expect(page.get_by_text("est rétabli")).to_be_visible()
    assert canned.count("PUT", path) == 1
    withdraw.click()
    undo = page.get_by_role("button", name="Rétablir l’accès")
    expect(undo).to_be_visible()
    page.mouse.move(0, 0)
    page.clock.run_for(60_000)
    expect(undo).to_be_visible()
    page.locator(".toast").get_by_role("button", name="Fermer").click()
    expect(undo).to_have_count(0)


def test_watch_hears_a_policy_violation(page: Page, opened: Open, watch: Watch) -> None:
    opened("/aide")
    page.evaluate(
        """() => {
          const style = document.createElement('style');
          style.textContent = 'h1{}';
          document.head.append(style);
        }"""
    )
    page.wait_for_timeout(100)
    assert any("Content Security Policy" in complaint for complaint in watch.complaints)
    watch.complaints.clear()


def test_home_asks_the_service_once(page: Page, opened: Open) -> None:
    """P1: one call for the whole screen, besides who is there."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    opened("/accueil")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bonjour")
    page.wait_for_load_state("networkidle")
    calls = [url.partition("/v1/")[2] for url in asked if "/v1/" in url]
    assert [call for call in calls if call.startswith("patients/")] == [f"patients/{PID}/home"]


def test_a_part_that_was_altered_says_so_and_the_rest_is_shown(page: Page) -> None:
    canned = Canned()
    home = at_home(empty=True) | {
        "unreadable": ["next_appointment"], "documents": list(DOCUMENTS.values()),
        "accesses": [], "active_authorisations": 1, "first_steps": [],
    }  # fmt: skip
    canned.overrides["GET .*/home$"] = lambda route: reply(route, home)
    canned.install(page)
    page.goto("/accueil")
    part = page.get_by_role("region", name="Prochain rendez-vous")
    expect(part).to_contain_text("Cette partie ne peut pas être affichée")
    expect(page.get_by_role("heading", name="Nouveaux documents")).to_be_visible()
