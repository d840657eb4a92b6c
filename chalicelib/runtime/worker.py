"""gunicorn's worker of threads, whose threads wait neither for who sends nor for who reads.

Requests are gathered where connections wait (`arrivals.py`), and answers leave from there, within
bounds of time and memory: a thread only runs the application. When places run out, those that have
been there for longest give way, so that many slow callers hold up themselves alone.
"""

import selectors
import socket
import time
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

from chalicelib.core import ids, log
from chalicelib.http import outcomes
from chalicelib.runtime.arrivals import Arrival
from chalicelib.runtime.connections import (
    MAX_HELD_BYTES,
    Connection,
    Outlet,
    Waiting,
    allowed,
)
from chalicelib.runtime.gateway import MAX_HEAD_BYTES, Reply, refusal

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


class Worker(ThreadWorker):  # type: ignore[misc]
    """Gathers requests, then does as `gthread`."""

    def __init__(self, *of_server: Any, **more: Any) -> None:  # noqa: ANN401
        """Begin with nobody."""
        super().__init__(*of_server, **more)
        self._waiting = Waiting()

    def accept(self, listener: socket.socket) -> None:
        """Take a connection in; another makes place for it when there are too many."""
        try:
            sock, client = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        self.enqueue_req(Connection(self, self.cfg, sock, client, listener.getsockname()))
        if self.nr_conns >= self.worker_connections:
            self._make_place()

    def _make_place(self) -> None:
        """Close who asks nothing, or else the oldest of those there are more of."""
        arriving, leaving = self._waiting.arriving, self._waiting.leaving
        if self.keepalived_conns:
            self.keepalived_conns[0].timeout = 0.0
            self.murder_keepalived()
        elif len(leaving) > len(arriving):
            self._give_up(next(iter(leaving)))
        else:
            self._turn_out(next(iter(arriving)), 503, "unavailable")

    def enqueue_req(self, conn: Connection) -> None:
        """Wait for a request: a first one, or one more on the same connection."""
        conn.arrival, conn.began = Arrival(), time.monotonic()
        conn.sock.setblocking(False)
        self._waiting.arriving[conn] = None
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._arrived, conn))
        if conn.parser is not None and (already := conn.parser.unreader.take_buffered()):
            self._take(conn, already)

    def _arrived(self, conn: Connection, sock: socket.socket) -> None:
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

    def _take(self, conn: Connection, piece: bytes) -> None:
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
                conn.sock.raw.send(_GO_ON)
        self._hold(conn, len(conn.arrival.data))

    def _hold(self, conn: Connection, size: int) -> None:
        """Count what is held; when it is too much, what has been there longest is given up."""
        self._waiting.hold(conn, size)
        if self._waiting.held <= MAX_HELD_BYTES:
            return
        if self._waiting.leaving:
            self._give_up(next(iter(self._waiting.leaving)))
        elif oldest := next((one for one in self._waiting.arriving if one.held), None):
            self._turn_out(oldest, 503, "unavailable")

    def _turn_out(self, conn: Connection, status: int, slug: str, **figures: int) -> None:
        """Give a connection up, and say why if it had begun to ask."""
        self._forget(conn)
        if conn.arrival.data:
            made = refusal(ids.new_secret_id(), status, slug, in_fhir=False, by="server", **figures)
            _send(conn.sock.raw, made)
        self.linger(conn.sock)

    def _forget(self, conn: Connection) -> None:
        self._waiting.arriving.pop(conn)
        self._waiting.hold(conn, 0)
        self.poller.unregister(conn.sock)
        self.nr_conns -= 1

    def handle_request(self, req: Any, conn: Connection) -> bool:  # noqa: ANN401
        """Serve it; after what was cut nothing on the connection has a known beginning."""
        req._expected_100_continue = False  # noqa: SLF001  said as it came
        if conn.arrival.cut:
            req.force_close()
        return bool(super().handle_request(req, conn)) and not conn.arrival.cut

    def finish_request(self, conn: Connection, fs: Any) -> None:  # noqa: ANN401
        """Let the answer leave; only then is the request over."""
        size = len(conn.sock.rest)
        conn.sock.setblocking(False)
        self._waiting.leaving[conn] = (time.monotonic() + allowed(size), fs)
        self.poller.register(conn.sock, selectors.EVENT_WRITE, partial(self._leave, conn))
        self._hold(conn, size)
        self._leave(conn, conn.sock)

    def _leave(self, conn: Connection, outlet: Outlet) -> None:
        if conn not in self._waiting.leaving:  # given up a moment ago
            return
        try:
            while outlet.rest:
                del outlet.rest[: outlet.raw.send(outlet.rest[:_PIECE_BYTES])]
        except BlockingIOError:
            return
        except OSError:
            self._give_up(conn)
            return
        _, fs = self._waiting.leaving.pop(conn)
        self.poller.unregister(outlet)
        self._waiting.hold(conn, 0)
        if conn.after and conn.parser is not None:
            conn.parser.unreader.unread(conn.after)
            conn.after = b""
        super().finish_request(conn, fs)

    def _give_up(self, conn: Connection) -> None:
        """Close a connection whose answer nobody reads."""
        del self._waiting.leaving[conn]
        self.poller.unregister(conn.sock)
        self._waiting.hold(conn, 0)
        self.nr_conns -= 1
        conn.close()

    def murder_pending(self) -> None:
        """Close what is late; gunicorn calls this once a turn."""
        now = time.monotonic()
        if now < self._waiting.next_look:
            return
        self._waiting.next_look = now + _LOOK_SECONDS
        for conn in [one for one in self._waiting.arriving if one.is_late(now)]:
            self._turn_out(conn, 408, "bad-request")
        for conn in [one for one, (until, _) in self._waiting.leaving.items() if now > until]:
            self._give_up(conn)
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
