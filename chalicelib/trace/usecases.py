"""The person reads her history, and takes what she needs to check that nothing was removed."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Final

from chalicelib.access import gate, tokens
from chalicelib.access.model import Action, Right
from chalicelib.audit import heads, keys, seal
from chalicelib.audit.heads import Stranger
from chalicelib.audit.keys import Keys
from chalicelib.audit.model import Audience, to_dict
from chalicelib.audit.store import LeafRow, TraceRow, history_key
from chalicelib.core import clock, ids, parallel, rows
from chalicelib.core.errors import BadRequest
from chalicelib.core.rows import Item, Page, Query
from chalicelib.http.principal import Principal
from chalicelib.trace import rules, store
from chalicelib.trace.model import Entry, Group, Proof, SealedTrace, Shown

# A line may stand for many traces: this bounds the work of one page.
MOST_TRACES: Final = 1000
PROOF_PAGE: Final = 100


def lines(  # noqa: PLR0913  keyword-only
    pid: str,
    query: Query,
    page: Page,
    limit: int,
    *,
    keep: Callable[[Shown], bool],
    most: int = MOST_TRACES,
    beside: Sequence[Iterator[Item]] = (),
) -> tuple[list[Group], Item | None]:
    """Gather the traces to keep of a page, and of those after it while lines are missing.

    `beside` are histories for other audiences (`items`), read as one with it. Call it inside the
    gate.
    Returns the lines and the position from which the next page goes on.
    There are `limit` lines if the history has as many, unless `most` traces were read.

    Raises:
        KeyMissing, Unavailable, StoreUnavailable: the history cannot be read.
    """
    read: list[str] = []

    def entries() -> Iterator[Entry]:
        newer = clock.now()
        for item in islice(_merged([items(query, page), *beside]), most):
            entry = store.read(pid, item, newer)
            newer = entry.at
            read.append(entry.id)
            if keep(entry.shown):
                yield entry

    found, left = rules.group(entries(), limit)
    if left is not None:
        return found, store.position(pid, read[-2])  # the trace before the one left over
    return found, store.position(pid, read[-1]) if len(read) == most else None


def read_proof(
    principal: Principal, pid: str, cursor: str | None, audience: Audience = Audience.GENERAL
) -> Proof:
    """Return the sealed sequence of a history, page by page, with each trace opened.

    The first page's checkpoint covers all pages: those after only bring the places it counts. Who
    represents a minor gets of what is under her secrecy what she gets of a history without any.

    Raises:
        NotFound, BadRequest (cursor), Unavailable.
    """
    scope = (principal.id, pid, "trace-proof", audience)
    first = (tokens.open_cursor(cursor, *scope) or {"seq": 0}).get("seq")
    if not isinstance(first, int):
        raise BadRequest("bad-cursor")
    query = store.newest_first(pid, audience=audience)
    with gate.enter(principal, Action.TRACE_READ, pid, queries=[query]) as unit:
        if audience is Audience.MINOR and unit.right is not Right.SELF:
            return Proof(None, None, [], [], [], 0.0, None)
        # The archive before the table: what is archived was in the table already.
        public = keys.published()["keys"]
        archived, strangers = (None, []) if first else heads.newest(pid, audience, public)
        head = seal.head(pid, audience)
        size = head.seq + 1 if head else 0
        leaves = [leaf for leaf in seal.leaves(pid, first, PROOF_PAGE, audience) if leaf.seq < size]
        newest = [item["sk"]["S"] for item in unit.pages[0].items]
        known = [one for one in newest if ids.instant_or_none(one)]
        with parallel.none_outlives() as beside:
            beside.append(parallel.start(seal.unsealed, pid, size, known, audience))
            opened, met = _opened(pid, audience, leaves, public)
            waiting = beside[0].result()
        late = waiting + [one.trace_id for one in opened if not one.archived]
        lag = seal.lag_seconds(late, unit.now)
    following = leaves[-1].seq + 1 if leaves else size
    return Proof(
        checkpoint=heads.checkpoint_of(head) if head else None,
        archived=archived,
        leaves=opened,
        strangers=list(dict.fromkeys(strangers + met)),
        unsealed=waiting,
        lag_seconds=lag,
        next=tokens.new_cursor({"seq": following} if following < size else None, *scope),
    )


def _merged(histories: Sequence[Iterator[Item]]) -> Iterator[Item]:
    return heapq.merge(*histories, key=lambda item: str(item["sk"]["S"]), reverse=True)


def items(query: Query, page: Page) -> Iterator[Item]:
    """Return the raw traces of a page and of those after it, while the consumer asks."""
    while True:
        yield from page.items
        if page.last_key is None:
            return
        page = rows.query(rows.following(query, page.last_key))


def _opened(
    pid: str, audience: Audience, leaves: list[LeafRow], public: Keys
) -> tuple[list[SealedTrace], list[Stranger]]:
    """Open the trace of each place; a trace that is gone leaves its place empty, and says so."""
    if not leaves:
        return [], []
    with parallel.none_outlives() as beside:
        beside.append(parallel.start(heads.leaves, pid, audience, leaves, public))
        found = rows.fetch_raw(
            [(TraceRow, history_key(pid, audience), leaf.trace_id) for leaf in leaves]
        )
    archived, strangers = beside[0].result()
    opened = [
        SealedTrace(
            seq=leaf.seq,
            trace_id=leaf.trace_id,
            commitment=bytes(leaf.commitment),
            leaf=bytes(leaf.leaf),
            archived=sorted(archived.get(leaf.seq, ())),
            trace=_trace(item, pid),
        )
        for leaf, item in zip(leaves, found, strict=True)
    ]
    return opened, strangers


def _trace(item: Item | None, pid: str) -> dict[str, str | None] | None:
    trace = store.open_or_none(item, pid)
    return to_dict(trace) if trace else None
