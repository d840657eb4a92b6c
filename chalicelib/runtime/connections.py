"""What waits in a server's process: connections, what comes and leaves on them, and its bounds."""

import socket
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from gunicorn.http.parser import RequestParser
from gunicorn.workers.gthread import TConn

from chalicelib.runtime.arrivals import Arrival

HEAD_SECONDS: Final = 10
# A whole request or answer: these, and a second for each so many bytes (a poor mobile line).
BODY_SECONDS: Final = 20
SLOWEST_BYTES_A_SECOND: Final = 32 * 1024
# Bodies and answers over `SMALL_BYTES` that are here together, in one process.
MAX_HELD_BYTES: Final = 128 * 1024 * 1024
SMALL_BYTES: Final = 64 * 1024


class _Closer(Protocol):
    def linger(self, sock: "Outlet") -> None:
        """End our side of a connection, and read on for a moment."""


class Outlet:
    """A socket on which threads write without waiting: what they wrote leaves later."""

    def __init__(self, sock: socket.socket) -> None:
        """Take the socket; but for writing, this is it."""
        self.raw = sock
        self.rest = bytearray()

    def sendall(self, data: bytes) -> None:
        """Keep it until it leaves."""
        self.rest += data

    def send(self, data: bytes) -> int:
        """Keep it until it leaves."""
        self.rest += data
        return len(data)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  the socket's own
        return getattr(self.raw, name)


class Connection(TConn):  # type: ignore[misc]  # gunicorn has no types
    """A connection, with the request that is coming on it or the answer that is leaving."""

    def __init__(self, worker: _Closer, cfg: Any, sock: socket.socket, *more: Any) -> None:  # noqa: ANN401
        """Take the worker that closes it."""
        super().__init__(cfg, Outlet(sock), *more)
        self.data_ready = True  # when a thread gets it
        self.parser: RequestParser | None = None
        self.arrival = Arrival()
        self.began = 0.0
        self.held = 0
        self.after = b""
        self._worker = worker

    def init(self) -> None:
        """Give the parser what came, in pieces, and no way to wait for more."""
        self.initialized = True
        whole, self.after = self.arrival.split()
        starts = range(0, len(whole), SMALL_BYTES)
        pieces = iter([whole[start : start + SMALL_BYTES] for start in starts])
        if self.parser is None:
            self.parser = RequestParser(self.cfg, pieces, self.client)
        self.parser.unreader.iter = pieces

    def is_late(self, now: float) -> bool:
        """Tell whether its request should have come by now."""
        if not self.arrival.has_head:
            return now > self.began + HEAD_SECONDS
        return now > self.began + allowed(len(self.arrival.data))

    def close(self, graceful: bool = False) -> None:  # noqa: FBT001, FBT002  gunicorn's
        """Close; gracefully is left to the worker, which waits for many at once."""
        if graceful:
            self._worker.linger(self.sock)
        else:
            super().close()


def allowed(size: int) -> float:
    """Return how many seconds so many bytes may take."""
    return BODY_SECONDS + size / SLOWEST_BYTES_A_SECOND


@dataclass
class Waiting:
    """Connections whose request is coming or whose answer is leaving, oldest first.

    Of an answer, until when it may, and the request that is over then; of sockets that are closing,
    until when; and the bytes held for all.
    """

    arriving: dict[Connection, None] = field(default_factory=dict)
    leaving: dict[Connection, tuple[float, Any]] = field(default_factory=dict)
    closing: dict[socket.socket, float] = field(default_factory=dict)
    held: int = 0
    next_look: float = 0.0

    def hold(self, conn: Connection, size: int) -> None:
        """Count what a connection has here; nothing for what is small."""
        size = size if size > SMALL_BYTES else 0
        self.held += size - conn.held
        conn.held = size
