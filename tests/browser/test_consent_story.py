"""F5 on the running product: an application asks, reads, loses consent, is refused; all shows."""

import base64
import hashlib
import json
import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from infra.local.client import Caller, Reply
from infra.local.config import Config
from tests.browser.conftest import PHONE, settled, shoot
from tests.browser.product import PERSON

pytestmark = pytest.mark.browser

_WEIGHT = "http://loinc.org|29463-7"
_SCOPE = f"launch/patient offline_access patient/Observation.crs?code={_WEIGHT}"


@dataclass
class Application:
    """The connected scale, played by the test."""

    product: Config
    address: str
    back: list[dict[str, str]] = field(default_factory=list)
    state: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    @property
    def client_id(self) -> str:
        """Who it is in the catalogue of the product."""
        said = self.product.state / "applications" / "balance" / "client.json"
        return str(json.loads(said.read_text(encoding="utf-8"))["client_id"])

    def asks(self) -> str:
        """Return where it sends the person's browser."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.address,
            "scope": _SCOPE,
            "state": self.state,
            "aud": f"{self.product.url}/fhir/R4",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{self.product.url}/oauth/authorize?{urlencode(query)}"

    def token(self, **form: str) -> Reply:
        """Ask for tokens, as a client without keys."""
        return Caller(self.product.url).request(
            "POST",
            "/oauth/token",
            body=urlencode(form | {"client_id": self.client_id}).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )

    def connect(self) -> dict[str, Any]:
        """Exchange the code that the browser brought."""
        assert self.back[-1]["state"] == self.state
        assert self.back[-1]["iss"] == self.product.url
        reply = self.token(
            grant_type="authorization_code",
            code=self.back[-1]["code"],
            redirect_uri=self.address,
            code_verifier=self.verifier,
        )
        assert reply.status == 200, reply.body
        found: dict[str, Any] = reply.json()
        return found

    def read_weights(self, tokens: dict[str, Any]) -> Reply:
        """Read the weights of who let it in."""
        query = urlencode({"patient": tokens["patient"], "code": _WEIGHT})
        caller = Caller(self.product.url, token=tokens["access_token"])
        return caller.request("GET", f"/fhir/R4/Observation?{query}")


@contextmanager
def _listening(product: Config) -> Iterator[Application]:
    application = Application(product, "")

    class Back(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            if url.path == "/retour":
                application.back.append({k: v[0] for k, v in parse_qs(url.query).items()})
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>Balance</title><h1>Balance</h1>")

    server = ThreadingHTTPServer(("127.0.0.1", 0), Back)
    # Of a loopback address any port is the registered one (RFC 8252, 7.3).
    application.address = f"http://127.0.0.1:{server.server_port}/retour"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield application
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def application(product: Config) -> Iterator[Application]:
    """The scale, let in by nobody yet: what an earlier run was given is taken back."""
    with _listening(product) as listening:
        person = Caller(product.url)
        person.log_in("franceconnect", "dominique")
        pid = person.request("GET", "/v1/me").json()["profiles"][0]["patient_id"]
        for one in person.request("GET", f"/v1/patients/{pid}/consents").json()["items"]:
            if one["status"] == "active" and one["application"]["id"] == listening.client_id:
                person.request("DELETE", f"/v1/patients/{pid}/consents/{one['id']}")
        yield listening


def _answers(page: Page, application: Application) -> None:
    """Come from the application, log in, turn one line on, and go back."""
    page.goto(application.asks())
    page.get_by_role("link", name="Se connecter avec FranceConnect").click()
    page.get_by_role("button", name=PERSON[1]).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Balance demande un accès à votre espace"
    )
    shoot(page, "story-consent-1")
    page.get_by_label("Lire vos mesures de poids").check()
    page.get_by_label("6 mois").check()
    page.get_by_role("button", name="Accepter").click()
    receipt = page.get_by_role("region", name="Reçu")
    expect(receipt).to_contain_text("Non autorisé")
    shoot(page, "story-consent-2")
    page.get_by_role("link", name="Retourner à Balance").click()
    expect(page).to_have_title("Balance")


def test_an_application_reads_until_it_is_withdrawn_and_the_history_shows_both(
    page: Page, product: Config, application: Application
) -> None:
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    _answers(page, application)
    tokens = application.connect()
    assert application.read_weights(tokens).status == 200

    page.goto(f"{product.url}/applications/mes-applications")
    card = page.get_by_role("region", name="Accès en cours").get_by_role("article", name="Balance")
    expect(card).to_contain_text("Dernier accès")
    expect(card).to_contain_text(re.compile("Lire vos mesures de poids.*fois"))
    shoot(page, "story-consent-3")
    card.get_by_role("link", name="Voir chaque accès de Balance").click()
    expect(page.get_by_text(re.compile("Accès d’une seule application.*Balance"))).to_be_visible()
    expect(page.get_by_role("region", name=re.compile("^Balance")).first).to_be_visible()
    page.go_back()
    card.get_by_role("button", name="Retirer tout l’accès de Balance").click()
    asked = page.get_by_role("alertdialog")
    asked.get_by_role("button", name="Retirer tout l’accès").click()
    expect(page.get_by_text("L’accès de Balance est retiré.")).to_be_visible()

    assert application.read_weights(tokens).status == 403
    again = application.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert (again.status, again.json()["error"]) == (400, "invalid_grant")

    page.goto(f"{product.url}/acces")
    settled(page)
    block = page.get_by_role("region", name=re.compile("^Balance")).first
    expect(block).to_contain_text("Refusé")
    expect(block.get_by_role("link", name="Voir ce qu’elle peut faire")).to_be_visible()
    shoot(page, "story-consent-4")
    page.get_by_label("Afficher", exact=True).select_option("Les accès permis")
    settled(page)
    expect(page.get_by_role("region", name=re.compile("^Balance")).first).to_be_visible()
    mine = page.get_by_role("region", name="Vous").first
    expect(mine).to_contain_text(re.compile("donné un accord.*Balance"))
    expect(mine).to_contain_text(re.compile("retiré l’accord.*Balance"))


def test_refusing_brings_the_application_nothing_but_the_refusal(
    page: Page, application: Application
) -> None:
    page.goto(application.asks())
    page.get_by_role("link", name="Se connecter avec FranceConnect").click()
    page.get_by_role("button", name=PERSON[1]).first.click()
    page.get_by_role("button", name="Refuser").click()
    expect(page).to_have_title("Balance")
    assert application.back[-1]["error"] == "access_denied"
    assert application.back[-1]["state"] == application.state
    assert "code" not in application.back[-1]


def test_an_address_that_was_not_registered_leads_nowhere(
    page: Page, product: Config, application: Application
) -> None:
    wrong = application.asks().replace(
        urlencode({"": application.address})[1:], "https%3A%2F%2Fmechant.example%2F"
    )
    page.goto(wrong)
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Cette demande ne vient pas de la bonne adresse"
    )
    origins = page.locator("a").evaluate_all("all => all.map(a => new URL(a.href).origin)")
    assert set(origins) == {product.url}
    assert application.back == []
