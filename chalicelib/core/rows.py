"""Rows of DynamoDB: one pynamodb model per kind, three reads and one write, all explicit.

Reads and transactions go through one shared client, so that independent reads run side by side
(D14) and a transaction keeps the order its author gave (pynamodb's own `TransactWrite` sorts).
There is no scan here, on purpose, and no update that is not idempotent (but `count`): a row is
written whole, under the version that was read (P4).
"""

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, TypeVar, cast

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.attributes import UnicodeAttribute, VersionAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.models import Model

from chalicelib.core import aws
from chalicelib.core.errors import BadRequest
from chalicelib.core.settings import settings
from chalicelib.core.tables import Index

_KEY_PART: Final = re.compile(r"[0-9A-Za-z.:_-]{1,200}", re.ASCII)
_BATCH_ATTEMPTS: Final = 5
_BATCH_KEYS: Final = 100

Item = dict[str, Any]


class TableMeta:
    """pynamodb's settings of a table; only the name matters, since requests go through `aws`."""

    table_name = ""
    region = None
    host = None
    connect_timeout_seconds = aws.CONNECT_TIMEOUT_SECONDS
    read_timeout_seconds = aws.READ_TIMEOUT_SECONDS
    base_backoff_ms = 25
    max_retry_attempts = aws.ATTEMPTS - 1
    max_pool_connections = aws.POOL_SIZE
    retry_configuration = "LEGACY"
    extra_headers = None
    aws_access_key_id = None
    aws_secret_access_key = None
    aws_session_token = None


class Row(Model):
    """What every row has. Subclasses name their table in `TABLE` and add attributes."""

    TABLE: ClassVar[str]

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = UnicodeAttribute()

    def __init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401  pynamodb's signature
        """Point the model at the physical table of this deployment."""
        super().__init_subclass__(**kwargs)
        table = getattr(cls, "TABLE", None)
        if table:
            meta = type("Meta", (TableMeta,), {"table_name": table_name(table)})
            cls.Meta = cast("Any", meta)


class VersionedRow(Row):
    """A row changed under the version that was read; its ETag is that version."""

    version = VersionAttribute()


R = TypeVar("R", bound=Row)
V = TypeVar("V", bound=VersionedRow)
Wanted = tuple[type[R], str, str]


def at_version(row: V, version: int | None) -> V:
    """Make a row follow the version that was read (None: there was no row)."""
    if version is not None:
        row.version = version
    return row


def table_name(table: str) -> str:
    """Return the physical name of a table in this deployment."""
    return f"{settings().table_prefix}-{table}"


def key(*parts: str) -> str:
    """Join key parts with `#`.

    Raises:
        ValueError: a part has a character that could forge another key.
    """
    for part in parts:
        if not _KEY_PART.fullmatch(part):
            raise ValueError("not a key part")
    return "#".join(parts)


def patient_key(pid: str) -> str:
    """Return the partition of a patient, in the tables `record`, `identity` and `audit`."""
    return key("P", pid)


class StoreUnavailable(Exception):  # noqa: N818  said of the store, not of the program
    """The store did not answer, or answered that it could not; the write may have happened."""


class ConditionLost(Exception):  # noqa: N818  an outcome, not a fault
    """A condition of the transaction did not hold; `positions` says which of its actions."""

    def __init__(self, positions: Sequence[int]) -> None:
        """Take the positions of the actions that lost, in the order they were given."""
        super().__init__(f"condition lost at {list(positions)}")
        self.positions = tuple(positions)


class TransactionConflict(Exception):  # noqa: N818  an outcome, not a fault
    """Another transaction was busy with the same rows; nothing was written, try again."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of raw items, and the key to go on from (None: the end)."""

    items: list[Item]
    last_key: Item | None


def fetch(wanted: Sequence[tuple[type[Row], str, str]]) -> list[Row | None]:
    """Read rows of any tables by key, consistently, in the order asked.

    One BatchGetItem for each hundred keys, DynamoDB's limit.

    Raises:
        StoreUnavailable: after bounded retries of unprocessed keys.
    """
    return read_as(wanted, fetch_raw(wanted))


def fetch_items(wanted: Sequence[tuple[type[Row], str, str]]) -> list[Item]:
    """Read rows as `fetch` does, raw; those that do not exist are left out."""
    return [item for item in fetch_raw(wanted) if item]


def fetch_raw(wanted: Sequence[tuple[type[Row], str, str]]) -> list[Item | None]:
    """Read rows as `fetch` does, raw: nothing that a row's class checks was checked."""
    found: dict[tuple[str, str, str], Item] = {}
    for start in range(0, len(wanted), _BATCH_KEYS):
        found |= _batch(wanted[start : start + _BATCH_KEYS])
    return [found.get((table_name(model.TABLE), pk, sk)) for model, pk, sk in wanted]


