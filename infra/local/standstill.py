"""Hold the local cloud still, and make its tables and buckets anew, for the restore drill."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from chalicelib.core import tables
from infra import bare
from infra.local import deploy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.config import Config

_OF_A_FUNCTION: Final = b"AWS_LAMBDA_FUNCTION_NAME="
_KEPT: Final = (
    "FunctionName",
    "BatchSize",
    "StartingPosition",
    "ParallelizationFactor",
    "FilterCriteria",
    "FunctionResponseTypes",
)


def pause(here: Config) -> list[dict[str, Any]]:
    """Let nothing be written but by requests; return which functions followed which tables.

    What follows a stream follows that of a table that will be no more: a stack that is
    deployed anew makes them so, with new streams.
    """
    events, functions = deploy.client("events", here), deploy.client("lambda", here)
    for rule in events.list_rules()["Rules"]:
        events.disable_rule(Name=rule["Name"])
    followed = []
    for one in functions.list_event_source_mappings()["EventSourceMappings"]:
        if ":dynamodb:" in one["EventSourceArn"]:
            one["FunctionName"] = one["FunctionArn"].rpartition(":")[2]
            followed.append(one)
            functions.delete_event_source_mapping(UUID=one["UUID"])
    return followed


def resume(here: Config, followed: list[dict[str, Any]]) -> None:
    """Let the clock and the streams of the new tables start functions again."""
    events, functions = deploy.client("events", here), deploy.client("lambda", here)
    database = deploy.client("dynamodb", here)
    for one in followed:
        table = one["EventSourceArn"].partition(":table/")[2].partition("/")[0]
        stream = database.describe_table(TableName=table)["Table"]["LatestStreamArn"]
        given = {name: one[name] for name in _KEPT if name in one}
        functions.create_event_source_mapping(EventSourceArn=stream, **given)
    for rule in events.list_rules()["Rules"]:
        events.enable_rule(Name=rule["Name"])


def forget(here: Config) -> None:
    """Kill what runs functions of this product: the next call starts with nothing in memory."""
    mine = f"CARNET_STATE={here.state}".encode()
    for place in Path("/proc").glob("[0-9]*"):
        try:
            said = (place / "environ").read_bytes().split(b"\0")
        except OSError:  # it ended, or is somebody else's
            continue
        if mine in said and any(one.startswith(_OF_A_FUNCTION) for one in said):
            with suppress(ProcessLookupError):
                os.kill(int(place.name), signal.SIGKILL)


def empty(here: Config) -> None:
    """Delete every table and object, and make the tables anew, of the same names."""
    database = deploy.client("dynamodb", here)
    for table in tables.TABLES:
        name = table.physical_name(deploy.PREFIX)
        database.update_table(TableName=name, DeletionProtectionEnabled=False)
        database.delete_table(TableName=name)
    tables.create_all(database, deploy.PREFIX)
    for bucket in buckets(here).values():
        bare.empty(deploy.client("s3", here), bucket)


def buckets(here: Config) -> dict[str, str]:
    """Name the buckets by what they hold."""
    named = deploy.outputs(here)
    return {
        "documents": named["DocumentsBucketName"],
        "archive": named["ArchiveBucketName"],
    }


def counts(here: Config) -> dict[str, int]:
    """Count rows and objects by the cloud's own lists, apart from what commands say.

    What no backup brings back does not count: sessions, and former versions of documents.
    """
    found = {}
    scan = deploy.client("dynamodb", here).get_paginator("scan")
    for table in tables.TABLES:
        pages = scan.paginate(
            TableName=table.physical_name(deploy.PREFIX),
            Select="COUNT",
            FilterExpression="NOT #k IN (:session, :provider)",
            ExpressionAttributeNames={"#k": "kind"},
            ExpressionAttributeValues={
                ":session": {"S": "session"},
                ":provider": {"S": "provider_session"},
            },
        )
        found[table.name] = sum(page["Count"] for page in pages)
    for name, bucket in buckets(here).items():
        every = name == "archive"
        found[name] = sum(every or one["IsLatest"] for one in _versions(here, bucket))
    return found


def _versions(here: Config, bucket: str) -> Iterator[Any]:
    pages = deploy.client("s3", here).get_paginator("list_object_versions").paginate(Bucket=bucket)
    for page in pages:
        yield from page.get("Versions", [])
