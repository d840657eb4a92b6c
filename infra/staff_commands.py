"""What each command of the operator does with its own people: `staff enrol SUBJECT` and so on."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from chalicelib.identity import staff

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable


def run(given: argparse.Namespace) -> int:
    """Run a command that was read; return 1 if there is nobody to list, else 0.

    Raises:
        ValueError: what was given names nobody; nothing was done.
        Tampered, KeyMissing, Unavailable, StoreUnavailable: as `commands.run`.
    """
    return _ACTS[given.act](given)


def _enrol(given: argparse.Namespace) -> int:
    _print(staff.enrol(_who(given)))
    return 0


def _dismiss(given: argparse.Namespace) -> int:
    _print(staff.dismiss(_who(given)))
    return 0


def _list(_: argparse.Namespace) -> int:
    found = staff.members()
    for member in found:
        _print(member)
    if not found:
        print("nobody is enrolled: staff enrol", file=sys.stderr)
    return 0 if found else 1


def _who(given: argparse.Namespace) -> str:
    who = sys.stdin.readline().strip() if given.who == "-" else str(given.who)
    if "@" in who and given.who != "-":
        raise ValueError(
            "others can read a command line: give -, and the address on standard input"
        )
    return who


def _print(member: staff.Member) -> None:
    came = "has logged in" if member.has_logged_in else "never logged in"
    print(f"{member.id} {member.status}, {came}: {member.who}")


_ACTS: dict[str, Callable[[argparse.Namespace], int]] = {
    "enrol": _enrol,
    "dismiss": _dismiss,
    "list": _list,
}
