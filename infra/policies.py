"""Render one least-privilege policy per function into `.chalice/`.

Resources are named by reference to the template, so the files hold no account, region or stage.
No action is a wildcard; a resource wildcard only stands for the objects of one named bucket or
the streams of one named log group. No function may update or delete a trace.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

from chalicelib.core import tables
from infra.functions import (
    API,
    ARCHIVE,
    AUTHORIZE,
    FUNCTIONS,
    INGEST,
    NOTIFY,
    PLAN,
    RELAY,
    REMIND,
    SWEEP,
    Function,
)
from infra.intrinsics import arn_of

ROOT: Final = Path(__file__).absolute().parent.parent
Statement = dict[str, Any]

READ: Final = ("GetItem", "BatchGetItem", "Query")
WRITE: Final = ("PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem")
APPEND: Final = ("PutItem", "ConditionCheckItem")
# How `vault/blind.py` names the secret to the key service.
SECRET, SECRET_VERSION = "secret", "1"
BRANCH_KEYS: Final = (
    "GenerateDataKeyWithoutPlaintext",
    "Decrypt",
    "ReEncryptFrom",
    "ReEncryptTo",
)


def table_id(table: tables.Table) -> str:
    """Name a table's logical id in the template."""
    return f"{table.name.capitalize()}Table"


def _table(table: tables.Table, *actions: str) -> Statement:
    arn = arn_of(table_id(table))
    resources: list[Any] = [arn]
    if "Query" in actions:
        resources += [
            {"Fn::Sub": f"${{{table_id(table)}.Arn}}/index/{index.name}"} for index in table.indexes
        ]
    return allow("dynamodb", actions, resources)


def _stream(table: tables.Table) -> Statement:
    actions = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
    return allow("dynamodb", actions, [{"Fn::GetAtt": [table_id(table), "StreamArn"]}])


def _objects(*actions: str) -> Statement:
    return allow("s3", actions, [{"Fn::Sub": "${DocumentsBucket.Arn}/*"}])


def _archived(*actions: str) -> Statement:
    return allow("s3", actions, [{"Fn::Sub": "${ArchiveBucket.Arn}/*"}])


def of_key(logical_id: str, *actions: str) -> Statement:
    """Allow uses of one wrapping key."""
    return allow("kms", actions, [arn_of(logical_id)])


def of_secret(*actions: str) -> Statement:
    """Allow uses of the token key for the secret of keyed hashes, not for the keys that sign."""
    return {
        **of_key("TokenKey", *actions),
        "Condition": {"StringEquals": {f"kms:EncryptionContext:{SECRET}": SECRET_VERSION}},
    }


def of_queue(logical_id: str, *actions: str) -> Statement:
    """Allow actions on one queue."""
    return allow("sqs", actions, [arn_of(logical_id)])


def _logs(function: Function) -> Statement:
    group = f"log-group:/aws/lambda/${{Prefix}}-{function.physical_suffix}"
    arn = f"arn:${{AWS::Partition}}:logs:${{AWS::Region}}:${{AWS::AccountId}}:{group}"
    actions = ("CreateLogStream", "PutLogEvents")
    return allow("logs", actions, [{"Fn::Sub": f"{arn}:log-stream:*"}])


def _mail() -> Statement:
    identity = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/"
    domain = {"Fn::Select": [1, {"Fn::Split": ["@", {"Ref": "MailSender"}]}]}
    senders = [
        {"Fn::Sub": f"{identity}${{MailSender}}"},
        {"Fn::Sub": [f"{identity}${{Domain}}", {"Domain": domain}]},
    ]
    return allow("ses", ("SendEmail",), senders)


def allow(service: str, actions: tuple[str, ...], resources: list[Any]) -> Statement:
    """Allow some actions of a service on some resources."""
    return {
        "Effect": "Allow",
        "Action": [f"{service}:{action}" for action in actions],
        "Resource": resources,
    }


