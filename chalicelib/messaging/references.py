"""The public name of a conversation: opaque, and enough to find all of its rows without a search.

It gives nothing: whoever has one is let in by the gate, or is told that there is no such thing. It
is made once, when the conversation is opened, and kept in its sealed rows.
"""

import re
from dataclasses import dataclass
from typing import Final

from chalicelib.access import boxes
from chalicelib.core import ids
from chalicelib.vault import blind

PATTERN: Final = re.compile(r"c\.[0-9]{1,3}\.[0-9A-Za-z_-]{20,300}", re.ASCII)
_LABEL: Final = "conversation"
_NOBODY: Final = boxes.own_of("0")


@dataclass(frozen=True, slots=True)
class Reference:
    """A conversation: its public name, its record, its thread in that record, and its box."""

    id: str
    pid: str
    thread: str
    box: str


def new(pid: str, box: str) -> Reference:
    """Name a new conversation."""
    thread = ids.new_secret_id()
    text = blind.seal_token(_LABEL, f"{pid}.{thread}.{box}".encode(), b"")
    return Reference(f"c.{text}", pid, thread, box)


def read(text: str) -> Reference:
    """Return what a name stands for; of a wrong one, what does not exist, refused as any unknown.

    Raises:
        Unavailable: the key service does not answer.
    """
    try:
        payload = blind.open_token(_LABEL, text.removeprefix("c."), b"")
    except ValueError:
        return Reference(text, ids.new_secret_id(), ids.new_secret_id(), _NOBODY)
    pid, thread, box = payload.decode().split(".", 2)
    return Reference(text, pid, thread, box)
