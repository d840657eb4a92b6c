"""A long file as pieces: which of them a range of bytes takes, and where they are. Pure.

Why it exists: a reader asks for some bytes of a long file, and decrypting all of it for each would
cost seconds. Each piece is a sealed message of its own, that opens only as piece `n` of its file;
they are one after the other in one object, all but the last of the same length.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

PIECE_BYTES: Final = 1 << 20
# One answer of the interface carries no more.
SLICE_BYTES: Final = 4 * 1024 * 1024
_RANGE: Final = re.compile(r"bytes=(?:([0-9]{1,12})-([0-9]{0,12})|-([0-9]{1,12}))", re.ASCII)
_UNIT: Final = "bytes="


class Unsatisfiable(Exception):  # noqa: N818  an answer, not a failure of ours
    """No byte of the file is in the range; or several ranges are asked for at once."""


@dataclass(frozen=True, slots=True)
class Range:
    """What a reader asks for: from a byte on, up to one included, or the last so many."""

    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes of a file, `first` included and `end` excluded."""

    first: int
    end: int

    @property
    def pieces(self) -> range:
        """The numbers of the pieces that hold it."""
        return range(self.first // PIECE_BYTES, (self.end - 1) // PIECE_BYTES + 1)


def parse(header: str) -> Range | None:
    """Read a `Range` header; None for one to be ignored: another unit, or not well formed.

    Raises:
        Unsatisfiable: it asks for several ranges.
    """
    text = header.replace(" ", "").lower()
    if "," in text and text.startswith(_UNIT):
        raise Unsatisfiable
    found = _RANGE.fullmatch(text)
    if found is None:
        return None
    first, last, tail = (int(part) if part else None for part in found.groups())
    if first is None:
        return Range(None, tail)
    return None if last is not None and last < first else Range(first, last)


def span(asked: Range, size_bytes: int) -> Span:
    """Return what is given of a range: its first bytes, one slice at most (RFC 9110, 15.3.7).

    Raises:
        Unsatisfiable: no byte of the file is in it.
    """
    first = max(0, size_bytes - (asked.last or 0)) if asked.first is None else asked.first
    last = size_bytes - 1 if asked.first is None or asked.last is None else asked.last
    end = min(last + 1, size_bytes, first + SLICE_BYTES)
    if end <= first:
        raise Unsatisfiable
    return Span(first, end)


def cut(content: bytes) -> Iterator[memoryview]:
    """Cut a file into its pieces, without copying it."""
    view = memoryview(content)
    for start in range(0, len(content), PIECE_BYTES):
        yield view[start : start + PIECE_BYTES]


def length(number: int, size_bytes: int) -> int:
    """Return how many bytes of a file are in one of its pieces."""
    return min(PIECE_BYTES, size_bytes - number * PIECE_BYTES)


def everything(size_bytes: int) -> Span:
    """Return all of a file."""
    return Span(0, size_bytes)
