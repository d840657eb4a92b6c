"""Branch keys: one per subject, so that destroying it destroys what it sealed (D5).

Creating and destroying them is all this module does; using them is `envelope`.
"""

from typing import Final

from chalicelib.core.aws import client
from chalicelib.core.errors import Unavailable
from chalicelib.core.tables import KEYS
from chalicelib.vault.errors import host_call
from chalicelib.vault.subjects import ACTIVE, key_table, root_key_arn

_TRANSACTION_ITEMS: Final = 100


def create_branch_key(subject: str) -> None:
    """Create the branch key of a subject, before the transaction that creates the subject.

    Safe to repeat: a key that is already there is success, whoever created it.

    Raises:
        Unavailable: the key was not created; trying again is safe.
    """
    from chalicelib.vault import sdk  # noqa: PLC0415  the SDK takes half a second to import

    arn = root_key_arn(subject)
    try:
        sdk.create_key(subject, arn)
    except Exception as error:
        # The SDK reports "already exists" and a lost answer as it does any failure.
        if not _is_there(subject):
            raise Unavailable from error


def delete_branch_key(subject: str) -> None:
    """Destroy every version of a subject's branch key: what it sealed never opens again.

    For the erasure of a record, which no route offers yet: no function's role may delete a key.
    Other processes may open it until their caches end (300 s). Safe to repeat. Backups of the
    key-store table must forget it too.

    Raises:
        Unavailable: some versions may be left; repeat.
    """
    root_key_arn(subject)
    table = key_table()
    dynamodb = client("dynamodb")
    with host_call():
        pages = dynamodb.get_paginator("query").paginate(
            TableName=table,
            KeyConditionExpression="#id = :id",
            ProjectionExpression="#id, #type",
            ExpressionAttributeNames={"#id": KEYS.hash_key, "#type": KEYS.range_key},
            ExpressionAttributeValues={":id": {"S": subject}},
            ConsistentRead=True,
        )
        keys = [item for page in pages for item in page["Items"]]
        for start in range(0, len(keys), _TRANSACTION_ITEMS):
            some = keys[start : start + _TRANSACTION_ITEMS]
            deletes = [{"Delete": {"TableName": table, "Key": key}} for key in some]
            dynamodb.transact_write_items(TransactItems=deletes)
    forget(subject)


def forget(subject: str | None = None) -> None:
    """Drop what this process remembers of a subject, or of everybody (as a new process would)."""
    from chalicelib.vault import sdk  # noqa: PLC0415  the SDK takes half a second to import

    sdk.forget(subject)


def _is_there(subject: str) -> bool:
    with host_call():
        answer = client("dynamodb").get_item(
            TableName=key_table(),
            Key={KEYS.hash_key: {"S": subject}, KEYS.range_key: {"S": ACTIVE}},
            ProjectionExpression="#id",
            ExpressionAttributeNames={"#id": KEYS.hash_key},
            ConsistentRead=True,
        )
    return "Item" in answer
