"""P18 and P19: what an application asks for is refusable line by line, and taken back at once."""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.axe import SCHEMES, violations
from tests.browser.canned import PERSON, PID, PROFESSIONAL, TRACE, Canned, problem, reply
from tests.browser.canned_applications import (
    BOOKING_REF,
    FORMER_REF,
    NEW_TERMS,
    REQUEST,
    RETURN,
    SCALE,
    SCALE_REF,
    SEALED,
)
from tests.browser.canned_children import IN_CHILD, LEA, PARENT
from tests.browser.conftest import DESKTOP, PHONE, Open, settled, shoot

pytestmark = pytest.mark.browser

DEMAND = f"/applications/demande#{SEALED}"
MINE = "/applications/mes-applications"
CONSENTS = f"/v1/patients/{PID}/consents"
TITLE = "Ma Balance Exemple demande un accès à votre espace"
LINES = [
    "Lire vos mesures de poids",
    "Ajouter des mesures de poids",
    "Ajouter des mesures de tension",
    "Lire vos documents",
]
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
# What a test keeps of where the browser was sent.
_KEPT_HERE = """() => new Promise(done => {
  const texts = [location.href, document.title, JSON.stringify(history.state),
    ...Object.entries(localStorage).flat(), ...Object.entries(sessionStorage).flat()];
  const asked = indexedDB.open('carnet-drafts');
  asked.onerror = () => done(texts);
  asked.onsuccess = () => {
    const names = [...asked.result.objectStoreNames];
    if (!names.length) { asked.result.close(); return done(texts); }
    const rows = asked.result.transaction(names[0]).objectStore(names[0]).getAll();
    rows.onsuccess = () => {
      asked.result.close();
      for (const row of rows.result) if (row.sealed)
        texts.push(String.fromCharCode(...new Uint8Array(row.sealed)));
      done(texts);
    };
  };
})"""


def _sized(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})


def _outside(page: Page) -> list[str]:
    """Answer in place of the application; return the addresses it was called at."""
    reached: list[str] = []

    def answer(route: Route) -> None:
        reached.append(route.request.url)
        route.fulfill(body="<h1>Ma Balance</h1>", content_type="text/html")

    page.context.route(f"{RETURN}*", answer)
    return reached


def _sound(page: Page) -> None:
    for scheme, judged in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert violations(page, judged) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@SIZES
def test_nothing_is_on_beforehand_and_refusing_is_as_big_as_accepting(
    page: Page, opened: Open, size: tuple[int, int]
) -> None:
    _sized(page, size)
    opened(DEMAND)
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(page.get_by_role("checkbox")).to_have_count(len(LINES))
    for line in LINES:
        expect(page.get_by_label(line, exact=True)).not_to_be_checked()
    expect(page.get_by_role("radio")).to_have_count(3)
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    why = page.get_by_label("Lire vos documents")
    expect(why).to_have_accessible_description("« Reprendre votre taille d’un compte rendu. »")

    boxes, looks = [], []
    for name in ("Refuser", "Accepter"):
        button = page.get_by_role("button", name=name)
        box = button.bounding_box()
        assert box
        boxes.append((box["width"], box["height"], box["y"]))
        looks.append(
            button.evaluate(
                "b => ['color', 'backgroundColor', 'borderColor', 'fontSize', 'fontWeight']"
                ".map(one => getComputedStyle(b)[one])"
            )
        )
    assert boxes[0] == pytest.approx(boxes[1], abs=0.5)
    assert looks[0] == looks[1]
    assert boxes[0][1] >= 48
    _sound(page)


def test_who_says_what_of_an_application_is_told_apart(page: Page, opened: Open) -> None:
    opened(DEMAND)
    theirs = page.get_by_role("region", name="Ce que dit l’éditeur")
    expect(theirs).to_contain_text("« Suivre votre poids depuis une balance connectée. »")
    expect(theirs.get_by_text("« Vos mesures sont gardées deux ans")).to_be_hidden()
    theirs.get_by_text("Durée de conservation").click()
    expect(theirs.get_by_text("« Vos mesures sont gardées deux ans")).to_be_visible()
    ours = page.get_by_role("region", name="Ce que Carnet a vérifié")
    expect(ours.get_by_text("Sécurité : conforme le 14 septembre 2026")).to_be_hidden()
    ours.get_by_text("Carnet a vérifié 2 critères").click()
    expect(ours.get_by_text("Sécurité : conforme le 14 septembre 2026")).to_be_visible()
    expect(ours).to_contain_text("ne garantit pas")
    _sound(page)
    expect(theirs.get_by_text("conforme")).to_have_count(0)
    expect(page.get_by_text("Vous avez déjà donné un accès")).to_be_visible()


