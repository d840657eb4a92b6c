"""The product as a container: `python -m chalicelib.runtime serve`, `work`, `tick` or `schedule`.

`serve` answers HTTP on `PORT` (8000) with `WEB_CONCURRENCY` processes; `/health` says that it does.
`work` reads queues and streams; `schedule` runs what is due by the clock, and `tick NAME` runs it
once, for a host that has cron. All stop at SIGTERM once what they have in hand is done. Their
settings are those of the functions (`core/settings.py`).
"""

import argparse
import os
import sys
from typing import Final

from chalicelib.core.settings import settings

NOT_SET_UP: Final = 3
_SERVER: Final = "chalicelib.runtime.server"
_APPLICATION: Final = "chalicelib.runtime.wsgi"


def main(arguments: list[str] | None = None) -> int:
    """Run one command until it is told to stop; return the exit status."""
    try:
        settings()
    except (LookupError, ValueError) as error:
        print(f"not set up: {error.args[0]}", file=sys.stderr)  # noqa: T201  a command
        return NOT_SET_UP
    from chalicelib.runtime import work  # noqa: PLC0415  rows name their tables when imported

    parser = _parser(work.READERS, tuple(work.SCHEDULED))
    given = parser.parse_args(arguments)
    if given.command == "serve":
        command = ["gunicorn", "--config", f"python:{_SERVER}", _APPLICATION]
        os.execv(sys.executable, [sys.executable, "-m", *command])  # noqa: S606  a fixed command
    if given.command == "work":
        unknown = set(given.names) - set(work.READERS)
        if unknown:
            parser.error(f"unknown: {', '.join(sorted(unknown))}")
        return 0 if work.work(given.names or work.READERS) else 1
    if given.command == "schedule":
        return 0 if work.schedule(work.SCHEDULED) else 1
    work.tick(given.name)
    return 0


def _parser(readers: tuple[str, ...], scheduled: tuple[str, ...]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m chalicelib.runtime",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="answer HTTP")
    readers_of = commands.add_parser("work", help="read queues and streams: all, or those named")
    readers_of.add_argument("names", nargs="*", metavar="|".join(readers))
    commands.add_parser("schedule", help="run what is due by the clock")
    commands.add_parser("tick", help="run it once").add_argument("name", choices=scheduled)
    return parser


if __name__ == "__main__":
    sys.exit(main())
