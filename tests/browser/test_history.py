"""The person checks her own history, on the running product: whole, then with a trace removed."""

from collections.abc import Iterator
from typing import Any, Literal

import boto3
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from infra.local import config
from infra.local.client import Caller
from infra.local.config import Config
from tests.browser.axe import violations
from tests.browser.conftest import DESKTOP, PHONE, Watch, shoot
from tests.browser.product import PERSON, log_in

pytestmark = pytest.mark.browser

SECONDS = 60_000
_TABLE = "carnet-local-audit"
_SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")


@pytest.fixture
def history(product: Config, browser: Browser, watch: Watch) -> Iterator[Page]:
    """Dominique on her phone, on the page of her history."""
    with browser.new_context(
        viewport={"width": PHONE[0], "height": PHONE[1]}, locale="fr-FR", service_workers="block"
    ) as profile:
        profile.set_default_timeout(SECONDS)
        profile.on("page", watch.follow)
        page = profile.new_page()
        log_in(page, product.url, PERSON)
        page.goto(f"{product.url}/acces")
        yield page


class Store:
    """The store of traces, in the hands of somebody with every right on it."""

    def __init__(self, product: Config) -> None:
        self._client = boto3.client(
            "dynamodb",
            endpoint_url=product.cloud_url,
            region_name=config.REGION,
            aws_access_key_id=config.ACCESS_KEY,
            aws_secret_access_key=config.SECRET_KEY,
        )

    def oldest(self, pid: str) -> dict[str, Any]:
        """Return the first trace of a record."""
        found = self._client.query(
            TableName=_TABLE,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"P#{pid}"}},
            Limit=1,
        )
        item: dict[str, Any] = found["Items"][0]
        return item

    def remove(self, item: dict[str, Any]) -> None:
        """Delete a row; no function of the product may."""
        self._client.delete_item(TableName=_TABLE, Key={name: item[name] for name in ("pk", "sk")})

    def put_back(self, item: dict[str, Any]) -> None:
        """Write a row as it was."""
        self._client.put_item(TableName=_TABLE, Item=item)


def _pid(product: Config) -> str:
    person = Caller(product.url)
    person.log_in("franceconnect", "dominique")
    return str(person.request("GET", "/v1/me").json()["profiles"][0]["patient_id"])


def _verify(page: Page) -> Locator:
    page.get_by_role("button", name="Vérifier").press("Enter")
    part = page.get_by_role("region", name="Vérifier mes accès")
    panel = part.locator(".panel")
    expect(panel).to_be_visible(timeout=SECONDS)
    return panel


def _looks_right(page: Page, name: str) -> None:
    for width, height in (PHONE, DESKTOP):
        page.set_viewport_size({"width": width, "height": height})
        for scheme in _SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            shoot(page, f"story-history-{name}-{width}-{scheme}")
            assert violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_deletion_in_the_store_is_an_alarm_in_her_browser(product: Config, history: Page) -> None:
    """A47: the service says nothing; her browser does, and says what to do."""
    expect(_verify(history)).to_contain_text("Aucun ne manque, aucun n’a été modifié")
    _looks_right(history, "whole")
    kept = history.evaluate("Object.entries(localStorage).filter(([k]) => k.includes('history'))")
    assert len(kept) == 1
    pid = _pid(product)
    assert pid not in str(kept)
    store = Store(product)
    row = store.oldest(pid)
    store.remove(row)
    try:
        alarm = _verify(history)
        expect(alarm).to_contain_text("Cette liste d’accès n’est pas intacte")
        expect(alarm).to_contain_text("Le contenu d’une ligne a disparu")
        expect(alarm).to_contain_text("Que faire")
        _looks_right(history, "broken")
    finally:
        store.put_back(row)
    again = _verify(history)
    expect(again).to_contain_text("Rien n’a été retiré depuis votre dernière vérification")
