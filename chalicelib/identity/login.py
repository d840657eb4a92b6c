"""A login, from the button to the session, through an identity provider (D7, A28, A29).

What the browser carries between the two requests is sealed in one cookie of ten minutes, and its
state serves once. Every way out without a session is a French page with a next step.
"""

import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from chalicelib.access.model import Right
from chalicelib.access.store import ACTIVE, AccountRow, SessionRow, SettingsRow, settings_key
from chalicelib.audit.model import Trace
from chalicelib.audit.store import TraceRow, new_row
from chalicelib.core import clock, ids, log, rows
from chalicelib.core.errors import BadRequest, Unauthenticated, Unavailable
from chalicelib.core.rows import StoreUnavailable
from chalicelib.core.settings import settings
from chalicelib.identity import accounts, directory, logout, oidc, rules, sessions, staff, store
from chalicelib.identity.model import LoginProblem, LoginRefused, Provider, SessionAction
from chalicelib.identity.store import ProviderSessionRow
from chalicelib.vault import blind

FAILURE_PAGE: Final = "/connexion?probleme="
_MAX_CHARS: Final = 2_000
Opened = tuple[AccountRow, SessionRow, str]


@dataclass(frozen=True, slots=True)
class Begun:
    """Where to send the browser, and what it must bring back."""

    location: str
    cookie: str


@dataclass(frozen=True, slots=True)
class Callback:
    """What came back from the provider, not believed yet."""

    code: str | None
    state: str | None
    issuer: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Finished:
    """Where to send the browser, and its session's cookie if there is a session."""

    location: str
    session_cookie: str | None = None


@dataclass(frozen=True, slots=True)
class _Pending:
    provider: Provider
    state: str
    nonce: str
    verifier: str
    return_to: str
    ends: int
    former: str  # the session this browser had, or nothing


def begin(
    provider: Provider, return_to: str, session_cookie: str | None, now: datetime
) -> Begun | Finished:
    """Start a login: `Finished` at once if the provider does not answer.

    The session that this browser has is remembered here, because its cookie does not come along
    when another site, the provider, sends the browser back.

    Raises:
        BadRequest: `return_to` is not one of our screens (A29).
        Unavailable: the key service does not answer.
    """
    if not rules.is_own_path(return_to):
        raise BadRequest
    pending = _Pending(
        provider=provider,
        state=ids.new_token(),
        nonce=ids.new_token(),
        verifier=ids.new_token(),
        return_to=return_to,
        ends=clock.epoch(now + rules.LOGIN_LIFE),
        former=_sid_of(session_cookie),
    )
    try:
        location = oidc.authorization_url(provider, pending.state, pending.nonce, pending.verifier)
    except LoginRefused as refused:
        return _failed(refused.problem)
    return Begun(location, _sealed(pending))


def finish(cookie: str | None, callback: Callback, now: datetime) -> Finished:
    """End a login: a session, or a page that says why there is none."""
    try:
        pending = _expected(cookie, callback, now)
        session, session_cookie = _identified(pending, callback, now)
    except LoginRefused as refused:
        return _failed(refused.problem)
    except (StoreUnavailable, Unavailable) as error:
        log.exception("login failed", error)
        return _failed(LoginProblem.TECHNICAL)
    log.write("login", outcome="session", code=session.actor)
    return Finished(pending.return_to, session_cookie)


def _failed(problem: LoginProblem) -> Finished:
    log.write("login", outcome=problem.value)
    return Finished(FAILURE_PAGE + problem.value)


def _sealed(pending: _Pending) -> str:
    value = [
        pending.provider.value,
        pending.state,
        pending.nonce,
        pending.verifier,
        pending.return_to,
        pending.ends,
        pending.former,
    ]
    return blind.seal_token("login", json.dumps(value).encode(), b"")


def _opened(cookie: str | None) -> _Pending:
    try:
        value = json.loads(blind.open_token("login", cookie or "", b""))
        provider, state, nonce, verifier, return_to, ends, former = value
    except ValueError as error:
        raise LoginRefused(LoginProblem.EXPIRED) from error
    return _Pending(Provider(provider), state, nonce, verifier, return_to, ends, former)


def _sid_of(session_cookie: str | None) -> str:
    try:
        return sessions.sid_of(session_cookie or "")
    except Unauthenticated:
        return ""


def _expected(cookie: str | None, callback: Callback, now: datetime) -> _Pending:
    """Check that this answer is the one awaited, once, from the provider that was asked."""
    pending = _opened(cookie)
    same = hmac.compare_digest(pending.state.encode(), (callback.state or "").encode())
    if not same or clock.epoch(now) >= pending.ends:
        raise LoginRefused(LoginProblem.EXPIRED)
    if callback.issuer is not None and not oidc.is_issuer(pending.provider, callback.issuer):
        raise LoginRefused(LoginProblem.TECHNICAL)
    if not store.use_once(pending.ends, "state", blind.blind("state", pending.state)):
        raise LoginRefused(LoginProblem.EXPIRED)
    if callback.error is not None:
        cancelled = callback.error == "access_denied"
        raise LoginRefused(LoginProblem.CANCELLED if cancelled else LoginProblem.TECHNICAL)
    return pending


