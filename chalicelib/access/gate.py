"""The single door to a record: entering authorises, leaving seals, traces and emits (D4).

    pid = gate.resolve(principal, subject)
    with gate.enter(principal, Action.DOCUMENT_ADD, pid) as unit:
        unit.put(row)

Entering reads, in one consistent request, the rows that decide and those the use case names
(queries run beside it); the policy decides; a refusal is traced, then answered as `NotFound`.
Leaving writes rows, trace and outbox in one transaction. Nothing read leaves before its trace is
durable: if the trace cannot be written, the answer is 503 and shows nothing. What it refuses to
do: decide from a token's claims, from a cache, or outside `policy.decide`.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Final, NoReturn

from chalicelib.access import budgets, commit, policy
from chalicelib.access.entry import Entry, Session, Wanted, load, load_altered, load_own, resolve
from chalicelib.access.model import Action, Refusal, Right
from chalicelib.access.permissions import Permission
from chalicelib.access.unit import Replayed, Unit
from chalicelib.core import clock, log, parallel
from chalicelib.core.errors import Conflict, Forbidden, NotFound, Problem, TooMany, Unavailable
from chalicelib.core.rows import Query
from chalicelib.http.idempotency import Idempotency
from chalicelib.http.principal import ActorKind, Principal
from chalicelib.vault.errors import KeyMissing, Tampered

_REASONS: Final = {409: Refusal.CONFLICT, 412: Refusal.CONFLICT}

__all__ = ["Replayed", "Unit", "enter", "enter_own", "resolve"]


@contextmanager
def enter(  # noqa: PLR0913  keyword-only
    principal: Principal,
    action: Action,
    pid: str,
    *,
    target: Wanted | None = None,
    wanted: Sequence[Wanted] = (),
    queries: Sequence[Query] = (),
    about: str | None = None,
    idempotency: Idempotency | None = None,
    opens_record: bool = True,
    is_secret: bool = False,
    permission: Permission | None = None,
    instead: Wanted | None = None,
    session: Session | None = None,
    size: int = 0,
    refused_as: Action | None = None,
    keep: Callable[[Unit], None] | None = None,
) -> Iterator[Unit]:
    """Open a record for one action of one caller.

    `target` is the row acted upon, whose absence is refused like a missing right; `wanted` are
    other rows to read on the way, `queries` pages to read beside them. `about` is the id of the
    thing asked for, which the trace names even when it is refused. With `opens_record` false, the
    record's key is left wrapped, because nothing of it is opened or sealed inside. What `is_secret`
    is traced for the person alone, not for who represents her as a minor. `permission` is what it
    takes of an application, when the action does not say. `instead` is the target if there is no
    other and the caller deposited it. `session` is that of who asked for what a worker goes on
    with: it may have ended since, and nothing else of what decides is taken for granted. `size`
    is how many bytes are brought: budgets count them. `refused_as` is what her history says was
    asked, where the action itself would tell of what is withheld from the person. `keep` says
    whose history it goes to, of who may do it; and of who no longer may, to what is there.

    Raises:
        NotFound: the record, the target or the right is missing; traced.
        Forbidden: `consent-not-given`, to applications, whatever the record; traced.
        TooMany: a budget of this actor is spent; traced in the actor's own history.
        Unauthenticated: the session or the client was ended.
        Replayed: this idempotency key was already used for the same request.
        Invalid: it was used for another one.
        Conflict, Stale: the state does not allow it; nothing was written.
        Tampered: a row that decides, or what it holds, is not ours; traced if the space's own is.
        Unavailable: the trace or the rows could not be written.
    """
    now = clock.now()
    try:
        with parallel.none_outlives() as counting:
            counting.extend(budgets.start(principal, action, pid, now, size))
            entry = load(
                principal,
                pid,
                target=target,
                wanted=[*wanted, *budgets.wishes(principal, action, pid, now)],
                # What nobody of this kind may read is not even looked for.
                queries=queries if policy.is_open_to(action, principal.kind) else (),
                idempotency=idempotency,
                instead=instead,
                known=session,
            )
    except Tampered:
        _trace_altered(principal, refused_as or action, pid, target, about)
        raise
    entry.permission = permission
    unit = Unit(entry, action, now, about)
    unit.is_secret, unit.refused_as = is_secret, refused_as
    decision = policy.decide(action, entry.facts(unit.now))
    unit.right = decision.right
    _check_budgets(unit, counting, decision.held)
    if not decision.is_allowed:
        _keep_of_target(unit, keep)
        _refuse(unit, decision.refusal or Refusal.NO_RIGHT)
    with _told_in_own_history(unit):
        budgets.check_shared(entry, action, now)
    try:
        if keep:
            if entry.target_wish:
                commit.unwrap_keys(unit)
            keep(unit)
        commit.check_replay(entry)
        if opens_record:
            commit.unwrap_keys(unit)
        yield unit
        commit.leave(unit)
    except (Problem, Tampered) as end:
        _trace_end(unit, end)
        raise


@contextmanager
def enter_own(
    principal: Principal,
    action: str,
    queries: Sequence[Query] = (),
    *,
    only: ActorKind | None = None,
) -> Iterator[Entry]:
    """Open what is an actor's own and of no record: her patients, the list of her mailbox.

    Her session or client is read and must be live; `queries` are read beside it. That she looked is
    traced in her own history before anything leaves; that she may not, if it is of another kind
    of actor `only`, before she is told.

    Raises:
        Unauthenticated, Forbidden: as `enter`, of the session.
        Forbidden: she is of another kind; traced.
        Unavailable: it could not be read, or the trace not be written.
    """
    entry = load_own(principal, queries)
    unit = Unit(entry, action, clock.now())
    unit.concerns_record = False
    if only not in (None, principal.kind):
        commit.refuse(unit, Refusal.NO_RIGHT)
        raise Forbidden
    unit.right = Right.SELF
    yield entry
    commit.leave(unit)


def _trace_end(unit: Unit, end: Problem | Tampered) -> None:
    """Write why it went no further, if it was not written yet and something was refused.

    Nothing was refused to who lost to a rival: the use case tries again, or says so.
    """
    if isinstance(end, Tampered):
        commit.refuse(unit, Refusal.ALTERED)
    elif isinstance(end, NotFound):
        if not unit.is_refused:
            _check_refusals_here(unit)
            commit.refuse(unit, unit.refusal or Refusal.ABSENT)
    elif isinstance(end, Forbidden):
        pass  # the decision itself, traced when it was taken
    elif not isinstance(end, Unavailable) and end.slug != Conflict.slug:
        commit.refuse(unit, unit.refusal or _REASONS.get(end.status, Refusal.INVALID))


def _trace_altered(
    principal: Principal, action: Action, pid: str, target: Wanted | None, about: str | None
) -> None:
    """Write in the person's history that somebody met a row that decides and is not ours."""
    entry = load_altered(principal, pid, target)
    if entry:
        commit.refuse(Unit(entry, action, clock.now(), about), Refusal.ALTERED)


