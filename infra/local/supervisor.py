"""Start the product's processes, start again those that die, stop them cleanly.

A child's input is a pipe that only its launcher holds: when the launcher dies, however it dies,
the child reads the end of it and stops by itself.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

STOP_SECONDS: Final = 20
# A process that dies so often so soon has a fault that starting it again does not cure.
DEATHS: Final = 20
DEATHS_SECONDS: Final = 30


class KeepsDyingError(Exception):
    """A process dies as soon as it is started; the message names it and its log."""


@dataclass(slots=True)
class Child:
    """One process of the product."""

    name: str
    command: list[str]
    env: dict[str, str]
    cwd: Path
    log: Path
    scratch: Path | None = None
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)

    @property
    def pid(self) -> int:
        """Return the process id, 0 before the first start."""
        return self.process.pid if self.process else 0

    def start(self) -> None:
        """Start the process, its output appended to its log, its scratch folder emptied."""
        if self.scratch:
            # What dying workers still write may survive this time; the next one takes it.
            shutil.rmtree(self.scratch, ignore_errors=True)
            self.scratch.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.env,
                cwd=self.cwd,
                # The terminal's Ctrl-C is for the launcher, which stops us in order.
                start_new_session=True,
            )

    def revive(self) -> bool:
        """Start the process again if it died; tell whether it had.

        Raises:
            KeepsDyingError: it died too often.
        """
        if self.process is None or self.process.poll() is None:
            return False
        now = time.monotonic()
        self.deaths = [at for at in self.deaths if now - at < DEATHS_SECONDS] + [now]
        if len(self.deaths) > DEATHS:
            raise KeepsDyingError(f"{self.name} keeps dying: see {self.log}")
        self.start()
        return True

    def stop(self) -> None:
        """Ask the process to stop and wait; kill it if it does not."""
        if self.process is None:
            return
        self.process.terminate()
        _close(self.process.stdin)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _close(pipe: IO[bytes] | None) -> None:
    if pipe:
        pipe.close()
