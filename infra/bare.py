"""An installation made with public calls only, for a host without CloudFormation (D3).

It makes what the template declares and containers need: tables, buckets, queues, keys. Roles,
alarms and functions are the host's own affair.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from botocore.exceptions import ClientError

from chalicelib.core import tables
from infra.functions import INGEST, NOTIFY, REMIND, WITH_DEAD_LETTERS
from infra.stores import lifecycle
from infra.template import queue_resources

_KEYS: Final = ("ROOT", "TRACE", "SEAL", "TOKEN")
_DAYS_BEFORE_KEYS_GO: Final = 7  # the shortest that a host takes
Client = Callable[[str], Any]


def create(client: Client, prefix: str, region: str) -> dict[str, str]:
    """Make an installation, and return the settings that name it.

    Raises:
        ClientError: a part of it is there already, or the host refuses.
    """
    made = stores(client, prefix, region)
    client("s3").put_bucket_lifecycle_configuration(
        Bucket=made["DOCUMENTS_BUCKET"], LifecycleConfiguration={"Rules": lifecycle()}
    )
    return {**made, **_queues(client("sqs"), prefix)}


def stores(client: Client, prefix: str, region: str) -> dict[str, str]:
    """Make all of it but the queues; as `create`."""
    tables.create_all(client("dynamodb"), prefix)
    documents, archive = f"{prefix}-documents", f"{prefix}-archive"
    place = {"LocationConstraint": region}
    client("s3").create_bucket(Bucket=documents, CreateBucketConfiguration=place)
    client("s3").create_bucket(
        Bucket=archive, CreateBucketConfiguration=place, ObjectLockEnabledForBucket=True
    )
    for bucket in (documents, archive):
        client("s3").put_bucket_versioning(
            Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}
        )
    return {
        "CARNET_PREFIX": prefix,
        "DOCUMENTS_BUCKET": documents,
        "ARCHIVE_BUCKET": archive,
        **{f"KMS_{name}_KEY_ARN": _key(client) for name in _KEYS},
    }


def remove(client: Client, settings: dict[str, str]) -> list[str]:
    """Remove tables, keys in a week, and buckets that hold nothing locked; return what stays."""
    for table in tables.TABLES:
        client("dynamodb").delete_table(TableName=table.physical_name(settings["CARNET_PREFIX"]))
    for name in _KEYS:
        key = settings[f"KMS_{name}_KEY_ARN"].rpartition("/")[2]
        client("kms").schedule_key_deletion(KeyId=key, PendingWindowInDays=_DAYS_BEFORE_KEYS_GO)
    stay = []
    for name in (settings["DOCUMENTS_BUCKET"], settings["ARCHIVE_BUCKET"]):
        try:
            empty(client("s3"), name)
            client("s3").delete_bucket(Bucket=name)
        except ClientError:
            stay.append(name)
    return stay


def empty(files: Any, bucket: str) -> None:  # noqa: ANN401  clients are made at run time
    """Remove every version of every object of a bucket.

    Raises:
        ClientError: the host keeps some of them.
    """
    for page in files.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for one in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
            files.delete_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])


def _key(client: Client) -> str:
    return str(client("kms").create_key(Description="Carnet")["KeyMetadata"]["Arn"])


def _queues(sqs: Any, prefix: str) -> dict[str, str]:  # noqa: ANN401  clients are made at run time
    declared = {name: one["Properties"] for name, one in queue_resources().items()}
    for function in WITH_DEAD_LETTERS:
        sqs.create_queue(QueueName=f"{prefix}-{function.physical_suffix}-dead")
    made = {}
    for function in (NOTIFY, REMIND, INGEST):
        name = f"{prefix}-{function.physical_suffix}"
        dead = sqs.get_queue_url(QueueName=f"{name}-dead")["QueueUrl"]
        told = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])
        queue = declared[f"{function.logical_id}Queue"]
        receives = queue["RedrivePolicy"]["maxReceiveCount"]
        target = told["Attributes"]["QueueArn"]
        answer = sqs.create_queue(
            QueueName=name,
            Attributes={
                "VisibilityTimeout": str(queue["VisibilityTimeout"]),
                "MessageRetentionPeriod": str(queue["MessageRetentionPeriod"]),
                "RedrivePolicy": (
                    f'{{"deadLetterTargetArn":"{target}","maxReceiveCount":"{receives}"}}'
                ),
            },
        )
        made[f"{function.physical_suffix.upper()}_QUEUE_URL"] = str(answer["QueueUrl"])
    return made
