"""The headers under which a stored file leaves: a browser runs nothing of what it holds (A19)."""

import base64
from datetime import date
from typing import Final, Literal

from chalicelib.storage.inspect import EXTENSIONS, Kind, text_encoding
from chalicelib.storage.names import content_disposition, safe_download_name
from chalicelib.storage.pieces import Span

_CONTENT_POLICY: Final = "sandbox; default-src 'none'; frame-ancestors 'none'"

_SHOWN: Final = frozenset({Kind.PDF, Kind.JPEG, Kind.PNG, Kind.TEXT})


def content_headers(
    kind: Kind, content: bytes, *, title: str, on: date | None, sha256: str
) -> dict[str, str]:
    """Write the headers of a file's bytes; it is named after its title, and its date if it has one.

    Only what a browser shows by itself is shown: XML has a route and a screen of its own, and what
    other software opens is for saving.
    """
    digest = base64.b64encode(bytes.fromhex(sha256)).decode()
    name = safe_download_name(title, on, EXTENSIONS[kind])
    disposition: Literal["inline", "attachment"] = "inline" if kind in _SHOWN else "attachment"
    return {
        "Content-Type": _content_type(kind, content),
        "Content-Disposition": content_disposition(name, disposition),
        "Content-Security-Policy": _CONTENT_POLICY,
        "Repr-Digest": f"sha-256=:{digest}:",
    }


def slice_headers(span: Span, size_bytes: int) -> dict[str, str]:
    """Write which bytes of a file of that length these are."""
    return {
        "Accept-Ranges": "bytes",
        "Content-Range": f"bytes {span.first}-{span.end - 1}/{size_bytes}",
    }


def _content_type(kind: Kind, content: bytes) -> str:
    """Name the encoding of a text: unsaid, a browser would guess. XML says its own."""
    return f"{kind}; charset={text_encoding(content)}" if kind is Kind.TEXT else kind
