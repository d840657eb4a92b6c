"""« Mes proches »: a child's space is managed by who certifies it, and left as easily."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import SCHEMES, violations
from tests.browser.canned import GRANTS, PID, problem, reply
from tests.browser.canned_agenda import NOTICES
from tests.browser.canned_children import (
    ACCEPTED,
    EMILE,
    IN_CHILD,
    LEA,
    PARENT,
    PENDING,
    RECEIVED_ID,
)
from tests.browser.conftest import DESKTOP, PHONE, Open

pytestmark = pytest.mark.browser

CHILDREN = f"/v1/patients/{PID}/children"
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])


@SIZES
def test_activation_needs_an_explicit_certification(
    page: Page, opened: Open, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    canned = opened("/proches", PARENT)
    page.get_by_role("button", name="Activer l’espace d’Emile").click()
    dialog = page.get_by_role("dialog", name="Activer l’espace d’Emile ?")
    box = dialog.get_by_label("Je certifie être son représentant légal")
    expect(box).not_to_be_checked()
    expect(dialog).to_contain_text(re.compile(r"Cela s’arrêtera le 14\s\S+ 20\d\d, à ses 18.ans"))

    dialog.get_by_role("button", name="Activer").click()
    expect(box).to_be_focused()
    expect(box).to_have_accessible_description(re.compile("Cochez cette case"))
    for scheme, _ in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert violations(page) == []
    dialog.get_by_role("button", name="Annuler").click()
    assert canned.count("PUT", f"{CHILDREN}/{EMILE}") == 0

    page.get_by_role("button", name="Activer l’espace d’Emile").click()
    expect(box).not_to_be_checked()
    box.check()
    with page.expect_request(lambda asked: asked.method == "PUT") as sent:
        dialog.get_by_role("button", name="Activer").click()
    assert json.loads(sent.value.post_data or "") == {"certifies": True}
    expect(page.get_by_text("L’espace d’Emile est activé.")).to_be_visible()
    card = page.get_by_role("article", name=re.compile("Emile"))
    expect(card).to_contain_text("Vous gérez son espace jusqu’au")
    expect(card.get_by_role("heading", level=3)).to_be_focused()
    page.get_by_role("button", name="Changer de profil").click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Espace d’Emile")).to_be_visible()


def test_refused_activation_is_told_where_it_was_asked(page: Page, opened: Open) -> None:
    canned = opened("/proches", PARENT)
    canned.overrides["PUT .*/children/"] = lambda route: problem(
        route, 503, "unavailable", "Service indisponible"
    )
    page.get_by_role("button", name="Activer l’espace d’Emile").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Je certifie").check()
    dialog.get_by_role("button", name="Activer").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Le service ne répond pas")
    expect(dialog.get_by_label("Je certifie")).to_be_checked()


def test_a_managed_child_shows_until_when_and_with_whom(page: Page, opened: Open) -> None:
    opened("/proches", PARENT)
    card = page.get_by_role("article", name=re.compile("Lea"))
    expect(card).to_contain_text(
        re.compile(r"Vous gérez son espace jusqu’au 14\s\S+ 20\d\d, à ses 18.ans\. Encore 10.ans\.")
    )
    expect(card.get_by_role("listitem")).to_have_text(
        [
            re.compile(r"^Vous, depuis le 3\snovembre 2026$"),
            re.compile("^Paul PAT-QUATRE, depuis le 14"),
            re.compile("^Alban PERSONNE, invitation sans réponse"),
            re.compile("^Zoe AUTRE a refusé"),
        ]
    )
    card.get_by_role("button", name="Ouvrir l’espace de Lea").click()
    expect(page.locator(".whose")).to_contain_text("Espace de Lea")
    expect(page).to_have_url(re.compile("/accueil$"))


@SIZES
def test_stopping_is_confirmed_and_can_be_undone(
    page: Page, opened: Open, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    canned = opened("/proches", PARENT)
    page.get_by_role("button", name="Ne plus gérer l’espace de Lea").click()
    asked = page.get_by_role("alertdialog", name="Ne plus gérer l’espace de Lea ?")
    expect(asked).to_contain_text("Rien n’y est supprimé")
    assert violations(page) == []
    asked.get_by_role("button", name="Annuler").click()
    assert canned.count("DELETE", f"{CHILDREN}/{LEA}") == 0

    page.get_by_role("button", name="Ne plus gérer l’espace de Lea").click()
    asked.get_by_role("button", name="Ne plus gérer l’espace de Lea").click()
    card = page.get_by_role("article", name=re.compile("Lea"))
    expect(card).to_contain_text("À activer")
    expect(page.get_by_role("button", name="Changer de profil")).to_have_count(0)
    page.get_by_role("button", name="Rétablir").click()
    expect(card).to_contain_text("Géré par vous")
    expect(page.get_by_role("button", name="Changer de profil")).to_be_visible()
    assert canned.count("PUT", f"{CHILDREN}/{LEA}") == 1


def test_stopping_the_profile_that_is_open_goes_back_to_ones_own(page: Page, opened: Open) -> None:
    canned = opened("/proches", IN_CHILD)
    card = page.get_by_role("article", name=re.compile("Lea"))
    expect(card).to_contain_text("Ouvert en ce moment")
    assert canned.count("GET", CHILDREN) == 1
    page.get_by_role("button", name="Ne plus gérer l’espace de Lea").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Ne plus gérer").click()
    expect(page.locator(".gone")).to_contain_text("Vous ne gérez plus")
    expect(page).to_have_url(re.compile("/proches$"))
    expect(card).to_contain_text("À activer")
    expect(page.locator(".whose")).to_contain_text("Dominique")


def test_no_child_says_what_to_do(page: Page, opened: Open) -> None:
    canned = opened("/plus", PARENT)
    canned.children = []
    page.get_by_role("link", name=re.compile("Mes proches")).click()
    expect(page.get_by_role("heading", name="Aucun enfant sur votre dossier")).to_be_visible()
    expect(page.get_by_text("Demandez à votre caisse")).to_be_visible()


def test_the_switcher_leads_here(page: Page, opened: Open) -> None:
    opened("/documents", PARENT)
    page.get_by_role("button", name="Changer de profil").click()
    page.get_by_role("link", name="Gérer mes proches").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("heading", name="Mes proches", level=1)).to_be_focused()


def test_a_notice_of_another_parent_leads_here(page: Page, opened: Open) -> None:
    canned = opened("/accueil", IN_CHILD)
    told = NOTICES[2] | {
        "type": "representative.added",
        "text": "Un parent gère maintenant cet espace",
        "target": {"kind": "representatives", "id": None},
    }
    canned.overrides["/notices$|/notices\\?"] = lambda route: reply(
        route, {"items": [told], "unread": 0, "unread_messages": 0, "next": None}
    )
    page.get_by_role("link", name=re.compile("^Avis")).click()
    page.get_by_role("link", name="Un parent gère maintenant cet espace").click()
    expect(page.get_by_role("article", name=re.compile("Lea"))).to_contain_text("Paul PAT-QUATRE")


SENT_PATH = f"/v1/patients/{LEA}/representatives/invitations"
INVITE = "Inviter un représentant légal de Lea"


@SIZES
def test_inviting_asks_three_facts_and_says_the_same_whoever_it_is(
    page: Page, opened: Open, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    canned = opened("/proches", PARENT)
    page.get_by_role("button", name=INVITE).click()
    dialog = page.get_by_role("dialog", name="Inviter un autre représentant légal de Lea")
    expect(dialog).to_contain_text("Si cette personne a un espace, elle reçoit l’invitation.")
    dialog.get_by_role("button", name="Envoyer l’invitation").click()
    expect(dialog.get_by_role("link", name="Écrivez son nom de naissance.")).to_be_visible()
    for scheme, _ in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert violations(page) == []
    assert canned.count("POST", SENT_PATH) == 0

    dialog.get_by_label("Nom de naissance").fill("Autre")
    dialog.get_by_label("Premier prénom").fill("Alban")
    dialog.get_by_label("Date de naissance").fill("1980-01-31")
    with page.expect_request(lambda asked: asked.method == "POST") as sent:
        dialog.get_by_role("button", name="Envoyer l’invitation").click()
    assert json.loads(sent.value.post_data or "") == {
        "family_name": "Autre",
        "given_name": "Alban",
        "birth_date": "1980-01-31",
    }
    assert "Autre" not in sent.value.url
    expect(page.get_by_text("Si cette personne a un espace, elle reçoit votre")).to_be_visible()
    card = page.get_by_role("article", name=re.compile("Lea"))
    expect(card).to_contain_text("Alban AUTRE, invitation sans réponse, jusqu’au 10 décembre 2026")


def test_what_the_server_refuses_of_an_invitation_is_said_at_its_field(
    page: Page, opened: Open
) -> None:
    canned = opened("/proches", PARENT)
    wrong = {"pointer": "/birth_date", "code": "not_an_adult", "detail": "Pas majeure."}
    canned.overrides["POST .*/invitations"] = lambda route: problem(
        route, 422, "invalid", "Refus", errors=[wrong | {"detail_en": "Not of age."}]
    )
    page.get_by_role("button", name=INVITE).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Nom de naissance").fill("Autre")
    dialog.get_by_label("Premier prénom").fill("Alban")
    dialog.get_by_label("Date de naissance").fill("2015-01-31")
    dialog.get_by_role("button", name="Envoyer l’invitation").click()
    expect(dialog.get_by_label("Date de naissance")).to_have_accessible_description("Pas majeure.")
    expect(dialog.get_by_label("Nom de naissance")).to_have_value("Autre")


@SIZES
def test_an_invitation_is_withdrawn_and_what_it_opened_ended(
    page: Page, opened: Open, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    canned = opened("/proches", PARENT)
    card = page.get_by_role("article", name=re.compile("Lea"))
    expect(card).to_contain_text("Zoe AUTRE a refusé l’invitation")
    card.get_by_role("button", name="Retirer l’invitation de Alban PERSONNE").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Retirer l’invitation").click()
    expect(page.get_by_text("L’invitation est retirée.")).to_be_visible()
    assert canned.count("DELETE", f"{SENT_PATH}/{PENDING}") == 1

    card.get_by_role("button", name="Mettre fin à la gestion par Paul PAT-QUATRE").click()
    asked = page.get_by_role("alertdialog")
    expect(asked).to_contain_text("perd aussitôt l’accès à l’espace de Lea")
    assert violations(page) == []
    asked.get_by_role("button", name="Mettre fin").click()
    expect(page.get_by_text("Paul PAT-QUATRE ne gère plus cet espace.")).to_be_visible()
    assert canned.count("DELETE", f"{SENT_PATH}/{ACCEPTED}") == 1


@SIZES
def test_an_invitation_is_accepted_only_with_the_certificate(
    page: Page, opened: Open, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    canned = opened("/proches", PARENT)
    answer = f"/v1/patients/{PID}/invitations/{RECEIVED_ID}"
    expect(page.get_by_role("article", name=re.compile("Ines"))).to_contain_text("20 décembre 2026")
    page.get_by_role("button", name="Accepter de gérer l’espace d’Ines").click()
    dialog = page.get_by_role("dialog", name="Gérer l’espace d’Ines ?")
    expect(dialog).to_contain_text("Claire EXEMPLE vous invite")
    dialog.get_by_role("button", name="Accepter").click()
    expect(dialog.get_by_label("Je certifie")).to_be_focused()
    assert violations(page) == []
    assert canned.count("PUT", answer) == 0
    dialog.get_by_label("Je certifie").check()
    with page.expect_request(lambda asked: asked.method == "PUT") as sent:
        dialog.get_by_role("button", name="Accepter").click()
    assert json.loads(sent.value.post_data or "") == {"answer": "accept", "certifies": True}
    expect(page.get_by_text("Vous gérez l’espace d’Ines.")).to_be_visible()
    expect(page.get_by_role("heading", name="Invitations reçues")).to_have_count(0)


def test_refusing_says_who_will_know_and_that_silence_tells_nothing(
    page: Page, opened: Open
) -> None:
    canned = opened("/proches", PARENT)
    page.get_by_role("button", name="Refuser de gérer l’espace d’Ines").click()
    asked = page.get_by_role("alertdialog", name="Refuser cette invitation ?")
    expect(asked).to_contain_text("Claire EXEMPLE saura que vous avez refusé.")
    expect(asked).to_contain_text("Si vous ne répondez pas")
    with page.expect_request(lambda one: one.method == "PUT") as sent:
        asked.get_by_role("button", name="Refuser").click()
    assert json.loads(sent.value.post_data or "") == {"answer": "refuse"}
    expect(page.get_by_text("L’invitation est refusée.")).to_be_visible()
    assert canned.count("PUT", f"/v1/patients/{PID}/invitations/{RECEIVED_ID}") == 1


def test_who_came_by_invitation_neither_invites_nor_comes_back_alone(
    page: Page, opened: Open
) -> None:
    canned = opened("/proches", PARENT)
    canned.children[0]["invited"] = True
    page.reload()
    card = page.get_by_role("article", name=re.compile("Lea"))
    expect(card).to_contain_text("Géré par vous, sur invitation")
    expect(page.get_by_role("button", name=INVITE)).to_have_count(0)
    card.get_by_role("button", name="Ne plus gérer l’espace de Lea").click()
    asked = page.get_by_role("alertdialog")
    expect(asked).to_contain_text("Pour y revenir, il faudra une nouvelle invitation.")
    asked.get_by_role("button", name="Ne plus gérer l’espace de Lea").click()
    expect(page.get_by_text("Vous ne gérez plus l’espace de Lea.")).to_be_visible()
    expect(card).to_have_count(0)


def test_of_age_one_reads_that_what_a_parent_allowed_is_over(page: Page, opened: Open) -> None:
    canned = opened("/professionnels")
    lapsed = GRANTS[0] | {
        "status": "expired",
        "given_by": "Claire EXEMPLE",
        "ends_at_majority": True,
    }
    canned.overrides["GET .*/authorisations"] = lambda route: reply(
        route, {"items": [lapsed], "next": None}
    )
    page.reload()
    expect(page.get_by_text("Autorisation terminée à vos 18 ans")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Autoriser de nouveau"))).to_be_visible()


def test_a_parent_reads_who_allowed_a_professional_and_until_when(page: Page, opened: Open) -> None:
    canned = opened("/professionnels", IN_CHILD)
    given = GRANTS[0] | {"given_by": "Paul PAT-QUATRE", "ends_at_majority": True}
    canned.overrides["GET .*/authorisations"] = lambda route: reply(
        route, {"items": [given], "next": None}
    )
    page.reload()
    card = page.get_by_role("article").filter(has_text="Donnée par Paul PAT-QUATRE")
    expect(card).to_contain_text("jusqu’à ses 18 ans")
