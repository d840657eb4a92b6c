"""Each command of the operator asks for what its role allows; what is beyond it is refused."""

import json
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from joserfc.jwk import ECKey

from chalicelib.catalogue.model import Criteria
from chalicelib.core import clock, ids, tables
from chalicelib.core.settings import settings
from chalicelib.identity import directory
from chalicelib.vault import blind, keys
from infra import checks, commands, operator, operator_roles
from infra.functions import WITH_DEAD_LETTERS
from infra.loaders import professionals
from infra.operator_roles import (
    ACCOUNTS,
    APPLICATIONS,
    BACKUP,
    DIRECTORY,
    KEYS,
    QUEUES,
    SOFTWARE,
    SPACES,
    STAFF,
    Role,
)
from infra.policies import Statement, table_id
from tests import builders
from tests.infra.asked import Asked, asking
from tests.recorder import Recorder
from tests.worlds import World

DATA = Path("infra/local/data")
FINESS = "750803447"


def _resources() -> dict[str, str]:
    """Name the template's resources by what the program calls them."""
    here = settings()
    return {
        **{one.physical_name(here.table_prefix): table_id(one) for one in tables.TABLES},
        here.kms_root_key_arn: "RootKey",
        here.kms_trace_key_arn: "TraceKey",
        here.kms_seal_key_arn: "SealKey",
        here.kms_token_key_arn: "TokenKey",
        here.archive_bucket: "ArchiveBucket",
        **{
            f"{here.table_prefix}-{one.physical_suffix}-dead": f"{one.logical_id}DeadLetters"
            for one in WITH_DEAD_LETTERS
        },
    }


def _allows(statement: Statement, asked: Asked) -> bool:
    named = json.dumps(statement["Resource"])
    resource = _resources().get(asked.resource.rpartition("/")[2], "")
    resource = resource or _resources().get(asked.resource, asked.resource)
    conditions = statement.get("Condition", {})
    rows = conditions.get("ForAllValues:StringLike", {})
    leading = rows.get("dynamodb:LeadingKeys", ["*"])
    secret = conditions.get("StringEquals", {}).get("kms:EncryptionContext:secret", asked.secret)
    return (
        asked.action in statement["Action"]
        and (f'"{resource}"' in named or f"${{{resource}.Arn}}" in named)
        and any(fnmatchcase(asked.leading or "", one) for one in leading)
        and secret == asked.secret
    )


def _refused(role: Role, found: set[Asked]) -> list[Asked]:
    allowed = operator_roles.statements()[role]
    return sorted(one for one in found if not any(_allows(each, one) for each in allowed))


def _run(*arguments: str) -> set[Asked]:
    """Run a command as a process of its own would, and return what it asked for."""
    keys.forget()
    blind.forget()
    with asking() as found:
        assert operator.main(list(arguments)) == 0
    assert found
    return found


def _public(file: Path, kid: str) -> str:
    key = ECKey.generate_key("P-256", {"kid": kid})
    file.write_text(json.dumps(key.as_dict(private=False)), encoding="utf-8")
    return str(file)


def test_every_command_has_one_role_but_the_one_that_may_write_all() -> None:
    given = [command for role in operator_roles.ROLES for command in role.commands]

    assert sorted([*given, "restore"]) == sorted(commands._COMMANDS)
    assert operator_roles.role_of("drop-everything") is None


@pytest.mark.parametrize("role", operator_roles.ROLES, ids=lambda role: role.name)
def test_a_role_has_no_wildcard_and_reaches_no_document(role: Role) -> None:
    for statement in operator_roles.statements()[role]:
        assert list(checks.statement_faults(statement)) == []
        assert role is BACKUP or "DocumentsBucket" not in json.dumps(statement["Resource"])


def test_who_copies_everything_reads_and_opens_none_of_it(world: World, tmp_path: Path) -> None:
    del world
    found = _run("backup", str(tmp_path / "backup"))
    allowed = {action for one in operator_roles.statements()[BACKUP] for action in one["Action"]}

    assert {one.action for one in found} == {
        "dynamodb:Scan",
        "s3:ListObjectsV2",
        "s3:ListObjectVersions",
        "s3:GetObject",
    }
    assert allowed == {
        "dynamodb:Scan",
        "s3:ListBucket",
        "s3:ListBucketVersions",
        "s3:GetObject",
        "s3:GetObjectVersion",
    }


def test_only_who_opens_spaces_may_unwrap_a_key_of_records_and_reads_no_list_of_rows() -> None:
    unwrap = Asked("kms:Decrypt", settings().kms_root_key_arn)
    query = Asked("dynamodb:Query", tables.RECORD.physical_name(settings().table_prefix), "P#x")

    assert [one for one in operator_roles.ROLES if not _refused(one, {unwrap})] == [SPACES]
    assert [one for one in operator_roles.ROLES if not _refused(one, {query})] == []


