"""What the product asks of DynamoDB: conditions, transactions, consistent reads, pages, streams."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from chalicelib.core import tables
from infra.qualify.promise import BrokenError, Promise, expect, item, refused

if TYPE_CHECKING:
    from infra.qualify.promise import Host

_LOST: Final = "ConditionalCheckFailedException"
_CANCELLED: Final = "TransactionCanceledException"
_NEW: Final = "attribute_not_exists(pk)"
_ROWS: Final = 30
_PATIENCE_SECONDS: Final = 20


def _conditional_put(host: Host) -> None:
    new = {"TableName": host.table("record"), "Item": item("C", "1", n="first")}
    host.client("dynamodb").put_item(**new, ConditionExpression=_NEW)
    with refused(_LOST):
        host.client("dynamodb").put_item(**new, ConditionExpression=_NEW)


def _stale_update(host: Host) -> None:
    store, table = host.client("dynamodb"), host.table("record")
    store.put_item(TableName=table, Item=item("V", "1") | {"version": {"N": "2"}})

    def update(seen: str) -> None:
        store.update_item(
            TableName=table,
            Key=item("V", "1"),
            UpdateExpression="SET version = :next",
            ConditionExpression="version = :seen",
            ExpressionAttributeValues={":seen": {"N": seen}, ":next": {"N": "3"}},
        )

    update("2")
    with refused(_LOST):
        update("2")
    expect(_read(host, "V", "1")["version"], {"N": "3"}, "the version that stays")


def _put(host: Host, table: str, pk: str, sk: str, *, is_new: bool = True) -> dict[str, Any]:
    put: dict[str, Any] = {"TableName": host.table(table), "Item": item(pk, sk)}
    return {"Put": put | ({"ConditionExpression": _NEW} if is_new else {})}


def _all_or_none(host: Host) -> None:
    store = host.client("dynamodb")
    store.put_item(TableName=host.table("identity"), Item=item("T", "there"))
    actions = [
        _put(host, "record", "T", "1"),
        _put(host, "audit", "T", "2"),
        _put(host, "identity", "T", "there"),
        _put(host, "work", "T", "3"),
    ]
    with refused(_CANCELLED) as errors:
        store.transact_write_items(TransactItems=actions)
    reasons = [one.get("Code") for one in errors[0].response["CancellationReasons"]]
    expect(reasons, ["None", "None", "ConditionalCheckFailed", "None"], "reasons, in their order")
    for table, sk in (("record", "1"), ("audit", "2"), ("work", "3")):
        expect(_read(host, "T", sk, table), {}, f"what was written to {table}")


def _condition_checks(host: Host) -> None:
    store = host.client("dynamodb")
    store.put_item(TableName=host.table("identity"), Item=item("CC", "there"))
    check = {"TableName": host.table("identity"), "Key": item("CC", "there")}
    actions = [
        {"ConditionCheck": check | {"ConditionExpression": "attribute_exists(pk)"}},
        _put(host, "record", "CC", "1"),
    ]
    store.transact_write_items(TransactItems=actions)
    actions[0]["ConditionCheck"]["ConditionExpression"] = _NEW
    actions[1] = _put(host, "record", "CC", "2")
    with refused(_CANCELLED):
        store.transact_write_items(TransactItems=actions)
    expect(_read(host, "CC", "2"), {}, "what was written")


def _hundred_actions(host: Host) -> None:
    actions = [_put(host, "record", "H", f"{number:03}") for number in range(100)]
    host.client("dynamodb").transact_write_items(TransactItems=actions)
    expect(len(_query(host, "H")["Items"]), 100, "rows")


def _consistent(host: Host) -> None:
    store = host.client("dynamodb")
    for number in range(_ROWS):
        sk = f"{number:03}"
        store.put_item(TableName=host.table("record"), Item=item("R", sk))
        expect(_read(host, "R", sk), item("R", sk), "a row just written")
        expect(len(_query(host, "R")["Items"]), number + 1, "rows just written")


def _several_tables(host: Host) -> None:
    store = host.client("dynamodb")
    names = ("record", "identity", "audit")
    for name in names:
        for number in range(33):
            store.put_item(TableName=host.table(name), Item=item("B", f"{number:03}"))
    keys = [item("B", f"{number:03}") for number in range(33)]
    asked = {host.table(name): {"Keys": keys, "ConsistentRead": True} for name in names}
    answer = store.batch_get_item(RequestItems=asked)
    expect({len(found) for found in answer["Responses"].values()}, {33}, "rows of each table")


def _batch_writes(host: Host) -> None:
    puts = [{"PutRequest": {"Item": item("W", f"{number:03}")}} for number in range(25)]
    store = host.client("dynamodb")
    store.batch_write_item(RequestItems={host.table("record"): puts})
    expect(len(_query(host, "W")["Items"]), 25, "rows")


def _pages(host: Host) -> None:
    store, table = host.client("dynamodb"), host.table("record")
    names = ["A#1", "A#2", "A~", "B#1", "B#a", "a#1", "é"]
    for name in names:
        store.put_item(TableName=table, Item=item("P", name))
    found: list[str] = []
    page: dict[str, Any] = {}
    while not found or "LastEvaluatedKey" in page:
        after = {"ExclusiveStartKey": page["LastEvaluatedKey"]} if found else {}
        page = _query(host, "P", Limit=2, **after)
        found += [one["sk"]["S"] for one in page["Items"]]
    expect(found, sorted(names, key=str.encode), "order of bytes, page by page")
    newest = _query(host, "P", Limit=1, ScanIndexForward=False)["Items"]
    expect([one["sk"]["S"] for one in newest], ["é"], "the last one first")
    begins = _query(host, "P", " AND begins_with(sk, :s)", {":s": {"S": "A#"}})
    expect(len(begins["Items"]), 2, "those that begin with A#")
    between = _query(
        host, "P", " AND sk BETWEEN :l AND :h", {":l": {"S": "A~"}, ":h": {"S": "B#1"}}
    )
    expect([one["sk"]["S"] for one in between["Items"]], ["A~", "B#1"], "those between, included")


def _large_items(host: Host) -> None:
    store, table = host.client("dynamodb"), host.table("record")
    blob = {"b": {"B": b"\x00\xff" * 195_000}}
    for number in range(5):
        store.put_item(TableName=table, Item=item("L", str(number)) | blob)
    expect(bytes(_read(host, "L", "0")["b"]["B"]), blob["b"]["B"], "390 kB of bytes")
    page = _query(host, "L")
    if "LastEvaluatedKey" not in page:
        raise BrokenError("two megabytes in one page")
    with refused("ValidationException"):
        store.put_item(TableName=table, Item=item("L", "9") | {"b": {"B": b"\x00" * 410_000}})


def _indexes(host: Host) -> None:
    store, table = host.client("dynamodb"), host.table("work")
    row = item("EV#1", "EV", pend_pk="PEND#0", pend_sk="2026", type="x")
    store.put_item(TableName=table, Item=row)
    store.put_item(TableName=table, Item=item("EV#2", "EV", type="x"))
    index = tables.PENDING
    asked = {
        "TableName": table,
        "IndexName": index.name,
        "KeyConditionExpression": f"{index.hash_key} = :p",
        "ExpressionAttributeValues": {":p": {"S": "PEND#0"}},
    }
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not (found := store.query(**asked)["Items"]) and time.monotonic() < deadline:
        time.sleep(0.2)
    wanted = {name: row[name] for name in ("pk", "sk", "pend_pk", "pend_sk")}
    expect(found, [wanted], "keys of the one row that is in the index")


def _expiry(host: Host) -> None:
    told = host.client("dynamodb").describe_time_to_live(TableName=host.table("work"))
    found = told["TimeToLiveDescription"]
    expect(found.get("AttributeName"), "ttl", "the attribute")
    if found["TimeToLiveStatus"] not in {"ENABLED", "ENABLING"}:
        raise BrokenError(found["TimeToLiveStatus"])


def _counted(host: Host) -> None:
    store = host.client("dynamodb")
    asked = {
        "TableName": host.table("work"),
        "Key": item("N", "1"),
        "UpdateExpression": "ADD #c :one",
        "ExpressionAttributeNames": {"#c": "count"},
        "ExpressionAttributeValues": {":one": {"N": "1"}},
        "ReturnValues": "UPDATED_NEW",
    }
    found = [store.update_item(**asked)["Attributes"]["count"]["N"] for _ in range(3)]
    expect(found, ["1", "2", "3"], "counts")


def _stream(host: Host) -> None:
    store, streams = host.client("dynamodb"), host.client("dynamodbstreams")
    table = host.table("audit")
    names = [f"S#{number:03}" for number in range(5)]
    for name in names:
        store.put_item(TableName=table, Item=item("S", name))
    arn = store.describe_table(TableName=table)["Table"]["LatestStreamArn"]
    records = _records(streams, arn, {"ShardIteratorType": "TRIM_HORIZON"}, names[-1])
    new = [one for one in records if one["dynamodb"]["Keys"]["pk"]["S"] == "S"]
    told = [(one["eventName"], one["dynamodb"]["NewImage"]["sk"]["S"]) for one in new]
    expect(told, [("INSERT", name) for name in names], "new images, in order")
    after = {
        "ShardIteratorType": "AFTER_SEQUENCE_NUMBER",
        "SequenceNumber": new[2]["dynamodb"]["SequenceNumber"],
    }
    rest = _records(streams, arn, after, names[-1])
    expect([one["dynamodb"]["Keys"]["sk"]["S"] for one in rest], names[3:], "those after a place")


def _records(streams: Any, arn: str, where: dict[str, str], last: str) -> list[dict[str, Any]]:  # noqa: ANN401  clients are made at run time
    """Read the stream's one open shard until a row is told of."""
    (shard, *_) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    asked = {"StreamArn": arn, "ShardId": shard["ShardId"], **where}
    iterator = streams.get_shard_iterator(**asked)["ShardIterator"]
    found: list[dict[str, Any]] = []
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while iterator and time.monotonic() < deadline:
        answer = streams.get_records(ShardIterator=iterator, Limit=100)
        found += answer["Records"]
        if found and found[-1]["dynamodb"]["Keys"]["sk"]["S"] == last:
            return found
        iterator = answer.get("NextShardIterator")
        time.sleep(0.1)
    raise BrokenError(f"{len(found)} records, without the last one")


