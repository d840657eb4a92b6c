"""Sessions: opened by a login, prolonged by a cookie that changes each time, ended at once.

The cookie is sealed, so that only what we issued is ever judged: a forged one ends nothing. Each
secret is derived from the one before, so that two tabs, or a browser whose answer was lost, get
the same next one within 30 s; an older one was copied, and ends the session (D7).
"""

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from chalicelib.access import entry
from chalicelib.access import store as access_store
from chalicelib.access.store import AccountRow, SessionRow
from chalicelib.core import clock, ids, log, rows
from chalicelib.core.errors import Unauthenticated, Unavailable
from chalicelib.core.rows import ConditionLost, TransactionConflict
from chalicelib.http.principal import ActorKind
from chalicelib.identity import rules, staff, tokens
from chalicelib.identity.accounts import uid_of
from chalicelib.identity.model import Activity, Professional
from chalicelib.identity.rules import Refresh, SessionFacts
from chalicelib.identity.store import ProviderSessionRow
from chalicelib.vault import blind

_ATTEMPTS: Final = 4
_ENDED: Final = "session-ended"


@dataclass(frozen=True, slots=True)
class Refreshed:
    """A new access token, and the cookie's next value."""

    access_token: str
    cookie: str


@dataclass(frozen=True, slots=True)
class _Presented:
    sid: str
    secret: str
    uid: str  # so that the account is read with the session


def new_session(
    account: AccountRow,
    now: datetime,
    professional: Professional | None = None,
    activity: Activity | None = None,
    *,
    name: str = "",
) -> tuple[SessionRow, str]:
    """Make the row of a session, not yet written, and the value of its cookie.

    `name` is of a publisher or an operator: sealed, since no directory makes it public.

    Raises:
        Unavailable: the key service does not answer.
    """
    sid, secret = ids.new_secret_id(), ids.new_token()
    uid = uid_of(account)
    pk, sk = access_store.session_key(sid)
    row = SessionRow(
        pk=pk,
        sk=sk,
        kind="session",
        actor=ActorKind(account.role),
        uid=uid,
        refresh_hash=_hash(secret),
        rotated_at=clock.iso(now),
        expires_at=clock.iso(now + rules.SESSION_IDLE),
        ttl=clock.epoch(now + rules.SESSION_WHOLE),
        generation=access_store.generation_of(account),
        trace_key=account.trace_key,
    )
    if professional:
        row.rpps = professional.rpps
        row.name = professional.name
        row.profession_code = professional.profession_code
        row.profession = professional.profession
    if activity:
        row.organisation = activity.organisation
        row.organisation_id = activity.organisation_id or None
    if name:
        row.organisation_id = account.siret
        row.sealed_name = staff.seal_name(row, name)
    return row, _cookie(_Presented(sid, secret, uid))


def sid_of(cookie: str) -> str:
    """Return the id of the session behind a refresh cookie; its row knows a hash of it only.

    Raises:
        Unauthenticated: not one of our cookies.
    """
    return _opened(cookie).sid


def refresh(cookie: str, now: datetime) -> Refreshed:
    """Change the cookie's secret and sign an access token.

    Raises:
        Unauthenticated: no such session, ended, or an old secret, which ends it.
        Forbidden: the account is suspended.
        Unavailable, StoreUnavailable: the host does not answer; the same cookie may be retried.
    """
    presented = _opened(cookie)
    for _ in range(_ATTEMPTS):
        row = _row_of(presented)
        verdict = rules.judge_refresh(_facts(row), _hash(presented.secret), now)
        following = _following(presented)
        try:
            if verdict is Refresh.ROTATE:
                _rotate(row, following, now)
            elif verdict is not Refresh.REPEAT:
                _end(row, verdict)
        except (ConditionLost, TransactionConflict):
            continue
        if verdict not in (Refresh.ROTATE, Refresh.REPEAT):
            raise Unauthenticated(_ENDED)
        after = replace(presented, secret=following)
        return Refreshed(_access_token(row, presented.sid, now), _cookie(after))
    raise Unavailable


