"""What each command of the operator does (`infra/operator.py` reads them and tells of failures)."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from chalicelib.audit import seal
from chalicelib.audit.keys import add_sealing_key, ensure_sealing_key
from chalicelib.core import ids, log
from chalicelib.identity import registration, suspension
from chalicelib.identity.values import FINESS, InvalidIdentifier, parse_finess
from chalicelib.vault import blind
from infra import application_commands, backup_commands, dead_letters, staff_commands
from infra.loaders import importing, persons, professionals

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from chalicelib.access.store import ClientRow
    from infra.loaders.importing import Report


def run(given: argparse.Namespace) -> int:
    """Run a command that was read; return 1 if a part was left out and told, else 0.

    Raises:
        ValueError, OSError: what was given is refused, or cannot be read; nothing was done.
        Tampered, KeyMissing: something stored is not as the product wrote it.
        Unavailable, StoreUnavailable, ClientError, BotoCoreError: the host; repeat the command.
    """
    return _COMMANDS[given.command](given)


def init() -> None:
    """Make the product's secret and the key that signs the checkpoints of histories, for years.

    The keys that sign access tokens, one a day, are made by the functions alone.
    """
    blind.ensure_secret()
    ensure_sealing_key()


def register_client(name: str, finess: str, jwks: Path) -> str:
    """Register an organisation's software with its public keys, and return its id.

    Raises:
        ValueError: the FINESS number or the keys are refused.
    """
    return registration.register_client(name, _finess(finess), _key_set(jwks))


def reseal(patients: list[str]) -> None:
    """Seal the traces of records whose stream records are in the dead letters; logs counts only.

    It is safe at any time: a trace has one place, whoever asks. It repairs a loss, not an attack: a
    sequence whose rows were removed stays as it is, and its verification keeps failing.

    Raises:
        As `seal.append`; ValueError: not the id of a patient.
    """
    for pid in patients:
        log.write("resealed", patient=pid, count=seal.catch_up(pid))


def _finess(text: str) -> FINESS:
    try:
        return parse_finess(text)
    except InvalidIdentifier as error:
        rule = "a FINESS number has nine characters, the last of which is its key"
        raise ValueError(f"{rule}; wrong here: {error.code}") from error


def _key_set(jwks: Path) -> Mapping[str, Any]:
    found = json.loads(jwks.read_text(encoding="utf-8"))
    if not isinstance(found, dict):
        raise ValueError("not a key set")  # noqa: TRY004  one error for all that is not a key set
    return found if "keys" in found else {"keys": [found]}


def _init(_: argparse.Namespace) -> int:
    init()
    print("the secret and the sealing key are there")
    return 0


def _add_sealing_key(_: argparse.Namespace) -> int:
    print(add_sealing_key())
    return 0


def _open_space(given: argparse.Namespace) -> int:
    return _told(persons.load(given.file, print))


def _load_professionals(given: argparse.Namespace) -> int:
    report = professionals.load(given.file)
    print(f"{report.done} professionals, {report.left_out} lines without RPPS")
    return _told(report)


def _told(report: Report) -> int:
    for line in importing.summary(report):
        print(line, file=sys.stderr)
    return 1 if report.refused else 0


def _register(given: argparse.Namespace) -> int:
    client_id = register_client(given.name, given.finess, given.jwks)
    print(client_id)
    kept = registration.find_client(client_id).name
    if kept != given.name:
        print(f"these keys are registered already, as {kept}: its name stays", file=sys.stderr)
        return 1
    return 0


def _replace_keys(given: argparse.Namespace) -> int:
    registration.replace_keys(given.client, _key_set(given.jwks), keeps_former=given.keep)
    return _show_client(given)


def _suspend(given: argparse.Namespace) -> int:
    registration.suspend_client(given.client)
    return _show_client(given)


def _resume(given: argparse.Namespace) -> int:
    registration.resume_client(given.client)
    return _show_client(given)


def _show_client(given: argparse.Namespace) -> int:
    _print_client(given.client, registration.find_client(given.client))
    return 0


def _list_clients(given: argparse.Namespace) -> int:
    found = registration.clients_of(_finess(given.finess))
    for client_id, row in found.items():
        _print_client(client_id, row)
    if not found:
        known = "software registered by an older version is, once registered again with its keys"
        print(f"none is listed; {known}", file=sys.stderr)
    return 0 if found else 1


def _suspend_account(given: argparse.Namespace) -> int:
    return _on_account(suspension.suspend_account, given)


def _resume_account(given: argparse.Namespace) -> int:
    return _on_account(suspension.resume_account, given)


def _show_account(given: argparse.Namespace) -> int:
    return _on_account(suspension.show_account, given)


_NUMBERS = (
    "an RPPS has 11 digits, the id of a space or of a publisher's account 26 characters,"
    " an INS 15, key included"
)


def _who(given: argparse.Namespace) -> str:
    who = sys.stdin.readline().strip() if given.who == "-" else str(given.who)
    if ids.is_id(who) or len(who) == suspension.RPPS_CHARS:
        return who
    if len(who) != suspension.INS_CHARS:
        raise ValueError(f"{_NUMBERS}; this one has {len(who)}")
    if given.who != "-":
        raise ValueError("others can read a command line: give -, and the INS on standard input")
    return who


def _on_account(act: Callable[[str], suspension.Account], given: argparse.Namespace) -> int:
    try:
        account = act(_who(given))
    except InvalidIdentifier as error:
        raise ValueError(f"{_NUMBERS}; wrong here: {error.code} of the {error.kind}") from error
    print(f"{account.id} {account.status} {account.role} {account.of}")
    return 0


def _print_client(client_id: str, row: ClientRow) -> None:
    print(f"{client_id} {row.status} {row.organisation_id} {row.name}")
    for thumbprint, kid in registration.thumbprints_of(row).items():
        print(f"  key {thumbprint} kid {kid}")


def _reseal(given: argparse.Namespace) -> int:
    reseal(given.patients)
    return 0


def _dead_letters(given: argparse.Namespace) -> int:
    lines = list(dead_letters.describe(given.queue))
    print("\n".join(lines or [f"no dead letters in {given.queue}"]))
    return 0


def _redrive(given: argparse.Namespace) -> int:
    done, rest = dead_letters.redrive(given.queue, reseal, drops_rest=given.drop)
    print(f"{done} done again, {rest} {'dropped' if given.drop else 'left'}")
    return 1 if rest and not given.drop else 0


_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "init": _init,
    "add-sealing-key": _add_sealing_key,
    "open-space": _open_space,
    "load-professionals": _load_professionals,
    "register-client": _register,
    "replace-keys": _replace_keys,
    "suspend-client": _suspend,
    "resume-client": _resume,
    "show-client": _show_client,
    "suspend-account": _suspend_account,
    "resume-account": _resume_account,
    "show-account": _show_account,
    "staff": staff_commands.run,
    "list-clients": _list_clients,
    "application": application_commands.run,
    "reseal": _reseal,
    "backup": backup_commands.back_up,
    "restore": backup_commands.restore,
    "dead-letters": _dead_letters,
    "redrive": _redrive,
}
