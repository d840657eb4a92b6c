"""Persons as others may know them: found by number and traits, read through the gate.

A lookup that finds nobody, or the wrong person, makes the same requests as one whose traits are
wrong, and is traced like it; nothing in its answer tells which (A36, D15).
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from chalicelib.access import budgets, entry, gate, tokens
from chalicelib.access import store as access_store
from chalicelib.access.model import Action, Refusal, Right
from chalicelib.access.store import AccountRow, SessionRow
from chalicelib.core import clock, ids, parallel, rows
from chalicelib.core.errors import Forbidden, NotFound
from chalicelib.http.principal import ActorKind, Principal
from chalicelib.identity import children, directory, rules, spaces, staff, store
from chalicelib.identity.children import Child
from chalicelib.identity.model import Person, Professional
from chalicelib.identity.store import ProfessionalRow
from chalicelib.identity.values import INS, Traits


@dataclass(frozen=True, slots=True)
class Patient:
    """A person and the version of her identity.

    `authorised_until` is the end of the authorisation by which a professional reads her.
    """

    pid: str
    person: Person
    version: int
    authorised_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Deposit:
    """What a depositor learns: an opaque handle and the instant it ends."""

    handle: str
    ends: datetime


@dataclass(frozen=True, slots=True)
class Me:
    """Who is connected: a person with the records she acts for, or somebody at work.

    `name` is of a publisher, whose `organisation_id` is a SIRET, or of an operator.
    """

    expires_at: str
    profiles: tuple[Patient, ...] = ()
    children: tuple[Child, ...] = ()
    professional: Professional | None = None
    organisation: str | None = None
    organisation_id: str | None = None
    name: str | None = None


def read_patient(principal: Principal, subject: str) -> Patient:
    """Read a person's identity, by right of being her or of her authorisation.

    Raises:
        NotFound: no such record, or not for this caller; traced.
        Unauthenticated: the session was ended.
    """
    return _read(principal, subject, Action.PATIENT_READ)


def read_own_identity(principal: Principal, subject: str) -> Patient:
    """Read one's own identity, to show its national number; raises as `read_patient`."""
    return _read(principal, subject, Action.IDENTITY_READ)


def _read(principal: Principal, subject: str, action: Action) -> Patient:
    pid = gate.resolve(principal, subject)
    with gate.enter(principal, action, pid, wanted=[spaces.person_wish(pid)]) as unit:
        return patient_of(unit)


def patient_of(unit: gate.Unit) -> Patient:
    """Open the identity named on entering, with the authorisation by which it is read."""
    person, version = spaces.person_of(unit)
    grant = unit.entry.grant
    by_grant = grant is not None and unit.right is Right.AUTHORISATION
    until = (
        access_store.grant_of(grant, unit.entry.settings).valid_until
        if grant and by_grant
        else None
    )
    return Patient(unit.pid, person, version, until)


def lookup_patient(
    principal: Principal, ins: INS, claimed: Traits, *, is_secret: bool = False
) -> str:
    """Find a professional's patient, or a depositor's, by national number and traits.

    At a minor's request, those who represent her are not told of it (`is_secret`); she is.

    Raises:
        NotFound: nobody, other traits, a closed space or no right; traced.
        Forbidden: persons look nobody up; traced in her own history.
        TooMany: the hour's budget is spent.
        Unauthenticated: the session or the client was ended.
    """
    if principal.kind not in budgets.LOOKUPS.limits:
        _refuse_lookup(principal)
    found = spaces.find_by_ins(ins)
    fits = spaces.matches(found, claimed)
    pid = found.pid if found else ids.new_secret_id()
    born = claimed.birth_date
    is_minor = born is not None and clock.paris_date(clock.now()) < rules.majority_on(born)
    is_secret = is_secret and is_minor
    with gate.enter(
        principal, Action.PATIENT_LOOKUP, pid, opens_record=False, is_secret=is_secret
    ) as unit:
        unit.require(holds=fits, reason=Refusal.TRAITS)
    return pid


