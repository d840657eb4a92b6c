"""Invitations to represent a minor, as the person invited reads and answers them (R-MIN-02)."""

from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from chalicelib.access import gate
from chalicelib.access import store as access_store
from chalicelib.access.entry import Wanted
from chalicelib.access.gate import Unit
from chalicelib.access.model import Action, Refusal
from chalicelib.access.store import CoverageRow, InvitationRow, SettingsRow
from chalicelib.access.usecases import until_it_holds
from chalicelib.core import clock, ids, log, parallel, rows
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.events import EventType
from chalicelib.core.rows import Item, Row
from chalicelib.http.principal import Principal
from chalicelib.identity import links, spaces, store
from chalicelib.identity.invitations import coverage_of, history_of, id_of, status_of
from chalicelib.identity.model import InvitationStatus, UnchangedAction
from chalicelib.identity.store import ChildRow, ReceivedRow
from chalicelib.reminders import store as reminders
from chalicelib.vault import envelope
from chalicelib.vault.errors import Tampered


@dataclass(frozen=True, slots=True)
class Received:
    """An invitation as the person invited sees it: who invites, to represent whom."""

    id: str
    child: str
    invited_by: str
    expires_at: datetime


def list_received(principal: Principal, pid: str) -> list[Received]:
    """List the invitations a person may answer now; of the others nothing is told.

    Raises:
        NotFound, Unavailable.
    """
    query = store.received_by(pid)
    with gate.enter(
        principal, Action.INVITATION_RECEIVED, pid, queries=[query], opens_record=False
    ) as unit:
        found = [ReceivedRow.from_raw_data(one) for one in rows.all_items(query, unit.pages[0])]
        wanted = [_wanted(row) for row in found]
        # One read for all; sealed with the histories of several children, each has a key to unwrap.
        read = iter(rows.fetch_raw([wish for wishes in wanted for wish in wishes]))
        with parallel.none_outlives() as opening:
            opening += [
                parallel.start(_received, row, wishes, list(islice(read, len(wishes))), unit.now)
                for row, wishes in zip(found, wanted, strict=True)
            ]
            received = [one.result() for one in opening]
    return [one for one in received if one]


def _wanted(row: ReceivedRow) -> list[Wanted]:
    """Return what tells whether an invitation may be answered."""
    return [
        (InvitationRow, *access_store.invitation_key(row.child, _id(row))),
        coverage_of(row.child),
        (SettingsRow, *access_store.settings_key(row.child)),
    ]


def _id(row: ReceivedRow) -> str:
    return row.sk.removeprefix("RECEIVED#")


def _received(
    row: ReceivedRow, wanted: list[Wanted], read: list[Item | None], now: datetime
) -> Received | None:
    """Open an invitation if it may be answered; one that was altered is left out, and told."""
    try:
        invitation, coverage, settings = rows.read_as(wanted, read)
        if not isinstance(invitation, InvitationRow) or not isinstance(settings, SettingsRow):
            return None
        is_minor = clock.iso(now) < (settings.represented_until or "")
        if not is_minor or not _may_be_answered(invitation, coverage, now):
            return None
        opened = envelope.open_row(row.sealed, **history_of(row.child), pk=row.pk, sk=row.sk)
    except Tampered as error:
        log.exception("an invitation does not verify", error)
        return None
    until = clock.instant(invitation.expires_at)
    return Received(_id(row), opened["child"], opened["by"], until)


def accept(principal: Principal, pid: str, invitation_id: str) -> None:
    """Accept to represent a minor, as one certifies to; `pid` is one's own. Repeating is harmless.

    Raises:
        NotFound: no such invitation for this person; traced.
        Conflict: it is over: expired, withdrawn, refused, or its sender lost the child's file.
        Unavailable.
    """
    until_it_holds(lambda: _answer(principal, pid, invitation_id, accepts=True))


def refuse(principal: Principal, pid: str, invitation_id: str) -> None:
    """Refuse to represent a minor; raises as `accept`."""
    until_it_holds(lambda: _answer(principal, pid, invitation_id, accepts=False))


def _answer(principal: Principal, pid: str, invitation_id: str, *, accepts: bool) -> None:
    received = rows.get(ReceivedRow, *store.received_key(pid, invitation_id))
    child = received.child if received else ids.new_secret_id()
    wanted: list[tuple[type[Row], str, str]] = [
        coverage_of(child),
        (ChildRow, *store.child_key(pid, child)),
        (SettingsRow, *access_store.settings_key(pid)),
        spaces.person_wish(child),
        spaces.person_wish(pid),
        reminders.preferences_wish(child),
    ]
    with gate.enter(
        principal,
        Action.INVITATION_ACCEPT if accepts else Action.INVITATION_REFUSE,
        child,
        target=(InvitationRow, *access_store.invitation_key(child, invitation_id)),
        wanted=wanted,
        about=invitation_id,
    ) as unit:
        row = unit.target(InvitationRow)
        if unit.entry.own_pid != pid:
            raise NotFound
        said = InvitationStatus.ACCEPTED if accepts else InvitationStatus.REFUSED
        if row.status == said:
            unit.traced_as = UnchangedAction.ANSWER
            return
        coverage = unit.row(*coverage_of(child))
        if coverage is None or not _may_be_answered(row, coverage, unit.now):
            raise Conflict("invitation-closed")
        row.status = said
        if accepts:
            _link(unit, row, pid)
            unit.write(rows.unchanged(coverage))
        else:
            unit.emit(EventType.INVITATION_REFUSED, invitation_id)
        unit.put(row)


def _link(unit: Unit, row: InvitationRow, pid: str) -> None:
    """Write the link of who accepts, the child in her list, and what makes both end."""
    person = spaces.person_of(unit)[0]
    ends_at = links.end_of_minority(unit, person)
    unit.require(holds=unit.now < ends_at, reason=Refusal.ADULT)
    space = unit.row(SettingsRow, *access_store.settings_key(pid))
    if space is None or space.status != "open":
        raise unit.refuse(Refusal.SPACE_CLOSED)
    row.uid, row.ttl = unit.entry.principal.id, None
    if unit.entry.proxy is not None:
        return  # she manages the space already
    listed = unit.row(ChildRow, *store.child_key(pid, unit.pid))
    if listed is None or listed.invitation:
        fresh = links.child_row(pid, unit.pid, person, space)
        listed = rows.at_version(fresh, listed.version if listed else None)
        listed.invitation = id_of(row)
    listed.is_managed = True
    unit.put(listed)
    by = row.inviter if listed.invitation else None  # on the file herself, she owes it to nobody
    links.begin(unit, links.name_read(unit, pid), ends_at, invitation=listed.invitation, by=by)


def _may_be_answered(row: InvitationRow, coverage: Row | None, now: datetime) -> bool:
    """Tell whether an invitation stands: it is worth what the file says of who sent it."""
    is_on_file = isinstance(coverage, CoverageRow) and row.inviter in coverage.subscribers
    return status_of(row, now) is InvitationStatus.PENDING and is_on_file