def test_the_first_line_is_not_far_down_on_a_phone(page: Page, opened: Open) -> None:
    _sized(page, PHONE)
    opened(DEMAND)
    first = page.get_by_label(LINES[0]).bounding_box()
    assert first
    assert first["y"] < 1.5 * PHONE[1]


def test_documents_are_spoken_of_only_where_reading_them_is_asked(page: Page, opened: Open) -> None:
    canned = opened(DEMAND)
    expect(page.get_by_text("Vos documents peuvent les contenir.")).to_be_visible()
    without = [one for one in REQUEST["asked"] if one["permission"] != "document:read"]
    canned.overrides["POST .*/v1/consent-requests$"] = lambda route: reply(
        route, REQUEST | {"asked": without}
    )
    page.reload()
    settled(page)
    expect(page.get_by_text("Elle n’apprend ni votre nom")).to_be_visible()
    expect(page.get_by_text("peuvent les contenir")).to_have_count(0)


def test_the_request_leaves_the_address_and_is_nowhere_to_be_read(page: Page, opened: Open) -> None:
    canned = opened(DEMAND)
    expect(page).to_have_url(re.compile(r"/applications/demande\?d=[0-9a-f]{32}$"))
    expect(page).to_have_title("Demande d’accès – Mon dossier – Carnet")
    assert not [path for _, path in canned.asked if SEALED in path]
    kept = page.evaluate(_KEPT_HERE)
    assert len(kept) > 3
    assert not [text for text in kept if SEALED in text or "Balance" in text]
    page.reload()
    settled(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)


@SIZES
def test_accepting_needs_a_line_and_a_duration_then_gives_a_receipt(
    page: Page, opened: Open, size: tuple[int, int], tmp_path: Path
) -> None:
    _sized(page, size)
    reached = _outside(page)
    canned = opened(DEMAND)
    page.get_by_role("button", name="Accepter").click()
    summary = page.get_by_role("group", name="Vérifiez votre saisie")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text(
        "Cochez au moins une ligne. Si vous n’en voulez aucune, refusez."
    )
    _sound(page)
    summary.get_by_role("link", name="Choisissez une durée").click()
    expect(page.get_by_label("1 mois")).to_be_focused()
    assert canned.count("POST", CONSENTS) == 0

    page.get_by_label("Ajouter des mesures de poids").check()
    page.get_by_label("6 mois").check()
    with page.expect_request(
        lambda one: one.method == "POST" and one.url.endswith("consents")
    ) as sent:
        page.get_by_role("button", name="Accepter").click()
    body = {"request": SEALED, "permissions": ["weight:write"], "months": 6}
    assert json.loads(sent.value.post_data or "") == body

    expect(page.get_by_role("heading", level=1)).to_have_text("Votre autorisation est enregistrée")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    receipt = page.get_by_role("region", name="Reçu")
    expect(receipt).to_contain_text("Ajouter des mesures de poids")
    expect(receipt).to_contain_text(re.compile("Non autorisé.*Lire vos documents"))
    _sound(page)
    shoot(page, f"consent-receipt-{size[0]}")
    with page.expect_download() as saved:
        receipt.get_by_role("button", name="Télécharger le reçu").click()
    assert saved.value.suggested_filename == "autorisation.txt"
    saved.value.save_as(tmp_path / "receipt")
    assert "Dominique PAT-TROIS" in (tmp_path / "receipt").read_text("utf-8")

    page.get_by_role("link", name="Retourner à Ma Balance Exemple").click()
    page.wait_for_url(f"{RETURN}*")
    assert reached == [f"{RETURN}?code=c1&state=s1"]


