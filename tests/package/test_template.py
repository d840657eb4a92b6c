"""The template production deploys: what is kept, who may do what, and every refusal's shape."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from chalicelib.core import clock, log, tables
from chalicelib.core.rows import Row
from chalicelib.http.problem_texts import PROBLEM_TEXTS
from chalicelib.record import uploads
from chalicelib.storage import blobs
from chalicelib.storage.blobs import BlobMissing
from chalicelib.vault.errors import KeyMissing, Tampered
from infra import alarms, checks, gateway, policies, template
from infra.functions import (
    API,
    ARCHIVE,
    AUTHORIZE,
    FUNCTIONS,
    RELAY,
    WITH_DEAD_LETTERS,
    Function,
)

CHALICE = Path(__file__).parents[2] / ".chalice"
CONFIG: dict[str, Any] = json.loads((CHALICE / "config.json").read_text())
PRODUCTION = template.merge_template("prod")
RESOURCES: dict[str, Any] = PRODUCTION["Resources"]
BY_NAME = [pytest.param(function, id=function.name) for function in FUNCTIONS]


def _of_type(kind: str) -> dict[str, Any]:
    return {name: r["Properties"] for name, r in RESOURCES.items() if r.get("Type") == kind}


def test_declares_every_function_chalice_is_told_of() -> None:
    assert set(CONFIG["lambda_functions"]) == {function.name for function in FUNCTIONS}


@pytest.mark.parametrize("function", BY_NAME)
def test_gives_each_function_its_own_bounded_policy(function: Function) -> None:
    told = CONFIG["lambda_functions"][function.name]

    assert told["iam_policy_file"] == function.policy_file
    assert 0 < told["lambda_timeout"] <= 300
    assert 512 <= told["lambda_memory_size"] <= 2048


def test_never_lets_chalice_guess_policies_or_share_libraries() -> None:
    assert CONFIG["autogen_policy"] is False
    assert CONFIG["automatic_layer"] is False
    assert CONFIG["stages"]["prod"] == {"lambda_architecture": "arm64"}


@pytest.mark.parametrize("function", BY_NAME)
def test_keeps_the_written_policies_up_to_date(function: Function) -> None:
    """`python -m infra.policies` writes them."""
    written = (CHALICE / function.policy_file).read_text()

    assert written == policies.render(policies.documents()[function.policy_file])


def test_has_no_policy_file_for_a_function_that_is_gone() -> None:
    written = {path.name for path in CHALICE.glob("policy-*.json")}

    assert written == {function.policy_file for function in FUNCTIONS}


@pytest.mark.parametrize("name", list(policies.documents()))
def test_finds_no_fault_in_any_policy(name: str) -> None:
    statements = policies.documents()[name]["Statement"]

    assert [fault for s in statements for fault in checks.statement_faults(s)] == []


def test_lets_the_authorizer_read_one_row_at_a_time_and_nothing_else() -> None:
    statements = policies.documents()["policy-authorize.json"]["Statement"]
    actions = {action for statement in statements for action in statement["Action"]}

    logs = {"logs:CreateLogStream", "logs:PutLogEvents"}
    # Unwrapping the secret that proves a signing key is the product's own, and nothing else.
    assert actions == {"dynamodb:GetItem", "kms:Decrypt", *logs}


@pytest.mark.parametrize("name", list(policies.documents()))
def test_lets_no_function_destroy_the_key_of_a_record(name: str) -> None:
    for statement in policies.documents()[name]["Statement"]:
        on_keys = {"Fn::GetAtt": ["KeysTable", "Arn"]} in statement["Resource"]
        assert not (
            on_keys and {"dynamodb:DeleteItem", "dynamodb:UpdateItem"} & {*statement["Action"]}
        )


@pytest.mark.parametrize(
    ("actions", "resource"),
    [
        (["dynamodb:*"], {"Fn::GetAtt": ["WorkTable", "Arn"]}),
        (["dynamodb:Get*"], {"Fn::GetAtt": ["WorkTable", "Arn"]}),
        (["dynamodb:GetItem"], "*"),
        (["dynamodb:GetItem"], {"Fn::Sub": "${WorkTable.Arn}/index/*"}),
        (["s3:GetObject"], {"Fn::Sub": "arn:aws:s3:::*/*"}),
        (["logs:PutLogEvents"], {"Fn::Sub": "arn:aws:logs:eu-west-3:1:log-group:*"}),
        (["dynamodb:UpdateItem"], {"Fn::GetAtt": ["AuditTable", "Arn"]}),
        (["dynamodb:DeleteItem"], {"Fn::GetAtt": ["AuditTable", "Arn"]}),
        (["dynamodb:BatchWriteItem"], {"Fn::GetAtt": ["AuditTable", "Arn"]}),
    ],
)
def test_finds_a_planted_fault(actions: list[str], resource: object) -> None:
    statement = {"Effect": "Allow", "Action": actions, "Resource": [resource]}

    assert list(checks.statement_faults(statement))


def test_keeps_every_store_when_the_stack_goes() -> None:
    stores = [
        resource
        for resource in RESOURCES.values()
        if resource.get("Type") in {"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key"}
    ]

    assert len(stores) == len(tables.TABLES) + 2 + 4
    assert {resource["DeletionPolicy"] for resource in stores} == {"Retain"}
    assert {resource["UpdateReplacePolicy"] for resource in stores} == {"Retain"}


def test_protects_every_table_and_can_restore_it() -> None:
    for properties in _of_type("AWS::DynamoDB::Table").values():
        assert properties["DeletionProtectionEnabled"] is True
        assert properties["PointInTimeRecoverySpecification"] == {
            "PointInTimeRecoveryEnabled": True
        }


def test_forgets_rows_in_the_tables_whose_rows_say_until_when_and_in_no_other() -> None:
    import_module("app")  # every row is declared
    ends = {row.TABLE for row in _rows(Row) if "ttl" in row.get_attributes()}
    found = _of_type("AWS::DynamoDB::Table").items()
    told = {name: one.get("TimeToLiveSpecification") for name, one in found}

    assert len(ends) == 2
    assert told == {
        policies.table_id(table): {"AttributeName": "ttl", "Enabled": True}
        if table.name in ends
        else None
        for table in tables.TABLES
    }


def _rows(parent: type[Row]) -> Iterator[type[Row]]:
    for row in parent.__subclasses__():
        yield from _rows(row)
        if getattr(row, "TABLE", None) and row.__module__.startswith("chalicelib."):
            yield row


def test_streams_the_tables_that_a_worker_follows_and_no_other() -> None:
    streamed = {
        name
        for name, properties in _of_type("AWS::DynamoDB::Table").items()
        if "StreamSpecification" in properties
    }

    assert streamed == {policies.table_id(f.stream) for f in FUNCTIONS if f.stream}


def test_rotates_every_key_and_lets_nobody_destroy_it() -> None:
    for properties in _of_type("AWS::KMS::Key").values():
        assert properties["EnableKeyRotation"] is True
        refused = properties["KeyPolicy"]["Statement"][1]
        assert refused["Effect"] == "Deny"
        assert refused["Principal"] == {"AWS": "*"}
        assert set(refused["Action"]) == {"kms:DisableKey", "kms:ScheduleKeyDeletion"}


def test_closes_every_bucket_to_the_public_and_to_plain_http() -> None:
    buckets, closed = _of_type("AWS::S3::Bucket"), _of_type("AWS::S3::BucketPolicy")
    assert {f"{name}Policy" for name in buckets} == set(closed)
    for bucket in buckets.values():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    for policy in closed.values():
        (statement,) = policy["PolicyDocument"]["Statement"]
        assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert PRODUCTION["Parameters"]["RequireTls"]["Default"] == "true"


def test_forgets_parts_once_nothing_may_need_them_and_replaced_versions_in_a_month() -> None:
    rules = RESOURCES["DocumentsBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    every, parts = sorted(rules, key=lambda rule: len(rule["Prefix"]))

    assert every["Prefix"] == ""
    assert blobs.new_part_name("P" * 26, "D" * 26, clock.now()).startswith(parts["Prefix"])
    assert not blobs.new_name("P" * 26, "D" * 26, clock.now()).startswith(parts["Prefix"])
    assert "ExpirationInDays" not in every
    assert every["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}
    lives = uploads.UPLOAD_LIFE + uploads.PROCESSING_LIFE
    assert lives < timedelta(days=parts["ExpirationInDays"]) <= lives + timedelta(days=2)
    assert parts["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
    assert not [rule for rule in rules if rule["Status"] != "Enabled"]


def _allowed(resource: object) -> dict[str, set[str]]:
    """Return who may do what with a resource."""
    return {
        name: {action for s in document["Statement"] if resource in s["Resource"]
               for action in s["Action"]}
        for name, document in policies.documents().items()
        if any(resource in s["Resource"] for s in document["Statement"])
    }  # fmt: skip


def test_lets_the_archive_alone_unwrap_the_key_that_signs_histories() -> None:
    assert _allowed({"Fn::GetAtt": ["SealKey", "Arn"]}) == {"policy-archive.json": {"kms:Decrypt"}}


def test_locks_the_archive_for_years_and_lets_no_function_read_and_write_it() -> None:
    archive = RESOURCES["ArchiveBucket"]["Properties"]
    rule = archive["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]

    assert archive["ObjectLockEnabled"] is True
    assert rule == {"Mode": "COMPLIANCE", "Days": {"Ref": "ArchiveRetentionDays"}}
    assert PRODUCTION["Parameters"]["ArchiveRetentionDays"]["Default"] >= 3652
    assert "LifecycleConfiguration" not in archive
    assert _allowed({"Fn::Sub": "${ArchiveBucket.Arn}/*"}) == {
        "policy-api.json": {"s3:GetObjectVersion"},
        "policy-archive.json": {"s3:PutObject"},
    }
    assert _allowed({"Fn::GetAtt": ["ArchiveBucket", "Arn"]}) == {
        "policy-api.json": {"s3:ListBucketVersions"}
    }


def test_leaves_no_worker_without_dead_letters() -> None:
    assert set(FUNCTIONS) - set(WITH_DEAD_LETTERS) == {API, AUTHORIZE}


@pytest.mark.parametrize("function", WITH_DEAD_LETTERS, ids=lambda f: f.name)
def test_gives_each_worker_dead_letters_and_an_alarm(function: Function) -> None:
    queue = f"{function.logical_id}DeadLetters"

    assert RESOURCES[queue]["Type"] == "AWS::SQS::Queue"
    assert RESOURCES[f"{queue}Alarm"]["Properties"]["Threshold"] == 0
    assert RESOURCES[f"{function.logical_id}ErrorsAlarm"]["Type"] == "AWS::CloudWatch::Alarm"


@pytest.mark.parametrize("function", BY_NAME)
@pytest.mark.parametrize(
    ("word", "error"),
    [
        ("Incident", None),
        ("Tampered", Tampered),
        ("KeyMissing", KeyMissing),
        ("BlobMissing", BlobMissing),
    ],
)
def test_rings_at_the_first_watched_line_of_any_log(
    function: Function,
    word: str,
    error: type[Exception] | None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The pattern is compared with what the code writes, not with itself."""
    log.exception("incident" if error is None else "record failed", (error or ValueError)("x"))
    line = json.loads(capsys.readouterr().out)
    lines = RESOURCES[f"{function.logical_id}{word}Lines"]["Properties"]
    (counted,) = lines["MetricTransformations"]
    alarm = RESOURCES[f"{word}Alarm"]["Properties"]

    asked = re.fullmatch(r'\{ \$\.(\w+) = "(\w+)" \}', lines["FilterPattern"])
    assert asked is not None
    assert line[asked[1]] == asked[2]
    assert lines["LogGroupName"] == {"Ref": alarms.log_group(function)}
    assert counted["MetricName"] == alarm["MetricName"]
    assert counted["MetricNamespace"] == alarm["Namespace"]
    assert (alarm["Statistic"], alarm["Threshold"], alarm["Dimensions"]) == ("Sum", 0, [])


