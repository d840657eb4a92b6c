"""Two scanners on a Unix socket: the real clamd, where it is installed, and one that misbehaves."""

import os
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
# Signatures of our own: the test text anywhere, a script word in a file, and one hash.
_NDB = f"Carnet.Eicar:0:*:{EICAR.hex()}\nCarnet.Word:0:*:{b'CARNET-VIRUS-WORD'.hex()}\n"
_HDB = "44d88612fea8a8f36de82e1278abb02f:68:Carnet.EicarHash\n"
COMMANDS = b"zIDSESSION\0zVERSION\0zINSTREAM\0"
_START_SECONDS = 20

Script = Callable[[socket.socket, bytes], None]


@contextmanager
def real_clamd(*, stream_max: str = "30M") -> Iterator[str]:
    """Start clamd with three signatures; skip where it is not installed."""
    program = shutil.which("clamd", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("clamd is not installed (Debian: clamav-daemon)")
    with tempfile.TemporaryDirectory(prefix="clamd") as folder:
        home = Path(folder)
        (home / "db").mkdir()
        (home / "db" / "carnet.ndb").write_text(_NDB)
        (home / "db" / "carnet.hdb").write_text(_HDB)
        (home / "clamd.conf").write_text(
            f"Foreground yes\nLocalSocket {home}/clamd.sock\nDatabaseDirectory {home}/db\n"
            f"StreamMaxLength {stream_max}\nMaxFileSize 30M\nMaxScanSize 400M\nUser root\n"
            f"AlertExceedsMax yes\nTemporaryDirectory {home}\n".replace(
                "User root\n", "" if os.getuid() else "User root\n"
            )
        )
        server = subprocess.Popen(
            [program, "-c", str(home / "clamd.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(home / "clamd.sock", server)
            yield f"unix://{home}/clamd.sock"
        finally:
            server.terminate()
            server.wait(_START_SECONDS)


def _wait_for(path: Path, server: "subprocess.Popen[bytes]") -> None:
    until = time.perf_counter() + _START_SECONDS
    while time.perf_counter() < until and server.poll() is None:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(path))
            except OSError:
                threading.Event().wait(0.05)
            else:
                return
    pytest.fail("clamd did not start")


@contextmanager
def fake_clamd(script: Script) -> Iterator[str]:
    """Listen as clamd does; each connection reads one stream, then plays the script."""
    with tempfile.TemporaryDirectory(prefix="fake") as folder, socket.socket(socket.AF_UNIX) as one:
        path = f"{folder}/clamd.sock"
        one.bind(path)
        one.listen()
        thread = threading.Thread(target=_serve, args=(one, script), daemon=True)
        thread.start()
        try:
            yield f"unix://{path}"
        finally:
            one.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def _serve(listening: socket.socket, script: Script) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        with connection:
            try:
                script(connection, b"")
            except OSError:
                continue


def received(connection: socket.socket) -> bytes:
    """Read the commands and one whole stream, as clamd does, and return the content."""
    reader = connection.makefile("rb")
    assert reader.read(len(COMMANDS)) == COMMANDS
    content = b""
    while size := struct.unpack(">I", reader.read(4))[0]:
        content += reader.read(size)
    return content


def knowing(virus: bytes, version: bytes) -> Script:
    """Return a script that finds a virus where its bytes are, and nothing else."""

    def play(connection: socket.socket, _: bytes) -> None:
        found = b"Carnet.Test FOUND" if virus in received(connection) else b"OK"
        connection.sendall(version + b"2: stream: " + found + b"\0")

    return play


def saying(answer: bytes) -> Script:
    """Return a script that reads all, then answers that."""

    def play(connection: socket.socket, _: bytes) -> None:
        received(connection)
        connection.sendall(answer)

    return play
