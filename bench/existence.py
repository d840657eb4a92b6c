"""Ask, over the running local product, whether time tells what exists: `python -m bench.existence`.

A doctor without a right asks for somebody's documents, and for records that do not exist, in a
random order. For each way of asking, the rank statistic is printed: the chance that an answer about
the record that exists takes longer than one about nothing (0.5: time tells nothing). Calls to the
host are equal, which tests assert (A36); times here include a double of the host that shares two
cores with everything else, so that none is asserted.

- `mixed`: one after the other.
- `paused`: a second between two requests, so that none meets what another one set off.
- `unsealed`: as `mixed`, with the archive's worker switched off.
- `control`: as `mixed`, with two sets of records that do not exist: what chance does.

Seen on two cores: 0.73, 0.85, 0.51 and 0.47. The difference is the double's, which seals a person's
new trace in the same process as it answers; the host does it elsewhere, after the answer.
"""

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from chalicelib.core import ids
from infra.local import config, deploy
from infra.local.client import Caller
from infra.local.config import Config

PAIRS: Final = 60
PAUSE_SECONDS: Final = 1.0
DOCTOR: Final = "marc"
PERSON: Final = "dominique"
WORK: Final = "carnet-local-work"
ARCHIVE: Final = "carnet-local-archive"


def main() -> int:
    """Measure each way of asking."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pairs", type=int, default=PAIRS)
    pairs = parser.parse_args().pairs
    running = config.from_environment()
    pid = _pid(running)
    print(f"{'way':<10}{'exists ms':>11}{'absent ms':>11}{'rank':>7}")
    _show("mixed", _measured(running, lambda: pid, pairs))
    _show("paused", _measured(running, lambda: pid, pairs // 2, PAUSE_SECONDS))
    with _no_archive(running):
        _show("unsealed", _measured(running, lambda: pid, pairs))
    _show("control", _measured(running, ids.new_secret_id, pairs))
    return 0


def rank(first: list[float], second: list[float]) -> float:
    """Return the chance that one of the first is above one of the second (Mann-Whitney)."""
    above = sum((a > b) + 0.5 * (a == b) for a in first for b in second)
    return above / (len(first) * len(second))


def _pid(running: Config) -> str:
    person = Caller(running.url)
    person.log_in("franceconnect", PERSON)
    return str(person.request("GET", "/v1/me").json()["profiles"][0]["patient_id"])


def _measured(
    running: Config, subject: Callable[[], str], pairs: int, pause: float = 0
) -> tuple[list[float], list[float]]:
    """Time refusals about a subject and about nothing, in random order, as one doctor."""
    doctor = Caller(running.url)
    doctor.log_in("psc", DOCTOR)
    _timed(doctor, ids.new_secret_id())
    kinds = [True, False] * pairs
    random.shuffle(kinds)
    times: dict[bool, list[float]] = {True: [], False: []}
    for number, exists in enumerate(kinds):
        if number % 50 == 0:
            _forget_refusals(running)
        time.sleep(pause)
        times[exists].append(_timed(doctor, subject() if exists else ids.new_secret_id()))
    return times[True], times[False]


def _timed(doctor: Caller, pid: str) -> float:
    began = time.perf_counter()
    reply = doctor.request("GET", f"/v1/patients/{pid}/documents")
    took = (time.perf_counter() - began) * 1000
    if reply.status != 404:  # noqa: PLR2004  whatever else would not be a refusal
        raise AssertionError(f"answered {reply.status}")
    return took


def _forget_refusals(running: Config) -> None:
    """Give the doctor her budget of refusals anew: it would stop her at a hundred (A37)."""
    store = deploy.client("dynamodb", running)
    for page in store.get_paginator("scan").paginate(TableName=WORK):
        for item in page["Items"]:
            if item["pk"]["S"].startswith("RATE#refusal#"):
                store.delete_item(TableName=WORK, Key={"pk": item["pk"], "sk": item["sk"]})


@contextmanager
def _no_archive(running: Config) -> Iterator[None]:
    """Switch off, and on again, what follows the stream of traces."""
    functions = deploy.client("lambda", running)
    found = functions.list_event_source_mappings(FunctionName=ARCHIVE)["EventSourceMappings"]
    for mapping in found:
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    time.sleep(5)
    try:
        yield
    finally:
        for mapping in found:
            functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)


def _show(way: str, times: tuple[list[float], list[float]]) -> None:
    exists, absent = times
    medians = f"{statistics.median(exists):>11.1f}{statistics.median(absent):>11.1f}"
    print(f"{way:<10}{medians}{rank(exists, absent):>7.2f}")


if __name__ == "__main__":
    sys.exit(main())
