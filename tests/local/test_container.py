"""The same product as containers: the whole story by its own server, workers and schedules (D3)."""

import json
import re
import socket
import time
from collections.abc import Iterator

import pytest

from chalicelib.runtime import server
from infra.local import journey
from infra.local.config import Config
from tests.local.box import Box
from tests.stack import Stack, fetch, free_ports

pytestmark = pytest.mark.cloud


@pytest.fixture(scope="module")
def box(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    class Here(Config):
        """Ports of its own, and the cloud of the running product."""

        cloud_port = property(lambda _: stack.config.cloud_port)

    here = Here(free_ports(), tmp_path_factory.mktemp("box") / "state")
    with Box(stack.config, here) as running:
        yield running


def _until(line: socket.socket, wanted: bytes) -> bytes:
    """Read an answer up to some bytes of it, or to its end."""
    answer = b""
    while wanted not in answer and (more := line.recv(65536)):
        answer += more
    return answer


def test_the_story_goes_as_told_without_any_function(
    box: Box, capsys: pytest.CaptureFixture[str]
) -> None:
    story = journey.Story(box.here)

    journey.play(story, journey.a_report())

    told = capsys.readouterr().out
    assert story.count >= 20, told
    assert "The person receives a mail … ok" in told
    assert '"function":"relay"' in box.log("work")
    assert '"function":"notify"' in box.log("work")
    assert re.search(r'"function":"archive","count":[1-9]\d*,"status":0', box.log("work"))


def test_a_minute_is_planned_by_the_schedule(box: Box) -> None:
    deadline = time.monotonic() + 75
    while '"function":"plan"' not in box.log("schedule"):
        assert time.monotonic() < deadline, box.logs()
        time.sleep(0.5)


def test_what_is_too_large_is_refused_before_it_is_read(box: Box) -> None:
    with socket.create_connection(("127.0.0.1", box.here.port), timeout=20) as line:
        line.sendall(
            b"POST /v1/patients/lookup HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: 10485761\r\n\r\n"
        )
        answer = _until(line, b"/problems/")
    assert answer.startswith(b"HTTP/1.1 413 "), answer
    assert b"/problems/too-large" in answer
    long = {f"X-Long-{number}": "a" * 5_200 for number in range(2)}
    assert fetch(box.here.url, "/health", headers=long).status == 431


def test_a_body_that_trickles_in_holds_nobody_up(box: Box) -> None:
    many = 2 * server.threads * int(box.env["WEB_CONCURRENCY"]) + 1
    slow = [socket.create_connection(("127.0.0.1", box.here.port), timeout=20) for _ in range(many)]
    try:
        for line in slow:
            line.sendall(
                b"POST /oauth/token HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"
                b"Content-Type: application/x-www-form-urlencoded\r\n\r\ng"
            )
        began = time.monotonic()
        assert [fetch(box.here.url, "/health").status for _ in range(4)] == [200] * 4
        assert time.monotonic() - began < 10
    finally:
        for line in slow:
            line.close()


def test_what_cannot_be_read_is_not_written_down(box: Box) -> None:
    with socket.create_connection(("127.0.0.1", box.here.port), timeout=20) as line:
        line.sendall(
            b"POST /v1/patients/lookup HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            b'{"ins":"279035121518989","family_name":"PAT-TROIS"}\r\n'
        )
        answer = _until(line, b"/problems/bad-request")
    assert answer.startswith(b"HTTP/1.1 400 "), answer
    written = box.log("serve")
    assert '"event":"refused at the server"' in written
    assert not [name for name in ("279035121518989", "PAT-TROIS", "127.0.0.1") if name in written]


def test_what_is_in_hand_is_finished_when_told_to_stop(box: Box) -> None:
    body = b"grant_type=client_credentials"
    with socket.create_connection(("127.0.0.1", box.here.port), timeout=20) as line:
        line.sendall(
            b"POST /oauth/token HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n\r\n" % len(body)
        )
        time.sleep(1)
        box.processes["serve"].terminate()
        time.sleep(1)
        line.sendall(body)
        answer = _until(line, b"invalid_")
    assert answer.startswith(b"HTTP/1.1 400 "), answer
    assert b"invalid_" in answer

    stopped = {name: box.stop(name) for name in ("serve", "work", "schedule")}
    box.start_all()
    assert stopped == {"serve": 0, "work": 0, "schedule": 0}
    for one in box.log("work").splitlines():
        assert json.loads(one)["event"] != "worker failed", one
