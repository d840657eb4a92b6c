"""A second representative of a minor, by invitation: sent, answered, withdrawn, ended (R-MIN-02).

Who manages the space of a child on her insurance file invites another adult, by the names and the
birth date she knows of him. Whether there is such a person changes nothing of what she is told, nor
of what is done: an invitation to nobody is written like another one, and expires (A36). Only the
minor's own row decides; the person invited has a pointer to it. See ADR 0022.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from chalicelib.access import gate
from chalicelib.access import store as access_store
from chalicelib.access.gate import Replayed, Unit
from chalicelib.access.model import Action, Refusal
from chalicelib.access.store import CoverageRow, InvitationRow, ProxyRow
from chalicelib.access.usecases import until_it_holds
from chalicelib.audit.store import TRACE_KIND, subject_of_trace
from chalicelib.core import clock, ids, rows
from chalicelib.core.errors import Conflict, FieldError, Invalid
from chalicelib.core.events import EventType
from chalicelib.core.text import is_printable
from chalicelib.http.idempotency import Idempotency
from chalicelib.http.principal import Principal
from chalicelib.identity import links, rules, spaces, store
from chalicelib.identity.model import (
    InvitationAction,
    InvitationStatus,
    UnchangedAction,
    shown,
)
from chalicelib.identity.store import ChildRow, ReceivedRow
from chalicelib.identity.values import fold
from chalicelib.vault import envelope

LIFE: Final = timedelta(days=30)  # P: a month to answer, holidays included
MOST: Final = 5  # P: of one child, whatever became of them, until they would have expired
# Of one minor: who comes onto no file any more ends them all in one transaction.
MOST_LINKED: Final = 8
_KEPT: Final = timedelta(days=90)  # after that, one that links nobody is forgotten


@dataclass(frozen=True, slots=True, repr=False)
class Invitee:
    """Whom somebody invites, as she knows him; never printed, logged or in a key."""

    family_name: str
    given_name: str
    birth_date: date

    def __repr__(self) -> str:
        return "Invitee(…)"


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation as those on whose file the child is see it; `name` is what was typed."""

    id: str
    name: str
    status: InvitationStatus
    created_at: datetime
    expires_at: datetime


def invite(
    principal: Principal, pid: str, whom: Invitee, idempotency: Idempotency | None
) -> Invitation:
    """Invite another adult to represent a minor; the answer never tells whether he exists.

    Raises:
        NotFound: the caller does not manage this space, or has not this child on her own file.
        Invalid: unprintable names, or a birth date that is not an adult's.
        Conflict: too many were sent lately.
        TooMany, Unavailable.
    """
    _check(whom)
    try:
        return until_it_holds(lambda: _invite(principal, pid, whom, idempotency))
    except Replayed as replayed:
        sent = list_sent(principal, pid)
        return next(one for one in sent if one.id == replayed.reference)


def _check(whom: Invitee) -> None:
    today, errors = clock.paris_date(clock.now()), []
    for field, name in (("family_name", whom.family_name), ("given_name", whom.given_name)):
        if not is_printable(name):
            errors.append(FieldError(f"/{field}", "control_character"))
        elif not fold(name):
            errors.append(FieldError(f"/{field}", "refused"))
    if rules.majority_on(whom.birth_date) > today:
        errors.append(FieldError("/birth_date", "not_an_adult"))
    if errors:
        raise Invalid(errors=tuple(errors))


def _invite(
    principal: Principal, pid: str, whom: Invitee, idempotency: Idempotency | None
) -> Invitation:
    query = store.invitations_of(pid)
    with gate.enter(
        principal,
        Action.REPRESENTATIVE_INVITE,
        pid,
        target=coverage_of(pid),
        wanted=[spaces.person_wish(pid)],
        queries=[query, store.proxies_of(pid)],
        idempotency=idempotency,
    ) as unit:
        own = _own_on_file(unit)
        linked = rows.all_items(store.proxies_of(pid), unit.pages[1])
        if len(linked) >= MOST_LINKED:
            raise Conflict("too-many-invitations", limit=MOST_LINKED)
        known = map(InvitationRow.from_raw_data, rows.all_items(query, unit.pages[0]))
        if sum(clock.iso(unit.now) < one.expires_at for one in known) >= MOST:
            raise Conflict("too-many-invitations", limit=MOST)
        found = spaces.find_by_name(whom.family_name, whom.given_name, whom.birth_date)
        # Nobody, or herself: a record that is nobody's. The same is written, for nobody to find.
        invitee = found if found and found != own else ids.new_secret_id()
        row = _new_row(unit, own, invitee, whom)
        unit.put(row)
        unit.put(_new_received(unit, row))
        unit.put(unit.target(CoverageRow))  # two at once are counted one after the other
        unit.about(id_of(row))
        unit.emit(EventType.INVITATION_RECEIVED, id_of(row), to=invitee)
    return _sent(row, _named(whom), unit.now)


def _new_row(unit: Unit, own: str, invitee: str, whom: Invitee) -> InvitationRow:
    pk, sk = access_store.invitation_key(unit.pid, ids.new_secret_id())
    until = unit.now + LIFE
    return InvitationRow(
        pk=pk,
        sk=sk,
        kind="invitation",
        inviter=own,
        invitee=invitee,
        status=InvitationStatus.PENDING,
        created_at=clock.iso(unit.now),
        expires_at=clock.iso(until),
        sealed=unit.seal({"name": _named(whom)}, pk, sk),
        ttl=clock.epoch(until + _KEPT),
    )


