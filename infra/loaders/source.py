"""Lines of a file to load, one at a time, with where each ends: a load may go on from there.

One line is one record: a quote left open spoils its own line and not those after it. Nothing of a
line is ever in a message but its number.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

LONGEST_LINE_BYTES: Final = 64 * 1024
_BOM: Final = b"\xef\xbb\xbf"
_CONVERT: Final = "convert it first: iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW"


@dataclass(frozen=True, slots=True)
class Layout:
    """How the lines of a kind of file are cut, and which columns it must have.

    `split` raises ValueError on a line that cannot be cut.
    """

    columns: tuple[str, ...]
    separator: str
    split: Callable[[str], list[str]]
    has_others: bool  # columns that we do not read


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its values by column, or why it has none."""

    number: int
    end: int  # bytes from the beginning of the file
    values: dict[str, str]
    fault: str = ""


class Source:
    """A file open at its first line, whose header was read."""

    def __init__(self, file: BinaryIO, layout: Layout) -> None:
        """Read the header.

        Raises:
            ValueError: it is not the one expected; says what is missing.
        """
        self._file = file
        self._layout = layout
        self._digest = hashlib.sha256()
        self.number = self.end = 0
        raw, _ = self._next()
        self.header = _header(raw, layout)

    @property
    def digest(self) -> str:
        """Return the SHA-256 of all that was read so far."""
        return self._digest.hexdigest()

    def lines(self) -> Iterator[Line]:
        """Read on, line by line; empty ones are skipped."""
        while True:
            raw, is_whole = self._next()
            if not raw:
                return
            if not is_whole:
                fault = f"longer than {LONGEST_LINE_BYTES} bytes"
                yield Line(self.number, self.end, {}, fault)
            elif raw.strip():
                yield self._read(raw)

    def _read(self, raw: bytes) -> Line:
        try:
            values = self._layout.split(raw.decode("utf-8").rstrip("\r\n"))
        except UnicodeDecodeError:
            return Line(self.number, self.end, {}, "not UTF-8")
        except ValueError as error:
            return Line(self.number, self.end, {}, str(error))
        if len(values) != len(self.header):
            fault = f"{len(values)} columns instead of {len(self.header)}"
            return Line(self.number, self.end, {}, fault)
        return Line(self.number, self.end, dict(zip(self.header, values, strict=True)))

    def _next(self) -> tuple[bytes, bool]:
        """Return the next line, or the end of one that is too long, and whether it is whole."""
        raw, is_whole = self._part(), True
        while len(raw) > LONGEST_LINE_BYTES and not raw.endswith(b"\n"):
            raw, is_whole = self._part() or b"\n", False
        self.number += bool(raw)
        return raw, is_whole

    def _part(self) -> bytes:
        raw = self._file.readline(LONGEST_LINE_BYTES + 1)
        self._digest.update(raw)
        self.end += len(raw)
        return raw


def _header(raw: bytes, layout: Layout) -> list[str]:
    if not raw.strip():
        raise ValueError("the file is empty: its first line must name the columns")
    try:
        text = raw.removeprefix(_BOM).decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise ValueError(f"the first line is not UTF-8; {_CONVERT}") from error
    found = layout.split(text)
    missing = [name for name in layout.columns if name not in found]
    wanted = f"separated by {layout.separator!r}"
    if missing:
        raise ValueError(f"missing columns: {', '.join(missing)}; they are {wanted}")
    if len(set(found)) != len(found):
        raise ValueError("two columns have one name")
    if not layout.has_others and tuple(found) != layout.columns:
        raise ValueError(f"expected the columns {','.join(layout.columns)}, {wanted}, and no other")
    return found
