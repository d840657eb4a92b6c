"""What can be done with the measures of a record. Every function passes the gate once a try."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Literal

from chalicelib.access import gate, tokens
from chalicelib.access.gate import Replayed, Unit
from chalicelib.access.model import Action, Refusal
from chalicelib.access.permissions import Permission
from chalicelib.access.usecases import until_it_holds
from chalicelib.core import clock, rows
from chalicelib.http.idempotency import Idempotency
from chalicelib.http.principal import ActorKind, Principal
from chalicelib.identity import spaces
from chalicelib.identity.values import Traits
from chalicelib.measures import growth, rules, store
from chalicelib.measures.model import Component, Draft, Measure, MeasureKind, Range, Window
from chalicelib.measures.store import MeasureRow


@dataclass(frozen=True, slots=True)
class Growth:
    """Where weights of a minor are among those of her age and sex, by the id of each measure."""

    born_on: date
    sex: growth.Sex
    places: Mapping[str, growth.Place]


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of measures, the cursor of the next one, and what is usual of their kinds today.

    `growth` is what a minor's weights are compared with; None: of others, and of other kinds.
    """

    items: list[Measure]
    next: str | None
    usual: list[Range]
    growth: Growth | None


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
        return _open(
            principal, pid, replayed.reference, Action.MEASURE_ADD, _to("write", draft.kind)
        )


def _add(principal: Principal, pid: str, draft: Draft, idempotency: Idempotency | None) -> Measure:
    with gate.enter(
        principal,
        Action.MEASURE_ADD,
        pid,
        wanted=[spaces.person_wish(pid)],
        idempotency=idempotency,
        permission=_to("write", draft.kind),
    ) as unit:
        row = store.new_row(unit, rules.check(draft, unit.now, _born_on(unit)))
        measure = store.open_row(unit, row)
        unit.about(measure.id)
        unit.put(row)
        return measure


def list_measures(
    principal: Principal, pid: str, window: Window, cursor: str | None, limit: int
) -> Listing:
    """List measures in the order of their instants, the newest first unless asked otherwise.

    Nothing is looked for before it is decided that the caller may: refused, it costs the same
    however much there is (A36). A page is full if there is enough to fill it. An application names
    the kind: of all kinds at once nothing is consented to, and no consent is to her age and sex, so
    that it is not told how a child grows.

    Raises:
        NotFound, BadRequest (cursor), Unavailable.
    """
    scope = (principal.id, pid, "measures", repr(window))
    after = tokens.open_cursor(cursor, *scope)
    wanted = [spaces.person_wish(pid)]
    needed = _to("read", window.kind)
    with gate.enter(principal, Action.MEASURE_LIST, pid, wanted=wanted, permission=needed) as unit:
        asked = (
            (place, one)
            for place, one in store.measures(unit, window, limit + 1, after)
            if rules.is_asked(one.details, window)
        )
        found = list(islice(asked, limit + 1))
        today, traits = clock.paris_date(unit.now), spaces.person_of(unit)[0].traits
    is_placed = window.kind is MeasureKind.WEIGHT and principal.kind is ActorKind.PERSON
    last = found[limit - 1][0] if len(found) > limit else None
    return Listing(
        items=[one for _, one in found[:limit]],
        next=tokens.new_cursor(last, *scope),
        usual=[
            one
            for kind in window.kinds
            for one in rules.usual_ranges(kind, traits.birth_date, today)
        ],
        growth=_growth([one for _, one in found[:limit]], traits, today) if is_placed else None,
    )


def _growth(weights: Sequence[Measure], traits: Traits, today: date) -> Growth | None:
    """Place the weights of a minor among those of her age and sex, where both are known."""
    born_on, sex = traits.birth_date, traits.sex
    if born_on is None or sex == "U" or not rules.is_minor(born_on, today):
        return None
    places = {}
    for one in weights:
        figure = float(one.details.values[Component.WEIGHT])
        found = growth.place(sex, born_on, one.details.at.date(), figure)
        if found:
            places[one.id] = found
    return Growth(born_on, sex, places)


def read_measure(principal: Principal, pid: str, measure_id: str) -> Measure:
    """Read one measure.

    Raises:
        NotFound, Unavailable.
    """
    is_by_consent = principal.kind is ActorKind.APPLICATION
    kind = store.kind_of(pid, measure_id) if is_by_consent else None
    return _open(principal, pid, measure_id, Action.MEASURE_READ, _to("read", kind))


def _open(
    principal: Principal, pid: str, measure_id: str, action: Action, needed: Permission | None
) -> Measure:
    """Read one measure, by the right to an action: who adds one may be unable to read others."""
    target = (MeasureRow, *store.measure_key(pid, measure_id))
    with gate.enter(
        principal, action, pid, target=target, about=measure_id, permission=needed
    ) as unit:
        unit.traced_as = Action.MEASURE_READ
        return store.open_row(unit, unit.target(MeasureRow))


def delete_measure(principal: Principal, pid: str, measure_id: str) -> None:
    """Delete a measure, at once and for everybody; that it was is in the history.

    It never changes, so no version is asked for. An application deletes what it added.

    Raises:
        NotFound: it is not there, or not for the caller to delete.
        Unavailable.
    """
    until_it_holds(lambda: _delete(principal, pid, measure_id))


def _delete(principal: Principal, pid: str, measure_id: str) -> None:
    target = (MeasureRow, *store.measure_key(pid, measure_id))
    is_by_consent = principal.kind is ActorKind.APPLICATION
    needed = _to("write", store.kind_of(pid, measure_id) if is_by_consent else None)
    with gate.enter(
        principal,
        Action.MEASURE_DELETE,
        pid,
        target=target,
        about=measure_id,
        permission=needed,
    ) as unit:
        row = unit.target(MeasureRow)
        unit.require(holds=store.open_row(unit, row).is_deletable, reason=Refusal.NO_RIGHT)
        unit.write(rows.delete(row))


def _born_on(unit: Unit) -> date | None:
    return spaces.person_of(unit)[0].traits.birth_date


def _to(direction: Literal["read", "write"], kind: MeasureKind | None) -> Permission | None:
    """Return what it takes of an application; None, which none has, of a kind not named."""
    return Permission(f"{kind}:{direction}") if kind else None
