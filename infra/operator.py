"""Commands of the operator: prepare an installation, open spaces, register software.

    python -m infra.operator init
    python -m infra.operator open-space persons.csv
    python -m infra.operator load-professionals PS_LibreAcces_Personne_activite.txt
    python -m infra.operator register-client --name "Laboratoire" --finess 123456789 jwks.json
    python -m infra.operator add-sealing-key
    python -m infra.operator reseal PATIENT_ID …

Every command may be repeated. Persons come from a file and never from the command line, which
other users of the machine can read. The environment is that of the functions (`core/settings.py`).
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from chalicelib.audit import seal
from chalicelib.audit.keys import add_sealing_key, ensure_sealing_key
from chalicelib.core import clock, log
from chalicelib.identity import clients, signing_keys
from chalicelib.identity.values import InvalidIdentifier, parse_finess
from chalicelib.vault import blind
from infra.loaders import persons, professionals


def init() -> str:
    """Make the product's secret and its signing keys, and return the name of today's.

    One key signs the day's access tokens, another the checkpoints of histories, for years.
    """
    blind.ensure_secret()
    ensure_sealing_key()
    return signing_keys.ensure(clock.now().date()).pk.removeprefix("SIGN#")


def register_client(name: str, finess: str, jwks: Path) -> str:
    """Register an organisation's software with its public keys, and return its id.

    Raises:
        ValueError: the FINESS number or the keys are refused.
    """
    found = json.loads(jwks.read_text(encoding="utf-8"))
    keys = found if "keys" in found else {"keys": [found]}
    return clients.register_client(name, parse_finess(finess), keys)


def reseal(patients: list[str]) -> None:
    """Seal the traces of records whose stream records are in the dead letters; logs counts only.

    It is safe at any time: a trace has one place, whoever asks. It repairs a loss, not an attack: a
    sequence whose rows were removed stays as it is, and its verification keeps failing.

    Raises:
        As `seal.append`; ValueError: not the id of a patient.
    """
    for pid in patients:
        log.write("resealed", patient=pid, count=seal.catch_up(pid))


def _open_space(file: Path) -> int:
    report = persons.load(file)
    for pid in report.opened:
        print(pid)
    return _refused(report.refused)


def _load_professionals(file: Path) -> int:
    report = professionals.load(file)
    print(f"{report.written} professionals, {report.without_rpps} lines without RPPS")
    return _refused(report.refused)


def _refused(lines: list[tuple[int, str]]) -> int:
    for number, reason in lines:
        print(f"line {number} refused: {reason}", file=sys.stderr)
    return 1 if lines else 0


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m infra.operator", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("init", help="make the product's secret and today's signing key")
    commands.add_parser("add-sealing-key", help="sign histories with a new key from now on")
    for command in ("open-space", "load-professionals"):
        commands.add_parser(command).add_argument("file", type=Path)
    register = commands.add_parser("register-client", help="register an organisation's software")
    register.add_argument("--name", required=True)
    register.add_argument("--finess", required=True)
    register.add_argument("jwks", type=Path, help="a JWK or JWK set: public keys only")
    commands.add_parser("reseal", help="seal the traces that a stream lost").add_argument(
        "patients", nargs="+", metavar="PATIENT_ID"
    )
    given = parser.parse_args(arguments)
    try:
        return _run(given)
    except (InvalidIdentifier, ValueError, OSError) as error:
        print(f"refused: {error}", file=sys.stderr)
        return 2


def _run(given: argparse.Namespace) -> int:
    if given.command == "open-space":
        return _open_space(given.file)
    if given.command == "load-professionals":
        return _load_professionals(given.file)
    if given.command == "register-client":
        print(register_client(given.name, given.finess, given.jwks))
    elif given.command == "reseal":
        reseal(given.patients)
    elif given.command == "add-sealing-key":
        print(add_sealing_key())
    else:
        print(init())
    return 0


if __name__ == "__main__":
    sys.exit(main())
