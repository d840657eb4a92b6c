"""What publishers and operators do with applications from their screens (ADR 0024).

Who works at an establishment sees and changes its own applications: others are as if they were
not. An operator sees all, reviews and decides. Each of these acts is in the history of who did it,
or of who may not and tried, before anything leaves; what it changes, in the application's own.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.access import budgets, gate
from chalicelib.access import store as access_store
from chalicelib.access.entry import Entry
from chalicelib.access.store import IdempotencyRow, SessionRow
from chalicelib.catalogue import usecases
from chalicelib.catalogue.model import Application, Author, Criteria, Desk, Draft, Event, State
from chalicelib.core import clock, ids, rows
from chalicelib.core.errors import Forbidden, Invalid, NotFound, Stale
from chalicelib.http.idempotency import Idempotency
from chalicelib.http.principal import ActorKind, Principal
from chalicelib.identity import staff


@dataclass(frozen=True, slots=True)
class File:
    """An application with the latest entries of its own history, newest first."""

    application: Application
    history: list[Event]


def own_applications(principal: Principal) -> list[Application]:
    """List the applications of the caller's establishment, by name.

    Raises:
        Forbidden: only publishers have some.
        Unauthenticated: the session was ended.
        Unavailable, StoreUnavailable: the host does not answer.
    """
    with gate.enter_own(principal, Desk.LIST, only=ActorKind.PUBLISHER) as own:
        return usecases.all_applications(_siret(own))


def own_application(principal: Principal, application_id: str) -> File:
    """Return an application of the caller's establishment. Raises as `own_applications`.

    Raises:
        NotFound: there is none, or it is of another establishment.
    """
    with gate.enter_own(principal, Desk.READ, only=ActorKind.PUBLISHER) as own:
        return _file(_own(own, application_id))


def register(principal: Principal, draft: Draft, idempotency: Idempotency) -> File:
    """Register a candidate of the caller's establishment. Raises as `own_applications`.

    Raises:
        Invalid: everything that is wrong; or this idempotency key served for another request.
        Conflict: it serves for another one at this very moment.
        TooMany: the establishment registered too many today.
    """
    with gate.enter_own(principal, Desk.REGISTER, only=ActorKind.PUBLISHER) as own:
        author = _author(own)
        known = rows.get(IdempotencyRow, *access_store.idempotency_key(idempotency))
        if known is not None:
            return _file(_replayed(own, known, idempotency))
        usecases.check(draft)  # before: what is wrong registers nothing, and counts for nothing
        now = clock.now()
        budgets.spend(budgets.REGISTRATIONS, principal.kind, str(author.siret), now)
        # The same for the same key: a request whose answer was lost finds what it made.
        made = ids.from_hash(bytes.fromhex(idempotency.key))
        remembered = access_store.idempotency_row(idempotency, made, now)
        also = [rows.put(remembered)]
        return _file(usecases.register(author, draft, application_id=made, also=also))


def change(
    principal: Principal, application_id: str, changes: Mapping[str, Any], version: int
) -> File:
    """Change members of what the caller's establishment says. Raises as `own_application`.

    Raises:
        Invalid, Conflict, Stale: as `usecases.change`.
    """
    with gate.enter_own(principal, Desk.CHANGE, only=ActorKind.PUBLISHER) as own:
        before = _own(own, application_id)
        draft = replace(before.draft, **changes)
        if before.version != version and draft != before.draft:
            raise Stale
        return _file(usecases.change(_author(own), application_id, draft, before.version))


def queue(principal: Principal, state: State | None) -> list[Application]:
    """List applications of a state, or all of them: those that wait longest for it first.

    Raises:
        Forbidden: only operators review.
        Unauthenticated, Unavailable, StoreUnavailable: as `own_applications`.
    """
    with gate.enter_own(principal, Desk.LIST, only=ActorKind.OPERATOR):
        found = [one for one in usecases.all_applications() if state in (None, one.state)]
    return sorted(found, key=lambda one: (one.state_since, one.id))


def file(principal: Principal, application_id: str) -> File:
    """Return an application as an operator reviews it. Raises as `queue`; NotFound."""
    with gate.enter_own(principal, Desk.READ, only=ActorKind.OPERATOR):
        return _file(usecases.find(application_id))


def review(
    principal: Principal, application_id: str, satisfied: Collection[Criteria], version: int
) -> File:
    """Note what an operator found satisfied in what she read.

    Raises as `queue` and `usecases.review`.
    """
    with gate.enter_own(principal, Desk.REVIEW, only=ActorKind.OPERATOR) as own:
        return _file(usecases.review(_author(own), application_id, satisfied, version))


def decide(
    principal: Principal, application_id: str, state: State, reason: str, version: int
) -> File:
    """Decide of an application as it was read, with a reason.

    Raises as `queue` and `usecases.set_state`.
    """
    with gate.enter_own(principal, Desk.DECIDE, only=ActorKind.OPERATOR) as own:
        decided = usecases.set_state(_author(own), application_id, state, reason, version)
        return _file(decided)


def _author(own: Entry) -> Author:
    session = own.session
    if not isinstance(session, SessionRow):
        raise Forbidden
    return Author(session.actor, session.uid, staff.name_of(session), session.organisation_id)


def _own(own: Entry, application_id: str) -> Application:
    found = usecases.find(application_id)
    if found.owner != _siret(own):
        raise NotFound
    return found


def _siret(own: Entry) -> str | None:
    """Return the establishment of a publisher; her name stays sealed, which costs an opening."""
    if not isinstance(own.session, SessionRow):
        raise Forbidden
    return own.session.organisation_id


def _replayed(own: Entry, known: IdempotencyRow, idempotency: Idempotency) -> Application:
    if known.request_hash != idempotency.request_hash:
        raise Invalid("idempotency-key-reused")
    return _own(own, known.reference)


def _file(application: Application) -> File:
    return File(application, usecases.history(application.id))