def end(cookie: str) -> ProviderSessionRow | None:
    """End a session now, for every request that follows; ending it again is no error.

    Return what ends it at its provider: to who holds a secret in use, not one copied long ago.

    Raises:
        Unavailable, StoreUnavailable: the host does not answer; the session may live.
    """
    try:
        presented = _opened(cookie)
    except Unauthenticated:
        return None
    row, provider_session = end_by_id(presented.sid)
    in_use = row is not None and _hash(presented.secret) in (row.refresh_hash, row.previous_hash)
    return provider_session if in_use else None


def end_by_id(sid: str) -> tuple[SessionRow | None, ProviderSessionRow | None]:
    """End the session of an id; return what it was. Raises as `end`."""
    pk, sk = access_store.session_key(sid)
    wanted = [(SessionRow, pk, sk), (ProviderSessionRow, pk, ProviderSessionRow.SORT)]
    for _ in range(_ATTEMPTS):
        row, beside = rows.fetch(wanted)
        provider_session = beside if isinstance(beside, ProviderSessionRow) else None
        if not isinstance(row, SessionRow):
            return None, None
        ending = [rows.delete(row)]
        ending += [rows.forget(provider_session)] if provider_session else []
        try:
            rows.write(ending)
        except (ConditionLost, TransactionConflict):
            continue
        return row, provider_session
    raise Unavailable


def _row_of(presented: _Presented) -> SessionRow:
    """Read a session whose account may act; raises as `refresh`."""
    wanted = [
        (SessionRow, *access_store.session_key(presented.sid)),
        (AccountRow, *access_store.account_key(presented.uid)),
    ]
    row, account = rows.fetch(wanted)
    if not isinstance(row, SessionRow):
        raise Unauthenticated(_ENDED)
    entry.check_account(row, account if isinstance(account, AccountRow) else None)
    return row


def _opened(cookie: str) -> _Presented:
    try:
        sid, secret, uid = blind.open_token("refresh", cookie, b"").decode().split(".")
    except ValueError as error:
        raise Unauthenticated(_ENDED) from error
    return _Presented(sid, secret, uid)


def _cookie(presented: _Presented) -> str:
    text = f"{presented.sid}.{presented.secret}.{presented.uid}"
    return blind.seal_token("refresh", text.encode(), b"")


def _following(presented: _Presented) -> str:
    text = f"{presented.sid}.{presented.secret}".encode()
    return hmac.new(blind.token_key("next-refresh"), text, hashlib.sha256).hexdigest()


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _facts(row: SessionRow) -> SessionFacts:
    return SessionFacts(
        refresh_hash=row.refresh_hash,
        previous_hash=row.previous_hash,
        rotated_at=clock.instant(row.rotated_at),
        expires_at=clock.instant(row.expires_at),
    )


def _rotate(row: SessionRow, following: str, now: datetime) -> None:
    whole = datetime.fromtimestamp(int(row.ttl), UTC)
    row.previous_hash, row.refresh_hash = row.refresh_hash, _hash(following)
    row.rotated_at = clock.iso(now)
    row.expires_at = clock.iso(min(now + rules.SESSION_IDLE, whole))
    rows.write([rows.put(row)])


def _end(row: SessionRow, verdict: Refresh) -> None:
    if verdict is Refresh.REUSED:
        log.write("session ended", reason="refresh reused", code=row.actor)
    rows.write([rows.delete(row)])


def _access_token(row: SessionRow, sid: str, now: datetime) -> str:
    kind = ActorKind(row.actor)
    if kind is ActorKind.PROFESSIONAL:
        return tokens.issue(kind, str(row.rpps), sid, now, account=row.uid)
    return tokens.issue(kind, row.uid, sid, now)
