"""The double itself: one call at a time, every call counted, faults where they are asked for."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from chalicelib.core import aws
from chalicelib.core.rows import table_name
from chalicelib.vault import blind
from tests import double
from tests.injector import Faults, KilledError, refused
from tests.recorder import Recorder


def _put(sk: str = "A", **item: Any) -> None:
    aws.client("dynamodb").put_item(
        TableName=table_name("work"), Item={"pk": {"S": "T"}, "sk": {"S": sk}, **item}
    )


def _count() -> int:
    return len(double.tables()[table_name("work")])


def _read() -> Any:
    key = {"pk": {"S": "T"}, "sk": {"S": "A"}}
    return aws.client("dynamodb").get_item(TableName=table_name("work"), Key=key).get("Item")


def test_four_threads_that_compare_and_set_lose_no_update(calls: Recorder) -> None:
    _put(n={"N": "0"})
    won = []

    def add() -> None:
        for _ in range(15):
            seen = int(_read()["n"]["N"])
            try:
                aws.client("dynamodb").put_item(
                    TableName=table_name("work"),
                    Item={"pk": {"S": "T"}, "sk": {"S": "A"}, "n": {"N": str(seen + 1)}},
                    ConditionExpression="n = :n",
                    ExpressionAttributeValues={":n": {"N": str(seen)}},
                )
            except ClientError:
                continue
            won.append(seen)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert int(_read()["n"]["N"]) == len(won) == len(set(won))
    assert calls.counted["dynamodb.PutItem"] == 61


def test_calls_side_by_side_are_one_trip(calls: Recorder) -> None:
    with ThreadPoolExecutor(2) as pool:
        for _ in range(3):
            beside = pool.submit(_read)
            _read()
            beside.result()
    assert (len(calls.calls), calls.trips) == (6, 3)


@pytest.mark.parametrize(
    ("mode", "error", "attempts", "written"),
    [
        ("before", ConnectTimeoutError, 3, 0),
        ("after", ReadTimeoutError, 3, 1),
        ("throttled_always", ClientError, 3, 0),
        ("crash", KilledError, 1, 1),
    ],
)
def test_a_fault_that_lasts_reaches_the_program(
    mode: str, error: type[BaseException], attempts: int, written: int, faults: Faults,
    calls: Recorder,
) -> None:  # fmt: skip
    faults.on("dynamodb.PutItem", mode)
    with pytest.raises(error):
        _put()
    assert calls.calls[0].attempts == attempts
    assert _count() == written
    _put("B")
    assert len(calls.calls) == 2


@pytest.mark.parametrize("mode", ["lost_once", "throttled"])
def test_a_passing_fault_is_absorbed_by_the_sdk(mode: str, faults: Faults, calls: Recorder) -> None:
    faults.on("dynamodb.PutItem", mode)
    _put()
    assert [(call.name, call.attempts) for call in calls.calls] == [("dynamodb.PutItem", 2)]


@pytest.mark.parametrize(
    ("mode", "code"),
    [
        ("conflict", "TransactionCanceledException"),
        (refused("AccessDeniedException"), "AccessDeniedException"),
    ],
)
def test_a_refusal_carries_its_code(mode: Any, code: str, faults: Faults) -> None:
    faults.on("dynamodb.PutItem", mode)
    with pytest.raises(ClientError) as caught:
        _put()
    assert caught.value.response["Error"]["Code"] == code


def test_a_fault_on_the_second_call_of_an_operation_spares_the_first(faults: Faults) -> None:
    faults.on("dynamodb.PutItem", "before", nth=2)
    _put("A")
    with pytest.raises(ConnectTimeoutError):
        _put("B")


@pytest.mark.usefixtures("aws")
def test_a_snapshot_put_back_is_the_former_state() -> None:
    _put("A")
    aws.client("s3").put_object(Bucket="carnet-test-documents", Key="a", Body=b"1")
    saved, before = double.snapshot(), (double.tables(), double.objects())
    _put("B")
    aws.client("s3").put_object(Bucket="carnet-test-documents", Key="b", Body=b"2")
    aws.client("s3").delete_object(Bucket="carnet-test-documents", Key="a")
    changed = (double.tables(), double.objects())

    double.restore(saved)

    assert changed != before
    assert (double.tables(), double.objects()) == before


def test_a_new_process_forgets_what_modules_kept(aws: Recorder) -> None:
    def use() -> dict[str, int]:
        return aws.measure(lambda: blind.blind("a", "b"))

    double.new_process()
    assert use() == {"dynamodb.GetItem": 1, "kms.Decrypt": 1}
    assert use() == {}
    double.new_process()
    assert use() == {"dynamodb.GetItem": 1, "kms.Decrypt": 1}
