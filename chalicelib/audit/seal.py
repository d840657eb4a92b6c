"""Give each trace of a record its place in a sealed sequence that the person can check (D6).

For each trace, one row: its number, its commitment, the hash of the leaf before, and the signed
root of the tree so far. With it, in the same transaction, a permanent mark that the trace has a
number, so that a stream may repeat itself. Nothing is ever updated or deleted: the head of a
sequence is its last row. `tools/verify_trace.py` checks all this without a line of this code.
"""

import re
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from chalicelib.audit import heads, keys, tree
from chalicelib.audit.model import Audience
from chalicelib.audit.store import LeafRow, MarkRow, TraceRow, as_row, history_key
from chalicelib.core import clock, ids, log, rows
from chalicelib.core.rows import (
    ConditionLost,
    Item,
    Query,
    StoreUnavailable,
    TransactionConflict,
    key,
)
from chalicelib.vault.errors import Tampered

ATTEMPTS: Final = 5
JITTER_SECONDS: Final = 0.05
CATCH_UP_PAGE: Final = 100
_DIGITS: Final = 12
_NUMBERED: Final = re.compile(rf"SEQ#\d{{{_DIGITS}}}", re.ASCII)


def sequence_key(pid: str, audience: Audience = Audience.GENERAL) -> str:
    """Return the partition of a record's sequence."""
    return key("Q", pid, audience)


def mark_key(pid: str, trace_id: str, audience: Audience = Audience.GENERAL) -> tuple[str, str]:
    """Return the key of a trace's mark."""
    return sequence_key(pid, audience), key("MARK", trace_id)


def append(
    pid: str,
    trace_id: str,
    commitment: bytes,
    sealed: bytes,
    audience: Audience = Audience.GENERAL,
) -> bool:
    """Give a trace its place, then archive it; False if it had one already, archived again.

    Raises:
        StoreUnavailable: no clear answer, or too many rivals; repeat.
        Unavailable: the place may not be in the archive; repeat.
        KeyMissing, Unavailable: there is no key to sign with, or it cannot be unwrapped.
    """
    for _ in range(ATTEMPTS):
        leaf = _next(pid, audience, head(pid, audience), trace_id, commitment)
        pk, sk = mark_key(pid, trace_id, audience)
        mark = MarkRow(pk=pk, sk=sk, kind="mark", seq=leaf.seq)
        try:
            rows.write([rows.put(leaf), rows.put(mark)])
        except ConditionLost as lost:
            if 1 in lost.positions:
                _archive_again(pid, audience, trace_id, sealed)
                return False
        except TransactionConflict:
            time.sleep(ids.jitter(JITTER_SECONDS))
        else:
            heads.put(pid, audience, leaf, sealed)
            return True
    raise StoreUnavailable("busy")


def catch_up(pid: str) -> int:
    """Seal what the stream lost of a record, and return how many; an operator command.

    All places are archived again: one that is there already gets one more version of the same.

    Raises:
        As `append`.
    """
    return sum(_catch_up(pid, audience) for audience in Audience)


def _catch_up(pid: str, audience: Audience) -> int:
    query: Query | None = Query(TraceRow, history_key(pid, audience), limit=CATCH_UP_PAGE)
    found = 0
    while query:
        page = rows.query(query)
        last = head(pid, audience)
        traces = [row for row in map(_trace_row, page.items) if row]
        names = [trace.sk for trace in traces]
        waiting = set(unsealed(pid, last.seq + 1 if last else 0, names, audience))
        for trace in traces:
            if trace.sk in waiting:
                commitment, sealed = bytes(trace.commitment), bytes(trace.sealed)
                found += append(pid, trace.sk, commitment, sealed, audience)
            else:
                _archive_again(pid, audience, trace.sk, bytes(trace.sealed))
        query = rows.following(query, page.last_key) if page.last_key else None
    return found


def _trace_row(item: Item) -> TraceRow | None:
    try:
        return as_row(item)
    except Tampered as error:
        log.exception("trace is not one", error)
        return None


