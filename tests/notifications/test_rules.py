"""When a notice is tried again, and what its words must never hold."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.events import Event
from chalicelib.notifications import queue, rules
from chalicelib.notifications.model import Status

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
chances = st.floats(min_value=0, max_value=1)


@given(st.integers(min_value=1, max_value=len(rules.RETRY_SECONDS)), chances)
def test_delays_spread_around_their_interval(attempts: int, chance: float) -> None:
    delay = rules.next_try(attempts, chance)
    interval = rules.RETRY_SECONDS[attempts - 1]
    assert delay is not None
    assert interval / 2 <= delay.total_seconds() <= interval * 3 / 2


@given(st.integers(min_value=len(rules.RETRY_SECONDS) + 1, max_value=1000), chances)
def test_attempts_are_bounded(attempts: int, chance: float) -> None:
    assert rules.next_try(attempts, chance) is None


@given(st.sampled_from(Status), st.none() | st.integers(min_value=-9, max_value=9))
def test_only_what_is_requested_and_due_may_be_tried(status: Status, seconds: int | None) -> None:
    next_at = None if seconds is None else NOW + timedelta(seconds=seconds)
    due = seconds is None or seconds <= 0
    assert rules.may_try(status, next_at, NOW) == (status is Status.REQUESTED and due)


def test_all_attempts_end_before_the_event_is_forgotten() -> None:
    longest = timedelta(seconds=sum(rules.RETRY_SECONDS) * 1.5)
    assert longest < timedelta(days=7) < rules.EVENT_LIFE < rules.ROW_LIFE


def test_the_first_retries_fit_in_the_delay_of_the_queue() -> None:
    assert rules.RETRY_SECONDS[0] * 1.5 < queue.LONGEST_DELAY_SECONDS


def test_texts_to_persons_hold_no_id_and_do_not_depend_on_the_event() -> None:
    some = [Event("01J00000000000000000000000", kind, "P1", "R1") for kind in rules.TOLD_TO_HOLDERS]
    texts = {rules.text_for(event, "https://carnet.test") for event in some}
    (text,) = texts
    assert text.subject == "Du nouveau dans votre espace de santé"
    assert not any(word in text.body for word in ("P1", "R1", "01J", "document", "médecin"))


@given(st.integers(min_value=1, max_value=len(rules.RETRY_SECONDS)))
def test_chance_spreads_the_retries_of_many_notices(attempts: int) -> None:  # R30
    soonest, latest = rules.next_try(attempts, 0), rules.next_try(attempts, 1)
    assert soonest is not None
    assert latest == 3 * soonest
