"""What a request for consent must bring, and what a consent becomes. Pure."""

import base64
import calendar
import hashlib
import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final, Literal
from urllib.parse import urlencode

from chalicelib.access.permissions import Permission
from chalicelib.core.errors import FieldError, Invalid

# P: to log in, read each line, be called away; a locked screen is ten minutes already.
REQUEST_LIFE: Final = timedelta(minutes=30)
# P: to read and print the receipt first. RFC 6749, 4.1.2: ten minutes at most.
CODE_LIFE: Final = timedelta(minutes=5)
Months = Literal[1, 6, 12]
# P: bounds of ours.
MAX_CONSENTS: Final = 40  # that hold, in one record
MAX_FAMILIES: Final = 5  # devices that stay connected by one consent
MIN_STATE: Final = 8  # real clients send eight characters and more
MAX_STATE: Final = 2_000
_CHALLENGE: Final = re.compile(r"[0-9A-Za-z_-]{43}", re.ASCII)
_VERIFIER: Final = re.compile(r"[0-9A-Za-z._~-]{43,128}", re.ASCII)
_STATE: Final = re.compile(rf"[ -~]{{{MIN_STATE},{MAX_STATE}}}", re.ASCII)


def fault_of(query: Mapping[str, str], audience: str) -> tuple[str, str] | None:
    """Return what is wrong in a request of a known application: its OAuth error, and why in ASCII.

    Its scopes are another matter. Sources: RFC 6749 4.1.2.1, RFC 7636, SMART App Launch 2.2.
    """
    if query.get("response_type") != "code":
        return "unsupported_response_type", "response_type is code only"
    if not _STATE.fullmatch(query.get("state", "")):
        return "invalid_request", f"state has {MIN_STATE} to {MAX_STATE} printable characters"
    if query.get("code_challenge_method") != "S256":
        return "invalid_request", "code_challenge_method is S256 only"
    if not _CHALLENGE.fullmatch(query.get("code_challenge", "")):
        return "invalid_request", "code_challenge is the 43 characters of a SHA-256"
    if query.get("aud", "").removesuffix("/") != audience:
        return "invalid_request", f"aud is {audience}"
    return None


def is_proven(challenge: str, verifier: str) -> bool:
    """Tell whether a code verifier is the one behind a challenge (RFC 7636, 4.6)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    said = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return _VERIFIER.fullmatch(verifier) is not None and said == challenge


def answer_url(redirect_uri: str, answer: Mapping[str, str]) -> str:
    """Return where the browser goes back to, with what it brings."""
    joint = "&" if "?" in redirect_uri else "?"
    return f"{redirect_uri}{joint}{urlencode(answer)}"


def until(now: datetime, months: int) -> datetime:
    """Return the instant some months later; the last day of a month that has no such day."""
    year, month = divmod(now.month - 1 + months, 12)
    year, month = now.year + year, month + 1
    day = min(now.day, calendar.monthrange(year, month)[1])
    return now.replace(year=year, month=month, day=day)


def check_given(chosen: Collection[Permission], asked: Collection[Permission]) -> None:
    """Check the lines that a person turns on: some, each asked for.

    Raises:
        Invalid: none, or one that was not asked for.
    """
    _check(chosen, asked, "permission_not_asked")


def check_kept(kept: Collection[Permission], before: Collection[Permission]) -> None:
    """Check the lines that a person leaves on: some, each given before.

    Raises:
        Invalid: none, or one more; giving more needs another request of the application.
    """
    _check(kept, before, "permission_not_given")


def _check(chosen: Collection[Permission], within: Collection[Permission], code: str) -> None:
    errors = [
        FieldError(f"/permissions/{place}", code)
        for place, one in enumerate(chosen)
        if one not in within
    ]
    if not chosen:
        errors = [FieldError("/permissions", "none_chosen")]
    if errors:
        raise Invalid(errors=tuple(errors))
