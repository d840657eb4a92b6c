"""The running product, as the people of the story meet it in a browser."""

import time
from datetime import UTC, date, datetime, timedelta
from typing import Final

from playwright.sync_api import Page, expect

from infra.local.client import Caller
from infra.local.config import Config
from infra.local.journey import TRAITS
from infra.local.sample_documents import SampleLaboratory, SamplePatient, a_laboratory_report

PERSON: Final = ("franceconnect", "Dominique PAT-TROIS")
DOCTOR: Final = ("psc", "Dr Claire EXEMPLE")
DOCTOR_RPPS: Final = "99700218896"
_ROOT_OF_TEST_INS: Final = "1.2.250.1.213.1.4.10"


def log_in(page: Page, url: str, who: tuple[str, str]) -> None:
    """Log in from the public page, as anybody would."""
    provider, name = who
    page.goto(url)
    entry = "Je suis un particulier" if provider == "franceconnect" else "Je suis un professionnel"
    page.get_by_role("link", name=entry).click()
    door = "FranceConnect" if provider == "franceconnect" else "Pro Santé Connect"
    page.get_by_role("link", name=f"Se connecter avec {door}").click()
    page.get_by_role("button", name=name).first.click()
    expect(page.get_by_role("navigation", name="Navigation principale")).to_be_visible()


def laboratory_deposits(running: Config) -> str:
    """Deposit a fresh clinical document in Dominique's record; return its id."""
    laboratory = Caller(running.url)
    laboratory.authenticate(running.state / "laboratory" / "client.json")
    found = laboratory.request("POST", "/v1/patients/lookup", json_body=TRAITS)
    made = laboratory.deposit(found.json()["handle"], _report())
    assert made.status == 201, made.body
    return str(made.json()["id"])


def _report() -> bytes:
    patient = SamplePatient(
        ins=TRAITS["ins"],
        ins_root=_ROOT_OF_TEST_INS,
        family_name=TRAITS["family_name"],
        given_names=("DOMINIQUE", "MARIE-LOUISE"),
        sex="F",
        birth_date=date.fromisoformat(TRAITS["birth_date"]),
        birth_place="51215",
    )
    laboratory = SampleLaboratory(
        "Laboratoire Exemple", "750803447", "EXEMPLE", "Camille", "99700300017"
    )
    sampled = datetime.now(UTC) - timedelta(days=1)
    return a_laboratory_report(
        patient, laboratory, number=time.time_ns() // 1_000_000, sampled_at=sampled
    )