def _statements() -> dict[Function, list[Statement]]:
    return {
        API: [
            _table(tables.IDENTITY, *READ, *WRITE),
            _table(tables.RECORD, *READ, *WRITE),
            # What was written stays: no function deletes a message.
            _table(tables.MESSAGING, *READ, "PutItem", "ConditionCheckItem"),
            # An application is delisted, never removed: who used it may look it up.
            _table(tables.CATALOGUE, *READ, "PutItem"),
            _table(tables.AUDIT, "GetItem", "BatchGetItem", "Query", *APPEND),
            _table(tables.WORK, *READ, "PutItem", "UpdateItem", "ConditionCheckItem"),
            _table(tables.KEYS, "GetItem", "BatchGetItem", "Query", *APPEND),
            # A refused upload is removed at once; the sweeper removes what that missed.
            _objects("GetObject", "PutObject", "DeleteObject"),
            of_key("RootKey", *BRANCH_KEYS),
            # A professional's own trace has its branch key from the first login.
            of_key("TraceKey", *BRANCH_KEYS),
            of_key("TokenKey", "Encrypt", "Decrypt"),
            # Versions, because a delete marker hides a locked object from other listings.
            allow("s3", ("ListBucketVersions",), [arn_of("ArchiveBucket")]),
            _archived("GetObjectVersion"),
        ],
        # Public keys of the product's own tokens, and the secret that proves they are its own.
        AUTHORIZE: [_table(tables.IDENTITY, "GetItem"), of_secret("Decrypt")],
        RELAY: [
            _stream(tables.WORK),
            _table(tables.WORK, "GetItem", "UpdateItem"),
            of_queue("NotifyQueue", "SendMessage"),
            of_queue("IngestQueue", "SendMessage"),
            of_queue("RelayDeadLetters", "SendMessage"),
        ],
        NOTIFY: [
            of_queue(
                "NotifyQueue",
                "ReceiveMessage",
                "DeleteMessage",
                "GetQueueAttributes",
                "SendMessage",  # a notice to be tried again goes back, delayed
            ),
            _table(tables.WORK, *READ, "PutItem", "UpdateItem", "ConditionCheckItem"),
            # The address is sealed under the account's own branch key.
            _table(tables.IDENTITY, *READ),
            _table(tables.RECORD, "GetItem", "BatchGetItem"),
            _table(tables.KEYS, "GetItem", "Query"),
            of_key("RootKey", "Decrypt"),
            # The secret that proves whose space it is.
            of_secret("Decrypt"),
            _mail(),
        ],
        INGEST: [
            of_queue("IngestQueue", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes"),
            # Who sends may still deposit; whose record it is, for what its header says.
            _table(tables.IDENTITY, "GetItem", "BatchGetItem"),
            # The trace of what is withheld is noted in sets, which are added to.
            _table(
                tables.RECORD,
                *("GetItem", "BatchGetItem", "PutItem", "ConditionCheckItem", "UpdateItem"),
            ),
            _table(tables.AUDIT, "GetItem", "PutItem"),
            _table(tables.WORK, *READ, "PutItem", "DeleteItem", "UpdateItem"),
            _table(tables.KEYS, "GetItem", "BatchGetItem", "Query"),
            # Parts are read, then removed; the whole is written once.
            _objects("GetObject", "PutObject", "DeleteObject"),
            # The year's new data key is made by the write that finds it due.
            of_key("RootKey", "Decrypt", "GenerateDataKeyWithoutPlaintext"),
            of_key("TraceKey", "Decrypt", "GenerateDataKeyWithoutPlaintext"),
            of_secret("Decrypt"),
        ],
        PLAN: [
            _table(tables.WORK, "GetItem", "Query", "PutItem"),
            of_queue("RemindQueue", "SendMessage"),
            of_queue("PlanDeadLetters", "SendMessage"),
        ],
        REMIND: [
            of_queue("RemindQueue", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes"),
            _table(tables.WORK, *READ, "PutItem", "UpdateItem", "DeleteItem"),
            # Only reminders are written; what prevention follows from is read and opened.
            _table(tables.RECORD, "GetItem", "BatchGetItem", *WRITE),
            _table(tables.IDENTITY, "GetItem"),
            _table(tables.KEYS, "GetItem", "Query"),
            of_key("RootKey", "Decrypt"),
            # The secret that proves whose reminder it is.
            of_secret("Decrypt"),
        ],
        SWEEP: [
            _table(tables.WORK, *READ, "UpdateItem"),
            _table(tables.RECORD, "GetItem", "BatchGetItem"),
            _table(tables.MESSAGING, "GetItem", "BatchGetItem"),
            of_queue("NotifyQueue", "SendMessage"),
            of_queue("IngestQueue", "SendMessage"),
            of_queue("SweepDeadLetters", "SendMessage"),
            allow("s3", ("ListBucket",), [arn_of("DocumentsBucket")]),
            _objects("DeleteObject"),
        ],
        ARCHIVE: [
            _stream(tables.AUDIT),
            _table(tables.AUDIT, "GetItem", "BatchGetItem", "Query", *APPEND),
            _table(tables.KEYS, "GetItem", "Query"),
            of_key("SealKey", "Decrypt"),
            _archived("PutObject"),
            of_queue("ArchiveDeadLetters", "SendMessage"),
        ],
    }


def documents() -> dict[str, dict[str, Any]]:
    """Return every policy document by file name."""
    statements = _statements()
    return {
        function.policy_file: {
            "Version": "2012-10-17",
            "Statement": [*statements[function], _logs(function)],
        }
        for function in FUNCTIONS
    }


def render(document: dict[str, Any]) -> str:
    """Return the text of one policy file."""
    return json.dumps(document, indent=2) + "\n"


def write(folder: Path) -> None:
    """Write every policy file."""
    for name, document in documents().items():
        (folder / name).write_text(render(document), encoding="utf-8")


if __name__ == "__main__":
    write(ROOT / ".chalice")
    sys.stdout.write(f"{len(FUNCTIONS)} policies written to .chalice/\n")
