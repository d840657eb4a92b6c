"""What plays a caller of the running product sends and reads long documents as one must."""

import json
from dataclasses import dataclass, field
from typing import Any

from infra.local.client import PART_BYTES, Caller, Reply

_LONG = b"0123456789" * 1_000_000


@dataclass(slots=True)
class Far(Caller):
    """A product by hand, which gives three million bytes at once."""

    sent: dict[str, bytes] = field(default_factory=dict)

    def _send(self, method: str, target: str, *rest: Any) -> Reply:
        json_body, body, headers = rest
        if method == "GET":
            return self._read(headers or {}) if target == "/long" else Reply(404, [], b"{}")
        self.sent[f"{method} {target}"] = body or json.dumps(json_body).encode()
        return Reply(204, [], b"") if method == "PUT" else Reply(202, [], b'{"id":"D"}')

    def _read(self, headers: dict[str, str]) -> Reply:
        if "Range" not in headers:
            return Reply(409, [], json.dumps({"size_bytes": len(_LONG)}).encode())
        start = int(headers["Range"].removeprefix("bytes=").removesuffix("-"))
        return Reply(206, [], _LONG[start : start + 3_000_000])


def test_what_is_too_long_at_once_is_read_slice_by_slice() -> None:
    whole = Far("http://far").read_whole("/long")
    assert (whole.status, whole.body) == (200, _LONG)
    assert Far("http://far").read_whole("/other").status == 404


def test_a_long_document_is_announced_sent_in_parts_and_ended() -> None:
    far = Far("http://far")
    assert far.deposit_in_parts("P", _LONG, title="T").status == 202
    announced, *parts, ended = far.sent.items()
    assert announced[0] == "POST /v1/patients/P/documents"
    assert json.loads(announced[1])["size_bytes"] == len(_LONG)
    assert [name for name, _ in parts] == [
        f"PUT /v1/patients/P/documents/D/parts/{number}" for number in (1, 2, 3)
    ]
    assert b"".join(part for _, part in parts) == _LONG
    assert max(len(part) for _, part in parts) == PART_BYTES
    assert ended == ("POST /v1/patients/P/documents/D/complete", b"{}")
