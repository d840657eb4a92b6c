"""A notice: one event told to one recipient, and how far it went."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How far a notice went; only `REQUESTED` may still change."""

    REQUESTED = "requested"
    SENT = "sent"
    FAILED = "failed"
    NO_CHANNEL = "no_channel"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who must be told. `id` is an account's, or a word of ours.

    `address` opens the verified e-mail address, or None; asked only when the mail is to be sent.
    """

    id: str
    address: Callable[[], str | None]


@dataclass(frozen=True, slots=True)
class Text:
    """What a mail says."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail, ready to go. `id` is stable, so that a mail sent twice is recognised as one."""

    id: str
    at: str
    to: str
    text: Text
