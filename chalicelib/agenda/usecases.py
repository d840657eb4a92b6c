"""What can be done with the appointments of a record. Every function passes the gate once a try."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from chalicelib.access import gate
from chalicelib.access.entry import Wanted
from chalicelib.access.gate import Replayed, Unit
from chalicelib.access.model import Action, Refusal
from chalicelib.access.usecases import until_it_holds
from chalicelib.agenda import arming, rules, showing, store
from chalicelib.agenda.model import (
    Appointment,
    Author,
    Details,
    Draft,
    LinkAuthor,
)
from chalicelib.agenda.showing import Shown
from chalicelib.agenda.store import EventRow, is_person
from chalicelib.core import clock, rows
from chalicelib.core.errors import Conflict, FieldError, Invalid, Stale
from chalicelib.core.events import EventType
from chalicelib.core.settings import settings
from chalicelib.http.idempotency import Idempotency
from chalicelib.http.principal import ActorKind, Principal
from chalicelib.prevention import planning
from chalicelib.prevention.usecases import wanted_to_arm
from chalicelib.reminders import usecases as reminders

# Attributes of `Draft`, or what says which they are once the appointment is known.
Changes = Mapping[str, Any] | Callable[[Appointment], Mapping[str, Any]]


def add_appointment(
    principal: Principal, pid: str, draft: Draft, idempotency: Idempotency | None
) -> Shown:
    """Set an appointment, and arm its reminders with it.

    Somebody else than the person may propose reminders: those of a day that is full are left out,
    so that nobody learns of her other appointments. What is over is noted by the person alone.
    The draft is looked at inside the gate: a repeated request meets no rule that time has changed.

    Raises:
        Invalid: everything that is wrong; an eleventh reminder of a day (R-AGE-02).
        NotFound, Unavailable.
    """
    try:
        return until_it_holds(lambda: _add(principal, pid, draft, idempotency))
    except Replayed as replayed:
        return read_appointment(principal, pid, replayed.reference)


def _add(principal: Principal, pid: str, draft: Draft, idempotency: Idempotency | None) -> Shown:
    appointment_id = store.new_id(principal, pid, draft.identifier)
    with gate.enter(
        principal,
        Action.APPOINTMENT_ADD,
        pid,
        wanted=_wanted(principal, pid, appointment_id),
        idempotency=idempotency,
    ) as unit:
        return _set(unit, appointment_id, draft, Conflict("already-set"))


def _set(unit: Unit, appointment_id: str, draft: Draft, lost: Conflict) -> Shown:
    """Set a new appointment; `lost` is the answer if its author already set one of that name."""
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
    _tell(unit, EventType.APPOINTMENT_ADDED, appointment_id)
    return showing.shown(unit, appointment)


def put_appointment(
    principal: Principal, pid: str, draft: Draft, changes: Changes
) -> tuple[Shown, bool]:
    """Set the appointment that its author calls `draft.identifier`, or change the one there is.

    Its id follows from that name, so that it is found by it. Also tells whether it was set.

    Raises:
        Invalid: everything that would be wrong.
        NotFound, Unavailable.
    """
    return until_it_holds(lambda: _put(principal, pid, draft, changes))


def _put(principal: Principal, pid: str, draft: Draft, changes: Changes) -> tuple[Shown, bool]:
    appointment_id = store.new_id(principal, pid, draft.identifier)
    where = (EventRow, *store.event_key(pid, appointment_id))
    with gate.enter(
        principal,
        Action.APPOINTMENT_ADD,
        pid,
        wanted=[*_wanted(principal, pid, appointment_id), where],
        about=appointment_id,
    ) as unit:
        row = unit.row(*where)
        if row is None:
            return _set(unit, appointment_id, draft, Conflict()), True
        unit.traced_as = Action.APPOINTMENT_CHANGE
        return _become(unit, row, store.open_row(unit, row), changes), False


def read_appointment(principal: Principal, pid: str, appointment_id: str) -> Shown:
    """Read one appointment.

    Raises:
        NotFound, Unavailable.
    """
    return _read(principal, pid, appointment_id, Action.APPOINTMENT_READ)


def export_appointment(principal: Principal, pid: str, appointment_id: str) -> Shown:
    """Read one appointment, to take it to a calendar. Raises as `read_appointment`."""
    return _read(principal, pid, appointment_id, Action.APPOINTMENT_EXPORT)


def _read(principal: Principal, pid: str, appointment_id: str, action: Action) -> Shown:
    target = (EventRow, *store.event_key(pid, appointment_id))
    with gate.enter(
        principal,
        action,
        pid,
        target=target,
        wanted=showing.view_wanted(principal, pid),
        about=appointment_id,
    ) as unit:
        return showing.shown(unit, store.open_row(unit, unit.target(EventRow)))


def change_appointment(
    principal: Principal, pid: str, appointment_id: str, changes: Changes, version: int
) -> Shown:
    """Change what is named in `changes`, and move its reminders with it.

    Moved by somebody else, a reminder that a full day has no room for is lost: the person is told.
    Her changing of reminders is nothing that others can see, in the version or otherwise.

    Raises:
        Invalid: everything that would be wrong.
        Conflict: `not-yours`: of an appointment set by somebody, she changes the reminders only.
            `link-only`: an application, the link by which one joins.
        Stale: it changed since it was read.
        NotFound, Unavailable.
    """
    return until_it_holds(lambda: _change(principal, pid, appointment_id, changes, version))


def _change(
    principal: Principal, pid: str, appointment_id: str, changes: Changes, version: int
) -> Shown:
    with gate.enter(
        principal,
        Action.APPOINTMENT_CHANGE,
        pid,
        target=(EventRow, *store.event_key(pid, appointment_id)),
        wanted=_wanted(principal, pid, appointment_id),
        about=appointment_id,
    ) as unit:
        row = unit.target(EventRow)
        before = store.open_row(unit, row)
        if not before.is_own and not is_person(unit):
            # By consent to write: who may not read it does not learn that it is there.
            unit.require(holds=unit.may(Action.APPOINTMENT_READ), reason=Refusal.ABSENT)
        if before.version != version:
            raise Stale
        return _become(unit, row, before, changes)


def _become(unit: Unit, row: EventRow, before: Appointment, changes: Changes) -> Shown:
    """Write what a change makes of an appointment; of nothing, nobody is told."""
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
    _tell(
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


def cancel_appointment(
    principal: Principal, pid: str, appointment_id: str, version: int | None
) -> None:
    """Remove an appointment and its reminders, for everybody; undoing is setting it again.

    Without a version, whatever it became.

    Raises:
        Stale: it changed since it was read.
        NotFound, Unavailable.
    """
    until_it_holds(lambda: _cancel(principal, pid, appointment_id, version))


def _cancel(principal: Principal, pid: str, appointment_id: str, version: int | None) -> None:
    with gate.enter(
        principal,
        Action.APPOINTMENT_CANCEL,
        pid,
        target=(EventRow, *store.event_key(pid, appointment_id)),
        wanted=_wanted(principal, pid, appointment_id),
        about=appointment_id,
    ) as unit:
        row = unit.target(EventRow)
        if version is not None and store.version_of(unit, row) != version:
            raise Stale
        if is_person(unit) and store.is_planned(unit, row):
            planning.unplan(unit, appointment_id)
        unit.write(rows.delete(row))
        reminders.disarm(unit, appointment_id)
        _tell(unit, EventType.APPOINTMENT_CANCELLED, appointment_id)


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


def _wanted(principal: Principal, pid: str, appointment_id: str) -> list[Wanted]:
    """Return what to name to write an appointment; what she was recommended is hers alone."""
    named = [*reminders.wanted(pid, appointment_id), *showing.address(principal)]
    if principal.kind is ActorKind.PERSON:
        named += wanted_to_arm(pid)
    return list(dict.fromkeys(named))


def _tell(unit: Unit, event: EventType, appointment_id: str) -> None:
    """Announce what somebody else than the person did."""
    if not is_person(unit):
        unit.emit(event, appointment_id)


def _author(unit: Unit) -> Author:
    session, kind = unit.entry.session, unit.entry.principal.kind
    return Author(kind.value, session.name if kind is not ActorKind.PERSON else unit.actor_name)
