"""Three reads and one write: consistent, ordered, and clear about what happened."""

import json
import threading
from datetime import UTC, date, datetime
from typing import Any, ClassVar, cast

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HTTPHeaders
from hypothesis import given
from hypothesis import strategies as st
from moto.core.botocore_stubber import MockRawResponse
from pynamodb.attributes import UnicodeAttribute

from chalicelib.core import rows, tables
from chalicelib.core.rows import (
    ConditionLost,
    Query,
    Row,
    StoreUnavailable,
    TransactionConflict,
    VersionedRow,
    key,
)
from chalicelib.core.tables import Index
from chalicelib.reminders import store
from tests import double
from tests.injector import Faults, refused
from tests.recorder import Call, Recorder
from tests.vault.host import watched


class FreeRow(Row):
    """A row without version."""

    TABLE: ClassVar[str] = "work"

    word = UnicodeAttribute(null=True)


class KeptRow(VersionedRow):
    """A row with a version, in another table."""

    TABLE: ClassVar[str] = "record"

    word = UnicodeAttribute(null=True)


def free(sk: str = "A", **attributes: Any) -> FreeRow:
    return FreeRow("PK", sk, kind="free", **attributes)


def kept(sk: str = "A", **attributes: Any) -> KeptRow:
    return KeptRow("PK", sk, kind="kept", **attributes)


def read(sk: str = "A") -> KeptRow:
    row = rows.get(KeptRow, "PK", sk)
    assert row is not None
    return row


# Keys.


PARTS = st.lists(st.from_regex(r"[0-9A-Za-z.:_-]{1,20}", fullmatch=True), min_size=1, max_size=4)


@given(PARTS)
def test_a_key_gives_its_parts_back(parts: list[str]) -> None:
    assert key(*parts).split("#") == parts


@pytest.mark.parametrize(
    "part", ["", "a#b", "a/b", "a b", "a\n", "é", "a%23", "\x00", "０", "a" * 201, "attribute(pk)"]
)
def test_a_part_that_could_forge_a_key_is_refused(part: str) -> None:  # A31
    with pytest.raises(ValueError, match="not a key part"):
        key("P", part)


@given(st.text(max_size=10), st.text(max_size=10))
def test_two_lists_of_parts_never_make_one_key(first: str, second: str) -> None:
    try:
        one, two = key(first, "x"), key(second, "x")
    except ValueError:
        return
    assert (one == two) == (first == second)


# Reads.


def test_rows_of_two_tables_come_in_one_request_in_the_order_asked(calls: Recorder) -> None:
    rows.write([rows.put(free("A")), rows.put(kept("B"))])
    calls.clear()
    wanted: list[tuple[type[Row], str, str]] = [
        (KeptRow, "PK", "B"),
        (FreeRow, "PK", "missing"),
        (FreeRow, "PK", "A"),
        (KeptRow, "PK", "B"),
    ]
    found = rows.fetch(wanted)
    assert [type(row).__name__ for row in found] == ["KeptRow", "NoneType", "FreeRow", "KeptRow"]
    assert calls.counted == {"dynamodb.BatchGetItem": 1}


def test_more_than_a_hundred_rows_come_in_hundreds(calls: Recorder) -> None:
    for start in range(0, 120, 40):
        rows.write([rows.put(free(f"{n:03d}")) for n in range(start, start + 40)])
    calls.clear()
    found = rows.fetch([(FreeRow, "PK", f"{n:03d}") for n in range(120)])
    assert [row.sk for row in found if row] == [f"{n:03d}" for n in range(120)]
    assert calls.counted == {"dynamodb.BatchGetItem": 2}


def unprocessed(times: int) -> Any:
    """Leave out the keys of one table, so many times."""
    left = [times]

    def fault(call: Call, request: AWSPreparedRequest, send: Any) -> AWSResponse:
        del call
        answer: AWSResponse = send()
        if left[0] == 0:
            return answer
        left[0] -= 1
        asked = json.loads(cast("bytes", request.body))["RequestItems"]
        table = rows.table_name("record")
        body = json.loads(answer.content)
        body["Responses"].pop(table, None)
        body["UnprocessedKeys"] = {table: asked[table]}
        raw: Any = MockRawResponse(json.dumps(body))
        return AWSResponse(request.url, 200, HTTPHeaders(), raw)

    return fault


@pytest.mark.parametrize("times", [1, 4])
def test_keys_left_unprocessed_are_asked_again(times: int, faults: Faults, calls: Recorder) -> None:
    rows.write([rows.put(free("A")), rows.put(kept("B"))])
    calls.clear()
    faults.on("dynamodb.BatchGetItem", unprocessed(times), nth=0)
    found = rows.fetch([(KeptRow, "PK", "B"), (FreeRow, "PK", "A")])
    assert [row.sk for row in found if row] == ["B", "A"]
    assert calls.counted == {"dynamodb.BatchGetItem": times + 1}


