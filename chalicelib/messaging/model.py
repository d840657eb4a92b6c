"""A conversation between a person and a professional's box, its messages, and what joins them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from chalicelib.storage.antivirus import Verdict
from chalicelib.storage.inspect import Kind


class Side(StrEnum):
    """The two sides of a conversation."""

    PATIENT = "patient"
    PROFESSIONAL = "professional"

    @property
    def other(self) -> "Side":
        """The side that is written to."""
        return Side.PROFESSIONAL if self is Side.PATIENT else Side.PATIENT


class Status(StrEnum):
    """Whether one may write; the professional's side decides (R-MSG-02)."""

    OPEN = "open"
    CLOSED = "closed"


class State(StrEnum):
    """How far a message went.

    `SENT`: nobody ever opened the space it was sent to. `DELIVERED`: it is in the box of who reads
    it. `READ`: somebody of the other side had it on her screen.
    """

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Correspondent:
    """The professional, or the team, that a person writes with; public names."""

    kind: Literal["professional", "team"]
    name: str
    profession: str | None
    organisation: str | None


@dataclass(frozen=True, slots=True)
class Opening:
    """What a professional says to open a conversation; the subject may be empty."""

    subject: str
    body: str
    as_team: bool


@dataclass(frozen=True, slots=True)
class Joined:
    """An attachment that was sent before, as the message names it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to send."""

    body: str
    attachments: tuple[Joined, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment as a message shows it; what scanned it is unknown of older ones."""

    id: str
    name: str
    format: Kind
    size_bytes: int
    antivirus: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote; `on_behalf_of` is the name of the minor for whom a parent did."""

    side: Side
    actor_id: str
    name: str
    on_behalf_of: str | None
    profession: str | None
    organisation: str | None


@dataclass(frozen=True, slots=True)
class File:
    """An attachment in the store; `sha256` is of its readable bytes, in hex.

    `name` is what its message calls it, empty while it waits for one; `sent_by` is who sent that.
    It is unknown of older ones, as what scanned them is.
    """

    id: str
    thread: str
    format: Kind
    size_bytes: int
    sha256: str
    blob: str
    name: str = ""
    sent_by: Sender | None = None
    antivirus: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One message."""

    id: str
    sent_at: datetime
    sender: Sender
    body: str
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class Marks:
    """The last message that each side wrote, and the last of the other's that it read."""

    last: dict[Side, str | None]
    read: dict[Side, str | None]

    def is_unread(self, side: Side) -> bool:
        """Tell whether a side has something to read."""
        written = self.last[side.other]
        return written is not None and written > (self.read[side] or "")


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation; `id` is its public name, `box` the mailbox of the professional's side."""

    id: str
    box: str
    subject: str
    status: Status
    correspondent: Correspondent
    patient_name: str
    opened_at: datetime
    last_at: datetime
    marks: Marks


@dataclass(frozen=True, slots=True)
class Line:
    """A conversation in a list."""

    id: str
    subject: str
    status: Status
    patient_name: str
    correspondent: Correspondent
    last_at: datetime
    is_unread: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A conversation as one reader sees it, with what she may do."""

    conversation: Conversation
    patient_id: str | None
    is_unread: bool
    may_write: bool
    may_close: bool
    may_block: bool
    is_blocked: bool
