"""Tokens of applications: for a code once, then for a refresh token that changes each time.

Both are bound to a consent, read on each exchange: withdrawn or expired, they end; given anew, a
code ends and devices stay. A code serves once, in the transaction that connects its device; brought
again by whoever also knows its proof key, it was stolen: the device is disconnected and tokens are
dead (A28). A refresh token brought again within 30 s gets the same answer (D7); later, its device
is disconnected.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from chalicelib.access import applications, budgets, tokens
from chalicelib.access.applications import ConsentRow
from chalicelib.core import clock, log, rows
from chalicelib.core.errors import Unavailable
from chalicelib.core.rows import ConditionLost, TransactionConflict
from chalicelib.http.principal import ActorKind
from chalicelib.identity import acts
from chalicelib.identity import rules as identity
from chalicelib.identity import store as identity_store
from chalicelib.identity import tokens as access_tokens
from chalicelib.identity.clients import OAuthRefused, check_present
from chalicelib.identity.rules import Refresh, SessionFacts
from chalicelib.identity.store import UsedRow
from chalicelib.oauth import clients, rules, scopes, sealed
from chalicelib.oauth.bound import Bound, brought, live, read, refused, turned
from chalicelib.oauth.model import Code, Renewal
from chalicelib.oauth.scopes import UnknownScope

_ATTEMPTS: Final = 4
_REMEMBERED: Final = timedelta(hours=1)  # a code that was used, long after it has ended
_GOOD: Final = (Refresh.ROTATE, Refresh.REPEAT)


@dataclass(frozen=True, slots=True)
class Granted:
    """What an application gets: `patient` is the person's name for it, and for nobody else."""

    access_token: str
    scope: str
    patient: str
    refresh_token: str | None


def exchange_code(form: Mapping[str, str], now: datetime) -> Granted:
    """Exchange a code for tokens, and connect a device if that was asked for.

    Raises:
        OAuthRefused: `invalid_request`, `invalid_client`, or `invalid_grant`.
        TooMany: of this consent, this hour.
        Unavailable, StoreUnavailable: the code may be spent; ask the person again.
    """
    check_present(form, "code", "redirect_uri", "code_verifier")
    application_id = clients.claimed_id(form)
    code = sealed.open_code(form["code"], application_id)
    bound = read(application_id, code.pid if code else None)
    clients.check(form, bound.application, now)
    if code is None or sealed.has_ended(code, now) or not _is_of(code, form):
        raise refused("code")
    consent = live(bound, now)
    if consent.generation != code.generation:
        raise refused("generation")
    _spend(bound, now)
    renewal = _first(bound, code)
    granted = _granted(bound, consent, renewal, now)
    _connect(bound, code, renewal, now)
    return granted


def renew(form: Mapping[str, str], now: datetime) -> Granted:
    """Exchange a refresh token for the next one, and an access token.

    The access token does all that the consent gives of what was first asked for, and its `scope`
    says so, even if less was asked for now. Lines that wait for the person to agree to new terms
    are not in it, and come back in the next one: until then the device stays connected.

    Raises:
        OAuthRefused: `invalid_request`, `invalid_client`, `invalid_grant`; `invalid_scope`: more
            than was first asked for, or another patient (A11).
        TooMany: of this consent, this hour.
        Unavailable, StoreUnavailable: the same refresh token may be tried again.
    """
    check_present(form, "refresh_token")
    application_id, renewal = brought(form, form["refresh_token"])
    bound = read(application_id, renewal.pid if renewal else None)
    clients.check(form, bound.application, now)
    if renewal is None:
        raise refused("renewal")
    consent = live(bound, now)
    _check_asked(form, renewal)
    if _judged(bound, consent, renewal, now) in _GOOD:
        _spend(bound, now)
    following = replace(renewal, secret=sealed.next_secret(renewal))
    for _ in range(_ATTEMPTS):
        consent = live(bound, now)
        granted = _granted(bound, consent, following, now)
        try:
            _turn(bound, consent, renewal, following, now)
        except (ConditionLost, TransactionConflict):
            bound = read(application_id, renewal.pid)
            continue
        return granted
    raise Unavailable


def revoke(form: Mapping[str, str], now: datetime) -> None:
    """Disconnect the device of a refresh token, as its application asks (RFC 7009).

    A text that is none of its refresh tokens is no error. An access token ends by itself.

    Raises:
        OAuthRefused: `invalid_request`, `invalid_client`.
        Unavailable, StoreUnavailable: it may still be connected.
    """
    check_present(form, "token")
    application_id, renewal = brought(form, form["token"])
    bound = read(application_id, renewal.pid if renewal else None)
    clients.check(form, bound.application, now)
    if renewal is None:
        return
    family, pid = renewal.family, renewal.pid

    def disconnects(bound: Bound) -> list[rows.Action] | None:
        left = [one for one in bound.families if one["id"] != family]
        return [bound.keep(left)] if len(left) < len(bound.families) else None

    known = iter([bound])  # read again only if a rival wrote meanwhile
    acts.until_written(lambda: next(known, None) or read(application_id, pid), disconnects)


def _is_of(code: Code, form: Mapping[str, str]) -> bool:
    """Tell whether who brings a code is who asked for it."""
    is_proven = rules.is_proven(code.challenge, form["code_verifier"])
    return is_proven and code.redirect_uri == form["redirect_uri"]