def test_rings_when_the_gateway_answers_5xx_in_series() -> None:
    alarm = RESOURCES["GatewayErrorsAlarm"]["Properties"]
    named = {one["Name"]: one["Value"] for one in alarm["Dimensions"]}

    assert alarm["MetricName"] == "5XXError"
    assert named == {"ApiName": CONFIG["app_name"], "Stage": CONFIG["api_gateway_stage"]}


@pytest.mark.parametrize("function", [RELAY, ARCHIVE], ids=lambda f: f.name)
def test_rings_when_a_stream_is_followed_late(function: Function) -> None:
    alarm = RESOURCES[f"{function.logical_id}IteratorAgeAlarm"]["Properties"]

    assert alarm["Threshold"] == 15 * 60 * 1000
    assert alarm["Threshold"] < template.STREAM_RECORD_AGE_SECONDS * 1000


def test_every_alarm_rings_the_topic_and_the_operator_is_told_if_there_is_one() -> None:
    for alarm in _of_type("AWS::CloudWatch::Alarm").values():
        assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}]
    mail = RESOURCES["AlarmMail"]
    assert mail["Properties"]["TopicArn"] == {"Ref": "AlarmTopic"}
    assert mail["Properties"]["Endpoint"] == {"Ref": "OperatorEmail"}
    given = {"Fn::Not": [{"Fn::Equals": [{"Ref": "OperatorEmail"}, ""]}]}
    assert PRODUCTION["Conditions"][mail["Condition"]] == given


