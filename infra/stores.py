"""Declare what holds data: tables, the buckets of documents and heads, the keys that wrap keys.

All of it outlives its stack, and destroying a key is refused until its policy is changed first.
"""

from __future__ import annotations

from typing import Any, Final

from chalicelib.core import tables
from infra.intrinsics import arn_of, sub
from infra.policies import table_id

PARTS_PREFIX: Final = "parts/"
# Longer than an upload and the inspection that follows may last; a test compares.
PARTS_DAYS: Final = 5


def resources() -> dict[str, Any]:
    """Return every store of the product."""
    return {**table_resources(), **key_resources(), **bucket_resources()}


def _kept(kind: str, properties: dict[str, Any]) -> dict[str, Any]:
    """Declare a resource that outlives its stack and its replacement."""
    return {
        "Type": kind,
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": properties,
    }


def table_resources() -> dict[str, Any]:
    """Return the tables, the key store among them."""
    declared = {}
    for table in tables.TABLES:
        properties = tables.cloudformation_properties(table, "${Prefix}")
        properties["TableName"] = sub(properties["TableName"])
        declared[table_id(table)] = _kept("AWS::DynamoDB::Table", properties)
    return declared


# What an administrator needs to look after a key, and the uses that role policies may hand out.
# Destroying or disabling a key is refused to everyone until this policy itself is changed.
_KEY_ADMINISTRATION: Final = (
    "DescribeKey",
    "EnableKey",
    "EnableKeyRotation",
    "GetKeyPolicy",
    "GetKeyRotationStatus",
    "ListAliases",
    "PutKeyPolicy",
    "TagResource",
    "UntagResource",
    "CreateAlias",
    "UpdateAlias",
    "UpdateKeyDescription",
)
_KEY_USE: Final = (
    "Decrypt",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
)
_KEY_DESTRUCTION: Final = ("DisableKey", "ScheduleKeyDeletion")


def key_resources() -> dict[str, Any]:
    """Return the four wrapping keys and their aliases."""
    purposes = {
        "RootKey": ("root", "Wraps branch keys of patients and accounts"),
        "TraceKey": ("trace", "Wraps branch keys of traces"),
        "SealKey": ("seal", "Wraps the keys that sign histories"),
        "TokenKey": ("token", "Wraps the keys that sign tokens and blind identifiers"),
    }
    declared = {}
    for logical_id, (alias, description) in purposes.items():
        declared[logical_id] = _kept(
            "AWS::KMS::Key",
            {
                "Description": description,
                "EnableKeyRotation": True,
                "PendingWindowInDays": 30,
                "KeyPolicy": _key_policy(),
            },
        )
        declared[f"{logical_id}Alias"] = {
            "Type": "AWS::KMS::Alias",
            "Properties": {
                "AliasName": sub(f"alias/${{Prefix}}-{alias}"),
                "TargetKeyId": {"Ref": logical_id},
            },
        }
    return declared


def _key_policy() -> dict[str, Any]:
    # In a key policy the resource "*" is the key that carries it.
    account = {"AWS": sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")}
    allowed = [f"kms:{action}" for action in (*_KEY_ADMINISTRATION, *_KEY_USE)]
    refused = [f"kms:{action}" for action in _KEY_DESTRUCTION]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": account, "Action": allowed, "Resource": "*"},
            {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": refused, "Resource": "*"},
        ],
    }


def bucket_resources() -> dict[str, Any]:
    """Return the bucket of sealed documents, the locked archive, and what guards them."""
    documents = {"LifecycleConfiguration": {"Rules": [_declared(rule) for rule in lifecycle()]}}
    # In compliance mode nobody shortens a retention or deletes a version before its end.
    retention = {"Mode": "COMPLIANCE", "Days": {"Ref": "ArchiveRetentionDays"}}
    archive = {
        "ObjectLockEnabled": True,
        "ObjectLockConfiguration": {
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": retention},
        },
    }
    return {
        **_bucket("DocumentsBucket", "documents", documents),
        **_bucket("ArchiveBucket", "archive", archive),
    }


def _bucket(logical_id: str, name: str, more: dict[str, Any]) -> dict[str, Any]:
    properties = {
        "BucketName": sub(f"${{Prefix}}-{name}-${{AWS::AccountId}}"),
        "VersioningConfiguration": {"Status": "Enabled"},
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        },
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
            ]
        },
        **more,
    }
    tls_only = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn_of(logical_id), sub(f"${{{logical_id}.Arn}}/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {
        logical_id: _kept("AWS::S3::Bucket", properties),
        f"{logical_id}Policy": {
            "Type": "AWS::S3::BucketPolicy",
            "Condition": "TlsRequired",
            "Properties": {
                "Bucket": {"Ref": logical_id},
                "PolicyDocument": {"Version": "2012-10-17", "Statement": [tls_only]},
            },
        },
    }


def lifecycle() -> list[dict[str, Any]]:
    """Return what the bucket of documents forgets by itself, as S3's own call takes it."""
    return [
        {
            "ID": "forget-replaced-versions",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        },
        {
            # The sweep takes them sooner, but looks twice only.
            "ID": "forget-parts",
            "Status": "Enabled",
            "Filter": {"Prefix": PARTS_PREFIX},
            "Expiration": {"Days": PARTS_DAYS},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
        },
    ]


def _declared(rule: dict[str, Any]) -> dict[str, Any]:
    """Say a rule in the words of CloudFormation."""
    declared = {
        "Id": rule["ID"],
        "Prefix": rule["Filter"]["Prefix"],
        **{name: rule[name] for name in rule if name not in ("ID", "Filter", "Expiration")},
    }
    if "Expiration" in rule:
        declared["ExpirationInDays"] = rule["Expiration"]["Days"]
    return declared
