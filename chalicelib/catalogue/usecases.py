"""What is done with applications: register, change, review, decide, and read the catalogue.

Each change is one transaction on the version that was read: the row of the gate, the public card,
and an entry of the application's own history. It may be repeated: what is already so is left
alone.
"""

from collections.abc import Callable, Collection
from dataclasses import fields, replace
from typing import Final

from chalicelib.audit.store import subject_of_trace
from chalicelib.catalogue import rules, store
from chalicelib.catalogue.model import (
    Application,
    Author,
    Checked,
    Criteria,
    Draft,
    Event,
    Happened,
    State,
    Theme,
)
from chalicelib.catalogue.store import Pair
from chalicelib.core import clock, ids, log, rows
from chalicelib.core.errors import Conflict, Forbidden, NotFound, Stale
from chalicelib.core.rows import Action, ConditionLost
from chalicelib.core.settings import settings
from chalicelib.identity import acts
from chalicelib.vault import keys

HISTORY: Final = 50

Change = Callable[[Application], tuple[Application, Event] | None]


def list_applications(theme: Theme | None, state: State | None) -> list[Application]:
    """Return what everybody sees of a theme and state, in the published order (R-CAT-06).

    Without a state: what is online or suspended.

    Raises:
        StoreUnavailable: the store did not answer.
    """
    return [rules.published(one) for one in rules.chosen(store.read_all(), theme, state)]


def read_application(application_id: str) -> Application:
    """Return what everybody sees of an application.

    Raises:
        NotFound: there is none.
        Tampered, StoreUnavailable: as `store.find`.
    """
    return rules.published(find(application_id))


def find(application_id: str) -> Application:
    """Return an application with all that its publisher says; raises as `read_application`."""
    found = store.find(application_id) if ids.is_id(application_id) else None
    if found is None:
        raise NotFound
    return found


def all_applications(owner: str | None = None) -> list[Application]:
    """Return the applications of all states, or those of one establishment, by name.

    Raises:
        StoreUnavailable: the store did not answer.
    """
    found = [one for one in store.read_all() if owner in (None, one.owner)]
    return sorted(found, key=lambda one: (rules.folded(one.draft.name), one.id))


def check(draft: Draft) -> None:
    """Check what is said of an application, where this product runs.

    Raises:
        Invalid: everything that is wrong.
    """
    rules.check(draft, allows_loopback=settings().is_development)


def register(
    author: Author,
    draft: Draft,
    *,
    application_id: str | None = None,
    also: Collection[Action] = (),
) -> Application:
    """Register a candidate, kept by its author's establishment, or by nobody if it is the operator.

    With the id of one that is there, kept by the same and saying the same, that one is returned.
    What is `also` to be written is, or nothing is.

    Raises:
        Invalid: everything that is wrong.
        Conflict: `application-exists`: that id is of an application that says something else.
        Unavailable, StoreUnavailable: it may not be registered; trying again is safe with an id.
    """
    check(draft)
    wanted = Application(
        id=application_id or ids.new_secret_id(),
        draft=draft,
        state=State.CANDIDATE,
        state_since=clock.now(),
        checked=(),
        owner=author.siret,
        version=1,
    )
    known = store.find(wanted.id) if application_id else None
    if known is not None:
        return _same(known, wanted)
    keys.create_branch_key(subject_of_trace(wanted.id))
    pair = store.new_pair(wanted)
    event = _event(author, Happened.REGISTER, after=State.CANDIDATE)
    try:
        rows.write([*store.actions(pair, store.trace_of(pair[0], event)), *also])
    except ConditionLost:
        return _same(find(wanted.id), wanted)
    log.write("application registered", client=wanted.id)
    return wanted


def change(
    author: Author, application_id: str, draft: Draft, version: int | None = None
) -> Application:
    """Say something else of an application; by its publisher, it is to be reviewed again.

    So it leaves the catalogue, if it was online, and acts no more until it is there again.

    Raises:
        Invalid: everything that is wrong.
        NotFound: there is none, or it is another publisher's.
        Conflict: `application-fixed`: it was delisted.
        Stale: it changed since that version was read.
        Unavailable, StoreUnavailable: it may not be done; trying again is safe.
    """
    check(draft)

    def alter(before: Application) -> tuple[Application, Event] | None:
        if before.draft == draft:
            return None
        _check_version(before, version)
        rules.check_change(before)
        return _said(before, author, draft)

    return _change(author, application_id, alter)