def test_an_answered_request_is_gone_from_the_device(page: Page, opened: Open) -> None:
    opened(DEMAND)
    page.get_by_label(LINES[0]).check()
    page.get_by_label("12 mois").check()
    page.get_by_role("button", name="Accepter").click()
    expect(page.get_by_role("region", name="Reçu")).to_be_visible()
    page.wait_for_function("indexedDB.databases().then(all => all.length === 0)")
    page.reload()
    settled(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Il n’y a pas de demande ici")


def test_a_way_back_that_serves_no_more_says_where_to_begin_again(page: Page, opened: Open) -> None:
    page.clock.install()
    opened(DEMAND)
    page.get_by_label(LINES[0]).check()
    page.get_by_label("1 mois").check()
    page.get_by_role("button", name="Accepter").click()
    back = page.get_by_role("link", name="Retourner à Ma Balance Exemple")
    back.focus()
    page.clock.run_for(290_000)
    expect(page.get_by_role("status").filter(has_text="ne sert plus")).to_be_visible()
    again = page.get_by_role("link", name="Ouvrir Ma Balance Exemple")
    expect(again).to_have_attribute("href", "https://balance-exemple.example/")
    expect(again).to_be_focused()


def test_refusing_goes_back_at_once_and_gives_nothing(page: Page, opened: Open) -> None:
    reached = _outside(page)
    canned = opened(DEMAND)
    page.get_by_label(LINES[0]).check()
    page.get_by_role("button", name="Refuser").click()
    page.wait_for_url(f"{RETURN}*")
    assert reached == [REQUEST["decline_url"]]
    assert canned.count("POST", CONSENTS) == 0


def test_the_whole_answer_takes_the_keyboard_alone(page: Page, opened: Open) -> None:
    reached = _outside(page)
    opened(DEMAND)
    page.locator("summary", has_text="Carnet a vérifié").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_label(LINES[0])).to_be_focused()
    page.keyboard.press("Space")
    for _ in range(len(LINES)):
        page.keyboard.press("Tab")
    expect(page.get_by_label("1 mois")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("6 mois")).to_be_checked()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Refuser")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Reçu")).to_contain_text(LINES[0])
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name=re.compile("Retourner"))).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{RETURN}*")
    assert len(reached) == 1


def test_a_session_that_ends_in_the_form_loses_no_choice(page: Page, opened: Open) -> None:
    """F11: identified again in another tab, the same answer leaves, once."""
    canned = opened(DEMAND)
    page.get_by_label(LINES[0]).check()
    page.get_by_label(LINES[2]).check()
    page.get_by_label("12 mois").check()
    canned.who = None
    canned.overrides[r"POST .*/consents$"] = lambda route: problem(
        route, 401, "session-ended", "Session terminée"
    )
    page.get_by_role("button", name="Accepter").click()
    asked = page.get_by_role("alertdialog", name="Votre session est terminée")
    expect(asked).to_contain_text("Ce que vous avez saisi est gardé")
    expect(page.get_by_label(LINES[0])).to_be_checked()

    canned.who = PERSON
    canned.overrides.clear()
    with page.expect_request(
        lambda one: one.method == "POST" and one.url.endswith("consents")
    ) as sent:
        asked.get_by_role("button", name="J’ai fini de m’identifier").click()
    said = json.loads(sent.value.post_data or "")
    assert said["permissions"] == ["weight:read", "blood_pressure:write"]
    assert said["months"] == 12
    expect(page.get_by_role("region", name="Reçu")).to_be_visible()


def test_a_lost_answer_is_asked_again_with_the_same_key(page: Page, opened: Open) -> None:
    canned = opened(DEMAND)
    keys: list[str | None] = []

    def lose(route: Route) -> None:
        keys.append(route.request.headers.get("idempotency-key"))
        route.abort() if len(keys) == 1 else route.fallback()

    page.route(
        re.compile("/consents$"), lambda r: lose(r) if r.request.method == "POST" else r.fallback()
    )
    page.get_by_label(LINES[0]).check()
    page.get_by_label("1 mois").check()
    page.get_by_role("button", name="Accepter").click()
    expect(page.get_by_role("alert")).to_contain_text("Ce que vous avez saisi est gardé")
    page.get_by_role("button", name="Accepter").click()
    expect(page.get_by_role("region", name="Reçu")).to_be_visible()
    assert len(set(keys)) == 1
    assert canned.count("POST", CONSENTS) == 1


