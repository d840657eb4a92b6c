"""An appointment as one reader sees it. Call inside the gate."""

from dataclasses import dataclass, replace

from chalicelib.access.entry import Wanted
from chalicelib.access.gate import Unit
from chalicelib.access.model import Action
from chalicelib.agenda import arming
from chalicelib.agenda.model import Appointment, RemindersState
from chalicelib.agenda.store import is_person
from chalicelib.http.principal import ActorKind, Principal
from chalicelib.identity.store import contact_wish
from chalicelib.reminders import usecases as reminders
from chalicelib.reminders.store import preferences_wish


@dataclass(frozen=True, slots=True)
class Shown:
    """An appointment as one reader sees it: in a zone, with what her reminders will become."""

    appointment: Appointment
    zone: str
    reminders_state: RemindersState
    is_for_person: bool
    may_change: bool
    reminders_past: tuple[int, ...] = ()


def view_wanted(principal: Principal, pid: str) -> list[Wanted]:
    """Return what to name on entering the gate, to show appointments."""
    return [preferences_wish(pid), *address(principal)]


def shown(unit: Unit, appointment: Appointment) -> Shown:
    """Return an appointment as the reader sees it; the person's zone and choices are hers alone."""
    details = appointment.details
    if not is_person(unit):
        hidden = replace(appointment, details=replace(details, reminders=(), recommendation=None))
        return Shown(
            hidden,
            details.slot.zone,
            RemindersState.NONE,
            is_for_person=False,
            may_change=unit.may(Action.APPOINTMENT_ADD),  # an author may no longer be let in
        )
    chosen = reminders.preferences(unit)
    contact = unit.row(*contact_wish(unit.entry.principal.id))
    state = RemindersState.NONE
    if details.reminders:
        reachable = contact is not None and chosen.mail_appointment
        state = RemindersState.ARMED if reachable else RemindersState.NO_CHANNEL
        if not arming.instants(details, chosen, unit.now):
            state = RemindersState.PAST
    past = arming.past(details, unit.now)
    return Shown(
        appointment, chosen.zone, state, is_for_person=True, may_change=True, reminders_past=past
    )


def address(principal: Principal) -> list[Wanted]:
    """Return the row that tells whether the person can be written to; nobody else learns it."""
    if principal.kind is not ActorKind.PERSON:
        return []
    return [contact_wish(principal.id)]
