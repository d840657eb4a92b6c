"""Where a request ends is known as it comes, however it is cut into pieces."""

import pytest

from chalicelib.runtime.arrivals import MAX_HEAD_BYTES, Arrival
from chalicelib.runtime.gateway import MAX_BODY_BYTES

_POST = b"POST /x HTTP/1.1\r\nHost: x\r\n"
_CHUNKED = _POST + b"Transfer-Encoding: chunked\r\n\r\n"
_WHOLE = [
    b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n",
    _POST + b"Content-Length: 0\r\n\r\n",
    _POST + b"content-length:\t 12 \r\n\r\nhello\r\n\r\n012",
    _CHUNKED + b"0\r\n\r\n",
    _CHUNKED + b"5\r\nhe\r\n\r\r\n00A;x=y\r\n0\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n",
    _CHUNKED + b"1\r\na\r\n0\r\nX-Trailer: 1\r\nX-Other: 2\r\n\r\n",
]


@pytest.mark.parametrize("whole", _WHOLE)
@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_it_is_whole_at_its_last_byte_and_not_before(whole: bytes, size: int) -> None:
    arrival = Arrival()
    for start in range(0, len(whole), size):
        is_last = start + size >= len(whole)
        assert arrival.add(whole[start : start + size]) is is_last, start
    assert not arrival.cut
    assert arrival.split() == (whole, b"")


@pytest.mark.parametrize("whole", _WHOLE)
def test_what_comes_after_it_is_kept_apart(whole: bytes) -> None:
    arrival = Arrival()
    assert arrival.add(whole + b"GET /next")
    assert arrival.split() == (whole, b"GET /next")


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /" + b"a" * MAX_HEAD_BYTES,
        _POST + b"Content-Length: %d\r\n\r\n" % (MAX_BODY_BYTES + 1),
        _POST + b"Transfer-Encoding: gzip\r\n\r\nabc",
        _CHUNKED + b"x\r\n",
        _CHUNKED + b"-5\r\n",
        _CHUNKED + b"ffffffff\r\n",
        _CHUNKED + b"ffffff\r\n",
        _CHUNKED + b"1" * 5_000,
        _CHUNKED + b"0\r\nX: " + b"1" * 20_000,
    ],
)
def test_what_is_too_long_or_ends_nowhere_is_handed_over_at_once(sent: bytes) -> None:
    arrival = Arrival()
    assert arrival.add(sent)
    assert arrival.cut
    assert arrival.split() == (sent, b"")


def test_a_word_that_is_waited_for_is_seen() -> None:
    arrival = Arrival()
    assert not arrival.add(_POST + b"Expect: 100-Continue\r\nContent-Length: 1\r\n\r\n")
    assert arrival.expects_word
