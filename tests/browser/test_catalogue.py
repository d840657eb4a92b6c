"""The catalogue: found by theme, data and words; what is claimed apart from what was checked."""

import re

import pytest
from playwright.sync_api import Page, Request, expect

from infra.local import config
from tests.browser.canned import PERSON, Canned, problem
from tests.browser.canned_applications import BOOKING, CANDIDATE, SCALE
from tests.browser.conftest import Open, settled
from tests.browser.product import PERSON as DOMINIQUE
from tests.browser.product import log_in

pytestmark = pytest.mark.browser
LIST = "/applications"


def _names(page: Page) -> list[str]:
    return page.locator("main article h2").all_inner_texts()


def test_applications_are_in_the_order_that_is_said_and_found_by_what_they_ask(
    page: Page, opened: Open
) -> None:
    opened(LIST, None)
    assert _names(page) == [
        "Avis Exemple",
        "Ma Balance Exemple",
        "Rendez-vous Exemple",
        "Voyage Exemple",
    ]
    expect(page.get_by_text("Par ordre alphabétique. Personne ne paie")).to_be_visible()
    page.get_by_role("combobox", name="Données demandées").select_option("Aucune donnée")
    expect(page.get_by_role("status").filter(has_text="1\u00a0application")).to_be_visible()
    assert _names(page) == ["Voyage Exemple"]
    page.get_by_role("combobox", name="Données demandées").select_option("Poids")
    page.get_by_role("combobox", name="Thème").select_option("Prise de rendez-vous")
    expect(page).to_have_url(re.compile(r"/applications\?t=3&d=1$"))
    page.reload()
    settled(page)
    assert _names(page) == ["Rendez-vous Exemple"]


def test_words_are_found_without_accents_and_never_in_the_address(page: Page, opened: Open) -> None:
    opened(LIST, None)
    page.get_by_label("Chercher").fill("SANTE balance")
    expect(page.locator("main article")).to_have_count(1)
    assert _names(page) == ["Ma Balance Exemple"]
    assert page.url.endswith(LIST)
    page.get_by_role("link", name="Ma Balance Exemple").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ma Balance Exemple")
    page.go_back()
    expect(page.get_by_label("Chercher")).to_have_value("SANTE balance")
    page.get_by_label("Chercher").fill("introuvable")
    expect(page.get_by_role("heading", name="Aucune application ne correspond")).to_be_visible()
    page.get_by_role("button", name="Retirer les filtres").click()
    expect(page.locator("main article")).to_have_count(4)


def test_what_the_publisher_says_is_apart_from_what_was_checked(page: Page, opened: Open) -> None:
    opened(f"{LIST}/{SCALE}", None)
    theirs = page.get_by_role("region", name="Ce que dit l’éditeur")
    ours = page.get_by_role("region", name="Ce que Carnet a vérifié")
    asked = page.get_by_role("region", name="Données demandées")

    expect(theirs).to_contain_text("Suivre votre poids depuis une balance connectée.")
    expect(theirs).not_to_contain_text("conforme")
    expect(ours).to_contain_text("Sécurité\u00a0: conforme le 14 septembre 2026")
    expect(ours).to_contain_text("Carnet ne garantit pas ce que dit l’éditeur.")
    expect(asked.get_by_role("listitem")).to_have_text(
        [
            re.compile("Lire vos mesures de poids.*Dessiner la courbe"),
            re.compile("Ajouter des mesures de poids.*à chaque pesée"),
            re.compile("Ajouter des mesures de tension.*après la pesée"),
            re.compile("Lire vos documents.*votre taille"),
        ]
    )


def test_an_access_is_asked_for_from_the_site_of_the_application(page: Page, opened: Open) -> None:
    opened(f"{LIST}/{SCALE}", None)
    site = page.get_by_role("link", name="Ouvrir le site de Ma Balance Exemple")

    expect(site).to_have_attribute("href", f"https://{SCALE}.example/")
    expect(site).to_have_attribute("rel", "noopener noreferrer")
    expect(site).to_have_attribute("target", "_blank")
    expect(page.get_by_role("button")).to_have_count(0)  # nothing is granted from here


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ("avis-exemple", "Elle est suspendue"),
        (CANDIDATE["id"], "Elle est en cours d’examen"),
    ],
)
def test_what_is_not_online_leads_nowhere(page: Page, opened: Open, known: str, said: str) -> None:
    opened(f"{LIST}/{known}", None)

    expect(page.get_by_role("heading", name=said)).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Ouvrir le site"))).to_have_count(0)
    if known == CANDIDATE["id"]:
        expect(page.locator("main a[href^=http]")).to_have_count(0)


