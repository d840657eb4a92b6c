"""What commands ask the host for, as its policies see it: action, resource, conditions."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from unittest.mock import patch

from botocore.client import BaseClient

_TRANSACTIONS: Final = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}
_SEVERAL: Final = {"ChangeMessageVisibilityBatch": "ChangeMessageVisibility"}
_real: Final = BaseClient._make_api_call  # type: ignore[attr-defined]  # of every client


@dataclass(frozen=True, slots=True, order=True)
class Asked:
    """One permission that one request needs."""

    action: str
    resource: str
    leading: str | None = None
    secret: str | None = None  # of the encryption context


def _key(item: dict[str, Any]) -> str:
    name = "pk" if "pk" in item else "branch-key-id"
    return str(item[name]["S"])


def _keys_of_batch(asked: Any) -> Iterator[dict[str, Any]]:
    if "Keys" in asked:
        yield from asked["Keys"]
        return
    for request in asked:
        ((_, one),) = request.items()
        yield one.get("Key", one.get("Item"))


def _of_dynamodb(operation: str, given: dict[str, Any]) -> Iterator[Asked]:
    if operation in {"TransactWriteItems", "TransactGetItems"}:
        for item in given["TransactItems"]:
            ((verb, one),) = item.items()
            yield Asked(
                f"dynamodb:{_TRANSACTIONS[verb]}",
                one["TableName"],
                _key(one.get("Key", one.get("Item"))),
            )
    elif operation in {"BatchGetItem", "BatchWriteItem"}:
        for table, asked in given["RequestItems"].items():
            for key in _keys_of_batch(asked):
                yield Asked(f"dynamodb:{operation}", table, _key(key))
    elif operation == "Query":
        table = "/index/".join(filter(None, (given["TableName"], given.get("IndexName"))))
        values = [one["S"] for one in given["ExpressionAttributeValues"].values() if "S" in one]
        yield Asked("dynamodb:Query", table, values[0])
    elif operation == "Scan":
        yield Asked("dynamodb:Scan", given["TableName"])
    else:
        yield Asked(
            f"dynamodb:{operation}",
            given["TableName"],
            _key(given.get("Key", given.get("Item", {}))),
        )


def _permissions(service: str, operation: str, given: dict[str, Any]) -> Iterator[Asked]:
    if service == "dynamodb":
        yield from _of_dynamodb(operation, given)
    elif operation == "ReEncrypt":
        yield Asked("kms:ReEncryptFrom", given["SourceKeyId"])
        yield Asked("kms:ReEncryptTo", given["DestinationKeyId"])
    else:
        where = ("KeyId", "QueueUrl", "QueueName", "Bucket", "StreamArn")
        resource = next((given[name] for name in where if name in given), "")
        secret = given.get("EncryptionContext", {}).get("secret")
        yield Asked(f"{service}:{_SEVERAL.get(operation, operation)}", str(resource), secret=secret)


@contextmanager
def asking() -> Iterator[set[Asked]]:
    """Collect what the program asks for meanwhile."""
    found: set[Asked] = set()

    def call(self: BaseClient, operation: str, given: dict[str, Any]) -> Any:
        found.update(_permissions(self.meta.service_model.service_name, operation, given))
        return _real(self, operation, given)

    with patch.object(BaseClient, "_make_api_call", call):
        yield found
