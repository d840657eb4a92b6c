"""Print what the work of a minute costs, however many people there are, and a campaign's day."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from bench import units
from bench.campaign import PEOPLE, Campaign, Host, Stage, lines
from bench.counting import Cost, cost_of
from bench.jobs import MINUTE, settle
from bench.progress import told
from bench.timing import Timing, line, quiet, timing
from bench.working import Job
from chalicelib.core import parallel
from chalicelib.prevention.usecases import SPREAD
from chalicelib.reminders import rules, sweep
from chalicelib.vault import blind, keys
from infra import template
from infra.functions import NOTIFY, REMIND
from tests import double
from tests.worlds import World

GROWN: Final = (1_000, 10_000)
RUNS: Final = 3
# Assumed of the host: what it answers within, and what must be asked of it before such a day.
HOST: Final = Host(call_ms=6, mails_a_second=500, write_units_a_second=40_000)
MAIL_MS: Final = 60  # beyond any other call
# A stream of the table has a shard for each of its partitions: at least four.
_STREAM_SHARDS: Final = 4
_WHOLE_PROCESSOR_MB: Final = 1769
_CONFIGURATION: Final = Path(__file__).parents[1] / ".chalice" / "config.json"


def growth(world: World, empty: double.Snapshot) -> Iterator[str]:
    """Yield a line for each job, with few and with many people due at other times.

    Raises:
        SystemExit: a job made more calls because there were more people.
    """
    double.restore(empty)
    settled, few = 0, dict[str, tuple[dict[str, int], ...]]()
    for people in GROWN:
        told(f"{people:,} people who are due later")
        settle(range(settled, people))
        settled = people
        for job in MINUTE:
            with quiet():
                cold, warm = _costs(job, world)
                prepare, run = partial(job.prepare, world), partial(job.run, world)
                timed = timing(run, before=prepare, runs=RUNS)
            if few.setdefault(job.name, calls := (cold.calls, warm.calls)) != calls:
                raise SystemExit(f"{job.name} costs more with {people:,} people")
            yield line(f"{job.name} {people:>{22 - len(job.name)},}", cold, warm, timed)
    double.restore(empty)


def _costs(job: Job, world: World) -> tuple[Cost, Cost]:
    job.prepare(world)
    double.new_process()
    cold = cost_of(partial(job.run, world))
    job.prepare(world)
    return cold, cost_of(partial(job.run, world))


def campaign_day(world: World, empty: double.Snapshot) -> Iterator[str]:
    """Yield the arithmetic of a campaign day, of prevention reminders as they cost here."""
    measured = {name: _unknown_person(name, world, empty) for name in _PARTS}
    stages = [
        _stage("remind", measured["remind_prevention"], template.AT_ONCE[REMIND], parallel.AT_ONCE),
        _stage("relay", measured["relay"], _STREAM_SHARDS * template.RELAYS_AT_ONCE),
        _stage("notify", measured["notify"], template.AT_ONCE[NOTIFY], extra_ms=MAIL_MS),
    ]
    campaign = Campaign(
        people=PEOPLE,
        window_seconds=int(SPREAD.total_seconds()),
        shards=rules.SHARDS,
        sweep_seconds=sweep.SECONDS,
        write_units=sum(written for _, _, written in measured.values()),
    )
    yield (
        f"assumed: a call {HOST.call_ms:g} ms, a mail {MAIL_MS} more, {HOST.mails_a_second:g} mails"
        f" a second allowed, {_STREAM_SHARDS} shards of the stream"
    )
    yield from lines(campaign, stages, HOST)


_PARTS: Final = ("remind_prevention", "relay", "notify")
Measured = tuple[Cost, Timing, int]


def _unknown_person(name: str, world: World, empty: double.Snapshot) -> Measured:
    """Measure a job in a process that runs already, for somebody it does not know: a campaign."""
    job = next(one for one in MINUTE if one.name == name)
    with quiet():
        double.restore(empty)
        job.prepare(world)
        saved = double.snapshot()

    def before() -> None:
        double.restore(saved)
        double.new_process()
        blind.token_key("known")
        keys.forget()

    with quiet():
        timed = timing(partial(job.run, world), before=before, runs=RUNS)
        before()
        with units.counting() as counted:
            cost = cost_of(partial(job.run, world))
        double.restore(empty)
    return cost, timed, counted.written


def _stage(
    name: str, measured: Measured, instances: int, at_once: int = 1, extra_ms: float = 0
) -> Stage:
    cost, timed, _ = measured
    functions = json.loads(_CONFIGURATION.read_text(encoding="utf-8"))["lambda_functions"]
    processors = functions[name]["lambda_memory_size"] / _WHOLE_PROCESSOR_MB
    return Stage(name, cost.trips, timed.cpu, processors, instances, at_once, extra_ms)
