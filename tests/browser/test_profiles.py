"""A parent opens the space of a child: whose it is is never in doubt, and nothing crosses over."""

import re

import pytest
from playwright.sync_api import Dialog, Page, Route, expect

from tests.browser.axe import SCHEMES, violations
from tests.browser.canned import PID, Canned, problem
from tests.browser.canned_children import EMILE, IN_CHILD, LEA, PARENT
from tests.browser.conftest import DESKTOP, PHONE, Open, settled

pytestmark = pytest.mark.browser

OWN_DOCUMENT = "Bilan thyroïdien"
KEPT = "() => Object.entries(sessionStorage)"
# Each page notes, as it is drawn, whether it ever showed what is the parent's own.
_NOTE = f"""
new MutationObserver(() => {{
  const shown = document.getElementById("contenu")?.textContent ?? "";
  if (/{OWN_DOCUMENT}|Bonjour/.test(shown)) document.documentElement.dataset.own = "shown";
}}).observe(document, {{ subtree: true, childList: true, characterData: true }});
"""


def _switch(page: Page, to: str) -> None:
    page.get_by_role("button", name="Changer de profil").click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile(to)).click()


def _in_child(page: Page) -> None:
    expect(page.locator(".whose")).to_contain_text("Espace de Lea")
    settled(page)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_switching_opens_the_home_of_the_child_and_says_so(
    page: Page, opened: Open, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    canned = opened("/documents", PARENT)
    expect(page.get_by_text(OWN_DOCUMENT)).to_be_visible()
    page.add_init_script(_NOTE)
    before = len(canned.asked)
    _switch(page, "Espace de Lea")

    _in_child(page)
    expect(page).to_have_url(re.compile("/accueil$"))
    expect(page.locator(".said[role=status]").last).to_have_text(
        "Vous êtes maintenant dans l’espace de Lea."
    )
    expect(page).to_have_title("Accueil – Espace d’un enfant – Carnet")
    expect(page.get_by_role("link", name=re.compile("Carnet de vaccination")).first).to_be_visible()
    expect(page.get_by_text(OWN_DOCUMENT)).to_have_count(0)
    assert page.evaluate("document.documentElement.dataset.own") is None
    expect(page.locator(".whose")).to_contain_text("7\u00a0ans · profil enfant")
    assert [path for _, path in canned.asked[before:] if PID in path] == []
    assert page.evaluate(KEPT) == [["carnet.profile", f"{PID} {LEA}"]]


@pytest.mark.parametrize("who", [PARENT, IN_CHILD])
def test_the_card_of_the_profile_covers_no_place_of_the_menu(
    page: Page, opened: Open, who: str
) -> None:
    opened("/documents", who)
    places = page.locator(".places")
    for height in (560, DESKTOP[1], 1200):
        page.set_viewport_size({"width": DESKTOP[0], "height": height})
        card = page.locator(".whose").bounding_box()
        first = places.get_by_role("link").first.bounding_box()
        assert card
        assert first
        assert card["y"] + card["height"] <= first["y"], height
        if height == DESKTOP[1]:
            leave = places.get_by_role("button", name="Me déconnecter").bounding_box()
            assert leave
            assert leave["y"] + leave["height"] <= height


def test_what_was_on_its_way_for_one_is_never_shown_to_the_other(page: Page, opened: Open) -> None:
    canned = opened("/documents", PARENT)
    late: list[Route] = []
    canned.overrides[f"{PID}/home$"] = late.append
    page.add_init_script(_NOTE)
    page.get_by_role("link", name="Accueil").click()
    expect(page.locator(".skeleton").first).to_be_visible()
    _switch(page, "Espace de Lea")
    _in_child(page)

    assert len(late) == 1
    canned.overrides.clear()
    page.get_by_role("link", name="Documents", exact=True).click()
    expect(page.get_by_text("1\u00a0document", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.dataset.own") is None
    page.go_back()
    settled(page)
    assert page.evaluate("document.documentElement.dataset.own") is None


def test_each_profile_has_its_own_bell(page: Page, opened: Open) -> None:
    canned = opened("/documents", PARENT)
    expect(page.get_by_role("link", name="Avis : 2 nouveaux")).to_be_visible()
    canned.state, canned.documents = "empty", []
    _switch(page, "Espace de Lea")
    _in_child(page)
    expect(page.get_by_role("link", name="Avis : aucun nouveau")).to_be_visible()


def test_the_choice_survives_a_reload_of_its_tab_alone(page: Page, opened: Open) -> None:
    opened("/accueil", PARENT)
    _switch(page, "Espace de Lea")
    _in_child(page)
    page.reload()
    _in_child(page)
    expect(page.locator(".said[role=status]").last).to_have_text("")
    page.goto("/documents")
    _in_child(page)

    other = page.context.new_page()
    Canned(PARENT).install(other)
    other.goto("/accueil")
    expect(other.get_by_role("heading", name="Bonjour Dominique")).to_be_visible()
    _switch(page, "Mon espace")
    expect(page.get_by_role("heading", name="Bonjour Dominique")).to_be_visible()
    expect(page.locator(".said[role=status]").last).to_have_text(
        "Vous êtes maintenant dans votre espace."
    )


def test_logging_out_forgets_the_choice(page: Page, opened: Open) -> None:
    opened("/plus", IN_CHILD)
    page.get_by_role("button", name="Me déconnecter").last.click()
    expect(page).to_have_url(re.compile("/connexion"))
    assert page.evaluate(KEPT) == []


def test_a_new_login_starts_at_ones_own(page: Page, opened: Open) -> None:
    canned = opened("/documents", IN_CHILD)
    canned.who = None
    page.reload()
    expect(page).to_have_url(re.compile("/connexion"))
    assert page.evaluate(KEPT) == []
    canned.who = PARENT
    page.goto("/accueil")
    expect(page.get_by_role("heading", name="Bonjour Dominique")).to_be_visible()


def test_without_network_what_is_on_screen_stays(page: Page, opened: Open) -> None:
    opened("/documents", PARENT)
    page.context.set_offline(True)
    _switch(page, "Espace de Lea")
    expect(page.locator(".toast")).to_contain_text("Connexion interrompue")
    expect(page.get_by_text(OWN_DOCUMENT)).to_be_visible()
    page.context.set_offline(False)


def test_the_choice_of_somebody_else_is_nothing(page: Page, opened: Open) -> None:
    opened("/aide", PARENT)
    page.evaluate(f"sessionStorage.setItem('carnet.profile', '{EMILE} {LEA}')")
    page.goto("/accueil")
    expect(page.get_by_role("heading", name="Bonjour Dominique")).to_be_visible()
    expect(page.get_by_text("Vous ne gérez plus")).to_have_count(0)
    assert page.evaluate(KEPT) == []


def test_profile_gone_falls_back_to_ones_own_with_a_message(page: Page, opened: Open) -> None:
    canned = opened("/documents", IN_CHILD)
    canned.children[0]["status"] = "on_file"
    page.reload()

    message = page.locator(".gone")
    expect(message).to_contain_text("Vous ne gérez plus le profil qui était ouvert.")
    expect(page.locator(".said[role=status]").last).to_contain_text("Vous ne gérez plus")
    expect(page.get_by_text(OWN_DOCUMENT)).to_be_visible()
    expect(page.get_by_role("button", name="Changer de profil")).to_have_count(0)
    message.get_by_role("button", name="J’ai compris").click()
    expect(message).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert page.evaluate(KEPT) == []


def test_refusal_in_a_childs_record_asks_whether_it_is_over(page: Page, opened: Open) -> None:
    canned = opened("/accueil", IN_CHILD)
    canned.overrides[LEA] = lambda route: problem(route, 404, "not-found", "Introuvable")
    page.get_by_role("link", name="Documents", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Cette page n’est pas accessible")
    _in_child(page)

    canned.children[0]["status"] = "on_file"
    page.get_by_role("link", name="Agenda", exact=True).click()
    expect(page.locator(".gone")).to_contain_text("Vous ne gérez plus")
    expect(page.get_by_role("heading", name="Bonjour Dominique")).to_be_visible()


def test_majority_on_an_open_page_ends_it(page: Page) -> None:
    page.clock.install(time="2031-05-13T23:55:00+02:00")
    canned = Canned(IN_CHILD)
    canned.children[0] |= {"birth_date": "2013-05-14", "ends_at": "2031-05-13T22:00:00Z"}
    canned.install(page)
    page.goto("/aide")
    page.evaluate(f"sessionStorage.setItem('carnet.profile', '{PID} {LEA}')")
    page.goto("/accueil")
    _in_child(page)
    canned.children[0]["status"] = "on_file"
    page.clock.run_for(6 * 60_000)
    expect(page.locator(".gone")).to_contain_text("Vous ne gérez plus")
    expect(page.get_by_role("heading", name="Bonjour Dominique")).to_be_visible()


def test_unsaved_text_asks_before_switching(page: Page, opened: Open) -> None:
    browser_asked: list[str] = []

    def accept(dialog: Dialog) -> None:
        browser_asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", accept)
    opened("/agenda/ajouter", PARENT)
    page.get_by_label("Titre").press_sequentially("Dentiste")
    _switch(page, "Espace de Lea")
    asked = page.get_by_role("alertdialog", name="Une saisie n’est pas enregistrée")
    expect(asked).to_contain_text("Si vous changez d’espace")
    asked.get_by_role("button", name="Rester pour l’enregistrer").click()
    expect(page.get_by_label("Titre")).to_have_value("Dentiste")

    _switch(page, "Espace de Lea")
    asked.get_by_role("button", name="Changer sans l’enregistrer").click()
    _in_child(page)
    page.goto("/agenda/ajouter")
    expect(page.get_by_label("Titre")).to_have_value("")
    assert browser_asked == []


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_switcher_works_by_keyboard_and_is_accessible(
    page: Page, opened: Open, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    opened("/documents", PARENT)
    button = page.get_by_role("button", name="Changer de profil")
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Quel espace ouvrir ?")
    expect(dialog).to_be_visible()
    expect(dialog.locator("[aria-current=true]")).to_contain_text("Mon espace")
    for scheme, _ in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert violations(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    wanted = dialog.get_by_role("button", name="Espace de Lea")
    expect(wanted).to_be_visible()
    for _ in range(4):
        if wanted.evaluate("e => e === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    _in_child(page)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_whose_space_it_is_stays_in_view(page: Page, opened: Open, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    opened("/agenda/prevention", IN_CHILD)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    said = page.get_by_text(re.compile("^Espace de Lea")).locator("visible=true")
    expect(said.last).to_be_in_viewport()


# Of the parent's own record, these would be false in the space of a child.
_OWN = re.compile(
    r"\b(?:mon|votre) (?:dossier|agenda|âge|médecin|matricule)\b|\bmes professi", re.IGNORECASE
)
_SCREENS = (
    "/accueil /documents /acces /professionnels /agenda?v=liste /agenda?v=passes "
    "/agenda/prevention /agenda/abonnement /notifications /plus/avis /plus"
)


@pytest.mark.parametrize("state", ["full", "empty"])
def test_words_are_true_of_a_child(page: Page, opened: Open, state: str) -> None:
    opened("/plus", IN_CHILD, state)
    for path in _SCREENS.split():
        page.goto(path)
        settled(page)
        assert _OWN.findall(page.locator("main").inner_text()) == [], path