def _new_received(unit: Unit, row: InvitationRow) -> ReceivedRow:
    pk, sk = store.received_key(row.invitee, id_of(row))
    settings, person = unit.entry.settings, spaces.person_of(unit)[0]
    if settings is None:
        raise LookupError("the space is not open")
    said = {"child": shown(person.traits.given_names[0]), "by": unit.actor_name}
    history, data_key = history_of(unit.pid), bytes(settings.trace_key)
    sealed = envelope.seal_row(said, **history, data_key=data_key, pk=pk, sk=sk)
    return ReceivedRow(pk=pk, sk=sk, kind="received", child=unit.pid, sealed=sealed, ttl=row.ttl)


def list_sent(principal: Principal, pid: str) -> list[Invitation]:
    """List the invitations to represent a minor, the last first, for those on whose file she is.

    Raises:
        NotFound, Unavailable.
    """
    query = store.invitations_of(pid)
    with gate.enter(
        principal, Action.INVITATION_LIST, pid, target=coverage_of(pid), queries=[query]
    ) as unit:
        _own_on_file(unit)
        found = map(InvitationRow.from_raw_data, rows.all_items(query, unit.pages[0]))
        sent = [
            _sent(row, unit.open(row.sealed, row.pk, row.sk)["name"], unit.now) for row in found
        ]
    return sorted(sent, key=lambda one: one.created_at, reverse=True)


def end(principal: Principal, pid: str, invitation_id: str) -> None:
    """Withdraw an invitation, or end the link it made, at once. Repeating is harmless.

    Whoever has the child on her insurance file may, whoever invited, managing the space or not.

    Raises:
        NotFound: no such invitation, or not for this caller to end; traced.
        Unavailable.
    """
    until_it_holds(lambda: _end(principal, pid, invitation_id))


def _end(principal: Principal, pid: str, invitation_id: str) -> None:
    wish = (InvitationRow, *access_store.invitation_key(pid, invitation_id))
    with gate.enter(
        principal,
        Action.REPRESENTATIVE_END,
        pid,
        target=coverage_of(pid),
        wanted=[wish],
        about=invitation_id,
        opens_record=False,
    ) as unit:
        own, row = _own_on_file(unit), unit.row(*wish)
        if row is None:
            raise unit.refuse(Refusal.ABSENT)
        if unit.entry.proxy is None:
            unit.new_name = links.name_of(own)
        if row.status == InvitationStatus.ACCEPTED:
            _end_link(unit, row)
        elif status_of(row, unit.now) is InvitationStatus.PENDING:
            row.status = InvitationStatus.WITHDRAWN
            unit.put(row)
            unit.traced_as = InvitationAction.WITHDRAW
        else:
            unit.traced_as = UnchangedAction.END


def _end_link(unit: Unit, row: InvitationRow) -> None:
    # Who came onto the file since owes her link to it, and to nobody's word.
    on_file = row.invitee in unit.target(CoverageRow).subscribers
    unit.require(holds=not on_file, reason=Refusal.NO_RIGHT)
    uid = row.uid or ""
    listed, proxy = rows.fetch(
        [
            (ChildRow, *store.child_key(row.invitee, unit.pid)),
            (ProxyRow, *access_store.proxy_key(unit.pid, uid)),
        ]
    )
    row.status = InvitationStatus.ENDED
    unit.put(row)
    if isinstance(proxy, ProxyRow):
        unit.write(rows.delete(proxy))
    if isinstance(listed, ChildRow):
        unit.write(links.unmanaged(listed, unit.now))
    unit.emit(EventType.REPRESENTATIVE_ENDED, unit.pid)


def _own_on_file(unit: Unit) -> str:
    """Return the caller's own record, which must be one of those the child's file names.

    Raises:
        NotFound: traced; who came by invitation neither invites nor ends.
    """
    own = unit.entry.own_pid
    if own is None or own not in unit.target(CoverageRow).subscribers:
        raise unit.refuse(Refusal.NO_RIGHT)
    return own


def status_of(row: InvitationRow, now: datetime) -> InvitationStatus:
    """Return what became of an invitation: one that nobody answered in time has expired."""
    status = InvitationStatus(row.status)
    is_late = status is InvitationStatus.PENDING and clock.iso(now) >= row.expires_at
    return InvitationStatus.EXPIRED if is_late else status


def _sent(row: InvitationRow, name: str, now: datetime) -> Invitation:
    return Invitation(
        id=id_of(row),
        name=name,
        status=status_of(row, now),
        created_at=clock.instant(row.created_at),
        expires_at=clock.instant(row.expires_at),
    )


def _named(whom: Invitee) -> str:
    return f"{shown(whom.given_name.lower())} {whom.family_name.upper()}"


def id_of(row: InvitationRow) -> str:
    """Return the id in an invitation's key."""
    return row.sk.removeprefix("INVITE#")


def coverage_of(pid: str) -> tuple[type[CoverageRow], str, str]:
    """Return what to name on entering, to know on whose insurance files a minor is."""
    return (CoverageRow, *access_store.coverage_key(pid))


def history_of(pid: str) -> dict[str, Any]:
    """Return how what an invitation says is sealed: with the history of the minor."""
    return {"subject": subject_of_trace(pid), "kind": TRACE_KIND}
