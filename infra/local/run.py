"""Run the whole product on this machine, from the template that production deploys.

Starts the local cloud, deploys and seeds it if anything changed, starts the sandbox identity
providers and the front server, prints one address, and keeps all of them running until Ctrl-C,
a closed terminal or `make stop`. Asked again meanwhile, it says where the product is.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Final

from infra.local import config, deploy, running, tools
from infra.local.progress import say, step
from infra.local.supervisor import Child, KeepsDyingError
from infra.local.welcome import directions

if TYPE_CHECKING:
    from pathlib import Path

PORT_GRACE_SECONDS: Final = 5
READY_SECONDS: Final = 60
PAUSE_SECONDS: Final = 0.2
SEED: Final = "infra.local.seed"
SEED_INPUTS: Final = (
    "infra/local/seed.py",
    "infra/local/applications.py",
    "infra/local/data",
    "infra/local/personas.json",
    "infra/loaders",
    "infra/commands.py",
)


class CannotRunError(Exception):
    """The product cannot run; the message says why and what to do."""


class Product:
    """The processes of one running product."""

    def __init__(self, wanted: config.Config) -> None:
        self.config = wanted
        self._is_starting = self._is_stopping = False
        self._began = time.monotonic()
        self._children: dict[str, Child] = {}
        self._terminal = select.poll()
        if os.isatty(0):
            # Closing it tells only the first command it ran, which may be make, which waits for us.
            self._terminal.register(0, 0)

    def request_stop(self, *_: object) -> None:
        """Stop at once what is being brought up, and then the main loop.

        Raises:
            KeyboardInterrupt: it was starting.
        """
        self._is_stopping = True
        if self._is_starting:
            self._is_starting = False
            raise KeyboardInterrupt

    def start(self) -> None:
        """Bring everything up.

        Raises:
            CannotRunError: a port is taken or not the data's, a deployment or the seed failed,
                nothing answers.
            KeyboardInterrupt: it was asked to stop meanwhile.
        """
        self._is_starting = True
        _require_its_port(self.config)
        _require_free(self.config)
        python, files = tools.cloud_python(), tools.web_client()
        with step("the local cloud"):
            self._spawn(python, files)
            self._wait(f"{self.config.cloud_url}/_ministack/health")
        if self._deploy() or self._seed_is_stale():
            with step("fictitious people"):
                self._seed()
                self._snapshot()
        with step("first answer"):
            self._wait(f"{self.config.url}/health")
        self._record()
        self._is_starting = False

    @property
    def seconds(self) -> float:
        """Return for how long it has been running."""
        return time.monotonic() - self._began

    def supervise(self) -> None:
        """Start again whatever dies, until asked to stop or until our terminal is gone."""
        while not self._is_stopping and not self._terminal.poll(PAUSE_SECONDS * 1000):
            self._revive()

    def stop(self) -> None:
        """Stop everything; the cloud last, so that it saves what the others wrote."""
        for name in ("front", "providers", "cloud"):
            if name in self._children:
                self._children[name].stop()

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
        while True:
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
        done = self._seed_file.read_text() if self._seed_file.exists() else ""
        return done != tools.digest(tools.sources(*SEED_INPUTS))

    def _seed(self) -> None:
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
        self._seed_file.write_text(tools.digest(tools.sources(*SEED_INPUTS)))

    def _snapshot(self) -> None:
        url = f"{self.config.cloud_url}/_carnet/snapshot"
        request = urllib.request.Request(url, method="POST")  # noqa: S310  loopback
        with urllib.request.urlopen(request, timeout=READY_SECONDS):  # noqa: S310  our own loopback address
            pass

    def _record(self) -> None:
        """Say what runs, for the other commands, the tests and whoever looks."""
        said = {
            "pid": os.getpid(),
            "port": self.config.port,
            "url": self.config.url,
            "cloud_url": self.config.cloud_url,
            "providers_url": self.config.providers_url,
            "pids": {name: child.pid for name, child in self._children.items()},
            "seconds": round(self.seconds, 1),
        }
        fresh = self.config.run_file.with_suffix(".new")
        fresh.write_text(json.dumps(said), encoding="utf-8")
        fresh.replace(self.config.run_file)


def _base_environment(wanted: config.Config) -> dict[str, str]:
    """Return the environment of every process: none of the caller's cloud credentials."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "CARNET_PORT": str(wanted.port),
        "CARNET_STATE": str(wanted.state),
    }


def _require_its_port(wanted: config.Config) -> None:
    """Check that the data were made for this port: on another, their people could not log in."""
    if wanted.made_for not in (None, wanted.port):
        raise CannotRunError(
            f"the data in {wanted.state} were made for port {wanted.made_for}.\n"
            + _with_other_data(wanted.port)
        )


def _with_other_data(port: int) -> str:
    return f"For port {port}, other data: make run CARNET_PORT={port} CARNET_STATE=.state-{port}"


def _require_free(wanted: config.Config) -> None:
    """Check that every port can be had, the time for a product that just died to let go."""
    used = list(filter(_taken, wanted.ports))
    if used:
        with step(f"port {used[0]} is used: waiting for it"):
            deadline = time.monotonic() + PORT_GRACE_SECONDS
            while used and time.monotonic() < deadline:
                time.sleep(PAUSE_SECONDS)
                used = list(filter(_taken, used))
    if used:
        first, last = wanted.ports[0], wanted.ports[-1]
        raise CannotRunError(
            f"port {used[0]} is used by another program. Carnet needs {first} to {last} on this "
            f"machine.\nChoose another first port: make run CARNET_PORT={first + 10}"
        )


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        # As the servers do: a port that only lingers from closed connections is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def main() -> int:
    """Run until told to stop; return the exit status."""
    try:
        wanted = config.from_environment()
        with running.hold(wanted):
            return _run(Product(wanted))
    except running.HeldError:
        return _already_runs(wanted)
    except (CannotRunError, KeepsDyingError, ValueError, subprocess.CalledProcessError) as error:
        print(f"Carnet cannot run: {error}", file=sys.stderr)
        return 1


def _run(product: Product) -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, product.request_stop)
    say("Carnet starts; Ctrl-C stops it.")
    try:
        product.start()
        say(f"\nCarnet runs: {product.config.url}   (ready in {product.seconds:.1f} s)")
        say(directions(product.config))
        product.supervise()
    except KeyboardInterrupt:
        pass
    finally:
        product.stop()
    say("Carnet stopped; its data are saved.")
    return 0


def _already_runs(wanted: config.Config) -> int:
    """Say where it runs; a failure only if that is not where it was asked to run."""
    ready = running.found(wanted)
    if ready is None:
        print(f"Carnet is starting or stopping from {wanted.state}: wait for it.", file=sys.stderr)
        return 1
    say(f"Carnet already runs: {ready.url}")
    if os.environ.get("CARNET_PORT") and ready.port != wanted.port:
        say(_with_other_data(wanted.port))
        return 1
    say(directions(ready))
    return 0


if __name__ == "__main__":
    sys.exit(main())
