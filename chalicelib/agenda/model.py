"""An appointment, what is asked when one is set, and a calendar's link."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Notice(StrEnum):
    """What was settled for the author, who is told."""

    START_MOVED = "start_moved"  # clocks go forward over that time
    END_MOVED = "end_moved"
    START_TWICE = "start_twice"  # clocks go back: the first of the two was taken


class RemindersState(StrEnum):
    """What will become of the reminders of an appointment."""

    ARMED = "armed"
    NONE = "none"
    NO_CHANNEL = "no_channel"  # no address, or no mails wanted: shown in the product only
    PAST = "past"


class Detail(StrEnum):
    """What a calendar's link shows: that there is something, or all of it."""

    BUSY = "busy"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Draft:
    """What an author says, as it came; `fold` picks one of an hour that exists twice."""

    title: str
    all_day: bool
    start: str
    end: str | None
    zone: str
    fold: int | None
    place: str | None
    note: str | None
    link: str | None
    reminders: tuple[int, ...]
    recommendation: str | None = None
    identifier: str | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """When: wall times of a zone, of which `fold_*` says which one if they exist twice.

    All day: both are midnights, the last day included. The wall time is what was agreed; instants
    follow from it, even if the rules of the zone change meanwhile.
    """

    all_day: bool
    start: datetime
    end: datetime
    zone: str
    fold_start: int = 0
    fold_end: int = 0


@dataclass(frozen=True, slots=True)
class Author:
    """Who set it: the kind of actor and, except for the person herself, its public name."""

    kind: str
    name: str | None


@dataclass(frozen=True, slots=True)
class LinkAuthor:
    """Who added the link to an appointment that somebody else set; `mark` is a keyed hash of it."""

    author: Author
    mark: str


@dataclass(frozen=True, slots=True)
class Details:
    """What an author says of an appointment, once it is acceptable; `reminders`: minutes before.

    `recommendation`: the token of what it was set for, if the person set it for prevention.
    `identifier`: what its author, if an application, calls it: `system|value`.
    """

    title: str
    slot: Slot
    place: str | None
    note: str | None
    link: str | None
    reminders: tuple[int, ...]
    warnings: tuple[Notice, ...]
    recommendation: str | None = None
    identifier: str | None = None


@dataclass(frozen=True, slots=True)
class Appointment:
    """An appointment of a record, as one reader knows it.

    `version` counts every change for the person, and for others the changes of what they see, which
    `revision` counts and `changed_at` dates: her reminders are her own affair. `is_chosen`: she
    chose the reminders; else they are those that its author proposed. `link_by`: an application
    added the link to what somebody else set.
    """

    id: str
    details: Details
    author: Author
    created_at: datetime
    changed_at: datetime
    is_own: bool
    version: int
    revision: int
    is_chosen: bool
    link_by: LinkAuthor | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A link by which a calendar reads the appointments to come.

    `proof` is the hash of its secret, `sealed` the secret under the record's key.
    """

    id: str
    detail: Detail
    created_at: datetime
    last_read_at: datetime | None
    proof: str
    sealed: bytes
