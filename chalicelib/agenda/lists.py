"""Lists of appointments, in the order of their instants."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Final

from chalicelib.access import gate, tokens
from chalicelib.access.gate import Unit
from chalicelib.access.model import Action
from chalicelib.agenda import rules, store, times
from chalicelib.agenda.model import Appointment
from chalicelib.agenda.showing import Shown, shown, view_wanted
from chalicelib.agenda.store import EventRow
from chalicelib.core import clock, log, rows
from chalicelib.core.rows import Item, Page, Query
from chalicelib.http.principal import ActorKind, Principal
from chalicelib.vault.errors import Tampered

# Beyond, nothing is kept; and no date overflows.
_LAST_DAY: Final = date(2200, 1, 1)
# What may be under way may have begun a month ago: room for what is over, of somebody on dialysis.
_OVER: Final = 20
# Of a person's, those of one professional are few: more are read at once, and not opened.
_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Window:
    """Which appointments: on some days of the person's, both included; or over; or to come.

    `begins`: those that begin on these days, and not those that go on from before.
    """

    first: date | None = None
    last: date | None = None
    past: bool = False
    begins: bool = False

    @property
    def has_days(self) -> bool:
        """Tell whether days were named."""
        return self.first is not None or self.last is not None


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of appointments and the cursor of the next one."""

    items: list[Shown]
    next: str | None


def list_appointments(
    principal: Principal, pid: str, window: Window, cursor: str | None, limit: int
) -> Listing:
    """List the appointments the reader may see, soonest first; those over, last first.

    Nothing is looked for before it is decided that the caller may: refused, it costs the same
    however much there is (A36). A page is full if there is enough to fill it: what the reader may
    not see leaves no gap and no cursor (D15).

    Raises:
        NotFound, BadRequest (cursor), Unavailable.
    """
    scope = (principal.id, pid, "appointments", repr(window))
    most = limit + _OVER if _sees_all(principal) else _MOST
    query = _query(pid, window, most, tokens.open_cursor(cursor, *scope))
    found = _list(principal, pid, window, query, limit)
    after = found[limit - 1][0] if len(found) > limit else None
    return Listing([one for _, one in found[:limit]], tokens.new_cursor(after, *scope))


def _list(
    principal: Principal, pid: str, window: Window, query: Query, limit: int
) -> list[tuple[Item, Shown]]:
    wanted = view_wanted(principal, pid)
    found: list[tuple[Item, Shown]] = []
    with gate.enter(principal, Action.APPOINTMENT_LIST, pid, wanted=wanted) as unit:
        for position, appointment in _visible(unit, query):
            one = shown(unit, appointment)
            if _is_asked(one, window, unit.now):
                found.append((position, one))
            if len(found) > limit:
                break
    return found


def _query(pid: str, window: Window, most: int, after: Item | None) -> Query:
    begins, ends = _bounds(window, clock.now())
    return store.between(pid, begins, ends, most, descending=window.past, after=after)


def _bounds(window: Window, now: datetime) -> tuple[datetime | None, datetime | None]:
    if not window.has_days:
        return (None, now) if window.past else (now, None)
    # A day of the person's may begin or end up to a day from that of UTC.
    first = min(max(window.first or rules.OLDEST, rules.OLDEST), _LAST_DAY)
    last = max(min(window.last or _LAST_DAY, _LAST_DAY), first)
    day = timedelta(days=1)
    return times.start_of(first, "UTC") - day, times.start_of(last, "UTC") + 2 * day


def _is_asked(one: Shown, window: Window, now: datetime) -> bool:
    slot = one.appointment.details.slot
    if window.has_days and not rules.touches(slot, window.first, window.last, one.zone):
        return False
    if window.begins and window.first and rules.days(slot, one.zone)[0] < window.first:
        return False
    if window.past:
        return rules.is_over(slot, now)
    return window.has_days or not rules.is_over(slot, now)


def _visible(unit: Unit, query: Query) -> Iterator[tuple[Item, Appointment]]:
    """Open the rows of a page, then of those after it while the consumer asks."""
    mine = None if _sees_all(unit.entry.principal) else unit.entry.depositor_token()
    while True:
        page = rows.query(query)
        for row in store.read_rows(page.items):
            appointment = _opened(unit, row) if mine in (None, row.depositor) else None
            if appointment:
                yield rows.position(row, query.index), appointment
        if page.last_key is None:
            return
        query = rows.following(query, page.last_key)


def _sees_all(principal: Principal) -> bool:
    return principal.kind is not ActorKind.PROFESSIONAL


def _opened(unit: Unit, row: EventRow) -> Appointment | None:
    """Open a row; one that was altered is left out and told to the operator, not to everybody."""
    try:
        return store.open_row(unit, row)
    except Tampered as error:
        log.exception("appointment does not open", error, patient=unit.pid)
        return None


def soonest(pid: str, now: datetime) -> Query:
    """Return the query, to give to the gate, of what may be the next appointment."""
    return store.between(pid, now, None, _OVER)


def next_of(unit: Unit, page: Page) -> Shown | None:
    """Return the first that is not over, from the page of `soonest`. Call inside the gate.

    Pages are followed past a month of many (dialysis).
    """
    while True:
        opened = (_opened(unit, row) for row in store.read_rows(page.items))
        coming = (one for one in opened if one and not rules.is_over(one.details.slot, unit.now))
        first = next(coming, None)
        if first or page.last_key is None:
            return shown(unit, first) if first else None
        page = rows.query(rows.following(soonest(unit.pid, unit.now), page.last_key))


def titles(unit: Unit, appointment_ids: set[str]) -> dict[str, str]:
    """Return the titles of appointments still in the agenda, by id. Call inside the gate."""
    opened = (_opened(unit, row) for row in store.named(unit.pid, appointment_ids))
    return {one.id: one.details.title for one in opened if one}


def to_come(unit: Unit, until: datetime, most: int) -> list[Appointment]:
    """Return what is not over and begins before an instant, soonest first. Call inside the gate."""
    found = (
        one
        for _, one in _visible(unit, store.between(unit.pid, unit.now, until, most))
        if not rules.is_over(one.details.slot, unit.now)
        and times.start_at(one.details.slot) < until
    )
    return list(islice(found, most))
