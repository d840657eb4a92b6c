"""Reminders due in one minute, through the deployed schedule, queues and functions.

How late a thousand are is `make lateness`'s to say: a time is never asserted.
"""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from bench.crowd import DOMAIN
from infra.local import config, deploy
from tests.stack import Stack

pytestmark = [pytest.mark.cloud, pytest.mark.xdist_group("clock")]  # they mostly wait

PEOPLE = 20
REMINDERS = 200


def test_two_hundred_due_in_one_minute_are_each_mailed_once_and_none_before(
    stack: Stack, record_property: Callable[[str, object], None]
) -> None:
    """Source: R05; ten each: as many as a day may have (R-AGE-02)."""
    measured = subprocess.run(
        [
            *(sys.executable, "-m", "bench.lateness"),
            *("--people", str(PEOPLE), "--reminders", str(REMINDERS)),
        ],
        cwd=config.ROOT,
        env=stack.environment(),
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    record_property("lateness", measured.stdout)
    found = re.search(r"due at (\S+)", measured.stdout)
    assert found, measured.stderr
    due = datetime.fromisoformat(found[1])

    mails = [mail for mail in stack.mailbox() if mail["To"][0].endswith(f"@{DOMAIN}")]
    told = Counter(mail["To"][0] for mail in mails)
    notices = notices_since(stack, found[1])
    assert Counter(notice["status"]["S"] for notice in notices) == {"sent": REMINDERS}
    # The one window in which a mail may repeat: the provider took it, and its answer was lost.
    attempts = sum(int(notice["attempts"]["N"]) for notice in notices)
    assert REMINDERS <= len(mails) <= attempts
    assert len(told) == PEOPLE
    assert min(told.values()) == REMINDERS // PEOPLE
    assert min(mail["Timestamp"] for mail in mails) >= due.timestamp()
    assert stack.queue("remind-dead") == stack.queue("notify-dead") == []


def notices_since(stack: Stack, moment: str) -> list[dict[str, Any]]:
    """Return the notices of reminders made since a moment."""
    pages = (
        stack.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=f"{deploy.PREFIX}-work",
            FilterExpression="kind = :notice AND #t = :reminder AND created_at >= :moment",
            ExpressionAttributeNames={"#t": "type"},
            ExpressionAttributeValues={
                ":notice": {"S": "notice"},
                ":reminder": {"S": "reminder.due"},
                ":moment": {"S": moment[:19]},
            },
        )
    )
    return [item for page in pages for item in page["Items"]]
