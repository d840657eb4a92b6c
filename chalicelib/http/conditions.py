"""Conditions of a request on what the client already has (RFC 9110, 13.1.2)."""

import re
from typing import Final

_TAG: Final = re.compile(r'(?:W/)?("[^"]*")')


def is_unchanged(if_none_match: str | None, tag: str) -> bool:
    """Tell whether an answer of that strong tag is what the client has: `*`, a list, weak tags."""
    said = (if_none_match or "").strip()
    return said == "*" or tag in _TAG.findall(said)