def test_one_that_is_suspended_bears_no_stamp(page: Page, opened: Open) -> None:
    opened(LIST, None)
    card = page.get_by_role("article", name="Avis Exemple")
    expect(card).to_contain_text("2 critères vérifiés auparavant")
    expect(card).not_to_contain_text("Carnet a vérifié")
    card.get_by_role("link").click()
    ours = page.get_by_role("region", name="Ce que Carnet a vérifié")
    expect(ours).to_contain_text("Sécurité\u00a0: vérifié auparavant, le 14 septembre 2026")
    expect(ours.locator("svg")).to_have_count(0)
    expect(page.get_by_text("conforme")).to_have_count(0)


def test_one_that_is_only_presented_says_so(page: Page, opened: Open) -> None:
    opened(f"{LIST}/voyage-exemple", None)

    expect(page.get_by_text("Elle ne se relie pas à votre espace")).to_be_visible()
    expect(page.get_by_text("Ne demande aucune donnée de votre espace.")).to_be_visible()


def test_nothing_is_loaded_from_elsewhere_and_nobody_is_told_who_reads(
    page: Page, opened: Open
) -> None:
    sent: list[Request] = []

    def note(request: Request) -> None:
        sent.append(request)

    page.on("request", note)
    canned = opened(LIST, None)
    page.get_by_role("link", name="Rendez-vous Exemple").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rendez-vous Exemple")

    origin = page.evaluate("location.origin")
    assert all(one.url.startswith(origin) for one in sent)
    public = [one for one in sent if "/v1/catalogue" in one.url]
    assert public
    assert not any({"authorization", "cookie"} & one.headers.keys() for one in public)
    # The whole list is read, and looked through here: not which of them.
    assert canned.count("GET", f"/v1/catalogue/{BOOKING}") == 0
    assert page.locator("main img").count() == 0


def test_whoever_is_logged_in_finds_her_own_applications_from_there(
    page: Page, opened: Open
) -> None:
    opened("/accueil", PERSON)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("link", name="Applications", exact=True).click()
    settled(page)
    expect(page).to_have_url(LIST)
    expect(page.get_by_role("link", name="Applications", exact=True)).to_have_attribute(
        "aria-current", "page"
    )
    page.reload()
    settled(page)
    expect(page.get_by_role("navigation", name="Navigation principale")).to_be_visible()
    page.get_by_role("link", name="Mes applications").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mes applications")


def test_the_page_of_an_application_leads_to_hers_without_asking_which(
    page: Page, opened: Open
) -> None:
    canned = opened("/accueil", PERSON)
    page.goto(f"{LIST}/{SCALE}")
    mine = page.get_by_role("region", name="Relier cette application").get_by_role(
        "link", name="Mes applications"
    )
    expect(mine).to_have_attribute("href", "/applications/mes-applications")
    assert not [path for _, path in canned.asked if "/consents" in path]


def test_nobody_is_sent_to_log_in_to_read_the_catalogue(page: Page, opened: Open) -> None:
    opened(LIST, None)

    expect(page).to_have_url(LIST)
    expect(page.get_by_role("link", name="Mes applications")).to_have_count(0)


def _broken(canned: Canned) -> None:
    canned.overrides["GET .*/v1/catalogue"] = lambda route: problem(
        route, 503, "unavailable", "Service indisponible"
    )


def test_a_list_that_does_not_come_is_asked_again(page: Page) -> None:
    canned = Canned(None)
    _broken(canned)
    canned.install(page)
    page.goto(LIST)
    expect(page.get_by_role("alert")).to_contain_text("Le service ne répond pas")
    canned.overrides.clear()

    page.get_by_role("button", name="Réessayer").click()

    expect(page.locator("main article")).to_have_count(4)


def test_other_lists_are_reached_and_left(page: Page, opened: Open) -> None:
    opened(LIST, None)
    page.get_by_role("link", name="Applications en cours d’examen").click()
    expect(page).to_have_url(re.compile(r"\?e=2$"))
    expect(page.get_by_text("Rien n’est encore vérifié.")).to_be_visible()
    page.get_by_role("link", name="Applications en ligne").click()
    expect(page).to_have_url(re.compile(r"/applications$"))


def test_the_sample_applications_are_in_the_running_product(
    page: Page, product: config.Config
) -> None:
    page.goto(f"{product.url}{LIST}")
    settled(page)
    # Twenty-seven of the thirty are listed; other tests reference theirs in the same product.
    told = page.get_by_role("status").filter(has_text=re.compile("^\\d+\u00a0applications$"))
    expect(told).to_be_visible()
    assert int(str(told.text_content()).split()[0]) >= 27
    page.get_by_role("link", name="Balance", exact=True).click()
    site = page.get_by_role("link", name="Ouvrir le site de Balance")
    expect(site).to_have_attribute("href", f"http://127.0.0.1:{product.port + 20}/")

    log_in(page, product.url, DOMINIQUE)
    page.get_by_role("link", name="Plus", exact=True).click()
    page.get_by_role("link", name=re.compile("Catalogue d’applications")).click()
    expect(page.locator("main article").first).to_be_visible()
