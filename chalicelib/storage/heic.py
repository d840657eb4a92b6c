"""HEIC photos, checked from their boxes alone: what is inside, its dimensions, and nothing else.

Why it exists: recent phones make them, and most browsers show none. Only still pictures enter:
coded images, the grid they form, and notes; no film, no sequence, no reference to another file
(A17, A18). It decodes no pixels: decoders of this format are where its dangers are (ADR 0031).
Source: ISO/IEC 14496-12, 23008-12.
"""

import re
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Final

from chalicelib.storage.images import bounded, too_many_pixels
from chalicelib.storage.refusals import Code, Refused

SIGNATURE: Final = re.compile(rb"....ftyp(?:heic|heix|mif1|heim|heis)", re.DOTALL)

_BRANDS = frozenset({b"heic", b"heix"})
_FILE_BOXES = frozenset({b"ftyp", b"meta", b"mdat", b"free", b"skip"})
_META_BOXES = frozenset(
    {b"hdlr", b"pitm", b"iinf", b"iloc", b"iprp", b"iref", b"idat", b"dinf", b"grpl"}
)
_CODED, _GRID = b"hvc1", b"grid"
_ITEMS = frozenset({_CODED, _GRID, b"Exif", b"mime", b"tmap"})
_MAX_BOXES = 4_000
_MAX_ITEMS = 1_000
_MAX_EXTENTS = 4_000
_MAX_ASSOCIATIONS = 4  # one of each version and each width of numbers
_MOST_CODED = 3  # the picture, its thumbnail, maps of depth and light: of all, times the budget
_PICTURE: Final = b"pict"


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    body: bytes
    start: int  # of its body, in what it was read from


@dataclass(slots=True)
class _Image:
    """What the boxes say: kinds of items, where each is, sizes, which sizes are of which item."""

    kinds: dict[int, bytes] = field(default_factory=dict)
    places: dict[int, list[tuple[bool, int, int]]] = field(default_factory=dict)
    tiles: dict[int, list[int]] = field(default_factory=dict)
    sizes: dict[int, tuple[int, int]] = field(default_factory=dict)
    primary: int = -1
    inner: bytes = b""


class _Reader:
    """Read numbers one after the other; past the end, the picture is damaged."""

    __slots__ = ("_data", "position")

    def __init__(self, data: bytes, position: int = 0) -> None:
        self._data = data
        self.position = position

    def take(self, count: int) -> bytes:
        taken = self._data[self.position : self.position + count]
        if len(taken) != count:
            raise Refused(Code.IMAGE_DAMAGED)
        self.position += count
        return taken

    def number(self, count: int) -> int:
        return int.from_bytes(self.take(count), "big")

    def version(self) -> tuple[int, int]:
        """Read the version and flags of a full box."""
        head = self.number(4)
        return head >> 24, head & 0xFFFFFF


def check_heic(content: bytes, max_pixels: int) -> tuple[int, int]:
    """Walk the boxes of a HEIC picture and return its width and height in pixels.

    Raises:
        Refused: damaged, a sequence or another variant, too many pixels, or data after the end.
    """
    boxes = list(_boxes(content))
    kinds = [box.kind for box in boxes]
    if not {*kinds} <= _FILE_BOXES:
        raise Refused(Code.IMAGE_VARIANT)
    if kinds[0] != b"ftyp" or kinds.count(b"ftyp") != 1 or kinds.count(b"meta") != 1:
        raise Refused(Code.IMAGE_DAMAGED)
    _check_brands(boxes[0].body)
    image = _read_meta(boxes[kinds.index(b"meta")].body, max_pixels)
    data = [(box.start, box.start + len(box.body)) for box in boxes if box.kind == b"mdat"]
    _check_places(image, data)
    _check_grids(image, content, max_pixels)
    coded = [
        image.sizes.get(number, (0, 0)) for number, kind in image.kinds.items() if kind == _CODED
    ]
    if sum(width * height for width, height in coded) > _MOST_CODED * max_pixels:
        raise too_many_pixels(max_pixels)
    if image.kinds.get(image.primary) not in {_CODED, _GRID} or image.primary not in image.sizes:
        raise Refused(Code.IMAGE_DAMAGED)
    return image.sizes[image.primary]


