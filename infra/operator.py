"""Commands of the operator: prepare, open spaces, look after software and queues, back up.

    python -m infra.operator --help

Every command may be repeated, and stopped at any moment. Persons come from a file and never from
the command line, which other users of the machine can read. The environment is that of the
functions (`core/settings.py`); `docs/operating.md` says how to have it. Exit statuses: 0 done, 1
done but for what is said, 2 refused, 3 not set up, 4 the host does not answer or refuses, 5 what is
stored is not as the product wrote it.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from chalicelib.catalogue.model import Criteria, State
from chalicelib.core.errors import Unavailable
from chalicelib.core.rows import ConditionLost, StoreUnavailable, TransactionConflict
from chalicelib.core.settings import settings
from chalicelib.vault.errors import KeyMissing, Tampered
from infra.functions import WITH_DEAD_LETTERS

if TYPE_CHECKING:
    from collections.abc import Iterator

REFUSED: Final = 2
NOT_SET_UP: Final = 3
HOST: Final = 4
NOT_OURS: Final = 5
INTERRUPTED: Final = 130  # as a shell says of a command that Ctrl+C ended
_HOST_FAILED: Final = (
    Unavailable,
    StoreUnavailable,
    TransactionConflict,
    ConditionLost,
    ClientError,
    BotoCoreError,
)
_NO_RIGHT: Final = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "UnrecognizedClientException",
    }
)
_NO_SUCH: Final = frozenset(
    {
        "AWS.SimpleQueueService.NonExistentQueue",
        "QueueDoesNotExist",
        "NotFoundException",
        "ResourceNotFoundException",
    }
)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit status."""
    given = _parser().parse_args(arguments)
    try:
        settings()
    except (LookupError, ValueError) as error:
        here = 'for the product of this machine: make operator ARGS="…"'
        return _say(NOT_SET_UP, "not set up", f"{error.args[0]}; {here}")
    from infra import commands  # noqa: PLC0415  rows name their tables when imported, after the environment is set

    try:
        return commands.run(given)
    except (Tampered, KeyMissing) as error:
        return _say(NOT_OURS, type(error).__name__, _why_not_ours(error))
    except _HOST_FAILED as error:  # before OSError, which some of them are too
        return _say(HOST, "the host", _why_host(error))
    except (ValueError, OSError) as error:
        return _say(REFUSED, "refused", str(error))
    except KeyboardInterrupt:
        return _say(INTERRUPTED, "interrupted", "repeat the command: what is done stays")


def _say(status: int, what: str, why: str) -> int:
    print(f"{what}: {why}", file=sys.stderr)
    return status


def _why_not_ours(error: Tampered | KeyMissing) -> str:
    if isinstance(error, KeyMissing):
        return f"there is no {error}; on a new installation: init; else docs/operating.md, alarms"
    return f"{error} is not as the product wrote it; nothing was done; docs/operating.md, alarms"


