"""Rows of measures: one each, sealed; their keys tell when, and neither what nor how much.

And one row of what a person wants to reach, whose key tells nothing.
"""

import heapq
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar, Final

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute

from chalicelib.access.gate import Unit
from chalicelib.access.store import AuthenticatedRow, KeyedRow
from chalicelib.core import clock, ids, log, rows
from chalicelib.core.rows import Item, Query, key, patient_key
from chalicelib.measures import rules
from chalicelib.measures.model import (
    Component,
    Details,
    Measure,
    MeasureKind,
    Range,
    Source,
    Target,
    Window,
)
from chalicelib.vault import blind
from chalicelib.vault.errors import Tampered

_PREFIX: Final = "MEAS"
_FIRST: Final = "0"
_LAST: Final = "~"
_TARGET: Final = "TARGET"
# ULIDs begin in 1970; what somebody weighed at twenty may be older.
_SHIFT: Final = timedelta(days=25_567)


class MeasureRow(KeyedRow):
    """One measure. Clear: a keyed hash of its kind, its instant, a blind mark of who added it."""

    TABLE: ClassVar[str] = "record"

    depositor = UnicodeAttribute()
    sealed = BinaryAttribute(legacy_encoding=False)


class TargetRow(AuthenticatedRow):
    """What a person wants to reach, or that she wants nothing any more: its seal says which."""

    TABLE: ClassVar[str] = "record"

    sealed = BinaryAttribute(legacy_encoding=False)


def measure_key(pid: str, measure_id: str) -> tuple[str, str]:
    """Return the key of a measure: its id is all of it."""
    return patient_key(pid), key(_PREFIX, *measure_id.rsplit(".", 1))


def kind_of(pid: str, measure_id: str) -> MeasureKind | None:
    """Return the kind that an id of this record tells of; None: it is of no measure of hers."""
    token = measure_id.rpartition(".")[0]
    return next((kind for kind in MeasureKind if _token(pid, kind) == token), None)


def new_row(unit: Unit, details: Details) -> MeasureRow:
    """Seal a new measure into its row."""
    made = ids.new_id_at(details.at + _SHIFT)
    pk, sk = patient_key(unit.pid), key(_PREFIX, _token(unit.pid, details.kind), made)
    payload = {
        "details": _payload(details),
        "source": asdict(_source(unit)),
        "created_at": clock.iso(unit.now),
    }
    return MeasureRow(
        pk=pk,
        sk=sk,
        kind="measure",
        depositor=unit.entry.depositor_token(),
        sealed=unit.seal(payload, pk, sk),
    )


def open_row(unit: Unit, row: MeasureRow) -> Measure:
    """Open a measure.

    Raises:
        Tampered: the row was altered or moved.
        Unavailable: the key service does not answer.
    """
    value = unit.open(row.sealed, row.pk, row.sk)
    source, is_own = Source(**value["source"]), row.depositor == unit.entry.depositor_token()
    return Measure(
        id=row.sk.removeprefix(f"{_PREFIX}#").replace("#", "."),
        details=_details(value["details"]),
        source=source,
        created_at=clock.instant(value["created_at"]),
        is_own=is_own,
        is_deletable=rules.may_delete(source, unit.entry.principal.kind, unit.right, is_own=is_own),
    )


def measures(
    unit: Unit, window: Window, limit: int, after: Item | None
) -> Iterator[tuple[Item, Measure]]:
    """Open the measures of a window in its order, page after page while the consumer asks.

    Each with its place, from which to go on; those that do not open are left out, and told to the
    operator.
    """
    streams = [_rows(query) for query in _queries(unit.pid, window, limit, after)]
    # The id ends with the instant, whatever the kind.
    merged = heapq.merge(*streams, key=_made, reverse=not window.oldest_first)
    for row in merged:
        try:
            yield rows.position(row, None), open_row(unit, row)
        except Tampered as error:
            log.exception("measure does not open", error, patient=unit.pid)


