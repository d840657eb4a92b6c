"""The `fhirclient` of npm, unmodified, in a page of another origin: launched, allowed, refused."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page

from infra.local.config import Config
from tests.browser import consenting
from tests.browser.conftest import PHONE, Watch
from tests.clients.npm_client import SCRIPT
from tests.clients.registered import NAME, registered

pytestmark = pytest.mark.browser

WEIGHT: Final = "http://loinc.org|29463-7"
PAGE: Final = b"<!doctype html><meta charset=utf-8><title>Essai</title><script src=/c.js></script>"
LAUNCH: Final = """([iss, clientId]) => { FHIR.oauth2.authorize({iss, clientId,
  scope: "launch/patient offline_access patient/Patient.r " +
    "patient/Observation.crs?code=http://loinc.org|29463-7",
  redirectUri: location.origin + "/retour", pkceMode: "required"}); }"""
READY: Final = (
    "FHIR.oauth2.ready().then(client => { window.smart = client; return client.patient.id; })"
)
CREATE: Final = """kilograms => smart.create({resourceType: "Observation", status: "final",
  subject: {reference: "Patient/" + smart.patient.id}, effectiveDateTime: new Date().toISOString(),
  code: {coding: [{system: "http://loinc.org", code: "29463-7"}]}, valueQuantity:
    {value: kilograms, unit: "kg", system: "http://unitsofmeasure.org", code: "kg"}})"""
SEARCH: Final = f"""smart.request("Observation?code={WEIGHT}&_count=1")
  .then(bundle => bundle.entry[0].resource.valueQuantity.value)"""
STATUS: Final = "promise => promise.then(() => 200, error => error.statusCode || error.status)"


class _Site(BaseHTTPRequestHandler):
    """The page of an application: it loads the client, and nothing else."""

    def do_GET(self) -> None:
        is_script = self.path == "/c.js"
        body = SCRIPT.read_bytes() if is_script else PAGE
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if is_script else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    """Serve the application on a port of its own: a loopback address may have any."""
    assert SCRIPT.is_file(), "take the client first: make cloud-tests does"
    with ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def page(browser: Browser, watch: Watch) -> Iterator[Page]:
    with browser.new_context(
        viewport={"width": PHONE[0], "height": PHONE[1]}, locale="fr-FR"
    ) as profile:
        profile.on("page", watch.follow)
        yield profile.new_page()


def test_the_browser_client_reads_and_writes_until_the_person_takes_her_consent_back(
    product: Config, site: str, page: Page, tmp_path: Path
) -> None:
    client_id = registered(product, tmp_path)
    page.goto(site)
    page.evaluate(LAUNCH, [f"{product.url}/fhir/R4", client_id])
    consenting.log_in_to_answer(page)
    lines = ("Lire vos mesures de poids", "Ajouter des mesures de poids")
    consenting.allow(page, NAME, lines)
    page.wait_for_url(f"{site}/retour**")
    patient = page.evaluate(READY)

    assert page.evaluate("smart.patient.read().then(one => [one.resourceType, one.id])") == [
        "Patient",
        patient,
    ]
    made = page.evaluate(CREATE, 70.6)
    assert (made["resourceType"], made["valueQuantity"]["value"]) == ("Observation", 70.6)
    assert page.evaluate(SEARCH) == 70.6
    assert page.evaluate("smart.refresh().then(state => state.tokenResponse.patient)") == patient
    assert page.evaluate(SEARCH) == 70.6

    person = page.context.new_page()
    consenting.withdraw(person, product.url, NAME)
    assert page.evaluate(f"({STATUS})({SEARCH})") == 403
    assert page.evaluate(f"({STATUS})(({CREATE})(70.7))") == 403
