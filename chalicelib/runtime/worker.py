"""gunicorn's worker of threads, whose threads take requests that are here, and never a slow sender.

Requests are gathered where connections wait (`arrivals.py`), within bounds of time and memory: a
thread only runs the application and writes the answer. When places run out, those that have been
arriving for longest give way, so that many slow senders hold up themselves alone.
"""

import selectors
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from gunicorn.http import errors
from gunicorn.http.parser import RequestParser
from gunicorn.workers.gthread import TConn, ThreadWorker

from chalicelib.core import ids, log
from chalicelib.http import outcomes
from chalicelib.runtime.arrivals import Arrival
from chalicelib.runtime.gateway import MAX_HEAD_BYTES, Reply, refusal

HEAD_SECONDS: Final = 10
# A whole request: these, and a second for each so many bytes that came (a poor mobile line).
BODY_SECONDS: Final = 20
SLOWEST_BYTES_A_SECOND: Final = 32 * 1024
# An answer, until its last byte is with the system.
ANSWER_SECONDS: Final = 60
# Bodies over `SMALL_BYTES` that are here together, in one process.
MAX_HELD_BYTES: Final = 128 * 1024 * 1024
SMALL_BYTES: Final = 64 * 1024
_PIECE_BYTES: Final = 256 * 1024
# A closed connection is read a little longer, or its peer might lose the end of the answer.
_LINGER_SECONDS: Final = 2
_MAX_LINGERING: Final = 100
_LOOK_SECONDS: Final = 0.5
_GO_ON: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_STATUS: Final = {
    errors.LimitRequestLine: 414,
    errors.LimitRequestHeaders: 431,
    errors.ExpectationFailed: 417,
    errors.UnsupportedTransferCoding: 501,
}
_OURS: Final = (errors.InvalidResponseHeader, errors.InvalidResponseHeaderName)


class _Connection(TConn):  # type: ignore[misc]  # gunicorn has no types
    """A connection, and the request that is coming on it."""

    def __init__(self, worker: "Worker", *of_server: Any) -> None:  # noqa: ANN401
        """Take the worker that closes it."""
        super().__init__(*of_server)
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
        self.sock.settimeout(ANSWER_SECONDS)
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
        return now > self.began + BODY_SECONDS + len(self.arrival.data) / SLOWEST_BYTES_A_SECOND

    def close(self, graceful: bool = False) -> None:  # noqa: FBT001, FBT002  gunicorn's
        """Close; gracefully is left to the worker, which waits for many at once."""
        if graceful:
            self._worker.linger(self.sock)
        else:
            super().close()


@dataclass
class _Waiting:
    """Connections whose request is coming, oldest first; sockets that are closing; bytes held."""

    arriving: dict[_Connection, None] = field(default_factory=dict)
    closing: dict[socket.socket, float] = field(default_factory=dict)
    held: int = 0
    next_look: float = 0.0

    def hold(self, conn: _Connection, size: int) -> None:
        """Count what a connection has here; nothing for what is small."""
        size = size if size > SMALL_BYTES else 0
        self.held += size - conn.held
        conn.held = size


