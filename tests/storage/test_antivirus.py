"""The port of the antivirus: the protocol against the real clamd, and against one that fails."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from chalicelib.core.errors import Unavailable
from chalicelib.core.settings import settings
from chalicelib.storage import antivirus, clamd
from chalicelib.storage.antivirus import Verdict
from chalicelib.storage.clamd import Answer, Unanswered
from chalicelib.storage.refusals import Code, Refused
from tests.storage.files import a_pdf
from tests.storage.scanners import EICAR, Script, fake_clamd, real_clamd, received, saying

Configure = Callable[[str], None]
VERSION = b"1: ClamAV 1.4.6/27500/Thu Nov 26 09:23:41 2026\0"


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Configure]:
    def configured(address: str) -> None:
        monkeypatch.setenv("CLAMD_ADDRESS", address)
        settings.cache_clear()

    yield configured
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture(scope="module")
def real() -> Iterator[str]:
    with real_clamd() as address:
        yield address


def test_the_real_clamd_tells_clean_from_infected(real: str) -> None:
    clean, found = clamd.ask(real, a_pdf()), clamd.ask(real, EICAR)
    assert clean.engine.startswith("ClamAV 1.")
    assert clean.signature is None
    assert found == Answer(clean.engine, found.signature)
    assert found.signature is not None
    assert found.signature.startswith("Carnet.Eicar")


def test_the_real_clamd_reads_a_large_content_in_pieces(real: str) -> None:
    # Not compressible, and the word at the very end, over many pieces.
    large = os.urandom(12 * 1024 * 1024)
    assert clamd.ask(real, large).signature is None
    found = clamd.ask(real, large + b"CARNET-VIRUS-WORD").signature
    assert found is not None
    assert found.startswith("Carnet.Word")


def test_the_real_clamd_reads_an_empty_content(real: str) -> None:
    assert clamd.ask(real, b"").signature is None


def test_the_real_clamd_refusing_the_size_is_no_verdict() -> None:
    with real_clamd(stream_max="1M") as address, pytest.raises(Unanswered) as caught:
        clamd.ask(address, bytes(3_000_000))
    assert caught.value.reason in {"size limit", "cut"}


def test_what_is_sent_is_what_is_scanned() -> None:
    seen: list[bytes] = []

    def play(connection: socket.socket, _: bytes) -> None:
        seen.append(received(connection))
        connection.sendall(VERSION + b"2: stream: OK\0")

    content = os.urandom(700_001)
    with fake_clamd(play) as address:
        assert clamd.ask(address, content) == Answer("ClamAV 1.4.6/27500", None)
    assert seen == [content]


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (saying(b""), "cut"),
        (saying(VERSION), "cut"),
        (saying(VERSION + b"2: stream: O"), "cut"),
        (saying(b"INSTREAM size limit exceeded. ERROR\0"), "size limit"),
        (saying(VERSION + b"2: INSTREAM size limit exceeded. ERROR\0"), "size limit"),
        (saying(VERSION + b"2: stream: Can't allocate memory ERROR\0"), "not an answer"),
        (saying(VERSION + b"3: stream: OK\0"), "not an answer"),
        (saying(VERSION + b"2: stream: OK \0"), "not an answer"),
        (saying(VERSION + b"2: stream: OK\n\0"), "not an answer"),
        (saying(VERSION + b"2: stream:  FOUND\0"), "not an answer"),
        (saying(VERSION + b"2: stream: \xff\xfe FOUND\0"), "not an answer"),
        (saying(VERSION + b"2: stream: OK\0" + b"3: more\0"), "not an answer"),
        (saying(b"1: <html>\0" + b"2: stream: OK\0"), "not an answer"),
        (saying(b"stream: OK\0stream: OK\0"), "not an answer"),
        (saying(b"UNKNOWN COMMAND\0"), "cut"),
        (saying(b"x" * 100_000), "cut"),
    ],
)  # fmt: skip
def test_whatever_is_not_exactly_an_answer_is_none(script: Script, reason: str) -> None:
    with fake_clamd(script) as address, pytest.raises(Unanswered) as caught:
        clamd.ask(address, a_pdf())
    assert caught.value.reason == reason


def test_a_scanner_that_hangs_up_while_it_is_sent_to_is_none() -> None:
    with fake_clamd(lambda _, __: None) as address, pytest.raises(Unanswered) as caught:
        clamd.ask(address, bytes(5_000_000))
    assert caught.value.reason == "cut"


def test_a_scanner_that_says_no_before_it_has_all_is_heard() -> None:
    def play(connection: socket.socket, _: bytes) -> None:
        connection.recv(64)
        connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")
        while connection.recv(1 << 16):
            pass

    with fake_clamd(play) as address, pytest.raises(Unanswered) as caught:
        clamd.ask(address, bytes(300_000), seconds=2)
    assert caught.value.reason == "size limit"


@pytest.mark.parametrize("reads", [True, False])
def test_a_scanner_that_says_nothing_is_left_in_time(reads: bool) -> None:  # noqa: FBT001
    over = threading.Event()

    def play(connection: socket.socket, _: bytes) -> None:
        if reads:
            received(connection)
        over.wait(10)

    with fake_clamd(play) as address:
        with pytest.raises(Unanswered) as caught:
            clamd.ask(address, bytes(3_000_000), seconds=0.2)
        over.set()
    assert caught.value.reason == "timeout"


def test_a_scanner_says_whether_it_is_there(real: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clamd, "_PING_SECONDS", 0.2)
    over = threading.Event()

    def play(_: socket.socket, __: bytes) -> None:
        over.wait(10)

    assert clamd.is_there(real)
    assert not clamd.is_there("unix:///nowhere/clamd.sock")
    with fake_clamd(lambda _, __: None) as address:
        assert not clamd.is_there(address)
    with fake_clamd(play) as address:
        assert not clamd.is_there(address)
        over.set()


def test_a_scanner_that_is_not_there_is_unreachable() -> None:
    with pytest.raises(Unanswered) as caught:
        clamd.ask("unix:///nowhere/clamd.sock", b"x")
    assert caught.value.reason == "unreachable"


@pytest.mark.enable_socket
def test_speaks_over_tcp_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                saying(VERSION + b"2: stream: OK\0")(connection, b"")

        thread = threading.Thread(target=serve)
        thread.start()
        assert clamd.ask(f"tcp://127.0.0.1:{port}", b"x").signature is None
        thread.join(5)


def test_without_a_scanner_it_is_said(configure: Configure) -> None:
    configure("")
    assert antivirus.examine(EICAR) == Verdict("not_scanned", None, None)


def test_a_verdict_names_its_engine_and_a_virus(configure: Configure) -> None:
    with fake_clamd(saying(VERSION + b"2: stream: OK\0")) as address:
        configure(address)
        assert antivirus.examine(b"x") == Verdict("clean", "ClamAV 1.4.6/27500", None)
    with fake_clamd(saying(VERSION + b"2: stream: Win.Test.EICAR_HDB-1 FOUND\0")) as address:
        configure(address)
        found = antivirus.examine(b"x")
    assert found == Verdict("infected", "ClamAV 1.4.6/27500", "Win.Test.EICAR_HDB-1")


def test_a_content_not_read_to_its_end_is_refused_and_not_called_a_virus(
    configure: Configure,
) -> None:
    said = b"2: stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0"
    with fake_clamd(saying(VERSION + said)) as address:
        configure(address)
        with pytest.raises(Refused) as caught:
            antivirus.examine(b"x")
    assert caught.value.code is Code.SCAN_LIMIT


def test_no_answer_is_unavailable_and_told_without_content(
    configure: Configure, capsys: pytest.CaptureFixture[str]
) -> None:
    with fake_clamd(saying(b"INSTREAM size limit exceeded. ERROR\0")) as address:
        configure(address)
        with pytest.raises(Unavailable) as caught:
            antivirus.examine(b"SECRET-CONTENT")
    logged = capsys.readouterr().out
    assert caught.value.retry_after_seconds == 30
    assert '"reason":"size limit"' in logged
    assert "SECRET" not in logged


class Stopped:
    """A scanner by hand: whether it scans in time, and whether it says that it is there."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, configure: Configure) -> None:
        self.scans = self.is_there = False
        self.asked = self.looked = 0
        self.now = 1000.0
        monkeypatch.setattr(clamd, "ask", self._ask)
        monkeypatch.setattr(clamd, "is_there", self._look)
        monkeypatch.setattr(time, "monotonic", lambda: self.now)
        monkeypatch.setattr(antivirus, "_silent_until", {})
        configure("unix:///by/hand")

    def _ask(self, _: str, __: bytes) -> Answer:
        self.asked += 1
        if self.scans:
            return Answer("ClamAV 1.4.6", None)
        raise Unanswered("timeout")

    def _look(self, _: str) -> bool:
        self.looked += 1
        return self.is_there

    def refuses(self) -> bool:
        try:
            antivirus.examine(b"x")
        except Unavailable:
            return True
        return False


def test_one_that_fell_silent_is_not_waited_for_again_at_once(
    configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    clam = Stopped(monkeypatch, configure)
    assert [clam.refuses() for _ in range(5)] == [True] * 5
    assert (clam.asked, clam.looked) == (1, 1)

    clam.now += 31
    assert [clam.refuses() for _ in range(5)] == [True] * 5
    assert (clam.asked, clam.looked) == (1, 2)  # only whether it is there, for another while

    clam.now += 31
    clam.is_there = clam.scans = True
    assert not clam.refuses()
    assert not clam.refuses()
    assert (clam.asked, clam.looked) == (3, 3)


def test_a_file_that_takes_too_long_stops_nobody_elses(
    configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    clam = Stopped(monkeypatch, configure)
    clam.is_there = True
    assert clam.refuses()
    clam.scans = True
    assert not clam.refuses()
    assert clam.asked == 2


@pytest.mark.parametrize("address", ["localhost:3310", "http://clamd", "unix://relative", "/run/x"])
def test_an_address_of_another_form_stops_the_product_at_once(
    configure: Configure, address: str
) -> None:
    configure(address)
    with pytest.raises(LookupError, match="CLAMD_ADDRESS"):
        settings()
