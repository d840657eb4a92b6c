"""Say what must wake somebody: failing functions, throttles, dead letters, a queue that ages."""

from __future__ import annotations

from typing import Any, Final

from infra.functions import FUNCTIONS

FIVE_MINUTES: Final = 300
LATE_MESSAGE_SECONDS: Final = 900
# Queues forget after fourteen days: a dead letter nobody read by the tenth is nearly lost.
UNREAD_DEAD_LETTER_SECONDS: Final = 10 * 86_400


def resources(dead_letter_queues: list[str]) -> dict[str, Any]:
    """Return the alarms and the topic they ring."""
    alarms: dict[str, Any] = {
        "AlarmTopic": {
            "Type": "AWS::SNS::Topic",
            "Properties": {"TopicName": {"Fn::Sub": "${Prefix}-alarms"}},
        }
    }
    for function in FUNCTIONS:
        for metric in ("Errors", "Throttles"):
            alarms[f"{function.logical_id}{metric}Alarm"] = _alarm(
                f"{function.physical_suffix}-{metric.lower()}",
                namespace="AWS/Lambda",
                metric=metric,
                statistic="Sum",
                dimension=("FunctionName", {"Ref": function.logical_id}),
            )
    for queue in dead_letter_queues:
        alarms[f"{queue}Alarm"] = _alarm(
            _dashed(queue),
            namespace="AWS/SQS",
            metric="ApproximateNumberOfMessagesVisible",
            statistic="Maximum",
            dimension=("QueueName", {"Fn::GetAtt": [queue, "QueueName"]}),
        )
    ages = dict.fromkeys(dead_letter_queues, UNREAD_DEAD_LETTER_SECONDS)
    for queue, oldest in {**ages, "NotifyQueue": LATE_MESSAGE_SECONDS}.items():
        alarms[f"{queue}AgeAlarm"] = _alarm(
            f"{_dashed(queue)}-age",
            namespace="AWS/SQS",
            metric="ApproximateAgeOfOldestMessage",
            statistic="Maximum",
            dimension=("QueueName", {"Fn::GetAtt": [queue, "QueueName"]}),
            threshold=oldest,
        )
    return alarms


def _dashed(logical_id: str) -> str:
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in logical_id).lstrip("-")


def _alarm(
    name: str,
    *,
    namespace: str,
    metric: str,
    statistic: str,
    dimension: tuple[str, Any],
    threshold: int = 0,
) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": {"Fn::Sub": f"${{Prefix}}-{name}"},
            "Namespace": namespace,
            "MetricName": metric,
            "Dimensions": [{"Name": dimension[0], "Value": dimension[1]}],
            "Statistic": statistic,
            "Period": FIVE_MINUTES,
            "EvaluationPeriods": 1,
            "Threshold": threshold,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": [{"Ref": "AlarmTopic"}],
        },
    }
