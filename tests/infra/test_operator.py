"""Commands of the operator, and the seed: all may be repeated."""

import io
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey

from chalicelib.access import store as access_store
from chalicelib.core import clock
from chalicelib.core.aws import client
from chalicelib.core.settings import settings
from chalicelib.identity import spaces
from chalicelib.identity.values import parse_ins
from infra import operator
from infra.local import operate
from tests import builders, double
from tests.http_client import Client
from tests.identity.provider import compact
from tests.injector import Faults
from tests.injector import refused as refused_with
from tests.recorder import Recorder

DATA = Path("infra/local/data")


def _said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line for line in capsys.readouterr().out.splitlines() if not line.startswith("{")]


def test_init_makes_the_secret_and_the_sealing_key_once(
    aws: Recorder, capsys: pytest.CaptureFixture[str]
) -> None:
    del aws
    for pk, sk in double.tables()["carnet-test-identity"]:
        key = {"pk": {"S": pk}, "sk": {"S": sk}}
        client("dynamodb").delete_item(TableName="carnet-test-identity", Key=key)
    assert operator.main(["init"]) == 0
    before = double.tables()
    assert operator.main(["init"]) == 0

    assert _said(capsys) == ["the secret and the sealing key are there"] * 2
    assert double.tables() == before
    assert set(before["carnet-test-identity"]) == {("SECRET#1", "SECRET")}
    assert set(before["carnet-test-audit"]) == {("SEAL", "KEY#seal-0001")}


def test_each_new_sealing_key_follows_the_last(
    aws: Recorder, capsys: pytest.CaptureFixture[str]
) -> None:
    del aws
    assert operator.main(["add-sealing-key"]) == 0
    assert operator.main(["add-sealing-key"]) == 0

    assert _said(capsys) == ["seal-0001", "seal-0002"]


def test_opening_spaces_prints_their_ids_each_time(
    aws: Recorder, capsys: pytest.CaptureFixture[str]
) -> None:
    del aws
    assert operator.main(["open-space", str(DATA / "persons.csv")]) == 0
    first = _said(capsys)
    assert operator.main(["open-space", str(DATA / "persons.csv")]) == 0

    assert _said(capsys) == first
    assert len(first) == 6


