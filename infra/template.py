"""Print the template merged into Chalice's: everything the functions stand on.

`chalice package` writes functions, roles and routes; this adds tables, buckets, keys, queues,
alarms and what decorators cannot say. It refuses to know an account, a region or a host: those
are the parameters and the pseudo-parameters of the stack.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Final

from infra import alarms, gateway, operator_roles, stores
from infra.functions import (
    API,
    FUNCTIONS,
    INGEST,
    NOTIFY,
    RELAY,
    REMIND,
    SWEEP,
    WITH_DEAD_LETTERS,
    Function,
)
from infra.intrinsics import arn_of, sub
from infra.policies import table_id

DAY_SECONDS: Final = 86_400
FOURTEEN_DAYS: Final = 14 * DAY_SECONDS
NOTIFY_TIMEOUT_SECONDS: Final = 30
REMIND_TIMEOUT_SECONDS: Final = 60
INGEST_TIMEOUT_SECONDS: Final = 60
MAX_RECEIVES: Final = 5
# Instances of those who serve queues: enough for a campaign day (ADR 0014, `make bench`).
AT_ONCE: Final = {NOTIFY: 80, REMIND: 32, INGEST: 50}
# The same where two processors serve everybody.
AT_ONCE_LOCALLY: Final = 2
# Events of different people need not wait for one another; those of one shard are carried so many
# at a time.
RELAYS_AT_ONCE: Final = 10
STREAM_RETRIES: Final = 10
# Beyond this, sealing would lag for everybody behind one bad row.
STREAM_RECORD_AGE_SECONDS: Final = 6 * 3600

PARAMETERS: Final[dict[str, dict[str, Any]]] = {
    "Prefix": {"Type": "String", "AllowedPattern": "[a-z][a-z0-9-]{1,20}"},
    "PublicBaseUrl": {"Type": "String", "AllowedPattern": "https?://[^/]+"},
    "MailTransport": {"Type": "String", "AllowedValues": ["ses", "smtp"], "Default": "ses"},
    "MailSender": {"Type": "String", "AllowedPattern": "[^@ ]+@[^@ ]+"},
    # Told of incidents, by ids only, and of alarms; empty: recorded as told to nobody.
    "OperatorEmail": {"Type": "String", "Default": ""},
    "SmtpHost": {"Type": "String", "Default": ""},
    "SmtpPort": {"Type": "Number", "Default": 25},
    "FranceconnectIssuer": {"Type": "String"},
    "FranceconnectClientId": {"Type": "String"},
    "FranceconnectClientSecret": {"Type": "String", "NoEcho": True},
    "PscIssuer": {"Type": "String"},
    "PscClientId": {"Type": "String"},
    "PscClientSecret": {"Type": "String", "NoEcho": True},
    # Empty: nobody publishes applications, or reviews them, on this installation.
    "ProconnectIssuer": {"Type": "String", "Default": ""},
    "ProconnectClientId": {"Type": "String", "Default": ""},
    "ProconnectClientSecret": {"Type": "String", "NoEcho": True, "Default": ""},
    "OperatorIssuer": {"Type": "String", "Default": ""},
    "OperatorClientId": {"Type": "String", "Default": ""},
    "OperatorClientSecret": {"Type": "String", "NoEcho": True, "Default": ""},
    # The antivirus, tcp://host:port or unix:///path; empty: none, and each document says so.
    "ClamdAddress": {"Type": "String", "Default": ""},
    # How long nobody, the account's owner included, can delete an archived head of a history.
    "ArchiveRetentionDays": {"Type": "Number", "MinValue": 1, "Default": 3653},
    # The local cloud speaks plain HTTP on the loopback; nothing else may set this to false.
    "RequireTls": {"Type": "String", "AllowedValues": ["true", "false"], "Default": "true"},
}

COMMON_ENVIRONMENT: Final[dict[str, Any]] = {
    "CARNET_PREFIX": {"Ref": "Prefix"},
    "PUBLIC_BASE_URL": {"Ref": "PublicBaseUrl"},
    "DOCUMENTS_BUCKET": {"Ref": "DocumentsBucket"},
    "ARCHIVE_BUCKET": {"Ref": "ArchiveBucket"},
    "NOTIFY_QUEUE_URL": {"Ref": "NotifyQueue"},
    "REMIND_QUEUE_URL": {"Ref": "RemindQueue"},
    "INGEST_QUEUE_URL": {"Ref": "IngestQueue"},
    "KMS_ROOT_KEY_ARN": {"Fn::GetAtt": ["RootKey", "Arn"]},
    "KMS_TRACE_KEY_ARN": {"Fn::GetAtt": ["TraceKey", "Arn"]},
    "KMS_SEAL_KEY_ARN": {"Fn::GetAtt": ["SealKey", "Arn"]},
    "KMS_TOKEN_KEY_ARN": {"Fn::GetAtt": ["TokenKey", "Arn"]},
}
SCAN_ENVIRONMENT: Final[dict[str, Any]] = {"CLAMD_ADDRESS": {"Ref": "ClamdAddress"}}
MAIL_ENVIRONMENT: Final[dict[str, Any]] = {
    "MAIL_TRANSPORT": {"Ref": "MailTransport"},
    "MAIL_SENDER": {"Ref": "MailSender"},
    "OPERATOR_EMAIL": {"Ref": "OperatorEmail"},
    "SMTP_HOST": {"Ref": "SmtpHost"},
    "SMTP_PORT": {"Ref": "SmtpPort"},
}
LOGIN_ENVIRONMENT: Final[dict[str, Any]] = {
    f"OIDC_{provider.upper()}_{name}": {"Ref": f"{provider}{parameter}"}
    for provider in ("Franceconnect", "Psc", "Proconnect", "Operator")
    for name, parameter in (
        ("ISSUER", "Issuer"),
        ("CLIENT_ID", "ClientId"),
        ("CLIENT_SECRET", "ClientSecret"),
    )
}


def queue_resources() -> dict[str, Any]:
    """Return the queues of work and one dead-letter queue per consumer."""
    declared = {
        f"{function.logical_id}DeadLetters": _queue(f"{function.physical_suffix}-dead")
        for function in WITH_DEAD_LETTERS
    }
    return {
        **declared,
        "NotifyQueue": _work_queue(NOTIFY, NOTIFY_TIMEOUT_SECONDS),
        "RemindQueue": _work_queue(REMIND, REMIND_TIMEOUT_SECONDS),
        "IngestQueue": _work_queue(INGEST, INGEST_TIMEOUT_SECONDS),
    }


def _work_queue(function: Function, timeout_seconds: int) -> dict[str, Any]:
    queue = _queue(function.physical_suffix)
    queue["Properties"] |= {
        # Six times the function's time-out, as the event source asks.
        "VisibilityTimeout": 6 * timeout_seconds,
        "RedrivePolicy": {
            "deadLetterTargetArn": arn_of(f"{function.logical_id}DeadLetters"),
            "maxReceiveCount": MAX_RECEIVES,
        },
    }
    return queue


def _queue(name: str) -> dict[str, Any]:
    return {
        "Type": "AWS::SQS::Queue",
        "Properties": {
            "QueueName": sub(f"${{Prefix}}-{name}"),
            "MessageRetentionPeriod": FOURTEEN_DAYS,
            "SqsManagedSseEnabled": True,
        },
    }


def function_additions(stage: str) -> dict[str, Any]:
    """Return what decorators cannot say about each function."""
    additions = {function.logical_id: _addition(function, stage) for function in FUNCTIONS}
    # Chalice renames the API's function after it has named its log group.
    log_group = {"LogGroupName": sub("/aws/lambda/${APIHandler}")}
    return {**additions, "ApiHandlerLogGroup": {"Properties": log_group}}


def _addition(function: Function, stage: str) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "FunctionName": sub(f"${{Prefix}}-{function.physical_suffix}"),
        "Environment": {"Variables": _environment(function, stage)},
    }
    if function.stream:
        event = f"{function.logical_id}DynamodbEventSource"
        properties["Events"] = {event: {"Properties": _stream_event(function)}}
    elif function in AT_ONCE:
        event = f"{function.logical_id}SqsEventSource"
        properties["Events"] = {event: {"Properties": _queue_event(function, stage)}}
    elif function.dead_letters:
        dead_letters = arn_of(f"{function.logical_id}DeadLetters")
        properties["DeadLetterQueue"] = {"Type": "SQS", "TargetArn": dead_letters}
    return {"Properties": properties}


def _environment(function: Function, stage: str) -> dict[str, Any]:
    mail = MAIL_ENVIRONMENT if function in (NOTIFY, SWEEP) else {}
    login = LOGIN_ENVIRONMENT if function is API else {}
    scan = SCAN_ENVIRONMENT if function in (API, INGEST) else {}
    return {**COMMON_ENVIRONMENT, "STAGE": stage, **mail, **login, **scan}


def _stream_event(function: Function) -> dict[str, Any]:
    if function.stream is None:
        raise ValueError(function.name)
    event: dict[str, Any] = {
        "Stream": {"Fn::GetAtt": [table_id(function.stream), "StreamArn"]},
        "StartingPosition": "TRIM_HORIZON",
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "BisectBatchOnFunctionError": True,
        "MaximumRetryAttempts": STREAM_RETRIES,
        "MaximumRecordAgeInSeconds": STREAM_RECORD_AGE_SECONDS,
        "DestinationConfig": {
            "OnFailure": {"Destination": arn_of(f"{function.logical_id}DeadLetters")}
        },
    }
    # Sealing writes rows of its own into the table it follows: without a filter it would see them.
    kind = {"relay": "event", "archive": "trace"}[function.name]
    pattern = {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"kind": {"S": [kind]}}}}
    event["FilterCriteria"] = {"Filters": [{"Pattern": json.dumps(pattern)}]}
    if function is RELAY:
        event["ParallelizationFactor"] = RELAYS_AT_ONCE
    return event


def _queue_event(function: Function, stage: str) -> dict[str, Any]:
    at_once = AT_ONCE_LOCALLY if stage == "local" else AT_ONCE[function]
    return {
        # Chalice writes an Fn::Sub of the queue's name; a merge can only replace its text.
        "Queue": sub(f"${{{function.logical_id}Queue.Arn}}"),
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": at_once},
    }


def _outputs() -> dict[str, Any]:
    values = {
        "DocumentsBucketName": {"Ref": "DocumentsBucket"},
        "ArchiveBucketName": {"Ref": "ArchiveBucket"},
        "NotifyQueueUrl": {"Ref": "NotifyQueue"},
        "RemindQueueUrl": {"Ref": "RemindQueue"},
        "IngestQueueUrl": {"Ref": "IngestQueue"},
        **{f"{key}Arn": arn_of(key) for key in ("RootKey", "TraceKey", "SealKey", "TokenKey")},
        **operator_roles.outputs(),
    }
    return {name: {"Value": value} for name, value in values.items()}


def merge_template(stage: str) -> dict[str, Any]:
    """Return the whole merge template of a stage of `.chalice/config.json`."""
    queues = queue_resources()
    dead_letters = [name for name in queues if name.endswith("DeadLetters")]
    api = {"BinaryMediaTypes": ["*/*"], "GatewayResponses": gateway.api_property()}
    return {
        "Description": "Carnet",
        "Parameters": PARAMETERS,
        "Conditions": {
            "TlsRequired": {"Fn::Equals": [{"Ref": "RequireTls"}, "true"]},
            **alarms.CONDITIONS,
        },
        "Resources": {
            **stores.resources(),
            **operator_roles.resources(),
            **queues,
            **alarms.resources(dead_letters),
            # AWS deploys the API's property; the local cloud honours separate resources only.
            **(gateway.resources() if stage.startswith("local") else {}),
            **function_additions(stage.removesuffix("-arm64")),
            "RestAPI": {"Properties": api},
        },
        "Outputs": _outputs(),
    }


if __name__ == "__main__":
    json.dump(merge_template(sys.argv[1]), sys.stdout, indent=2, ensure_ascii=False)
