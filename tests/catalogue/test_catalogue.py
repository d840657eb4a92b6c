"""The catalogue as everybody reads it: public, kept a minute, and nothing but what it may show."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.catalogue import usecases
from chalicelib.catalogue.model import OPERATOR, Criteria, State, Theme
from chalicelib.core import ids
from tests import double
from tests.catalogue.samples import DRAFT, an_application
from tests.http_client import Client
from tests.recorder import Recorder

pytestmark = pytest.mark.usefixtures("clock")
CATALOGUE = "/v1/catalogue"
CHECKED = [{"criteria": one.value, "on": "2026-11-23"} for one in Criteria]
CARD: dict[str, Any] = {
    "name": "Balance (exemple)",
    "publisher": {"name": "Éditeur Exemple", "website": "https://editeur.example"},
    "purpose": "Noter votre poids chaque matin.",
    "theme": "connected_devices",
    "platforms": ["device", "android"],
    "price": {"kind": "free", "detail": "Gratuit"},
    "data_asked": [
        {"permission": "weight:write", "why": "Pour ajouter chaque pesée à vos mesures."}
    ],
    "retention": "Rien n’est gardé après l’envoi.",
    "site": "https://balance.example/",
    "privacy": "https://balance.example/donnees",
    "attestations": [{"kind": "hds", "reference": "Hébergeur Exemple, certificat 42"}],
    "state": "online",
    "state_since": "2026-11-23T09:30:00Z",
    "can_connect": True,
    "checked": CHECKED,
}


def _names(http: Client, query: str = "") -> list[str]:
    return [one["name"] for one in http.get(CATALOGUE + query).json()["items"]]


def test_everybody_reads_what_is_referenced_without_logging_in(http: Client) -> None:
    online = an_application(state=State.ONLINE)

    listed, one = http.get(CATALOGUE), http.get(f"{CATALOGUE}/{online.id}")

    card = {"id": online.id, **CARD}
    assert (listed.status, one.status) == (200, 200)
    assert listed.json() == {"order": "alphabetical", "items": [card]}
    assert one.json() == card


def test_an_empty_catalogue_is_a_list_without_items(http: Client) -> None:
    assert http.get(CATALOGUE).json() == {"order": "alphabetical", "items": []}


def test_it_is_kept_a_minute_and_asked_again_by_its_strong_tag(http: Client) -> None:
    online = an_application(state=State.ONLINE)
    for target in (CATALOGUE, f"{CATALOGUE}/{online.id}"):
        first = http.get(target)
        tag = str(first.header("ETag"))
        again = http.get(target, headers={"If-None-Match": tag})

        assert first.header("Cache-Control") == "public, max-age=60"
        assert not tag.startswith("W/")
        assert (again.status, again.body, again.header("ETag")) == (304, b"", tag)
        assert again.header("Cache-Control") == "public, max-age=60"

        usecases.set_state(
            OPERATOR,
            online.id,
            State.SUSPENDED if target == CATALOGUE else State.DELISTED,
            "Incident signalé.",
        )
        changed = http.get(target, headers={"If-None-Match": tag})
        assert changed.status == 200
        assert changed.header("ETag") != tag


def test_the_answer_is_the_same_for_somebody_who_is_logged_in(http: Client) -> None:
    an_application(state=State.ONLINE)

    plain = http.get(CATALOGUE)
    named = http.get(CATALOGUE, headers={"Authorization": "Bearer x", "Cookie": "a=b"})

    assert (named.status, named.body) == (plain.status, plain.body)


def test_a_refusal_is_not_kept(http: Client) -> None:
    for target in (f"{CATALOGUE}?theme=x", f"{CATALOGUE}/{ids.new_secret_id()}"):
        assert http.get(target).header("Cache-Control") == "no-store"


def test_it_is_filtered_by_theme_and_state(http: Client) -> None:
    an_application(state=State.ONLINE, name="Balance")
    an_application(state=State.ONLINE, name="Vaccins", theme=Theme.VACCINATION)
    an_application(state=State.SUSPENDED, name="Arrêtée")
    an_application(state=State.DELISTED, name="Retirée")
    an_application(name="Candidate")

    assert _names(http) == ["Arrêtée", "Balance", "Vaccins"]
    assert _names(http, "?theme=vaccination") == ["Vaccins"]
    assert _names(http, "?state=online") == ["Balance", "Vaccins"]
    assert _names(http, "?state=suspended&theme=connected_devices") == ["Arrêtée"]
    assert _names(http, "?state=delisted") == ["Retirée"]
    assert _names(http, "?state=candidate") == ["Candidate"]


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("?theme=poker", "/query/theme", "enum"),
        ("?state=ONLINE", "/query/state", "literal_error"),
        ("?nom=x", "/query/nom", "extra_forbidden"),
    ],
)
def test_a_filter_that_does_not_exist_is_told(
    http: Client, query: str, pointer: str, code: str
) -> None:
    reply = http.get(CATALOGUE + query)

    assert (reply.status, reply.problem) == (422, "invalid")
    assert [(one["pointer"], one["code"]) for one in reply.json()["errors"]] == [(pointer, code)]


def test_a_filter_given_twice_is_refused(http: Client) -> None:
    assert http.get(f"{CATALOGUE}?state=online&state=delisted").status == 400


def test_a_candidate_is_read_without_any_link(http: Client) -> None:
    candidate = an_application()

    card = http.get(f"{CATALOGUE}/{candidate.id}").json()

    assert (card["site"], card["privacy"], card["publisher"]["website"]) == ("", "", "")
    assert (card["state"], card["checked"]) == ("candidate", [])
    assert b"example/" not in http.get(f"{CATALOGUE}?state=candidate").body


def test_keys_and_redirect_addresses_are_not_what_people_read(http: Client) -> None:
    an_application(state=State.ONLINE)

    body = http.get(CATALOGUE).body

    assert b"retour" not in body
    assert b"kty" not in body


def test_one_without_redirect_address_is_presented_and_does_not_connect(http: Client) -> None:
    shown = an_application(state=State.ONLINE, redirect_uris=(), jwks=None)

    assert http.get(f"{CATALOGUE}/{shown.id}").json()["can_connect"] is False


@pytest.mark.parametrize("known", ["0" * 26, "x", "a#b", "..%2f", "%00", "0" * 2048])
def test_what_is_not_there_is_not_found(http: Client, known: str) -> None:
    reply = http.get(f"{CATALOGUE}/{known}")

    assert (reply.status, reply.problem) == (404, "not-found")


def test_an_altered_card_is_left_out_and_the_others_are_read(
    http: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    an_application(state=State.ONLINE, name="Altérée")
    an_application(state=State.ONLINE, name="Saine")
    table = double.table("carnet-test-catalogue")
    for items in table.items.values():
        for item in items.values():
            if "Alt" in str(item.to_json()["Attributes"]["draft"]):
                item.attrs["state_since"].value = "2020-01-01T00:00:00.000Z"

    assert _names(http) == ["Saine"]
    assert "card of an application does not verify" in capsys.readouterr().out


def test_hundreds_are_one_query_a_page_and_no_scan(
    http: Client, calls: Recorder, clock: time_machine.Traveller
) -> None:
    made = an_application(state=State.ONLINE)
    card = double.tables()["carnet-test-catalogue"]["CATALOGUE", f"APP#{made.id}"]
    assert card["pk"] == {"S": "CATALOGUE"}
    clock.shift(timedelta(minutes=1))
    calls.clear()

    assert _names(http) == [DRAFT.name]

    assert set(calls.counted) <= {"dynamodb.Query", "dynamodb.GetItem", "kms.Decrypt"}
    assert calls.counted["dynamodb.Query"] == 1
