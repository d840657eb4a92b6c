"""The local cloud enforces each policy, of functions and of the operator's roles: else refused."""

from collections.abc import Callable
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from infra import operator_roles
from infra.local import config, deploy
from tests.stack import Stack

pytestmark = pytest.mark.cloud

KEY = {"pk": {"S": "P#nobody"}, "sk": {"S": "X"}}
AUDIT, RECORD, IDENTITY, WORK = (
    f"{deploy.PREFIX}-{name}" for name in ("audit", "record", "identity", "work")
)


def _as(stack: Stack, role: str, service: str) -> Any:
    """Return a client with the rights of one function, or of one role of the operator."""
    # A cloud that was killed has forgotten whom it gave rights to.
    return _client(stack.config, stack.running["pids"]["cloud"], role, service)


@cache
def _client(running: config.Config, cloud: int, role: str, service: str) -> Any:
    given = _credentials(running, cloud, role)
    return boto3.client(  # type: ignore[call-overload]  # the service name is a variable
        service,
        endpoint_url=running.cloud_url,
        region_name=config.REGION,
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )


@cache
def _credentials(running: config.Config, cloud: int, role: str) -> Any:
    arn = deploy.client("iam", running).get_role(RoleName=_names(running, cloud)[role])
    given = deploy.client("sts", running).assume_role(
        RoleArn=arn["Role"]["Arn"], RoleSessionName="test"
    )
    return given["Credentials"]


@cache
def _names(running: config.Config, _cloud: int) -> dict[str, str]:
    resources = deploy.client("cloudformation", running).describe_stack_resources(
        StackName=deploy.STACK
    )["StackResources"]
    return {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in resources}


@pytest.mark.parametrize(
    "role",
    [
        "ApiHandlerRole",
        "AuthorizeRole",
        "RelayRole",
        "NotifyRole",
        "PlanRole",
        "RemindRole",
        "SweepRole",
        "ArchiveRole",
        *(role.logical_id for role in operator_roles.ROLES),
    ],
)
@pytest.mark.parametrize(
    "rewrite",
    [
        lambda db: db.delete_item(TableName=AUDIT, Key=KEY),
        lambda db: db.update_item(
            TableName=AUDIT,
            Key=KEY,
            UpdateExpression="SET a = :a",
            ExpressionAttributeValues={":a": {"S": "b"}},
        ),
        lambda db: db.transact_write_items(
            TransactItems=[{"Delete": {"TableName": AUDIT, "Key": KEY}}]
        ),
        lambda db: db.batch_write_item(
            RequestItems={AUDIT: [{"DeleteRequest": {"Key": KEY}}]},
        ),
        lambda db: db.delete_table(TableName=AUDIT),
    ],
    ids=["delete", "update", "transaction", "batch", "table"],
)
def test_nobody_can_rewrite_the_trace(
    stack: Stack, role: str, rewrite: Callable[[Any], object]
) -> None:
    with pytest.raises(ClientError) as refused:
        rewrite(_as(stack, role, "dynamodb"))

    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"


@pytest.mark.parametrize(
    ("role", "service", "call"),
    [
        ("AuthorizeRole", "dynamodb", lambda c: c.get_item(TableName=RECORD, Key=KEY)),
        ("AuthorizeRole", "dynamodb", lambda c: c.get_item(TableName=AUDIT, Key=KEY)),
        ("AuthorizeRole", "dynamodb", lambda c: c.put_item(TableName=IDENTITY, Item=KEY)),
        ("RelayRole", "dynamodb", lambda c: c.get_item(TableName=RECORD, Key=KEY)),
        ("RelayRole", "dynamodb", lambda c: c.get_item(TableName=IDENTITY, Key=KEY)),
        ("RelayRole", "sesv2", lambda c: c.get_account()),
        ("NotifyRole", "dynamodb", lambda c: c.put_item(TableName=RECORD, Item=KEY)),
        ("PlanRole", "dynamodb", lambda c: c.get_item(TableName=RECORD, Key=KEY)),
        ("PlanRole", "dynamodb", lambda c: c.delete_item(TableName=WORK, Key=KEY)),
        ("RemindRole", "dynamodb", lambda c: c.get_item(TableName=AUDIT, Key=KEY)),
        ("RemindRole", "dynamodb", lambda c: c.put_item(TableName=IDENTITY, Item=KEY)),
        ("RemindRole", "sesv2", lambda c: c.get_account()),
        ("SweepRole", "dynamodb", lambda c: c.delete_item(TableName=RECORD, Key=KEY)),
        ("SweepRole", "dynamodb", lambda c: c.get_item(TableName=AUDIT, Key=KEY)),
        ("ArchiveRole", "dynamodb", lambda c: c.get_item(TableName=IDENTITY, Key=KEY)),
        ("ApiHandlerRole", "dynamodb", lambda c: c.scan(TableName=RECORD)),
        ("ApiHandlerRole", "kms", lambda c: c.create_key()),
        ("ApiHandlerRole", "iam", lambda c: c.list_roles()),
        ("OperatorKeysRole", "dynamodb", lambda c: c.get_item(TableName=RECORD, Key=KEY)),
        ("OperatorDirectoryRole", "dynamodb", lambda c: c.put_item(TableName=AUDIT, Item=KEY)),
        ("OperatorDirectoryRole", "dynamodb", lambda c: c.put_item(TableName=RECORD, Item=KEY)),
        ("OperatorSpacesRole", "dynamodb", lambda c: c.get_item(TableName=AUDIT, Key=KEY)),
        ("OperatorSoftwareRole", "dynamodb", lambda c: c.get_item(TableName=RECORD, Key=KEY)),
        ("OperatorAccountsRole", "dynamodb", lambda c: c.put_item(TableName=RECORD, Item=KEY)),
        ("OperatorAccountsRole", "dynamodb", lambda c: c.delete_item(TableName=IDENTITY, Key=KEY)),
        ("OperatorQueuesRole", "dynamodb", lambda c: c.put_item(TableName=IDENTITY, Item=KEY)),
        ("OperatorQueuesRole", "dynamodb", lambda c: c.get_item(TableName=RECORD, Key=KEY)),
        (
            "OperatorSoftwareRole",
            "sqs",
            lambda c: c.get_queue_url(QueueName=f"{deploy.PREFIX}-notify-dead"),
        ),
    ],
)
def test_a_role_cannot_do_what_another_does(
    stack: Stack, role: str, service: str, call: Callable[[Any], object]
) -> None:
    with pytest.raises(ClientError) as refused:
        call(_as(stack, role, service))

    assert refused.value.response["Error"]["Code"].startswith("AccessDenied")


