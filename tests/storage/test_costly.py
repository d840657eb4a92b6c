"""Small files that cost much: each is judged in the time an honest one takes (A17)."""

import struct
import zlib
from contextlib import suppress

import pytest

from chalicelib.storage.inspect import inspect
from chalicelib.storage.refusals import Code, Refused
from tests.endless import ends
from tests.storage import files


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


def test_objects_that_open_a_text_without_end_are_refused_in_time() -> None:
    page = files.a_pdf()
    place = page.index(b" 0 obj\n<")
    hostile = page[:place] + b" 0 obj\n<" * 5000 + page[place:]
    with ends(), suppress(Refused):
        inspect(hostile, None)
