"""Messages: read as they were written, sent once whatever the network does, kept when refused."""

import base64
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from tests.browser.canned import ME, PATIENT, PERSON, PID, PROFESSIONAL, problem, reply
from tests.browser.canned_children import IN_CHILD
from tests.browser.canned_messages import (
    BLOCKED,
    CLOSED,
    FILES,
    INERT,
    OPEN,
    WITH_TEAM,
    conversation,
    conversation_id,
    message,
)
from tests.browser.conftest import DESKTOP, Open, settled, shoot

if TYPE_CHECKING:
    from tests.browser.canned import Canned

pytestmark = pytest.mark.browser

CONVERSATIONS = "/v1/conversations"
MESSAGES = f"{CONVERSATIONS}/{OPEN}/messages"
SAVED_EVERY = 5_000  # milliseconds: `SAVE_MS` of `message-draft.ts`
SECRET = "Mon résultat de TSH m’inquiète."
_POSTED = r"POST .*/messages$"


def _body(page: Page) -> Locator:
    return page.get_by_label("Votre message", exact=True)


def _send(page: Page) -> Locator:
    return page.get_by_role("button", name="Envoyer", exact=True)


def _kept(page: Page) -> Locator:
    return page.get_by_text("Brouillon gardé sur cet appareil.")


def _write_and_keep(page: Page) -> None:
    """Write a draft, and let the time between two savings pass on a clock that can be put on."""
    _body(page).fill(SECRET)
    page.clock.run_for(SAVED_EVERY)
    expect(_kept(page)).to_be_visible()


def _on_device(page: Page) -> str:
    """Return all that the device keeps, as text and as bytes written in base64."""
    kept: str = page.evaluate(
        """async () => {
          const shown = value => value instanceof ArrayBuffer || ArrayBuffer.isView(value)
            ? btoa(String.fromCharCode(...new Uint8Array(value.buffer ?? value))) : value;
          const rows = [];
          for (const { name } of await indexedDB.databases()) {
            const db = await new Promise(done => {
              indexedDB.open(name).onsuccess = event => done(event.target.result); });
            for (const store of db.objectStoreNames) {
              const all = db.transaction(store).objectStore(store);
              const got = ask => new Promise(done => { ask.onsuccess = () => done(ask.result); });
              rows.push(await got(all.getAllKeys()));
              for (const row of await got(all.getAll()))
                rows.push(Object.entries(row).map(([key, value]) => [key, shown(value)]));
            }
            db.close();
          }
          return JSON.stringify([rows, {...localStorage}, {...sessionStorage}]);
        }"""
    )
    return kept


def _databases(page: Page) -> list[str]:
    found: list[str] = page.evaluate("indexedDB.databases().then(all => all.map(one => one.name))")
    return found


def _extractable(page: Page) -> list[bool]:
    found: list[bool] = page.evaluate(
        """async () => {
          const db = await new Promise(done => {
            indexedDB.open('carnet-drafts').onsuccess = event => done(event.target.result); });
          const ask = db.transaction('kept').objectStore('kept').getAll();
          const all = await new Promise(done => { ask.onsuccess = () => done(ask.result); });
          db.close();
          return all.filter(row => row.key instanceof CryptoKey).map(row => row.key.extractable);
        }"""
    )
    return found


def test_the_list_says_with_whom_about_what_and_what_is_new(page: Page, opened: Open) -> None:
    opened("/messages")
    rows = page.get_by_role("list", name="Liste des conversations").get_by_role("link")
    expect(rows).to_have_count(4)
    expect(rows.first).to_contain_text("Dr Claire EXEMPLE")
    expect(rows.first).to_contain_text("Résultats de votre bilan")
    expect(rows.first).to_contain_text("Non lu")
    expect(rows.nth(2)).to_contain_text("Close")
    expect(page.get_by_role("status").filter(has_text="4 conversations")).to_be_visible()
    expect(page.get_by_role("link", name="Appeler le 15")).to_be_visible()

    search = page.get_by_label("Chercher dans la liste")
    search.fill("CAPUCINS prelevement")
    expect(rows).to_have_count(1)
    expect(page.get_by_text("1 conversation trouvée sur 4")).to_be_visible()
    search.fill("radiologie")
    page.get_by_role("button", name="Effacer la recherche").click()
    expect(rows).to_have_count(4)
    assert page.url.endswith("/messages")


