"""Traces of a record, read and opened; one that does not open is said to be unreadable."""

from datetime import datetime
from typing import Final

from chalicelib.access.model import Right
from chalicelib.audit.model import Audience, Trace
from chalicelib.audit.store import TraceRow, as_row, history_key, open_row
from chalicelib.core import clock, ids, log
from chalicelib.core.rows import Item, Query, patient_key
from chalicelib.trace.model import DOCUMENTS, UNREADABLE_ACTION, Entry, Kind, Outcome, Shown
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


def newest_first(
    pid: str,
    after: Item | None = None,
    limit: int = PAGE,
    audience: Audience = Audience.GENERAL,
) -> Query:
    """Return the query of a record's traces for an audience, the last first; consistent.

    It may go on after a trace of another audience: what counts is when that one was written.
    """
    pk = history_key(pid, audience)
    if after and audience is not Audience.GENERAL:
        after = {**after, "pk": {"S": pk}}
    return Query(TraceRow, pk, descending=True, limit=limit, after=after)


def position(pid: str, trace_id: str) -> Item:
    """Return the key after which a page goes on."""
    return {"pk": {"S": patient_key(pid)}, "sk": {"S": trace_id}}


def open_or_none(item: Item | None, pid: str) -> Trace | None:
    """Open a trace; of one that is gone, forged or altered, None, and the operator is told.

    Raises:
        KeyMissing, Unavailable: the trace key is gone, or the key service does not answer.
    """
    if item is None:
        return None
    try:
        return open_row(as_row(item), pid)
    except Tampered as error:
        log.exception("trace does not open", error, patient=pid)
        return None


def read(pid: str, item: Item, newer: datetime) -> Entry:
    """Open one trace of a query, `newer` being the instant of the one before it in the list.

    Nothing tells when a row that does not verify was written: it is dated by its id if that may
    be, else by its place in the list. Raises as `open_or_none`.
    """
    trace, trace_id = open_or_none(item, pid), item["sk"]["S"]
    if trace is None:
        instant = ids.instant_or_none(trace_id)
        return Entry(trace_id, min(instant or newer, newer), _UNREADABLE)
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


def document_of(item: Item, pid: str) -> str | None:
    """Return the document that a trace is about, None of one that does not open.

    Raises as `open_or_none`.
    """
    trace = open_or_none(item, pid)
    is_about_one = trace is not None and trace.action.startswith(DOCUMENTS)
    return trace.reference if trace and is_about_one else None
