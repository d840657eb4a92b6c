"""Print what the functions of the running product logged lately: `make logs`, or of one, by name.

    make logs ARGS="api 4F7K2MQX"

The second word keeps the lines that hold it, such as the end of a request's id.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Final

from infra.functions import FUNCTIONS
from infra.local import config, deploy, running

if TYPE_CHECKING:
    from collections.abc import Sequence

_MINUTES: Final = 60


def main(arguments: Sequence[str]) -> int:
    """Print the lines of the last hour, the first one first; 1 if nothing runs."""
    here = config.from_environment()
    if running.found(here) is None:
        sys.stderr.write("Carnet is not running: make run\n")
        return 1
    known = [one.physical_suffix for one in FUNCTIONS]
    name, word = [*arguments, "", ""][:2]
    if name and name not in known:
        sys.stderr.write(f"no function {name}: {', '.join(known)}\n")
        return 2
    for line in lines(here, [name] if name else known):
        if word.casefold() in line.casefold():
            print(line)
    return 0


def lines(here: config.Config, names: Sequence[str]) -> list[str]:
    """Return the lines of functions within the last hour, each after the function's name."""
    client, since = deploy.client("logs", here), int((time.time() - _MINUTES * 60) * 1000)
    found: list[tuple[int, str]] = []
    for name in names:
        group = f"/aws/lambda/{deploy.PREFIX}-{name}"
        try:
            pages = client.get_paginator("filter_log_events").paginate(
                logGroupName=group, startTime=since
            )
            events = [event for page in pages for event in page["events"]]
        except client.exceptions.ResourceNotFoundException:
            continue  # it has not run yet
        found += [
            (event["timestamp"], f"{name:<9} {event['message'].rstrip()}") for event in events
        ]
    return [text for _, text in sorted(found)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
