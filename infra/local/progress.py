"""Tell the terminal what goes on, and how long it took."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def say(text: str, end: str = "\n") -> None:
    """Print, unless the terminal is gone."""
    try:
        print(text, end=end, flush=True)
    except OSError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115  stays open until the process ends


@contextmanager
def step(name: str) -> Iterator[None]:
    """Print a step as it begins, and its duration on the same line as it ends."""
    began = time.monotonic()
    say(f"  {name} … ", end="")
    try:
        yield
    except BaseException:
        say("")
        raise
    say(f"{time.monotonic() - began:.1f} s")
