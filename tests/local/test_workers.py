"""Workers on the local cloud, with the rights their policies give them and no other."""

import json
from datetime import timedelta

import pytest

from chalicelib.core import clock
from chalicelib.storage import blobs
from infra.local import deploy
from tests.stack import Stack

pytestmark = pytest.mark.cloud


def _sweep(stack: Stack) -> None:
    event = {
        "version": "0",
        "id": "e7b1f1d2-0000-4000-8000-000000000000",
        "source": "aws.events",
        "detail-type": "Scheduled Event",
        "account": "000000000000",
        "time": "2026-11-23T20:00:00Z",
        "region": "eu-west-3",
        "resources": [],
        "detail": {},
    }
    answer = stack.client("lambda").invoke(
        FunctionName=f"{deploy.PREFIX}-sweep", Payload=json.dumps(event).encode()
    )
    assert "FunctionError" not in answer, answer["Payload"].read()


def test_the_sweeper_deletes_an_orphan_and_keeps_the_document_beside_it(stack: Stack) -> None:
    storage, bucket = stack.client("s3"), deploy.outputs(stack.config)["DocumentsBucketName"]
    kept = next(
        entry["Key"]
        for entry in storage.list_objects_v2(Bucket=bucket)["Contents"]
        if entry["Key"].count(".") == 2
    )
    pid, document_id, _ = kept.rpartition("/")[2].split(".")
    orphan = blobs.new_name(pid, document_id, clock.now() - timedelta(hours=3))
    storage.put_object(Bucket=bucket, Key=orphan, Body=b"left by a crash")

    _sweep(stack)

    left = {entry["Key"] for entry in storage.list_objects_v2(Bucket=bucket)["Contents"]}
    assert orphan not in left
    assert kept in left
