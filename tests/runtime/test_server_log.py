"""What gunicorn would write of a request does not reach the log (D13)."""

import json

import pytest
from gunicorn.config import Config

from chalicelib.runtime.server_log import ServerLog


def test_sentences_are_written_without_their_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    log = ServerLog(Config())
    log.warning("Invalid request from ip=192.0.2.7: PAT-TROIS")
    log.warning("Error handling request %s %s", "GET", "/v1/x?name=PAT-TROIS")
    log.debug("Ignored premature client disconnection. %s", "PAT-TROIS")
    log.log("error", "%s", "PAT-TROIS")
    try:
        int("PAT-TROIS")
    except ValueError:
        log.exception("Error handling request")

    written = capsys.readouterr()
    lines = [json.loads(line) for line in written.out.splitlines()]
    assert [line["event"] for line in lines] == [
        "server event", "Error handling request %s %s", "%s", "server event",
    ]  # fmt: skip
    assert [line["reason"] for line in lines] == ["warning", "warning", "error", "error"]
    assert lines[3]["error"] == "ValueError"
    assert "test_server_log.py" in lines[0]["where"]
    for secret in ("PAT-TROIS", "192.0.2.7"):
        assert secret not in written.out + written.err
