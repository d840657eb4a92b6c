"""What the insurer's file says of who may represent a child, and what follows from it at once."""

from collections.abc import Collection, Sequence

from chalicelib.access import store as access_store
from chalicelib.access.store import CoverageRow, InvitationRow, ProxyRow, SettingsRow
from chalicelib.access.usecases import until_it_holds
from chalicelib.audit.store import new_row
from chalicelib.core import clock, rows
from chalicelib.core.errors import Conflict
from chalicelib.core.rows import ConditionLost, TransactionConflict
from chalicelib.identity import acts, links, spaces, store
from chalicelib.identity.model import CoverageAction, InvitationStatus, Person
from chalicelib.identity.store import ChildRow


def cover(pid: str, subscribers: Sequence[str]) -> None:
    """Say on whose insurance files a child is, as the insurer does. Repeating is harmless.

    Who no longer has her on her own loses the child's space at once, and so do those she invited,
    traced in its history.

    Raises:
        LookupError: a record is not open.
        Unavailable, StoreUnavailable: it may not be done; trying again is safe.
    """
    until_it_holds(lambda: _cover(pid, subscribers))


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
    for parent in sorted(wanted - before):
        actions += _listed(parent, pid, person)
    actions += _ended(pid, before, wanted)
    try:
        rows.write(actions)
    except (ConditionLost, TransactionConflict) as rival:
        raise Conflict from rival  # a parent came or left meanwhile


def _listed(parent: str, pid: str, person: Person) -> list[rows.Action]:
    """Return what a person sees of a child now on her file.

    If she represents her already, by an invitation, she owes that to the file from now on.
    """
    known = rows.get(ChildRow, *store.child_key(parent, pid))
    if known is not None:
        known.invitation = known.ttl = None
        proxy = _proxy(parent, pid)
        if proxy is None:
            return [rows.put(known)]
        proxy.invitation = proxy.invited_by = None
        return [rows.put(known), rows.put(proxy)]
    space = rows.get(SettingsRow, *access_store.settings_key(parent))
    if space is None:
        raise LookupError("a subscriber without a space")
    return [rows.put(links.child_row(parent, pid, person, space))]


def _ended(pid: str, before: Collection[str], wanted: Collection[str]) -> list[rows.Action]:
    """Return what takes a child away from who lost her on the file, and from those they invited."""
    gone = sorted(set(before) - set(wanted))
    actions: list[rows.Action] = []
    for parent in gone:
        listed = rows.get(ChildRow, *store.child_key(parent, pid))
        proxy = _proxy(parent, pid)
        actions += [rows.delete(listed)] if listed else []
        actions += _unlinked(pid, proxy) if proxy else []
    for proxy in spaces.proxies(pid) if gone else []:
        if not proxy.invitation or proxy.invited_by not in gone:
            continue
        where = access_store.invitation_key(pid, proxy.invitation)
        invitation = rows.get(InvitationRow, *where)
        # Who is or was on the file herself owes her link to the file.
        if invitation is None or invitation.invitee in {*before, *wanted}:
            continue
        invitation.status = InvitationStatus.ENDED
        listed = rows.get(ChildRow, *store.child_key(invitation.invitee, pid))
        actions += [rows.put(invitation), *_unlinked(pid, proxy)]
        actions += [links.unmanaged(listed, clock.now())] if listed else []
    return actions


def _proxy(parent: str, pid: str) -> ProxyRow | None:
    """Return the link of a person with a child's record, if she ever came and has one."""
    uid = spaces.holder(parent)
    return rows.get(ProxyRow, *access_store.proxy_key(pid, uid)) if uid else None


def _unlinked(pid: str, proxy: ProxyRow) -> list[rows.Action]:
    """Return what ends a link, and says in the child's history whose it was."""
    space = rows.get(SettingsRow, *access_store.settings_key(pid))
    if space is None:
        return [rows.delete(proxy)]
    trace = acts.new_trace(CoverageAction.END, name=access_store.name_of(proxy, pid))
    said = new_row(pid, is_patient=True, trace=trace, data_key=bytes(space.trace_key))
    return [rows.delete(proxy), rows.put(said)]