@SIZES
def test_a_parent_answers_for_a_child_in_the_childs_own_space(
    page: Page, opened: Open, size: tuple[int, int]
) -> None:
    _sized(page, size)
    canned = opened(DEMAND, PARENT)
    whom = page.get_by_role("region", name="Pour qui ?")
    expect(whom).to_contain_text("Pour vous, Dominique PAT-TROIS")
    page.get_by_label(LINES[0]).check()
    whom.get_by_role("button", name="Plutôt pour Lea").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Changer sans l’enregistrer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Ma Balance Exemple demande un accès à l’espace de Lea"
    )
    expect(page.locator(".whose")).to_contain_text("Espace de Lea")
    expect(whom).to_contain_text("Pour Lea PAT-TROIS, un enfant que vous représentez")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)
    expect(page.get_by_text("L’accès s’arrêtera au plus tard aux 18 ans")).to_be_visible()
    _sound(page)

    page.get_by_label("Lire ses mesures de poids").check()
    page.get_by_label("6 mois").check()
    page.get_by_role("button", name="Accepter").click()
    expect(page.get_by_role("region", name="Reçu")).to_contain_text("Lea PAT-TROIS")
    assert canned.count("POST", f"/v1/patients/{LEA}/consents") == 1
    assert canned.count("POST", CONSENTS) == 0


def test_the_switch_of_the_frame_keeps_the_request_too(page: Page, opened: Open) -> None:
    opened(DEMAND, PARENT)
    page.get_by_role("button", name="Changer de profil").click()
    page.get_by_role("dialog").get_by_role("button", name="Espace de Lea").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("à l’espace de Lea")


def test_who_is_not_in_logs_in_and_finds_the_request_again(page: Page) -> None:
    canned = Canned(None)
    canned.install(page)
    page.goto(DEMAND)
    expect(page).to_have_url(re.compile("/connexion"))
    door = page.get_by_role("link", name="Se connecter avec FranceConnect+")
    back = urlsplit(door.get_attribute("href") or "").query
    assert re.search(r"return_to=%2Fapplications%2Fdemande%3Fd%3D[0-9a-f]{32}$", back)
    assert SEALED not in page.content()
    assert SEALED not in json.dumps(page.evaluate(_KEPT_HERE))

    canned.who = PERSON
    page.goto(page.evaluate("q => new URLSearchParams(q).get('return_to')", back))
    settled(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    with page.expect_request("**/v1/consent-requests") as sent:
        page.reload()
    assert json.loads(sent.value.post_data or "") == {"request": SEALED}


@pytest.mark.parametrize(
    ("slug", "title"),
    [
        ("application", "Cette application n’est pas connue"),
        ("suspendue", "Cette application est suspendue"),
        ("adresse", "Cette demande ne vient pas de la bonne adresse"),
        ("autre-chose", "Cette application n’est pas connue"),
    ],
)
def test_a_stopped_request_says_why_and_leads_nowhere_else(
    page: Page, opened: Open, slug: str, title: str
) -> None:
    canned = opened(f"/applications/demande?probleme={slug}", None)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    links = page.locator("a").evaluate_all("all => all.map(a => new URL(a.href).origin)")
    assert set(links) == {page.evaluate("location.origin")}
    assert canned.asked == []
    _sound(page)


@pytest.mark.parametrize("when", ["read", "answered"])
def test_a_request_that_is_over_says_to_begin_again(page: Page, opened: Open, when: str) -> None:
    canned = opened("/aide")
    over = r"consent-requests$" if when == "read" else r"POST .*/consents$"
    canned.overrides[over] = lambda route: problem(
        route, 422, "consent-request-over", "Demande terminée"
    )
    page.goto(DEMAND)
    settled(page)
    if when == "answered":
        page.get_by_label(LINES[0]).check()
        page.get_by_label("1 mois").check()
        page.get_by_role("button", name="Accepter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cette demande n’est plus valable")
    expect(page.get_by_text("Recommencez depuis l’application")).to_be_visible()


def test_a_professional_is_not_the_one_who_is_asked(page: Page, opened: Open) -> None:
    opened(DEMAND, PROFESSIONAL)
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Cette demande s’adresse à un particulier"
    )


@SIZES
def test_applications_say_what_they_may_do_and_did(
    page: Page, opened: Open, size: tuple[int, int]
) -> None:
    _sized(page, size)
    opened(MINE)
    scale = page.get_by_role("article", name="Ma Balance Exemple")
    expect(scale).to_contain_text("Accès ouvert")
    expect(scale.get_by_role("listitem")).to_have_text(
        [re.compile("^Lire vos mesures"), re.compile("^Ajouter des mes")]
    )
    expect(scale).to_contain_text("Dernier accès :")
    expect(
        scale.get_by_role("img", name=re.compile("Le tableau dit la même chose"))
    ).to_be_visible()
    scale.get_by_text("Voir en tableau").click()
    expect(scale.get_by_role("row")).to_have_count(3)
    expect(scale.get_by_role("row").nth(2)).to_contain_text("38")
    booking = page.get_by_role("article", name="Rendez-vous Exemple")
    expect(booking).to_contain_text("Suspendue du catalogue : elle n’a accès à rien")
    expect(booking).to_contain_text(re.compile("Encore 1[12].jours"))
    expect(booking).to_contain_text("Elle n’a encore rien fait")
    past = page.get_by_role("region", name="Accès terminés")
    expect(past.get_by_role("article")).to_have_count(1)
    expect(past).to_contain_text("Accès retiré le")
    expect(past.get_by_role("button", name=re.compile("^Retirer"))).to_have_count(0)
    _sound(page)


