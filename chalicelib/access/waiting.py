"""Where the traces kept from a person are found again, once what they are about was announced.

They are all in one history (`PW#…`), which she must not pay for. So each is also noted under the
thing it is about: its id, in a row of an hour; and the hour, in a row of the thing. Both are sets,
which the transaction of the trace adds to: no rival is lost, and a repeat adds nothing (ADR 0037).
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Final

from chalicelib.access.store import NotedRow
from chalicelib.audit.model import Audience
from chalicelib.audit.store import TraceRow, history_key
from chalicelib.core import ids, rows
from chalicelib.core.rows import Action, Item, key, patient_key

# Rows asked for at once, and traces.
_AT_ONCE: Final = 100

Hour = tuple[str, str]  # as `2026-11-23T09` (UTC), and the thing


def note(pid: str, about: str, trace_id: str) -> list[Action]:
    """Return the updates that note a trace; idempotent."""
    hour = _hour(trace_id)
    return [
        _add(_hours_key(pid, about), hour),
        _add(_traces_key(pid, (hour, about)), trace_id),
    ]


def traces(pid: str, things: Collection[str], before: str | None) -> Iterator[Item]:
    """Return the traces about things, raw, the last first, while the consumer asks.

    `before` is the id of a trace, which may be forged: it and those after it are left out. It costs
    a call for a hundred things, for a hundred of their hours and for a hundred traces, whatever
    else is kept.

    Raises:
        StoreUnavailable: the store did not answer.
    """
    pk = history_key(pid, Audience.WITHHELD)
    last = _hour(before) if before and ids.instant_or_none(before) else "~"
    noted = rows.fetch_items([(NotedRow, *_hours_key(pid, about)) for about in things])
    known = [(hour, item["sk"]["S"].split("#")[1]) for item in noted for hour in _names(item)]
    for hours in _whole_hours([one for one in known if one[0] <= last]):
        found = rows.fetch_items([(NotedRow, *_traces_key(pid, one)) for one in hours])
        names = {name for item in found for name in _names(item)}
        wanted = sorted((one for one in names if before is None or one < before), reverse=True)
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            yield from rows.fetch_items([(TraceRow, pk, name) for name in some])


def _whole_hours(known: Collection[Hour]) -> Iterator[list[Hour]]:
    """Gather what is to be read at once, the last hours first; none is cut in two."""
    by_hour: dict[str, list[Hour]] = defaultdict(list)
    for one in known:
        by_hour[one[0]].append(one)
    gathered: list[Hour] = []
    for hour in sorted(by_hour, reverse=True):
        if gathered and len(gathered) + len(by_hour[hour]) > _AT_ONCE:
            yield gathered
            gathered = []
        gathered += by_hour[hour]
    if gathered:
        yield gathered


def _names(item: Item) -> list[str]:
    return list(item["noted"]["SS"])


def _hour(trace_id: str) -> str:
    return ids.ulid_instant(trace_id).strftime("%Y-%m-%dT%H")


def _add(where: tuple[str, str], name: str) -> Action:
    return {
        "Update": {
            "TableName": rows.table_name(NotedRow.TABLE),
            "Key": {"pk": {"S": where[0]}, "sk": {"S": where[1]}},
            "UpdateExpression": "ADD #n :name SET #k = :kind",
            "ExpressionAttributeNames": {"#n": "noted", "#k": "kind"},
            "ExpressionAttributeValues": {":name": {"SS": [name]}, ":kind": {"S": "noted"}},
        }
    }


def _hours_key(pid: str, about: str) -> tuple[str, str]:
    return patient_key(pid), key("WAITED", about)


def _traces_key(pid: str, hour: Hour) -> tuple[str, str]:
    return patient_key(pid), key("WAITED", hour[1], hour[0])
