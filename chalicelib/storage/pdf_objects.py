"""Every object of a PDF, wherever it hides, found at a bounded cost.

Why it exists: a viewer follows the cross-reference table, and rebuilds it by searching the bytes
when it is broken. Checking what one of the two sees lets a file show another to the other. So each
`obj` and `trailer` keyword anywhere in the bytes is read, streams' data included, and each object
stream is opened. It never decodes a page: streams are inflated only to count what they become.
"""

import re
import zlib
from base64 import a85decode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from chalicelib.storage.pdf_syntax import SPACE, Budget, Lexer, Reference, Value, Visit
from chalicelib.storage.refusals import Code, Refused

# What precedes is looked at last: the engine then only stops at letters that begin a word sought.
_OBJECT = re.compile(rb"obj(?<=[0-9" + SPACE + rb"]obj)|trailer")
_NUMBER_BEFORE = re.compile(rb"([0-9]{1,10})[" + SPACE + rb"]+[0-9]{1,5}[" + SPACE + rb"]*\Z")
_NUMBER_BYTES: Final = 24
_STREAM = re.compile(rb"stream[ \t]{0,80}(?:\r\n|\n|\r)")
_INPUT: Final = 16 * 1024
_OUTPUT: Final = 256 * 1024
_MAX_ASCII: Final = 1024 * 1024
_ASCII_COST: Final = 200  # decoding one such byte takes as long as inflating that many
_OBJECT_COST: Final = 2  # in tokens: what finding one costs beyond reading it

_PARAMETERS = frozenset({"DecodeParms", "DP"})
_ASCII_FILTERS = frozenset({"ASCII85Decode", "ASCIIHexDecode"})
_IMAGE_CODECS = frozenset({"DCTDecode", "JPXDecode", "CCITTFaxDecode", "JBIG2Decode"})
_WORST_RATIO = {"LZWDecode": 1_400, "RunLengthDecode": 64}
_SHORT_FILTERS = {
    "Fl": "FlateDecode",
    "AHx": "ASCIIHexDecode",
    "A85": "ASCII85Decode",
    "LZW": "LZWDecode",
    "RL": "RunLengthDecode",
    "CCF": "CCITTFaxDecode",
    "DCT": "DCTDecode",
}


@dataclass(frozen=True, slots=True)
class Found:
    """One object: its number (0 when unknown or in a trailer), value, and whether it streams."""

    number: int
    value: Value
    has_stream: bool = False