def test_keys_always_left_unprocessed_are_unavailable(faults: Faults) -> None:
    faults.on("dynamodb.BatchGetItem", unprocessed(100), nth=0)
    with pytest.raises(StoreUnavailable):
        rows.fetch([(KeptRow, "PK", "B")])


@pytest.mark.usefixtures("aws")
def test_a_query_is_of_one_partition_and_one_prefix() -> None:
    rows.write(
        [
            *(rows.put(FreeRow("PK", sk, kind="f")) for sk in ("DOC#1", "DOC#2", "DOD", "DO")),
            rows.put(FreeRow("PK2", "DOC#3", kind="f")),
        ]
    )
    page = rows.query(Query(FreeRow, "PK", prefix="DOC#"))
    assert [item["sk"]["S"] for item in page.items] == ["DOC#1", "DOC#2"]
    page = rows.query(Query(FreeRow, "PK", low="DOC#2", high="DOD", descending=True))
    assert [item["sk"]["S"] for item in page.items] == ["DOD", "DOC#2"]


@pytest.mark.usefixtures("aws")
def test_pages_follow_one_another_without_gap_or_double() -> None:
    rows.write([rows.put(free(f"{n}")) for n in range(7)])
    asked = Query(FreeRow, "PK", limit=3)
    seen, page = [], rows.query(asked)
    seen += page.items
    while page.last_key:
        page = rows.query(rows.following(asked, page.last_key))
        seen += page.items
    assert [item["sk"]["S"] for item in seen] == [str(n) for n in range(7)]
    assert rows.all_items(asked, rows.query(asked)) == seen


# Writes.


@pytest.mark.usefixtures("aws")
def test_a_row_without_version_is_written_once() -> None:
    rows.write([rows.put(free())])
    with pytest.raises(ConditionLost):
        rows.write([rows.put(free())])


@pytest.mark.usefixtures("aws")
def test_a_row_is_written_at_the_version_read() -> None:  # R09
    rows.write([rows.put(kept(word="first"))])
    mine, theirs = read(), read()
    theirs.word = "theirs"
    rows.write([rows.put(theirs)])
    mine.word = "mine"
    with pytest.raises(ConditionLost):
        rows.write([rows.put(mine)])
    assert (read().word, read().version) == ("theirs", 2)


@pytest.mark.usefixtures("aws")
def test_a_row_is_removed_at_the_version_read() -> None:
    rows.write([rows.put(kept())])
    mine = read()
    rows.write([rows.put(read())])
    with pytest.raises(ConditionLost):
        rows.write([rows.delete(mine)])
    rows.write([rows.delete(read())])
    assert rows.get(KeptRow, "PK", "A") is None


@pytest.mark.usefixtures("aws")
def test_the_losers_are_named_by_position() -> None:
    rows.write([rows.put(kept("A")), rows.put(kept("B"))])
    stale = read("B")
    rows.write([rows.put(read("B"))])
    with pytest.raises(ConditionLost) as caught:
        rows.write(
            [rows.put(free("new")), rows.put(kept("A")), rows.put(kept("C")), rows.unchanged(stale)]
        )
    assert caught.value.positions == (1, 3)
    assert rows.get(FreeRow, "PK", "new") is None
    assert rows.get(KeptRow, "PK", "C") is None


@pytest.mark.usefixtures("aws")
def test_a_lost_transaction_puts_back_what_it_counted_replaced_and_removed() -> None:
    rows.write([rows.put(free("A", word="before")), rows.put(free("B")), rows.put(kept("A"))])
    told = store.one_more_told("PK", date(2026, 11, 23), datetime(2026, 11, 23, tzinfo=UTC))
    rows.write([told])
    before = double.tables()

    with pytest.raises(ConditionLost):
        rows.write(
            [
                told,
                rows.replace(free("A", word="after")),
                rows.forget(free("B")),
                rows.put(kept("A")),
            ]
        )

    assert double.tables() == before


@pytest.mark.usefixtures("aws")
def test_a_check_alone_holds_or_loses() -> None:
    rows.write([rows.put(kept())])
    rows.write([rows.unchanged(read())])
    stale = read()
    rows.write([rows.put(read())])
    with pytest.raises(ConditionLost):
        rows.write([rows.unchanged(stale)])


def test_one_put_needs_no_transaction(calls: Recorder) -> None:
    rows.write([rows.put(free())])
    assert calls.counted == {"dynamodb.PutItem": 1}