@SIZES
def test_one_line_is_taken_back_after_a_question_that_names_it(
    page: Page, opened: Open, size: tuple[int, int]
) -> None:
    _sized(page, size)
    canned = opened(MINE)
    path = f"{CONSENTS}/{SCALE_REF}"
    scale = page.get_by_role("article", name="Ma Balance Exemple")
    ask = scale.get_by_role(
        "button", name="Retirer à Ma Balance Exemple : Lire vos mesures de poids"
    )
    ask.click()
    asked = page.get_by_role("alertdialog", name="Retirer cette ligne ?")
    expect(asked).to_contain_text("il faudra une nouvelle demande de l’application")
    _sound(page)
    asked.get_by_role("button", name="Annuler").click()
    expect(ask).to_be_focused()
    assert canned.count("PATCH", path) == 0

    ask.click()
    with page.expect_request(lambda one: one.method == "PATCH") as sent:
        asked.get_by_role("button", name="Retirer cette ligne").click()
    assert json.loads(sent.value.post_data or "") == {"permissions": ["weight:write"]}
    assert sent.value.headers["if-match"] == '"v1"'
    expect(page.get_by_text("Retiré à Ma Balance Exemple")).to_be_visible()
    expect(scale.get_by_role("heading", level=3)).to_be_focused()
    expect(scale.get_by_role("button", name=re.compile("^Retirer à"))).to_have_count(1)

    scale.get_by_role("button", name=re.compile("^Retirer à")).click()
    expect(asked).to_contain_text("C’est la dernière ligne : tout l’accès sera retiré.")
    asked.get_by_role("button", name="Retirer cette ligne").click()
    past = page.get_by_role("region", name="Accès terminés")
    expect(past.get_by_role("article", name="Ma Balance Exemple")).to_be_visible()
    assert canned.count("DELETE", path) == 1


@SIZES
def test_new_terms_are_read_beside_the_former_ones_and_both_answers_are_as_big(
    page: Page, opened: Open, size: tuple[int, int]
) -> None:
    _sized(page, size)
    canned = opened("/aide")
    canned.applications.of[0]["new_terms"] = NEW_TERMS
    page.goto(MINE)
    scale = page.get_by_role("article", name="Ma Balance Exemple")
    expect(scale).to_contain_text("Elle n’a accès à rien tant que vous n’avez pas répondu")
    expect(scale).to_contain_text(re.compile("Avant.: Suivre votre poids depuis une balance"))
    expect(scale).to_contain_text(re.compile("Maintenant.: Suivre votre poids, et vous proposer"))
    expect(scale).to_contain_text("Sans réponse avant le")
    accept = scale.get_by_role("button", name=re.compile("^Accepter les nouvelles conditions"))
    stop = scale.get_by_role("button", name=re.compile("^Arrêter"))
    of_accept, of_stop = accept.bounding_box(), stop.bounding_box()
    assert of_accept is not None
    assert of_stop is not None
    assert [of_accept[side] for side in ("width", "height")] == pytest.approx(
        [of_stop[side] for side in ("width", "height")], abs=1
    )
    _sound(page)

    with page.expect_request(lambda one: one.method == "PUT") as sent:
        accept.click()

    assert json.loads(sent.value.post_data or "") == {"version": NEW_TERMS["version"]}
    assert sent.value.headers["if-match"] == '"v1"'
    expect(scale).to_contain_text("Accès ouvert")
    expect(scale.get_by_role("heading", level=3)).to_be_focused()


