"""HEIC files that must never enter, each with the code of its refusal."""

import struct
from collections.abc import Callable
from functools import partial

from chalicelib.storage.refusals import Code
from tests.storage.office_files import a_box, a_heic

Case = tuple[str, Callable[[], bytes], Code]

_MORE = a_box(b"mdat", bytes(16))
_START = len(a_heic()) - 16  # of the first data


def _with_two(kind: bytes) -> bytes:
    """Repeat a box: of two that differ, some readers take the first and others the last."""
    start = a_heic().index(kind) - 4
    (size,) = struct.unpack_from(">I", a_heic(), start)
    return a_heic(meta=a_heic()[start : start + size])


HEICS: list[Case] = [
    ("a HEIC of 30 000 × 30 000", lambda: a_heic(30_000, 30_000), Code.IMAGE_TOO_BIG),
    ("a HEIC of many large images",
     lambda: a_heic(9_900, 9_900, kinds=(b"hvc1",) * 9), Code.IMAGE_TOO_BIG),
    ("a HEIC with a film", lambda: a_heic(boxes=a_box(b"moov", bytes(20))), Code.IMAGE_VARIANT),
    ("a HEIC that is a sequence", lambda: a_heic(brands=b"mif1\0\0\0\0mif1msf1"),
     Code.IMAGE_VARIANT),
    ("a HEIC whose data are elsewhere",
     lambda: a_heic(meta=a_box(b"dinf", a_box(b"dref", bytes(7) + b"\x01" + a_box(
         b"url ", bytes(4) + b"http://example.org/x\0")))), Code.IMAGE_VARIANT),
    ("a HEIC of an unknown item", lambda: a_heic(kinds=(b"hvc1", b"uri ")), Code.IMAGE_VARIANT),
    ("a HEIC of a grid of grids", lambda: a_heic(grid=(1, 1), kinds=(b"grid",)),
     Code.IMAGE_DAMAGED),
    ("a HEIC grid of fewer tiles than it says", lambda: a_heic(grid=(4, 4)), Code.IMAGE_DAMAGED),
    ("a HEIC item outside the file", lambda: a_heic(offset=1 << 30), Code.IMAGE_DAMAGED),
    ("a HEIC item that is the header", lambda: a_heic(offset=0), Code.IMAGE_DAMAGED),
    ("a HEIC made of itself", lambda: a_heic(method=2), Code.IMAGE_VARIANT),
    ("a truncated HEIC", lambda: a_heic()[:-3], Code.IMAGE_DAMAGED),
    ("a film after a HEIC", lambda: a_heic(after=a_box(b"mpvd", bytes(30))), Code.IMAGE_VARIANT),
    ("bytes after a HEIC", lambda: a_heic(after=b"\0\0\0\0\xff\xff\xff\xff"), Code.TRAILING_DATA),
    *((f"a HEIC with two boxes {kind.decode()}", partial(_with_two, kind), Code.IMAGE_DAMAGED)
      for kind in (b"hdlr", b"pitm", b"iinf", b"iprp", b"idat")),
    ("a HEIC with two lists of properties", lambda: a_heic(properties=a_box(b"ipco", b"")),
     Code.IMAGE_DAMAGED),
    ("a HEIC of two sizes", lambda: a_heic(widths=(32,)), Code.IMAGE_DAMAGED),
    ("a HEIC whose sizes are said 5 times",
     lambda: a_heic(properties=a_box(b"ipma", bytes(8)) * 4), Code.IMAGE_DAMAGED),
    ("a HEIC whose tiles are said twice",
     lambda: a_heic(grid=(1, 2), kinds=(b"hvc1", b"hvc1"), lists=2), Code.IMAGE_DAMAGED),
    ("a HEIC item across two places", lambda: a_heic(offset=_START + 9, after=_MORE),
     Code.IMAGE_DAMAGED),
    ("a web page in a HEIC", lambda: a_heic(boxes=a_box(b"free", b"<script>1</script>")),
     Code.POLYGLOT),
    ("a film named .heic", lambda: a_box(b"ftyp", b"isom\0\0\0\0mp42") + bytes(40),
     Code.TYPE_UNSUPPORTED),
]  # fmt: skip