def test_refused_lines_are_said_without_their_values(
    aws: Recorder, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    del aws
    file = tmp_path / "persons.csv"
    lines = (DATA / "persons.csv").read_text(encoding="utf-8").splitlines()
    file.write_text(f"{lines[0]}\n{lines[1].replace(',51215', ',')}\n", encoding="utf-8")

    assert operator.main(["open-space", str(file)]) == 1
    first, where = capsys.readouterr().err.splitlines()
    assert first == "line 2 refused: birth_place"
    assert where.startswith(f"1 refused, all in {file}.refused; the others are kept; ")


def test_registering_prints_the_same_client_each_time(
    aws: Recorder, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    del aws
    key = ECKey.generate_key("P-256", {"kid": "k"})
    file = tmp_path / "public.json"
    file.write_text(json.dumps(key.as_dict(private=False)), encoding="utf-8")
    command = ["register-client", "--name", "Laboratoire", "--finess", "750803447", str(file)]

    assert [operator.main(command), operator.main(command)] == [0, 0]
    first, second = _said(capsys)
    assert first == second


@pytest.mark.parametrize(
    ("finess", "private"), [("750803448", False), ("７50803447", False), ("750803447", True)]
)
def test_wrong_number_or_private_key_is_refused(
    aws: Recorder, capsys: pytest.CaptureFixture[str], tmp_path: Path, finess: str, *, private: bool
) -> None:
    del aws
    file = tmp_path / "key.json"
    key = ECKey.generate_key("P-256").as_dict(private=private)
    file.write_text(json.dumps(key), encoding="utf-8")

    command = ["register-client", "--name", "L", "--finess", finess, str(file)]
    assert operator.main(command) == 2
    assert capsys.readouterr().err.startswith("refused: ")


@pytest.mark.parametrize(
    "name",
    ["", "   ", "N" * 121, "Labo\n2B0B active 750803447 Laboratoire", "\x1b[31mX", "a\u202eb"],
)
def test_a_name_that_nobody_could_read_is_refused(
    aws: Recorder, capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str
) -> None:
    del aws
    file = tmp_path / "key.json"
    file.write_text(json.dumps(ECKey.generate_key("P-256").as_dict(private=False)), "utf-8")

    assert (
        operator.main(["register-client", "--name", name, "--finess", "750803447", str(file)]) == 2
    )
    assert capsys.readouterr().err.startswith("refused: a name is text to read")


def test_keys_registered_under_another_name_are_said_and_the_name_stays(
    client_id: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    again = ["--name", "Autre", "--finess", "750803447", str(tmp_path / "first.json")]

    assert operator.main(["register-client", *again]) == 1

    said = capsys.readouterr()
    assert said.out.splitlines()[0] == client_id
    assert said.err == "these keys are registered already, as Laboratoire: its name stays\n"


def test_a_finess_number_of_another_length_is_told_the_rule(
    aws: Recorder, capsys: pytest.CaptureFixture[str]
) -> None:
    del aws
    assert operator.main(["list-clients", "75080344"]) == 2
    assert "has nine characters" in capsys.readouterr().err


def test_directory_is_loaded_by_command(aws: Recorder, capsys: pytest.CaptureFixture[str]) -> None:
    del aws
    assert operator.main(["load-professionals", str(DATA / "professionals.txt")]) == 0
    assert _said(capsys) == ["7 professionals, 0 lines without RPPS"]


def test_missing_file_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert operator.main(["open-space", "/nowhere.csv"]) == 2
    assert capsys.readouterr().err.startswith("refused: ")


def _public(file: Path, kid: str) -> ECKey:
    key = ECKey.generate_key("P-256", {"kid": kid})
    file.write_text(json.dumps(key.as_dict(private=False)), encoding="utf-8")
    return key


@pytest.fixture
def client_id(aws: Recorder, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> str:
    del aws
    _public(tmp_path / "first.json", "first")
    given = ["--name", "Laboratoire", "--finess", "750803447", str(tmp_path / "first.json")]
    assert operator.main(["register-client", *given]) == 0
    (made,) = _said(capsys)
    return made


def test_software_is_found_suspended_and_resumed_by_commands(
    client_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    states = []
    for command in ("suspend-client", "suspend-client", "resume-client"):
        assert operator.main([command, client_id]) == 0
        assert operator.main(["list-clients", "750803447"]) == 0
        told, listed = [line for line in _said(capsys) if line.startswith(client_id)]
        assert told == listed
        states.append(listed.split()[1])

    assert states == ["suspended", "suspended", "active"]


@pytest.fixture
def person(aws: Recorder) -> builders.Patient:
    del aws
    return builders.a_person()


def test_an_account_is_suspended_shown_and_resumed_by_commands_that_name_nobody(
    person: builders.Patient, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    states = []
    for command, who in (
        ("show-account", person.pid),
        ("suspend-account", "-"),
        ("show-account", person.pid),
        ("resume-account", person.pid),
    ):
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{person.identity.ins.matricule}\n"))
        assert operator.main([command, who]) == 0
        (told,) = _said(capsys)
        account, state, *rest = told.split()
        assert (account, rest) == (person.id, ["person", person.pid])
        states.append(state)

    assert states == ["active", "suspended", "suspended", "active"]


def test_a_professional_is_suspended_by_number(
    aws: Recorder, capsys: pytest.CaptureFixture[str]
) -> None:
    del aws
    doctor = builders.a_doctor()
    assert operator.main(["suspend-account", doctor.id]) == 0
    (told,) = _said(capsys)
    assert told.split()[1:] == ["suspended", "professional", doctor.id]


def test_a_national_number_is_not_taken_from_the_command_line(
    person: builders.Patient, capsys: pytest.CaptureFixture[str]
) -> None:
    number = person.identity.ins.matricule
    before = double.tables()

    assert operator.main(["suspend-account", number]) == 2
    said = capsys.readouterr()
    assert number not in said.out + said.err
    assert double.tables() == before


@pytest.mark.parametrize("given", ["line", "input"])
@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("8990000000", "an RPPS has 11 digits"),
        ("899000000012", "this one has 12"),
        ("8990000000x", "characters of the RPPS"),
    ],
)
def test_a_mistyped_rpps_is_told_how_long_one_is_and_not_repeated(
    http: Client,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    given: str,
    number: str,
    why: str,
) -> None:
    del http
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{number}\n"))

    assert operator.main(["suspend-account", number if given == "line" else "-"]) == 2
    said = capsys.readouterr().err
    assert why in said
    assert number not in said
    assert "standard input" not in said


def test_people_of_the_operator_are_enrolled_dismissed_and_listed(
    aws: Recorder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    del aws
    assert operator.main(["staff", "list"]) == 1
    assert operator.main(["staff", "enrol", "subject-1"]) == 0
    monkeypatch.setattr(sys, "stdin", io.StringIO("salome@carnet.test\n"))
    assert operator.main(["staff", "enrol", "-"]) == 0
    assert operator.main(["staff", "dismiss", "subject-1"]) == 0
    _said(capsys)

    assert operator.main(["staff", "list"]) == 0

    assert sorted(line.split(" ", 1)[1] for line in _said(capsys)) == [
        "active, never logged in: salome@carnet.test",
        "suspended, never logged in: subject-1",
    ]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["staff", "enrol", "salome@carnet.test"], "standard input"),
        (["staff", "enrol", ""], "a subject or an e-mail address"),
        (["staff", "enrol", "two words"], "a subject or an e-mail address"),
        (["staff", "dismiss", "nobody"], "nobody is enrolled by that"),
    ],
)
def test_who_cannot_be_enrolled_or_dismissed_changes_nothing(
    aws: Recorder, capsys: pytest.CaptureFixture[str], arguments: list[str], why: str
) -> None:
    del aws
    before = double.tables()

    assert operator.main(arguments) == 2
    said = capsys.readouterr()
    assert why in said.err
    assert "salome" not in said.out + said.err
    assert double.tables() == before


def test_a_publisher_s_account_is_suspended_by_its_id(
    aws: Recorder, capsys: pytest.CaptureFixture[str]
) -> None:
    del aws
    alix = builders.a_publisher()

    assert operator.main(["suspend-account", alix.id]) == 0

    (told,) = _said(capsys)
    assert told.split() == [alix.id, "suspended", "publisher", "99999901400015"]


def test_keys_are_replaced_by_command_at_once_or_after_an_overlap(
    client_id: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    key = _public(tmp_path / "second.json", "second")
    command = ["replace-keys", client_id, str(tmp_path / "second.json")]

    assert operator.main([*command, "--keep"]) == 0
    both = [line.split()[3] for line in _said(capsys) if line.startswith("  key")]
    assert operator.main(command) == 0
    left = [line.strip() for line in _said(capsys) if line.startswith("  key")]

    assert sorted(both) == ["first", "second"]
    assert left == [f"key {key.thumbprint()} kid second"]


def test_an_organisation_without_software_is_said(
    aws: Recorder, capsys: pytest.CaptureFixture[str]
) -> None:
    del aws
    assert operator.main(["list-clients", "750803447"]) == 1
    assert capsys.readouterr().err.startswith("none is listed")


@pytest.mark.parametrize("given", ["[]", '"x"', "{", '{"keys": 7}', '{"keys": [{}]}'])
def test_files_that_are_no_key_set_are_refused(client_id: str, tmp_path: Path, given: str) -> None:
    (tmp_path / "bad.json").write_text(given, encoding="utf-8")
    before = double.tables()

    assert operator.main(["replace-keys", client_id, str(tmp_path / "bad.json")]) == 2
    assert double.tables() == before


def test_a_command_without_settings_says_which_is_missing_and_nothing_else() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "infra.operator", "init"],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 3
    assert done.stderr.startswith("not set up: CARNET_PREFIX is not set: docs/operating.md")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("before", "the host: does not answer at "),
        (refused_with("AccessDeniedException"), "the host: refuses, AccessDeniedException to "),
        (refused_with("ResourceNotFoundException"), "the host: has no such thing, "),
        (refused_with("InternalServerError", 500), "the host: answers InternalServerError to "),
    ],
)
def test_a_host_that_fails_is_said_in_one_line(
    client_id: str, faults: Faults, capsys: pytest.CaptureFixture[str], fault: Any, why: str
) -> None:
    faults.on("dynamodb.GetItem", fault, nth=0)

    assert operator.main(["suspend-client", client_id]) == 4
    said = capsys.readouterr().err
    assert said.startswith(why)
    assert len(said.splitlines()) == 1
    assert client_id not in said