def lookup_for_deposit(
    principal: Principal, ins: INS, claimed: Traits, now: datetime, *, is_secret: bool = False
) -> Deposit | None:
    """Tell a depositor whether a space takes deposits, and no more; raises as `lookup_patient`."""
    try:
        pid = lookup_patient(principal, ins, claimed, is_secret=is_secret)
    except NotFound:
        return None
    return Deposit(*tokens.new_handle(pid, principal.id, now))


def _refuse_lookup(principal: Principal) -> NoReturn:
    """Trace and count it as any request about nobody; the answer says why, which tells nothing."""
    with (
        suppress(NotFound),
        gate.enter(principal, Action.PATIENT_LOOKUP, ids.new_secret_id(), opens_record=False),
    ):
        pass
    raise Forbidden


def search_professionals(
    principal: Principal, family_name: str, given_name: str | None, city: str | None, now: datetime
) -> list[Professional]:
    """Search the public directory by name.

    Raises:
        Forbidden: software of organisations does not search it here.
        TooMany: the hour's budget is spent.
        Unauthenticated: the session was ended.
    """
    _allow_search(principal, now)
    return directory.search(family_name, given_name, city)


def find_professional(principal: Principal, rpps: str, now: datetime) -> list[Professional]:
    """Find an active professional of the public directory by number; raises as the search."""
    _allow_search(principal, now)
    found = directory.professional(rpps)
    return [found] if found and found.is_active else []


def me(principal: Principal) -> Me:
    """Say who is connected.

    Raises:
        Unauthenticated: the session was ended.
        Forbidden: software is nobody.
        Tampered, Unavailable: the name of who is at work cannot be opened.
    """
    if principal.kind is ActorKind.PERSON:
        return _me_person(principal)
    if principal.kind is ActorKind.PROFESSIONAL:
        return _me_professional(principal)
    if principal.kind in (ActorKind.PUBLISHER, ActorKind.OPERATOR):
        session, _ = _with_session(principal)
        siret, name = session.organisation_id, staff.name_of(session)
        return Me(session.expires_at, organisation_id=siret, name=name)
    raise Forbidden


def _me_person(principal: Principal) -> Me:
    session, account = _with_session(principal)
    if not isinstance(account, AccountRow) or not account.pid:
        return Me(session.expires_at)
    pid = account.pid
    query = store.children_of(pid)
    wanted = [spaces.person_wish(pid)]
    try:
        with gate.enter(
            principal, Action.PATIENT_READ, pid, wanted=wanted, queries=[query]
        ) as unit:
            person, version = spaces.person_of(unit)
            listed = children.children(unit, rows.all_items(query, unit.pages[0]))
    except NotFound:
        return Me(session.expires_at)  # a closed space has no profile; the account lives on
    managed = tuple(one for one in listed if one.is_managed(unit.now))
    return Me(session.expires_at, profiles=(Patient(pid, person, version),), children=managed)


def _me_professional(principal: Principal) -> Me:
    where = store.professional_key(principal.id)
    session, row = _with_session(principal, (ProfessionalRow, *where))
    if not isinstance(row, ProfessionalRow):
        raise NotFound
    return Me(
        session.expires_at,
        professional=directory.of_row(row),
        organisation=session.organisation,
        organisation_id=session.organisation_id,
    )


def _allow_search(principal: Principal, now: datetime) -> None:
    if principal.kind not in budgets.SEARCHES.limits:
        raise Forbidden
    with parallel.none_outlives() as beside:
        counted = parallel.start(budgets.spend, budgets.SEARCHES, principal.kind, principal.id, now)
        beside.append(counted)
        _with_session(principal)
    counted.result()


def _with_session(
    principal: Principal, *wanted: entry.Wanted
) -> tuple[SessionRow, rows.Row | None]:
    """Read the caller's live session and account in one request; return the last row of it."""
    wish = (SessionRow, *access_store.session_key(principal.session))
    found = entry.fetch([wish, entry.account_wish(principal), *wanted])
    session = entry.live(principal, found)
    if not isinstance(session, SessionRow):
        raise Forbidden
    return session, found[-1]


def age(patient: Patient, now: datetime) -> int | None:
    """Return a person's age today in France, or None if her birth date is not known."""
    born = patient.person.traits.birth_date
    return rules.age_on(born, clock.paris_date(now)) if born else None
