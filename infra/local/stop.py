"""Stop the product that runs from this state folder, and wait until it has saved its data."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from typing import Final

from infra.local import config, running

WAIT_SECONDS: Final = 60


def main() -> int:
    """Stop it; return 1 if it will not stop."""
    try:
        wanted = config.from_environment()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    pid = running.holder(wanted)
    if pid is None:
        print(f"Carnet is not running from {wanted.state}.")
        return 0
    # It may end by itself meanwhile.
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + WAIT_SECONDS
    while running.holder(wanted) == pid:
        if time.monotonic() > deadline:
            print(f"Carnet (process {pid}) does not stop.", file=sys.stderr)
            return 1
        time.sleep(0.1)
    print("Carnet stopped; its data are saved.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