def test_a_long_list_is_read_on_demand(page: Page, opened: Open) -> None:
    canned = opened("/aide")
    canned.messages.of = [conversation(n, PID, subject=f"Sujet {n}") for n in range(35)]
    page.goto("/messages")
    rows = page.get_by_role("list", name="Liste des conversations").get_by_role("link")
    expect(rows).to_have_count(30)
    expect(page.get_by_text("30 conversations affichées, il y en a d’autres")).to_be_visible()
    page.get_by_role("button", name="Afficher plus").click()
    expect(rows).to_have_count(35)
    # « Back » finds the list as it was left, and what was read no longer said to be new.
    rows.nth(33).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sujet 33")
    page.go_back()
    expect(rows).to_have_count(35)
    expect(page.locator(":focus")).to_contain_text("Sujet 33")


def test_an_empty_list_says_who_opens_a_conversation_and_one_next_step(
    page: Page, opened: Open
) -> None:
    opened("/messages", PERSON, "empty")
    expect(page.get_by_text("Seul un professionnel, ou son équipe, peut ouvrir")).to_be_visible()
    expect(page.get_by_role("link", name="Voir mes professionnels")).to_have_attribute(
        "href", "/professionnels"
    )


def test_a_page_loaded_by_its_address_tells_what_is_unread_without_another_question(
    page: Page, opened: Open
) -> None:
    canned = opened("/documents")
    place = page.get_by_role("navigation", name="Navigation principale").get_by_role(
        "link", name="Messages"
    )
    expect(place).to_have_accessible_name(re.compile("1.conversation non lue"))
    page.reload()
    expect(place).to_have_accessible_name(re.compile("1.conversation non lue"))
    assert canned.count("GET", CONVERSATIONS) == 0


def test_reading_takes_the_badge_down_without_another_question(page: Page, opened: Open) -> None:
    canned = opened("/accueil")
    place = page.get_by_role("navigation", name="Navigation principale").get_by_role(
        "link", name="Messages"
    )
    expect(place).to_have_accessible_name(re.compile("1.conversation non lue"))
    expect(page.get_by_text(re.compile("1.conversation avec du nouveau"))).to_be_visible()
    assert canned.count("GET", CONVERSATIONS) == 0
    place.click()
    page.get_by_role("link", name=re.compile("Résultats de votre bilan")).click()
    expect(page.get_by_text("Tout est dans les valeurs attendues.")).to_be_visible()
    expect(place).to_have_accessible_name("Messages")
    assert canned.count("POST", f"{CONVERSATIONS}/{OPEN}/read") == 1
    page.go_back()
    expect(page.get_by_text("Non lu")).to_have_count(0)
    assert canned.count("GET", CONVERSATIONS) == 1


def test_a_professional_is_told_what_is_unread_once_she_is_in(page: Page, opened: Open) -> None:
    canned = opened("/aide", PROFESSIONAL)
    canned.messages.of[1]["unread"] = True  # in the box of the team
    page.goto("/pro")
    place = page.get_by_role("navigation", name="Navigation principale").get_by_role(
        "link", name="Messages"
    )
    expect(place).to_have_accessible_name(re.compile("2.conversations non lues"))
    assert len(canned.messages.listed) == 2
    assert {one["box"]: one["limit"] for one in canned.messages.listed} == {"own": "1", "team": "1"}
    page.get_by_role("link", name="Aide", exact=True).click()
    page.go_back()
    expect(page.get_by_label("Matricule INS")).to_be_visible()
    assert len(canned.messages.listed) == 2


def test_without_an_organisation_only_her_own_box_is_counted(page: Page, opened: Open) -> None:
    canned = opened("/aide", PROFESSIONAL)
    canned.overrides["GET .*/v1/me$"] = lambda route: reply(
        route, ME[PROFESSIONAL] | {"organisation": None}
    )
    page.goto("/pro")
    place = page.get_by_role("navigation", name="Navigation principale").get_by_role(
        "link", name="Messages"
    )
    expect(place).to_have_accessible_name(re.compile("1.conversation non lue"))
    assert canned.messages.listed == [{"box": "own", "limit": "1"}]


def test_a_message_is_read_as_it_was_written_never_as_a_page(page: Page, opened: Open) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    opened(f"/messages/{OPEN}")
    expect(page.get_by_text(INERT)).to_be_visible()
    thread = page.get_by_role("region", name="Messages échangés")
    expect(thread.locator("b, a, script, img")).to_have_count(0)
    assert dialogs == []


def test_the_thread_says_who_when_and_how_far_each_message_went(page: Page, opened: Open) -> None:
    opened(f"/messages/{OPEN}")
    lines = page.locator(".message")
    expect(lines).to_have_count(4)
    expect(lines.first).to_contain_text("Médecin, Cabinet des Tilleuls")
    expect(lines.first.locator(".message-state")).to_have_count(0)
    expect(lines.nth(1)).to_contain_text("Vous")
    expect(lines.nth(1).locator(".message-state")).to_have_text("Lu")
    expect(lines.last.locator(".message-state")).to_have_text("Remis à Dr Claire EXEMPLE")
    expect(lines.last).to_be_in_viewport()
    expect(page).to_have_title(re.compile("^Conversation – Mon dossier"))


