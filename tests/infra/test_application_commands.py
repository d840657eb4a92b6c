"""The operator's commands of applications: what they do, print and refuse."""

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.catalogue.model import Criteria
from chalicelib.core import ids
from infra import operator
from tests import double
from tests.http_client import Client
from tests.injector import Faults

FILE = Path("docs/examples/application.json")
SAID: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
NAME = "Tension du matin (exemple) (Éditeur Exemple)"
pytestmark = pytest.mark.usefixtures("aws")


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert operator.main(["application", *arguments]) == 0, capsys.readouterr().err
    return [line for line in capsys.readouterr().out.splitlines() if not line.startswith("{")]


def _refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert operator.main(["application", *arguments]) == 2
    return capsys.readouterr().err


def _file(folder: Path, **said: Any) -> str:
    file = folder / "application.json"
    file.write_text(json.dumps(SAID | said), encoding="utf-8")
    return str(file)


def test_an_application_is_registered_reviewed_put_online_and_stopped(
    http: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    registered = _run(capsys, "register", str(FILE))
    known = registered[0].split()[0]
    criteria = [one.value for one in Criteria]
    assert registered == [f"{known} candidate {NAME}"]
    assert "is not online" in _refused(capsys, "state", known, "online", "--reason", "Trop tôt.")
    assert _run(capsys, "review", known, *criteria) == registered
    online = _run(capsys, "state", known, "online", "--reason", "Avis favorable du comité.")
    assert http.get(f"/v1/catalogue/{known}").json()["state"] == "online"

    stopped = _run(capsys, "state", known, "suspended", "--reason", "Incident signalé.")

    assert online == [f"{known} online {NAME}"]
    assert stopped == [f"{known} suspended {NAME}"]
    assert http.get(f"/v1/catalogue/{known}").json()["state"] == "suspended"
    assert [line.split(" ", 1)[1] for line in _run(capsys, "history", known)] == [
        "operator state online > suspended: Incident signalé.",
        "operator state candidate > online: Avis favorable du comité.",
        f"operator review {' '.join(criteria)}",
        "operator register",
    ]


def test_applications_are_listed_by_name_and_state(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _run(capsys, "register", _file(tmp_path, name="Zèbre"))
    (second,) = _run(capsys, "register", _file(tmp_path, name="Abeille"))
    _run(capsys, "state", second.split()[0], "delisted", "--reason", "Dossier retiré.")

    assert [line.split()[1:3] for line in _run(capsys, "list")] == [
        ["delisted", "Abeille"],
        ["candidate", "Zèbre"],
    ]
    assert [line.split()[2] for line in _run(capsys, "list", "--state", "candidate")] == ["Zèbre"]


def test_an_application_is_shown_with_what_is_still_to_be_checked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    known = _run(capsys, "register", str(FILE))[0].split()[0]
    _run(capsys, "review", known, "security")

    shown = _run(capsys, "show", known)

    assert shown[0] == f"{known} candidate {NAME}"
    assert "  asks blood_pressure:read: Pour tracer votre courbe depuis le début." in shown
    assert "  redirect example.editeur.tension:/retour" in shown
    assert "  client public" in shown
    assert shown[-2].startswith("  checked security ")
    assert shown[-1] == "  to be checked urbanisation interoperability data_protection ethics"


def test_a_change_is_whole_and_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    known = _run(capsys, "register", str(FILE))[0].split()[0]

    changed = _run(capsys, "change", known, _file(tmp_path, name="Tension (exemple)"))

    assert changed == [f"{known} candidate Tension (exemple) (Éditeur Exemple)"]
    assert _run(capsys, "history", known)[0].endswith("operator change name")


def test_a_file_with_an_id_is_registered_once(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    known = ids.new_secret_id()
    first = _run(capsys, "register", _file(tmp_path, id=known))
    before = double.tables()

    assert _run(capsys, "register", _file(tmp_path, id=known)) == first
    assert double.tables() == before
    assert "Another application has this id" in _refused(
        capsys, "register", _file(tmp_path, id=known, name="Autre")
    )
    other = ids.new_secret_id()
    assert "of another application" in _refused(capsys, "change", other, _file(tmp_path, id=known))


def test_everything_wrong_in_a_file_is_said_and_nothing_is_done(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    before = double.tables()
    wrong = _file(
        tmp_path, site="https://169.254.169.254/", redirect_uris=["https://a.example/*", "x"]
    )

    assert _refused(capsys, "register", wrong).splitlines() == [
        "refused: Some fields are wrong: see errors. Nothing was stored.",
        "  /site: This IP address is of a private or reserved network: give a public name.",
        "  /redirect_uris/0: A wildcard (*) is refused: write each address in full.",
        "  /redirect_uris/1: The address is not whole: it begins with https://.",
    ]
    assert double.tables() == before


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"theme": "poker"}, "/theme: Not one of the allowed values."),
        ({"jwks": "https://a.example/jwks"}, "/jwks: Give the keys themselves, not an address"),
        ({"jwks_uri": "https://a.example/jwks"}, "/jwks_uri: Unknown field."),
        ({"logo": "https://a.example/logo.png"}, "/logo: Unknown field."),
        ({"data_asked": [{"permission": "ins:read", "why": "x"}]}, "/data_asked/0/permission: Not"),
        ({"id": "x"}, "id: 26 characters"),
    ],
)
def test_what_a_file_may_not_say_is_refused_with_its_place(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, said: dict[str, Any], why: str
) -> None:
    assert why in _refused(capsys, "register", _file(tmp_path, **said))


@pytest.mark.parametrize("content", ["", "[]", "{", "null", '"x"'])
def test_what_is_no_application_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: str
) -> None:
    file = tmp_path / "wrong.json"
    file.write_text(content, encoding="utf-8")

    assert _refused(capsys, "register", str(file)).startswith("refused: ")


def test_what_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    known = "0" * 26
    for arguments in (
        ["show", known],
        ["history", known],
        ["review", known, "security"],
        ["state", "x", "online", "--reason", "Avis."],
    ):
        assert _refused(capsys, *arguments).startswith("refused: ")
    assert "no such criteria: beauty" in _refused(capsys, "review", known, "beauty")


def test_a_host_that_does_not_answer_is_no_refusal(
    faults: Faults, capsys: pytest.CaptureFixture[str]
) -> None:
    faults.on("dynamodb.Query", "throttled_always", nth=0)

    assert operator.main(["application", "list"]) == 4
    assert capsys.readouterr().err.startswith("the host")
