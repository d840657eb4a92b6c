"""What can be done with the measures of a record. Every function passes the gate once a try."""

from dataclasses import dataclass
from datetime import date
from itertools import islice

from chalicelib.access import gate, tokens
from chalicelib.access.gate import Replayed, Unit
from chalicelib.access.model import Action, Refusal
from chalicelib.access.usecases import until_it_holds
from chalicelib.core import clock, rows
from chalicelib.http.idempotency import Idempotency
from chalicelib.http.principal import Principal
from chalicelib.identity import spaces
from chalicelib.measures import rules, store
from chalicelib.measures.model import Draft, Measure, Range, Window
from chalicelib.measures.store import MeasureRow


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of measures, the cursor of the next one, and what is usual of their kinds today."""

    items: list[Measure]
    next: str | None
    usual: list[Range]


def add_measure(
    principal: Principal, pid: str, draft: Draft, idempotency: Idempotency | None
) -> Measure:
    """Add a measure; what is unusual in it is said, and kept with it, but refuses nothing.

    The draft is looked at inside the gate: a repeated request meets no rule that time has changed.

    Raises:
        Invalid: everything that is wrong.
        NotFound, TooMany, Unavailable.
    """
    try:
        return until_it_holds(lambda: _add(principal, pid, draft, idempotency))
    except Replayed as replayed:
        return _added(principal, pid, replayed.reference)


def _add(principal: Principal, pid: str, draft: Draft, idempotency: Idempotency | None) -> Measure:
    with gate.enter(
        principal,
        Action.MEASURE_ADD,
        pid,
        wanted=[spaces.person_wish(pid)],
        idempotency=idempotency,
    ) as unit:
        row = store.new_row(unit, rules.check(draft, unit.now, _born_on(unit)))
        measure = store.open_row(unit, row)
        unit.about(measure.id)
        unit.put(row)
        return measure


def _added(principal: Principal, pid: str, measure_id: str) -> Measure:
    """Read what was added before, by the right to add it: who adds may be unable to read."""
    target = (MeasureRow, *store.measure_key(pid, measure_id))
    with gate.enter(principal, Action.MEASURE_ADD, pid, target=target, about=measure_id) as unit:
        unit.traced_as = Action.MEASURE_READ
        return store.open_row(unit, unit.target(MeasureRow))


def list_measures(
    principal: Principal, pid: str, window: Window, cursor: str | None, limit: int
) -> Listing:
    """List measures in the order of their instants, the newest first unless asked otherwise.

    Nothing is looked for before it is decided that the caller may: refused, it costs the same
    however much there is (A36). A page is full if there is enough to fill it.

    Raises:
        NotFound, BadRequest (cursor), Unavailable.
    """
    scope = (principal.id, pid, "measures", repr(window))
    after = tokens.open_cursor(cursor, *scope)
    wanted = [spaces.person_wish(pid)]
    with gate.enter(principal, Action.MEASURE_LIST, pid, wanted=wanted) as unit:
        asked = (
            (place, one)
            for place, one in store.measures(unit, window, limit + 1, after)
            if rules.is_asked(one.details, window)
        )
        found = list(islice(asked, limit + 1))
        today, born_on = clock.paris_date(unit.now), _born_on(unit)
    last = found[limit - 1][0] if len(found) > limit else None
    return Listing(
        items=[one for _, one in found[:limit]],
        next=tokens.new_cursor(last, *scope),
        usual=[one for kind in window.kinds for one in rules.usual_ranges(kind, born_on, today)],
    )


def read_measure(principal: Principal, pid: str, measure_id: str) -> Measure:
    """Read one measure.

    Raises:
        NotFound, Unavailable.
    """
    target = (MeasureRow, *store.measure_key(pid, measure_id))
    with gate.enter(principal, Action.MEASURE_READ, pid, target=target, about=measure_id) as unit:
        return store.open_row(unit, unit.target(MeasureRow))


def delete_measure(principal: Principal, pid: str, measure_id: str) -> None:
    """Delete a measure, at once and for everybody; that it was is in the history.

    It never changes, so no version is asked for.

    Raises:
        NotFound: it is not there, or not for the caller to delete.
        Unavailable.
    """
    until_it_holds(lambda: _delete(principal, pid, measure_id))


def _delete(principal: Principal, pid: str, measure_id: str) -> None:
    target = (MeasureRow, *store.measure_key(pid, measure_id))
    with gate.enter(principal, Action.MEASURE_DELETE, pid, target=target, about=measure_id) as unit:
        row = unit.target(MeasureRow)
        unit.require(holds=store.open_row(unit, row).is_deletable, reason=Refusal.NO_RIGHT)
        unit.write(rows.delete(row))


def _born_on(unit: Unit) -> date | None:
    return spaces.person_of(unit)[0].traits.birth_date
