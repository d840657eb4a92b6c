"""The fictitious applications of `make run`: thirty, said to be so, and three that can run here."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from chalicelib.access.permissions import Permission
from chalicelib.catalogue import usecases
from chalicelib.catalogue.model import OPERATOR, State, Theme
from chalicelib.core.settings import settings
from infra.local import applications
from infra.local.config import Config
from tests import double
from tests.contracts.test_french import faults

DOCUMENT = json.loads(applications.FILE.read_text(encoding="utf-8"))
TOLD: list[dict[str, Any]] = DOCUMENT["applications"]
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("aws")]  # thirty, each time


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """Be the stage on which an application may be served by the same machine."""
    monkeypatch.setenv("STAGE", "local")
    settings.cache_clear()
    return Config(8080, tmp_path)


def test_thirty_are_referenced_in_their_states_most_of_them_online(here: Config) -> None:
    assert applications.reference(here) == 30

    found = usecases.all_applications()
    assert len(found) == 30
    assert {one.id: one.state for one in found} == {one["id"]: one["state"] for one in TOLD}
    assert Counter(one.state for one in found) == {
        "online": 25,
        "candidate": 2,
        "suspended": 2,
        "delisted": 1,
    }


def test_they_cover_every_theme_and_permission(here: Config) -> None:
    applications.reference(here)

    found = usecases.all_applications()
    assert {one.draft.theme for one in found} == set(Theme)
    asked = {asked.permission for one in found for asked in one.draft.data_asked}
    assert asked == set(Permission)
    assert any(not one.draft.data_asked for one in found)


def test_referencing_again_changes_nothing(here: Config) -> None:
    applications.reference(here)
    before = double.tables()

    applications.reference(here)

    assert double.tables() == before


def test_what_somebody_decided_since_is_left_alone(here: Config) -> None:
    applications.reference(here)
    known = TOLD[0]["id"]
    usecases.set_state(OPERATOR, known, State.SUSPENDED, "Essai de suspension.")

    applications.reference(here)

    assert usecases.find(known).state is State.SUSPENDED


def test_what_the_file_says_now_replaces_what_it_said(
    here: Config, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    applications.reference(here)
    file = tmp_path / "applications.json"
    changed = [one | {"said": one["said"] | {"purpose": "Autre chose."}} for one in TOLD]
    file.write_text(json.dumps({"applications": changed}), encoding="utf-8")
    monkeypatch.setattr(applications, "FILE", file)

    applications.reference(here)

    said = Counter(one.draft.purpose == "Autre chose." for one in usecases.all_applications())
    assert said == {True: 29, False: 1}  # the one that was delisted stays as it was


def test_those_that_run_here_find_who_they_are(here: Config) -> None:
    applications.reference(here)

    for slug, port, has_keys in (
        ("balance", 8100, False),
        ("rendez-vous", 8101, True),
        ("teleconsultation", 8102, True),
    ):
        folder = here.state / "applications" / slug
        client = json.loads((folder / "client.json").read_text(encoding="utf-8"))
        found = usecases.find(client["client_id"])
        assert client["site"] == found.draft.site == f"http://127.0.0.1:{port}/"
        assert client["redirect_uri"] == f"http://127.0.0.1:{port}/retour"
        assert client["fhir_base_url"] == "https://carnet.test/fhir/R4"
        assert ("private_key" in client) is has_keys
        assert (found.draft.jwks is not None) is has_keys
        assert all("d" not in key for key in (found.draft.jwks or {"keys": []})["keys"])
        assert found.can_connect
    assert len(list((here.state / "applications").iterdir())) == 3


def test_nothing_real_is_named_and_the_french_is_well_set() -> None:
    texts = re.findall(r'"((?:[^"\\]|\\.)*)"', applications.FILE.read_text(encoding="utf-8"))
    hosts = {host for text in texts for host in re.findall(r"https?://([^/:]+)", text)}

    assert all(host.endswith(".example") or host == "127.0.0.1" for host in hosts)
    assert all(one["said"]["publisher"]["name"].endswith("(fictif)") for one in TOLD)
    words = [text for text in texts if " " in text]
    assert {text: faults(text) for text in words if faults(text)} == {}
