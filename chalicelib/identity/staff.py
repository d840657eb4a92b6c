"""Who publishes applications of the catalogue, and who works for the operator (ADR 0024).

Neither has a right to any record. A publisher's account is made at her first login, one for each
establishment she acts for. An operator's is made by a command, before she may log in: the identity
she then proves is bound to it once, so that an address given to somebody else later lets nobody in.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chalicelib.access.store import ACTIVE, SUSPENDED, AccountRow, SessionRow, account_key
from chalicelib.audit.store import TRACE_KIND, TraceRow, new_row, subject_of_trace
from chalicelib.core import clock, ids, log, rows
from chalicelib.core.rows import ConditionLost
from chalicelib.core.text import is_printable
from chalicelib.http.principal import ActorKind
from chalicelib.identity import accounts, acts, store
from chalicelib.identity.model import AccountAction, Provider
from chalicelib.identity.store import EnrolmentRow
from chalicelib.identity.values import SIRET
from chalicelib.vault import blind, envelope, keys

_WHO_CHARS: Final = 254
_LABEL: Final = "staff"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody enrolled: her account, its state, how she was named, and whether she ever came."""

    id: str
    status: str
    who: str
    has_logged_in: bool


def of_publisher(issuer: str, subject: str, siret: SIRET, now: datetime) -> AccountRow:
    """Return the account of somebody at an establishment, made at her first login for it.

    Raises:
        Unavailable, StoreUnavailable: the host does not answer; logging in again is safe.
    """
    where = accounts.login_place(Provider.PROCONNECT, issuer, f"{siret}\n{subject}")
    account = accounts.behind(where)
    if account is not None:
        return account
    made = _new_account(ActorKind.PUBLISHER, now)
    made.siret = siret
    try:
        store.write_all([accounts.login_row(where, accounts.uid_of(made)), made])
    except ConditionLost:
        account = accounts.behind(where)
        if account is None:
            raise
        return account
    return made


def of_operator(issuer: str, subject: str, email: str) -> AccountRow | None:
    """Return the account of an operator who is enrolled, by her subject or her address; else None.

    Raises:
        Tampered: an enrolment is not as the product wrote it.
        Unavailable, StoreUnavailable: the host does not answer; logging in again is safe.
    """
    where = accounts.login_place(Provider.OPERATOR, issuer, subject)
    account = accounts.behind(where) or _first_login(where, subject, email)
    return account if account and account.status == ACTIVE else None


def enrol(who: str) -> Member:
    """Let somebody log in as an operator; again, after a dismissal. Safe to repeat.

    Raises:
        ValueError: it can be neither a subject nor an address.
        Tampered, Unavailable, StoreUnavailable: it may not be done; repeat.
    """
    mac = _mac(who)
    if _enrolment(mac) is None:
        _make(who, mac)
    return _set_status(mac, ACTIVE, AccountAction.ENROL)


def dismiss(who: str) -> Member:
    """Refuse an operator everything, from her next request on. Raises as `enrol`."""
    mac = _mac(who)
    if _enrolment(mac) is None:
        raise ValueError("nobody is enrolled by that")
    return _set_status(mac, SUSPENDED, AccountAction.DISMISS)


def members() -> list[Member]:
    """Return all who were ever enrolled. Raises as `enrol`."""
    asked = store.enrolments()
    found = [EnrolmentRow.from_raw_data(item) for item in rows.all_items(asked, rows.query(asked))]
    return [_member(one, _account(one)) for one in found]


def seal_name(session: SessionRow, name: str) -> bytes:
    """Seal, for a session, the name of whose it is. Raises Unavailable."""
    return envelope.seal_row(
        {"name": name},
        subject=subject_of_trace(session.uid),
        kind=TRACE_KIND,
        data_key=bytes(session.trace_key),
        pk=session.pk,
        sk=session.sk,
    )


def name_of(session: SessionRow) -> str:
    """Open the name of whose session it is.

    Raises:
        Tampered, KeyMissing, Unavailable: it does not open.
    """
    opened = envelope.open_row(
        bytes(session.sealed_name or b""),
        subject=subject_of_trace(session.uid),
        kind=TRACE_KIND,
        pk=session.pk,
        sk=session.sk,
    )
    return str(opened["name"])


def _new_account(role: ActorKind, now: datetime) -> AccountRow:
    uid = ids.new_secret_id()
    keys.create_branch_key(subject_of_trace(uid))
    pk, sk = account_key(uid)
    return AccountRow(
        pk=pk,
        sk=sk,
        kind="account",
        status=ACTIVE,
        role=role,
        created_at=clock.iso(now),
        trace_key=envelope.new_data_key(subject_of_trace(uid), TRACE_KIND),
    )


def _first_login(where: tuple[str, str], subject: str, email: str) -> AccountRow | None:
    """Bind an identity to the account that was made for it, if there is one that waits."""
    for who in (subject, email):
        enrolment = _enrolment(blind.blind(_LABEL, _spelt(who))) if who else None
        if enrolment is None or enrolment.is_used or _account(enrolment).status != ACTIVE:
            continue
        enrolment.is_used = True
        try:
            store.write_all([accounts.login_row(where, enrolment.uid), enrolment])
        except ConditionLost:  # a rival login of the same identity, or of another
            break
        return _account(enrolment)
    return accounts.behind(where)  # of a rival, who was faster by one read or by one write


def _mac(who: str) -> str:
    if not 0 < len(who) <= _WHO_CHARS or not is_printable(who) or " " in who:
        raise ValueError("a subject or an e-mail address of the operator's provider is needed")
    return blind.blind(_LABEL, _spelt(who))


def _spelt(who: str) -> str:
    return who.casefold() if "@" in who else who


def _enrolment(mac: str) -> EnrolmentRow | None:
    return rows.get(EnrolmentRow, *store.enrolment_key(mac))


def _make(who: str, mac: str) -> None:
    account = _new_account(ActorKind.OPERATOR, clock.now())
    account.status = SUSPENDED  # until `enrol` says otherwise, with its trace
    pk, sk = store.enrolment_key(mac)
    enrolment = EnrolmentRow(
        pk=pk,
        sk=sk,
        kind="enrolment",
        uid=accounts.uid_of(account),
        sealed=blind.seal_token(_LABEL, who.encode(), mac.encode()),
        enrolled_at=account.created_at,
    )
    try:
        store.write_all([account, enrolment])
    except ConditionLost:
        if _enrolment(mac) is None:
            raise


def _set_status(mac: str, status: str, action: AccountAction) -> Member:
    def read() -> AccountRow:
        return _account(_known(mac))

    changed = acts.carry_out(read, acts.to_status(status), lambda account: _trace(account, action))
    if changed is not None:
        log.write("account changed", action=action, code=changed.role)
    return _member(_known(mac), changed or read())


def _known(mac: str) -> EnrolmentRow:
    found = _enrolment(mac)
    if found is None:
        raise LookupError("an enrolment is never removed")
    return found


def _account(enrolment: EnrolmentRow) -> AccountRow:
    account = rows.get(AccountRow, *account_key(enrolment.uid))
    if account is None:
        raise LookupError("an enrolment without an account")
    return account


def _trace(account: AccountRow, action: AccountAction) -> TraceRow:
    uid, trace = accounts.uid_of(account), acts.new_trace(action)
    return new_row(uid, is_patient=False, trace=trace, data_key=bytes(account.trace_key))


def _member(enrolment: EnrolmentRow, account: AccountRow) -> Member:
    who = blind.open_token(_LABEL, enrolment.sealed, enrolment.sk.encode()).decode()
    return Member(enrolment.uid, account.status, who, bool(enrolment.is_used))
