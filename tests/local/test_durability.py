"""Kill any process at any moment: what was acknowledged is there afterwards (D2)."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http import HTTPStatus

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from infra.local import config, deploy
from infra.local.journal import WRITES_AT_MOST
from tests.stack import Stack, fetch

pytestmark = [pytest.mark.cloud, pytest.mark.xdist_group("kills")]

TABLE = f"{deploy.PREFIX}-work"
WRITES = 200
KILLS = 4
WRITERS = 4
GIVE_UP_SECONDS = 90
SEEDED = 2


@pytest.fixture(autouse=True)
def _seed_is_told(stack: Stack) -> None:
    """Let the mails about the seed's two documents go first.

    A notice whose sender is killed waits for its lease, then for the queue or the hourly sweep.
    """
    deadline = time.monotonic() + GIVE_UP_SECONDS
    while len(_told(stack)) < SEEDED and time.monotonic() < deadline:
        time.sleep(0.5)


def _told(stack: Stack) -> list[object]:
    items = stack.client("dynamodb").scan(TableName=TABLE)["Items"]
    about = [item for item in items if item.get("type") == {"S": "document.added"}]
    return [one for one in about if one.get("status", {}).get("S") not in {None, "requested"}]


def _journaled(stack: Stack) -> int:
    """Count the writes that a restart of the cloud would redo at this moment."""
    (journal,) = (stack.config.state / "cloud").glob("journal-*")
    return len(journal.read_bytes().splitlines())


@contextmanager
def _killing(stack: Stack, name: str, every_seconds: float) -> Iterator[list[str]]:
    """Kill a process meanwhile, so many seconds after it is back; each time is noted."""
    stop, kills = threading.Event(), list[str]()

    def work() -> None:
        while not stop.wait(every_seconds):
            stack.kill(name)
            kills.append(name)
            stack.wait_until_ready()

    with ThreadPoolExecutor(1) as killer:
        killing = killer.submit(work)
        try:
            yield kills
        finally:
            stop.set()
            killing.result()


def _writer(stack: Stack) -> Callable[[str], None]:
    """Return a client's own loop: one row, tried until it is acknowledged."""
    client = boto3.client(
        "dynamodb",
        endpoint_url=stack.config.cloud_url,
        aws_access_key_id=config.ACCESS_KEY,
        aws_secret_access_key=config.SECRET_KEY,
        region_name=config.REGION,
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=1, read_timeout=5),
    )

    def write(key: str) -> None:
        deadline = time.monotonic() + GIVE_UP_SECONDS
        while True:
            try:
                client.update_item(
                    TableName=TABLE,
                    Key={"pk": {"S": key}, "sk": {"S": "LEDGER"}},
                    UpdateExpression="SET kind = :k ADD tries :one",
                    ExpressionAttributeValues={":k": {"S": "ledger"}, ":one": {"N": "1"}},
                )
            except (BotoCoreError, ClientError):
                assert time.monotonic() < deadline, "the local cloud does not come back"
                time.sleep(0.05)
            else:
                return

    return write


def test_loses_no_acknowledged_write_while_the_cloud_is_killed(stack: Stack) -> None:
    write, acknowledged = _writer(stack), list[str]()
    with (
        _killing(stack, "cloud", every_seconds=3) as kills,
        ThreadPoolExecutor(WRITERS) as writers,
    ):

        def keep_writing(writer: int) -> None:
            # Spread over the kills: unhindered, all of them take a second.
            while len(acknowledged) < WRITES or len(kills) < KILLS:
                key = f"LEDGER#{writer}#{time.time_ns()}"
                write(key)
                acknowledged.append(key)
                time.sleep(0.25)

        list(writers.map(keep_writing, range(WRITERS)))

    client = stack.client("dynamodb")
    found = [
        client.get_item(TableName=TABLE, Key={"pk": {"S": key}, "sk": {"S": "LEDGER"}}).get("Item")
        for key in acknowledged
    ]
    assert len(kills) >= KILLS
    assert len(acknowledged) >= WRITES
    assert [key for key, row in zip(acknowledged, found, strict=True) if row is None] == []


def test_redoes_a_bounded_number_of_writes_so_that_new_ones_are_soon_consumed(
    stack: Stack,
) -> None:
    write, before = _writer(stack), _journaled(stack)
    with ThreadPoolExecutor(WRITERS) as writers:
        list(writers.map(write, [f"MANY#{number}" for number in range(WRITES_AT_MOST)]))

    assert _journaled(stack) < before + WRITES_AT_MOST


@pytest.mark.parametrize("name", ["front", "providers", "cloud"])
def test_comes_back_by_itself_when_a_process_is_killed(stack: Stack, name: str) -> None:
    before = stack.running["pids"][name]

    stack.kill(name)
    time.sleep(1)
    stack.wait_until_ready()

    assert stack.running["pids"][name] != before


def test_stops_with_its_launcher_and_runs_again_from_the_same_data(stack: Stack) -> None:
    key = f"LAUNCHER#{time.time_ns()}"
    _writer(stack)(key)

    stack.kill("launcher")
    stack.start()

    found = stack.client("dynamodb").get_item(
        TableName=TABLE, Key={"pk": {"S": key}, "sk": {"S": "LEDGER"}}
    )
    assert found["Item"]["tries"] == {"N": "1"}


def test_keeps_objects_that_were_acknowledged_before_a_kill(stack: Stack) -> None:
    storage, bucket = stack.client("s3"), deploy.outputs(stack.config)["DocumentsBucketName"]
    storage.put_object(Bucket=bucket, Key="ledger/object", Body=b"\x00" * 70_000)

    stack.kill("cloud")
    time.sleep(1)
    stack.wait_until_ready()

    body = stack.client("s3").get_object(Bucket=bucket, Key="ledger/object")["Body"].read()
    assert body == b"\x00" * 70_000


def test_answers_a_problem_while_the_cloud_restarts(stack: Stack) -> None:
    stack.kill("cloud")
    refused = fetch(stack.url, "/health")
    stack.wait_until_ready()

    assert refused.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.headers["Retry-After"]
    assert json.loads(refused.body)["type"] == "/problems/unavailable"
