"""Stop the product that runs from this state folder, and wait until it has saved its data."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from typing import Final

from infra.local import config

WAIT_SECONDS: Final = 60


def main() -> int:
    """Stop it; return 1 if it will not stop."""
    run_file = config.from_environment().run_file
    try:
        pid = json.loads(run_file.read_text(encoding="utf-8"))["pid"]
        os.kill(pid, signal.SIGTERM)
    except (FileNotFoundError, ProcessLookupError):
        run_file.unlink(missing_ok=True)
        print("Carnet is not running.")
        return 0
    deadline = time.monotonic() + WAIT_SECONDS
    while run_file.exists():
        if time.monotonic() > deadline:
            print(f"Process {pid} does not stop.", file=sys.stderr)
            return 1
        time.sleep(0.1)
    print("Carnet stopped; its data are saved.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