def test_withdrawing_everything_is_immediate_and_says_so(page: Page, opened: Open) -> None:
    canned = opened(MINE)
    page.get_by_role("button", name="Retirer tout l’accès de Rendez-vous Exemple").click()
    asked = page.get_by_role("alertdialog", name="Retirer tout l’accès de Rendez-vous Exemple ?")
    expect(asked).to_contain_text("Effet immédiat")
    expect(asked).to_contain_text("Ce qu’elle a ajouté ici reste")
    asked.get_by_role("button", name="Retirer tout l’accès").click()
    expect(page.get_by_text("L’accès de Rendez-vous Exemple est retiré.")).to_be_visible()
    past = page.get_by_role("region", name="Accès terminés")
    gone = past.get_by_role("article", name="Rendez-vous Exemple")
    expect(gone.get_by_role("heading", level=3)).to_be_focused()
    assert canned.count("DELETE", f"{CONSENTS}/{BOOKING_REF}") == 1


def test_a_change_made_elsewhere_is_told_where_it_was_asked(page: Page, opened: Open) -> None:
    canned = opened(MINE)
    canned.overrides["PATCH "] = lambda route: problem(route, 412, "stale", "Changé")
    page.get_by_role("button", name=re.compile("^Retirer à Ma Balance")).first.click()
    asked = page.get_by_role("alertdialog")
    asked.get_by_role("button", name="Retirer cette ligne").click()
    expect(asked.get_by_role("alert")).to_contain_text("Cette information a changé entre-temps")


def test_having_ones_data_erased_elsewhere_is_explained_with_the_publishers_page(
    page: Page, opened: Open
) -> None:
    canned = opened(MINE)
    page.get_by_role("button", name="Faire supprimer mes données chez Ma Balance Exemple").click()
    asked = page.get_by_role("dialog", name="Vos données chez Ma Balance Exemple")
    link = asked.get_by_role("link", name=re.compile("^Page de l’éditeur : Exemple Santé"))
    expect(link).to_have_attribute("href", "https://balance-exemple.example/donnees")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    _sound(page)
    # Which application she uses is in no address: the whole catalogue is read.
    assert canned.count("GET", "/v1/catalogue") == 1
    asked.get_by_role("button", name="Fermer").click()

    page.get_by_role("button", name="Faire supprimer mes données chez Tension Exemple").click()
    expect(page.get_by_role("dialog")).to_contain_text("Écrivez à Exemple Santé")
    expect(page.get_by_role("dialog")).not_to_contain_text("Retirez d’abord")
    assert FORMER_REF not in page.url


def test_the_history_of_one_application_is_opened_from_its_card(page: Page, opened: Open) -> None:
    canned = opened(MINE)
    name = "Ma Balance Exemple\u00a0– Exemple Santé"
    scale = {"kind": "application", "id": SCALE, "name": name}
    line = TRACE[1] | {"id": "access-9", "label": "a ajouté une mesure de poids"}
    line |= {"actor": TRACE[1]["actor"] | scale, "document": None}
    canned.overrides["GET .*/trace"] = lambda route: reply(
        route, {"items": [*TRACE[1:], line], "next": None}
    )
    page.get_by_role("link", name="Voir chaque accès de Ma Balance Exemple").click()
    expect(page).to_have_url("/acces")
    expect(
        page.get_by_text("Accès d’une seule application : Ma Balance Exemple", exact=True)
    ).to_be_visible()
    expect(page.locator("section.person")).to_have_count(1)
    expect(page.get_by_role("status").filter(has_text="1\u00a0ligne")).to_be_visible()
    _sound(page)
    page.get_by_role("button", name="Voir les accès de tous").click()
    expect(page.locator("section.person")).to_have_count(len(TRACE))
    page.reload()
    settled(page)
    expect(page.get_by_text("Accès d’une seule application")).to_have_count(0)


def test_no_application_leads_to_the_catalogue(page: Page, opened: Open) -> None:
    opened(MINE, state="empty")
    expect(page.get_by_role("heading", name="Aucune application n’a d’accès")).to_be_visible()
    expect(page.locator(".empty").get_by_role("link", name="Voir le catalogue")).to_have_attribute(
        "href", "/applications"
    )


@pytest.mark.parametrize("start", ["/plus", "/acces"])
def test_more_and_the_history_lead_here(page: Page, opened: Open, start: str) -> None:
    opened(start)
    page.get_by_role("main").get_by_role("link", name=re.compile("es applications")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mes applications")


def test_a_childs_applications_are_said_of_the_child(page: Page, opened: Open) -> None:
    opened(MINE, IN_CHILD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Applications")
    expect(page.get_by_text("Lire ses mesures de poids").first).to_be_visible()
    expect(
        page.get_by_role("button", name=re.compile("Faire supprimer ces données")).first
    ).to_be_visible()
