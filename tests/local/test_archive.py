"""The locked archive on the local cloud: who may write it and unwrap its key (A47).

MiniStack's CloudFormation drops the object lock: `tests/audit/test_heads.py` and the template's own
tests cover it.
"""

import json

import pytest
from botocore.exceptions import ClientError

from infra.local import deploy
from tests.local.test_permissions import _as
from tests.stack import Stack

pytestmark = pytest.mark.cloud


def test_the_api_cannot_unwrap_the_key_that_signs_histories(stack: Stack) -> None:
    row = stack.client("dynamodb").get_item(
        TableName=f"{deploy.PREFIX}-audit", Key={"pk": {"S": "SEAL"}, "sk": {"S": "KEY#seal-0001"}}
    )["Item"]
    asked = {
        "CiphertextBlob": row["wrapped"]["B"],
        "KeyId": deploy.outputs(stack.config)["SealKeyArn"],
        "EncryptionContext": {"sealing-key": "seal-0001"},
    }

    opened = _as(stack, "ArchiveRole", "kms").decrypt(**asked)
    with pytest.raises(ClientError) as refused:
        _as(stack, "ApiHandlerRole", "kms").decrypt(**asked)

    assert json.loads(opened["Plaintext"])["kid"] == "seal-0001"
    assert refused.value.response["Error"]["Code"].startswith("AccessDenied")


@pytest.mark.parametrize("role", ["ApiHandlerRole", "SweepRole", "RelayRole", "NotifyRole"])
def test_the_archive_alone_writes_heads(stack: Stack, role: str) -> None:
    bucket = deploy.outputs(stack.config)["ArchiveBucketName"]

    with pytest.raises(ClientError) as refused:
        _as(stack, role, "s3").put_object(Bucket=bucket, Key="heads/nobody/0.00", Body=b"{}")

    assert refused.value.response["Error"]["Code"].startswith("AccessDenied")


def test_the_newest_archived_head_is_a_place_of_the_table(stack: Stack) -> None:
    storage, bucket = stack.client("s3"), deploy.outputs(stack.config)["ArchiveBucketName"]
    found = storage.list_object_versions(Bucket=bucket, Prefix="heads/", MaxKeys=1)["Versions"][0]
    _, pid, name = found["Key"].split("/")
    inverted, _, leaf = name.partition(".")

    place = stack.client("dynamodb").get_item(
        TableName=f"{deploy.PREFIX}-audit",
        Key={
            "pk": {"S": f"Q#{pid}#general"},
            "sk": {"S": f"SEQ#{999_999_999_999 - int(inverted):012d}"},
        },
    )["Item"]

    assert place["leaf"]["B"].hex() == leaf
