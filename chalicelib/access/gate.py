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

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Final, NoReturn

from chalicelib.access import budgets, commit, policy
from chalicelib.access.entry import Wanted, load, resolve
from chalicelib.access.model import Action, Refusal
from chalicelib.access.store import RateRow
from chalicelib.access.unit import Replayed, Unit
from chalicelib.core import clock, parallel
from chalicelib.core.errors import Conflict, NotFound, Problem, TooMany, Unavailable
from chalicelib.core.rows import Query
from chalicelib.http.idempotency import Idempotency
from chalicelib.http.principal import Principal

_REASONS: Final = {409: Refusal.CONFLICT, 412: Refusal.CONFLICT}

__all__ = ["Replayed", "Unit", "enter", "resolve"]


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
) -> Iterator[Unit]:
    """Open a record for one action of one caller.

    `target` is the row acted upon, whose absence is refused like a missing right; `wanted` are
    other rows to read on the way, `queries` pages to read beside them. `about` is the id of the
    thing asked for, which the trace names even when it is refused. With `opens_record` false, the
    record's key is left wrapped, because nothing of it is opened or sealed inside.

    Raises:
        NotFound: the record, the target or the right is missing; traced.
        TooMany: a budget of this actor is spent; traced in the actor's own history.
        Unauthenticated: the session or the client was ended.
        Replayed: this idempotency key was already used for the same request.
        Invalid: it was used for another one.
        Conflict, Stale: the state does not allow it; nothing was written.
        Unavailable: the trace or the rows could not be written.
    """
    now = clock.now()
    refusals = budgets.refusals_wish(principal, now)
    with parallel.none_outlives() as counting:
        counting.extend(budgets.start(principal, action, pid, now))
        entry = load(
            principal,
            pid,
            target=target,
            wanted=[*wanted, refusals],
            queries=queries,
            idempotency=idempotency,
        )
    unit = Unit(entry, action, now, about)
    decision = policy.decide(action, entry.facts(unit.now))
    unit.right = decision.right
    _check_budgets(unit, counting, entry.row(*refusals))
    if not decision.is_allowed:
        _refuse(unit, decision.refusal or Refusal.NO_RIGHT)
    try:
        commit.check_replay(entry)
        if opens_record:
            commit.unwrap_keys(unit)
        yield unit
        commit.leave(unit)
    except NotFound:
        if not unit.is_refused:
            commit.refuse(unit, unit.refusal or Refusal.ABSENT)
        raise
    except Unavailable:
        raise
    except Problem as problem:
        if problem.slug == Conflict.slug:
            raise  # lost to a rival: the use case tries again, or says so; nothing was refused
        commit.refuse(unit, _REASONS.get(problem.status, Refusal.INVALID))
        raise


def _check_budgets(unit: Unit, counting: list[Future[None]], refusals: RateRow | None) -> None:
    """Stop who asks too often, whatever was decided: the answer tells nothing of the record.

    Raises:
        TooMany: traced.
    """
    try:
        for counted in counting:
            counted.result()
        budgets.check_refusals(refusals, unit.entry.principal, unit.right, unit.now)
    except TooMany:
        commit.refuse_over_budget(unit)
        raise


def _refuse(unit: Unit, reason: Refusal) -> NoReturn:
    if reason is Refusal.ABSENT:
        # What is there but hidden is opened before it is hidden; what is not costs the same (D15).
        commit.unwrap_keys(unit)
    commit.refuse(unit, reason)
    raise NotFound