def test_earlier_messages_come_on_demand_and_the_place_is_kept(page: Page, opened: Open) -> None:
    canned = opened("/aide")
    of = canned.messages.messages[OPEN]
    sender = of[0]["sender"]
    canned.messages.messages[OPEN] = [message(n, f"Message {n}", sender) for n in range(60, 0, -1)]
    page.goto(f"/messages/{OPEN}")
    lines = page.locator(".message")
    expect(lines).to_have_count(50)
    first = page.get_by_text("Message 50", exact=True)
    more = page.get_by_role("button", name="Messages précédents")
    more.scroll_into_view_if_needed()
    before = first.bounding_box()
    more.press("Enter")
    expect(lines).to_have_count(60)
    after = first.bounding_box()
    assert before
    assert after
    assert abs(after["y"] - before["y"]) < 3
    expect(more).to_have_count(0)
    expect(page.locator(":focus")).to_contain_text("Message 50")


def test_what_to_do_in_an_emergency_stays_in_view(page: Page, opened: Open) -> None:
    canned = opened("/aide")
    sender = canned.messages.messages[OPEN][0]["sender"]
    canned.messages.messages[OPEN] = [message(n, f"Message {n}", sender) for n in range(60, 0, -1)]
    canned.messages.of += [conversation(100 + n, PID, subject=f"Sujet {n}") for n in range(20)]
    assert page.viewport_size
    assert page.viewport_size["width"] == 360
    said = page.locator(".emergency")
    for path, last in (
        ("/messages", page.get_by_role("link", name=re.compile("Sujet 19"))),
        (f"/messages/{OPEN}", page.get_by_text("Message 1", exact=True)),
    ):
        page.goto(path)
        settled(page)
        if path != "/messages":
            page.get_by_role("button", name="Messages précédents").press("Enter")
            expect(page.locator(".message")).to_have_count(60)
        expect(last).to_be_visible()
        for place in (0, 0.5, 1):
            page.evaluate("part => scrollTo(0, part * document.body.scrollHeight)", place)
            expect(said).to_have_text(re.compile("En cas d’urgence, appelez le.15"))
            expect(said).to_be_in_viewport(ratio=0.99)
            # Nothing of the page lies over it.
            assert said.evaluate(
                """one => { const box = one.getBoundingClientRect();
                  return one.contains(document.elementFromPoint(
                    box.x + box.width / 2, box.y + box.height / 2)); }"""
            )


def test_two_presses_send_one_message(page: Page, opened: Open) -> None:
    canned = opened(f"/messages/{OPEN}")
    _body(page).fill(SECRET)
    page.evaluate(
        """() => { const button = [...document.querySelectorAll('button')]
             .find(one => one.textContent === 'Envoyer'); button.click(); button.click(); }"""
    )
    expect(page.locator(".message").last).to_contain_text(SECRET)
    expect(page.locator(".message").last.locator(".message-state")).to_have_text("Envoyé")
    expect(_body(page)).to_have_value("")
    assert _databases(page) == []
    assert canned.count("POST", MESSAGES) == 1


def test_network_cut_keeps_the_text_and_it_leaves_once_afterwards(page: Page, opened: Open) -> None:
    canned = opened(f"/messages/{OPEN}")
    keys: list[str] = []

    def arrive_and_lose_the_answer(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        body = route.request.post_data_json
        canned.messages.answer("POST", f"/{OPEN}/messages", {}, body, keys[-1])
        route.abort()

    canned.overrides[_POSTED] = arrive_and_lose_the_answer
    _body(page).fill(SECRET)
    _send(page).click()
    waiting = page.get_by_role("heading", name="En attente de réseau")
    expect(waiting).to_be_visible()
    shoot(page, "message-waiting")
    expect(_body(page)).to_have_value(SECRET)
    with page.expect_event("requestfailed"):  # the second try is over before the network is back
        page.get_by_role("button", name="Réessayer").click()
    expect(page.get_by_role("button", name="Réessayer")).to_be_enabled()

    canned.overrides.clear()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator(".message").last).to_contain_text(SECRET)
    expect(waiting).to_have_count(0)
    expect(page.locator(".message").filter(has_text=SECRET)).to_have_count(1)
    sent = [key for key, _ in canned.messages.sent]
    assert sent == keys[:1]
    assert set(keys) == set(sent)

    _body(page).fill("Un autre message")
    _send(page).click()
    expect(page.locator(".message").last).to_contain_text("Un autre message")
    assert canned.messages.sent[-1][0] != keys[0]


