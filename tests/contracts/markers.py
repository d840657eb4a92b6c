"""Words planted in every field that says something of a person, and where to look for them."""

import base64
import json
from collections.abc import Iterator
from typing import Any, Final

# Letters and figures only, so that no escaping hides them.
MARKERS: Final = {
    "family name": "ZQVXFAMILLE",
    "given name": "ZQVXPRENOM",
    "given name of a child": "ZQVXENFANT",
    "title": "ZQVXTITRE",
    "reason of an announcement": "ZQVXANNONCE",
    "text of a PDF or note": "ZQVXCONTENU",
    "comment of a report": "ZQVXCOMMENTAIRE",
    "name of an analysis": "ZQVXANALYSE",
    "title of an appointment": "ZQVXRENDEZ",
    "place of an appointment": "ZQVXLIEU",
    "note of an appointment": "ZQVXNOTE",
    "link of an appointment": "ZQVXLIEN",
    "comment of a measure": "ZQVXMESURE",
    "device of a measure": "ZQVXAPPAREIL",
    "subject of a conversation": "ZQVXSUJET",
    "body of a message": "ZQVXMESSAGE",
    "name of an attachment": "ZQVXJOINTE",
    "name of a publisher": "ZQVXEDITEUR",
    "name of an operator": "ZQVXEXPLOITANT",
    "reason of a decision": "ZQVXMOTIF",
    "e-mail address": "zqvxadresse",
}


def forms(marker: str) -> dict[str, bytes]:
    """Return how a word may hide: as it is, in UTF-16, in base64 at each alignment, in hex."""
    plain = marker.encode()
    found = {
        "UTF-8": plain,
        "UTF-16LE": marker.encode("utf-16-le"),
        "UTF-16BE": marker.encode("utf-16-be"),
        "hexadecimal": plain.hex().encode(),
        "reversed": plain[::-1],
        "upper case": marker.upper().encode(),
        "lower case": marker.lower().encode(),
    }
    for shift in range(3):
        found[f"base64 at {shift}"] = _inside_base64(plain, shift)
        found[f"base64 of UTF-16 at {shift}"] = _inside_base64(marker.encode("utf-16-le"), shift)
    return found


def _inside_base64(plain: bytes, shift: int) -> bytes:
    """Encode after some other bytes, and keep the characters that depend on the word only."""
    encoded = base64.b64encode(bytes(shift) + plain)
    first = (shift * 8 + 5) // 6
    last = (shift + len(plain)) * 8 // 6
    return encoded[first:last]


def bytes_of(value: Any) -> Iterator[bytes]:
    """Walk a stored value, down to its bytes; text is looked at as it is and unfolded."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield str(name).encode()
            yield from bytes_of(inner)
    elif isinstance(value, list | tuple | set):
        for inner in value:
            yield from bytes_of(inner)
    elif isinstance(value, bytes | bytearray):
        yield bytes(value)
    else:
        yield from _bytes_of_text(str(value))


def _bytes_of_text(text: str) -> Iterator[bytes]:
    yield text.encode()
    for decode in (base64.b64decode, base64.urlsafe_b64decode):
        try:
            yield decode(text + "=" * (-len(text) % 4))
        except ValueError:
            continue
    if text.startswith(("{", "[")):
        try:
            yield from bytes_of(json.loads(text))
        except ValueError:
            return


def hunt(corpus: dict[str, Any], words: dict[str, str]) -> list[str]:
    """Return where each planted word can be read, and in which form."""
    found = set()
    sought = {
        (name, form): needle for name, word in words.items() for form, needle in forms(word).items()
    }
    for place, value in corpus.items():
        for raw in bytes_of(value):
            for (name, form), needle in sought.items():
                if needle in raw:
                    found.add(f"{name} in {place} as {form}")
    return sorted(found)