def head(pid: str, audience: Audience = Audience.GENERAL) -> LeafRow | None:
    """Return the last place of a record's sequence."""
    return next(_leaves(_places(pid, audience, 0, 1, descending=True)), None)


def leaves(
    pid: str, first: int, limit: int, audience: Audience = Audience.GENERAL
) -> list[LeafRow]:
    """Return places of a record's sequence, in order, from a number on."""
    return list(islice(_leaves(_places(pid, audience, first, limit)), limit))


def _places(
    pid: str, audience: Audience, first: int, limit: int, *, descending: bool = False
) -> Query:
    """Return the query of the places of a record's sequence; consistent."""
    low, high = _place(first), _place(10**_DIGITS - 1)
    pk = sequence_key(pid, audience)
    return Query(LeafRow, pk, low=low, high=high, descending=descending, limit=limit)


def _leaves(query: Query) -> Iterator[LeafRow]:
    """Read places; one that has no number was not given by us: it is passed by, with an alarm."""
    following: Query | None = query
    while following:
        page = rows.query(following)
        for item in page.items:
            if _NUMBERED.fullmatch(item["sk"]["S"]):
                yield LeafRow.from_raw_data(item)
            else:
                log.exception("a place without a number", Tampered("a place"))
        following = rows.following(following, page.last_key) if page.last_key else None


def unsealed(
    pid: str, size: int, traces: Sequence[str], audience: Audience = Audience.GENERAL
) -> list[str]:
    """Return those of at most 100 traces, by id, that have no place in a sequence of that size.

    A mark that names a place the sequence does not have tells that its end was cut off.
    """
    wanted = [(MarkRow, *mark_key(pid, trace, audience)) for trace in traces]
    marks = rows.fetch(wanted) if wanted else []
    return [
        trace
        for trace, mark in zip(traces, marks, strict=True)
        if not isinstance(mark, MarkRow) or mark.seq >= size
    ]


def lag_seconds(waiting: Sequence[str], now: datetime) -> float:
    """Return for how long the oldest of these traces, by id, has waited."""
    if not waiting:
        return 0.0
    oldest = min(ids.ulid_instant(trace_id) for trace_id in waiting)
    return max(0.0, (now - oldest).total_seconds())


def _archive_again(pid: str, audience: Audience, trace_id: str, sealed: bytes) -> None:
    """Archive a place that a crash may have left out; a place that was cut off stays so."""
    mark = rows.get(MarkRow, *mark_key(pid, trace_id, audience))
    leaf = rows.get(LeafRow, sequence_key(pid, audience), _place(int(mark.seq))) if mark else None
    if leaf and leaf.trace_id == trace_id:
        heads.put(pid, audience, leaf, sealed)


def _next(
    pid: str, audience: Audience, last: LeafRow | None, trace_id: str, commitment: bytes
) -> LeafRow:
    seq = last.seq + 1 if last else 0
    previous = bytes(last.leaf) if last else tree.NOTHING
    leaf = tree.leaf_hash(tree.leaf_input(seq, trace_id, commitment, previous))
    peaks = tree.push(_split(bytes(last.peaks)) if last else [], seq, leaf)
    root, sealed_at, signer = tree.root(peaks), clock.iso(clock.now()), keys.signer()
    return LeafRow(
        pk=sequence_key(pid, audience),
        sk=_place(seq),
        kind="leaf",
        trace_id=trace_id,
        commitment=commitment,
        previous=previous,
        leaf=leaf,
        peaks=b"".join(peaks),
        root=root,
        sealed_at=sealed_at,
        key_id=signer.key_id,
        signature=signer.sign(heads.statement(pid, audience, seq + 1, root, sealed_at)),
    )


def _place(seq: int) -> str:
    return key("SEQ", f"{seq:0{_DIGITS}d}")


def _split(peaks: bytes) -> list[bytes]:
    return [peaks[n : n + tree.HASH_BYTES] for n in range(0, len(peaks), tree.HASH_BYTES)]
