"""JPEG and PNG, checked from their structure alone: dimensions, integrity, and nothing after.

Why it exists: an image is refused for its size before anything is decoded (A17), and for any byte
after its end (A18). It refuses to decode pixels: browsers do that, within the budget set here.
"""

import re
import struct
import zlib
from typing import Final

from chalicelib.storage.refusals import Code, Refused

PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
JPEG_SIGNATURE: Final = b"\xff\xd8\xff"

_MAX_SIDE = 32_767
_MAX_SCANS = 64
_MAX_PROFILE_BYTES = 4 * 1024 * 1024
_STEP = 64 * 1024  # inflated at once
_PNG_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_PNG_HEADER = struct.Struct(">IIBBBBB")
_SOF = frozenset({0xC0, 0xC1, 0xC2})
# A second start of image, and the lossless, hierarchical and arithmetic variants no browser shows.
_UNSUPPORTED = frozenset({0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF, 0xD8})
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_EOI, _SOS = 0xD9, 0xDA
# A run of FF before it is searched once; what follows reads the last of them.
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def check_png(content: bytes, max_pixels: int) -> tuple[int, int]:
    """Walk the chunks of a PNG and return its width and height in pixels.

    Raises:
        Refused: damaged, too many pixels, or data after the end.
    """
    size: tuple[int, int] | None = None
    has_data = False
    position, left = len(PNG_SIGNATURE), _MAX_PROFILE_BYTES
    while True:
        kind, body, position = _png_chunk(content, position)
        if size is None:
            if kind != b"IHDR":
                raise Refused(Code.IMAGE_DAMAGED)
            size = _png_size(body, max_pixels)
        elif kind == b"IDAT":
            has_data = True
        elif kind == b"IEND":
            break
        else:
            left -= _check_ancillary(kind, body, left)
    if not has_data:
        raise Refused(Code.IMAGE_DAMAGED)
    if position != len(content):
        raise Refused(Code.TRAILING_DATA)
    return size


def _png_chunk(content: bytes, position: int) -> tuple[bytes, memoryview, int]:
    start = position + 8
    if start > len(content):
        raise Refused(Code.IMAGE_DAMAGED)
    length, kind = struct.unpack_from(">I4s", content, position)
    end = start + length
    if not kind.isalpha() or end + 4 > len(content):
        raise Refused(Code.IMAGE_DAMAGED)
    view = memoryview(content)
    (crc,) = struct.unpack_from(">I", content, end)
    if zlib.crc32(view[position + 4 : end]) != crc:
        raise Refused(Code.IMAGE_DAMAGED)
    return kind, view[start:end], end + 4


def _png_size(body: memoryview, max_pixels: int) -> tuple[int, int]:
    if len(body) != _PNG_HEADER.size:
        raise Refused(Code.IMAGE_DAMAGED)
    width, height, depth, colour, compression, filtering, interlace = _PNG_HEADER.unpack(body)
    if depth not in _PNG_DEPTHS.get(colour, ()) or compression or filtering or interlace > 1:
        raise Refused(Code.IMAGE_DAMAGED)
    return bounded(width, height, max_pixels)


def _check_ancillary(kind: bytes, body: memoryview, most: int) -> int:
    """Return how much a chunk inflates to; all of a file's together stay within one budget (A17).

    Refuses a second header, an unknown critical chunk, and what inflates to more than `most`.
    """
    if kind == b"IHDR" or (kind[:1].isupper() and kind != b"PLTE"):
        raise Refused(Code.IMAGE_DAMAGED)
    pending = _compressed_part(kind, bytes(body))
    return _inflated(pending, most) if pending else 0


def _inflated(pending: bytes, most: int) -> int:
    inflater = zlib.decompressobj()
    inflated = 0
    while pending and not inflater.eof:
        try:
            inflated += len(inflater.decompress(pending, _STEP))
            pending = inflater.unconsumed_tail
        except zlib.error:
            # What was inflated before it failed is not given, and was paid for.
            inflated += _STEP
            pending = b""
        if inflated > most:
            raise Refused(Code.IMAGE_DAMAGED)
    return inflated


