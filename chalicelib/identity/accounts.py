"""Accounts: made at a first login, never twice for the same person or professional.

The transaction that makes one holds every uniqueness: of the identity at its provider, and of the
record's holder. Whoever loses it reads what the winner wrote.
"""

from contextlib import suppress
from datetime import datetime
from typing import Final

from chalicelib.access.model import Right
from chalicelib.access.store import ACTIVE, AccountRow, ProxyRow, account_key, proxy_key
from chalicelib.audit.store import TRACE_KIND, subject_of_trace
from chalicelib.core import clock, ids, rows
from chalicelib.core.rows import ConditionLost, Row
from chalicelib.identity import spaces, store
from chalicelib.identity.model import LoginProblem, LoginRefused, Provider
from chalicelib.identity.store import ContactRow, HolderRow, LoginRow, NamedRow
from chalicelib.identity.values import RPPS, Traits
from chalicelib.vault import blind, envelope, keys

CONTACT_KIND: Final = "contact"
_EMAIL_CHARS: Final = 254


def of_person(issuer: str, subject: str, traits: Traits, email: str, now: datetime) -> AccountRow:
    """Return the account of a person who proved who she is, made at her first login.

    Each login keeps the e-mail address her provider now gives, since notices go there.

    Raises:
        LoginRefused: no record, or several, with these traits (`inconnue`), or a record that
            somebody else's account already holds (`doublon`): never a second space (R-FC-03).
        Tampered: the rows lead to the record of somebody else; told to the operator.
        Unavailable, StoreUnavailable: the host does not answer; logging in again is safe.
    """
    where = login_place(Provider.FRANCECONNECT, issuer, subject)
    account = behind(where)
    if account is not None:
        spaces.require_traits(str(account.pid), traits)
        if account.status == ACTIVE:  # else whoever took it over would be told in her place
            _keep_contact(account, email, now)
            _keep_named(str(account.pid), traits)
        return account
    pid = spaces.find_by_traits(traits)
    if pid is None:
        raise LoginRefused(LoginProblem.UNKNOWN)
    spaces.require_traits(pid, traits)
    if spaces.holder(pid):
        return _taken(where)
    try:
        return _make_person(where, pid, traits, email, now)
    except ConditionLost:
        return _taken(where)


def of_professional(rpps: RPPS, now: datetime) -> AccountRow:
    """Return the account of a professional, known by her national number alone.

    Raises:
        Unavailable, StoreUnavailable: the host does not answer; logging in again is safe.
    """
    where = login_place(Provider.PSC, "rpps", rpps)
    account = known_professional(rpps)
    if account is not None:
        return account
    uid = ids.new_secret_id()
    keys.create_branch_key(subject_of_trace(rpps))
    pk, sk = account_key(uid)
    made = AccountRow(
        pk=pk,
        sk=sk,
        kind="account",
        status=ACTIVE,
        role="professional",
        created_at=clock.iso(now),
        rpps=rpps,
        trace_key=envelope.new_data_key(subject_of_trace(rpps), TRACE_KIND),
    )
    try:
        store.write_all([login_row(where, uid), made])
    except ConditionLost:
        account = behind(where)
        if account is None:
            raise
        return account
    return made


def known_professional(rpps: RPPS) -> AccountRow | None:
    """Return the account of a professional, if there is one.

    Raises:
        Unavailable, StoreUnavailable: the host does not answer.
    """
    return behind(login_place(Provider.PSC, "rpps", rpps))


def uid_of(account: AccountRow) -> str:
    """Return the id in an account's key."""
    return account.pk.removeprefix("U#")


def email_of(uid: str) -> str | None:
    """Open the verified e-mail address of an account, or None.

    Raises:
        Tampered, Unavailable, StoreUnavailable: it could not be read.
    """
    row = rows.get(ContactRow, *store.contact_key(uid))
    return _address(row, uid) if row else None


def login_place(provider: Provider, issuer: str, subject: str) -> tuple[str, str]:
    """Return the key of an identity at a provider."""
    return store.login_key(blind.blind("login", f"{provider}\n{issuer}\n{subject}"))


