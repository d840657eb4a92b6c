"""File names shown to people and sent to browsers, from titles that anybody may have written.

Why it exists: a title is data (A20). It becomes a name without path, control or direction-changing
characters, reserved device name or excessive length, and one header value that cannot be split.
"""

import re
import unicodedata
from datetime import date
from typing import Literal
from urllib.parse import quote

from chalicelib.core.text import is_seen

MAX_NAME_CHARACTERS = 120
_MAX_NAME_BYTES = 200
_FORBIDDEN = frozenset('<>:"/\\|?*%;\u2044\u2215\u29f8\uff0f\uff3c')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?\Z", re.IGNORECASE)
_EXTENSION = re.compile(r"[a-z0-9]{1,8}\Z")
_DEFAULT = "document"


def plain_line(text: str, limit: int = 300) -> str:
    """Reduce any text to one line without control, format or unassigned characters.

    What would show nothing is empty.
    """
    normal = unicodedata.normalize("NFC", text[: 8 * limit])
    kept = "".join(
        " " if character.isspace() else character
        for character in normal
        if character.isspace() or unicodedata.category(character)[0] != "C"
    )
    line = " ".join(kept.split())[:limit].strip()
    return line if is_seen(line) else ""


def safe_download_name(title: str, on: date | None, extension: str) -> str:
    """Name a download: `2026-11-23 Compte rendu.pdf`, safe on any system.

    Raises:
        ValueError: the extension is not one of ours (1 to 8 lower-case letters or digits).
    """
    if not _EXTENSION.match(extension):
        raise ValueError("unknown extension")
    words = "".join(" " if letter in _FORBIDDEN else letter for letter in plain_line(title))
    stem = " ".join(words.split()).strip(". ") or _DEFAULT
    if on is not None:
        stem = f"{on.isoformat()} {stem}"
    elif _RESERVED.match(stem):
        stem = f"{_DEFAULT} {stem}"
    room = MAX_NAME_CHARACTERS - len(extension) - 1
    stem = stem[:room]
    while len(stem.encode()) + len(extension) + 1 > _MAX_NAME_BYTES:
        stem = stem[:-1]
    return f"{stem.rstrip('. ')}.{extension}"


def content_disposition(name: str, disposition: Literal["inline", "attachment"]) -> str:
    """Write a Content-Disposition value for a safe name. Source: RFC 6266, RFC 8187."""
    decomposed = unicodedata.normalize("NFKD", name)
    fallback = re.sub(r"[^A-Za-z0-9 ._()-]", "_", decomposed.encode("ascii", "ignore").decode())
    fallback = " ".join(fallback.split()) or _DEFAULT
    return f"{disposition}; filename=\"{fallback}\"; filename*=UTF-8''{quote(name, safe='')}"