def test_a_message_waiting_for_the_network_is_a_draft_once_its_page_is_left(
    page: Page, opened: Open
) -> None:
    canned = opened(f"/messages/{OPEN}")
    canned.overrides[_POSTED] = lambda route: route.abort()
    _body(page).fill(SECRET)
    _send(page).click()
    expect(page.get_by_text("une seule fois, si vous restez sur cette page.")).to_be_visible()
    page.get_by_role("link", name="Messages", exact=True).first.click()
    expect(page.get_by_role("list", name="Liste des conversations")).to_be_visible()
    canned.overrides.clear()
    page.evaluate("dispatchEvent(new Event('online'))")
    page.go_back()
    expect(page.get_by_text("Votre brouillon vous attendait")).to_be_visible()
    expect(_body(page)).to_have_value(SECRET)
    assert canned.messages.sent == []


def test_a_text_changed_after_a_lost_answer_is_never_lost_nor_mixed_up(
    page: Page, opened: Open
) -> None:
    canned = opened(f"/messages/{OPEN}")
    canned.overrides[_POSTED] = lambda route: route.abort()
    _body(page).fill("Premier texte")
    _send(page).click()
    expect(page.get_by_role("heading", name="En attente de réseau")).to_be_visible()
    canned.messages.answer(
        "POST", f"/{OPEN}/messages", {}, {"body": "Premier texte", "attachments": []}, "other"
    )
    _body(page).fill("Premier texte, corrigé")
    canned.overrides[_POSTED] = lambda route: problem(
        route, 422, "idempotency-key-reused", "Clé d’idempotence réutilisée"
    )
    _send(page).click()
    expect(page.get_by_role("heading", name="Un premier envoi de ce message")).to_be_visible()
    expect(page.locator(".message").last).to_contain_text("Premier texte")
    expect(_body(page)).to_have_value("Premier texte, corrigé")
    canned.overrides.clear()
    _send(page).click()
    expect(page.locator(".message").last).to_contain_text("Premier texte, corrigé")


def test_a_draft_survives_a_reload_unreadable_on_the_device(page: Page, opened: Open) -> None:
    page.clock.install()
    opened(f"/messages/{OPEN}")
    _write_and_keep(page)
    kept = _on_device(page)
    encoded = base64.b64encode(SECRET.encode()).decode()
    assert '"sealed"' in kept
    for readable in (SECRET, "TSH", "inqui", encoded[4:20], OPEN, PID):
        assert readable not in kept.replace(f'"{PID} {PID}"', "")
    assert _extractable(page) == [False]

    page.reload()
    settled(page)
    expect(_body(page)).to_have_value(SECRET)
    expect(page.get_by_text("Votre brouillon vous attendait")).to_be_visible()
    page.get_by_role("button", name="Effacer le brouillon").click()
    expect(_body(page)).to_have_value("")
    page.get_by_role("button", name="Rétablir", exact=True).click()
    expect(_body(page)).to_have_value(SECRET)


def test_logging_out_asks_then_erases_what_the_device_keeps(page: Page, opened: Open) -> None:
    page.clock.install()
    opened(f"/messages/{OPEN}")
    _write_and_keep(page)
    # The draft counts even where this page never showed it.
    page.goto("/plus")
    settled(page)
    page.get_by_role("button", name="Me déconnecter").last.click()
    asked = page.get_by_role("alertdialog")
    expect(asked).to_contain_text("Une saisie n’est pas enregistrée")
    asked.get_by_role("button", name="Me déconnecter sans l’enregistrer").click()
    expect(page).to_have_url(re.compile("/connexion"))
    assert _databases(page) == []


def test_nothing_is_written_again_once_logged_out(page: Page, opened: Open) -> None:
    canned = opened(f"/messages/{OPEN}")

    def be_slow(route: Route) -> None:
        page.wait_for_timeout(SAVED_EVERY + 500)
        route.fallback()

    page.route("**/connexion?*", be_slow)
    _body(page).fill(SECRET)
    page.get_by_role("link", name="Plus", exact=True).click()
    page.get_by_role("button", name="Me déconnecter").click()
    page.get_by_role("button", name="Me déconnecter sans l’enregistrer").click()
    expect(page).to_have_url(re.compile("/connexion"))
    assert canned.count("POST", "/v1/auth/logout") == 1
    assert _databases(page) == []


