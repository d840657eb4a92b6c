"""The notice centre as the person reads it: in French, with the titles of what it is about.

Titles are joined when it is read: a notice never holds one, and what is gone has none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import Field

from chalicelib.access import gate, tokens
from chalicelib.access.gate import Unit
from chalicelib.access.model import Action, Right
from chalicelib.access.usecases import until_it_holds
from chalicelib.agenda import lists as agenda
from chalicelib.core import clock, ids
from chalicelib.core.errors import FieldError, Invalid
from chalicelib.core.events import EventType
from chalicelib.http.endpoint import Answer, Call, NoQuery, Schema, endpoint
from chalicelib.http.principal import Principal
from chalicelib.identity import directory
from chalicelib.messaging import usecases as messaging
from chalicelib.messaging.store import head_of_person
from chalicelib.notifications import inbox
from chalicelib.notifications.inbox import Notice
from chalicelib.notifications.store import InboxRow, inbox_key
from chalicelib.oauth import store as consents
from chalicelib.record import usecases as record
from chalicelib.reminders import usecases as reminders
from chalicelib.reminders.store import preferences_wish

_LIST: Final = "/v1/patients/{pid}/notices"
_ONE: Final = "/v1/patients/{pid}/notices/{notice_id}"
_HIGHEST: Final = (1 << 80) - 1  # of the ids of one instant

# What each event is, with the name of what it is about, and without when that is gone.
SENTENCES: Final[Mapping[EventType, tuple[str, str]]] = {
    EventType.DOCUMENT_ADDED: (
        "Nouveau document\u00a0: «\u00a0{name}\u00a0»",
        "Un document a été ajouté, qui n’est plus dans votre espace",
    ),
    EventType.FIRST_ACCESS: (
        "{name} a consulté votre dossier pour la première fois depuis votre autorisation",
        "Un professionnel a consulté votre dossier pour la première fois depuis votre autorisation",
    ),
    EventType.APPOINTMENT_ADDED: (
        "Nouveau rendez-vous\u00a0: «\u00a0{name}\u00a0»",
        "Un rendez-vous a été ajouté, qui n’est plus dans votre agenda",
    ),
    EventType.APPOINTMENT_CHANGED: (
        "Rendez-vous modifié\u00a0: «\u00a0{name}\u00a0»",
        "Un rendez-vous a été modifié, qui n’est plus dans votre agenda",
    ),
    EventType.APPOINTMENT_REMINDER_LOST: (
        "Rendez-vous modifié\u00a0: «\u00a0{name}\u00a0». Un rappel n’a pas pu être gardé",
        "Un rendez-vous a été modifié, qui n’est plus dans votre agenda",
    ),
    EventType.APPOINTMENT_CANCELLED: ("Rendez-vous annulé", "Un rendez-vous a été annulé"),
    EventType.CALENDAR_LINKED: (
        "Un lien de calendrier a été créé\u00a0: qui le connaît voit vos rendez-vous",
        "Un lien de calendrier a été créé\u00a0: qui le connaît voit vos rendez-vous",
    ),
    EventType.CONSENT_GIVEN: (
        (
            "Un accord a été donné à l’application «\u00a0{name}\u00a0»\u00a0: "
            "elle peut accéder à votre espace"
        ),
        "Un accord a été donné à une application\u00a0: elle peut accéder à votre espace",
    ),
    EventType.REPRESENTATIVE_ADDED: (
        "Un parent gère maintenant cet espace",
        "Un parent gère maintenant cet espace",
    ),
    EventType.MESSAGE_ADDED: (
        "Nouveau message de {name}",
        "Nouveau message d’un professionnel",
    ),
    EventType.REPRESENTATIVE_ENDED: (
        "Une personne invitée ne gère plus cet espace",
        "Une personne invitée ne gère plus cet espace",
    ),
    EventType.INVITATION_RECEIVED: (
        "Une personne vous invite à gérer l’espace d’un enfant",
        "Une personne vous invite à gérer l’espace d’un enfant",
    ),
    EventType.INVITATION_REFUSED: (
        "Une invitation à gérer cet espace a été refusée",
        "Une invitation à gérer cet espace a été refusée",
    ),
    EventType.REMINDER_DUE: (
        "Rappel\u00a0: «\u00a0{name}\u00a0»",
        "Rappel d’un rendez-vous qui n’est plus dans votre agenda",
    ),
    EventType.PREVENTION_DUE: (
        "Un rappel de prévention vous attend",
        "Un rappel de prévention vous attend",
    ),
}
# Said of a minor's space to who represents her.
_OF_A_MINOR: Final[Mapping[str, str]] = {
    "votre dossier": "son dossier",
    "votre autorisation": "l’autorisation donnée",
    "votre espace": "son espace",
    "votre agenda": "son agenda",
    "vos rendez-vous": "ses rendez-vous",
}
TargetKind = Literal[
    "document",
    "appointment",
    "applications",
    "calendar",
    "trace",
    "prevention",
    "representatives",
    "conversation",
]
_TARGETS: Final[Mapping[EventType, TargetKind]] = {
    EventType.DOCUMENT_ADDED: "document",
    EventType.FIRST_ACCESS: "trace",
    EventType.APPOINTMENT_ADDED: "appointment",
    EventType.APPOINTMENT_CHANGED: "appointment",
    EventType.APPOINTMENT_REMINDER_LOST: "appointment",
    EventType.CALENDAR_LINKED: "calendar",
    EventType.CONSENT_GIVEN: "applications",
    EventType.REMINDER_DUE: "appointment",
    EventType.REPRESENTATIVE_ADDED: "representatives",
    EventType.REPRESENTATIVE_ENDED: "representatives",
    EventType.INVITATION_RECEIVED: "representatives",
    EventType.INVITATION_REFUSED: "representatives",
    EventType.PREVENTION_DUE: "prevention",
    EventType.MESSAGE_ADDED: "conversation",
}


class NoticeQuery(Schema):
    """Where to go on, and how many."""

    cursor: str | None = Field(default=None, max_length=2000)
    limit: int = Field(default=30, ge=1, le=100)


class NoticeTarget(Schema):
    """What a notice leads to; `id` where the thing has one of its own."""

    kind: TargetKind
    id: str | None


class NoticeOut(Schema):
    """One notice, told at `at`, to be shown in `zone_shown`, the reader's own.

    `target` is null once what it is about is gone.
    """

    id: str
    type: str
    at: str
    zone_shown: str
    is_read: bool
    text: str
    target: NoticeTarget | None


class NoticeList(Schema):
    """A page of notices, the last first; `unread` counts at most the hundred newest.

    `unread_messages`: the conversations with something to read, which every screen shows beside.
    """

    items: list[NoticeOut]
    unread: int
    unread_messages: int
    next: str | None


class UpTo(Schema):
    """The last notice that was on the screen."""

    up_to: str = Field(max_length=26)


class Kept(Schema):
    """Whether a notice is deleted."""

    deleted: bool


@dataclass(frozen=True, slots=True)
class Names:
    """What the notices of a page are about, by id."""

    documents: Mapping[str, str]
    appointments: Mapping[str, str]
    professionals: Mapping[str, str]
    correspondents: Mapping[str, str]
    applications: Mapping[str, str]

    def of(self, notice: Notice) -> str | None:
        """Return the name of what a notice is about, None once it is gone."""
        if notice.type is EventType.DOCUMENT_ADDED:
            return self.documents.get(notice.reference)
        if notice.type is EventType.FIRST_ACCESS:
            return self.professionals.get(notice.reference)
        if notice.type is EventType.MESSAGE_ADDED:
            return self.correspondents.get(notice.reference)
        if notice.type is EventType.CONSENT_GIVEN:
            return self.applications.get(notice.reference)
        return self.appointments.get(notice.reference)


@endpoint("GET", _LIST, query=NoticeQuery, answers={200: NoticeList})
def list_notices(call: Call[None, NoticeQuery]) -> Answer:
    """Read what happened lately in one's space."""
    pid, asked = gate.resolve(call.principal, call.path["pid"]), call.query
    scope = (call.principal.id, pid, "notices")
    query = inbox.newest_first(pid, tokens.open_cursor(asked.cursor, *scope))
    with gate.enter(
        call.principal,
        Action.NOTICE_LIST,
        pid,
        queries=[query],
        wanted=[inbox.mark_wish(pid), preferences_wish(pid), head_of_person(pid)],
    ) as unit:
        found, after = inbox.notices(unit, query, unit.pages[0], asked.limit)
        unread = inbox.unread(unit, unit.pages[0])
        unread_messages = messaging.unread_of(unit, pid)
        names = _names(unit, found)
        zone = reminders.preferences(unit).zone
        is_of_a_minor = unit.right is Right.REPRESENTATIVE
    return Answer(
        NoticeList(
            items=[_out(notice, names, zone, is_of_a_minor=is_of_a_minor) for notice in found],
            unread=unread,
            unread_messages=unread_messages,
            next=tokens.new_cursor(after, *scope),
        )
    )