def _compressed_part(kind: bytes, body: bytes) -> bytes:
    """Return the zlib stream of a chunk that has one, else nothing."""
    _, _, rest = body.partition(b"\x00")
    if kind in {b"iCCP", b"zTXt"}:
        return rest[1:]
    if kind == b"iTXt" and rest[:1] == b"\x01":
        return rest[2:].split(b"\x00", 2)[-1]
    return b""


def check_jpeg(content: bytes, max_pixels: int) -> tuple[int, int]:
    """Walk the markers of a JPEG and return its width and height in pixels.

    Raises:
        Refused: damaged, too many pixels or scans, or data after the end.
    """
    sizes: list[tuple[int, int]] = []
    scans = 0
    marker, position = _jpeg_marker(content, 2)
    while marker != _EOI:
        if marker not in _STANDALONE:
            start, position = _jpeg_segment(content, marker, position)
            if marker in _SOF:
                sizes.append(_jpeg_size(content, start, max_pixels))
            elif marker == _SOS:
                scans += 1
                position = _after_scan(content, position, scans)
        marker, position = _jpeg_marker(content, position)
    if len(sizes) != 1 or not scans:
        raise Refused(Code.IMAGE_DAMAGED)
    if position != len(content):
        raise Refused(Code.TRAILING_DATA)
    return sizes[0]


def _jpeg_marker(content: bytes, position: int) -> tuple[int, int]:
    if content[position : position + 1] != b"\xff":
        raise Refused(Code.IMAGE_DAMAGED)
    while content[position : position + 1] == b"\xff":
        position += 1
    if position >= len(content) or content[position] == 0:
        raise Refused(Code.IMAGE_DAMAGED)
    return content[position], position + 1


def _jpeg_segment(content: bytes, marker: int, position: int) -> tuple[int, int]:
    if marker in _UNSUPPORTED:
        raise Refused(Code.IMAGE_DAMAGED)
    length = int.from_bytes(content[position : position + 2], "big")
    end = position + length
    if length < len(b"\x00\x00") or end > len(content):
        raise Refused(Code.IMAGE_DAMAGED)
    return position + 2, end


def _jpeg_size(content: bytes, start: int, max_pixels: int) -> tuple[int, int]:
    body = content[start : start + 5]
    if len(body) < struct.calcsize(">BHH"):
        raise Refused(Code.IMAGE_DAMAGED)
    _, height, width = struct.unpack(">BHH", body)
    return bounded(width, height, max_pixels)


def _after_scan(content: bytes, position: int, scans: int) -> int:
    found = _NEXT_MARKER.search(content, position)
    if found is None or scans > _MAX_SCANS:
        raise Refused(Code.IMAGE_DAMAGED)
    return found.start()


def bounded(width: int, height: int, max_pixels: int) -> tuple[int, int]:
    """Return dimensions that are within the budget.

    Raises:
        Refused: none, or too many pixels.
    """
    if width == 0 or height == 0:
        raise Refused(Code.IMAGE_DAMAGED)
    if width * height > max_pixels or max(width, height) > _MAX_SIDE:
        raise too_many_pixels(max_pixels)
    return width, height


def too_many_pixels(limit: int) -> Refused:
    """Make the refusal of an image of more than `limit` pixels."""
    return Refused(Code.IMAGE_TOO_BIG, limit_millions=limit // 1_000_000)


def check_inside(content: bytes, max_pixels: int) -> None:
    """Check a picture inside a document of a word processor: PNG or JPEG.

    Raises:
        Refused: neither, or not an honest one; too many pixels.
    """
    content = content.rstrip(b"\x00")  # Word ends its own thumbnail with one
    is_png = content.startswith(PNG_SIGNATURE)
    if not is_png and not content.startswith(JPEG_SIGNATURE):
        raise Refused(Code.OFFICE_PICTURE)
    try:
        (check_png if is_png else check_jpeg)(content, max_pixels)
    except Refused as refused:
        if refused.code is Code.IMAGE_TOO_BIG:
            raise
        raise Refused(Code.OFFICE_PICTURE) from None
