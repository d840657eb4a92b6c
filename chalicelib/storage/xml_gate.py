"""The only door through which XML enters: one pass, bounded, with nothing executed or fetched.

Why it exists: depth, nodes and text are counted while expat reads, so a hostile document stops at
the first cap, before a tree of it exists (A21). It refuses DTD, entities and XInclude, ignores
processing instructions (`xml-stylesheet` included) and comments, and decodes the bytes itself, so
that an encoding trick cannot show one text to us and another to a reader.
"""

import re
from codecs import getincrementaldecoder
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from chalicelib.storage.refusals import Code, Refused

HL7: Final = "urn:hl7-org:v3"
CDA_ROOT: Final = f"{{{HL7}}}ClinicalDocument"

_XINCLUDE = "http://www.w3.org/2001/XInclude"
_ENCODINGS: Final[Mapping[str, str]] = {
    "utf-8": "utf-8",
    "us-ascii": "ascii",
    "iso-8859-1": "latin-1",
    "iso-8859-15": "iso-8859-15",
    "windows-1252": "cp1252",
}
_DECLARATION = re.compile(
    rb"""<\?xml\s+version\s*=\s*["']1\.[01]["']"""
    rb"""(?:\s+encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["'])?"""
    rb"""(?:\s+standalone\s*=\s*["'](?:yes|no)["'])?\s*\?>"""
)
_BOM = b"\xef\xbb\xbf"
_PIECE = 256 * 1024


@dataclass(frozen=True, slots=True)
class XmlLimits:
    """What a document may hold; the largest official sample has depth 19 and 3 182 nodes."""

    depth: int = 100
    nodes: int = 60_000
    attributes: int = 64
    attributes_in_all: int = 240_000
    text_characters: int = 24 * 1024 * 1024


def parse(content: bytes, limits: XmlLimits | None = None) -> Element:
    """Read XML bytes into a tree within limits.

    Raises:
        Refused: encoding, DTD, entity, XInclude, a cap passed, or not well formed.
    """
    return _Reader(limits or XmlLimits()).read(_as_utf8(content))


def _as_utf8(content: bytes) -> bytes:
    """Return XML bytes in UTF-8, of their declared encoding, among the few accepted ones.

    It decodes piece by piece: the whole text might take four bytes for each character.

    Raises:
        Refused: UTF-16, UTF-7 or any other encoding, bytes that do not decode, NUL.
    """
    body = content.removeprefix(_BOM)
    has_bom = len(body) != len(content)
    if b"\x00" in body or body[:2] in {b"\xfe\xff", b"\xff\xfe"}:
        raise Refused(Code.XML_ENCODING)
    codec = _codec(body)
    if has_bom and codec not in {"utf-8", "ascii"}:
        raise Refused(Code.XML_ENCODING)
    decoder = getincrementaldecoder("utf-8" if has_bom else codec)()
    is_utf8 = has_bom or codec in {"utf-8", "ascii"}
    pieces = []
    try:
        for start in range(0, len(body), _PIECE):
            text = decoder.decode(body[start : start + _PIECE])
            pieces += [] if is_utf8 else [text.encode()]
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise Refused(Code.XML_ENCODING) from None
    return body if is_utf8 else b"".join(pieces)


def _codec(body: bytes) -> str:
    if not body.startswith(b"<?xml"):
        return "utf-8"
    declaration = _DECLARATION.match(body)
    if declaration is None:
        raise Refused(Code.XML_DAMAGED)
    declared = (declaration[1] or b"utf-8").decode("ascii").lower()
    if declared not in _ENCODINGS:
        raise Refused(Code.XML_ENCODING)
    return _ENCODINGS[declared]


class _Reader:
    """Feed expat, count, and build the tree."""

    def __init__(self, limits: XmlLimits) -> None:
        self._limits = limits
        self._depth = self._nodes = self._attributes = self._text = 0
        self._builder = TreeBuilder()
        self._names: dict[str, str] = {}

    def read(self, raw: bytes) -> Element:
        parser = expat.ParserCreate("utf-8", "}")
        parser.buffer_text = True
        parser.ordered_attributes = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.StartDoctypeDeclHandler = _refuse_dtd
        parser.EntityDeclHandler = _refuse_dtd
        parser.SkippedEntityHandler = _refuse_dtd
        parser.ExternalEntityRefHandler = _refuse_dtd
        try:
            parser.Parse(raw, True)
        except expat.ExpatError:
            raise Refused(Code.XML_DAMAGED) from None
        return self._builder.close()

    def _start(self, name: str, attributes: list[str]) -> None:
        limits = self._limits
        self._depth += 1
        self._nodes += 1
        if self._depth > limits.depth:
            raise Refused(Code.XML_DEPTH, limit=limits.depth)
        if self._nodes > limits.nodes:
            raise Refused(Code.XML_COMPLEX, limit=limits.nodes)
        if len(attributes) > 2 * limits.attributes:
            raise Refused(Code.XML_COMPLEX, limit=limits.attributes)
        self._attributes += len(attributes) // 2
        if self._attributes > limits.attributes_in_all:
            raise Refused(Code.XML_COMPLEX, limit=limits.attributes_in_all)
        if name.startswith(_XINCLUDE):
            raise Refused(Code.XML_INCLUDE)
        fixed = self._fixed
        pairs = zip(attributes[::2], attributes[1::2], strict=True)
        self._builder.start(fixed(name), {fixed(key): value for key, value in pairs})

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._builder.end(self._fixed(name))

    def _data(self, data: str) -> None:
        self._text += len(data)
        if self._text > self._limits.text_characters:
            raise Refused(Code.XML_COMPLEX, limit=self._limits.text_characters)
        self._builder.data(data)

    def _fixed(self, name: str) -> str:
        """Write a name as ElementTree does: `{namespace}local`."""
        known = self._names.get(name)
        if known is None:
            known = "{" + name if "}" in name else name
            if len(self._names) < self._limits.nodes:
                self._names[name] = known
        return known


def _refuse_dtd(*_: object) -> NoReturn:
    raise Refused(Code.XML_DTD)
