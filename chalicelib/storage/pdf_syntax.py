"""The syntax of PDF: names, strings, arrays, dictionaries, read as forgivingly as viewers do.

Why it exists: what a viewer makes of odd bytes must be what the checks see. Every byte stepped over
is counted, so that no file can make reading it expensive.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from chalicelib.storage.refusals import Code, Refused

SPACE: Final = rb"\x00\t\n\x0c\r "
_REGULAR = rb"[^\x00\t\n\x0c\r ()<>\[\]{}/%]"
_SKIP = re.compile(rb"(?:[" + SPACE + rb"]++|%[^\r\n]*+)*+")
_NAME = re.compile(rb"/" + _REGULAR + rb"*+")
_WORD = re.compile(_REGULAR + rb"++")
_NOT_HEX = bytes(set(range(256)) - set(b"0123456789ABCDEFabcdef"))
_HEX = re.compile(rb"<[^>]*+>")
_REFERENCE = re.compile(rb"([0-9]{1,10})[" + SPACE + rb"]++[0-9]{1,5}[" + SPACE + rb"]++R(?!\w)")
_PARENTHESIS = re.compile(rb"[()\\]")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_MAX_NESTING: Final = 60
_MAX_HEXADECIMAL: Final = 64 * 1024  # longer strings are stepped over: no rule reads them
_DICTIONARY_COST: Final = 2  # in tokens: what judging one costs beyond reading it


@dataclass(frozen=True, slots=True)
class Reference:
    """A pointer to an object, by its number."""

    number: int


# A PDF name is a `str`, a PDF string is `bytes`; booleans and operators are None.
Value = Reference | str | bytes | int | float | list["Value"] | dict[str, "Value"] | None


@dataclass(frozen=True, slots=True)
class PdfLimits:
    """What reading a PDF may cost. Bytes are those a viewer would have to hold."""

    tokens: int = 500_000
    read_bytes: int = 64 * 1024 * 1024
    inflated_bytes: int = 256 * 1024 * 1024
    object_stream_bytes: int = 24 * 1024 * 1024
    pages: int = 2_000
    pixels: int = 100_000_000


@dataclass(slots=True)
class Budget:
    """What was spent so far on one file; each `spend` raises Refused when nothing is left."""

    limits: PdfLimits
    tokens: int = 0
    read: int = 0
    inflated: int = 0
    object_streams: int = 0

    def spend(self, read: int, tokens: int = 1) -> None:
        """Count tokens, and the bytes they take."""
        self.tokens += tokens
        self.read += read
        if self.tokens > self.limits.tokens or self.read > self.limits.read_bytes:
            raise Refused(Code.PDF_COMPLEX)

    def spend_inflated(self, count: int) -> None:
        """Count bytes that a viewer would hold once streams are decoded."""
        self.inflated += count
        if self.inflated > self.limits.inflated_bytes:
            raise Refused(Code.PDF_EXPANDS)

    def spend_object_stream(self, count: int) -> None:
        """Count bytes of object streams, which are kept in memory here."""
        self.object_streams += count
        if self.object_streams > self.limits.object_stream_bytes:
            raise Refused(Code.PDF_EXPANDS)


Visit = Callable[[dict[str, Value]], None]


class Lexer:
    """Read values one after the other, as forgiving as viewers, never twice the same byte."""

    __slots__ = ("_budget", "_data", "_visit", "position")

    def __init__(self, budget: Budget, visit: Visit, data: bytes, position: int) -> None:
        """Start at a position of `data`; each dictionary is given to `visit` once read."""
        self._budget = budget
        self._visit = visit
        self._data = data
        self.position = position

    def value(self, depth: int = 0) -> Value:
        """Read the next value; None stands for null, operators and the end of the data."""
        start = self.skip()
        first = self._data[start : start + 1]
        if depth > _MAX_NESTING:
            raise Refused(Code.PDF_COMPLEX)
        value = self._read(first, start, depth)
        is_container = isinstance(value, dict | list)
        self._budget.spend(0 if is_container else self.position - start)
        return value

    def _read(self, first: bytes, start: int, depth: int) -> Value:
        if first == b"/":
            return self._name(start)
        if first == b"(":
            return self._string(start)
        if first == b"[":
            return self._array(start, depth)
        if first != b"<":
            return self._word(start)
        if self._data[start + 1 : start + 2] == b"<":
            return self._dictionary(start, depth)
        return self._hexadecimal(start)

    def skip(self) -> int:
        """Step over white space and comments, which count as read, and return the position."""
        skipped = _SKIP.match(self._data, self.position)
        if skipped is not None and skipped.end() > self.position:
            self._budget.spend(skipped.end() - self.position, tokens=0)
            self.position = skipped.end()
        return self.position

    def _at(self, closing: bytes) -> bool:
        """Step over the closing token when it is next; also True at the end of the data."""
        start = self.skip()
        if self._data.startswith(closing, start):
            self.position = start + len(closing)
            return True
        return start >= len(self._data)

    def _name(self, start: int) -> str:
        found = _NAME.match(self._data, start)
        assert found is not None  # the caller saw the solidus
        self.position = found.end()
        raw = found[0][1:]
        if b"#" in raw:
            raw = _ESCAPE.sub(lambda escape: bytes([int(escape[1], 16)]), raw)
        return raw.decode("latin-1")

    def _dictionary(self, start: int, depth: int) -> dict[str, Value]:
        self.position = start + 2
        read: dict[str, Value] = {}
        while not self._at(b">>"):
            if self._data[self.position : self.position + 1] != b"/":
                self.value(depth + 1)
                continue
            key = self._name(self.position)
            if self._at(b">>"):
                read[key] = None
                break
            read[key] = self.value(depth + 1)
        self._budget.spend(0, tokens=_DICTIONARY_COST)
        self._visit(read)
        return read

    def _array(self, start: int, depth: int) -> list[Value]:
        self.position = start + 1
        read: list[Value] = []
        while not self._at(b"]"):
            read.append(self.value(depth + 1))
        return read

    def _hexadecimal(self, start: int) -> bytes:
        found = _HEX.match(self._data, start)
        self.position = found.end() if found else len(self._data)
        if self.position - start > _MAX_HEXADECIMAL:
            return b""
        digits = self._data[start : self.position].translate(None, _NOT_HEX)
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))

    def _string(self, start: int) -> bytes:
        data, depth, position = self._data, 0, start
        while True:
            found = _PARENTHESIS.search(data, position)
            if found is None:
                self.position = len(data)
                return data[start + 1 :]
            self._budget.spend(0)
            position = found.end()
            if found[0] == b"\\":
                position += 1
            else:
                depth += 1 if found[0] == b"(" else -1
                if not depth:
                    self.position = position
                    return data[start + 1 : position - 1]

    def _word(self, start: int) -> Value:
        reference = _REFERENCE.match(self._data, start)
        if reference:
            self.position = reference.end()
            return Reference(int(reference[1]))
        found = _WORD.match(self._data, start)
        if found is None:
            self.position = min(start + 1, len(self._data))
            return None
        self.position = found.end()
        return _number(found[0])


def _number(word: bytes) -> Value:
    if len(word) > len("-9007199254740991"):
        return None
    try:
        return int(word)
    except ValueError:
        pass
    try:
        return float(word) if word[:1] in b"+-.0123456789" else None
    except ValueError:
        return None