def target_wish(pid: str) -> tuple[type[TargetRow], str, str]:
    """Return what to name on entering the gate, to know what a person wants to reach."""
    return TargetRow, patient_key(pid), _TARGET


def target_of(unit: Unit) -> tuple[Target | None, int]:
    """Open what a person wants to reach, and its version; version 0 while she never said.

    Raises:
        Tampered, Unavailable: it does not open.
    """
    row = unit.row(*target_wish(unit.pid))
    if row is None:
        return None, 0
    said = unit.open(row.sealed, row.pk, row.sk)["target"]
    return _target(said) if said else None, row.version or 0


def target_row(unit: Unit, target: Target | None) -> TargetRow:
    """Seal what she wants to reach, None: nothing, into the row that follows the one read."""
    row_type, pk, sk = target_wish(unit.pid)
    row = unit.row(row_type, pk, sk) or row_type(pk=pk, sk=sk, kind="target")
    said = target and {
        "weight": str(target.weight),
        "by": target.by.isoformat() if target.by else None,
        "set_at": clock.iso(target.set_at),
    }
    row.sealed = unit.seal({"target": said}, pk, sk)
    return row


def _target(said: dict[str, Any]) -> Target:
    return Target(
        weight=Decimal(said["weight"]),
        by=date.fromisoformat(said["by"]) if said["by"] else None,
        set_at=clock.instant(said["set_at"]),
    )


def _queries(pid: str, window: Window, limit: int, after: Item | None) -> list[Query]:
    first, last = rules.bounds(window)
    low = ids.ulid_at(first + _SHIFT) if first else _FIRST
    high = f"{_ulid(last)}{_LAST}" if last else _LAST
    found = []
    for kind in window.kinds:
        token = _token(pid, kind)
        found.append(
            Query(
                MeasureRow,
                patient_key(pid),
                low=f"{_PREFIX}#{token}#{low}",
                high=f"{_PREFIX}#{token}#{high}",
                descending=not window.oldest_first,
                limit=limit,
                after=_place(after, token),
            )
        )
    return found


def _ulid(last: datetime) -> str:
    """Return how the ids of an instant begin: the rest of each is random."""
    return ids.ulid_at(last + _SHIFT)[:10]


def _place(after: Item | None, token: str) -> Item | None:
    """Return the place, among measures of a kind, that another kind's stands for."""
    if after is None:
        return None
    made = after["sk"]["S"].rpartition("#")[2]
    return {"pk": after["pk"], "sk": {"S": f"{_PREFIX}#{token}#{made}"}}


def _rows(query: Query) -> Iterator[MeasureRow]:
    while True:
        page = rows.query(query)
        for item in page.items:
            try:
                yield MeasureRow.from_raw_data(item)
            except Tampered as error:
                log.exception("measure row does not verify", error)
        if page.last_key is None:
            return
        query = rows.following(query, page.last_key)


def _made(row: MeasureRow) -> str:
    return str(row.sk.rpartition("#")[2])


def _token(pid: str, kind: MeasureKind) -> str:
    """Return what stands for a kind in keys and addresses: a keyed hash, of this record only."""
    return blind.blind("measure", f"{pid}|{kind}")


def _source(unit: Unit) -> Source:
    return Source(unit.entry.principal.kind.value, unit.actor_name)


def _payload(details: Details) -> dict[str, Any]:
    return {
        "kind": details.kind,
        "at": details.at.isoformat(),
        "values": {name: str(value) for name, value in details.values.items()},
        "comment": details.comment,
        "device": details.device,
        "unusual": [[one.component, str(one.low), str(one.high)] for one in details.unusual],
    }


def _details(value: dict[str, Any]) -> Details:
    return Details(
        kind=MeasureKind(value["kind"]),
        at=datetime.fromisoformat(value["at"]),
        values={Component(name): Decimal(text) for name, text in value["values"].items()},
        comment=value["comment"],
        device=value["device"],
        unusual=tuple(
            Range(Component(name), Decimal(low), Decimal(high))
            for name, low, high in value["unusual"]
        ),
    )
