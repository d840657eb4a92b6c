"""The container's server, alone: slow senders hold nobody up, and what came is not written down."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest

from chalicelib.runtime import server
from infra.local.config import ROOT

# A program of its own, which mostly waits.
pytestmark = [pytest.mark.cloud, pytest.mark.xdist_group("server")]

_THREADS: Final = 4
_SLOW: Final = b"POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\ng"
_CHUNKED: Final = b"POST /count HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
_NAMES: Final = ("279035121518989", "PAT-TROIS", "Martin", "127.0.0.1")


class Served:
    """A running server, and what it wrote."""

    def __init__(self, port: int, log: Path) -> None:
        self.port = port
        self._log = log

    def open(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def ask(self, sent: bytes) -> bytes:
        """Send, and read until the server closes."""
        with self.open() as line:
            line.sendall(sent)
            return _all(line)

    def lines(self) -> list[str]:
        return self._log.read_text().splitlines()


def _all(line: socket.socket) -> bytes:
    answer = b""
    while piece := line.recv(65536):
        answer += piece
    return answer


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    log = tmp_path_factory.mktemp("server") / "log"
    with socket.socket() as listener, log.open("wb") as out:
        listener.bind(("127.0.0.1", 0))
        listener.listen(400)
        command = ["gunicorn", "--config", "python:chalicelib.runtime.server"]
        process = subprocess.Popen(
            [sys.executable, "-m", *command, "--bind", f"fd://{listener.fileno()}", "--workers=1",
             f"--threads={_THREADS}", "tests.runtime.served"],
            cwd=ROOT, env={**os.environ, "PYTHONUNBUFFERED": "1"}, stdout=out,
            stderr=subprocess.STDOUT, pass_fds=[listener.fileno()],
        )  # fmt: skip
        running = Served(listener.getsockname()[1], log)
        try:
            _health(running)
            yield running
        finally:
            process.terminate()
            assert process.wait(40) == 0, log.read_text()


def _health(served: Served) -> float:
    began = time.monotonic()
    answer = served.ask(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 "), answer
    return time.monotonic() - began


@pytest.mark.parametrize("sent", [b"", _SLOW[:30], _SLOW])
def test_slow_senders_hold_nobody_up(sent: bytes, served: Served) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(served.open()) for _ in range(3 * _THREADS)]
        for line in slow:
            line.sendall(sent)
        assert max(_health(served) for _ in range(3)) < 2
        assert sent != _SLOW or _ends(slow[-1])


def _ends(line: socket.socket) -> bool:
    line.sendall(b"r" * 99)
    answer = b""
    while not answer.endswith(b"\r\n\r\n100") and (piece := line.recv(65536)):
        answer += piece
    return answer.endswith(b"100")


def test_when_places_run_out_the_oldest_that_is_still_arriving_gives_way(served: Served) -> None:
    with ExitStack() as stack:
        slow = []
        for _ in range(server.worker_connections + 20):
            slow.append(stack.enter_context(served.open()))
            slow[-1].sendall(_SLOW)
        assert _health(served) < 5
        assert _all(slow[0]).startswith(b"HTTP/1.1 503 ")
        assert _ends(slow[-1])


def test_who_asks_and_never_closes_holds_nobody_up(served: Served) -> None:
    with ExitStack() as stack:
        for _ in range(3 * _THREADS):
            line = stack.enter_context(served.open())
            line.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert _health(served) < 2


def test_who_keeps_a_connection_and_asks_nothing_gives_way_first(served: Served) -> None:
    with ExitStack() as stack:
        idle = []
        for _ in range(server.worker_connections + 20):
            idle.append(stack.enter_context(served.open()))
            idle[-1].sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert _health(served) < 5
        assert _all(idle[0]).endswith(b"well")


def test_slow_readers_hold_nobody_up(served: Served) -> None:
    with ExitStack() as stack:
        slow = []
        for _ in range(3 * _THREADS):
            line = stack.enter_context(socket.socket())
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.settimeout(20)
            line.connect(("127.0.0.1", served.port))
            line.sendall(b"GET /long HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            slow.append(line)
        time.sleep(1)
        assert max(_health(served) for _ in range(3)) < 2
        assert _all(slow[0]).endswith(b"\r\n\r\n" + b"long " * 1_200_000)


def test_requests_that_come_together_are_answered_one_after_the_other(served: Served) -> None:
    whole = _SLOW + b"r" * 99
    chunked = _CHUNKED + b"3\r\nabc\r\n0\r\n\r\n"
    last = b"GET /health HTTP/1.1\r\nConnection: close\r\n\r\n"
    answer = served.ask(whole + chunked + whole + last)
    assert [answer.count(end) for end in (b"\r\n\r\n100", b"\r\n\r\n3", b"well")] == [2, 1, 1]


def test_a_large_body_comes_whole_and_who_waits_for_a_word_gets_it(served: Served) -> None:
    size = 9 * 1024 * 1024
    with served.open() as line:
        line.sendall(
            b"POST /count HTTP/1.1\r\nExpect: 100-continue\r\nConnection: close\r\n"
            b"Content-Length: %d\r\n\r\n" % size
        )
        assert line.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.sendall(bytes(size))
        answer = _all(line)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(str(size).encode())


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (_CHUNKED + b'{"ins":"279035121518989"}\r\n', 400),
        ("GET /v1/x?name=Hélène+PAT-TROIS HTTP/1.1\r\n\r\n".encode(), 400),
        (b"GET /Martin nonsense\r\n\r\n", 400),
        (b"GET /x HTTP/1.1\r\nPAT-TROIS Martin\r\n\r\n", 400),
        (b"GET /x HTTP/1.1\r\nX: " + b"Martin" * 3_000 + b"\r\n\r\n", 431),
        (b"GET /x HTTP/1.1\r\nX: " + b"Martin" * 30_000, 431),
        (b"GET /" + b"Martin" * 3_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET /x HTTP/1.1\r\nExpect: Martin\r\n\r\n", 417),
        (b"POST /count HTTP/1.1\r\nTransfer-Encoding: Martin\r\n\r\n", 501),
        (b"POST /count HTTP/1.1\r\nContent-Length: 99999999\r\n\r\nMartin", 413),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_our_words_and_not_written_down(
    sent: bytes, status: int, served: Served
) -> None:
    before = len(served.lines())

    head, _, body = served.ask(sent).partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 %d " % status), head
    assert b"Content-Type: application/problem+json" in head
    assert json.loads(body)["status"] == status
    written = [json.loads(line) for line in served.lines()[before:]]
    assert [(line["event"], line["status"]) for line in written] in (
        [("refused at the server", status)],
        [("refused at the gateway", status)],
    )
    assert not [name for name in _NAMES if name in "\n".join(served.lines())]


def test_each_line_of_the_server_is_ours(served: Served) -> None:
    _health(served)
    events = [json.loads(line)["event"] for line in served.lines()]
    assert "Booting worker with pid: %s" in events
