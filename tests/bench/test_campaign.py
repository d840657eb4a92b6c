"""The arithmetic of a campaign day, on figures small enough to follow by hand (D11)."""

import dataclasses

import pytest

from bench.campaign import Campaign, Host, Stage, lateness, lines

# 36,000 people in an hour: ten a second, 600 at each whole minute, 60 of them in each shard.
CAMPAIGN = Campaign(people=36_000, window_seconds=3600, shards=10, sweep_seconds=4, write_units=20)
HOST = Host(call_ms=10, mails_a_second=20, write_units_a_second=400)
# Waits 50 ms and computes 5 on half a processor: 60 ms each, eight at once.
REMIND = Stage("remind", trips=5, cpu_ms=5, processors=0.5, instances=1, at_once=8)
# Waits 40 + 150 and computes 5 on half a processor: 200 ms each.
NOTIFY = Stage("notify", trips=4, cpu_ms=5, processors=0.5, instances=4, extra_ms=150)


def falling_short(campaign: Campaign, stages: list[Stage], host: Host) -> list[str]:
    return [line for line in lines(campaign, stages, host) if line.startswith("NOT")]


def test_waiting_is_shared_by_what_runs_side_by_side_and_computing_is_not() -> None:
    assert REMIND.seconds(HOST) == pytest.approx(0.060)
    assert REMIND.an_instance(HOST) == pytest.approx(100)  # 133 by waiting, 100 by computing
    assert dataclasses.replace(REMIND, at_once=1).an_instance(HOST) == pytest.approx(1 / 0.060)
    assert NOTIFY.carries(HOST) == pytest.approx(20)


def test_what_is_enough_falls_short_of_nothing() -> None:
    assert falling_short(CAMPAIGN, [REMIND, NOTIFY], HOST) == []


def test_those_due_at_one_minute_pass_at_the_slowest_pace() -> None:
    of_minute, of_day = lateness(CAMPAIGN, [REMIND, NOTIFY], HOST)
    assert of_minute == pytest.approx(30)  # 600 at 20 a second
    assert of_day == pytest.approx(30)


def test_what_cannot_keep_up_is_late_by_what_is_left_when_the_window_ends() -> None:
    few = dataclasses.replace(NOTIFY, instances=1)  # 5 a second, of 10
    assert lateness(CAMPAIGN, [REMIND, few], HOST)[1] == pytest.approx(3600)
    assert falling_short(CAMPAIGN, [REMIND, few], HOST) == ["NOT enough notify"]


@pytest.mark.parametrize(
    ("campaign", "host", "said"),
    [
        (CAMPAIGN, dataclasses.replace(HOST, mails_a_second=9), "NOT enough mails a second"),
        (CAMPAIGN, dataclasses.replace(HOST, write_units_a_second=199), "NOT enough write units"),
        (dataclasses.replace(CAMPAIGN, shards=1), HOST, "NOT enough time in one sweep"),
    ],
)
def test_each_thing_that_falls_short_is_said(campaign: Campaign, host: Host, said: str) -> None:
    assert falling_short(campaign, [REMIND, NOTIFY], host) == [said]


def test_the_table_says_what_is_needed_of_what_there_is() -> None:
    table = list(lines(CAMPAIGN, [REMIND, NOTIFY], HOST))
    assert table[0] == (
        "36,000 people within 1 h: 10 a second, 600 at each whole minute, 60 of them in each"
        " of 10 shards"
    )
    assert table[3].split() == ["notify", "200", "2", "4", "20", "50%"]
