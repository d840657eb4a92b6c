"""A child's space, managed by a parent: from the insurance file to the day she is of age.

The insured persons' file says whose file a child is on. That alone opens nothing: the parent
certifies that she represents the child (R-MIN-01), which writes the link the gate reads. All links
of a record end at one instant of its settings, so that coming of age is one comparison, in every
open session at once (A41).
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from chalicelib.access import gate
from chalicelib.access import store as access_store
from chalicelib.access.model import Action, Refusal, Right
from chalicelib.access.store import (
    RECORD_KIND,
    CoverageRow,
    ProxyRow,
    SettingsRow,
    subject_of_record,
)
from chalicelib.access.unit import Unit
from chalicelib.access.usecases import until_it_holds
from chalicelib.audit.store import TRACE_KIND, new_row, subject_of_trace
from chalicelib.core import clock, ids, rows
from chalicelib.core.events import EventType
from chalicelib.core.rows import ConditionLost, Item, Row, StoreUnavailable, TransactionConflict
from chalicelib.core.zones import PARIS
from chalicelib.http.principal import Principal
from chalicelib.identity import acts, rules, spaces, store
from chalicelib.identity.model import CoverageAction, Person, shown
from chalicelib.identity.store import ChildRow
from chalicelib.reminders import store as reminders
from chalicelib.vault import envelope

_ATTEMPTS: Final = 6
_JITTER_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True)
class Child:
    """A child on a person's insurance file; `ends_at` while that person manages her space."""

    pid: str
    given_name: str
    family_name: str
    birth_date: date
    ends_at: datetime | None

    def is_managed(self, now: datetime) -> bool:
        """Tell whether the person manages the child's space at an instant."""
        return self.ends_at is not None and now < self.ends_at


@dataclass(frozen=True, slots=True)
class Representative:
    """Somebody who manages a minor's space."""

    name: str
    is_reader: bool
    since: datetime


def list_children(principal: Principal, pid: str) -> list[Child]:
    """List the minors on one's own insurance file, the youngest first.

    Raises:
        NotFound, Unavailable.
    """
    query = store.children_of(pid)
    with gate.enter(principal, Action.CHILD_LIST, pid, queries=[query]) as unit:
        found = children(unit, rows.all_items(query, unit.pages[0]))
    return sorted(found, key=lambda child: child.birth_date, reverse=True)


def children(unit: Unit, items: Sequence[Item]) -> list[Child]:
    """Open the minors among the children of a person, inside her own record's gate.

    Raises:
        Tampered, Unavailable: one does not open.
    """
    found = [_child(unit, ChildRow.from_raw_data(item)) for item in items]
    return [one for one in found if clock.paris_date(unit.now) < rules.majority_on(one.birth_date)]


def manage(principal: Principal, pid: str, child: str) -> tuple[Child, bool]:
    """Begin to manage a child's space; `pid` is the parent's own. Return whether it is new.

    Raises:
        NotFound: no such child on this person's file, or she is of age; traced in her history.
        Unavailable.
    """
    return until_it_holds(lambda: _manage(principal, pid, child))


def _manage(principal: Principal, pid: str, child: str) -> tuple[Child, bool]:
    mine = (ChildRow, *store.child_key(pid, child))
    with gate.enter(
        principal,
        Action.CHILD_MANAGE,
        child,
        target=(CoverageRow, *access_store.coverage_key(child)),
        wanted=[mine, spaces.person_wish(child), reminders.preferences_wish(child)],
    ) as unit:
        row = unit.row(*mine)
        if unit.entry.own_pid != pid or row is None:
            raise unit.refuse(Refusal.NO_RIGHT)
        traits = spaces.person_of(unit)[0].traits
        zone = reminders.preferences_of(unit.row(*reminders.preferences_wish(child))).zone
        ends_at = rules.majority_at(traits.birth_date, zone) if traits.birth_date else unit.now
        unit.require(holds=unit.now < ends_at, reason=Refusal.ADULT)
        is_new = unit.entry.proxy is None
        if is_new:
            unit.write(rows.unchanged(unit.target(CoverageRow)))
            _link(unit, _name(pid), ends_at)
            row.is_managed = True
            unit.put(row)
    made = Child(
        pid=child,
        given_name=traits.given_names[0],
        family_name=traits.family_name,
        birth_date=traits.birth_date or unit.now.date(),
        ends_at=ends_at,
    )
    return made, is_new


def _link(unit: Unit, name: str, ends_at: datetime) -> None:
    """Write that the caller represents this minor, until an instant; tell who already does."""
    uid = unit.entry.principal.id
    pk, sk = access_store.proxy_key(unit.pid, uid)
    settings, until = unit.change_settings(), clock.iso(ends_at)
    # A zone that a parent chose makes the end no later, whoever comes next (ADR 0017).
    settings.represented_until = min(settings.represented_until or until, until)
    sealed = envelope.seal_row(
        {"name": name},
        subject=subject_of_trace(unit.pid),
        kind=TRACE_KIND,
        data_key=bytes(settings.trace_key),
        pk=pk,
        sk=sk,
    )
    unit.put(
        ProxyRow(
            pk=pk,
            sk=sk,
            kind="proxy",
            uid=uid,
            relation=Right.REPRESENTATIVE,
            since=clock.iso(unit.now),
            sealed=sealed,
        )
    )
    unit.new_name = name
    unit.emit(EventType.REPRESENTATIVE_ADDED, unit.pid)


def leave(principal: Principal, pid: str, child: str) -> None:
    """Stop managing a child's space, at once; `pid` is the parent's own. Repeating is harmless.

    Raises:
        NotFound: the child is not on this person's file; traced in the child's history.
        Unavailable.
    """
    until_it_holds(lambda: _leave(principal, pid, child))