@pytest.mark.parametrize(
    ("role", "arguments"),
    [
        (KEYS, ["init"]),
        (KEYS, ["add-sealing-key"]),
        (DIRECTORY, ["load-professionals", str(DATA / "professionals.txt")]),
        (SPACES, ["open-space", str(DATA / "persons.csv")]),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else value.name,
)
def test_loading_and_keys_ask_for_their_role_only(
    aws: Recorder, role: Role, arguments: list[str]
) -> None:
    del aws
    found = _run(*arguments) | _run(*arguments)

    assert _refused(role, found) == []
    assert [one for one in operator_roles.ROLES if not _refused(one, found)] == [role]


def test_a_professional_who_changes_name_asks_for_the_directory_only(
    aws: Recorder, tmp_path: Path
) -> None:
    del aws
    lines = (DATA / "professionals.txt").read_text(encoding="utf-8-sig").splitlines(keepends=True)
    professionals.load(DATA / "professionals.txt")
    place = lines[0].split("|").index(professionals.FAMILY_NAME)
    parts = lines[1].split("|")
    parts[place] = "AUTRENOM"
    changed = tmp_path / "changed.txt"
    changed.write_text(lines[0] + "|".join(parts), encoding="utf-8")

    with asking() as found:
        professionals.load(changed)

    former = "DIR#exemplemartin"
    assert any(one.leading == former for one in found)
    assert _refused(DIRECTORY, found) == []


def test_commands_of_software_ask_for_their_role_only(
    aws: Recorder, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    del aws
    register = ["register-client", "--name", "L", "--finess", FINESS, _public(tmp_path / "a", "a")]
    found = _run(*register)
    said = capsys.readouterr().out.splitlines()
    (client_id,) = [line for line in said if not line.startswith("{")]
    found |= _run(*register)
    found |= _run("replace-keys", client_id, _public(tmp_path / "b", "b"))
    for command in ("suspend-client", "resume-client", "show-client"):
        found |= _run(command, client_id)
    found |= _run("list-clients", FINESS)

    assert _refused(SOFTWARE, found) == []
    assert [one for one in operator_roles.ROLES if not _refused(one, found)] == [SOFTWARE]


def test_commands_of_applications_ask_for_their_role_only(
    aws: Recorder, capsys: pytest.CaptureFixture[str]
) -> None:
    del aws
    file = "docs/examples/application.json"
    found = _run("application", "register", file)
    said = capsys.readouterr().out.splitlines()
    (known,) = [line.split()[0] for line in said if not line.startswith("{")]
    found |= _run("application", "review", known, *(one.value for one in Criteria))
    found |= _run("application", "state", known, "online", "--reason", "Avis favorable.")
    found |= _run("application", "change", known, file)
    found |= _run("application", "show", known) | _run("application", "history", known)
    found |= _run("application", "list", "--state", "online")

    assert _refused(APPLICATIONS, found) == []
    assert [one for one in operator_roles.ROLES if not _refused(one, found)] == [APPLICATIONS]


def test_commands_of_accounts_ask_for_their_role_only(aws: Recorder) -> None:
    del aws
    person = builders.a_person()
    lines = (DATA / "professionals.txt").read_text(encoding="utf-8-sig").splitlines(keepends=True)
    professionals.load(DATA / "professionals.txt")
    rpps = lines[1].split("|")[lines[0].split("|").index(professionals.NUMBER)]
    assert directory.professional(rpps) is not None
    found: set[Asked] = set()
    for who in (person.pid, rpps):
        for command in ("suspend-account", "resume-account", "show-account"):
            found |= _run(command, who)

    assert _refused(ACCOUNTS, found) == []
    assert [one for one in operator_roles.ROLES if not _refused(one, found)] == [ACCOUNTS]


def test_commands_of_staff_ask_for_their_role_only(aws: Recorder) -> None:
    del aws
    found: set[Asked] = set()
    for act in ("enrol", "dismiss"):
        found |= _run("staff", act, "a-subject") | _run("staff", act, "a-subject")
    found |= _run("staff", "list")

    assert _refused(STAFF, found) == []
    assert [one for one in operator_roles.ROLES if not _refused(one, found)] == [STAFF]


def test_resealing_asks_for_the_role_of_queues_only(aws: Recorder) -> None:
    del aws
    found = _run("reseal", builders.a_person().pid)

    assert _refused(QUEUES, found) == []
    assert [one for one in operator_roles.ROLES if not _refused(one, found)] == [QUEUES]


def test_no_role_unwraps_or_replaces_a_key_that_signs_tokens() -> None:
    here = settings()
    identity = tables.IDENTITY.physical_name(here.table_prefix)
    day = f"SIGN#{clock.now().date()}"
    beyond = [
        Asked("kms:Decrypt", here.kms_token_key_arn),  # its context names no secret
        Asked("kms:Encrypt", here.kms_token_key_arn),
        Asked("dynamodb:PutItem", identity, day),
        Asked("dynamodb:GetItem", identity, day),
    ]

    for one in beyond:
        assert [role for role in operator_roles.ROLES if not _refused(role, {one})] == []


def test_an_account_is_beyond_who_looks_after_software() -> None:
    identity = tables.IDENTITY.physical_name(settings().table_prefix)
    account = Asked("dynamodb:GetItem", identity, f"U#{ids.new_id()}")

    assert [one for one in operator_roles.ROLES if not _refused(one, {account})] == [
        ACCOUNTS,
        STAFF,
    ]