def _why_host(error: BaseException) -> str:
    """Say what the host answered, never what it was asked."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, NoCredentialsError):
            return "no credentials of the operator: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and so on"
        if isinstance(cause, ClientError):
            code = cause.response["Error"]["Code"]
            asked = f"{code} to {cause.operation_name}"
            if code in _NO_RIGHT:
                return f"refuses, {asked}: these credentials may not do it, or have ended"
            if code in _NO_SUCH:
                return f"has no such thing, {asked}: CARNET_PREFIX or AWS_REGION is another's"
            return f"answers {asked}; nothing is half done: repeat the command"
    where = os.environ.get("AWS_ENDPOINT_URL") or settings().region
    return f"does not answer at {where} ({type(causes[-1]).__name__}); repeat the command"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra.operator",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("init", help="make the product's secret and the sealing key")
    commands.add_parser("add-sealing-key", help="sign histories with a new key from now on")
    for name, what in (("open-space", "insured persons, CSV"), ("load-professionals", "extract")):
        commands.add_parser(name, help=f"load a file: {what}").add_argument("file", type=Path)
    commands.add_parser(
        "backup", help="copy rows and sealed files into a folder; stop the product first"
    ).add_argument("folder", type=Path)
    restore = commands.add_parser(
        "restore", help="put a backup into tables and buckets that hold nothing; may be repeated"
    )
    restore.add_argument("folder", type=Path)
    restore.add_argument("--sha256", default="", help="of its manifest, as backup printed it")
    _add_clients(commands)
    _add_applications(commands)
    _add_staff(commands)
    commands.add_parser("reseal", help="seal the traces that a stream lost").add_argument(
        "patients", nargs="+", metavar="PATIENT_ID"
    )
    for name, what in (
        ("dead-letters", "say what a dead-letter queue holds: ids and reasons"),
        ("redrive", "do again what a dead-letter queue holds, and empty it"),
    ):
        queue = commands.add_parser(name, help=what)
        queue.add_argument("queue", choices=[one.physical_suffix for one in WITH_DEAD_LETTERS])
        if name == "redrive":
            queue.add_argument(
                "--drop", action="store_true", help="remove what cannot be done again, too"
            )
    return parser


def _add_clients(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    register = commands.add_parser("register-client", help="register an organisation's software")
    register.add_argument("--name", required=True)
    register.add_argument("--finess", required=True)
    replace = commands.add_parser("replace-keys", help="give software other public keys")
    replace.add_argument("client", metavar="CLIENT_ID")
    replace.add_argument("--keep", action="store_true", help="the former keys go on serving")
    for command in (register, replace):
        command.add_argument("jwks", type=Path, help="a JWK or JWK set: public keys only")
    for name, what in (
        ("suspend-client", "refuse software everything, from its next request on"),
        ("resume-client", "serve suspended software again"),
        ("show-client", "show software: organisation, state, keys"),
    ):
        commands.add_parser(name, help=what).add_argument("client", metavar="CLIENT_ID")
    for name, what in (
        ("suspend-account", "refuse somebody everything, from the next request on"),
        ("resume-account", "let somebody who was suspended log in again"),
        ("show-account", "show an account: id, state, role, space or RPPS or SIRET"),
    ):
        commands.add_parser(name, help=what).add_argument(
            "who",
            metavar="PATIENT_ID|RPPS|ACCOUNT_ID|-",
            help="- reads the number, which may be an INS, from standard input",
        )
    listing = commands.add_parser("list-clients", help="show the software of an organisation")
    listing.add_argument("finess", metavar="FINESS")


def _add_applications(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    application = commands.add_parser("application", help="applications of the catalogue")
    acts = application.add_subparsers(dest="act", required=True)
    register = acts.add_parser("register", help="register a candidate; with an id, safe to repeat")
    register.add_argument("file", type=Path, help="JSON: what its publisher says")
    change = acts.add_parser("change", help="say something else of an application")
    change.add_argument("application", metavar="ID")
    change.add_argument("file", type=Path, help="JSON, whole: what is not said is no longer so")
    review = acts.add_parser("review", help="note which criteria are satisfied, and no others")
    review.add_argument("application", metavar="ID")
    names = [one.value for one in Criteria]
    review.add_argument("criteria", nargs="*", metavar="CRITERIA", help=", ".join(names))
    state = acts.add_parser("state", help="decide of an application, effective at once")
    state.add_argument("application", metavar="ID")
    state.add_argument("state", choices=[one.value for one in State])
    state.add_argument("--reason", required=True, help="kept in its history")
    listing = acts.add_parser("list", help="show applications, by name")
    listing.add_argument("--state", choices=[one.value for one in State])
    for name, what in (("show", "show an application"), ("history", "show what was done, and why")):
        acts.add_parser(name, help=what).add_argument("application", metavar="ID")


def _add_staff(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    staff = commands.add_parser("staff", help="people of the operator, who review applications")
    acts = staff.add_subparsers(dest="act", required=True)
    for name, what in (
        ("enrol", "let somebody log in as an operator"),
        ("dismiss", "refuse an operator everything, from the next request on"),
    ):
        acts.add_parser(name, help=what).add_argument(
            "who",
            metavar="SUBJECT|-",
            help="as the provider names her; - reads it, or an address, on standard input",
        )
    acts.add_parser("list", help="show who was enrolled, and whether she came")


if __name__ == "__main__":
    sys.exit(main())
