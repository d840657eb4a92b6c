"""TIFF, checked from its directories alone: pages, dimensions, and where every byte it names is.

Why it exists: scanners of practices and fax servers make it, and no browser shows it. It refuses
what points outside the file, loops, costs more than its budgets (A17), or has data after its end
(A18). It decodes no pixels. Source: TIFF 6.0, Supplements 1 and 2.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from chalicelib.storage.images import bounded
from chalicelib.storage.refusals import Code, Refused

SIGNATURES: Final = (b"II*\x00", b"MM\x00*")
MAX_PAGES: Final = 200  # twice the longest scan of letters seen in practice

_MAX_ENTRIES = 512
_MAX_VALUES = 500_000  # strips, tiles and all other numbers of a file
_MAX_METADATA = 3  # directories of notes (EXIF, position, interoperability) of one page
_PADDING = b"\x00" * 16  # to which some align the page that would follow
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_FORMATS = {1: "B", 3: "H", 4: "I", 13: "I"}
_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _SAMPLES = 256, 257, 258, 259, 277
_PIECES = ((273, 279), (324, 325))  # offsets and lengths: of strips, of tiles
_CHILDREN = 330
_METADATA = (34665, 34853, 40965)
# None, three of faxes, LZW, JPEG, Deflate under its two numbers, PackBits.
_COMPRESSIONS = frozenset({1, 2, 3, 4, 5, 7, 8, 32946, 32773})
_DEPTHS = frozenset({1, 2, 4, 8, 16})
_MAX_SAMPLES = 5

_Entry = tuple[int, int, int]  # type, count, where its values begin


@dataclass(slots=True)
class _File:
    content: bytes
    order: str
    values_left: int = _MAX_VALUES
    end: int = 8
    seen: set[int] = field(default_factory=set)

    def number(self, kind: str, position: int) -> int:
        try:
            (number,) = struct.unpack_from(self.order + kind, self.content, position)
        except struct.error:
            raise Refused(Code.IMAGE_DAMAGED) from None
        return int(number)

    def claim(self, start: int, length: int) -> None:
        """Note that bytes are named; refuse those outside the file."""
        if start + length > len(self.content):
            raise Refused(Code.IMAGE_DAMAGED)
        self.end = max(self.end, start + length)

    def directory(self, position: int) -> tuple[dict[int, _Entry], int]:
        """Read one directory and where the next is; refuse a loop."""
        count = self.number("H", position)
        if position in self.seen or not 0 < count <= _MAX_ENTRIES:
            raise Refused(Code.IMAGE_DAMAGED)
        self.seen.add(position)
        self.claim(position, 2 + 12 * count + 4)
        entries = {}
        for start in range(position + 2, position + 2 + 12 * count, 12):
            tag, kind = self.number("H", start), self.number("H", start + 2)
            entries[tag] = self._entry(kind, self.number("I", start + 4), start + 8)
        return entries, self.number("I", position + 2 + 12 * count)

    def _entry(self, kind: int, count: int, inside: int) -> _Entry:
        if kind not in _SIZES or not count:
            raise Refused(Code.IMAGE_DAMAGED)
        length = _SIZES[kind] * count
        start = inside if length <= 4 else self.number("I", inside)  # noqa: PLR2004  in the entry
        self.claim(start, length)
        return kind, count, start

    def values(self, entry: _Entry | None) -> tuple[int, ...]:
        """Return whole numbers, none for an entry that is absent."""
        if entry is None:
            return ()
        kind, count, start = entry
        self.values_left -= count
        if kind not in _FORMATS or self.values_left < 0:
            raise Refused(Code.IMAGE_DAMAGED)
        return struct.unpack_from(f"{self.order}{count}{_FORMATS[kind]}", self.content, start)


def check_tiff(content: bytes, max_pixels: int) -> tuple[int, int, int]:
    """Walk the pages of a TIFF; return their number, and width and height of the first in pixels.

    Raises:
        Refused: damaged, a rare variant, too many pixels or pages, or data after the end.
    """
    file = _File(content, "<" if content.startswith(b"II") else ">")
    sizes = [_page(file, entries, max_pixels) for entries in _directories(file)]
    if not sizes:
        raise Refused(Code.IMAGE_DAMAGED)
    rest = content[file.end :]
    if rest and not _PADDING.startswith(rest):
        raise Refused(Code.TRAILING_DATA)
    return (len(sizes), *sizes[0])


def _directories(file: _File) -> Iterator[dict[int, _Entry]]:
    """Read all pages, with the smaller versions they may have of themselves."""
    waiting = [file.number("I", 4)]
    pages = 0
    while waiting:
        position = waiting.pop(0)
        pages += 1
        if pages > MAX_PAGES:
            raise Refused(Code.IMAGE_PAGES, limit=MAX_PAGES)
        entries, following = file.directory(position)
        yield entries
        waiting += file.values(entries.get(_CHILDREN))
        if following:
            waiting.append(following)


def _page(file: _File, entries: dict[int, _Entry], max_pixels: int) -> tuple[int, int]:
    width, height = file.values(entries.get(_WIDTH)), file.values(entries.get(_HEIGHT))
    if len(width) != 1 or len(height) != 1:
        raise Refused(Code.IMAGE_DAMAGED)
    size = bounded(width[0], height[0], max_pixels)
    samples = file.values(entries.get(_SAMPLES)) or (1,)
    if (
        not {*file.values(entries.get(_COMPRESSION))} <= _COMPRESSIONS
        or not {*file.values(entries.get(_BITS))} <= _DEPTHS
        or not 0 < samples[0] <= _MAX_SAMPLES
    ):
        raise Refused(Code.IMAGE_VARIANT)
    _check_pieces(file, entries)
    _check_metadata(file, entries)
    return size


def _check_pieces(file: _File, entries: dict[int, _Entry]) -> None:
    for offsets, lengths in _PIECES:
        if offsets in entries and lengths in entries:
            starts, sizes = file.values(entries[offsets]), file.values(entries[lengths])
            if len(starts) != len(sizes):
                raise Refused(Code.IMAGE_DAMAGED)
            for start, size in zip(starts, sizes, strict=True):
                file.claim(start, size)
            return
    raise Refused(Code.IMAGE_DAMAGED)


def _check_metadata(file: _File, entries: dict[int, _Entry]) -> None:
    """Read the directories of notes, which have no picture and no next one."""
    waiting = [entries]
    for _ in range(_MAX_METADATA + 1):
        if not waiting:
            return
        one = waiting.pop(0)
        for tag in _METADATA:
            waiting += [file.directory(at)[0] for at in file.values(one.get(tag))]
    if waiting:
        raise Refused(Code.IMAGE_DAMAGED)
