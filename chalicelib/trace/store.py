"""Traces of a record, read and opened; one that does not open is said to be unreadable."""

from typing import Final

from chalicelib.access.model import Right
from chalicelib.audit.model import Trace
from chalicelib.audit.store import TraceRow, open_row
from chalicelib.core import clock, ids, log
from chalicelib.core.rows import Item, Query, patient_key
from chalicelib.trace.model import UNREADABLE_ACTION, Entry, Kind, Outcome, Shown
from chalicelib.vault.errors import Tampered

PAGE: Final = 100
_UNREADABLE: Final = Shown(
    actor=Kind.SYSTEM,
    actor_id="",
    actor_name=None,
    profession=None,
    organisation=None,
    action=UNREADABLE_ACTION,
    outcome=Outcome.UNREADABLE,
    right=Right.NONE,
    right_since=None,
    reason=None,
    reference=None,
)


def newest_first(pid: str, after: Item | None = None, limit: int = PAGE) -> Query:
    """Return the query of a record's traces, the last first; consistent."""
    return Query(TraceRow, patient_key(pid), descending=True, limit=limit, after=after)


def position(pid: str, trace_id: str) -> Item:
    """Return the key after which a page goes on."""
    return {"pk": {"S": patient_key(pid)}, "sk": {"S": trace_id}}


def open_or_none(row: TraceRow, pid: str) -> Trace | None:
    """Open a trace, or tell the log that it was altered.

    Raises:
        KeyMissing, Unavailable: the trace key is gone, or the key service does not answer.
    """
    try:
        return open_row(row, pid)
    except Tampered as error:
        log.exception("trace does not open", error, patient=pid)
        return None


def read(pid: str, item: Item) -> Entry:
    """Open one trace of a query. Raises as `open_or_none`."""
    row = TraceRow.from_raw_data(item)
    trace = open_or_none(row, pid)
    if trace is None:
        return Entry(row.sk, ids.ulid_instant(row.sk), _UNREADABLE)
    shown = Shown(
        actor=Kind(trace.actor),
        actor_id=trace.actor_id,
        actor_name=trace.actor_name,
        profession=trace.profession,
        organisation=trace.organisation,
        action=trace.action,
        outcome=Outcome(trace.outcome),
        right=trace.right,
        right_since=trace.right_since,
        reason=trace.reason,
        reference=trace.reference,
    )
    return Entry(trace.id, clock.instant(trace.at), shown)