def test_a_function_can_do_what_its_policy_allows(stack: Stack) -> None:
    found = _as(stack, "ApiHandlerRole", "dynamodb").get_item(TableName=RECORD, Key=KEY)

    assert "Item" not in found


def test_a_mail_leaves_from_our_sender_only(stack: Stack) -> None:
    letter = {
        "Destination": {"ToAddresses": ["nobody@exemple.example"]},
        "Content": {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}},
    }
    notify = _as(stack, "NotifyRole", "sesv2")

    notify.send_email(FromEmailAddress=deploy.MAIL_SENDER, **letter)
    with pytest.raises(ClientError) as refused:
        notify.send_email(FromEmailAddress="other@elsewhere.example", **letter)

    assert refused.value.response["Error"]["Code"].startswith("AccessDenied")


@pytest.mark.parametrize("key", ["RootKeyArn", "TraceKeyArn", "SealKeyArn", "TokenKeyArn"])
def test_nobody_destroys_a_wrapping_key(stack: Stack, key: str) -> None:
    arn = deploy.outputs(stack.config)[key]

    with pytest.raises(ClientError) as refused:
        _as(stack, "ApiHandlerRole", "kms").schedule_key_deletion(KeyId=arn)

    assert refused.value.response["Error"]["Code"].startswith("AccessDenied")


@pytest.mark.parametrize(
    ("role", "reason"),
    [
        ("ApiHandlerRole", "InvalidCiphertextException"),  # it may, and this is no key
        *((role.logical_id, "AccessDeniedException") for role in operator_roles.ROLES),
        *((f"{name}Role", "AccessDeniedException") for name in ("Authorize", "Notify", "Remind")),
    ],
)
def test_only_the_api_unwraps_a_key_that_signs_tokens(stack: Stack, role: str, reason: str) -> None:
    key = deploy.outputs(stack.config)["TokenKeyArn"]
    with pytest.raises(ClientError) as refused:
        _as(stack, role, "kms").decrypt(
            KeyId=key, CiphertextBlob=b"x" * 64, EncryptionContext={"signing-key": "2026-11-23"}
        )

    assert refused.value.response["Error"]["Code"] == reason


def _bucket(stack: Stack) -> str:
    return deploy.outputs(stack.config)["DocumentsBucketName"]


@pytest.mark.parametrize(
    "role",
    [role.logical_id for role in operator_roles.ROLES if role is not operator_roles.BACKUP],
)
@pytest.mark.parametrize(
    ("service", "call"),
    [
        ("s3", lambda c, bucket: c.get_object(Bucket=bucket, Key="x")),
        ("s3", lambda c, bucket: c.list_objects_v2(Bucket=bucket)),
        ("dynamodb", lambda c, _: c.scan(TableName=RECORD)),
        ("dynamodb", lambda c, _: c.delete_item(TableName=RECORD, Key=KEY)),
        ("iam", lambda c, _: c.list_roles()),
    ],
    ids=["file", "files", "records", "row", "rights"],
)
def test_no_role_of_the_operator_reaches_documents(
    stack: Stack, role: str, service: str, call: Callable[[Any, str], object]
) -> None:
    with pytest.raises(ClientError) as refused:
        call(_as(stack, role, service), _bucket(stack))

    assert refused.value.response["Error"]["Code"].startswith("AccessDenied")


@pytest.mark.parametrize(
    ("service", "call"),
    [
        ("s3", lambda c, bucket: c.put_object(Bucket=bucket, Key="x", Body=b"x")),
        ("s3", lambda c, bucket: c.delete_object(Bucket=bucket, Key="x")),
        ("dynamodb", lambda c, _: c.put_item(TableName=RECORD, Item=KEY)),
        ("iam", lambda c, _: c.list_roles()),
    ],
    ids=["file", "deletion", "row", "rights"],
)
def test_who_copies_everything_writes_nothing(
    stack: Stack, service: str, call: Callable[[Any, str], object]
) -> None:
    with pytest.raises(ClientError) as refused:
        call(_as(stack, "OperatorBackupRole", service), _bucket(stack))

    assert refused.value.response["Error"]["Code"].startswith("AccessDenied")


def test_a_role_of_the_operator_can_do_what_it_is_for(stack: Stack) -> None:
    row = {"TableName": IDENTITY, "Key": {"pk": {"S": "CLIENT#none"}, "sk": {"S": "CLIENT"}}}

    assert "Item" not in _as(stack, "OperatorSoftwareRole", "dynamodb").get_item(**row)
