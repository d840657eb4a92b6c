"""A child's space, managed by a parent: from the insurance file to the day she is of age.

The insured persons' file says whose file a child is on. That alone opens nothing: the parent
certifies that she represents the child (R-MIN-01), which writes the link the gate reads. All links
of a record end at one instant of its settings, so that coming of age is one comparison, in every
open session at once (A41).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.access import gate
from chalicelib.access import store as access_store
from chalicelib.access.model import Action, Refusal, Right
from chalicelib.access.store import CoverageRow, InvitationRow, ProxyRow, SettingsRow
from chalicelib.access.unit import Unit
from chalicelib.access.usecases import until_it_holds
from chalicelib.core import clock, log, parallel, rows
from chalicelib.core.errors import Conflict
from chalicelib.core.rows import Item
from chalicelib.http.principal import Principal
from chalicelib.identity import links, rules, spaces, store
from chalicelib.identity.model import InvitationStatus, UnchangedAction
from chalicelib.identity.store import ChildRow
from chalicelib.reminders import store as reminders
from chalicelib.vault.errors import Tampered


@dataclass(frozen=True, slots=True)
class Child:
    """A child on a person's insurance file, or whom she was invited to represent.

    `ends_at` while that person manages her space.
    """

    pid: str
    given_name: str
    family_name: str
    birth_date: date
    ends_at: datetime | None
    is_invited: bool = False

    def is_managed(self, now: datetime) -> bool:
        """Tell whether the person manages the child's space at an instant."""
        return self.ends_at is not None and now < self.ends_at


@dataclass(frozen=True, slots=True)
class Representative:
    """Somebody who manages a minor's space.

    `invitation` is by which she came, told to who may end it: those on whose file the minor is.
    """

    name: str
    is_reader: bool
    since: datetime
    invitation: str | None


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
    listed = [ChildRow.from_raw_data(item) for item in items]
    kept = [row for row in listed if row.is_managed or not row.invitation]
    ends = _ends([_pid_of(row) for row in kept if row.is_managed])
    found = [_child(unit, row, ends) for row in kept]
    return [one for one in found if _is_minor(one, unit.now)]


def _is_minor(child: Child, now: datetime) -> bool:
    """Tell whether a child is not of age, in her own zone if she is represented, else in Paris."""
    if child.ends_at is not None:
        return now < child.ends_at
    return clock.paris_date(now) < rules.majority_on(child.birth_date)


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
        wanted=[
            mine,
            spaces.person_wish(child),
            spaces.person_wish(pid),
            reminders.preferences_wish(child),
        ],
    ) as unit:
        row = unit.row(*mine)
        if unit.entry.own_pid != pid or row is None:
            raise unit.refuse(Refusal.NO_RIGHT)
        person = spaces.person_of(unit)[0]
        traits, ends_at = person.traits, links.end_of_minority(unit, person)
        unit.require(holds=unit.now < ends_at, reason=Refusal.ADULT)
        is_new = unit.entry.proxy is None
        if is_new:
            unit.write(rows.unchanged(unit.target(CoverageRow)))
            links.begin(unit, links.name_read(unit, pid), ends_at)
            row.is_managed = True
            unit.put(row)
        else:
            unit.traced_as = UnchangedAction.MANAGE
    made = Child(
        pid=child,
        given_name=traits.given_names[0],
        family_name=traits.family_name,
        birth_date=traits.birth_date or unit.now.date(),
        ends_at=ends_at,
    )
    return made, is_new


def leave(principal: Principal, pid: str, child: str) -> None:
    """Stop managing a child's space, at once; `pid` is the parent's own. Repeating is harmless.

    Raises:
        NotFound: the child is not on this person's file; traced in the child's history.
        Unavailable.
    """
    until_it_holds(lambda: _leave(principal, pid, child))


def _leave(principal: Principal, pid: str, child: str) -> None:
    mine = (ChildRow, *store.child_key(pid, child))
    listed = rows.get(*mine)
    invitation = listed.invitation if listed else None
    with gate.enter(
        principal,
        Action.CHILD_LEAVE,
        child,
        target=(InvitationRow, *access_store.invitation_key(child, invitation))
        if invitation
        else (CoverageRow, *access_store.coverage_key(child)),
        wanted=[mine],
        opens_record=False,
    ) as unit:
        row, proxy = unit.row(*mine), unit.entry.proxy
        if unit.entry.own_pid != pid or row is None:
            raise unit.refuse(Refusal.NO_RIGHT)
        if row.invitation != invitation:
            raise Conflict  # she came onto the file, or off it, meanwhile
        if proxy is None:
            unit.traced_as = UnchangedAction.LEAVE
            return
        unit.write(links.unmanaged(row, unit.now))
        unit.ends_link = True
        unit.write(rows.delete(proxy))
        if invitation:
            accepted = unit.target(InvitationRow)
            accepted.status = InvitationStatus.ENDED
            unit.put(accepted)


def list_representatives(principal: Principal, pid: str) -> list[Representative]:
    """List who manages a minor's space, the first one first; nobody, once she is of age.

    Raises:
        NotFound, Unavailable.
    """
    query = store.proxies_of(pid)
    coverage = (CoverageRow, *access_store.coverage_key(pid))
    with gate.enter(
        principal,
        Action.REPRESENTATIVE_LIST,
        pid,
        queries=[query],
        wanted=[coverage],
        opens_record=False,
    ) as unit:
        covered = unit.row(*coverage)
        may_end = covered is not None and unit.entry.own_pid in covered.subscribers
        linked = [
            one
            for one in map(ProxyRow.from_raw_data, rows.all_items(query, unit.pages[0]))
            if access_store.represents(one, unit.entry.settings, unit.now)
        ]
        # Sealed in different years, each has a key of its own to unwrap: side by side.
        with parallel.none_outlives() as opening:
            opening += [parallel.start(access_store.name_of, one, pid) for one in linked]
            names = [name.result() for name in opening]
        found = [
            Representative(
                name=name,
                is_reader=one.uid == principal.id,
                since=clock.instant(one.since),
                invitation=one.invitation if may_end else None,
            )
            for one, name in zip(linked, names, strict=True)
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


def _ends(managed: Sequence[str]) -> dict[str, datetime]:
    """Return when representing each child ends, in her own zone; an altered one is not managed."""
    found = rows.fetch_items([(SettingsRow, *access_store.settings_key(one)) for one in managed])
    ends = {}
    for item in found:
        try:
            row = SettingsRow.from_raw_data(item)
        except Tampered as error:
            log.exception("settings do not verify", error)
            continue
        if row.represented_until:
            ends[row.pk.removeprefix("P#")] = clock.instant(row.represented_until)
    return ends


def _pid_of(row: ChildRow) -> str:
    return row.sk.removeprefix("CHILD#")


def _child(unit: Unit, row: ChildRow, ends: Mapping[str, datetime]) -> Child:
    """Open a child listed in the record that was entered."""
    opened = unit.open(bytes(row.sealed), row.pk, row.sk)
    return Child(
        pid=_pid_of(row),
        given_name=opened["given_name"],
        family_name=opened["family_name"],
        birth_date=date.fromisoformat(opened["birth_date"]),
        ends_at=ends.get(_pid_of(row)),
        is_invited=bool(row.invitation),
    )
