"""The link of a person with a minor's record: written, ended, and what it is called."""

from datetime import datetime, timedelta
from typing import Final

from chalicelib.access import store as access_store
from chalicelib.access.model import Right
from chalicelib.access.store import RECORD_KIND, ProxyRow, SettingsRow, subject_of_record
from chalicelib.access.unit import Unit
from chalicelib.audit.store import TRACE_KIND, subject_of_trace
from chalicelib.core import clock, rows
from chalicelib.core.events import EventType
from chalicelib.identity import rules, spaces, store
from chalicelib.identity.model import Person, shown
from chalicelib.identity.store import ChildRow
from chalicelib.reminders import store as reminders
from chalicelib.vault import envelope

# Of what an invited person no longer manages: time enough for a retry to find what it did.
_TOMBSTONE_LIFE: Final = timedelta(days=1)


def begin(
    unit: Unit,
    name: str,
    ends_at: datetime,
    *,
    invitation: str | None = None,
    by: str | None = None,
) -> None:
    """Write that the caller represents this minor, until an instant; tell who already does.

    `invitation` is the one that brought her, `by` the record of who invited.
    """
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
            invitation=invitation,
            invited_by=by,
        )
    )
    unit.new_name = name
    unit.emit(EventType.REPRESENTATIVE_ADDED, unit.pid)


def end_of_minority(unit: Unit, person: Person) -> datetime:
    """Return when the minor of a record entered is of age, in her zone; now if nobody knows."""
    born = person.traits.birth_date
    zone = reminders.preferences_of(unit.row(*reminders.preferences_wish(unit.pid))).zone
    return rules.majority_at(born, zone) if born else unit.now


def unmanaged(row: ChildRow, now: datetime) -> rows.Action:
    """Return what says in a person's list that she no longer manages a child's space.

    Who came by invitation has the child on no file: the row then forgets itself.
    """
    row.is_managed = None
    if row.invitation:
        row.ttl = clock.epoch(now + _TOMBSTONE_LIFE)
    return rows.put(row)


def child_row(parent: str, pid: str, person: Person, space: SettingsRow) -> ChildRow:
    """Make what a person sees of a child, sealed under her own record, whose settings these are."""
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


def name_of(pid: str) -> str:
    """Return how a history names the person of a record."""
    return _shown(spaces.read_person(pid))


def name_read(unit: Unit, pid: str) -> str:
    """Return the same of a record whose person was named on entering another one."""
    row = unit.row(*spaces.person_wish(pid))
    return _shown(spaces.open_person(pid, row) if row else None)


def _shown(person: Person | None) -> str:
    if person is None:
        raise LookupError("an account without a person")
    return shown(f"{person.traits.given_names[0]} {person.traits.family_name}")
