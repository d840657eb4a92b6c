"""What is written of an appointment when it is set, and what a change makes of it.

Call inside the gate.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from chalicelib.access.gate import Unit
from chalicelib.access.model import Action
from chalicelib.agenda import arming, rules, showing, store
from chalicelib.agenda.model import Appointment, Author, Details, Draft, LinkAuthor
from chalicelib.agenda.showing import Shown
from chalicelib.agenda.store import EventRow, is_person
from chalicelib.core import clock
from chalicelib.core.errors import Conflict, FieldError, Invalid
from chalicelib.core.events import EventType
from chalicelib.core.settings import settings
from chalicelib.http.principal import ActorKind
from chalicelib.prevention import planning
from chalicelib.reminders import usecases as reminders

# Attributes of `Draft`, or what says which they are once the appointment is known.
Changes = Mapping[str, Any] | Callable[[Appointment], Mapping[str, Any]]


def set_new(unit: Unit, appointment_id: str, draft: Draft, lost: Conflict) -> Shown:
    """Set a new appointment; `lost` is the answer if its author already set one of that name.

    Raises:
        Invalid: everything that is wrong with it.
    """
    if draft.recommendation and not is_person(unit):
        raise Invalid(errors=(FieldError("/recommendation", "recommendation_of_person"),))
    over_by = None if is_person(unit) else unit.now
    appointment = arming.armed(
        unit,
        Appointment(
            id=appointment_id,
            details=_checked(unit, draft, over_by, appointment_id),
            author=_author(unit),
            created_at=unit.now,
            changed_at=unit.now,
            is_own=True,
            version=1,
            revision=1,
            is_chosen=is_person(unit),
        ),
    )
    appointment = _planned(unit, appointment)
    unit.about(appointment_id)
    unit.put(store.new_row(unit, appointment), lost=lost)
    tell(unit, EventType.APPOINTMENT_ADDED, appointment_id)
    return showing.shown(unit, appointment)


def become(unit: Unit, row: EventRow, before: Appointment, changes: Changes) -> Shown:
    """Write what a change makes of an appointment; of nothing, nobody is told.

    Raises:
        Invalid: everything that would be wrong.
        Conflict: it is somebody else's: `not-yours`, `link-only`.
    """
    wanted = changes(before) if callable(changes) else changes
    if not wanted:
        unit.traced_as = Action.APPOINTMENT_READ
        return showing.shown(unit, before)
    asked = _changed(unit, before, wanted)
    appointment = arming.armed(unit, asked)
    if appointment.details.recommendation and is_person(unit):
        planning.move(unit, before.id, _day(unit, appointment))
    unit.put(store.changed(unit, row, appointment))
    is_lost = appointment.details.reminders != asked.details.reminders
    tell(
        unit,
        EventType.APPOINTMENT_REMINDER_LOST if is_lost else EventType.APPOINTMENT_CHANGED,
        before.id,
    )
    return showing.shown(unit, appointment)


def _changed(unit: Unit, before: Appointment, changes: Mapping[str, Any]) -> Appointment:
    """Return what a change makes of an appointment; of her reminders alone, nothing others see."""
    details = _changed_details(unit, before, changes)
    is_shared = not is_person(unit) or _is_more(before.details, details)
    return replace(
        before,
        details=details,
        link_by=_link_author(unit, before, details),
        changed_at=unit.now if is_shared else before.changed_at,
        version=before.version + 1,
        revision=before.revision + is_shared,
        is_chosen=before.is_chosen or "reminders" in changes,
    )


def _link_author(unit: Unit, before: Appointment, details: Details) -> LinkAuthor | None:
    """Return who added the link, if not who may change the rest of the appointment."""
    if details.link == before.details.link:
        return before.link_by
    if before.is_own or details.link is None:
        return None
    return LinkAuthor(_author(unit), unit.entry.depositor_token())


def _is_more(before: Details, details: Details) -> bool:
    """Tell whether more than reminders changed."""
    return replace(before, reminders=details.reminders) != details


def _changed_details(unit: Unit, before: Appointment, changes: Mapping[str, Any]) -> Details:
    draft = rules.draft_of(before.details)
    if {"start", "zone", "all_day"} & changes.keys():
        draft = replace(draft, fold=None)
    is_hers = is_person(unit)
    if "reminders" in changes and not is_hers:
        raise Invalid(errors=(FieldError("/reminders", "reminders_of_person"),))
    asked = replace(draft, **changes)
    over_by = unit.now if rules.moves(draft, asked) and not is_hers else None
    details = _checked(unit, asked, over_by, before.id)
    if details.slot == before.details.slot:
        details = replace(details, warnings=before.details.warnings)
    if before.is_own:
        return details
    if is_hers and _is_more(before.details, details):
        raise Conflict("not-yours", set_by=before.author.name)
    if not is_hers and not rules.may_set_link(before, details, unit.entry.depositor_token()):
        raise Conflict("link-only")
    return details


def _checked(unit: Unit, draft: Draft, over_by: datetime | None, appointment_id: str) -> Details:
    """Return a draft settled.

    Raises:
        Invalid: everything that is wrong with it, an eleventh reminder of a day among the rest.
    """
    today = clock.paris_date(unit.now)
    try:
        return rules.check(draft, today, over_by, allows_loopback=settings().is_development)
    except Invalid as refused:
        hers = is_person(unit)
        full = arming.errors_of_days(unit, draft, today, appointment_id) if hers else ()
        raise Invalid(errors=(*refused.errors, *full)) from None


def _planned(unit: Unit, appointment: Appointment) -> Appointment:
    """Note for what it is set; what is no longer recommended is not tied to it."""
    details = appointment.details
    if details.recommendation is None or planning.plan(
        unit, details.recommendation, appointment.id, _day(unit, appointment)
    ):
        return appointment
    return replace(appointment, details=replace(details, recommendation=None))


def _day(unit: Unit, appointment: Appointment) -> date:
    """Return the day of an appointment on the person's own calendar."""
    zone = reminders.preferences(unit).zone
    return rules.days(appointment.details.slot, zone)[0]


def tell(unit: Unit, event: EventType, appointment_id: str) -> None:
    """Announce what somebody else than the person did."""
    if not is_person(unit):
        unit.emit(event, appointment_id)


def _author(unit: Unit) -> Author:
    session, kind = unit.entry.session, unit.entry.principal.kind
    return Author(kind.value, session.name if kind is not ActorKind.PERSON else unit.actor_name)