def read_as(
    wanted: Sequence[tuple[type[Row], str, str]], items: Sequence[Item | None]
) -> list[Row | None]:
    """Make rows of what `fetch_raw` returned for the same keys."""
    pairs = zip(wanted, items, strict=True)
    return [model.from_raw_data(item) if item else None for (model, _, _), item in pairs]


def _batch(wanted: Sequence[tuple[type[Row], str, str]]) -> dict[tuple[str, str, str], Item]:
    tables = _batch_request(wanted)
    found = {}
    for _ in range(_BATCH_ATTEMPTS):
        answer = _call("batch_get_item", RequestItems=tables)
        for table, items in answer["Responses"].items():
            for item in items:
                found[table, item["pk"]["S"], item["sk"]["S"]] = item
        tables = answer.get("UnprocessedKeys") or {}
        if not tables:
            return found
    raise StoreUnavailable("unprocessed keys")


def _batch_request(wanted: Sequence[tuple[type[Row], str, str]]) -> dict[str, dict[str, Any]]:
    tables: dict[str, dict[str, Any]] = {}
    for model, pk, sk in wanted:
        request = tables.setdefault(table_name(model.TABLE), {"Keys": [], "ConsistentRead": True})
        item_key = {"pk": {"S": pk}, "sk": {"S": sk}}
        if item_key not in request["Keys"]:
            request["Keys"].append(item_key)
    return tables


def get(model: type[R], pk: str, sk: str) -> R | None:
    """Read one row consistently.

    Raises:
        StoreUnavailable: the store did not answer.
    """
    answer = _call(
        "get_item",
        TableName=table_name(model.TABLE),
        Key={"pk": {"S": pk}, "sk": {"S": sk}},
        ConsistentRead=True,
    )
    return model.from_raw_data(answer["Item"]) if "Item" in answer else None


@dataclass(frozen=True, slots=True)
class Query:
    """A query of one partition, by prefix or by bounds of the sort key (both inclusive)."""

    model: type[Row]
    pk: str
    prefix: str = ""
    low: str = ""
    high: str = ""
    descending: bool = False
    limit: int = 100
    after: Item | None = None
    index: Index | None = None


def query(asked: Query) -> Page:
    """Run a query: consistent but on a global index, which gives pointers only.

    Raises:
        BadRequest: it goes on from a place that is not one of its table or index: its cursor was
            made before this release.
        StoreUnavailable: the store did not answer.
    """
    index = asked.index
    hash_name, range_name = (index.hash_key, index.range_key) if index else ("pk", "sk")
    names = {"#p": hash_name}
    values: dict[str, Any] = {":p": {"S": asked.pk}}
    condition = "#p = :p"
    if asked.prefix:
        names["#s"], values[":s"] = range_name, {"S": asked.prefix}
        condition += " AND begins_with(#s, :s)"
    elif asked.low or asked.high:
        names["#s"] = range_name
        values |= {":l": {"S": asked.low}, ":h": {"S": asked.high}}
        condition += " AND #s BETWEEN :l AND :h"
    arguments: dict[str, Any] = {
        "TableName": table_name(asked.model.TABLE),
        "KeyConditionExpression": condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
        "ScanIndexForward": not asked.descending,
        "Limit": asked.limit,
    }
    if index:
        arguments["IndexName"] = index.name
    if index is None or index.is_local:
        arguments["ConsistentRead"] = True
    if asked.after:
        if asked.after.keys() != {"pk", "sk", hash_name, range_name}:
            raise BadRequest("bad-cursor")
        arguments["ExclusiveStartKey"] = asked.after
    answer = _call("query", **arguments)
    return Page(answer["Items"], answer.get("LastEvaluatedKey"))


def position(row: Row, index: Index | None) -> Item:
    """Return the place of a row in its table or index: from which a query goes on."""
    names = ("pk", "sk", index.hash_key, index.range_key) if index else ("pk", "sk")
    return {name: {"S": getattr(row, name)} for name in names}


def following(asked: Query, last_key: Item) -> Query:
    """Return the query of the page after the one that ended at a key."""
    return dataclasses.replace(asked, after=last_key)


def all_items(asked: Query, page: Page) -> list[Item]:
    """Return a page's items and those of the pages after it (for partitions known to be small)."""
    items = list(page.items)
    while page.last_key:
        page = query(following(asked, page.last_key))
        items += page.items
    return items


Action = dict[str, Item]


def put(row: Row, condition: Condition | None = None) -> Action:
    """Write a row whole: absent before if it has no version, else still at the version read."""
    if not isinstance(row, VersionedRow) and condition is None:
        condition = type(row).pk.does_not_exist()
    return {"Put": row.get_save_kwargs_from_instance(condition=condition)}


