"""The protocol of clamd: one session, its version and one stream. Source: clamd(8), IDSESSION.

The stream is sent in pieces, each after its length, and ends with an empty one. Answers bear the
number of their command. Whatever is not exactly an answer is none.
"""

import re
import socket
import struct
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

# What a person waits for at most. Signatures of ordinary documents take 10 to 300 ms.
SECONDS: Final = 10.0
# To a command that needs no work; clamd takes it in whatever it is scanning.
_PING_SECONDS: Final = 1.0
_COMMANDS: Final = b"zIDSESSION\0zVERSION\0zINSTREAM\0"
_LENGTH: Final = struct.Struct(">I")
_PIECE_BYTES: Final = 256 * 1024
_MAX_ANSWER_BYTES: Final = 4_096
_ANSWERS: Final = 2
_ENGINE = re.compile(rb"1: (ClamAV [0-9A-Za-z.+~-]{1,40}(?:/[0-9]{1,9})?)(?:/[ -~]{0,60})?")
_CLEAN: Final = b"2: stream: OK"
_FOUND = re.compile(rb"2: stream: ([!-~]{1,200}) FOUND")
_TOO_LONG: Final = b"size limit exceeded"

Reason = Literal["unreachable", "timeout", "cut", "size limit", "not an answer"]


@dataclass(frozen=True, slots=True)
class Answer:
    """Which engine answered, such as `ClamAV 1.4.6/27500`, and what it found, if anything."""

    engine: str
    signature: str | None


class Unanswered(Exception):  # noqa: N818  it says what there is not
    """No verdict was given; `reason` is for the log."""

    def __init__(self, reason: Reason) -> None:
        """Take why: never a piece of what was sent or received."""
        super().__init__(reason)
        self.reason = reason


def ask(address: str, content: bytes, seconds: float = SECONDS) -> Answer:
    """Send a content to `tcp://host:port` or `unix:///path` and read what is said of it.

    Raises:
        Unanswered: it cannot be reached, is too slow, stops, or says something else.
    """
    deadline = time.monotonic() + seconds
    try:
        with _connected(address, seconds) as connection:
            return _read(_exchange(connection, content, deadline))
    except TimeoutError as error:
        raise Unanswered("timeout") from error
    except OSError as error:
        raise Unanswered("unreachable") from error


def is_there(address: str) -> bool:
    """Ask only whether it answers."""
    deadline = time.monotonic() + _PING_SECONDS
    try:
        with _connected(address, _PING_SECONDS) as connection:
            _send(connection, b"zPING\0", deadline)
            connection.settimeout(_left(deadline))
            return connection.recv(_MAX_ANSWER_BYTES) == b"PONG\0"
    except OSError:
        return False


def _connected(address: str, seconds: float) -> socket.socket:
    where = urlsplit(address)
    if where.scheme == "tcp":
        return socket.create_connection((where.hostname or "", where.port or 3310), seconds)
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(seconds)
        connection.connect(where.path)
    except BaseException:
        connection.close()
        raise
    return connection


def _exchange(connection: socket.socket, content: bytes, deadline: float) -> bytes:
    """Send all and read both answers, or what came before the end."""
    view = memoryview(content)
    with suppress(BrokenPipeError, ConnectionResetError):  # it may say no before it has all
        _send(connection, _COMMANDS, deadline)
        for start in range(0, len(view), _PIECE_BYTES):
            piece = view[start : start + _PIECE_BYTES]
            _send(connection, _LENGTH.pack(len(piece)), deadline)
            _send(connection, piece, deadline)
        _send(connection, _LENGTH.pack(0), deadline)
    said = b""
    with suppress(ConnectionResetError):
        while _awaits_more(said):
            connection.settimeout(_left(deadline))
            heard = connection.recv(_MAX_ANSWER_BYTES)
            if not heard:
                break
            said += heard
    return said


def _awaits_more(said: bytes) -> bool:
    has_all = said.count(b"\0") >= _ANSWERS or _TOO_LONG in said
    return not has_all and len(said) <= _MAX_ANSWER_BYTES


def _send(connection: socket.socket, piece: bytes | memoryview, deadline: float) -> None:
    connection.settimeout(_left(deadline))
    connection.sendall(piece)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _read(said: bytes) -> Answer:
    if _TOO_LONG in said:
        raise Unanswered("size limit")
    answers = said.split(b"\0")
    if len(answers) != _ANSWERS + 1 or answers[-1]:
        raise Unanswered("cut" if said.count(b"\0") < _ANSWERS else "not an answer")
    first, second = sorted(answers[:-1])
    engine, found = _ENGINE.fullmatch(first), _FOUND.fullmatch(second)
    if engine is None or (found is None and second != _CLEAN):
        raise Unanswered("not an answer")
    return Answer(engine[1].decode(), found[1].decode() if found else None)
