"""Measure how late reminders are on the running local product: `make lateness`.

Reminders of fictitious people are armed for one whole minute; the product's own schedule, queues
and functions do the rest. A mail is late by the time between that minute and the instant at which
the local cloud took it. Issued figures include a double of the host, and whatever else runs on the
machine. The promise is 95 % within a minute, all within five; the exit code says if it was kept.
"""

import argparse
import os
import statistics
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from infra.local import config, deploy, mailbox
from infra.local.config import Config

REMINDERS: Final = 1000
MOST_SECONDS: Final = 300
USUAL_SECONDS: Final = 60
_ARMING_A_SECOND: Final = 50  # slower than seen, so that all are armed before their minute
_GIVE_UP: Final = timedelta(minutes=10)


def main() -> int:
    """Arm, wait for the mails, print how late they were and whether the promise was kept."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--reminders", type=int, default=REMINDERS)
    parser.add_argument("--people", type=int, default=REMINDERS)
    chosen = parser.parse_args()
    running = config.from_environment()
    os.environ.update(deploy.operator_environment(running))
    from bench import crowd  # noqa: PLC0415  rows name their table when they are declared

    members = crowd.gather(chosen.people)
    due = _next_minute(timedelta(seconds=chosen.reminders / _ARMING_A_SECOND))
    crowd.arm(members, chosen.reminders, due)
    if datetime.now(UTC) >= due:
        raise RuntimeError("arming took longer than foreseen: nothing measured")
    print(
        f"{chosen.reminders} reminders of {len(members)} people due at {due.isoformat()}",
        flush=True,
    )
    mails = _wait(running, {member.address for member in members}, chosen.reminders, due)
    return _verdict(mails, chosen.reminders, due)


def _next_minute(margin: timedelta) -> datetime:
    return (datetime.now(UTC) + margin + timedelta(minutes=1)).replace(second=0, microsecond=0)


def _wait(running: Config, addresses: set[str], wanted: int, due: datetime) -> list[dict[str, Any]]:
    """Return the mails to these addresses, once there are enough or nothing more is awaited."""
    while True:
        time.sleep(5)
        found = [mail for mail in mailbox.mails(running) if addresses.intersection(mail["To"])]
        if len(found) >= wanted or datetime.now(UTC) > due + _GIVE_UP:
            return found


def _verdict(mails: list[dict[str, Any]], wanted: int, due: datetime) -> int:
    late = sorted(mail["Timestamp"] - due.timestamp() for mail in mails)
    told = Counter(address for mail in mails for address in mail["To"])
    print(
        f"mails {len(mails)} of {wanted}, to {len(told)} people, at most {max(told.values())} each"
    )
    usual = statistics.quantiles(late, n=20)[18]
    print(f"late by: p50 {statistics.median(late):.1f} s, p95 {usual:.1f} s, max {late[-1]:.1f} s")
    print(f"mails a second: {len(late) / (late[-1] - late[0]):.1f}")
    kept = len(mails) == wanted and usual <= USUAL_SECONDS and late[-1] <= MOST_SECONDS
    print("kept" if kept else "NOT kept", f"({USUAL_SECONDS} s for 95 %, {MOST_SECONDS} s for all)")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
