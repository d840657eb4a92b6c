"""The product as containers, beside a running local cloud: an installation of its own, no function.

Only the cloud's public APIs serve it, so that whatever happens there its own processes did.
"""

import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from infra import bare
from infra.local import config, deploy, key_files, tools
from infra.local.config import Config
from infra.template import LOGIN_ENVIRONMENT
from tests.stack import fetch

READY_SECONDS = 60
STOP_SECONDS = 60
_COPY = re.compile(r"^COPY (\S+) \./\S*$", re.MULTILINE)


@dataclass
class Box:
    """Its ports and folder, and its processes while it runs."""

    cloud: Config
    here: Config
    env: dict[str, str] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self.here.state.mkdir(parents=True)
        self.env = self._settings()
        try:
            self._prepare()
            self.start("providers", "infra.local.providers", python=tools.cloud_python())
            self.start_all()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes.values():
            with suppress(ProcessLookupError):
                process.kill()
            process.wait(STOP_SECONDS)
            if process.stdin:
                process.stdin.close()

    def _image(self) -> Path:
        """Copy what the image would hold of ours, as its description says."""
        image = self.here.state / "image"
        if not image.exists():
            image.mkdir()
            described = (config.ROOT / "infra/container/Dockerfile").read_text(encoding="utf-8")
            for name in _COPY.findall(described.rpartition("\nFROM ")[2]):
                source = config.ROOT / name
                copy = shutil.copytree if source.is_dir() else shutil.copy
                copy(source, image / name)
        return image

    def start(
        self,
        name: str,
        *module: str,
        python: Path = Path(sys.executable),
        folder: Path = config.ROOT,
    ) -> None:
        with (self.here.state / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [str(python), "-m", *module],
                cwd=folder,
                env=self.env,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def start_all(self) -> None:
        """Start what the image does, and wait until it answers."""
        for name in ("serve", "work", "schedule"):
            self.start(name, "chalicelib.runtime", name, folder=self._image())
        self._wait()

    def stop(self, name: str) -> int:
        """Ask a process to stop, and return its exit status."""
        self.processes[name].send_signal(signal.SIGTERM)
        status = self.processes[name].wait(STOP_SECONDS)
        self.processes[name].communicate()
        return status

    def log(self, name: str) -> str:
        return (self.here.state / f"{name}.log").read_text(errors="replace")

    def logs(self) -> str:
        return "\n".join(f"== {name}\n{self.log(name)[-2000:]}" for name in self.processes)

    def _settings(self) -> dict[str, str]:
        def client(service: str) -> Any:
            return deploy.client(service, self.cloud)

        chosen = deploy.parameters(self.here)
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "CARNET_"))}
        return {
            **kept,
            **deploy.administrator(self.cloud),
            **bare.create(client, f"box-{secrets.token_hex(4)}", config.REGION),
            **{name: chosen[one["Ref"]] for name, one in LOGIN_ENVIRONMENT.items()},
            "STAGE": "local",
            "PUBLIC_BASE_URL": self.here.url,
            "MAIL_SENDER": deploy.MAIL_SENDER,
            "CARNET_PORT": str(self.here.port),
            "CARNET_STATE": str(self.here.state),
            "PYTHONUNBUFFERED": "1",  # as the image
            "GUNICORN_CMD_ARGS": f"--bind 127.0.0.1:{self.here.port}",
            "WEB_CONCURRENCY": "2",
        }

    def _prepare(self) -> None:
        data = Path("infra/local/data")
        self.operate("init")
        self.operate("load-professionals", str(data / "professionals.txt"))
        self.operate("open-space", str(data / "persons.csv"))
        folder = self.here.state / "laboratory"
        private, public = key_files.key_pair(folder)
        finess = ["--name", "Laboratoire Exemple", "--finess", "750803447", str(public)]
        said = self.operate("register-client", *finess)
        key_files.write(
            folder / "client.json",
            {
                "client_id": said.splitlines()[-1],
                "token_endpoint": f"{self.here.url}/oauth/token",
                "private_key": str(private),
            },
        )

    def operate(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "infra.operator", *arguments],
            cwd=config.ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _wait(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        for origin, path in ((self.here.url, "/health"), (self.here.providers_url, "/psc/jwks")):
            while not _answers(origin, path):
                assert time.monotonic() < deadline, self.logs()
                time.sleep(0.1)


def _answers(origin: str, path: str) -> bool:
    try:
        return fetch(origin, path).status == 200
    except OSError:
        return False
