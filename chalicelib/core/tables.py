"""Declare the tables once, as data, for the app, the template generator and the tests.

A table is a trust boundary, not an entity: see `docs/adr`. This module refuses to talk to a
database by itself and imports no client library; callers hand it one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class Index:
    """A sparse index: a row is in it if it has its attributes.

    A global one holds pointers (keys only), a little late: re-read the row before deciding. A local
    one holds whole rows of the table's own partitions in another order, and is read consistently;
    it is made with its table, never after (ADR 0016).
    """

    name: str
    hash_key: str
    range_key: str
    is_local: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table; every key attribute is a string."""

    name: str
    hash_key: str = "pk"
    range_key: str = "sk"
    indexes: tuple[Index, ...] = ()
    ttl: str | None = None
    stream: bool = False

    def physical_name(self, prefix: str) -> str:
        """Name the table of one installation."""
        return f"{prefix}-{self.name}"


IDENTITY: Final = Table("identity", ttl="ttl")
# They share the base table's partition, so no attribute repeats the patient.
BY_CARE_DATE: Final = Index("by_care_date", "pk", "care_sk", is_local=True)
AGENDA: Final = Index("agenda", "pk", "agenda_sk", is_local=True)
BY_GRANTEE: Final = Index("by_grantee", "grantee_pk", "grantee_sk")
RECORD: Final = Table("record", indexes=(BY_GRANTEE, BY_CARE_DATE, AGENDA))
INBOX: Final = Index("inbox", "pk", "inbox_sk", is_local=True)
MESSAGING: Final = Table("messaging", indexes=(INBOX,))
CATALOGUE: Final = Table("catalogue")
AUDIT: Final = Table("audit", stream=True)
PENDING: Final = Index("pending", "pend_pk", "pend_sk")
RETRY: Final = Index("retry", "retry_pk", "retry_sk")
WORK: Final = Table("work", indexes=(PENDING, RETRY), ttl="ttl", stream=True)
# Names imposed by the hierarchical keyring's key store.
KEYS: Final = Table("keys", hash_key="branch-key-id", range_key="type")

TABLES: Final = (IDENTITY, RECORD, MESSAGING, CATALOGUE, AUDIT, WORK, KEYS)

# The new image is what a consumer filters on; the old one is never needed.
_STREAM: Final = {"StreamViewType": "NEW_IMAGE"}


def create_all(client: DynamoDBClient, prefix: str) -> None:
    """Create every table on an empty double of the database.

    Production tables come from `infra/template.py`, which reads the same declaration.
    """
    for table in TABLES:
        request = key_definition(table)
        if table.stream:
            request["StreamSpecification"] = {"StreamEnabled": True, **_STREAM}
        client.create_table(
            TableName=table.physical_name(prefix), BillingMode="PAY_PER_REQUEST", **request
        )
        if table.ttl:
            client.update_time_to_live(
                TableName=table.physical_name(prefix),
                TimeToLiveSpecification={"AttributeName": table.ttl, "Enabled": True},
            )


def key_definition(table: Table) -> dict[str, Any]:
    """Describe keys and indexes, in the words CreateTable and CloudFormation share."""
    definition: dict[str, Any] = {
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": "S"}
            for name in dict.fromkeys(_key_attributes(table))
        ],
        "KeySchema": _schema(table.hash_key, table.range_key),
    }
    for index in table.indexes:
        kind = "LocalSecondaryIndexes" if index.is_local else "GlobalSecondaryIndexes"
        projection = "ALL" if index.is_local else "KEYS_ONLY"
        definition.setdefault(kind, []).append(
            {
                "IndexName": index.name,
                "KeySchema": _schema(index.hash_key, index.range_key),
                "Projection": {"ProjectionType": projection},
            }
        )
    return definition


def cloudformation_properties(table: Table, prefix: str) -> dict[str, Any]:
    """Describe the table as the properties of an AWS::DynamoDB::Table."""
    properties: dict[str, Any] = {
        "TableName": table.physical_name(prefix),
        "BillingMode": "PAY_PER_REQUEST",
        "DeletionProtectionEnabled": True,
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        **key_definition(table),
    }
    if table.stream:
        properties["StreamSpecification"] = dict(_STREAM)
    if table.ttl:
        properties["TimeToLiveSpecification"] = {"AttributeName": table.ttl, "Enabled": True}
    return properties


def _schema(hash_key: str, range_key: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": hash_key, "KeyType": "HASH"},
        {"AttributeName": range_key, "KeyType": "RANGE"},
    ]


def _key_attributes(table: Table) -> Iterator[str]:
    yield from (table.hash_key, table.range_key)
    for index in table.indexes:
        yield from (index.hash_key, index.range_key)