@endpoint("PUT", _LIST + "/read", body=UpTo, answers={204: None})
def mark_notices_read(call: Call[UpTo, NoQuery]) -> Answer:
    """Mark as read the notices up to one, that one included."""
    _mark(call, Action.NOTICE_READ)
    return Answer(status=204)


@endpoint("PUT", _LIST + "/deleted", body=UpTo, answers={204: None})
def delete_notices(call: Call[UpTo, NoQuery]) -> Answer:
    """Delete all notices up to one, that one included."""
    _mark(call, Action.NOTICE_DELETE)
    return Answer(status=204)


@endpoint("DELETE", _ONE, answers={204: None})
def delete_notice(call: Call[None, NoQuery]) -> Answer:
    """Delete one notice."""
    _set_gone(call.principal, call.path, is_gone=True)
    return Answer(status=204)


@endpoint("PUT", _ONE, body=Kept, answers={204: None})
def restore_notice(call: Call[Kept, NoQuery]) -> Answer:
    """Delete one notice, or bring it back."""
    _set_gone(call.principal, call.path, is_gone=call.body.deleted)
    return Answer(status=204)


def _mark(call: Call[UpTo, NoQuery], action: Action) -> None:
    pid, up_to = gate.resolve(call.principal, call.path["pid"]), call.body.up_to
    if not ids.is_id(up_to):
        raise Invalid(errors=(FieldError("/up_to", "refused"),))
    mark = inbox.mark_read if action is Action.NOTICE_READ else inbox.empty

    def act() -> None:
        with gate.enter(call.principal, action, pid, wanted=[inbox.mark_wish(pid)]) as unit:
            # Never beyond this instant: a mark must not cover what is still to come.
            mark(unit, min(up_to, ids.ulid_at(unit.now, _HIGHEST)))

    until_it_holds(act)


