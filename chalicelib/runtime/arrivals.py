"""When a request has come whole: only then does a thread take it, so that a slow sender holds none.

Where it ends is only found here; whether it is well made is for the server's own parser, which gets
these bytes and never reads further. What is too long, or ends nowhere, is handed over as it is
(`cut`): it is refused, and its connection closed.
"""

import re
from typing import Final

from chalicelib.runtime.gateway import MAX_BODY_BYTES

MAX_HEAD_BYTES: Final = 64 * 1024  # far more than is accepted, so that most are told why
_MAX_LINE_BYTES: Final = 4_096
_MAX_TRAILER_BYTES: Final = 16 * 1024
_MAX_CHUNKED_BYTES: Final = MAX_BODY_BYTES + 1024 * 1024  # with the lengths of its chunks
_HEAD_END: Final = b"\r\n\r\n"
_CODED: Final = re.compile(rb"\r\ntransfer-encoding[ \t]*:([^\r]*)", re.IGNORECASE)
_LENGTH: Final = re.compile(rb"\r\ncontent-length:[ \t]*0*([0-9]{1,12})[ \t]*\r\n", re.IGNORECASE)
_EXPECTS: Final = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*\r\n", re.IGNORECASE)
_CHUNK: Final = re.compile(rb"([0-9a-fA-F]{1,6})[ \t]*(?:;.*)?")


class Arrival:
    """The bytes of one request as they come; `end` is where it ends, once that is known."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.data = bytearray()
        self.end: int | None = None
        self.cut = False
        self.has_head = False
        self.expects_word = False  # its sender waits for "100 Continue" before the body
        self._at = 0  # what lies before needs no second look
        self._chunked = False

    def add(self, piece: bytes) -> bool:
        """Take what came; return whether the request can be handed over."""
        self.data += piece
        if not self.has_head:
            self._find_head()
        if self.has_head and self._chunked and self.end is None and not self.cut:
            self._follow_chunks()
        return self.cut or (self.end is not None and len(self.data) >= self.end)

    def split(self) -> tuple[bytes, bytes]:
        """Return the request, and what came after it on the same connection."""
        end = len(self.data) if self.end is None or self.cut else self.end
        return bytes(self.data[:end]), bytes(self.data[end:])

    def _find_head(self) -> None:
        found = self.data.find(_HEAD_END, self._at)
        if found < 0:
            self._at = max(0, len(self.data) - 3)
            self.cut = len(self.data) > MAX_HEAD_BYTES
            return
        self.has_head = True
        self._at = found + len(_HEAD_END)
        head = bytes(self.data[: found + 2])
        self.expects_word = _EXPECTS.search(head) is not None
        coded = _CODED.search(head)
        if coded is not None:
            self._chunked = b"chunked" in coded[1].lower()
            self.cut = not self._chunked
        else:
            told = _LENGTH.search(head)
            length = int(told[1]) if told else 0
            self.cut = length > MAX_BODY_BYTES
            self.end = self._at + length

    def _follow_chunks(self) -> None:
        """Go from chunk to chunk as far as lengths have come, and past the trailers."""
        while (line_end := self.data.find(b"\r\n", self._at)) >= 0:
            told = _CHUNK.fullmatch(self.data, self._at, line_end)
            if told is None:
                self.cut = True
                return
            size = int(told[1], 16)
            if size == 0:
                self._find_trailers_end(line_end)
                return
            self._at = line_end + 2 + size + 2
            if self._at > _MAX_CHUNKED_BYTES:
                self.cut = True
                return
        self.cut = len(self.data) - self._at > _MAX_LINE_BYTES

    def _find_trailers_end(self, last_line_end: int) -> None:
        found = self.data.find(_HEAD_END, last_line_end)
        if found >= 0:
            self.end = found + len(_HEAD_END)
        else:
            self.cut = len(self.data) - last_line_end > _MAX_TRAILER_BYTES