class Worker(ThreadWorker):  # type: ignore[misc]
    """Gathers requests, then does as `gthread`."""

    def __init__(self, *of_server: Any, **more: Any) -> None:  # noqa: ANN401
        """Begin with nobody."""
        super().__init__(*of_server, **more)
        self._waiting = _Waiting()

    def accept(self, listener: socket.socket) -> None:
        """Take a connection in; the oldest that is still arriving makes place for it."""
        try:
            sock, client = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        self.enqueue_req(_Connection(self, self.cfg, sock, client, listener.getsockname()))
        if self.nr_conns >= self.worker_connections:
            self._turn_out(next(iter(self._waiting.arriving)), 503, "unavailable")

    def enqueue_req(self, conn: _Connection) -> None:
        """Wait for a request: a first one, or one more on the same connection."""
        conn.arrival, conn.began = Arrival(), time.monotonic()
        conn.sock.setblocking(False)
        self._waiting.arriving[conn] = None
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._arrived, conn))
        if conn.parser is not None and (already := conn.parser.unreader.take_buffered()):
            self._take(conn, already)

    def _arrived(self, conn: _Connection, sock: socket.socket) -> None:
        if conn not in self._waiting.arriving:  # turned out a moment ago
            return
        try:
            piece = sock.recv(_PIECE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        if piece:
            self._take(conn, piece)
        else:
            self._forget(conn)
            conn.close()

    def _take(self, conn: _Connection, piece: bytes) -> None:
        whole = conn.arrival.add(piece)
        if whole and not conn.arrival.has_head:
            self._turn_out(conn, 431, "head-too-large", limit_bytes=MAX_HEAD_BYTES)
            return
        if whole:
            self._waiting.arriving.pop(conn)
            self.poller.unregister(conn.sock)
            super().enqueue_req(conn)
        elif conn.arrival.expects_word:
            conn.arrival.expects_word = False
            with suppress(OSError):
                conn.sock.send(_GO_ON)
        self._waiting.hold(conn, len(conn.arrival.data))
        if self._waiting.held > MAX_HELD_BYTES:
            oldest = next((one for one in self._waiting.arriving if one.held), None)
            if oldest is not None:
                self._turn_out(oldest, 503, "unavailable")

    def _turn_out(self, conn: _Connection, status: int, slug: str, **figures: int) -> None:
        """Give a connection up, and say why if it had begun to ask."""
        self._forget(conn)
        if conn.arrival.data:
            made = refusal(ids.new_secret_id(), status, slug, in_fhir=False, by="server", **figures)
            _send(conn.sock, made)
        self.linger(conn.sock)

    def _forget(self, conn: _Connection) -> None:
        self._waiting.arriving.pop(conn)
        self._waiting.hold(conn, 0)
        self.poller.unregister(conn.sock)
        self.nr_conns -= 1

    def handle_request(self, req: Any, conn: _Connection) -> bool:  # noqa: ANN401
        """Serve it; after what was cut nothing on the connection has a known beginning."""
        req._expected_100_continue = False  # noqa: SLF001  said as it came
        if conn.arrival.cut:
            req.force_close()
        return bool(super().handle_request(req, conn)) and not conn.arrival.cut

    def finish_request(self, conn: _Connection, fs: Any) -> None:  # noqa: ANN401
        """Let go of what was held, and keep for the next request what came of it."""
        self._waiting.hold(conn, 0)
        if conn.after and conn.parser is not None:
            conn.parser.unreader.unread(conn.after)
            conn.after = b""
        super().finish_request(conn, fs)

    def murder_pending(self) -> None:
        """Close what is late; gunicorn calls this once a turn."""
        now = time.monotonic()
        if now < self._waiting.next_look:
            return
        self._waiting.next_look = now + _LOOK_SECONDS
        for conn in [one for one in self._waiting.arriving if one.is_late(now)]:
            self._turn_out(conn, 408, "bad-request")
        for sock in [one for one, until in self._waiting.closing.items() if now > until]:
            self._end(sock)

    def linger(self, sock: socket.socket) -> None:
        """End our side of a connection, and read on for a moment."""
        try:
            sock.setblocking(False)
            sock.shutdown(socket.SHUT_WR)
            if len(self._waiting.closing) >= _MAX_LINGERING:
                raise OSError  # noqa: TRY301  as if its peer were gone
            self.poller.register(sock, selectors.EVENT_READ, self._drain)
        except (OSError, ValueError):
            sock.close()
        else:
            self._waiting.closing[sock] = time.monotonic() + _LINGER_SECONDS

    def _drain(self, sock: socket.socket) -> None:
        if sock in self._waiting.closing:
            with suppress(BlockingIOError):
                try:
                    left = sock.recv(_PIECE_BYTES)
                except ConnectionError:
                    left = b""
                if not left:
                    self._end(sock)

    def _end(self, sock: socket.socket) -> None:
        del self._waiting.closing[sock]
        self.poller.unregister(sock)
        sock.close()

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:  # noqa: ANN401
        """Answer what cannot be read in our own words, and log nothing of it."""
        del addr
        in_fhir = outcomes.is_spoken_at(getattr(req, "path", None) or "/")
        request_id = ids.new_secret_id()
        log.request_id.set(request_id)
        if not isinstance(exc, errors.ParseException) or isinstance(exc, _OURS):
            log.exception("incident", exc)
            reply = refusal(request_id, 500, "internal", in_fhir=in_fhir, by="server")
        elif isinstance(exc, errors.LimitRequestHeaders):
            limit = MAX_HEAD_BYTES
            reply = refusal(
                request_id, 431, "head-too-large", in_fhir=in_fhir, by="server", limit_bytes=limit
            )
        else:
            status = _STATUS.get(type(exc), 400)
            reply = refusal(request_id, status, "bad-request", in_fhir=in_fhir, by="server")
        _send(client, reply)


def _send(sock: socket.socket, reply: Reply) -> None:
    """Write an answer, the last of its connection, to who may be reading."""
    head = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}", "Connection: close"]
    lines = [*head, *(f"{name}: {value}" for name, value in reply.headers), "", ""]
    with suppress(OSError):
        sock.setblocking(False)
        sock.send("\r\n".join(lines).encode("latin-1") + reply.body)
