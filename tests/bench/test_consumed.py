"""Units are those that answers tell: reads and writes apart, of one table or of several."""

import io
import json
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from bench import dynamodb_local
from bench.consumed import Consumed
from bench.dynamodb_local import DynamoDBLocal, MissingError


def told(operation: str, capacity: Any) -> Consumed:
    consumed = Consumed()
    consumed.note({"ConsumedCapacity": capacity}, SimpleNamespace(name=operation))
    return consumed


def test_a_query_reads_and_a_put_writes() -> None:
    read, written = told("Query", {"CapacityUnits": 2.5}), told("PutItem", {"CapacityUnits": 3.0})
    assert (read.read, read.written) == (2.5, 0)
    assert (written.read, written.written) == (0, 3.0)


def test_the_units_of_a_transaction_are_those_of_its_tables() -> None:
    consumed = told("TransactWriteItems", [{"CapacityUnits": 4.0}, {"CapacityUnits": 2.0}])
    assert consumed.written == 6.0


def test_requests_are_asked_to_tell() -> None:
    params = {"TableName": "one"}
    Consumed().ask(params)
    assert params["ReturnConsumedCapacity"] == "TOTAL"


def test_without_java_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingError, match="no Java"), dynamodb_local.running():
        pass


class Held(DynamoDBLocal):
    """A server that holds two rows, and notes what is written."""

    def __init__(self) -> None:
        super().__init__(0)
        self.written: list[dict[str, Any]] = []

    def ask(self, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        if operation == "Scan":
            return {"Items": [a_row("kept"), a_row("gone")]}
        self.written += body["RequestItems"]["carnet-test-catalogue"]
        return {"UnprocessedItems": {}}


def a_row(name: str) -> dict[str, Any]:
    return {"pk": {"S": name}, "sk": {"S": name}}


def test_loading_writes_only_what_differs() -> None:
    server = Held()
    server.load({"carnet-test-catalogue": {(name, name): a_row(name) for name in ("kept", "new")}})
    assert server.written == [
        {"DeleteRequest": {"Key": a_row("gone")}},
        {"PutRequest": {"Item": a_row("new")}},
    ]


class Noted:
    """A connection that notes what is sent, and to which everything is taken."""

    bodies: ClassVar[list[Any]] = []

    def __init__(self, host: str) -> None:
        assert host == "127.0.0.1:8000"

    def request(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> None:
        assert (method, path) == ("POST", "/")
        assert headers["X-Amz-Target"] == "DynamoDB_20120810.BatchWriteItem"
        self.bodies.append(json.loads(body))

    def getresponse(self) -> io.BytesIO:
        return io.BytesIO(b'{"UnprocessedItems":{}}')

    def close(self) -> None: ...


def test_written_items_go_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dynamodb_local, "HTTPConnection", Noted)
    rows = [a_row(str(number)) for number in range(60)]
    DynamoDBLocal(8000).put_texts("people", map(json.dumps, rows))
    sent = [one["RequestItems"]["people"] for one in Noted.bodies]
    assert [len(batch) for batch in sent] == [25, 25, 10]
    assert [put["PutRequest"]["Item"] for batch in sent for put in batch] == rows
