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
    """One announcement. `reference` is the id of the thing (a document, a trace).

    `by` is the account of who did it, where her own bell is not to ring for it.
    """

    id: str
    type: EventType
    patient_id: str
    reference: str
    by: str | None = None


def new_event(
    event_type: EventType, patient_id: str, reference: str, by: str | None = None
) -> Event:
    """Make an event with a new id."""
    return Event(ids.new_id(), event_type, patient_id, reference, by)


_FIELDS: Final = {"id", "type", "patient_id", "reference"}


def to_dict(event: Event) -> dict[str, str]:
    """Write an event for a queue."""
    return {name: str(value) for name, value in asdict(event).items() if value is not None}


def from_dict(value: dict[str, str]) -> Event:
    """Read what `to_dict` wrote.

    Raises:
        ValueError: it is not one of our events.
    """
    if value.keys() - {"by"} != _FIELDS:
        raise ValueError("not an event")
    kind = EventType(value["type"])
    return Event(value["id"], kind, value["patient_id"], value["reference"], value.get("by"))
