"""Texts that only we write and read: a request on its way to the person, a code, a refresh token.

Encrypted and authenticated, each under a label of its own, and for one application: none can be
read, edited, made up, or used by another. So what was not ours costs no read of the store.
"""

import hashlib
import hmac
import json
from dataclasses import astuple
from datetime import datetime
from typing import Final, TypeVar

from chalicelib.core import clock
from chalicelib.oauth.model import Asked, Code, Renewal
from chalicelib.vault import blind

MAX_CHARS: Final = 12_000
T = TypeVar("T", Asked, Code, Renewal)


def seal_request(asked: Asked) -> str:
    """Write a checked request for the person's browser."""
    return _seal("consent-request", asked, "")


def open_request(text: str) -> Asked | None:
    """Return the request behind a text, even one that has ended; None: not one of ours."""
    return _open("consent-request", text, "", Asked)


def seal_code(code: Code, application_id: str) -> str:
    """Write a code for one application."""
    return _seal("code", code, application_id)


def open_code(text: str, application_id: str) -> Code | None:
    """Return the code behind a text, even one that has ended; None: not this application's."""
    return _open("code", text, application_id, Code)


def seal_renewal(renewal: Renewal) -> str:
    """Write a refresh token."""
    return _seal("renewal", renewal, "")


def open_renewal(text: str) -> Renewal | None:
    """Return what a refresh token says, or None if it is not one of ours.

    It says whose it is: clients without keys do not (RFC 6749, 6, asks them for nothing more).
    """
    return _open("renewal", text, "", Renewal)


def has_ended(text: Asked | Code, now: datetime) -> bool:
    """Tell whether a request or a code has ended; its end is exclusive."""
    return clock.epoch(now) >= text.ends


def next_secret(renewal: Renewal) -> str:
    """Return the secret that follows: the same for who repeats a request whose answer was lost."""
    said = f"{renewal.family}.{renewal.secret}".encode()
    return hmac.new(blind.token_key("next-renewal"), said, hashlib.sha256).hexdigest()


def proof(secret: str) -> str:
    """Return what a row keeps of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _seal(label: str, value: Asked | Code | Renewal, application_id: str) -> str:
    payload = json.dumps(astuple(value), ensure_ascii=False, separators=(",", ":"))
    return blind.seal_token(label, payload.encode(), application_id.encode())


def _open(label: str, text: str, application_id: str, kind: type[T]) -> T | None:
    if len(text) > MAX_CHARS or not text.isascii():
        return None
    try:
        payload = blind.open_token(label, text, application_id.encode())
    except ValueError:
        return None
    return kind(*json.loads(payload))
