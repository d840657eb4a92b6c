"""What arrives on a connection of the container's server, and when it is late."""

import socket

import pytest

from chalicelib.runtime import connections


@pytest.mark.enable_socket
def test_what_is_late_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as sock:
        conn = connections.Connection(None, None, sock, None, None)  # type: ignore[arg-type]
    assert (conn.is_late(connections.HEAD_SECONDS), conn.is_late(connections.HEAD_SECONDS + 1)) == (
        False,
        True,
    )
    conn.arrival.add(b"POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\ng")
    assert not conn.is_late(connections.BODY_SECONDS)
    assert conn.is_late(connections.BODY_SECONDS + 1)
    monkeypatch.setattr(connections, "SLOWEST_BYTES_A_SECOND", 1)
    assert not conn.is_late(connections.BODY_SECONDS + 1)
