"""What the operator does with somebody's account: suspend, resume, show.

No reason is asked for, hence none is kept. Suspended, an account is refused from its next request
on, wherever it is connected, and gets no session; resumed, it logs in again, and the sessions it
had stay dead. What it put in records, and what it allowed others, are left as they are.
"""

from dataclasses import dataclass
from typing import Final

from chalicelib.access import store as access_store
from chalicelib.access.store import ACTIVE, SUSPENDED, AccountRow, SettingsRow
from chalicelib.audit.store import TraceRow, new_row
from chalicelib.core import clock, ids, log, rows
from chalicelib.http.principal import ActorKind
from chalicelib.identity import accounts, acts, directory, spaces
from chalicelib.identity.model import AccountAction
from chalicelib.identity.values import RPPS, parse_ins, parse_rpps

RPPS_CHARS: Final = 11
INS_CHARS: Final = 15


@dataclass(frozen=True, slots=True)
class Account:
    """What the operator is told of an account: ids, and nobody's name."""

    id: str
    status: str
    role: str
    of: str  # the space of a person, the RPPS of a professional, the SIRET of a publisher


def show_account(who: str) -> Account:
    """Return an account, by the number or the space of whom it is, or a publisher's by its own id.

    Raises:
        ValueError: no such number, or nobody ever logged in with it.
        Tampered: the row is not as the product wrote it.
        Unavailable, StoreUnavailable: the host does not answer.
    """
    return _shown(_find(who))


def suspend_account(who: str) -> Account:
    """Refuse an account everything, from its next request on; raises as `show_account`.

    That of a professional who never logged in is made, so that she cannot begin to.
    """
    if len(who) == RPPS_CHARS:
        professional = directory.professional(_rpps(who))
        if professional is None:
            raise ValueError("no professional of the directory has that number")
        accounts.of_professional(professional.rpps, clock.now())
    return _set_status(who, SUSPENDED, AccountAction.SUSPEND)


def resume_account(who: str) -> Account:
    """Let an account log in again; raises as `show_account`."""
    return _set_status(who, ACTIVE, AccountAction.RESUME)


def _set_status(who: str, status: str, action: AccountAction) -> Account:
    def trace(account: AccountRow) -> TraceRow:
        return _trace(account, action)

    changed = acts.carry_out(lambda: _find(who), acts.to_status(status), trace)
    if changed is None:
        return show_account(who)
    log.write("account changed", action=action, code=changed.role, patient=changed.pid)
    return _shown(changed)


def _find(who: str) -> AccountRow:
    if ids.is_id(who):
        return _of_publisher(who) or _of_space(who)
    if len(who) == RPPS_CHARS:
        account = accounts.known_professional(_rpps(who))
        if account is None:
            raise ValueError("no professional with that number ever logged in")
        return account
    found = spaces.find_by_ins(parse_ins(who))
    if found is None:
        raise ValueError("no space has that number")
    return _of_space(found.pid)


def _rpps(who: str) -> RPPS:
    return parse_rpps(who, check_key=False)  # an unknown number is refused anyway


def _of_publisher(uid: str) -> AccountRow | None:
    account = rows.get(AccountRow, *access_store.account_key(uid))
    return account if account is not None and account.role == ActorKind.PUBLISHER else None


def _of_space(pid: str) -> AccountRow:
    uid = spaces.holder(pid)
    account = rows.get(AccountRow, *access_store.account_key(uid)) if uid else None
    if account is not None and account.pid == pid:
        return account
    raise ValueError("there is no such space, or its holder never logged in")


def _trace(account: AccountRow, action: AccountAction) -> TraceRow:
    """Seal the act in the person's own history, or in the professional's."""
    pid = account.pid
    space = rows.get(SettingsRow, *access_store.settings_key(pid)) if pid else None
    return new_row(
        str(pid) if space else account.rpps or accounts.uid_of(account),
        is_patient=space is not None,
        trace=acts.new_trace(action),
        data_key=bytes((space or account).trace_key),
    )


def _shown(account: AccountRow) -> Account:
    of = account.pid or account.rpps or account.siret or ""
    return Account(accounts.uid_of(account), account.status, account.role, of)
