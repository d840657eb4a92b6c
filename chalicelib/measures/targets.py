"""The weight that a person of age wants to reach: one sealed row a record, set, changed, removed.

Hers alone: a minor has none, whoever represents her (ADR 0028). Every function passes the gate once
a try.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chalicelib.access import gate
from chalicelib.access.entry import Wanted
from chalicelib.access.gate import Unit
from chalicelib.access.model import Action
from chalicelib.access.usecases import until_it_holds
from chalicelib.core import clock
from chalicelib.core.errors import Stale
from chalicelib.http.principal import Principal
from chalicelib.identity import spaces
from chalicelib.measures import rules, store
from chalicelib.measures.model import Target


@dataclass(frozen=True, slots=True)
class Found:
    """A target, None while there is none; its version; and whether the caller may set one."""

    target: Target | None
    version: int
    is_settable: bool


def read_target(principal: Principal, pid: str) -> Found:
    """Read what a person wants to reach; version 0 while she never said.

    Raises:
        NotFound, Unavailable.
    """
    with gate.enter(principal, Action.TARGET_READ, pid, wanted=_wanted(pid)) as unit:
        return _found(unit)


def set_target(
    principal: Principal, pid: str, weight: Decimal, by: date | None, version: int
) -> Found:
    """Set what a person wants to reach, in place of what she wanted before.

    Raises:
        Invalid: everything that is wrong; she is not of age, or it is not known.
        Stale: she changed it elsewhere meanwhile.
        NotFound, Unavailable.
    """
    return until_it_holds(lambda: _set(principal, pid, weight, by, version))


def _set(principal: Principal, pid: str, weight: Decimal, by: date | None, version: int) -> Found:
    with gate.enter(principal, Action.TARGET_SET, pid, wanted=_wanted(pid)) as unit:
        rules.check_target(weight, by, clock.paris_date(unit.now), _born_on(unit))
        if _found(unit).version != version:
            raise Stale
        target = Target(weight, by, unit.now)
        unit.put(store.target_row(unit, target), lost=Stale())
        return Found(target, version + 1, is_settable=True)


def remove_target(principal: Principal, pid: str) -> None:
    """Want nothing any more, whatever was wanted last; repeating is harmless (ADR 0008).

    The row stays with nothing in it, so that no version comes twice.

    Raises:
        NotFound, Unavailable.
    """
    until_it_holds(lambda: _remove(principal, pid))


def _remove(principal: Principal, pid: str) -> None:
    with gate.enter(principal, Action.TARGET_REMOVE, pid, wanted=_wanted(pid)) as unit:
        if _found(unit).target:
            unit.put(store.target_row(unit, None))


def _wanted(pid: str) -> list[Wanted]:
    return [spaces.person_wish(pid), store.target_wish(pid)]


def _born_on(unit: Unit) -> date | None:
    return spaces.person_of(unit)[0].traits.birth_date


def _found(unit: Unit) -> Found:
    is_settable = rules.may_have_target(_born_on(unit), clock.paris_date(unit.now))
    return Found(*store.target_of(unit), is_settable)
