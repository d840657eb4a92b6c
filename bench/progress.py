"""Say how far the bench is, beside its tables: on the standard error, with the seconds so far."""

import sys
import time
from typing import Final

_BEGAN: Final = time.monotonic()


def told(what: str) -> None:
    """Say what begins, or is done."""
    sys.stderr.write(f"{time.monotonic() - _BEGAN:>7.0f} s  {what}\n")
    sys.stderr.flush()
