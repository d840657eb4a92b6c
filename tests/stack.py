"""The product running for the tests: the real launcher, the packaged template, real HTTP.

One for a whole session, on free ports, in a folder of its own. Tests may kill any of its
processes: waiting until it is ready again is theirs to do.
"""

import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import pytest

from infra.local import config, deploy, mailbox

START_SECONDS: Final = 240
READY_SECONDS: Final = 60
STOP_SECONDS: Final = 60


@dataclass
class Stack:
    """One running product, or one that was stopped and can run again from the same data."""

    config: config.Config
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return self.config.url

    @property
    def log(self) -> Path:
        return self.config.state.with_suffix(".log")

    @property
    def running(self) -> dict[str, Any]:
        """Return what the launcher says of itself."""
        found: dict[str, Any] = json.loads(self.config.run_file.read_text(encoding="utf-8"))
        return found

    def start(self) -> float:
        """Start the product; return the seconds it took to be ready."""
        if self.process:
            self.process.wait(STOP_SECONDS)
        self.config.run_file.unlink(missing_ok=True)
        began = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "infra.local.run"],
                cwd=config.ROOT,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        while not self.config.run_file.exists():
            assert self.process.poll() is None, self.tail()
            assert time.monotonic() - began < START_SECONDS, self.tail()
            time.sleep(0.1)
        return time.monotonic() - began

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Stop the product with a signal and wait for its end."""
        assert self.process
        self.process.send_signal(number)
        self.process.wait(STOP_SECONDS)

    def kill(self, name: str) -> None:
        """Kill outright `launcher`, `cloud`, `front`, `providers`, or what runs a function, or all.

        `functions` are all that run at this moment.

        Raises:
            AssertionError: there was nothing to kill, and there still was nothing a while later.
        """
        deadline = time.monotonic() + READY_SECONDS
        while not (pids := self._pids(name)):
            assert time.monotonic() < deadline, f"no {name} to kill\n{self.tail()}"
            time.sleep(0.1)
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if name == "launcher":
            assert self.process
            self.process.wait(STOP_SECONDS)

    def runs(self, name: str) -> bool:
        """Tell whether there is something to kill under a name."""
        return bool(self._pids(name))

    def _pids(self, name: str) -> list[int]:
        """Return the processes of a name that are of this product: numbers are given again."""
        state = str(self.config.state)
        every = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()]
        found = {pid: _variables(pid) for pid in every}
        ours = {pid: own for pid, own in found.items() if own.get("CARNET_STATE") == state}
        named = {"launcher": self.running["pid"], **self.running["pids"]}
        if name in named:
            return [named[name]] if named[name] in ours else []
        functions = {pid: own.get("AWS_LAMBDA_FUNCTION_NAME", "") for pid, own in ours.items()}
        if name == "functions":
            return [pid for pid, function in functions.items() if function]
        return [pid for pid, one in functions.items() if one == f"{deploy.PREFIX}-{name}"]

    def wait_until_ready(self) -> None:
        """Wait until the API and the identity providers answer."""
        deadline = time.monotonic() + READY_SECONDS
        places = ((self.url, "/health"), (self.config.providers_url, "/psc/jwks"))
        for origin, path in places:
            while not _answers(origin, path):
                assert time.monotonic() < deadline, self.tail()
                time.sleep(0.1)

    def environment(self) -> dict[str, str]:
        """Return the environment of a command that works on this product."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "CARNET_"))}
        return {
            **kept,
            "CARNET_PORT": str(self.config.port),
            "CARNET_STATE": str(self.config.state),
        }

    def client(self, service: str) -> Any:
        """Return an AWS client of the local cloud, as its administrator."""
        return deploy.client(service, self.config)

    def mailbox(self) -> list[dict[str, Any]]:
        """Return the mails sent since the local cloud started, oldest first."""
        return mailbox.mails(self.config)

    def queue(self, name: str) -> list[dict[str, Any]]:
        """Return the messages of a queue, by the end of its name: `notify`, `notify-dead`…"""
        found = json.loads(fetch(self.config.cloud_url, "/_ministack/sqs/messages").body)
        queues = found["messages"][config.ACCOUNT][config.REGION]
        messages: list[dict[str, Any]] = queues[
            next(url for url in queues if url.endswith(f"/{deploy.PREFIX}-{name}"))
        ]
        return messages

    def tail(self) -> str:
        """Return the end of every log."""
        logs = [self.log, *(self.config.state / "logs").glob("*.log")]
        return "\n".join(
            f"== {log.name}\n{log.read_text(errors='replace')[-1500:]}"
            for log in logs
            if log.exists()
        )


class Answer(NamedTuple):
    """One answer, as it came: no redirect followed, nothing tried again."""

    status: int
    headers: Message
    body: bytes


def fetch(
    origin: str,
    path: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    """Send one request, once.

    Raises:
        OSError: nobody listens, or nobody answers.
    """
    place = urlsplit(origin)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=READY_SECONDS)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    except http.client.HTTPException as error:
        raise ConnectionError(str(error)) from error
    finally:
        connection.close()


# Below the ports that Linux lends to outgoing connections (from 32768): a product that restarts
# finds its own again. A product started in-between by another worker draws others.
PRODUCT_PORTS: Final = range(12_000, 32_000, 10)
EXAMPLES: Final = range(20, 23)  # where sample applications run, from the product's first


def free_ports() -> int:
    """Return the first of three neighbouring free ports that stay free while a product restarts."""
    draw = random.SystemRandom()
    while True:
        first: int = draw.choice(PRODUCT_PORTS)
        if all(_is_free(first + n) for n in (*range(3), *EXAMPLES)):
            return first


def new_stack(folder: Path) -> Stack:
    """Describe a product to start in an empty folder."""
    return Stack(config.Config(free_ports(), folder / "state"))


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    running = new_stack(tmp_path_factory.mktemp("stack"))
    running.start()
    yield running
    if running.process and running.process.poll() is None:
        running.stop()
    _keep_logs(running)


def _keep_logs(running: Stack) -> None:
    """Keep whole logs: the cause of a failure is seldom in the last lines."""
    folder = config.ROOT / "test-artifacts" / "stack"
    folder.mkdir(parents=True, exist_ok=True)
    for log in [running.log, *(running.config.state / "logs").glob("*.log")]:
        if log.exists():
            shutil.copy(log, folder / log.name)


def _variables(pid: int) -> dict[str, str]:
    """Return the environment of a process; of one that has ended, nothing."""
    try:
        text = Path(f"/proc/{pid}/environ").read_text(errors="replace")
    except OSError:
        return {}
    return dict(pair.split("=", 1) for pair in text.split("\0") if "=" in pair)


def _answers(origin: str, path: str) -> bool:
    try:
        return fetch(origin, path).status == HTTPStatus.OK
    except OSError:
        return False


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
