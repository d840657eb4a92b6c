"""Who holds a state folder, and which ports may be asked for: nothing runs here."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.local import config, running

_HOLDS = """
import sys
from infra.local import config, running
with running.hold(config.from_environment()):
    print("held", flush=True)
    sys.stdin.read()
"""


def _environment(state: Path, port: str = "9080") -> dict[str, str]:
    return {**os.environ, "CARNET_STATE": str(state), "CARNET_PORT": port}


def _command(module: str, state: Path, port: str = "9080") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", f"infra.local.{module}"],
        cwd=config.ROOT,
        env=_environment(state, port),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@contextmanager
def _a_holder(state: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the folder until it is killed, or the block ends."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDS],
        cwd=config.ROOT,
        env=_environment(state),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def _say_that_it_runs(wanted: config.Config, pid: int) -> None:
    wanted.run_file.write_text(json.dumps({"pid": pid, "port": 9400}), encoding="utf-8")


@pytest.mark.parametrize("port", ["abc", "0", "80", "70000", "65534", "-1", "80.5", "８０８０"])
def test_refuses_a_port_on_which_three_servers_cannot_listen(
    monkeypatch: pytest.MonkeyPatch, port: str
) -> None:
    monkeypatch.setenv("CARNET_PORT", port)

    with pytest.raises(ValueError, match=f"“{port}”: it must be a number from 1024 to 65533"):
        config.from_environment()


@pytest.mark.parametrize("module", ["run", "stop", "journey"])
def test_every_command_refuses_a_wrong_port_in_a_sentence(tmp_path: Path, module: str) -> None:
    refused = _command(module, tmp_path, "abc")

    assert refused.returncode == 1
    assert "CARNET_PORT is “abc”: it must be a number" in refused.stderr
    assert "Traceback" not in refused.stderr


def _data_made_for(wanted: config.Config) -> None:
    deployed = {"parameters": {"PublicBaseUrl": wanted.url}}
    wanted.stack_file.write_text(json.dumps(deployed), encoding="utf-8")


def test_takes_the_port_its_data_were_made_for_unless_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CARNET_STATE", str(tmp_path))
    monkeypatch.delenv("CARNET_PORT", raising=False)
    assert config.from_environment().port == config.DEFAULT_PORT

    _data_made_for(config.Config(9400, tmp_path))

    assert config.from_environment().port == 9400


def test_does_not_run_on_another_port_than_its_data(tmp_path: Path) -> None:
    _data_made_for(config.Config(9400, tmp_path))

    refused = _command("run", tmp_path, "9080")

    assert refused.returncode == 1
    assert f"the data in {tmp_path} were made for port 9400" in refused.stderr
    assert "make run CARNET_PORT=9080 CARNET_STATE=" in refused.stderr


def test_knows_the_process_that_holds_the_folder_until_it_dies(tmp_path: Path) -> None:
    wanted = config.Config(9080, tmp_path)
    assert running.holder(wanted) is None

    with _a_holder(tmp_path) as process:
        assert running.holder(wanted) == process.pid
        with pytest.raises(running.HeldError), running.hold(wanted):
            pass
        process.kill()
        process.wait()

        assert running.holder(wanted) is None


def test_finds_what_runs_on_the_port_it_took_and_not_before_it_is_ready(tmp_path: Path) -> None:
    wanted = config.Config(9080, tmp_path)

    with _a_holder(tmp_path) as process:
        assert running.found(wanted) is None
        _say_that_it_runs(wanted, process.pid)
        assert running.found(wanted) == config.Config(9400, tmp_path)
        process.kill()
        process.wait()

        assert running.found(wanted) is None


def test_a_launcher_forgets_what_a_killed_one_said(tmp_path: Path) -> None:
    wanted = config.Config(9080, tmp_path)
    _say_that_it_runs(wanted, 1)

    with running.hold(wanted):
        assert not wanted.run_file.exists()


def test_stop_leaves_alone_a_stranger_who_was_given_the_number_of_a_killed_launcher(
    tmp_path: Path,
) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        _say_that_it_runs(config.Config(9080, tmp_path), stranger.pid)

        stop = _command("stop", tmp_path)

        assert stop.returncode == 0
        assert "not running" in stop.stdout
        assert stranger.poll() is None
        stranger.kill()


def test_stop_ends_the_process_that_holds_the_folder(tmp_path: Path) -> None:
    with _a_holder(tmp_path) as process:
        stop = _command("stop", tmp_path)

        assert process.wait(10) != 0
    assert stop.returncode == 0
    assert "Carnet stopped" in stop.stdout


def test_journey_says_what_to_start_when_nothing_runs(tmp_path: Path) -> None:
    told = _command("journey", tmp_path)

    assert told.returncode == 1
    assert f"does not run from {tmp_path}" in told.stderr
    assert "make run" in told.stderr