def _read(host: Host, pk: str, sk: str, table: str = "record") -> dict[str, Any]:
    answer = host.client("dynamodb").get_item(
        TableName=host.table(table), Key=item(pk, sk), ConsistentRead=True
    )
    return dict(answer.get("Item", {}))


def _query(
    host: Host,
    pk: str,
    condition: str = "",
    values: dict[str, Any] | None = None,
    **options: Any,  # noqa: ANN401  the SDK's arguments
) -> dict[str, Any]:
    answer: dict[str, Any] = host.client("dynamodb").query(
        TableName=host.table("record"),
        KeyConditionExpression=f"pk = :p{condition}",
        ExpressionAttributeValues={":p": {"S": pk}, **(values or {})},
        ConsistentRead=True,
        **options,
    )
    return answer


PROMISES: Final = tuple(
    Promise("DynamoDB", says, check)
    for says, check in (
        ("a row that is there is not put again under `attribute_not_exists`", _conditional_put),
        ("a write under a version that was overtaken is refused", _stale_update),
        ("a transaction over four tables is all or none, its reasons in order", _all_or_none),
        ("a transaction checks rows that it does not write", _condition_checks),
        ("a transaction of a hundred actions is taken", _hundred_actions),
        ("consistent reads and queries see what was just written", _consistent),
        ("one request reads ninety-nine rows of three tables, consistently", _several_tables),
        ("one request writes twenty-five rows", _batch_writes),
        ("pages follow the order of bytes, both ways, by prefix and between bounds", _pages),
        ("rows hold 390 kB of bytes and no more than 400; two megabytes are pages", _large_items),
        ("a global index has the keys of the rows that have its attributes", _indexes),
        ("rows expire by the attribute `ttl`", _expiry),
        ("a count is added to and returned", _counted),
        ("a stream tells new images in order, and goes on from a place", _stream),
    )
)
