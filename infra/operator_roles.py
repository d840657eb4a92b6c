"""Declare the operator's roles: one per group of commands, with what these need and no more.

Rows are named by the beginning of their partition key (`dynamodb:LeadingKeys`), so that who looks
after software reads no account. Only `spaces` may unwrap a key of records (ADR 0015), and only
`backup` reads whole tables and the bucket of documents: it has no key to open them. `restore` has
no role: nobody who looks after a living product may write all of it (ADR 0035).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from chalicelib.core import tables
from infra.functions import WITH_DEAD_LETTERS
from infra.intrinsics import arn_of
from infra.policies import (
    BRANCH_KEYS,
    READ,
    Statement,
    allow,
    of_key,
    of_queue,
    of_secret,
    table_id,
)

_SESSION_SECONDS: Final = 3600
# Opens the secret of keyed hashes, without which no row that decides is read or written.
_SECRET: Final = "SECRET#1"  # noqa: S105  a key of a row
_TRACE_SUBJECTS: Final = "T.*"


@dataclass(frozen=True, slots=True)
class Role:
    """One role: its name in the template's outputs, and the commands that work under it."""

    name: str
    commands: tuple[str, ...]

    @property
    def logical_id(self) -> str:
        """Name it in the template."""
        return f"Operator{self.name.capitalize()}Role"

    @property
    def output(self) -> str:
        """Name its ARN in the outputs of the stack."""
        return f"{self.logical_id}Arn"


KEYS: Final = Role("keys", ("init", "add-sealing-key"))
DIRECTORY: Final = Role("directory", ("load-professionals",))
SPACES: Final = Role("spaces", ("open-space",))
SOFTWARE: Final = Role(
    "software",
    (
        "register-client",
        "replace-keys",
        "suspend-client",
        "resume-client",
        "show-client",
        "list-clients",
    ),
)
APPLICATIONS: Final = Role("applications", ("application",))
ACCOUNTS: Final = Role("accounts", ("suspend-account", "resume-account", "show-account"))
STAFF: Final = Role("staff", ("staff",))
BACKUP: Final = Role("backup", ("backup",))
QUEUES: Final = Role("queues", ("dead-letters", "redrive", "reseal"))
ROLES: Final = (KEYS, DIRECTORY, SPACES, SOFTWARE, APPLICATIONS, ACCOUNTS, STAFF, QUEUES, BACKUP)


def role_of(command: str) -> Role | None:
    """Return the role a command works under; None: there is no such command, or it has none."""
    return next((role for role in ROLES if command in role.commands), None)


def _rows(table: tables.Table, actions: tuple[str, ...], *leading: str) -> Statement:
    """Allow actions on the rows whose partition key begins so."""
    return {
        **allow("dynamodb", actions, [arn_of(table_id(table))]),
        "Condition": {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(leading)}},
    }


def _secret() -> list[Statement]:
    return [_rows(tables.IDENTITY, ("GetItem",), _SECRET), of_secret("Decrypt")]


def _new_subjects(root_key: str, subjects: str) -> list[Statement]:
    """Allow making branch keys of some subjects, and sealing under them."""
    return [_rows(tables.KEYS, ("GetItem", "PutItem"), subjects), of_key(root_key, *BRANCH_KEYS)]


def _queues() -> list[Statement]:
    letters = (
        "GetQueueUrl",
        "ReceiveMessage",
        "ChangeMessageVisibility",
        "DeleteMessage",
    )
    dead = [arn_of(f"{function.logical_id}DeadLetters") for function in WITH_DEAD_LETTERS]
    stream = {"Fn::GetAtt": [table_id(tables.AUDIT), "StreamArn"]}
    return [
        allow("sqs", letters, dead),
        of_queue("NotifyQueue", "SendMessage"),
        of_queue("RemindQueue", "SendMessage"),
        of_queue("IngestQueue", "SendMessage"),
        # Whom a notice is for, and why it or a reminder failed.
        _rows(tables.IDENTITY, ("GetItem",), _SECRET),
        _rows(tables.IDENTITY, ("Query",), "P#*"),
        of_secret("Decrypt"),
        _rows(tables.WORK, ("GetItem", "BatchGetItem"), "N#*"),
        _rows(tables.WORK, ("Query",), "DUE#*"),
        # Sealing what a stream lost, as the sealing worker does.
        allow("dynamodb", ("GetRecords", "GetShardIterator"), [stream]),
        _rows(tables.AUDIT, ("Query",), "P#*", "PS#*", "PW#*", "Q#*", "SEAL"),
        _rows(tables.AUDIT, ("GetItem", "BatchGetItem", "PutItem", "ConditionCheckItem"), "Q#*"),
        of_key("SealKey", "Decrypt"),
        allow("s3", ("PutObject",), [{"Fn::Sub": "${ArchiveBucket.Arn}/*"}]),
    ]