def _boxes(content: bytes) -> Iterator[_Box]:
    """Cut into boxes; the last one ends where the data end."""
    position, count = 0, 0
    while position < len(content):
        reader = _Reader(content, position)
        size, kind = reader.number(4), reader.take(4)
        if size == 1:
            size = reader.number(8)
        head = reader.position - position
        count += 1
        if size < head or position + size > len(content) or count > _MAX_BOXES:
            raise Refused(Code.IMAGE_DAMAGED if kind.isalnum() else Code.TRAILING_DATA)
        start = position + head
        yield _Box(kind, content[start : position + size], start)
        position += size


def _check_brands(body: bytes) -> None:
    brands = {body[:4], *(body[at : at + 4] for at in range(8, len(body), 4))}
    if _BRANDS.isdisjoint(brands):
        raise Refused(Code.IMAGE_VARIANT)


def _read_meta(body: bytes, max_pixels: int) -> _Image:
    boxes = [box for box in _boxes(body[4:]) if box.kind != b"free"]
    found = {box.kind: box.body for box in boxes}
    if not found.keys() <= _META_BOXES:
        raise Refused(Code.IMAGE_VARIANT)
    if len(found) != len(boxes):
        raise Refused(Code.IMAGE_DAMAGED)  # of two, some readers take the first, others the last
    _check_data_references(found.get(b"dinf", b""))
    if found.get(b"hdlr", b"")[8:12] != _PICTURE:
        raise Refused(Code.IMAGE_VARIANT)
    image = _Image(inner=found.get(b"idat", b""))
    try:
        _read_primary(image, found[b"pitm"])
        _read_items(image, found[b"iinf"])
        _read_places(image, found[b"iloc"])
        _read_sizes(image, found[b"iprp"], max_pixels)
    except KeyError:
        raise Refused(Code.IMAGE_DAMAGED) from None
    _read_tiles(image, found.get(b"iref"))
    return image


def _check_data_references(body: bytes) -> None:
    """Refuse data that would be in another file."""
    for box in _boxes(body):
        entries = list(_boxes(box.body[8:])) if box.kind == b"dref" else None
        # Flag 1: the data are in this file, and there is no address.
        if entries is None or any(entry.body != b"\x00\x00\x00\x01" for entry in entries):
            raise Refused(Code.IMAGE_VARIANT)


def _read_primary(image: _Image, body: bytes) -> None:
    reader = _Reader(body)
    version, _ = reader.version()
    image.primary = reader.number(4 if version else 2)


def _read_items(image: _Image, body: bytes) -> None:
    reader = _Reader(body)
    version, _ = reader.version()
    count = reader.number(4 if version else 2)
    entries = list(_boxes(body[reader.position :]))
    if len(entries) != count or count > _MAX_ITEMS:
        raise Refused(Code.IMAGE_DAMAGED)
    for entry in entries:
        item = _Reader(entry.body)
        version, _ = item.version()
        if entry.kind != b"infe" or version not in {2, 3}:
            raise Refused(Code.IMAGE_VARIANT)
        number = item.number(4 if version == 3 else 2)  # noqa: PLR2004  ISO/IEC 14496-12, 8.11.6
        protected, kind = item.number(2), item.take(4)
        if protected or kind not in _ITEMS:
            raise Refused(Code.IMAGE_VARIANT)
        if number in image.kinds:
            raise Refused(Code.IMAGE_DAMAGED)
        image.kinds[number] = kind


def _read_places(image: _Image, body: bytes) -> None:
    reader = _Reader(body)
    version, _ = reader.version()
    widths = reader.number(2)
    offset, length, base, index = (widths >> shift & 0xF for shift in (12, 8, 4, 0))
    wide = version == 2  # noqa: PLR2004  ISO/IEC 14496-12, 8.11.3: items above 65 535
    if version > 2 or not {offset, length, base} <= {0, 4, 8} or index not in {0, 4, 8}:  # noqa: PLR2004
        raise Refused(Code.IMAGE_VARIANT)
    left = _MAX_EXTENTS
    for _ in range(reader.number(4 if wide else 2)):
        number = reader.number(4 if wide else 2)
        method = reader.number(2) & 0xF if version else 0
        other_file, start = reader.number(2), reader.number(base)
        if other_file or method > 1:
            raise Refused(Code.IMAGE_VARIANT)
        extents = reader.number(2)
        left -= extents
        if left < 0 or number in image.places:
            raise Refused(Code.IMAGE_DAMAGED)
        places = []
        for _ in range(extents):
            reader.number(index if version else 0)
            places.append((method == 1, start + reader.number(offset), reader.number(length)))
        image.places[number] = places


