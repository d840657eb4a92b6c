"""Run the whole product on this machine, from the template that production deploys.

Starts the local cloud, deploys and seeds it if anything changed, starts the sandbox identity
providers and the front server, prints one address, and keeps all of them running until Ctrl-C,
a closed terminal or `make stop`.
"""

from __future__ import annotations

import fcntl
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import time
import urllib.error
import urllib.request
from typing import IO, TYPE_CHECKING, Final

from infra.local import config, deploy, tools
from infra.local.issuer import personas
from infra.local.supervisor import Child, KeepsDyingError

if TYPE_CHECKING:
    from pathlib import Path

PORT_GRACE_SECONDS: Final = 5
READY_SECONDS: Final = 60
PAUSE_SECONDS: Final = 0.2
SEED: Final = "infra.local.seed"
SEED_INPUTS: Final = (
    "infra/local/seed.py",
    "infra/local/data",
    "infra/local/personas.json",
    "infra/loaders",
    "infra/commands.py",
)
WIDTH: Final = 96


class CannotRunError(Exception):
    """The product cannot run; the message says why and what to do."""


class Product:
    """The processes of one running product."""

    def __init__(self, running: config.Config) -> None:
        self.config = running
        self.stopping = False
        self._began = time.monotonic()
        self._children: dict[str, Child] = {}

    def request_stop(self, *_: object) -> None:
        """Ask the main loop to stop."""
        self.stopping = True

    def start(self) -> None:
        """Bring everything up.

        Raises:
            CannotRunError: a port is taken, a deployment or the seed failed, nothing answers.
        """
        _require_free(self.config)
        self._step("tools and web client")
        python, files = tools.cloud_python(), tools.web_client()
        self._step("local cloud")
        self._spawn(python, files)
        self._wait(f"{self.config.cloud_url}/_ministack/health")
        self._step("package and deployment")
        if self._deploy() or self._seed_is_stale():
            self._step("fictitious people")
            self._seed()
            self._snapshot()
        self._step("first answer")
        self._wait(f"{self.config.url}/health")
        self._record()

    def _step(self, name: str) -> None:
        _say(f"{time.monotonic() - self._began:6.1f} s  {name} …")

    def supervise(self) -> None:
        """Start again whatever dies, until asked to stop."""
        while not self.stopping:
            time.sleep(PAUSE_SECONDS)
            self._revive()

    def stop(self) -> None:
        """Stop everything; the cloud last, so that it saves what the others wrote."""
        for name in ("front", "providers", "cloud"):
            if name in self._children:
                self._children[name].stop()
        self.config.run_file.unlink(missing_ok=True)

    def _spawn(self, python: Path, files: Path) -> None:
        logs, scratch = self.config.state / "logs", self.config.state / "tmp"
        shutil.rmtree(logs, ignore_errors=True)
        logs.mkdir()
        env = {**_base_environment(self.config), "TMPDIR": str(scratch)}
        arguments = {
            "cloud": (str(self.config.state / "cloud"), str(self.config.cloud_port)),
            "providers": (),
            "front": (str(files),),
        }
        for name, given in arguments.items():
            command = [str(python), "-m", f"infra.local.{name}", *given]
            child = Child(name, command, env, config.ROOT, logs / f"{name}.log")
            # The cloud unpacks functions there, and cannot remove them when it is killed.
            child.scratch = scratch if name == "cloud" else None
            child.start()
            self._children[name] = child

    def _revive(self) -> None:
        revived = [child.revive() for child in self._children.values()]
        if any(revived):
            self._record()

    def _wait(self, url: str) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not self.stopping:
            self._revive()
            try:
                with urllib.request.urlopen(url, timeout=READY_SECONDS):  # noqa: S310  loopback
                    return
            except (OSError, urllib.error.URLError) as error:
                if time.monotonic() > deadline:
                    logs = self.config.state / "logs"
                    raise CannotRunError(f"{url} does not answer ({error}): see {logs}") from error
                time.sleep(PAUSE_SECONDS)

    def _deploy(self) -> bool:
        if self.stopping:
            return False
        try:
            return deploy.deploy(self.config)
        except (RuntimeError, subprocess.CalledProcessError) as error:
            raise CannotRunError(
                f"the deployment failed: {error}\n"
                f"To start afresh, fictitious data included: rm -rf {self.config.state}"
            ) from error

    @property
    def _seed_file(self) -> Path:
        return self.config.state / "seeded"

    def _seed_is_stale(self) -> bool:
        if importlib.util.find_spec(SEED) is None:
            return False
        done = self._seed_file.read_text() if self._seed_file.exists() else ""
        return done != tools.digest(tools.sources(*_present(SEED_INPUTS)))

    def _seed(self) -> None:
        if self.stopping or importlib.util.find_spec(SEED) is None:
            return
        self._seed_file.unlink(missing_ok=True)
        log = self.config.state / "logs" / "seed.log"
        env = {**_base_environment(self.config), **deploy.operator_environment(self.config)}
        with log.open("wb") as output:
            run = subprocess.run(
                [sys.executable, "-m", SEED],
                cwd=config.ROOT,
                env=env,
                check=False,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        if run.returncode:
            raise CannotRunError(f"the seed failed: see {log}")
        self._seed_file.write_text(tools.digest(tools.sources(*_present(SEED_INPUTS))))

    def _snapshot(self) -> None:
        if not self.stopping:
            url = f"{self.config.cloud_url}/_carnet/snapshot"
            request = urllib.request.Request(url, method="POST")  # noqa: S310  loopback
            with urllib.request.urlopen(request, timeout=READY_SECONDS):  # noqa: S310
                pass

    def _record(self) -> None:
        """Say what runs, for `make stop`, the tests and whoever looks."""
        running = {
            "pid": os.getpid(),
            "url": self.config.url,
            "cloud_url": self.config.cloud_url,
            "providers_url": self.config.providers_url,
            "pids": {name: child.pid for name, child in self._children.items()},
            "seconds": round(time.monotonic() - self._began, 1),
        }
        fresh = self.config.run_file.with_suffix(".new")
        fresh.write_text(json.dumps(running), encoding="utf-8")
        fresh.replace(self.config.run_file)


def _base_environment(running: config.Config) -> dict[str, str]:
    """Return the environment of every process: none of the caller's cloud credentials."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "CARNET_PORT": str(running.port),
        "CARNET_STATE": str(running.state),
    }


def _present(names: tuple[str, ...]) -> list[str]:
    return [name for name in names if (config.ROOT / name).exists()]


def _require_free(running: config.Config) -> None:
    """Check that every port can be had, the time for a product that just died to let go."""
    deadline = time.monotonic() + PORT_GRACE_SECONDS
    for port in running.ports:
        while _taken(port):
            if time.monotonic() > deadline:
                first, last = running.ports[0], running.ports[-1]
                raise CannotRunError(
                    f"port {port} is used by another program. Carnet needs {first} to {last} on "
                    f"this machine.\nChoose another first port: make run CARNET_PORT=9080"
                )
            time.sleep(PAUSE_SECONDS)


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        # As the servers do: a port that only lingers from closed connections is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _lock(running: config.Config) -> IO[str]:
    running.state.mkdir(parents=True, exist_ok=True)
    lock = (running.state / "run.lock").open("w", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise CannotRunError(
            f"Carnet already runs from {running.state}. Stop it with: make stop"
        ) from error
    return lock


def _say(text: str) -> None:
    """Print, unless the terminal is gone."""
    try:
        print(text, flush=True)
    except OSError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115


def _welcome(product: Product, seconds: float) -> str:
    lines = [f"\nCarnet runs: {product.config.url}   (ready in {seconds:.1f} s)\n"]
    lines.append("Fictitious people to log in as:")
    for person in personas().values():
        lines.append(f"  {person['display']} — {person['provider']}")
        lines += textwrap.wrap(
            person["shows"], WIDTH, initial_indent="    ", subsequent_indent="    "
        )
    lines += [
        "  Laboratoire Exemple — its software, which has no screen",
        "    Dépose des résultats : make journey joue toute l’histoire ; docs/depositing.md dit",
        f"    comment faire de même avec {product.config.state}/laboratory/client.json",
    ]
    lines.append(f"\nLogs: {product.config.state}/logs   Stop: Ctrl-C or make stop")
    return "\n".join(lines)


def main() -> int:
    """Run until told to stop; return the exit status."""
    began = time.monotonic()
    try:
        running = config.from_environment()
        with _lock(running):
            return _run(Product(running), began)
    except (CannotRunError, KeepsDyingError, ValueError, subprocess.CalledProcessError) as error:
        print(f"Carnet cannot run: {error}", file=sys.stderr)
        return 1


def _run(product: Product, began: float) -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, product.request_stop)
    try:
        product.start()
        if not product.stopping:
            _say(_welcome(product, time.monotonic() - began))
        product.supervise()
    finally:
        product.stop()
    _say("Carnet stopped; its data are saved.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