def test_a_row_changed_by_hand_stops_the_command(
    client_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    key = dict(zip(("pk", "sk"), access_store.client_key(client_id), strict=True))
    client("dynamodb").update_item(
        TableName="carnet-test-identity",
        Key={name: {"S": value} for name, value in key.items()},
        UpdateExpression="SET #n = :n",
        ExpressionAttributeNames={"#n": "name"},
        ExpressionAttributeValues={":n": {"S": "Autre"}},
    )

    assert operator.main(["resume-client", client_id]) == 5
    assert capsys.readouterr().err.startswith("Tampered: ")


def test_an_installation_without_its_secret_is_told_to_begin(
    client_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    key = {"pk": {"S": "SECRET#1"}, "sk": {"S": "SECRET"}}
    client("dynamodb").delete_item(TableName="carnet-test-identity", Key=key)
    double.new_process()

    assert operator.main(["show-client", client_id]) == 5
    assert capsys.readouterr().err.startswith("KeyMissing: ")


def test_a_product_that_does_not_run_here_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("CARNET_STATE", str(tmp_path))

    assert operate.main(["init"]) == 3
    assert capsys.readouterr().err == "Carnet is not running: start it with make run\n"


def _stable() -> dict[str, Any]:
    """Return what the seed stored, without what another day or another use would change."""
    volatile = ("RATE#", "USED#", "EV#")
    return {
        name: {key for key in items if not key[0].startswith(volatile)}
        for name, items in double.tables().items()
    }


def test_seed_fills_the_screens_and_may_be_repeated(
    http: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from infra.local import seed  # noqa: PLC0415  needs the environment of the operator

    monkeypatch.setenv("CARNET_STATE", str(tmp_path))
    monkeypatch.setenv("STAGE", "local")
    settings.cache_clear()
    assert seed.main() == 0
    first = _stable()
    assert seed.main() == 0

    assert _stable() == first
    software = json.loads((tmp_path / "laboratory/client.json").read_text(encoding="utf-8"))
    private = Path(software["private_key"])
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert _laboratory_token(http, software, json.loads(private.read_text(encoding="utf-8"))) == 200
    dominique = spaces.find_by_ins(parse_ins("279035121518989"))
    assert dominique is not None
    record = [sk for pk, sk in first["carnet-test-record"] if pk == f"P#{dominique.pid}"]
    assert sum(sk.startswith("DOC#") for sk in record) == 1
    assert sum(sk.startswith("GRANT#PRO#") for sk in record) == 1
    assert "GRANT#PRO#99700218896" not in record
    assert not any(pk.startswith("S#") for pk, _ in first["carnet-test-identity"])


def test_seed_goes_on_after_its_laboratory_was_suspended_and_resumed(
    http: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from infra.local import seed  # noqa: PLC0415  needs the environment of the operator

    del http
    monkeypatch.setenv("CARNET_STATE", str(tmp_path))
    monkeypatch.setenv("STAGE", "local")
    settings.cache_clear()
    assert operator.main(["init"]) == 0
    client_id = seed._laboratory(tmp_path / "laboratory").session
    assert operator.main(["suspend-client", client_id]) == 0
    assert operator.main(["resume-client", client_id]) == 0

    assert seed.main() == 0


def _laboratory_token(http: Client, software: dict[str, Any], jwk: dict[str, Any]) -> int:
    key, now = ECKey.import_key(jwk), clock.epoch(clock.now())
    claims = {
        "iss": software["client_id"],
        "sub": software["client_id"],
        "aud": software["token_endpoint"],
        "exp": now + 60,
        "jti": "once",
    }
    assertion = compact({"alg": "ES256", "kid": key.kid}, json.dumps(claims), key)
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    form = (
        f"grant_type=client_credentials&client_assertion_type={kind}&client_assertion={assertion}"
    )
    return http.post("/oauth/token", body=form).status
