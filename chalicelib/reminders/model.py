"""What a reminder is about, and what a person said of when and how she is told."""

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Final

from chalicelib.core.zones import PARIS

MAX_A_DAY: Final = 10
# P: so that nobody else's appointments take the day of her own.
MAX_A_DAY_BY_OTHERS: Final = 5


class Source(StrEnum):
    """What armed a reminder; decides which event it becomes."""

    APPOINTMENT = "appointment"
    PREVENTION = "prevention"


class Outcome(StrEnum):
    """What became of one due row; only counted, never with whose it was."""

    TOLD = "told"
    LATE = "late"  # told, long after its instant
    POSTPONED = "postponed"  # quiet hours, or a day that is full
    OVER = "over"  # its event had begun, or what it was armed for waits no more: nothing to tell
    CROWDED = "crowded"  # every day before its event is full
    GONE = "gone"  # moved or cancelled since
    ASIDE = "aside"  # failed again and again: kept with its reason
    LOST = "lost"  # a rival was first


@dataclass(frozen=True, slots=True)
class Following:
    """What is known when a reminder that has no event of its own comes due, and when it may next.

    `is_due` is False once nothing waits any more: a calendar has a new edition, say.
    """

    is_due: bool
    at: tuple[datetime, ...] = ()


NO_QUIET_HOURS: Final = (time(0), time(0))


@dataclass(frozen=True, slots=True)
class Preferences:
    """How a person wants to be told; these defaults hold until she says otherwise.

    Equal bounds: no quiet hours. `mail_*` is about mails only: the notice centre shows everything.
    `remind_*` is what she wants to be reminded of at all (R-AGE-06): refused, nothing is armed.
    `hidden_cards` are those she put away from her first screen; nothing else follows from it.
    """

    zone: str = PARIS.key
    quiet_from: time = time(21)
    quiet_until: time = time(8)
    mail_document: bool = True
    mail_appointment: bool = True
    mail_prevention: bool = True
    mail_message: bool = True
    remind_vaccination: bool = True
    remind_screening: bool = True
    hidden_cards: tuple[str, ...] = ()

    @property
    def has_quiet_hours(self) -> bool:
        """Whether there are hours in which no reminder is told."""
        return self.quiet_from != self.quiet_until


@dataclass(frozen=True, slots=True)
class Reminder:
    """What is still to come for one subject: instants in order, none twice.

    `event_at` is the instant after which reminding is useless; None when there is none.
    """

    source: Source
    at: tuple[datetime, ...]
    event_at: datetime | None
