"""A1 and the review: an application presented, refused address by address, decided on."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.canned import PERSON, PROFESSIONAL, problem
from tests.browser.canned_desk import ALL, ONLINE, OPERATOR, OWN, PUBLISHER, SUSPENDED, WAITING
from tests.browser.conftest import Open, settled

pytestmark = pytest.mark.browser

TEXTS = {
    "Nom de l’application": "Pesée du soir",
    "Nom de l’éditeur": "Balance Exemple",
    "Site de l’éditeur": "https://balance.example/",
    "À quoi sert-elle ?": "Noter votre poids chaque soir.",
    "Précisez le prix": "Gratuite",
    "Combien de temps gardez-vous les données ?": "Un an.",
    "Page où l’on ouvre l’application": "https://balance.example/",
    "Page sur les données": "https://balance.example/donnees",
}
SUBMIT = "Présenter l’application"


def fill(page: Page) -> None:
    """Say everything that is needed."""
    for label, text in TEXTS.items():
        page.get_by_label(label).fill(text)
    page.get_by_label("Thème").select_option(label="Objets connectés")
    page.get_by_label("Objet connecté").check()
    page.get_by_label("Poids : ajouter", exact=True).check()
    page.get_by_label("Poids : ajouter. Pourquoi ?").fill("Pour vos mesures.")


def body_of(route: Route) -> dict[str, Any]:
    return dict(json.loads(route.request.post_data or "{}"))


@pytest.mark.parametrize(
    ("who", "path", "own"),
    [
        (PUBLISHER, "/accueil", "/editeur"),
        (PUBLISHER, "/revue", "/editeur"),
        (OPERATOR, "/pro", "/revue"),
        (OPERATOR, "/editeur", "/revue"),
        (PERSON, "/revue", "/accueil"),
        (PROFESSIONAL, "/editeur", "/pro"),
    ],
)
def test_each_is_sent_to_her_own_screens(
    page: Page, opened: Open, who: str, path: str, own: str
) -> None:
    opened(path, who)

    expect(page).to_have_url(re.compile(f"{own}$"))


@pytest.mark.parametrize(
    ("who", "path", "places"),
    [(PUBLISHER, "/editeur", ["Applications", "Plus"]), (OPERATOR, "/revue", ["Revue", "Plus"])],
)
def test_who_works_with_applications_has_two_places_and_no_record(
    page: Page, opened: Open, who: str, path: str, places: list[str]
) -> None:
    canned = opened(path, who)

    navigation = page.get_by_role("navigation", name="Navigation principale")
    expect(navigation.get_by_role("listitem")).to_have_text(places)
    assert not [path for _, path in canned.asked if path.startswith("/v1/patients")]
    page.get_by_role("link", name="Carnet").click()
    expect(page).to_have_url(re.compile(f"{path}$"))


def test_what_is_missing_is_said_at_once_and_leads_to_its_field(page: Page, opened: Open) -> None:
    canned = opened("/editeur/ajouter", PUBLISHER)
    page.get_by_label("Documents : lire").check()
    page.get_by_label("Clé publique").check()
    page.get_by_label("Jeu de clés publiques").fill("https://balance.example/jwks.json")

    page.get_by_role("button", name=SUBMIT).click()

    summary = page.get_by_role("group", name="Vérifiez votre saisie")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("listitem")).to_have_count(len(TEXTS) + 4)
    summary.get_by_role("link", name="Donnez la raison de « Documents : lire ».").click()
    expect(page.get_by_label("Documents : lire. Pourquoi ?")).to_be_focused()
    summary.get_by_role("link", name="Ce texte n’est pas du JSON").click()
    expect(page.get_by_label("Jeu de clés publiques")).to_be_focused()
    assert canned.count("POST", OWN) == 0


def test_a_refused_address_says_why_beside_its_own_field_and_nothing_is_lost(
    page: Page, opened: Open
) -> None:
    canned = opened("/editeur/ajouter", PUBLISHER)
    fill(page)
    page.get_by_role("textbox", name="Adresse de retour 1").fill("https://balance.example/retour")
    page.get_by_role("button", name="Ajouter une adresse de retour").click()
    second = page.get_by_role("textbox", name="Adresse de retour 2")
    second.fill("http://169.254.169.254/")
    asked: list[dict[str, Any]] = []

    def refuse(route: Route) -> None:
        asked.append(body_of(route))
        said = {
            "pointer": "/redirect_uris/1",
            "code": "address_private",
            "detail": "Cette adresse IP est celle d’un réseau privé.",
            "detail_en": "This IP address is of a private network.",
        }
        problem(route, 422, "invalid", "Saisie à corriger", errors=[said])

    canned.overrides[f"POST .*{OWN}"] = refuse
    page.get_by_role("button", name=SUBMIT).click()

    why = "Cette adresse IP est celle d’un réseau privé."
    expect(second).to_have_accessible_description(why)
    summary = page.get_by_role("group", name="Vérifiez votre saisie")
    summary.get_by_role("link", name=f"Adresse de retour 2 : {why}").click()
    expect(second).to_be_focused()
    expect(page.get_by_label("Nom de l’application")).to_have_value("Pesée du soir")
    del canned.overrides[f"POST .*{OWN}"]
    second.fill("")
    page.get_by_role("button", name=SUBMIT).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pesée du soir")
    expect(page.get_by_text("L’application n’agit pas")).to_be_visible()
    assert asked[0]["jwks"] is None
    assert asked[0]["data_asked"] == [{"permission": "weight:write", "why": "Pour vos mesures."}]


def test_one_press_tried_again_is_one_application(page: Page, opened: Open) -> None:
    canned = opened("/editeur/ajouter", PUBLISHER)
    fill(page)
    keys: list[str | None] = []

    def lose(route: Route) -> None:
        keys.append(route.request.headers.get("idempotency-key"))
        route.abort()

    canned.overrides[f"POST .*{OWN}"] = lose
    for _ in range(2):
        page.get_by_role("button", name=SUBMIT).click()
        expect(page.get_by_text("Connexion interrompue")).to_be_visible()
    page.get_by_label("Nom de l’application").fill("Autre nom")
    page.get_by_role("button", name=SUBMIT).click()
    expect(page.get_by_text("Connexion interrompue")).to_be_visible()
    page.wait_for_timeout(200)

    assert len(keys) == 3
    assert keys[0] == keys[1] != keys[2]


def test_changing_what_is_online_asks_first_and_sends_only_what_changed(
    page: Page, opened: Open
) -> None:
    canned = opened(f"/editeur/{ONLINE}/modifier", PUBLISHER)
    asked: list[tuple[dict[str, Any], str | None]] = []

    def note(route: Route) -> None:
        asked.append((body_of(route), route.request.headers.get("if-match")))
        del canned.overrides["PATCH "]
        canned._answer(route)

    canned.overrides["PATCH "] = note
    page.get_by_label("Nom de l’application").fill("Balance Deux")
    page.get_by_role("button", name="Enregistrer").click()
    question = page.get_by_role("alertdialog", name="Repasser en examen ?")
    question.get_by_role("button", name="Annuler").click()
    assert asked == []
    page.get_by_role("button", name="Enregistrer").click()
    question.get_by_role("button", name="Modifier et repasser en examen").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Balance Deux")
    expect(page.get_by_text("En ligne → En examen")).to_be_visible()
    assert asked == [({"name": "Balance Deux"}, '"v1"')]


def test_a_suspended_application_shows_the_reason_and_not_who(page: Page, opened: Open) -> None:
    opened(f"/editeur/{SUSPENDED}", PUBLISHER)

    expect(page.get_by_text("« Une faille est signalée. »").first).to_be_visible()
    expect(page.get_by_text("Salomé")).to_have_count(0)
    expect(page.get_by_text("Exploitant, le").first).to_be_visible()


def test_an_application_goes_online_once_all_is_checked_and_a_reason_is_given(
    page: Page, opened: Open
) -> None:
    canned = opened(f"/revue/{WAITING}", OPERATOR)
    expect(page.get_by_role("button", name="Mettre en ligne")).to_have_count(0)
    expect(page.get_by_text("À vérifier avant de mettre en ligne")).to_be_visible()
    checks = page.get_by_role("group", name="Ce que vous avez vérifié").get_by_role("checkbox")
    for one in checks.all():
        one.check()
    page.get_by_role("button", name="Noter").click()
    page.get_by_role("button", name="Mettre en ligne").click()
    question = page.get_by_role("dialog", name="Mettre en ligne")
    question.get_by_role("button", name="Mettre en ligne").click()
    expect(question.get_by_text("Écrivez le motif.").first).to_be_visible()
    assert canned.count("POST", f"{ALL}/{WAITING}/state") == 0
    question.get_by_label("Motif").fill("Usage clair.")
    question.get_by_role("button", name="Mettre en ligne").click()

    expect(page.get_by_role("button", name="Suspendre")).to_be_visible()
    expect(page.get_by_text("« Usage clair. »")).to_be_visible()
    expect(page.get_by_text("Salomé EXEMPLE, le").first).to_be_visible()


def test_what_changed_while_it_was_read_is_shown_before_a_decision_and_the_reason_stays(
    page: Page, opened: Open
) -> None:
    canned = opened(f"/revue/{ONLINE}", OPERATOR)
    named: list[str | None] = []

    def changed(route: Route) -> None:
        named.append(route.request.headers.get("if-match"))
        del canned.overrides["POST .*/state"]
        found = next(one for one in canned.desk.files if one["id"] == ONLINE)
        found["purpose"] = "Peser, et vendre ce qui est pesé."
        problem(route, 412, "stale", "Version périmée")

    canned.overrides["POST .*/state"] = changed
    page.get_by_role("button", name="Suspendre").click()
    question = page.get_by_role("dialog", name="Suspendre")
    question.get_by_label("Motif").fill("Une plainte est arrivée.")
    question.get_by_role("button", name="Suspendre").click()

    told = page.get_by_role("alert").filter(has_text="La candidature a changé depuis que vous")
    expect(told).to_be_focused()
    expect(told).to_be_in_viewport()
    expect(question).to_have_count(0)
    expect(page.get_by_text("Peser, et vendre ce qui est pesé.")).to_be_visible()
    assert named == ['"v1"']
    page.get_by_role("button", name="Suspendre").click()
    expect(question.get_by_label("Motif")).to_have_value("Une plainte est arrivée.")
    question.get_by_role("button", name="Suspendre").click()
    expect(page.get_by_text("« Une plainte est arrivée. »").first).to_be_visible()
    expect(told).to_have_count(0)


def test_what_changed_while_it_was_read_is_checked_anew(page: Page, opened: Open) -> None:
    canned = opened(f"/revue/{WAITING}", OPERATOR)
    canned.overrides["PUT .*/review"] = lambda route: problem(
        route, 412, "stale", "Version périmée"
    )
    page.get_by_role("group", name="Ce que vous avez vérifié").get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Noter").click()

    told = page.get_by_role("alert").filter(has_text="La candidature a changé depuis que vous")
    expect(told).to_be_focused()
    assert canned.count("GET", f"{ALL}/{WAITING}") == 2
    del canned.overrides["PUT .*/review"]
    page.get_by_role("button", name="Noter").click()
    expect(told).to_have_count(0)


def test_the_queue_says_how_long_each_has_waited_and_keeps_its_place(
    page: Page, opened: Open
) -> None:
    opened("/revue", OPERATOR)
    expect(page.get_by_text("depuis 12 jours")).to_be_visible()

    page.get_by_label("Suspendue").check()

    expect(page.get_by_role("link", name="Tension Exemple")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/revue\?e=3$"))
    page.reload()
    settled(page)
    expect(page.get_by_role("link", name="Tension Exemple")).to_be_visible()


@pytest.mark.parametrize(
    ("who", "path", "provider"),
    [(PUBLISHER, "/editeur", "proconnect"), (OPERATOR, "/revue", "operator")],
)
def test_a_session_that_ended_is_opened_again_at_its_own_provider(
    page: Page, opened: Open, who: str, path: str, provider: str
) -> None:
    canned = opened(path, who)
    canned.overrides["auth/refresh"] = lambda route: problem(
        route, 401, "session-ended", "Session terminée"
    )
    canned.overrides["GET .*applications"] = lambda route: problem(
        route, 401, "session-ended", "Session terminée"
    )
    page.get_by_role("link", name="Plus").click()
    page.get_by_role("navigation").get_by_role("link").first.click()

    again = page.get_by_role("link", name="M’identifier de nouveau")
    expect(again).to_have_attribute("href", re.compile(f"provider={provider}&"))
