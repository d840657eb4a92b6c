"""`make run`, `make stop` and what their user sees."""

import os
import pty
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.local import config, deploy, running
from tests.stack import Stack, fetch, new_stack

pytestmark = [pytest.mark.cloud, pytest.mark.xdist_group("kills")]

TABLE = f"{deploy.PREFIX}-work"
START_SECONDS = 120
STOP_SECONDS = 60


def _run(stack: Stack, module: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module],
        cwd=config.ROOT,
        env=stack.environment() | settings,
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )


def _wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("offset", [0, 1, 2])
def test_names_the_used_port_and_how_to_choose_another(tmp_path: Path, offset: int) -> None:
    refused = new_stack(tmp_path)
    taken = refused.config.ports[offset]

    with socket.create_server(("127.0.0.1", taken)):
        run = _run(refused, "infra.local.run")

    assert run.returncode == 1
    assert f"port {taken} is used by another program" in run.stderr
    assert "make run CARNET_PORT=" in run.stderr


def test_says_where_it_runs_when_asked_to_run_again(stack: Stack) -> None:
    again = _run(stack, "infra.local.run")

    assert again.returncode == 0
    assert f"already runs: {stack.url}" in again.stdout
    assert "make stop" in again.stdout


def test_fails_when_asked_to_run_elsewhere_meanwhile(stack: Stack) -> None:
    other = stack.config.port + 10

    again = _run(stack, "infra.local.run", CARNET_PORT=str(other))

    assert again.returncode == 1
    assert f"already runs: {stack.url}" in again.stdout
    assert f"For port {other}, other data: make run CARNET_PORT={other}" in again.stdout


def test_says_that_nothing_runs_when_asked_to_stop_nothing(tmp_path: Path) -> None:
    run = _run(new_stack(tmp_path), "infra.local.stop")

    assert run.returncode == 0
    assert "not running" in run.stdout


def test_stops_at_once_while_it_starts(stack: Stack) -> None:
    stack.stop()
    with stack.log.open("ab") as log:
        starting = subprocess.Popen(
            [sys.executable, "-m", "infra.local.run"],
            cwd=config.ROOT,
            env=stack.environment(),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    _wait_until(lambda: running.holder(stack.config) == starting.pid)

    stop = _run(stack, "infra.local.stop")

    assert "Carnet stopped" in stop.stdout
    assert starting.wait(STOP_SECONDS) == 0
    stack.start()


def test_stops_when_its_terminal_is_closed_and_nobody_tells_it(stack: Stack) -> None:
    stack.stop()
    terminal, its_end = pty.openpty()
    launcher = subprocess.Popen(
        [sys.executable, "-m", "infra.local.run"],
        cwd=config.ROOT,
        env=stack.environment(),
        stdin=its_end,
        stdout=its_end,
        stderr=its_end,
        start_new_session=True,
    )
    os.close(its_end)
    _wait_until(lambda: running.found(stack.config) is not None)

    os.close(terminal)

    assert launcher.wait(STOP_SECONDS) == 0
    assert running.holder(stack.config) is None
    stack.start()


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


def test_tells_each_step_and_its_duration_then_the_address(stack: Stack) -> None:
    said = stack.log.read_text(encoding="utf-8")

    assert said.startswith("Carnet starts")
    for step in ("the functions’ package", "deployment onto the local cloud", "fictitious people"):
        assert re.search(rf"^  {step} … \d+\.\d s$", said, re.MULTILINE)
    assert f"Carnet runs: {stack.url}" in said
    assert "What a doctor finds Dominique with" in said


def test_leaves_nothing_behind_when_stopped(stack: Stack) -> None:
    pids = stack.running["pids"].values()

    stop = _run(stack, "infra.local.stop")

    assert stop.returncode == 0
    assert "its data are saved" in stop.stdout
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []
    with pytest.raises(OSError, match="refused"):
        fetch(stack.url, "/health")
    stack.start()