def review(
    author: Author,
    application_id: str,
    satisfied: Collection[Criteria],
    version: int | None = None,
) -> Application:
    """Note which families of criteria are found satisfied, and which no longer (R-CAT-02).

    Raises:
        Forbidden: only the operator reviews.
        NotFound, Stale, Unavailable, StoreUnavailable: as `change`.
    """
    _check_operator(author)
    today = clock.paris_date(clock.now())

    def alter(before: Application) -> tuple[Application, Event] | None:
        now = [Checked(one, today) for one in satisfied]
        checked = rules.checks_after(before.checked, now)
        if checked == before.checked:
            return None
        _check_version(before, version)
        about = tuple(one.criteria for one in checked) or ("none",)
        return replace(before, checked=checked), _event(author, Happened.REVIEW, about=about)

    return _change(author, application_id, alter)


def set_state(
    author: Author,
    application_id: str,
    state: State,
    reason: str,
    version: int | None = None,
) -> Application:
    """Decide of an application: from its next request on, it acts or it does not (R-CAT-03).

    Raises:
        Forbidden: only the operator decides.
        Invalid: no reason to read.
        Conflict: `application-move`, `application-unchecked`.
        NotFound, Stale, Unavailable, StoreUnavailable: as `change`.
    """
    _check_operator(author)
    rules.check_reason(reason)

    def alter(before: Application) -> tuple[Application, Event] | None:
        if before.state is state:
            return None
        _check_version(before, version)
        rules.check_move(before, state)
        event = _event(author, Happened.STATE, before=before.state, after=state, reason=reason)
        return replace(before, state=state, state_since=event.at), event

    return _change(author, application_id, alter)


def history(application_id: str, *, limit: int = HISTORY, after: str | None = None) -> list[Event]:
    """Return what was done with an application, newest first, after the entry of an id.

    Raises:
        Tampered, Unavailable, StoreUnavailable: as `store.read_events`.
    """
    return store.read_events(application_id, limit, after)


def _change(author: Author, application_id: str, alter: Change) -> Application:
    """Change an application as `alter` says, traced; None: it is already so."""
    outcome: list[Application] = []

    def read() -> Pair:
        pair = store.read_pair(application_id) if ids.is_id(application_id) else None
        if pair is None or (not author.is_operator and pair[1].owner != author.siret):
            raise NotFound
        return pair

    def actions(pair: Pair) -> list[Action] | None:
        before = store.application_of(pair[1])
        altered = alter(before)
        if altered is None:
            outcome[:] = [before]
            return None
        application, event = altered
        outcome[:] = [replace(application, version=before.version + 1)]
        return store.actions(store.changed(pair, application), store.trace_of(pair[0], event))

    if acts.until_written(read, actions) is not None:
        log.write("application changed", client=application_id)
    return outcome[0]


def _said(before: Application, author: Author, draft: Draft) -> tuple[Application, Event]:
    """Return an application of which something else is said, and what its history says of that."""
    state = rules.state_after(before, by_publisher=not author.is_operator)
    about = _changed(before.draft, draft)
    if state is before.state:
        event = _event(author, Happened.CHANGE, about=about)
    else:
        event = _event(author, Happened.CHANGE, before=before.state, after=state, about=about)
    after = replace(
        before,
        draft=draft,
        checked=before.checked if author.is_operator else (),
        state=state,
        state_since=before.state_since if state is before.state else event.at,
    )
    return after, event


def _same(known: Application, wanted: Application) -> Application:
    if (known.draft, known.owner) != (wanted.draft, wanted.owner):
        raise Conflict("application-exists")
    return known


def _check_operator(author: Author) -> None:
    if not author.is_operator:
        raise Forbidden


def _check_version(before: Application, version: int | None) -> None:
    """Refuse what was asked of another version; None: whatever it is now, as a command does."""
    if version not in (None, before.version):
        raise Stale


def _event(
    author: Author,
    what: Happened,
    *,
    before: State | None = None,
    after: State | None = None,
    about: tuple[str, ...] = (),
    reason: str | None = None,
) -> Event:
    return Event(ids.new_id(), clock.now(), author, what, before, after, about, reason)


def _changed(before: Draft, after: Draft) -> tuple[str, ...]:
    names = (one.name for one in fields(Draft))
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))