@pytest.mark.usefixtures("aws")
def test_replacing_and_forgetting_ask_nothing() -> None:
    rows.write([rows.replace(free(word="a"))])
    rows.write([rows.replace(free(word="b"))])
    found = rows.get(FreeRow, "PK", "A")
    assert found is not None
    assert found.word == "b"
    rows.write([rows.forget(free()), rows.forget(free("never"))])
    assert rows.get(FreeRow, "PK", "A") is None


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("TransactionConflictException", TransactionConflict),
        ("TransactionInProgressException", StoreUnavailable),
        ("ProvisionedThroughputExceededException", StoreUnavailable),
        ("ThrottlingException", StoreUnavailable),
        ("RequestLimitExceeded", StoreUnavailable),
        ("InternalServerError", StoreUnavailable),
        ("AccessDeniedException", StoreUnavailable),
        ("ResourceNotFoundException", StoreUnavailable),
    ],
)
def test_each_refusal_of_the_store_has_one_meaning(  # R08
    code: str, error: type[Exception], faults: Faults
) -> None:
    faults.on("dynamodb.PutItem", refused(code), nth=0)
    with pytest.raises(error):
        rows.write([rows.put(free())])


@pytest.mark.parametrize("mode", ["before", "after", "throttled_always"])
def test_no_clear_answer_is_unavailable(mode: str, faults: Faults) -> None:
    faults.on("dynamodb.GetItem", mode)
    with pytest.raises(StoreUnavailable):
        rows.get(FreeRow, "PK", "A")


@pytest.mark.parametrize(
    ("reasons", "error"),
    [
        (["None", "TransactionConflict"], TransactionConflict),
        (["ConditionalCheckFailed", "TransactionConflict"], ConditionLost),
        (["None", "ThrottlingError"], StoreUnavailable),
        (["None", "ProvisionedThroughputExceeded"], StoreUnavailable),
        (["None", "ItemCollectionSizeLimitExceeded"], StoreUnavailable),
    ],
)
def test_a_cancelled_transaction_says_why(  # R08
    reasons: list[str], error: type[Exception], faults: Faults
) -> None:
    def cancelled(call: Call, request: AWSPreparedRequest, send: Any) -> AWSResponse:
        answer = refused("TransactionCanceledException")(call, request, send)
        body = json.loads(answer.content) | {
            "CancellationReasons": [{"Code": reason} for reason in reasons]
        }
        raw: Any = MockRawResponse(json.dumps(body))
        return AWSResponse(request.url, 400, HTTPHeaders(), raw)

    faults.on("dynamodb.TransactWriteItems", cancelled, nth=0)
    with pytest.raises(error) as caught:
        rows.write([rows.put(free()), rows.put(kept())])
    if isinstance(caught.value, ConditionLost):
        assert caught.value.positions == (0,)


@pytest.mark.usefixtures("aws")
def test_of_ten_writers_at_one_version_one_wins() -> None:
    rows.write([rows.put(kept())])
    start, outcomes = threading.Barrier(10), []

    def change(word: str) -> None:
        row = read()
        start.wait(timeout=10)
        row.word = word
        try:
            rows.write([rows.put(row)])
        except ConditionLost:
            outcomes.append("lost")
        else:
            outcomes.append(word)

    threads = [threading.Thread(target=change, args=(str(n),)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (winner,) = [word for word in outcomes if word != "lost"]
    assert len(outcomes) == 10
    assert (read().word, read().version) == (winner, 2)


@pytest.mark.usefixtures("aws")
def test_a_count_goes_up_by_one() -> None:
    assert [rows.count(FreeRow, "PK", "N", kind="n", ttl=1) for _ in range(3)] == [1, 2, 3]


def test_every_read_of_a_table_is_consistent(aws: Recorder) -> None:  # D4
    del aws
    with watched() as host:
        rows.get(FreeRow, "PK", "A")
        rows.fetch([(FreeRow, "PK", "A"), (KeptRow, "PK", "A")])
        rows.query(Query(FreeRow, "PK"))
    batch = host.bodies["BatchGetItem"]["RequestItems"].values()
    assert host.bodies["GetItem"]["ConsistentRead"] is True
    assert [table["ConsistentRead"] for table in batch] == [True, True]
    assert host.bodies["Query"]["ConsistentRead"] is True


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("model", "index"),
    [
        *((KeptRow, index) for index in tables.RECORD.indexes),
        *((FreeRow, index) for index in tables.WORK.indexes),
    ],
)
def test_a_local_index_is_read_consistently_and_a_global_one_cannot_be(
    model: type[Row], index: Index
) -> None:
    with watched() as host:
        rows.query(Query(model, "PK", index=index))
    assert host.bodies["Query"].get("ConsistentRead", False) is index.is_local
