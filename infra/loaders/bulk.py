"""Many unconditional writes in few requests, for rows whose last writer is always right."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from chalicelib.core import aws, ids, parallel
from chalicelib.core.rows import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.core.rows import Action

AT_ONCE: Final = 25  # DynamoDB's limit
ATTEMPTS: Final = 8
_FIRST_PAUSE_SECONDS: Final = 0.05
_LONGEST_PAUSE_SECONDS: Final = 3.0


def write(actions: Sequence[Action]) -> None:
    """Apply every action, in no order, each at least once: none of them may have a condition.

    Raises:
        ValueError: one of them has a condition, or two are about one row; nothing was written.
        StoreUnavailable, ClientError, BotoCoreError: some may not be applied; repeat them all.
    """
    requests = {}
    for action in actions:
        place, request = _request(action)
        if place in requests:
            raise ValueError("two writes of one row")
        requests[place] = (place[0], request)
    every = list(requests.values())
    with parallel.none_outlives() as started:
        for start in range(0, len(every), AT_ONCE):
            started.append(parallel.start(_batch, every[start : start + AT_ONCE]))
    for one in started:
        one.result()


def pause(attempt: int) -> None:
    """Wait before another attempt: longer each time, and never as long as others do."""
    longest = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2**attempt)
    time.sleep(ids.jitter(longest))


def _batch(some: Sequence[tuple[str, dict[str, Any]]]) -> None:
    tables: dict[str, list[dict[str, Any]]] = {}
    for table, request in some:
        tables.setdefault(table, []).append(request)
    for attempt in range(ATTEMPTS):
        answer = aws.client("dynamodb").batch_write_item(RequestItems=tables)
        tables = answer.get("UnprocessedItems") or {}
        if not tables:
            return
        pause(attempt)
    raise StoreUnavailable("unprocessed writes")


def _request(action: Action) -> tuple[tuple[str, str, str], dict[str, Any]]:
    ((verb, given),) = action.items()
    if "ConditionExpression" in given or verb not in {"Put", "Delete"}:
        raise ValueError("only a transaction holds a condition")
    part = "Item" if verb == "Put" else "Key"
    key = given[part]
    place = (str(given["TableName"]), str(key["pk"]["S"]), str(key["sk"]["S"]))
    return place, {f"{verb}Request": {part: key}}
