"""Who holds a state folder, and what answers from it.

The launcher locks a file as long as it lives. The kernel itself tells who holds the lock, and lets
go of it when the process ends, however it ends: a number read here is never that of a stranger
who was given it since.
"""

from __future__ import annotations

import fcntl
import json
import os
import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from infra.local.config import Config

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# `struct flock` of fcntl(2) on 64-bit Linux: type, whence, start, length, process.
_FLOCK: Final = struct.Struct("hhqqi0q")


class HeldError(Exception):
    """A launcher holds this folder already."""


@contextmanager
def hold(wanted: Config) -> Iterator[None]:
    """Hold the state folder, made if need be, until the end of the block.

    Raises:
        HeldError: another launcher does.
    """
    wanted.state.mkdir(parents=True, exist_ok=True)
    with _lock_file(wanted).open("a", encoding="ascii") as lock:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise HeldError from error
        # A launcher that was killed left what it said.
        wanted.run_file.unlink(missing_ok=True)
        try:
            yield
        finally:
            wanted.run_file.unlink(missing_ok=True)


def holder(wanted: Config) -> int | None:
    """Return the process id of the launcher that holds the state folder, or None."""
    try:
        lock = _lock_file(wanted).open(encoding="ascii")
    except FileNotFoundError:
        return None
    with lock:
        asked = _FLOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        kind, *_, pid = _FLOCK.unpack(fcntl.fcntl(lock, fcntl.F_GETLK, asked))
    return pid if kind != fcntl.F_UNLCK and pid > 0 else None


def found(wanted: Config) -> Config | None:
    """Return the product that is ready in the state folder, whatever port it took, or None."""
    if holder(wanted) is None:
        return None
    try:
        said = json.loads(wanted.run_file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Config(said["port"], wanted.state)


def _lock_file(wanted: Config) -> Path:
    return wanted.state / "run.lock"
