"""A mail server of a few lines, on the loopback, that keeps what it accepts."""

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import cast

_USUAL = {"DATA": "354 go", "QUIT": "221 goodbye"}


class MailServer(socketserver.ThreadingTCPServer):
    """Accepts mail, or answers what a test says at one command."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.mails: list[str] = []
        self.answers: dict[str, str] = {}

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 ready")
        while line := self.rfile.readline().decode():
            command = line[:4].strip().upper()
            self._say(self._ours.answers.get(command, _USUAL.get(command, "250 ok")))
            if command == "QUIT":
                return
            if command == "DATA" and command not in self._ours.answers:
                self._keep()

    def _keep(self) -> None:
        lines = []
        while (line := self.rfile.readline().decode()) != ".\r\n":
            lines.append(line)
        self._ours.mails.append("".join(lines))
        self._say("250 kept")

    @property
    def _ours(self) -> MailServer:
        return cast("MailServer", self.server)

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def running() -> Iterator[MailServer]:
    with MailServer() as server:
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