def test_a_session_ended_in_another_tab_erases_what_this_one_wrote_meanwhile(
    page: Page, opened: Open
) -> None:
    page.clock.install()
    opened(f"/messages/{OPEN}")
    _write_and_keep(page)
    page.evaluate("new BroadcastChannel('carnet').postMessage('signed-out')")
    expect(page).to_have_url(re.compile("/connexion"))
    assert _databases(page) == []


def test_nobody_else_on_the_same_device_gets_the_draft(page: Page, opened: Open) -> None:
    page.clock.install()
    canned = opened(f"/messages/{OPEN}")
    _write_and_keep(page)
    canned.who = PROFESSIONAL
    page.goto(f"/pro/messages/{OPEN}")
    settled(page)
    expect(_body(page)).to_have_value("")
    assert _databases(page) == []


@pytest.mark.parametrize(
    ("status", "slug", "said"),
    [
        (404, "not-found", "Ce message n’a pas pu être remis"),
        (413, "too-large", "Ce que vous avez saisi est gardé sur cette page."),
        (503, "unavailable", "Ce que vous avez saisi est gardé sur cette page."),
    ],
)
def test_a_refusal_keeps_the_text(
    page: Page, opened: Open, status: int, slug: str, said: str
) -> None:
    canned = opened(f"/messages/{OPEN}")
    canned.overrides[_POSTED] = lambda route: problem(route, status, slug, "Refus")
    _body(page).fill(SECRET)
    _send(page).click()
    expect(page.get_by_text(said)).to_be_visible()
    expect(_body(page)).to_have_value(SECRET)


def test_a_conversation_closed_meanwhile_gives_the_text_back(page: Page, opened: Open) -> None:
    canned = opened(f"/messages/{OPEN}")
    _body(page).fill(SECRET)
    canned.messages.answer("POST", f"/{OPEN}/close", {}, {}, None)
    canned.overrides[_POSTED] = lambda route: problem(
        route, 409, "conversation-closed", "Conversation close"
    )
    _send(page).click()
    expect(page.get_by_role("heading", name="Cette conversation est close")).to_be_visible()
    expect(_body(page)).to_have_count(0)
    unsent = page.get_by_role("region", name="Votre message n’est pas parti")
    expect(unsent).to_contain_text(SECRET)
    expect(unsent.get_by_role("button", name="Copier le texte")).to_be_visible()


def test_a_closed_conversation_is_explained_in_place_of_the_box(page: Page, opened: Open) -> None:
    opened(f"/messages/{CLOSED}")
    expect(page.get_by_text("Dr Claire EXEMPLE a terminé cet échange")).to_be_visible()
    expect(page.get_by_text("prenez rendez-vous ou téléphonez au cabinet")).to_be_visible()
    expect(_body(page)).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("Rouvrir"))).to_have_count(0)


def test_an_empty_or_too_long_message_does_not_leave(page: Page, opened: Open) -> None:
    canned = opened(f"/messages/{OPEN}")
    _send(page).click()
    expect(page.get_by_role("group", name="Vérifiez votre saisie")).to_be_focused()
    expect(page.locator("#body-error")).to_have_text("Écrivez votre message.")
    _body(page).fill("a" * 5003)
    expect(page.get_by_text(re.compile("^3.caractères de trop"))).to_be_visible()
    _send(page).click()
    expect(page.locator("#body-error")).to_contain_text("Raccourcissez votre message")
    expect(_body(page)).to_have_value("a" * 5003)
    assert canned.count("POST", MESSAGES) == 0


def test_an_attachment_opens_here_and_is_saved_in_one_press(page: Page, opened: Open) -> None:
    canned = opened(f"/messages/{OPEN}")
    name = FILES[0]["name"]
    page.get_by_role("button", name=f"Ouvrir {name}").click()
    expect(page.get_by_text("Page 1 sur 2")).to_be_visible()
    page.get_by_role("button", name=f"Ouvrir {FILES[2]['name']}").click()
    expect(page.get_by_text("À jeun depuis minuit.")).to_be_visible()
    for number, words in enumerate(
        (
            "Analysé\u00a0: aucun virus connu (ClamAV 1.4.6, signatures 27500)",
            "Non analysé\u00a0: aucun antivirus",
        )
    ):
        expect(page.locator(".joined-file").nth(number)).to_contain_text(words)
    shoot(page, "message-attachment")

    save = page.get_by_role("button", name=f"Enregistrer dans mes documents : {name}")
    save.click()
    said = page.get_by_role("list", name="Fichiers joints").first
    expect(said.get_by_text("est enregistré dans vos documents")).to_be_visible()
    expect(save).to_have_count(0)
    link = page.get_by_role("link", name="Voir le document")
    expect(link).to_have_attribute("href", "/documents/01JDK8D0C00000000000000001")
    expect(link).to_be_focused()
    saved = [path for method, path in canned.asked if method == "PUT" and path.endswith("/saved")]
    assert len(saved) == 1

    page.reload()
    settled(page)
    save.click()
    expect(said.get_by_text("était déjà dans vos documents")).to_be_visible()