def replace(row: Row) -> Action:
    """Write a row whole, whatever was there (only for rows whose last writer is always right)."""
    item = row.get_save_kwargs_from_instance()["Item"]
    return {"Put": {"TableName": table_name(row.TABLE), "Item": item}}


def delete(row: Row) -> Action:
    """Remove a row that is there, still at the version read if it has one."""
    condition = None if isinstance(row, VersionedRow) else type(row).pk.exists()
    return {"Delete": row.get_delete_kwargs_from_instance(condition=condition)}


def forget(row: Row) -> Action:
    """Remove a row by its key, there or not (only for rows that hold nothing else)."""
    return {
        "Delete": {
            "TableName": table_name(row.TABLE),
            "Key": {"pk": {"S": row.pk}, "sk": {"S": row.sk}},
        }
    }


def unchanged(row: VersionedRow) -> Action:
    """Require that a row is still as it was read, without writing it."""
    return {
        "ConditionCheck": type(row).get_operation_kwargs_from_class(
            row.pk, range_key=row.sk, condition=type(row).version == row.version
        )
    }


def absent(model: type[Row], pk: str, sk: str) -> Action:
    """Require that there is no such row."""
    return {
        "ConditionCheck": model.get_operation_kwargs_from_class(
            pk, range_key=sk, condition=model.pk.does_not_exist()
        )
    }


_ALONE: Final = {"Put": "put_item", "Update": "update_item"}


def write(actions: Sequence[Action]) -> None:
    """Apply all actions or none, in ONE request (one alone needs no transaction).

    Raises:
        ConditionLost: a condition did not hold; nothing was written.
        TransactionConflict: another transaction was busy with a row; nothing was written.
        StoreUnavailable: no clear answer; the write may have happened.
    """
    if len(actions) == 1 and actions[0].keys() <= _ALONE.keys():
        ((name, arguments),) = actions[0].items()
        _call(_ALONE[name], **arguments)
        return
    _call("transact_write_items", TransactItems=list(actions))


def count(model: type[Row], pk: str, sk: str, *, kind: str, **beside: str | int) -> int:
    """Add one to a row's `count` and return it, with what is `beside` as it is now.

    For budgets and figures to show only, since a retry counts twice.

    Raises:
        StoreUnavailable: the store did not answer.
    """
    return tally(model, pk, sk, {"count": 1}, kind=kind, **beside)["count"]


def tally(
    model: type[Row], pk: str, sk: str, added: Mapping[str, int], *, kind: str, **beside: str | int
) -> dict[str, int]:
    """Add to several figures of a row in one call, and return them; as `count`."""
    said: dict[str, str | int] = {"kind": kind, **beside}
    adds = ", ".join(f"#{name} :{name}" for name in added)
    sets = ", ".join(f"#{name} = :{name}" for name in said)
    answer = _call(
        "update_item",
        TableName=table_name(model.TABLE),
        Key={"pk": {"S": pk}, "sk": {"S": sk}},
        UpdateExpression=f"ADD {adds} SET {sets}",
        ExpressionAttributeNames={f"#{name}": name for name in (*added, *said)},
        ExpressionAttributeValues={
            f":{name}": _typed(value) for name, value in (*added.items(), *said.items())
        },
        ReturnValues="UPDATED_NEW",
    )
    return {name: int(answer["Attributes"][name]["N"]) for name in added}


def _typed(value: str | int) -> Item:
    return {"N": str(value)} if isinstance(value, int) else {"S": value}


def _call(operation: str, **arguments: Any) -> Item:  # noqa: ANN401  the SDK's arguments
    try:
        answer: Item = getattr(aws.client("dynamodb"), operation)(**arguments)
    except ClientError as error:
        raise _outcome(error) from error
    except BotoCoreError as error:
        raise StoreUnavailable(type(error).__name__) from error
    return answer


_CONFLICTS: Final = {"TransactionConflict", "TransactionConflictException"}


def _outcome(error: ClientError) -> Exception:
    """Say what a refusal of DynamoDB means to us (R08)."""
    code = error.response["Error"]["Code"]
    if code == "ConditionalCheckFailedException":
        return ConditionLost([0])
    if code in _CONFLICTS:
        return TransactionConflict(code)
    reasons: Iterable[Mapping[str, Any]] = error.response.get("CancellationReasons", ())
    codes = [reason.get("Code") for reason in reasons]
    if "ConditionalCheckFailed" in codes:
        return ConditionLost([n for n, c in enumerate(codes) if c == "ConditionalCheckFailed"])
    if _CONFLICTS.intersection(filter(None, codes)):
        return TransactionConflict(code)
    return StoreUnavailable(code)