def _check_asked(form: Mapping[str, str], renewal: Renewal) -> None:
    own = tokens.patient_name(renewal.pid, renewal.application)
    if form.get("patient", own) != own:
        raise OAuthRefused("invalid_scope", "patient is the one of this refresh token only")
    if "scope" not in form:
        return
    try:
        asked = scopes.read(form["scope"])
    except UnknownScope as error:
        raise OAuthRefused("invalid_scope", "a scope is unknown") from error
    if not scopes.read(renewal.scope).covers(asked):
        raise OAuthRefused("invalid_scope", "a scope is more than was first asked for")


def _spend(bound: Bound, now: datetime) -> None:
    """Count, once who asks and what is brought are good: nobody else can spend it."""
    budgets.spend(budgets.TOKENS_OF_ONE_CONSENT, ActorKind.APPLICATION, bound.ref, now)


def _granted(bound: Bound, consent: ConsentRow, renewal: Renewal, now: datetime) -> Granted:
    """Sign before anything is written: what fails here costs nothing."""
    asked, application_id = scopes.read(renewal.scope), bound.application_id
    patient = tokens.patient_name(bound.pid, application_id)
    return Granted(
        access_token=access_tokens.issue(
            ActorKind.APPLICATION,
            application_id,
            application_id,
            now,
            generation=int(consent.generation),
            patient=patient,
            permissions=asked.permissions,
        ),
        scope=asked.given(applications.acting(consent, bound.pid, bound.terms)),
        patient=patient,
        refresh_token=sealed.seal_renewal(renewal) if asked.is_offline else None,
    )


def _connect(bound: Bound, code: Code, renewal: Renewal, now: datetime) -> None:
    """Spend a code and connect its device, together or not at all.

    Raises:
        OAuthRefused: `invalid_grant`: it was spent before, or the consent is no more the same.
        Unavailable: rivals were faster every time.
    """
    pk, sk = identity_store.used_key("CODE", code.id)
    used = UsedRow(pk=pk, sk=sk, kind="used", ttl=clock.epoch(now + _REMEMBERED))
    for _ in range(_ATTEMPTS):
        consent = live(bound, now)
        steps = [rows.put(used), rows.unchanged(consent)]
        if scopes.read(code.scope).is_offline:
            steps.append(bound.keep(turned(bound.families, code.id, renewal.secret, now)))
        try:
            rows.write(steps)
        except ConditionLost as lost:
            if 0 in lost.positions:
                _end_stolen(bound, code)
                raise refused("code used") from lost
        except TransactionConflict:
            pass
        else:
            return
        bound = read(bound.application_id, bound.pid)
        if bound.consent is None or bound.consent.generation != code.generation:
            raise refused("generation")
    raise Unavailable


def _end_stolen(bound: Bound, code: Code) -> None:
    """Disconnect the device of a code that two callers brought, and kill the consent's tokens."""
    log.write("consent tokens ended", reason="code reused", client=bound.application_id)

    def ends(bound: Bound) -> list[rows.Action] | None:
        consent = bound.consent
        if consent is None or consent.generation != code.generation:
            return None
        consent.generation = int(consent.generation) + 1
        left = [one for one in bound.families if one["id"] != code.id]
        return [rows.put(consent), *([bound.keep(left)] if bound.renewals else [])]

    acts.until_written(lambda: read(bound.application_id, bound.pid), ends)


def _turn(
    bound: Bound, consent: ConsentRow, renewal: Renewal, following: Renewal, now: datetime
) -> None:
    """Let the next secret of a device follow the one that it brings.

    Raises:
        OAuthRefused: `invalid_grant`: it is disconnected, or is now.
        ConditionLost, TransactionConflict: a rival was faster.
    """
    verdict = _judged(bound, consent, renewal, now)
    if verdict is Refresh.REPEAT:
        return
    if verdict is Refresh.ROTATE:
        families = turned(bound.families, renewal.family, following.secret, now)
        rows.write([bound.keep(families), rows.unchanged(consent)])
        return
    log.write("consent tokens ended", reason="refresh reused", client=bound.application_id)
    consent.generation = int(consent.generation) + 1  # access tokens that a thief may hold
    left = [one for one in bound.families if one["id"] != renewal.family]
    rows.write([bound.keep(left), rows.put(consent)])
    raise refused("renewal reused")


def _judged(bound: Bound, consent: ConsentRow, renewal: Renewal, now: datetime) -> Refresh:
    """Judge a refresh token by its device.

    Raises:
        OAuthRefused: `invalid_grant`: it is disconnected.
    """
    family = next((one for one in bound.families if one["id"] == renewal.family), None)
    if family is None:
        raise refused("family")
    facts = SessionFacts(
        refresh_hash=family["proof"],
        previous_hash=family["former"] or None,
        rotated_at=clock.instant(family["rotated_at"]),
        expires_at=clock.instant(consent.valid_until),
    )
    return identity.judge_refresh(facts, sealed.proof(renewal.secret), now)


def _first(bound: Bound, code: Code) -> Renewal:
    """Return the first refresh token of the device that brings a code."""
    none = Renewal(bound.application_id, bound.pid, code.id, "", code.scope)
    return replace(none, secret=sealed.next_secret(none))
