"""The few requests we make to identity providers: short, small, without redirects.

Addresses come from configuration and from the provider's own metadata; they are still checked,
so that no metadata can send our secret over a clear connection.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final
from urllib.parse import urlencode, urlsplit

import urllib3
from urllib3.exceptions import HTTPError

TIMEOUT_SECONDS: Final = 3.0
MAX_BYTES: Final = 64 * 1024
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_OK: Final = 200


class FetchFailed(Exception):  # noqa: N818  an outcome, not a fault
    """A provider did not answer as it should; `reason` is for logs."""

    def __init__(self, reason: str) -> None:
        """Take a word that says what was wrong."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer of status 200, whole."""

    media_type: str
    body: bytes


def check_address(url: str) -> None:
    """Refuse an address without TLS, except on this machine.

    Raises:
        FetchFailed: it is not an address we may call.
    """
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise FetchFailed("address") from error
    local = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not (parts.hostname and (parts.scheme == "https" or local)) or parts.username is not None:
        raise FetchFailed("address")


def get(url: str, headers: Mapping[str, str]) -> Fetched:
    """Make a GET request.

    Raises:
        FetchFailed: no answer in 3 s, another status than 200, more than 64 kB.
    """
    return _request("GET", url, headers, None)


def post_form(url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Fetched:
    """Make a POST request with a form.

    Raises:
        FetchFailed: no answer in 3 s, another status than 200, more than 64 kB.
    """
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return _request("POST", url, {**headers, **kind}, urlencode(form).encode())


@cache
def _pool() -> urllib3.PoolManager:
    return urllib3.PoolManager(
        timeout=urllib3.Timeout(total=TIMEOUT_SECONDS), retries=False, cert_reqs="CERT_REQUIRED"
    )


def _request(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Fetched:
    check_address(url)
    try:
        answer = _pool().request(
            method,
            url,
            body=body,
            headers={"Accept": "application/json, application/jwt", **headers},
            redirect=False,
            preload_content=False,
        )
        try:
            content = answer.read(MAX_BYTES + 1, decode_content=True)
        finally:
            answer.close()
    except (HTTPError, OSError) as error:
        raise FetchFailed("no answer") from error
    if answer.status != _OK:
        raise FetchFailed(f"status {answer.status}")
    if len(content) > MAX_BYTES:
        raise FetchFailed("too long")
    kind = answer.headers.get("content-type", "").partition(";")[0]
    return Fetched(kind.strip().lower(), content)
