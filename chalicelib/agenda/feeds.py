"""Secret links by which a person's own calendar reads her appointments (A22, ADR 0013)."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from chalicelib.access import gate, tokens
from chalicelib.access.entry import Wanted
from chalicelib.access.gate import Replayed, Unit
from chalicelib.access.model import Action, Refusal
from chalicelib.access.store import FeedsRow, feeds_key
from chalicelib.access.tokens import Link
from chalicelib.access.usecases import until_it_holds
from chalicelib.agenda import lists, store
from chalicelib.agenda.model import Appointment, Detail, Feed
from chalicelib.core import clock, ids
from chalicelib.core.errors import Conflict, NotFound, Unauthenticated
from chalicelib.core.events import EventType
from chalicelib.http.idempotency import Idempotency
from chalicelib.http.principal import ActorKind, Principal
from chalicelib.reminders import usecases as reminders
from chalicelib.reminders.store import preferences_wish

MAX_FEEDS: Final = 5
# What a calendar is given: enough for a year, and never a table.
AHEAD: Final = timedelta(days=365)
MAX_EVENTS: Final = 500


@dataclass(frozen=True, slots=True)
class Linked:
    """A feed, and the secret of its link."""

    feed: Feed
    link: str


@dataclass(frozen=True, slots=True)
class Content:
    """What a calendar reads."""

    detail: Detail
    appointments: list[Appointment]


def list_feeds(principal: Principal, pid: str) -> tuple[list[Feed], str]:
    """List the links of a record, the first made first, never their secrets; and the person's zone.

    Raises:
        NotFound, Unavailable.
    """
    wanted = [_wish(pid), preferences_wish(pid)]
    with gate.enter(principal, Action.FEED_LIST, pid, wanted=wanted) as unit:
        return store.feeds_of(_row(unit)), reminders.preferences(unit).zone


def add_feed(
    principal: Principal, pid: str, detail: Detail, idempotency: Idempotency | None
) -> Linked:
    """Make a link, and tell the person; asked again with the same key, the same link.

    Who holds her phone for a moment could make one: the notice and the mail tell her (A22).

    Raises:
        Conflict: `too-many-feeds`.
        NotFound, Unavailable.
    """
    try:
        return until_it_holds(lambda: _add(principal, pid, detail, idempotency))
    except Replayed as replayed:
        return _added(principal, pid, replayed.reference)


def _add(principal: Principal, pid: str, detail: Detail, idempotency: Idempotency | None) -> Linked:
    link = Link(pid, ids.new_secret_id(), ids.new_token())
    with gate.enter(
        principal, Action.FEED_ADD, pid, wanted=[_wish(pid)], idempotency=idempotency
    ) as unit:
        known = store.feeds_of(_row(unit))
        if len(known) >= MAX_FEEDS:
            raise Conflict("too-many-feeds", limit=MAX_FEEDS)
        feed = Feed(
            id=link.feed_id,
            detail=detail,
            created_at=unit.now,
            last_read_at=None,
            proof=link.proof,
            sealed=store.seal_link(unit, link),
        )
        unit.about(feed.id)
        _keep(unit, [*known, feed])
        unit.emit(EventType.CALENDAR_LINKED, feed.id)
    return Linked(feed, tokens.write_link(link))


def _added(principal: Principal, pid: str, feed_id: str) -> Linked:
    with gate.enter(principal, Action.FEED_LIST, pid, wanted=[_wish(pid)]) as unit:
        feed = next((one for one in store.feeds_of(_row(unit)) if one.id == feed_id), None)
        if feed is None:
            raise NotFound
        return Linked(feed, tokens.write_link(store.open_link(unit, feed)))


def revoke_feed(principal: Principal, pid: str, feed_id: str) -> None:
    """Cut a link, effective on the next request; it must win over any rival change (ADR 0008).

    Raises:
        NotFound, Unavailable.
    """
    until_it_holds(lambda: _revoke(principal, pid, feed_id))


def _revoke(principal: Principal, pid: str, feed_id: str) -> None:
    with gate.enter(principal, Action.FEED_REVOKE, pid, wanted=[_wish(pid)], about=feed_id) as unit:
        known = store.feeds_of(_row(unit))
        left = [feed for feed in known if feed.id != feed_id]
        unit.require(holds=len(left) < len(known), reason=Refusal.ABSENT)
        _keep(unit, left)


def read_feed(text: str) -> Content:
    """Read what is to come by a link's secret; the first read of a day is noted in its row.

    Raises:
        NotFound: it never was a link, or was cut.
        Unavailable.
    """
    link = tokens.read_link(text)
    if link is None:
        raise NotFound
    ends = clock.epoch(clock.now()) + 60
    calendar = Principal(ActorKind.CALENDAR, link.feed_id, link.proof, ends)
    try:
        return until_it_holds(lambda: _read(calendar, link.pid))
    except Unauthenticated as error:
        raise NotFound from error


def _read(calendar: Principal, pid: str) -> Content:
    with gate.enter(calendar, Action.FEED_READ, pid, about=calendar.id) as unit:
        known = store.feeds_of(_row(unit))
        feed = next(one for one in known if one.id == calendar.id)
        content = Content(feed.detail, lists.to_come(unit, unit.now + AHEAD, MAX_EVENTS))
        if feed.last_read_at is None or feed.last_read_at.date() != unit.now.date():
            read = replace(feed, last_read_at=unit.now)
            _keep(unit, [read if one.id == feed.id else one for one in known])
    return content


def _wish(pid: str) -> Wanted:
    return FeedsRow, *feeds_key(pid)


def _row(unit: Unit) -> FeedsRow | None:
    return unit.row(FeedsRow, *feeds_key(unit.pid))


def _keep(unit: Unit, feeds: list[Feed]) -> None:
    row = _row(unit)
    unit.put(store.feeds_row(unit, feeds, row.version if row else None))