def trace_not_shown(unit: Unit, about: str, reason: Refusal) -> None:
    """Write that what was let through could not be shown: lost, not what was deposited, or gone.

    Raises:
        Unavailable: it could not be written.
    """
    refused = Unit(unit.entry, unit.action, clock.now(), about)
    refused.is_secret, refused.is_withheld = unit.is_secret, unit.is_withheld
    commit.refuse(refused, reason)


def _check_budgets(unit: Unit, counting: list[Future[None]], held: Right) -> None:
    """Stop who asks too often, whatever was decided: the answer tells nothing of the record.

    Raises:
        TooMany: traced.
    """
    with _told_in_own_history(unit):
        for counted in counting:
            counted.result()
        budgets.check_refusals(unit.entry, held, unit.now)


def _check_refusals_here(unit: Unit) -> None:
    """Stop an application before it fills one person's history with what it was refused.

    Raises:
        TooMany: traced.
    """
    with _told_in_own_history(unit):
        budgets.check_refusals_here(unit.entry, unit.now)


@contextmanager
def _told_in_own_history(unit: Unit) -> Iterator[None]:
    """Trace what is over budget where it fills nobody else's history."""
    try:
        yield
    except TooMany:
        commit.refuse_over_budget(unit)
        raise


def _keep_of_target(unit: Unit, keep: Callable[[Unit], None] | None) -> None:
    """Keep apart what is refused of something kept apart; of nothing else can one who may not."""
    wish = unit.entry.target_wish
    if keep is None or wish is None or unit.row(*wish) is None:
        return
    try:
        keep(unit)
    except (Tampered, KeyMissing) as error:  # of another record, or of one that was erased
        log.exception("what was refused does not open", error)


def _refuse(unit: Unit, reason: Refusal) -> NoReturn:
    if reason is Refusal.ABSENT:
        # What is there but hidden is opened before it is hidden; what is not costs the same (D15).
        commit.unwrap_keys(unit)
    _check_refusals_here(unit)
    commit.refuse(unit, reason)
    if unit.entry.principal.kind is ActorKind.APPLICATION and reason is not Refusal.ABSENT:
        raise Forbidden("consent-not-given")
    raise NotFound
