"""How far a long command is: a bar if the error stream is a terminal, else a line at each tenth."""

from __future__ import annotations

import sys
import time
from typing import Final

_WIDTH: Final = 30
_REDRAW_SECONDS: Final = 0.2
_QUIET_SECONDS: Final = 2.0  # what is that short needs no bar
_TENTHS: Final = 10


class Bar:
    """The progress of one file, in bytes of it and lines."""

    def __init__(self, name: str, total_bytes: int, place_bytes: int, line: int) -> None:
        """Begin at a place; nothing is drawn in the first seconds."""
        self._name = name
        self._total = max(total_bytes, 1)
        self._from = (place_bytes, line)
        self._began = self._drawn = time.monotonic()
        self._tenth = 0

    def at(self, place_bytes: int, line: int) -> None:
        """Say where the load is now, if it is time to."""
        now = time.monotonic()
        if now - self._began < _QUIET_SECONDS:
            return
        share, text = place_bytes / self._total, self._text(place_bytes, line, now - self._began)
        if sys.stderr.isatty():
            if now - self._drawn >= _REDRAW_SECONDS:
                self._drawn = now
                filled = round(share * _WIDTH)
                bar = "#" * filled + "." * (_WIDTH - filled)
                self._say(f"\r  {self._name} [{bar}] {text}", end="")
        elif int(share * _TENTHS) > self._tenth:
            self._tenth = int(share * _TENTHS)
            self._say(f"  {self._name} {text}", end="\n")

    def end(self) -> None:
        """Leave the bar's line."""
        if sys.stderr.isatty() and self._drawn > self._began:
            self._say("", end="\n")

    def _text(self, place_bytes: int, line: int, seconds: float) -> str:
        from_bytes, from_line = self._from
        left = seconds * (self._total - place_bytes) / max(place_bytes - from_bytes, 1)
        speed = (line - from_line) / seconds
        share = place_bytes / self._total
        return f"{share:4.0%} line {line:,}, {speed:,.0f}/s, {left / 60:.0f} min left   "

    @staticmethod
    def _say(text: str, end: str) -> None:
        try:
            print(text, end=end, file=sys.stderr, flush=True)
        except OSError:
            return  # the terminal is gone; the load goes on