def test_files_of_the_device_and_of_the_record_are_joined(page: Page, opened: Open) -> None:
    canned = opened(f"/messages/{OPEN}")
    page.locator("#join-files").set_input_files(
        {"name": "Notes.txt", "mimeType": "text/plain", "buffer": b"Une note de suivi xyz"}
    )
    joined = page.get_by_role("list", name="Fichiers joints à ce message")
    expect(joined.get_by_role("listitem")).to_have_count(1)
    expect(joined).to_contain_text("Notes.txt")
    page.get_by_role("button", name="Joindre un de mes documents").click()
    picking = page.get_by_role("dialog", name="Quel document joindre ?")
    picking.get_by_role("button", name="Joindre « Bilan thyroïdien »").click()
    expect(picking).to_have_count(0)
    expect(joined.get_by_role("listitem")).to_have_count(2)
    _body(page).fill("Voici mes notes.")
    shoot(page, "message-joined")
    _send(page).click()
    last = page.locator(".message").last
    expect(last).to_contain_text("Notes.txt")
    expect(joined).to_have_count(0)
    (key, written) = canned.messages.sent[0]
    assert key
    assert [one["name"] for one in written["attachments"]] == [
        "Notes.txt",
        "Notes pour le rendez-vous",
    ]


def test_a_file_that_waited_too_long_with_its_draft_is_joined_again(
    page: Page, opened: Open
) -> None:
    page.clock.install()
    canned = opened(f"/messages/{OPEN}")
    note: FilePayload = {"name": "Notes.txt", "mimeType": "text/plain", "buffer": b"Une note"}
    page.locator("#join-files").set_input_files(note)
    joined = page.get_by_role("list", name="Fichiers joints à ce message")
    expect(joined.get_by_text("Joint", exact=True)).to_be_visible()
    _write_and_keep(page)

    page.goto("about:blank")  # no page is there to see the time leap, and lock itself
    page.clock.set_fixed_time(datetime.now(UTC) + timedelta(minutes=51))
    page.goto(f"/messages/{OPEN}")
    settled(page)
    expect(joined.get_by_text("À joindre de nouveau", exact=True)).to_be_visible()
    joined.scroll_into_view_if_needed()
    shoot(page, "message-file-over")
    _send(page).click()
    said = page.get_by_role("group", name="Vérifiez votre saisie")
    expect(said).to_contain_text(re.compile("1.fichier est à joindre de nouveau"))
    assert canned.count("POST", MESSAGES) == 0

    joined.get_by_role("button", name="Retirer Notes.txt").click()
    page.locator("#join-files").set_input_files(note)
    expect(joined.get_by_text("Joint", exact=True)).to_be_visible()
    _send(page).click()
    expect(page.locator(".message").last).to_contain_text("Notes.txt")
    ((_, written),) = canned.messages.sent
    assert [one["id"] for one in written["attachments"]] == ["01JDKMSG000000000000000702"]


def test_a_file_that_cannot_be_taken_says_why_and_the_text_stays(page: Page, opened: Open) -> None:
    canned = opened(f"/messages/{OPEN}")
    _body(page).fill(SECRET)
    files = page.locator("#join-files")
    files.set_input_files(
        {"name": "grand.txt", "mimeType": "text/plain", "buffer": b"a" * (4 * 1024 * 1024 + 1)}
    )
    expect(page.get_by_text("Ce fichier dépasse 4")).to_be_visible()
    assert canned.count("POST", f"{CONVERSATIONS}/{OPEN}/attachments") == 0
    _send(page).click()
    expect(page.get_by_role("link", name=re.compile("Un fichier n’est pas encore"))).to_be_visible()
    page.get_by_role("button", name="Retirer grand.txt").click()

    canned.overrides["POST .*/attachments$"] = lambda route: problem(
        route, 413, "too-large", "Trop grand", detail="Ce fichier est trop grand."
    )
    files.set_input_files({"name": "b.txt", "mimeType": "text/plain", "buffer": b"abc"})
    expect(page.get_by_text("Ce fichier est trop grand.")).to_be_visible()
    canned.overrides["POST .*/attachments$"] = lambda route: route.abort()
    page.get_by_role("button", name="Réessayer l’envoi de b.txt").click()
    expect(page.get_by_text("Connexion interrompue : le fichier est gardé")).to_be_visible()
    canned.overrides.clear()
    page.get_by_role("button", name="Réessayer l’envoi de b.txt").click()
    expect(page.get_by_role("button", name="Retirer b.txt")).to_be_visible()
    _send(page).click()
    expect(page.locator(".message").last).to_contain_text("b.txt")
    assert canned.messages.sent[0][1]["body"] == SECRET


