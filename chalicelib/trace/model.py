"""What the person reads of her history: who did what, when, by what right, and how often."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.access.permissions import Permission
from chalicelib.audit.heads import Checkpoint, Stranger
from chalicelib.core import clock

UNREADABLE_ACTION = "trace:trace:unreadable"
# What every action on a document begins with.
DOCUMENTS = "record:document:"


class Outcome(StrEnum):
    """How what was asked ended; `UNREADABLE` says that the trace itself was altered."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    UNREADABLE = "unreadable"


class Kind(StrEnum):
    """The kinds of actors a person is told of."""

    PERSON = "person"
    PROFESSIONAL = "professional"
    ORGANISATION = "organisation"
    CALENDAR = "calendar"
    APPLICATION = "application"
    PUBLISHER = "publisher"
    OPERATOR = "operator"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Consented:
    """What a trace says of a consent: to which application, until when and what for.

    Of one that is taken back, only to which.
    """

    application: str
    until: datetime | None
    permissions: tuple[Permission, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """All that is shown of a trace but its time: traces equal in this, on one day, are one line."""

    actor: Kind
    actor_id: str
    actor_name: str | None
    profession: str | None
    organisation: str | None
    action: str
    outcome: Outcome
    right: str
    right_since: str | None
    reason: str | None
    reference: str | None

    @property
    def document_id(self) -> str | None:
        """The document it is about, if it is about one."""
        return self.reference if self.action.startswith(DOCUMENTS) else None

    @property
    def professional_rpps(self) -> str | None:
        """The professional whose authorisation it is about, if it is about one."""
        return self.reference if self.action.startswith("access:authorisation:") else None

    @property
    def consented(self) -> Consented | None:
        """The consent that was given, reduced or taken back, if it is about one that was."""
        is_refused = self.outcome is not Outcome.ALLOWED
        if is_refused or not self.reference or not self.action.startswith("access:consent:"):
            return None
        application, *rest = self.reference.split(" ")
        until = clock.instant(rest[0]) if rest else None
        return Consented(application, until, tuple(Permission(one) for one in rest[1:]))


@dataclass(frozen=True, slots=True)
class Entry:
    """One trace."""

    id: str
    at: datetime
    shown: Shown


@dataclass(frozen=True, slots=True)
class Group:
    """Traces of one day that differ in nothing but their time; `id` is the last one's."""

    id: str
    shown: Shown
    count: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class SealedTrace:
    """One place of the sealed sequence, and the leaves that the locked archive has for it.

    `trace` is None if its row is gone or does not open.
    """

    seq: int
    trace_id: str
    commitment: bytes
    leaf: bytes
    archived: list[bytes]
    trace: dict[str, str | None] | None


@dataclass(frozen=True, slots=True)
class Proof:
    """What a person needs to check her history: both checkpoints, places in order, what waits."""

    checkpoint: Checkpoint | None
    archived: Checkpoint | None
    leaves: list[SealedTrace]
    strangers: list[Stranger]
    unsealed: list[str]
    lag_seconds: float
    next: str | None