def test_the_operators_page_tells_of_every_alarm_and_of_no_other() -> None:
    page = Path("docs/operating.md").read_text(encoding="utf-8")
    endings = sorted(re.findall(r"^\| `…(-[a-z-]+)` \|", page, re.MULTILINE), key=len, reverse=True)
    names = [
        alarm["AlarmName"]["Fn::Sub"].removeprefix("${Prefix}")
        for alarm in _of_type("AWS::CloudWatch::Alarm").values()
    ]

    told = [next((end for end in endings if name.endswith(end)), name) for name in names]

    assert set(told) == set(endings)


@pytest.mark.parametrize("function", [RELAY, ARCHIVE], ids=lambda f: f.name)
def test_retries_one_bad_stream_record_without_its_neighbours(function: Function) -> None:
    event = RESOURCES[function.logical_id]["Properties"]["Events"]
    (properties,) = (source["Properties"] for source in event.values())

    assert properties["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert properties["BisectBatchOnFunctionError"] is True
    assert properties["DestinationConfig"]["OnFailure"]


def test_hides_a_message_for_six_times_its_reader() -> None:
    queue = RESOURCES["NotifyQueue"]["Properties"]

    assert queue["VisibilityTimeout"] == 6 * CONFIG["lambda_functions"]["notify"]["lambda_timeout"]


def test_refuses_in_our_words_in_both_forms() -> None:
    for kind, refusal in gateway.REFUSALS.items():
        declared = gateway.api_property()[kind]
        body = json.loads(declared["ResponseTemplates"]["application/json"])
        assert refusal.slug in PROBLEM_TEXTS
        assert body["type"] == f"/problems/{refusal.slug}"
        assert body["status"] == declared["StatusCode"] == refusal.status
    separate = [r["Properties"] for r in gateway.resources().values()]
    assert {r["ResponseType"] for r in separate} == set(gateway.REFUSALS)


def test_passes_bytes_through_the_gateway_untouched() -> None:
    assert RESOURCES["RestAPI"]["Properties"]["BinaryMediaTypes"] == ["*/*"]


def test_hides_secrets_from_whoever_describes_the_stack() -> None:
    secret = {name: p for name, p in PRODUCTION["Parameters"].items() if "Secret" in name}

    assert len(secret) == 4
    assert all(parameter["NoEcho"] for parameter in secret.values())


def test_gives_the_login_secrets_to_the_api_alone() -> None:
    holders = {
        function.name
        for function in FUNCTIONS
        if "OIDC_PSC_CLIENT_SECRET"
        in RESOURCES[function.logical_id]["Properties"]["Environment"]["Variables"]
    }

    assert holders == {"api_handler"}