def test_messages_of_a_sender_are_refused_and_taken_again_in_one_press(
    page: Page, opened: Open
) -> None:
    opened(f"/messages/{OPEN}")
    page.get_by_role("button", name="Ne plus recevoir de messages de Dr Claire EXEMPLE").click()
    expect(page.get_by_role("heading", name="Vous ne recevez plus de messages")).to_be_visible()
    expect(_body(page)).to_have_count(0)
    page.get_by_role("button", name="Rétablir", exact=True).click()
    expect(_body(page)).to_be_visible()


def test_a_blocked_conversation_can_be_opened_again_later(page: Page, opened: Open) -> None:
    opened(f"/messages/{BLOCKED}")
    page.get_by_role("button", name="Recevoir de nouveau les messages de Dr Paul").click()
    expect(_body(page)).to_be_visible()


def test_a_conversation_that_is_not_there_says_no_more(page: Page, opened: Open) -> None:
    opened(f"/messages/{conversation_id(77)}")
    expect(page.get_by_role("heading", name="Cette conversation n’est pas")).to_be_visible()
    expect(page.get_by_role("link", name="Voir les conversations")).to_be_visible()


def test_in_the_space_of_a_child_the_words_are_the_childs(page: Page, opened: Open) -> None:
    canned: Canned = opened(f"/messages/{OPEN}", IN_CHILD)
    expect(page.get_by_role("button", name="Joindre un de ses documents")).to_be_visible()
    save = page.get_by_role("button", name=re.compile("^Enregistrer dans ses documents")).first
    save.click()
    said = page.get_by_role("list", name="Fichiers joints").first
    expect(said.get_by_text("dans les documents de l’enfant")).to_be_visible()
    page.goto("/messages")
    settled(page)
    expect(page.get_by_text("qui soignent cet enfant")).to_be_visible()
    assert canned.count("GET", CONVERSATIONS) == 1


def test_a_whole_answer_is_written_with_the_keyboard_alone(page: Page, opened: Open) -> None:
    opened("/messages")
    page.get_by_role("link", name=re.compile("Résultats de votre bilan")).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Résultats de votre bilan")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "body":
            break
    page.keyboard.type("Merci.")
    for _ in range(5):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Envoyer":
            break
    # What has the focus is never under what stays on top of the screen.
    shown = page.evaluate(
        """() => { const box = document.activeElement.getBoundingClientRect();
          const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
          return document.activeElement.contains(top); }"""
    )
    assert shown
    page.keyboard.press("Enter")
    expect(page.locator(".message").last).to_contain_text("Merci.")
    expect(page.locator(".message").last).to_be_focused()
    expect(page.locator(".message").last).to_be_in_viewport()
    expect(page.get_by_role("status").filter(has_text="Message envoyé.")).to_have_count(1)


def test_a_notice_leads_to_its_conversation(page: Page, opened: Open) -> None:
    opened("/notifications")
    page.get_by_role("link", name="Nouveau message de Dr Claire EXEMPLE").click()
    expect(page).to_have_url(f"/messages/{OPEN}")


def test_mails_about_messages_are_chosen_with_the_others(page: Page, opened: Open) -> None:
    canned = opened("/plus/avis")
    sent: list[Any] = []

    def save(route: Route) -> None:
        sent.append(route.request.post_data_json)
        route.abort()

    canned.overrides["PUT .*/preferences"] = save
    box = page.get_by_label("Quand un professionnel m’écrit")
    expect(box).to_be_checked()
    box.click()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Connexion interrompue")).to_be_visible()
    assert sent[0]["mail"]["message"] is False