def behind(where: tuple[str, str]) -> AccountRow | None:
    """Return the account that an identity at a provider leads to, if there is one."""
    login = rows.get(LoginRow, *where)
    return rows.get(AccountRow, *account_key(login.uid)) if login else None


def _taken(where: tuple[str, str]) -> AccountRow:
    """Return this very login's account if a rival made it a moment ago; else the record is taken.

    Raises:
        LoginRefused: the record is another account's.
    """
    account = behind(where)
    if account is None:
        raise LoginRefused(LoginProblem.TAKEN)
    return account


def _make_person(
    where: tuple[str, str], pid: str, traits: Traits, email: str, now: datetime
) -> AccountRow:
    """Write an account, its login, its record, its name and its address: all or none."""
    uid = ids.new_secret_id()
    keys.create_branch_key(_subject(uid))
    keys.create_branch_key(subject_of_trace(uid))
    pk, sk = account_key(uid)
    account = AccountRow(
        pk=pk,
        sk=sk,
        kind="account",
        status=ACTIVE,
        role="person",
        created_at=clock.iso(now),
        pid=pid,
        contact_key=envelope.new_data_key(_subject(uid), CONTACT_KIND),
        trace_key=envelope.new_data_key(subject_of_trace(uid), TRACE_KIND),
    )
    holder_pk, holder_sk = store.holder_key(pid)
    made: list[Row] = [
        login_row(where, uid),
        HolderRow(pk=holder_pk, sk=holder_sk, kind="holder", uid=uid),
        account,
        _proxy_row(pid, uid),
    ]
    if _is_address(email):
        made.append(_contact_row(account, uid, email, now))
    named = spaces.named_row(pid, traits)
    if named is not None:
        made.append(named)
    store.write_all(made)
    return account


def _keep_contact(account: AccountRow, email: str, now: datetime) -> None:
    """Seal the address of a login if it is another than the one kept; a claim without one keeps it.

    Nothing is written when they are equal. A rival login that wrote first is right as well.
    """
    if not _is_address(email):
        return
    uid = uid_of(account)
    row = rows.get(ContactRow, *store.contact_key(uid))
    if row is not None and _address(row, uid) == email:
        return
    fresh = _contact_row(account, uid, email, now)
    if row is not None:
        row.sealed, row.verified_at = fresh.sealed, fresh.verified_at
    with suppress(ConditionLost):
        store.write_all([row or fresh])


def _keep_named(pid: str, traits: Traits) -> None:
    """Let a person be found by her name, whose account was made before that was so."""
    named = spaces.named_row(pid, traits)
    if named is None or rows.get(NamedRow, named.pk, named.sk) is not None:
        return
    with suppress(ConditionLost):
        store.write_all([named])


def _is_address(email: str) -> bool:
    return "@" in email and len(email) <= _EMAIL_CHARS


def _address(row: ContactRow, uid: str) -> str:
    opened = envelope.open_row(
        bytes(row.sealed), subject=_subject(uid), kind=CONTACT_KIND, pk=row.pk, sk=row.sk
    )
    return str(opened["email"])


def login_row(where: tuple[str, str], uid: str) -> LoginRow:
    """Make the row by which an identity at a provider leads to an account."""
    return LoginRow(pk=where[0], sk=where[1], kind="login", uid=uid)


def _proxy_row(pid: str, uid: str) -> ProxyRow:
    pk, sk = proxy_key(pid, uid)
    return ProxyRow(
        pk=pk,
        sk=sk,
        kind="proxy",
        uid=uid,
        relation=Right.SELF,
    )


def _contact_row(account: AccountRow, uid: str, email: str, now: datetime) -> ContactRow:
    pk, sk = store.contact_key(uid)
    sealed = envelope.seal_row(
        {"email": email},
        subject=_subject(uid),
        kind=CONTACT_KIND,
        data_key=bytes(account.contact_key or b""),
        pk=pk,
        sk=sk,
    )
    return ContactRow(pk=pk, sk=sk, kind="contact", verified_at=clock.iso(now), sealed=sealed)


def _subject(uid: str) -> str:
    return f"U.{uid}"
