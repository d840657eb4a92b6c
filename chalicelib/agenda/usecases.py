"""What can be done with the appointments of a record. Every function passes the gate once a try."""

from chalicelib.access import gate
from chalicelib.access.entry import Wanted
from chalicelib.access.gate import Replayed
from chalicelib.access.model import Action, Refusal
from chalicelib.access.usecases import until_it_holds
from chalicelib.agenda import showing, store, writing
from chalicelib.agenda.model import Draft
from chalicelib.agenda.showing import Shown
from chalicelib.agenda.store import EventRow, is_person
from chalicelib.agenda.writing import Changes
from chalicelib.core import rows
from chalicelib.core.errors import Conflict, Stale
from chalicelib.core.events import EventType
from chalicelib.http.idempotency import Idempotency
from chalicelib.http.principal import ActorKind, Principal
from chalicelib.prevention import planning
from chalicelib.prevention.usecases import wanted_to_arm
from chalicelib.reminders import usecases as reminders


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
        return writing.set_new(unit, appointment_id, draft, Conflict("already-set"))


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
            return writing.set_new(unit, appointment_id, draft, Conflict()), True
        unit.traced_as = Action.APPOINTMENT_CHANGE
        return writing.become(unit, row, store.open_row(unit, row), changes), False


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
        return writing.become(unit, row, before, changes)


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
        writing.tell(unit, EventType.APPOINTMENT_CANCELLED, appointment_id)


def _wanted(principal: Principal, pid: str, appointment_id: str) -> list[Wanted]:
    """Return what to name to write an appointment; what she was recommended is hers alone."""
    named = [*reminders.wanted(pid, appointment_id), *showing.address(principal)]
    if principal.kind is ActorKind.PERSON:
        named += wanted_to_arm(pid)
    return list(dict.fromkeys(named))
