"""`make run`, `make stop` and what their user sees."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.local import config, deploy
from tests.stack import Stack, fetch, new_stack

pytestmark = pytest.mark.cloud

TABLE = f"{deploy.PREFIX}-work"


def _run(stack: Stack, module: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module],
        cwd=config.ROOT,
        env=stack.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("offset", [0, 1, 2])
def test_names_the_used_port_and_how_to_choose_another(tmp_path: Path, offset: int) -> None:
    refused = new_stack(tmp_path)
    taken = refused.config.ports[offset]

    with socket.create_server(("127.0.0.1", taken)):
        run = _run(refused, "infra.local.run")

    assert run.returncode == 1
    assert f"port {taken} is used by another program" in run.stderr
    assert "make run CARNET_PORT=" in run.stderr


def test_refuses_to_run_twice_from_the_same_data(stack: Stack) -> None:
    run = _run(stack, "infra.local.run")

    assert run.returncode == 1
    assert "already runs" in run.stderr
    assert "make stop" in run.stderr


def test_says_that_nothing_runs_when_asked_to_stop_nothing(tmp_path: Path) -> None:
    run = _run(new_stack(tmp_path), "infra.local.stop")

    assert run.returncode == 0
    assert "not running" in run.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGTERM])
def test_keeps_its_data_and_makes_nothing_again_after_a_clean_stop(
    stack: Stack, number: signal.Signals, record_property: Callable[[str, object], None]
) -> None:
    row = {"pk": {"S": f"STOPPED#{time.time_ns()}"}, "sk": {"S": "LEDGER"}}
    stack.client("dynamodb").put_item(TableName=TABLE, Item=row)

    stack.stop(number)
    assert not stack.config.run_file.exists()
    deployed = stack.config.stack_file.stat().st_mtime_ns
    said = stack.log.stat().st_size
    record_property("seconds", stack.start())

    assert stack.client("dynamodb").get_item(TableName=TABLE, Key=row)["Item"] == row
    assert stack.config.stack_file.stat().st_mtime_ns == deployed
    assert "fictitious people …" not in stack.log.read_bytes()[said:].decode()
    assert "redone" not in (stack.config.state / "logs" / "cloud.log").read_text()


def test_welcomes_with_one_address_and_what_each_persona_shows(stack: Stack) -> None:
    welcome = stack.log.read_text(encoding="utf-8")

    assert f"Carnet runs: {stack.url}" in welcome
    assert "Dominique PAT-TROIS" in welcome
    assert "Dr Marc EXEMPLE-LEROY" in welcome
    assert "Laboratoire Exemple — its software" in welcome
    assert "client.json" in welcome


def test_leaves_nothing_behind_when_stopped(stack: Stack) -> None:
    pids = stack.running["pids"].values()

    stop = _run(stack, "infra.local.stop")

    assert stop.returncode == 0
    assert "its data are saved" in stop.stdout
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []
    with pytest.raises(OSError, match="refused"):
        fetch(stack.url, "/health")
    stack.start()