def _read_sizes(image: _Image, body: bytes, max_pixels: int) -> None:
    boxes = list(_boxes(body))
    properties = [box.body for box in boxes if box.kind == b"ipco"]
    associations = [box.body for box in boxes if box.kind == b"ipma"]
    if len(properties) != 1 or len(associations) > _MAX_ASSOCIATIONS:
        raise Refused(Code.IMAGE_DAMAGED)
    sizes = _sizes_of(properties[0], max_pixels)
    for one in associations:
        _read_associations(image, one, sizes)


def _sizes_of(properties: bytes, max_pixels: int) -> dict[int, tuple[int, int]]:
    """Return the sizes among the properties, by their rank from 1; each is within the budget."""
    sizes = {}
    for rank, one in enumerate(_boxes(properties), start=1):
        if one.kind == b"ispe":
            reader = _Reader(one.body, 4)
            sizes[rank] = bounded(reader.number(4), reader.number(4), max_pixels)
    return sizes


def _read_associations(image: _Image, body: bytes, sizes: dict[int, tuple[int, int]]) -> None:
    reader = _Reader(body)
    version, flags = reader.version()
    count = reader.number(4)
    if count > _MAX_ITEMS:
        raise Refused(Code.IMAGE_DAMAGED)
    for _ in range(count):
        number = reader.number(4 if version else 2)
        for _ in range(reader.number(1)):
            rank = reader.number(2) & 0x7FFF if flags & 1 else reader.number(1) & 0x7F
            if rank in sizes and image.sizes.setdefault(number, sizes[rank]) != sizes[rank]:
                raise Refused(Code.IMAGE_DAMAGED)


def _read_tiles(image: _Image, body: bytes | None) -> None:
    """Read which items each grid is made of."""
    if body is None:
        return
    version, _ = _Reader(body).version()
    width = 4 if version else 2
    for box in _boxes(body[4:]):
        reader = _Reader(box.body)
        number, count = reader.number(width), reader.number(2)
        if count > _MAX_ITEMS or (box.kind == b"dimg" and number in image.tiles):
            raise Refused(Code.IMAGE_DAMAGED)
        made_of = [reader.number(width) for _ in range(count)]
        if box.kind == b"dimg":
            image.tiles[number] = made_of


def _check_places(image: _Image, data: list[tuple[int, int]]) -> None:
    """Require that every item is where data are: no item elsewhere, no part outside.

    `data` are the ranges of the file that hold data, in order, none inside another.
    """
    for number in image.kinds:
        for inside, start, length in image.places.get(number, []):
            ranges = [(0, len(image.inner))] if inside else data
            after = bisect(ranges, start, key=itemgetter(0))
            if not after or start + length > ranges[after - 1][1]:
                raise Refused(Code.IMAGE_DAMAGED)


def _check_grids(image: _Image, content: bytes, max_pixels: int) -> None:
    """Require that a grid is made of coded images only, as many as it says: nothing nests."""
    for number, kind in image.kinds.items():
        if kind != _GRID:
            continue
        read = _Reader(_content_of(image, number, content), 1)
        wide, rows, columns = read.number(1) & 1, read.number(1) + 1, read.number(1) + 1
        side = 4 if wide else 2
        bounded(read.number(side), read.number(side), max_pixels)
        tiles = image.tiles.get(number, [])
        if len(tiles) != rows * columns or {image.kinds.get(tile) for tile in tiles} != {_CODED}:
            raise Refused(Code.IMAGE_DAMAGED)


def _content_of(image: _Image, number: int, content: bytes) -> bytes:
    whole = b"".join(
        (image.inner if inside else content)[start : start + min(length, 16)]
        for inside, start, length in image.places.get(number, [])[:4]
    )
    return whole[:16]
