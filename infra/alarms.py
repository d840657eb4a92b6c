"""Say what must wake somebody: failing functions, incidents in logs, dead letters, what ages.

The edge answers 500 and 503 itself, so that Lambda sees no error there: those are watched in the
gateway's own figures and in the logs. `docs/operating.md` says what to do about each alarm.
"""

from __future__ import annotations

from typing import Any, Final

from infra.functions import API, FUNCTIONS, Function

FIVE_MINUTES: Final = 300
LATE_MESSAGE_SECONDS: Final = 900
# Queues forget after fourteen days: a dead letter nobody read by the tenth is nearly lost.
UNREAD_DEAD_LETTER_SECONDS: Final = 10 * 86_400
LATE_STREAM_MILLISECONDS: Final = 900_000
# One answer in 5xx may be a passing outage of the host, which clients try again; not a series.
FEW_FAILED_ANSWERS: Final = 4
# Field and value of log lines (`core/log.py`): 500s of the edge, actors who spent a budget, and
# errors whose class is a code.
WATCHED_LINES: Final = {
    "incident": "event",
    "overuse": "event",
    "infected": "event",
    "Tampered": "error",
    "KeyMissing": "error",
    "BlobMissing": "error",
}
# Names `.chalice/config.json` gives; a test compares them.
GATEWAY: Final = {"ApiName": "carnet", "Stage": "carnet"}
CONDITIONS: Final[dict[str, Any]] = {
    "OperatorIsTold": {"Fn::Not": [{"Fn::Equals": [{"Ref": "OperatorEmail"}, ""]}]}
}


def resources(dead_letter_queues: list[str]) -> dict[str, Any]:
    """Return the alarms and the topic they ring."""
    return {
        "AlarmTopic": {
            "Type": "AWS::SNS::Topic",
            "Properties": {"TopicName": {"Fn::Sub": "${Prefix}-alarms"}},
        },
        "AlarmMail": {
            "Type": "AWS::SNS::Subscription",
            "Condition": "OperatorIsTold",
            "Properties": {
                "TopicArn": {"Ref": "AlarmTopic"},
                "Protocol": "email",
                "Endpoint": {"Ref": "OperatorEmail"},
            },
        },
        **_function_alarms(),
        **_queue_alarms(dead_letter_queues),
        **_log_alarms(),
        "GatewayErrorsAlarm": _alarm(
            "gateway-errors",
            namespace="AWS/ApiGateway",
            metric="5XXError",
            statistic="Sum",
            dimensions=GATEWAY,
            threshold=FEW_FAILED_ANSWERS,
        ),
    }


def log_group(function: Function) -> str:
    """Name the logical id that `chalice package` gives to a function's log group."""
    return f"{'ApiHandler' if function is API else function.logical_id}LogGroup"


def _function_alarms() -> dict[str, Any]:
    alarms: dict[str, Any] = {}
    for function in FUNCTIONS:
        watched = {"Errors": 0, "Throttles": 0}
        if function.stream:
            watched["IteratorAge"] = LATE_STREAM_MILLISECONDS
        for metric, threshold in watched.items():
            alarms[f"{function.logical_id}{metric}Alarm"] = _alarm(
                f"{function.physical_suffix}-{_dashed(metric)}",
                namespace="AWS/Lambda",
                metric=metric,
                statistic="Maximum" if metric == "IteratorAge" else "Sum",
                dimensions={"FunctionName": {"Ref": function.logical_id}},
                threshold=threshold,
            )
    return alarms


def _queue_alarms(dead_letter_queues: list[str]) -> dict[str, Any]:
    alarms: dict[str, Any] = {}
    for queue in dead_letter_queues:
        alarms[f"{queue}Alarm"] = _alarm(
            _dashed(queue),
            namespace="AWS/SQS",
            metric="ApproximateNumberOfMessagesVisible",
            statistic="Maximum",
            dimensions={"QueueName": {"Fn::GetAtt": [queue, "QueueName"]}},
        )
    ages = dict.fromkeys(dead_letter_queues, UNREAD_DEAD_LETTER_SECONDS)
    work = dict.fromkeys(("NotifyQueue", "RemindQueue", "IngestQueue"), LATE_MESSAGE_SECONDS)
    for queue, oldest in {**ages, **work}.items():
        alarms[f"{queue}AgeAlarm"] = _alarm(
            f"{_dashed(queue)}-age",
            namespace="AWS/SQS",
            metric="ApproximateAgeOfOldestMessage",
            statistic="Maximum",
            dimensions={"QueueName": {"Fn::GetAtt": [queue, "QueueName"]}},
            threshold=oldest,
        )
    return alarms


def _log_alarms() -> dict[str, Any]:
    """Count some lines of every function's log, and ring at the first one."""
    declared: dict[str, Any] = {}
    namespace = {"Fn::Sub": "${Prefix}"}
    for value, field in WATCHED_LINES.items():
        name = f"{value[0].upper()}{value[1:]}"
        for function in FUNCTIONS:
            declared[f"{function.logical_id}{name}Lines"] = {
                "Type": "AWS::Logs::MetricFilter",
                "Properties": {
                    "LogGroupName": {"Ref": log_group(function)},
                    "FilterPattern": f'{{ $.{field} = "{value}" }}',
                    "MetricTransformations": [
                        {"MetricName": name, "MetricNamespace": namespace, "MetricValue": "1"}
                    ],
                },
            }
        declared[f"{name}Alarm"] = _alarm(
            f"log-{_dashed(name)}",
            namespace=namespace,
            metric=name,
            statistic="Sum",
            dimensions={},
        )
    return declared


def _dashed(logical_id: str) -> str:
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in logical_id).lstrip("-")


def _alarm(
    suffix: str,
    *,
    namespace: str | dict[str, str],
    metric: str,
    statistic: str,
    dimensions: dict[str, Any],
    threshold: int = 0,
) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": {"Fn::Sub": f"${{Prefix}}-{suffix}"},
            "Namespace": namespace,
            "MetricName": metric,
            "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
            "Statistic": statistic,
            "Period": FIVE_MINUTES,
            "EvaluationPeriods": 1,
            "Threshold": threshold,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": [{"Ref": "AlarmTopic"}],
        },
    }
