"""Small files that cost much: each is judged in the time an honest one takes (A17).

Sizes are such that one step for each two bytes would last for minutes.
"""

import struct
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import suppress

import pytest

from chalicelib.record import rules
from chalicelib.storage import xml_gate
from chalicelib.storage.inspect import Limits, inspect
from chalicelib.storage.refusals import Code, Refused
from tests.endless import ends
from tests.storage import files
from tests.storage.office_files import a_docx, an_rtf

_LONG = 3_000_000
_LIMITS = Limits(size_bytes=rules.MOST_BYTES)


def _failing_notes(count: int) -> bytes:
    note = b"k\x00\x00" + files.a_failing_stream(4 * 1024 * 1024 - 64)
    return files.a_png(chunks=files.a_png_chunk(b"zTXt", note) * count)


def _in_pieces() -> bytes:
    digits = b"00" * (_LONG // 4)
    return an_rtf(b"{\\pict\\pngblip " + digits + b"\n{}" + digits + b"{}" * 200_000 + b"}")


def _linking_to(address: bytes) -> bytes:
    return files.a_pdf(objects=(b"<< /S /URI /URI (" + address + b") >>",))


COSTLY: dict[str, Callable[[], bytes]] = {
    "a JPEG that ends in fillers": lambda: files.a_jpeg()[:-2] + b"\xff" * _LONG + b"\x00\xff\xd9",
    "an RTF shape of one long word": lambda: an_rtf(b"{\\sp{\\sn x}{\\sv " + b"a" * _LONG + b"}}"),
    "an RTF picture in many groups": _in_pieces,
    "a PDF link of spaces": lambda: _linking_to(b" " * _LONG + b":"),
    "a DOCX picture of notes that fail": lambda: a_docx(
        parts={"word/media/a.png": _failing_notes(14_000)}
    ),
}


@pytest.mark.parametrize("made", COSTLY.values(), ids=COSTLY)
def test_a_small_file_costs_as_much_as_an_honest_one(made: Callable[[], bytes]) -> None:
    content = made()
    with ends(), suppress(Refused):
        inspect(content, None, _LIMITS)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png(*ancillary: bytes) -> bytes:
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    data = _chunk(b"IDAT", zlib.compress(b"\x00\x00"))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(ancillary) + data + _chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "text", [b"<" + b" " * 60_000, (b"<" + b" " * 200 + b"/" + b" " * 200) * 400]
)
def test_a_text_of_signs_and_spaces_is_read_at_once(text: bytes) -> None:
    with ends(), suppress(Refused):
        inspect(b"note " + text, None)


def test_profiles_that_inflate_together_beyond_one_budget_are_refused() -> None:
    profile = _chunk(b"iCCP", b"p\x00\x00" + zlib.compress(bytes(3_900_000)))
    with pytest.raises(Refused) as refused:
        inspect(_png(profile, profile), "image/png")
    assert refused.value.code is Code.IMAGE_DAMAGED


def test_one_profile_within_the_budget_passes() -> None:
    profile = _chunk(b"iCCP", b"p\x00\x00" + zlib.compress(bytes(500_000)))
    assert inspect(_png(profile), "image/png").size_bytes > 0


def test_xml_with_one_wide_character_takes_no_four_bytes_for_each() -> None:
    content = files.an_xml("<title>\U0001f600" + "a" * _LONG + "</title>").encode()
    tracemalloc.start()
    try:
        xml_gate.parse(content)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3 * len(content)


def test_objects_that_open_a_text_without_end_are_refused_in_time() -> None:
    page = files.a_pdf()
    place = page.index(b" 0 obj\n<")
    hostile = page[:place] + b" 0 obj\n<" * 5000 + page[place:]
    with ends(), suppress(Refused):
        inspect(hostile, None)
