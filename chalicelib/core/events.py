"""Events of the outbox: what happened, to which ids; no health data, name or title (D13)."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final

from chalicelib.core import ids


class EventType(StrEnum):
    """What may be announced; each has a consumer (a test checks)."""

    DOCUMENT_ADDED = "document.added"
    DOCUMENT_SENT = "document.sent"
    FIRST_ACCESS = "access.first"
    DOCUMENT_WITHDRAWN = "document.withdrawn"
    APPOINTMENT_ADDED = "appointment.added"
    APPOINTMENT_CHANGED = "appointment.changed"
    APPOINTMENT_REMINDER_LOST = "appointment.reminder_lost"
    APPOINTMENT_CANCELLED = "appointment.cancelled"
    REPRESENTATIVE_ADDED = "representative.added"
    REPRESENTATIVE_ENDED = "representative.ended"
    INVITATION_RECEIVED = "invitation.received"
    INVITATION_REFUSED = "invitation.refused"
    CALENDAR_LINKED = "calendar.linked"
    CONSENT_GIVEN = "consent.given"
    MESSAGE_ADDED = "message.added"
    REMINDER_DUE = "reminder.due"
    PREVENTION_DUE = "prevention.due"


@dataclass(frozen=True, slots=True)
class Event:
    """One announcement. `reference` is the id of the thing (a document, a trace)."""

    id: str
    type: EventType
    patient_id: str
    reference: str


def new_event(event_type: EventType, patient_id: str, reference: str) -> Event:
    """Make an event with a new id."""
    return Event(ids.new_id(), event_type, patient_id, reference)


_FIELDS: Final = ("id", "type", "patient_id", "reference")


def to_dict(event: Event) -> dict[str, str]:
    """Write an event for a queue."""
    return {name: str(value) for name, value in asdict(event).items()}


def from_dict(value: dict[str, str]) -> Event:
    """Read what `to_dict` wrote.

    Raises:
        ValueError: it is not one of our events.
    """
    if set(value) != set(_FIELDS):
        raise ValueError("not an event")
    return Event(value["id"], EventType(value["type"]), value["patient_id"], value["reference"])