def _leave(principal: Principal, pid: str, child: str) -> None:
    mine = (ChildRow, *store.child_key(pid, child))
    coverage = (CoverageRow, *access_store.coverage_key(child))
    with gate.enter(
        principal, Action.CHILD_LEAVE, child, target=coverage, wanted=[mine], opens_record=False
    ) as unit:
        row, proxy = unit.row(*mine), unit.entry.proxy
        if unit.entry.own_pid != pid or row is None:
            raise unit.refuse(Refusal.NO_RIGHT)
        if proxy is not None:
            row.is_managed = None
            unit.put(row)
            unit.ends_link = True
            unit.write(rows.delete(proxy))


def list_representatives(principal: Principal, pid: str) -> list[Representative]:
    """List who manages a minor's space, the first one first; nobody, once she is of age.

    Raises:
        NotFound, Unavailable.
    """
    query = store.proxies_of(pid)
    with gate.enter(
        principal, Action.REPRESENTATIVE_LIST, pid, queries=[query], opens_record=False
    ) as unit:
        linked = map(ProxyRow.from_raw_data, rows.all_items(query, unit.pages[0]))
        found = [
            Representative(
                name=access_store.name_of(one, pid),
                is_reader=one.uid == principal.id,
                since=clock.instant(one.since),
            )
            for one in linked
            if access_store.represents(one, unit.entry.settings, unit.now)
        ]
    return sorted(found, key=lambda one: one.since)


def keep_majority(unit: Unit, zone: str) -> None:
    """Move the end of what represents a minor with her zone; of nobody represented, nothing.

    An end that is past never moves; and who represents her never makes it later.
    """
    settings = unit.entry.settings
    before = settings.represented_until if settings else None
    if before is None or before <= clock.iso(unit.now):
        return
    born = spaces.person_of(unit)[0].traits.birth_date
    if born is None:
        return
    until = clock.iso(rules.majority_at(born, zone))
    if until < before or (until > before and unit.right is not Right.REPRESENTATIVE):
        unit.change_settings().represented_until = until


def cover(pid: str, subscribers: Sequence[str]) -> None:
    """Say on whose insurance files a child is, as the insurer does. Repeating is harmless.

    Who no longer has her on her own loses the child's space at once, traced in its history.

    Raises:
        LookupError: a record is not open.
        Unavailable, StoreUnavailable: it may not be done; trying again is safe.
    """
    for _ in range(_ATTEMPTS):
        try:
            return _cover(pid, subscribers)
        except (ConditionLost, TransactionConflict):
            time.sleep(ids.jitter(_JITTER_SECONDS))  # a parent came or left meanwhile
    raise StoreUnavailable("busy")


def _cover(pid: str, subscribers: Sequence[str]) -> None:
    pk, sk = access_store.coverage_key(pid)
    coverage = rows.get(CoverageRow, pk, sk)
    before = set(coverage.subscribers) if coverage else set()
    wanted = set(subscribers)
    if before == wanted:
        return
    coverage = coverage or CoverageRow(pk=pk, sk=sk, kind="coverage")
    coverage.subscribers = sorted(wanted)
    person = spaces.read_person(pid)
    if person is None or person.traits.birth_date is None:
        raise LookupError("a child without a space, or without a birth date")
    actions = [rows.put(coverage)]
    actions += [rows.put(_child_row(parent, pid, person)) for parent in sorted(wanted - before)]
    for parent in sorted(before - wanted):
        actions += _uncovered(parent, pid)
    rows.write(actions)


def _uncovered(parent: str, pid: str) -> list[rows.Action]:
    """Return what takes a child away from a person whose insurance file she is no longer on."""
    uid = spaces.holder(parent)
    listed = rows.get(ChildRow, *store.child_key(parent, pid))
    proxy = rows.get(ProxyRow, *access_store.proxy_key(pid, uid)) if uid else None
    gone = [rows.delete(row) for row in (listed, proxy) if row is not None]
    space = rows.get(SettingsRow, *access_store.settings_key(pid))
    if proxy is None or space is None:
        return gone
    trace = acts.new_trace(CoverageAction.END)
    said = new_row(pid, is_patient=True, trace=trace, data_key=bytes(space.trace_key))
    return [*gone, rows.put(said)]


def _child_row(parent: str, pid: str, person: Person) -> Row:
    """Make what a person sees of a child on her insurance file, sealed under her own record."""
    space = rows.get(SettingsRow, *access_store.settings_key(parent))
    if space is None:
        raise LookupError("a subscriber without a space")
    pk, sk = store.child_key(parent, pid)
    traits = person.traits
    born = traits.birth_date.isoformat() if traits.birth_date else None
    sealed = envelope.seal_row(
        {
            "given_name": traits.given_names[0],
            "family_name": traits.family_name,
            "birth_date": born,
        },
        subject=subject_of_record(parent),
        kind=RECORD_KIND,
        data_key=bytes(space.record_key),
        pk=pk,
        sk=sk,
    )
    return ChildRow(pk=pk, sk=sk, kind="child", sealed=sealed)


def _child(unit: Unit, row: ChildRow) -> Child:
    """Open a child listed in the record that was entered."""
    opened = unit.open(bytes(row.sealed), row.pk, row.sk)
    born = date.fromisoformat(opened["birth_date"])
    return Child(
        pid=row.sk.removeprefix("CHILD#"),
        given_name=opened["given_name"],
        family_name=opened["family_name"],
        birth_date=born,
        ends_at=rules.majority_at(born, PARIS.key) if row.is_managed else None,
    )


def _name(pid: str) -> str:
    """Return how a history names the person of a record."""
    person = spaces.read_person(pid)
    if person is None:
        raise LookupError("an account without a person")
    return shown(f"{person.traits.given_names[0]} {person.traits.family_name}")
