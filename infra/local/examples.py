"""Run the three sample applications beside the running product, until it stops or Ctrl-C.

    make examples

Each is a script to read (`docs/examples`), registered in the catalogue by the seed.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from infra.local import config, running

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPTS: Final = {
    "balance": "scale.py",
    "rendez-vous": "booking.py",
    "teleconsultation": "room.py",
}
_EXAMPLES: Final = config.ROOT / "docs" / "examples"
_STOP_SECONDS: Final = 10
_LOOK_SECONDS: Final = 1


@contextmanager
def started(here: config.Config) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Start every sample application on the product, and stop them at the end of the block."""
    processes = []
    for slug, script in SCRIPTS.items():
        client = here.applications / slug / "client.json"
        processes.append(subprocess.Popen([sys.executable, _EXAMPLES / script, client]))
    try:
        yield processes
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(_STOP_SECONDS)


def main() -> int:
    """Run them until one ends, the product stops or Ctrl-C; return the exit status."""
    try:
        here = running.found(config.from_environment())
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    if here is None:
        print("Carnet is not running: start it with make run", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    print("Log in to them as Dominique PAT-TROIS; Ctrl-C or make stop stops them.", flush=True)
    try:
        with started(here) as processes:
            while running.holder(here) is not None:
                with suppress(subprocess.TimeoutExpired):
                    return processes[0].wait(_LOOK_SECONDS)
        print("Carnet stopped, and its sample applications too.")
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
