"""Load a file of any length: some lines at a time, from where an interrupted load was.

Memory does not grow with the file. The position is written after its lines are kept, so a load that
is killed redoes at most one bunch of lines, and what is loaded twice is there once.
"""

from __future__ import annotations

import fcntl
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from chalicelib.core import ids
from infra.loaders.bar import Bar
from infra.loaders.position import Places, Position, installation
from infra.loaders.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from infra.loaders.source import Layout, Line

SHOWN: Final = 20


@dataclass(slots=True)
class Kept:
    """What became of some lines: ids of what is there now, and the lines refused, with why."""

    done: list[str] = field(default_factory=list)
    left_out: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Report:
    """What a load did, interruptions included; `shown` are the first refused lines since."""

    done: int
    left_out: int
    refused: int
    refusals: Path
    shown: list[tuple[int, str]]


class Loader(Protocol):
    """What is known of one kind of file."""

    layout: Layout
    lines_at_once: int

    def know(self, line: Line) -> None:
        """Take note of a line that was kept, or refused, before an interruption."""

    def belong(self, line: Line, to: Line) -> bool:
        """Tell whether a line must be kept together with the one before it."""

    def keep(self, lines: list[Line], load_id: str) -> Kept:
        """Keep lines that can be read; may be called again with some that were kept."""


def load(file: Path, loader: Loader, tell: Callable[[str], None] = lambda _: None) -> Report:
    """Load a file, and tell each id as it is there, in the order of the lines.

    Raises:
        ValueError: the header is not the one expected, or the file is not the one of which a part
            was loaded; nothing was done.
        OSError: the file cannot be read, or its position cannot be written.
        What the loader raises: the lines before are kept; the same call goes on from there.
    """
    places = Places(file)
    with file.open("rb") as raw:
        _hold(raw.fileno())
        source = Source(raw, loader.layout)
        position = places.read() or Position(ids.new_id(), installation())
        _return_to(position, source, loader, places)
        bar = Bar(file.name, file.stat().st_size, position.end, position.number)
        shown: list[tuple[int, str]] = []
        try:
            _keep_all(source, loader, places, _Told(position, shown, tell, bar))
        except BaseException:
            bar.end()
            if position.end:
                places.keep(position)
                _say(f"stopped; lines up to {position.number:,} are kept: repeat the command")
            raise
    bar.end()
    places.finish(position)
    return Report(position.done, position.left_out, position.refused, places.refusals, shown)


@dataclass(frozen=True, slots=True)
class _Told:
    """Where a load is, and who hears of it."""

    position: Position
    shown: list[tuple[int, str]]
    tell: Callable[[str], None]
    bar: Bar


def _keep_all(source: Source, loader: Loader, places: Places, told: _Told) -> None:
    position = told.position
    for some, digest in _bunches(source, loader):
        if position.end:  # a file that is one bunch leaves nothing beside it
            places.keep(position)
        readable = [line for line in some if not line.fault]
        kept = loader.keep(readable, position.load_id)
        refused = sorted(kept.refused + [(one.number, one.fault) for one in some if one.fault])
        places.refuse(position, refused)
        position.number, position.end, position.digest = some[-1].number, some[-1].end, digest
        position.done += len(kept.done)
        position.left_out += kept.left_out
        position.refused += len(refused)
        told.shown.extend(refused[: SHOWN - len(told.shown)])
        for one in kept.done:
            told.tell(one)
        told.bar.at(position.end, position.number)


def _bunches(source: Source, loader: Loader) -> Iterator[tuple[list[Line], str]]:
    """Give lines to keep together, with the digest of the file up to their end."""
    some: list[Line] = []
    digest = ""
    for line in source.lines():
        is_enough = len(some) >= loader.lines_at_once and not loader.belong(line, some[-1])
        if is_enough or len(some) >= 10 * loader.lines_at_once:
            yield some, digest
            some = []
        some.append(line)
        digest = source.digest
    if some:
        yield some, digest


def _return_to(position: Position, source: Source, loader: Loader, places: Places) -> None:
    """Read again, without keeping them, the lines before an interruption.

    Raises:
        ValueError: they are not those that were loaded.
    """
    if not position.end:
        return
    for line in _until(position.end, source.lines()):
        if not line.fault:
            loader.know(line)
    if (source.end, source.digest) != (position.end, position.digest):
        changed = f"the file was changed before line {position.number}, where its load stopped"
        raise ValueError(f"{changed}; {places.again}")
    _say(f"going on after line {position.number:,}")


def _until(end: int, lines: Iterable[Line]) -> Iterator[Line]:
    for line in lines:
        yield line
        if line.end >= end:
            return


def _hold(file: int) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ValueError("another command is loading this file") from error


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def summary(report: Report) -> Iterator[str]:
    """Say which lines were refused: the first of them, and where all are."""
    yield from (f"line {number} refused: {reason}" for number, reason in report.shown)
    if report.refused:
        where = f"{report.refused:,} refused, all in {report.refusals}; the others are kept"
        yield f"{where}; correct them and repeat: what is loaded twice is there once"