def test_a_professional_has_two_boxes(page: Page, opened: Open) -> None:
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    opened("/pro/messages", PROFESSIONAL)
    rows = page.get_by_role("list", name="Liste des conversations").get_by_role("link")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("Dominique PAT-TROIS")
    page.get_by_role("link", name="Boîte de l’équipe").click()
    expect(rows).to_have_count(1)
    rows.first.click()
    expect(page.get_by_text("Patient : Dominique PAT-TROIS")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Enregistrer dans"))).to_have_count(0)


def test_a_professional_closes_knowing_what_follows_and_reopens(page: Page, opened: Open) -> None:
    opened(f"/pro/messages/{WITH_TEAM}", PROFESSIONAL)
    page.get_by_role("button", name="Clore la conversation").click()
    asked = page.get_by_role("alertdialog", name="Clore cette conversation ?")
    expect(asked).to_contain_text("plus y répondre")
    expect(asked).to_contain_text("verra que cette conversation est close")
    expect(asked).to_contain_text("Aucun mail")
    expect(asked).not_to_contain_text("prévenue")
    asked.get_by_role("button", name="Clore la conversation").press("Enter")
    expect(page.get_by_role("heading", name="Cette conversation est close")).to_be_visible()
    expect(page.locator(".next-step")).to_be_focused()
    expect(_body(page)).to_have_count(0)
    page.get_by_role("button", name="Rouvrir la conversation").click()
    expect(_body(page)).to_be_visible()


def test_a_professional_writes_to_a_patient_once(page: Page, opened: Open) -> None:
    canned = opened(f"/pro/patients/{PID}", PROFESSIONAL)
    page.get_by_role("link", name="Écrire au patient").click()
    expect(page.locator(".guidance li")).to_have_count(3)
    expect(page.get_by_text("Ce patient est mineur")).to_have_count(0)
    page.get_by_label("L’équipe : Cabinet des Tilleuls").check()
    page.get_by_label("Objet").fill("Votre bilan")
    _body(page).fill("Bonjour, votre bilan est arrivé.")
    _send(page).dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre bilan")
    assert canned.messages.opened == [
        {
            "patient_id": PID,
            "subject": "Votre bilan",
            "body": "Bonjour, votre bilan est arrivé.",
            "as_team": True,
        }
    ]


def test_a_professional_is_warned_that_others_read_what_is_written_to_a_minor(
    page: Page, opened: Open
) -> None:
    canned = opened("/pro", PROFESSIONAL)
    canned.overrides[rf"GET .*/patients/{PID}$"] = lambda route: reply(
        route, PATIENT | {"age": 15, "birth_date": "2011-03-28"}
    )
    page.goto(f"/pro/patients/{PID}/ecrire")
    expect(page.get_by_role("heading", name="Ce patient est mineur")).to_be_visible()


def test_a_first_message_that_had_arrived_is_not_opened_twice_in_silence(
    page: Page, opened: Open
) -> None:
    canned = opened(f"/pro/patients/{PID}/ecrire", PROFESSIONAL)
    canned.overrides["POST .*/conversations$"] = lambda route: problem(
        route, 422, "idempotency-key-reused", "Clé d’idempotence réutilisée"
    )
    _body(page).fill("Bonjour.")
    _send(page).click()
    said = page.get_by_role("heading", name="Un premier envoi a déjà ouvert une conversation")
    expect(said).to_be_visible()
    expect(page.get_by_role("link", name="Voir les conversations")).to_be_visible()
    expect(_body(page)).to_have_value("Bonjour.")


def test_what_is_no_longer_open_to_the_reader_leaves_the_screen(page: Page, opened: Open) -> None:
    canned = opened(f"/messages/{OPEN}")
    expect(page.locator(".message")).to_have_count(4)
    canned.overrides["GET .*/messages"] = lambda route: problem(
        route, 404, "not-found", "Introuvable"
    )
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_role("heading", name="Cette conversation n’est pas")).to_be_visible()
    expect(page.locator(".message")).to_have_count(0)


def test_what_was_written_meanwhile_is_there_on_the_way_back(page: Page, opened: Open) -> None:
    canned = opened(f"/messages/{OPEN}")
    expect(page.locator(".message")).to_have_count(4)
    first = canned.messages.messages[OPEN][0]
    canned.messages.messages[OPEN].append(message(-5, "Écrit entre-temps.", first["sender"]))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(".message").last).to_contain_text("Écrit entre-temps.")


def test_a_sixth_file_is_refused_and_said(page: Page, opened: Open) -> None:
    opened(f"/messages/{OPEN}")
    files: list[FilePayload] = [
        {"name": f"{n}.txt", "mimeType": "text/plain", "buffer": f"note {n}".encode()}
        for n in range(6)
    ]
    page.locator("#join-files").set_input_files(files)
    joined = page.get_by_role("list", name="Fichiers joints à ce message")
    expect(joined.get_by_role("listitem")).to_have_count(5)
    expect(page.get_by_text(re.compile("5.fichiers au plus par message"))).to_be_visible()
    expect(page.get_by_text(re.compile("Non joint.: 5.txt"))).to_be_visible()
