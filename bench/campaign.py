"""The arithmetic of a campaign: what telling so many people in one day asks of the host. Pure.

Figures of one reminder are measured by this bench; how long the host takes to answer, and what it
allows, are assumptions, said with the result. `lines` says what must be true for all to be told.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

PEOPLE: Final = 14_000_000


@dataclass(frozen=True, slots=True)
class Stage:
    """One worker's part of a reminder, of a person its process did not know before."""

    name: str
    trips: int  # calls that wait for one another
    cpu_ms: float  # on this machine, for whole processors
    processors: float  # of one instance
    instances: int  # at most, as the template declares
    at_once: int = 1  # reminders side by side in one instance
    extra_ms: float = 0  # what one of its calls takes beyond `Host.call_ms`

    def seconds(self, host: "Host") -> float:
        """Return how long one reminder keeps its place."""
        return (self.trips * host.call_ms + self.extra_ms + self.cpu_ms / self.processors) / 1000

    def an_instance(self, host: "Host") -> float:
        """Return how many reminders a second one instance carries: by waiting, or by computing."""
        return min(self.at_once / self.seconds(host), 1000 * self.processors / self.cpu_ms)

    def carries(self, host: "Host") -> float:
        """Return how many reminders a second all instances carry."""
        return self.instances * self.an_instance(host)


@dataclass(frozen=True, slots=True)
class Host:
    """What is assumed of the host."""

    call_ms: float  # one call, as the caller waits for it
    mails_a_second: float  # what the mail provider allows
    write_units_a_second: float  # what the account allows one table


@dataclass(frozen=True, slots=True)
class Campaign:
    """How many people, told within how long, in how many shards; what one costs to write."""

    people: int
    window_seconds: int
    shards: int
    sweep_seconds: float  # what one sweep may take in one shard
    write_units: int  # a reminder

    @property
    def a_second(self) -> float:
        return self.people / self.window_seconds

    @property
    def a_minute_and_shard(self) -> float:
        return 60 * self.a_second / self.shards


def lateness(campaign: Campaign, stages: list[Stage], host: Host) -> tuple[float, float]:
    """Return how late the last is told, in seconds: of those of one minute, and of the whole day.

    All of a minute are due at once; what is slower than they come keeps some for the next one.
    """
    slowest = min(host.mails_a_second, *(stage.carries(host) for stage in stages))
    of_minute = 60 * campaign.a_second / slowest
    return of_minute, max(of_minute, campaign.people / slowest - campaign.window_seconds)


def lines(campaign: Campaign, stages: list[Stage], host: Host) -> Iterator[str]:
    """Write the table, then what must be true."""
    rate, shard = campaign.a_second, campaign.a_minute_and_shard
    yield (
        f"{campaign.people:,} people within {campaign.window_seconds / 3600:g} h:"
        f" {rate:.0f} a second, {60 * rate:,.0f} at each whole minute,"
        f" {shard:.0f} of them in each of {campaign.shards} shards"
    )
    yield f"{'':<10}{'ms each':>9}{'needs':>7}{'has':>6}{'carries/s':>11}{'busy':>7}"
    for stage in stages:
        carries = stage.carries(host)
        yield (
            f"{stage.name:<10}{1000 * stage.seconds(host):>9.0f}"
            f"{math.ceil(rate / stage.an_instance(host)):>7}{stage.instances:>6}"
            f"{carries:>11.0f}{rate / carries:>7.0%}"
        )
    yield f"{'mails':<10}{'':>22}{host.mails_a_second:>11.0f}{rate / host.mails_a_second:>7.0%}"
    units = rate * campaign.write_units
    yield (
        f"{'writes':<10}{'':>22}{host.write_units_a_second:>11.0f}"
        f"{units / host.write_units_a_second:>7.0%}  units, {campaign.write_units} a reminder"
    )
    sweep = stages[0].an_instance(host) * campaign.sweep_seconds
    yield f"a sweep may claim {sweep:.0f} in {campaign.sweep_seconds:g} s, of {shard:.0f} that wait"
    of_minute, of_day = lateness(campaign, stages, host)
    yield f"the last of a minute is told {of_minute:.0f} s late, the last of the day {of_day:.0f} s"
    yield from _wanting(campaign, stages, host)


def _wanting(campaign: Campaign, stages: list[Stage], host: Host) -> Iterator[str]:
    """Say what falls short."""
    rate = campaign.a_second
    yield from (f"NOT enough {one.name}" for one in stages if one.carries(host) < rate)
    if host.mails_a_second < rate:
        yield "NOT enough mails a second"
    if host.write_units_a_second < rate * campaign.write_units:
        yield "NOT enough write units"
    if stages[0].an_instance(host) * campaign.sweep_seconds < campaign.a_minute_and_shard:
        yield "NOT enough time in one sweep"
