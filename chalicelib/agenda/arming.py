"""Which reminders of an appointment are armed with it. Call inside the gate."""

from dataclasses import replace
from datetime import date, datetime

from chalicelib.access.gate import Unit
from chalicelib.agenda import rules, times
from chalicelib.agenda.model import Appointment, Details, Draft
from chalicelib.agenda.store import is_person
from chalicelib.core.errors import FieldError, Invalid
from chalicelib.reminders import rules as reminder_rules
from chalicelib.reminders import usecases as reminders
from chalicelib.reminders.model import MAX_A_DAY, MAX_A_DAY_BY_OTHERS, Preferences, Source


def instants(details: Details, chosen: Preferences, now: datetime) -> list[datetime]:
    """Return when the reminders of an appointment are still to come."""
    wanted = [times.before(details.slot, lead) for lead in details.reminders]
    return reminder_rules.due_instants(wanted, times.reminded_from(details.slot), chosen, now)


def past(details: Details, now: datetime) -> tuple[int, ...]:
    """Return the minutes before whose own instant is past: told, or chosen too late."""
    return tuple(lead for lead in details.reminders if times.before(details.slot, lead) <= now)


def armed(unit: Unit, appointment: Appointment) -> Appointment:
    """Arm the reminders of an appointment, and return it with those that it keeps.

    Done by somebody else than the person, what does not fit in a day is dropped, and nobody but she
    learns of it. What she chose has the room of her own; what others propose has less (A44).

    Raises:
        Invalid: as `reminders.arm`, if it is the person who acts.
    """
    if not is_person(unit):
        most = MAX_A_DAY if appointment.is_chosen else MAX_A_DAY_BY_OTHERS
        kept = _fitting(unit, appointment, most)
        appointment = replace(appointment, details=replace(appointment.details, reminders=kept))
    _arm(unit, appointment.id, appointment.details)
    return appointment


def errors_of_days(
    unit: Unit, draft: Draft, today: date, appointment_id: str
) -> tuple[FieldError, ...]:
    """Return what arming would refuse, were the rest right; its days must be known for that."""
    try:
        details = rules.check(rules.without_texts(draft), today)
    except Invalid:
        return ()
    try:
        _arm(unit, appointment_id, details)
    except Invalid as full:
        return full.errors
    return ()


def _fitting(unit: Unit, appointment: Appointment, most: int) -> tuple[int, ...]:
    """Return the minutes before that fit, the nearest to the event first served."""
    details, chosen, kept = appointment.details, reminders.preferences(unit), tuple[int, ...]()
    for lead in sorted(details.reminders):
        tried = replace(details, reminders=(lead, *kept))
        if reminders.fits(unit, appointment.id, instants(tried, chosen, unit.now), most):
            kept = (lead, *kept)
    return kept


def _arm(unit: Unit, appointment_id: str, details: Details) -> None:
    reminders.arm(
        unit,
        appointment_id,
        source=Source.APPOINTMENT,
        event_at=times.reminded_from(details.slot),
        at=instants(details, reminders.preferences(unit), unit.now),
    )
