"""What is asked of a host, on the two doubles that are processes of their own (ADR 0033)."""

import re
import subprocess
import sys
from typing import Any

import boto3
import pytest

from bench import dynamodb_local
from chalicelib.core import tables
from infra.local import config, deploy
from infra.qualify import database
from infra.qualify.promise import Host, judge
from tests.stack import Stack

pytestmark = pytest.mark.cloud


@pytest.mark.xdist_group("dynamodb-local")
def test_dynamodb_local_keeps_every_promise_of_the_database() -> None:
    session = boto3.Session("testing", "testing", region_name="eu-west-3")
    try:
        with dynamodb_local.running() as server:

            def client(service: str) -> Any:
                return session.client(service, endpoint_url=server.url)  # type: ignore[call-overload]

            tables.create_all(client("dynamodb"), "qualify")
            host = Host(client, "qualify", {})
            verdicts = [judge(promise, host) for promise in database.PROMISES]
    except dynamodb_local.MissingError as missing:
        pytest.skip(str(missing))
    assert {one.promise.says: one.broken for one in verdicts if one.broken} == {}


def test_the_local_cloud_keeps_every_promise_but_one_of_keys(stack: Stack) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "infra.qualify"],
        cwd=config.ROOT,
        env=stack.environment() | deploy.administrator(stack.config),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    differences = re.findall(r"^  (?:without|BROKEN) (.*) \(\d", done.stdout, re.MULTILINE)
    assert differences == ["what one key wrapped another does not open"]