def _set_gone(principal: Principal, path: Mapping[str, str], *, is_gone: bool) -> None:
    pid = gate.resolve(principal, path["pid"])
    target = (InboxRow, *inbox_key(pid, path["notice_id"]))
    with gate.enter(principal, Action.NOTICE_DELETE, pid, target=target) as unit:
        inbox.set_gone(unit, unit.target(InboxRow), is_gone=is_gone)


def _names(unit: Unit, found: list[Notice]) -> Names:
    def of(*types: EventType) -> set[str]:
        return {one.reference for one in found if one.type in types}

    numbers = of(EventType.FIRST_ACCESS)
    return Names(
        documents=record.titles(unit, of(EventType.DOCUMENT_ADDED)),
        appointments=agenda.titles(
            unit,
            of(
                EventType.APPOINTMENT_ADDED,
                EventType.APPOINTMENT_CHANGED,
                EventType.APPOINTMENT_REMINDER_LOST,
                EventType.REMINDER_DUE,
            ),
        ),
        professionals={one.rpps: one.name for one in directory.professionals(sorted(numbers))},
        correspondents=messaging.correspondents(unit, of(EventType.MESSAGE_ADDED)),
        applications=consents.names_of(unit, of(EventType.CONSENT_GIVEN)),
    )


def _out(notice: Notice, names: Names, zone: str, *, is_of_a_minor: bool) -> NoticeOut:
    name = names.of(notice)
    known, gone = SENTENCES[notice.type]
    if is_of_a_minor:
        known, gone = _of_a_minor(known), _of_a_minor(gone)
    return NoticeOut(
        id=notice.id,
        type=notice.type,
        at=clock.iso(notice.at),
        zone_shown=zone,
        is_read=notice.is_read,
        text=known.format(name=name) if name else gone,
        target=_target(notice, name),
    )


def _of_a_minor(sentence: str) -> str:
    for own, hers in _OF_A_MINOR.items():
        sentence = sentence.replace(own, hers)
    return sentence


def _target(notice: Notice, name: str | None) -> NoticeTarget | None:
    kind = _TARGETS.get(notice.type)
    if kind is None or (kind in {"document", "appointment", "conversation"} and name is None):
        return None
    is_one = name is not None and kind not in {"trace", "applications"}
    return NoticeTarget(kind=kind, id=notice.reference if is_one else None)