def _backup() -> list[Statement]:
    """Allow reading all that is stored, and opening none of it."""
    buckets = ("DocumentsBucket", "ArchiveBucket")
    return [
        allow("dynamodb", ("Scan",), [arn_of(table_id(one)) for one in tables.TABLES]),
        allow("s3", ("ListBucket", "ListBucketVersions"), [arn_of(one) for one in buckets]),
        allow(
            "s3",
            ("GetObject", "GetObjectVersion"),
            [{"Fn::Sub": f"${{{one}.Arn}}/*"} for one in buckets],
        ),
    ]


def statements() -> dict[Role, list[Statement]]:
    """Return what each role may do."""
    read_write = ("GetItem", "PutItem")
    return {
        KEYS: [
            _rows(tables.IDENTITY, read_write, _SECRET),
            _rows(tables.AUDIT, ("Query", "PutItem"), "SEAL"),
            of_secret("GenerateDataKeyWithoutPlaintext", "Decrypt"),
            of_key("SealKey", "Encrypt"),
        ],
        DIRECTORY: [
            *_secret(),
            _rows(tables.IDENTITY, ("BatchGetItem",), "PRO#*"),
            _rows(tables.IDENTITY, ("BatchWriteItem",), "PRO#*", "DIR#*"),
        ],
        SPACES: [
            *_secret(),
            _rows(tables.IDENTITY, read_write, "INS#*", "P#*"),
            # A child who is no longer on a parent's insurance file: the link ends, and it is told.
            _rows(tables.IDENTITY, ("DeleteItem", "Query"), "P#*"),
            _rows(tables.AUDIT, ("PutItem",), "P#*"),
            _rows(tables.IDENTITY, ("PutItem",), "TRAITS#*"),
            _rows(tables.RECORD, read_write, "P#*"),
            _rows(tables.WORK, ("PutItem",), "DUE#*"),
            *_new_subjects("RootKey", "P.*"),
            *_new_subjects("TraceKey", _TRACE_SUBJECTS),
        ],
        SOFTWARE: [
            *_secret(),
            _rows(tables.IDENTITY, ("GetItem", "BatchGetItem", "PutItem"), "CLIENT#*"),
            _rows(tables.IDENTITY, ("BatchGetItem", "PutItem", "DeleteItem"), "CLIENTKEY#*"),
            _rows(tables.IDENTITY, ("Query", "PutItem"), "ORG#*"),
            _rows(tables.AUDIT, ("PutItem",), "A#*"),
            *_new_subjects("TraceKey", _TRACE_SUBJECTS),
        ],
        APPLICATIONS: [
            *_secret(),
            _rows(tables.IDENTITY, ("BatchGetItem", "PutItem"), "APP#*"),
            _rows(tables.CATALOGUE, (*READ, "PutItem"), "CATALOGUE"),
            # The application's own history, which is shown with the reasons.
            _rows(tables.AUDIT, ("Query", "PutItem"), "APP#*"),
            *_new_subjects("TraceKey", _TRACE_SUBJECTS),
        ],
        ACCOUNTS: [
            *_secret(),
            _rows(tables.IDENTITY, ("GetItem",), "P#*", "INS#*", "PRO#*"),
            # A professional who never logged in gets her account, to be suspended.
            _rows(tables.IDENTITY, read_write, "U#*", "LOGIN#*"),
            # Whose history the act is written in.
            _rows(tables.RECORD, ("GetItem",), "P#*"),
            _rows(tables.AUDIT, ("PutItem",), "P#*", "A#*"),
            *_new_subjects("TraceKey", _TRACE_SUBJECTS),
        ],
        STAFF: [
            *_secret(),
            _rows(tables.IDENTITY, ("GetItem", "PutItem", "Query"), "STAFF"),
            _rows(tables.IDENTITY, read_write, "U#*"),
            _rows(tables.AUDIT, ("PutItem",), "A#*"),
            *_new_subjects("TraceKey", _TRACE_SUBJECTS),
        ],
        QUEUES: _queues(),
        BACKUP: _backup(),
    }


def resources() -> dict[str, Any]:
    """Return the roles; nobody but who the account lets assume them works under them."""
    account = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
    trust = {"Effect": "Allow", "Principal": account, "Action": "sts:AssumeRole"}
    return {
        role.logical_id: {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "Description": f"Operator: {', '.join(role.commands)}",
                "MaxSessionDuration": _SESSION_SECONDS,
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
                "Policies": [
                    {
                        "PolicyName": "commands",
                        "PolicyDocument": {"Version": "2012-10-17", "Statement": allowed},
                    }
                ],
            },
        }
        for role, allowed in statements().items()
    }


def outputs() -> dict[str, Any]:
    """Return the outputs that name the roles."""
    return {role.output: arn_of(role.logical_id) for role in ROLES}
