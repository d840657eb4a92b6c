"""When a notice is tried again, and what it says: nothing of the record (R-NOT-05, D13).

The text is the same whatever happened, so that a mailbox read by somebody else tells only that
its owner has a space, as every resident has.
"""

from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from chalicelib.core.events import Event, EventType
from chalicelib.notifications.model import Status, Text
from chalicelib.reminders.model import Preferences

# Two days and a half: longer than a provider's outage, shorter than the news stays news.
RETRY_SECONDS: Final = (60, 300, 900, 3600, 3 * 3600, 8 * 3600, 16 * 3600, 24 * 3600)
# A sender that died is replaced after this; above its time-out, below the queue's visibility.
LEASE: Final = timedelta(seconds=120)
# A notice's row outlives its event by far, so that no late delivery can find it gone (R05).
EVENT_LIFE: Final = timedelta(days=30)
ROW_LIFE: Final = timedelta(days=90)
# A failed notice that comes back after this was put back on purpose, by an operator.
REDRIVEN_AFTER: Final = timedelta(hours=1)

ABOUT_APPOINTMENTS: Final = frozenset(
    {
        EventType.APPOINTMENT_ADDED,
        EventType.APPOINTMENT_CHANGED,
        EventType.APPOINTMENT_REMINDER_LOST,
        EventType.APPOINTMENT_CANCELLED,
        EventType.REMINDER_DUE,
    }
)
# P: one appointment, or conversation, is told of at once, then at most once each quarter of an hour
# while it changes.
QUIET_WINDOW: Final = timedelta(minutes=15)
TOLD_NOW_AND_THEN: Final = (ABOUT_APPOINTMENTS | {EventType.MESSAGE_ADDED}) - {
    EventType.REMINDER_DUE
}
MAY_WAIT: Final = frozenset({EventType.APPOINTMENT_CHANGED, EventType.MESSAGE_ADDED})
TOLD_TO_HOLDERS: Final = ABOUT_APPOINTMENTS | {
    EventType.CALENDAR_LINKED,
    EventType.CONSENT_GIVEN,
    EventType.DOCUMENT_ADDED,
    EventType.FIRST_ACCESS,
    EventType.MESSAGE_ADDED,
    EventType.PREVENTION_DUE,
    EventType.REPRESENTATIVE_ADDED,
    EventType.REPRESENTATIVE_ENDED,
    EventType.INVITATION_RECEIVED,
    EventType.INVITATION_REFUSED,
}
# Done by a worker of its own (`workers/ingest.py`); whoever is told is told of its outcome.
SERVED: Final = frozenset({EventType.DOCUMENT_SENT})
TOLD_TO_OPERATOR: Final = frozenset({EventType.DOCUMENT_WITHDRAWN})

_SUBJECT: Final = "Du nouveau dans votre espace de santé"
_BODY: Final = """\
Bonjour,

Il y a du nouveau dans votre espace de santé. Pour le voir, connectez-vous\u00a0:

{url}

En cas de doute, n’ouvrez pas ce lien\u00a0: tapez vous-même l’adresse {host} \
dans votre navigateur.
Nous ne vous demanderons jamais un mot de passe ou un code par e-mail.

Ce message est automatique, merci de ne pas y répondre.
"""
_OPERATOR_SUBJECT: Final = "Incident\u00a0: document déposé par erreur"
_OPERATOR_BODY: Final = """\
Un déposant a déclaré qu’un document avait été déposé par erreur. Plus personne ne le voit.

Espace\u00a0: {patient}
Document\u00a0: {reference}
Évènement\u00a0: {event}
"""


def is_told_to_operator(kind: EventType) -> bool:
    """Tell whether an event is for the operator, rather than for those who hold the record.

    Raises:
        ValueError: no rule says whom to tell.
    """
    if kind not in TOLD_TO_OPERATOR | TOLD_TO_HOLDERS:
        raise ValueError(f"nobody is told of {kind}")
    return kind in TOLD_TO_OPERATOR


def wants_mail(kind: EventType, chosen: Preferences) -> bool:
    """Tell whether a person wants a mail about an event.

    Accesses are no choice, nor is what lets a calendar or an application in (R-NOT-02, A22).
    """
    if kind is EventType.DOCUMENT_ADDED:
        return chosen.mail_document
    if kind is EventType.MESSAGE_ADDED:
        return chosen.mail_message
    if kind is EventType.PREVENTION_DUE:
        return chosen.mail_prevention
    return chosen.mail_appointment or kind not in ABOUT_APPOINTMENTS


def text_for(event: Event, base_url: str) -> Text:
    """Return what the mail of an event says.

    Raises:
        ValueError: nobody is told of such an event.
    """
    if is_told_to_operator(event.type):
        body = _OPERATOR_BODY.format(
            patient=event.patient_id, reference=event.reference, event=event.id
        )
        return Text(_OPERATOR_SUBJECT, body)
    return Text(_SUBJECT, _BODY.format(url=f"{base_url}/", host=urlsplit(base_url).netloc))


def next_try(attempts: int, chance: float) -> timedelta | None:
    """Return how long to wait after so many attempts, or None when it was the last.

    `chance` (0 to 1) spreads the delay over half to one and a half times the interval, so that an
    outage does not end in a storm (R22).
    """
    if attempts > len(RETRY_SECONDS):
        return None
    return timedelta(seconds=RETRY_SECONDS[attempts - 1] * (0.5 + chance))


def may_try(status: str, next_at: datetime | None, now: datetime) -> bool:
    """Tell whether a notice in this state may be tried now."""
    return status == Status.REQUESTED and (next_at is None or next_at <= now)


def is_news(happened_at: datetime, now: datetime) -> bool:
    """Tell whether an event is still worth telling."""
    return now < happened_at + EVENT_LIFE
