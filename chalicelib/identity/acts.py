"""An act of the operator: one transaction on the version that was read, with its trace.

It may be repeated: what is already so is left alone, and a rival's change is read again.
"""

import time
from collections.abc import Callable
from typing import Final, TypeVar

from chalicelib.access.model import Right
from chalicelib.access.store import SUSPENDED, AccountRow, StandingRow
from chalicelib.audit.model import Trace
from chalicelib.audit.store import TraceRow
from chalicelib.core import clock, ids, log, rows
from chalicelib.core.rows import Action, ConditionLost, StoreUnavailable

OPERATOR: Final = "operator"
_ATTEMPTS: Final = 5
_JITTER_SECONDS: Final = 0.08
S = TypeVar("S", bound=StandingRow)
T = TypeVar("T")


def carry_out(
    read: Callable[[], S],
    change: Callable[[S], list[Action] | None],
    trace: Callable[[S], TraceRow],
) -> S | None:
    """Change a row and what `change` returns with it, traced; None if `change` says: already so.

    Raises:
        What `read` and `change` raise.
        Unavailable, StoreUnavailable: it may not be done; trying again is safe.
    """

    def actions(row: S) -> list[Action] | None:
        others = change(row)
        return None if others is None else [rows.put(row), *others, rows.put(trace(row))]

    return until_written(read, actions)


def to_status(status: str) -> Callable[[AccountRow], list[Action] | None]:
    """Return the change of an account that brings it to a status, for `carry_out`."""

    def change(account: AccountRow) -> list[Action] | None:
        if account.status == status:
            return None
        if status == SUSPENDED:
            account.suspend()
        account.status = status
        return []

    return change


def until_written(read: Callable[[], T], actions: Callable[[T], list[Action] | None]) -> T | None:
    """Write what follows from what was read, in one transaction; None: `actions` says already so.

    Raises as `carry_out`.
    """
    for _ in range(_ATTEMPTS):
        found = read()
        asked = actions(found)
        if asked is None:
            return None
        try:
            rows.write(asked)
        except (ConditionLost, rows.TransactionConflict):
            # A rival's, or our own whose answer was lost: what is there now decides.
            time.sleep(ids.jitter(_JITTER_SECONDS))
            continue
        return found
    raise StoreUnavailable("busy")


def new_trace(
    action: str,
    *,
    organisation: str | None = None,
    reference: str | None = None,
    name: str | None = None,
) -> Trace:
    """Say what the operator did; who he is, the host's own journal knows.

    `name` is of who represented a minor, when that is what he ended.
    """
    return Trace(
        id=ids.new_id(),
        at=clock.iso(clock.now()),
        actor=OPERATOR,
        actor_id=OPERATOR,
        actor_name=name,
        profession=None,
        organisation=organisation,
        action=action,
        outcome="allowed",
        right=Right.OPERATOR,
        right_since=None,
        reference=reference,
        reason=None,
        request_id=log.request_id.get(),
        salt=ids.new_secret_id(),
    )