def _identified(pending: _Pending, callback: Callback, now: datetime) -> tuple[SessionRow, str]:
    code = callback.code or ""
    if not 0 < len(code) <= _MAX_CHARS:
        raise LoginRefused(LoginProblem.TECHNICAL)
    proven = oidc.identify(pending.provider, code, pending.nonce, pending.verifier)
    account, session, cookie = _OPENED[pending.provider](proven.claims, now)
    beside = logout.provider_session(session, pending.provider, proven.id_token)
    if pending.former:
        sessions.end_by_id(pending.former)  # before: were it to fail, there are not two
    _write(session, account, beside, now)
    return session, cookie


def _person_session(claims: dict[str, Any], now: datetime) -> Opened:
    """Make a person's session, found by her identity at the provider."""
    issuer = settings().franceconnect.issuer
    traits = rules.traits_of_claims(claims)
    email = _address(claims)
    account = _usable(accounts.of_person(issuer, str(claims["sub"]), traits, email, now))
    return account, *sessions.new_session(account, now)


def _professional_session(claims: dict[str, Any], now: datetime) -> Opened:
    """Make a professional's session: her profession is the directory's, not the token's (A06)."""
    professional = directory.professional(rules.rpps_of_claims(claims))
    if professional is None or not professional.is_active:
        raise LoginRefused(LoginProblem.UNKNOWN_PROFESSIONAL)
    account = _usable(accounts.of_professional(professional.rpps, now))
    known = professional.activities[0] if professional.activities else None
    activity = rules.activity_of_claims(claims) or known
    return account, *sessions.new_session(account, now, professional, activity)


def _publisher_session(claims: dict[str, Any], now: datetime) -> Opened:
    """Make the session of who publishes applications, for the establishment she chose to act for.

    Who works for two of them has two accounts, and what one sees the other does not.
    """
    siret, name = rules.siret_of_claims(claims), rules.name_at_work(claims)
    issuer = settings().proconnect.issuer
    account = _usable(staff.of_publisher(issuer, str(claims["sub"]), siret, now))
    return account, *sessions.new_session(account, now, name=name)


def _operator_session(claims: dict[str, Any], now: datetime) -> Opened:
    """Make the session of an operator, who was enrolled before."""
    name, issuer = rules.name_at_work(claims), settings().operator.issuer
    # An address lets in, here: one that its provider does not vouch for, in so many words, is none.
    email = _address(claims) if claims.get("email_verified") is True else ""
    account = staff.of_operator(issuer, str(claims["sub"]), email)
    if account is None:
        raise LoginRefused(LoginProblem.UNKNOWN_OPERATOR)
    return account, *sessions.new_session(account, now, name=name)


def _address(claims: dict[str, Any]) -> str:
    """Read the e-mail address; one that its own provider does not believe in is none."""
    return "" if claims.get("email_verified") is False else str(claims.get("email") or "")


_OPENED: Final[dict[Provider, Callable[[dict[str, Any], datetime], Opened]]] = {
    Provider.FRANCECONNECT: _person_session,
    Provider.PSC: _professional_session,
    Provider.PROCONNECT: _publisher_session,
    Provider.OPERATOR: _operator_session,
}


def _usable(account: AccountRow) -> AccountRow:
    if account.status != ACTIVE:
        raise LoginRefused(LoginProblem.SUSPENDED)
    return account


def _write(
    session: SessionRow, account: AccountRow, beside: ProviderSessionRow | None, now: datetime
) -> None:
    """Write a session with its trace: in the person's own record, or in the actor's (R-LOG-03)."""
    space = rows.get(SettingsRow, *settings_key(account.pid)) if account.pid else None
    new = [session, _trace(session, account, space, now)]
    store.write_all([*new, beside] if beside else new)


def _trace(
    session: SessionRow, account: AccountRow, space: SettingsRow | None, now: datetime
) -> TraceRow:
    actor = session.rpps or session.uid
    trace = Trace(
        id=ids.new_id(),
        at=clock.iso(now),
        actor=session.actor,
        actor_id=actor,
        actor_name=session.name,
        profession=session.profession,
        organisation=session.organisation,
        action=SessionAction.OPEN,
        outcome="allowed",
        right=Right.SELF,
        right_since=None,
        reference=None,
        reason=None,
        request_id=log.request_id.get(),
        salt=ids.new_secret_id(),
    )
    return new_row(
        str(account.pid) if space else actor,
        is_patient=space is not None,
        trace=trace,
        data_key=bytes((space or session).trace_key),
    )