@dataclass(frozen=True, slots=True)
class PdfObjects:
    """Read the objects of one file; every dictionary met is given to `visit`."""

    content: bytes
    budget: Budget
    visit: Visit

    def __iter__(self) -> Iterator[Found]:
        """Yield each object and trailer of the file, those in object streams included.

        Raises:
            Refused: too complex, expands too much, or an object stream cannot be read.
        """
        for found in _OBJECT.finditer(self.content):
            self.budget.spend(0, tokens=_OBJECT_COST)
            number = 0
            if found[0] == b"obj":
                earliest = max(0, found.start() - _NUMBER_BYTES)
                before = _NUMBER_BEFORE.search(self.content, earliest, found.start())
                number = int(before[1]) if before else 0
            lexer = self._lexer(self.content, found.end())
            value = lexer.value()
            yield from self._with_stream(number, value, lexer.skip())

    def _lexer(self, data: bytes, position: int) -> Lexer:
        return Lexer(self.budget, self.visit, data, position)

    def _with_stream(self, number: int, value: Value, position: int) -> Iterator[Found]:
        if not isinstance(value, dict) or not self.content.startswith(b"stream", position):
            yield Found(number, value)
            return
        stream = _STREAM.match(self.content, position)
        if stream is None:
            raise Refused(Code.PDF_DAMAGED)
        yield Found(number, value, has_stream=True)
        is_container = value.get("Type") == "ObjStm" or {"N", "First"} <= value.keys()
        decoded = self._decode(value, stream.end(), keep=is_container)
        if is_container:
            yield from self._contained(value, decoded)

    def _contained(self, container: dict[str, Value], decoded: bytes) -> Iterator[Found]:
        count, first = container.get("N"), container.get("First")
        if not isinstance(count, int) or not isinstance(first, int) or first < 0:
            raise Refused(Code.PDF_DAMAGED)
        index = self._lexer(decoded, 0)
        for _ in range(count):
            number, offset = index.value(), index.value()
            if not isinstance(number, int) or not isinstance(offset, int) or offset < 0:
                raise Refused(Code.PDF_DAMAGED)
            yield Found(number, self._lexer(decoded, first + offset).value())

    def _decode(self, stream: dict[str, Value], start: int, *, keep: bool) -> bytes:
        filters = _filters(stream)
        if keep and (filters != ["FlateDecode"] or _PARAMETERS & stream.keys()):
            raise Refused(Code.PDF_COMPLEX)
        data: bytes | memoryview = memoryview(self.content)[start:]
        if filters and filters[0] in _ASCII_FILTERS:
            data = self._from_ascii(start, filters.pop(0))
        if not filters or filters[0] in _IMAGE_CODECS:
            return b""
        if len(filters) > 1 and filters[1] not in _IMAGE_CODECS:
            raise Refused(Code.PDF_EXPANDS)
        if filters[0] == "FlateDecode":
            return self._inflate(data, keep=keep)
        self._charge_worst_case(filters[0], start)
        return b""

    def _inflate(self, data: bytes | memoryview, *, keep: bool) -> bytes:
        """Inflate to count; the output is kept only for object streams."""
        inflater = zlib.decompressobj()
        kept = bytearray()
        pending: bytes | memoryview = data[:_INPUT]
        taken = len(pending)
        while pending and not inflater.eof:
            try:
                out = inflater.decompress(pending, _OUTPUT)
            except zlib.error:
                if keep:
                    raise Refused(Code.PDF_DAMAGED) from None
                self.budget.spend_inflated(_OUTPUT)  # not given, and yet paid for
                break
            left = len(inflater.unconsumed_tail) + len(inflater.unused_data)
            self.budget.spend_inflated(len(out) + len(pending) - left)
            if keep:
                self.budget.spend_object_stream(len(out))
                kept += out
            pending = inflater.unconsumed_tail
            if not pending:
                pending = data[taken : taken + _INPUT]
                taken += len(pending)
        if keep and not inflater.eof:
            raise Refused(Code.PDF_DAMAGED)
        return bytes(kept)

    def _from_ascii(self, start: int, name: str) -> bytes:
        """Decode an ASCII filter in front of another one, up to a size that is soon done."""
        end = self.content.find(b"~>" if name == "ASCII85Decode" else b">", start)
        encoded = self.content[start : end if end >= 0 else len(self.content)]
        if len(encoded) > _MAX_ASCII:
            raise Refused(Code.PDF_COMPLEX)
        self.budget.spend_inflated(len(encoded) * _ASCII_COST)
        try:
            if name == "ASCII85Decode":
                return a85decode(encoded, ignorechars=b" \t\n\r\x0b\x0c\x00")
            return bytes.fromhex(encoded.decode("ascii"))
        except ValueError:
            raise Refused(Code.PDF_COMPLEX) from None

    def _charge_worst_case(self, name: str, start: int) -> None:
        """Charge a filter that is not run here with the most it could produce."""
        ratio = _WORST_RATIO.get(name)
        if ratio is None:
            raise Refused(Code.PDF_COMPLEX)
        end = self.content.find(b"endstream", start)
        self.budget.spend_inflated(ratio * ((end if end >= 0 else len(self.content)) - start))


def _filters(stream: dict[str, Value]) -> list[str]:
    """Name the filters of a stream; what two viewers could read differently is refused."""
    declared = stream.get("Filter", stream.get("F"))
    names = declared if isinstance(declared, list) else [declared]
    if {"Filter", "F"} <= stream.keys() or any(isinstance(name, Reference) for name in names):
        raise Refused(Code.PDF_COMPLEX)
    return [_SHORT_FILTERS.get(name, name) for name in names if isinstance(name, str)]
