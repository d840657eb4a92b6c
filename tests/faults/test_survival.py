"""Whatever call fails, and however, nothing is half done, doubled, lost or unreadable (R03, R04).

Each story runs once to record its calls; then once more for each call and each way to fail. After
each: the client tries again, the sweep runs, and six invariants are checked (security.md, 3.2);
once, for all the faults that left the very same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
import time_machine

from chalicelib.access import commit
from chalicelib.core import clock as product_clock
from chalicelib.core import rows
from chalicelib.core.rows import Query
from chalicelib.record import rules
from chalicelib.record import store as record_store
from chalicelib.record.store import GoneRow
from tests import double, worlds
from tests.faults import chance, stories
from tests.faults.every_story import STORIES
from tests.faults.large_stories import PART
from tests.faults.reminder_stories import no_trace
from tests.faults.stories import (
    MARKER,
    TRIES,
    TRIES_WITH_RIVAL,
    Story,
    attempt,
    history,
    told_too_much,
)
from tests.injector import MODES, Faults, KilledError, each, meanwhile
from tests.recorder import Recorder, recorder
from tests.worlds import World

pytestmark = pytest.mark.slow

# What may be written whatever was there: where the last who writes is right, or the row's own key
# says all of it; tries, and traces kept apart, add a name of their own to a set. What is deleted is
# named by its key.
LAST_IS_RIGHT = {
    "Put entry",
    "Put due",
    "Put inbox",
    "Put gone",
    "Put reading",
    "Update TRIES",
    "Update WAITED",
    "Delete HASH",
    "Delete PART",
    "Delete PROVIDER",
    "Delete REFRESH",
}
WAYS = ("before", "after", "throttled_always", "crash", "rival")


@pytest.fixture
def world(aws: Recorder) -> World:
    """Give a world whose names and titles bear the marker; ask for `clock` before it."""
    made = worlds.restored(MARKER)
    aws.clear()
    return made


@pytest.fixture(autouse=True)
def _short_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make what is sent in parts short: the faults are in the calls, not in the bytes."""
    monkeypatch.setattr(rules, "PART_BYTES", PART)


@pytest.fixture
def unconditioned(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Collect what is written whatever was there: how, and the kind or the name of the row."""
    found, real = set[str](), rows.write

    def write(actions: Sequence[rows.Action]) -> None:
        for action in actions:
            ((how, said),) = action.items()
            if "ConditionExpression" not in said:
                kind = said["Item"]["kind"] if how == "Put" else said["Key"]["sk"]
                found.add(f"{how} {kind['S'].partition('#')[0]}")
        real(actions)

    monkeypatch.setattr(rows, "write", write)
    return found


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_every_fault_of_every_call_is_survived(
    story: Story,
    clock: time_machine.Traveller,
    world: World,
    capsys: pytest.CaptureFixture[str],
    record_property: Callable[[str, object], None],
    unconditioned: set[str],
) -> None:
    calls, done, wrong = play(story, world, clock)
    logged = capsys.readouterr()
    record_property("survived", f"{story.name}: {len(done) - len(wrong)} of {len(done)}")
    assert wrong == []
    assert MARKER.casefold() not in (logged.out + logged.err).casefold()  # I6
    assert len(calls) >= 4
    assert len(done) == len(calls) * len(ways_of(story))
    assert unconditioned <= LAST_IS_RIGHT


def ways_of(story: Story) -> tuple[str, ...]:
    return ("rival",) if story.only_rival else WAYS


def play(
    story: Story, world: World, clock: time_machine.Traveller, *, until_wrong: bool = False
) -> tuple[list[str], list[str], list[str]]:
    """Run a story with each fault; return its calls, what was tried, and what went wrong."""
    story.prepare(world, clock)
    fresh, begun = double.snapshot(), product_clock.now()
    calls = record(story, world)
    tried, wrong, judged = [], [], dict[Any, str | None]()
    # The last calls first: that is where a transaction is, and what is wrong shows soonest.
    for call, nth in reversed(each(calls)):
        for way in ways_of(story):
            label = f"{story.name}: {way} at {call} {nth}"
            again(fresh, clock, begun)
            try:
                found = survive(story, world, clock, Fault(call, nth, way, judged))
            except Exception as error:  # noqa: BLE001  said with its label, with the others
                found = f"I5: {type(error).__name__} while looking"
            tried.append(label)
            if found:
                wrong.append(f"{label}: {found}")
            if found and until_wrong:
                return calls, tried, wrong
    again(fresh, clock, begun)
    return calls, tried, wrong


def again(fresh: double.Snapshot, clock: time_machine.Traveller, begun: Any) -> None:
    """Start from the same state, the same instant, and a process that knows nothing."""
    recorder.plans.clear()
    clock.move_to(begun)
    double.restore(fresh)
    double.forget_mails()
    double.new_process()


def record(story: Story, world: World) -> list[str]:
    double.new_process()
    recorder.clear()
    assert attempt(story, world), story.name
    names = recorder.names
    assert story.effect(world) == story.new, story.name
    return names


@dataclass(frozen=True, slots=True)
class Fault:
    """The call that fails, and how; and what was found wrong after those that failed before it."""

    call: str
    nth: int  # of this name
    way: str
    judged: dict[Any, str | None]


def survive(story: Story, world: World, clock: time_machine.Traveller, fault: Fault) -> str | None:
    """Fail once, then judge what that left; return what is wrong.

    What comes next follows from what is stored, said, remembered and the time alone: of faults
    that left the very same, all are judged as the first.
    """
    recorder.clear()
    rival = replace(story, ask=story.rival or story.ask)
    has_rival = fault.way == "rival"

    def interfere() -> None:
        with chance.of("rival"):
            attempt(rival, world)

    Faults().on(fault.call, meanwhile(interfere) if has_rival else fault.way, nth=fault.nth)
    try:
        with chance.of("client"):
            said = attempt(story, world)
    except KilledError:
        said = False
    recorder.plans.clear()
    double.new_process()
    left = (said, has_rival, product_clock.now(), double.everything(), stories.remembered())
    if left not in fault.judged:
        fault.judged[left] = judge(story, world, clock, said=said, has_rival=has_rival)
    return fault.judged[left]


def judge(
    story: Story, world: World, clock: time_machine.Traveller, *, said: bool, has_rival: bool
) -> str | None:
    """Look, try again, sweep, look again; return what is wrong."""
    if has_rival and story.left is not None:
        return taken_back(story, world, clock, said=said)
    wrong = half_done(story, world, said=said)
    if has_rival and story.has_key and not said:
        wrong = "I2: the same key was not answered as the first time"
    if wrong:
        return wrong
    if story.retried_by_client and not any(attempt(story, world) for _ in range(3)):
        return "I2: the client's retry does not pass"
    return in_the_end(story, world, clock, tries=TRIES_WITH_RIVAL if has_rival else TRIES)


def taken_back(
    story: Story, world: World, clock: time_machine.Traveller, *, said: bool
) -> str | None:
    """Look at what was asked while the right to ask was taken back: nothing comes after that."""
    left = story.left(world) if story.left else None
    if wrong := half_done(story, world, said=said):
        return wrong
    if attempt(story, world) and left != story.new:
        return "I2: the client's retry passes, though the right was taken back"
    if story.effect(world) != left:
        return "I1: written after the right was taken back"
    finished = replace(story, new=left, traces=story.traces if left == story.new else no_trace)
    return in_the_end(finished, world, clock, tries=TRIES_WITH_RIVAL)


def half_done(story: Story, world: World, *, said: bool) -> str | None:
    """Look at what one failed request left."""
    seen = story.effect(world)
    if seen not in (story.old, story.new):
        return f"I1: half done: {seen!r:.80}"
    if said and seen != story.new:
        return "I2: acknowledged, and not there"
    missing = story.traces(world, TRIES_WITH_RIVAL) if seen == story.new else None
    return f"I4: done, and {missing}" if missing else None


def in_the_end(
    story: Story, world: World, clock: time_machine.Traveller, *, tries: int
) -> str | None:
    """Let the sweep finish, and look at everything."""
    try:
        story.settle(world, clock)  # I3
    except AssertionError as error:
        return f"I3: {str(error).splitlines()[0]}"
    if story.effect(world) != story.new:
        return f"I2: not one effect: {story.effect(world)!r:.80}"
    history(world)  # I5: each opens, or raises
    if where := told_too_much():
        return f"I6: a name or a title in {where}"
    missing = story.traces(world, tries)  # I4
    return f"I4: {missing}" if missing else None


def drop_condition(kind: str) -> Callable[[pytest.MonkeyPatch], None]:
    """Write rows of a kind whatever was there."""

    def plant(monkeypatch: pytest.MonkeyPatch) -> None:
        real = rows.put

        def put(row: rows.Row, condition: Any = None) -> rows.Action:
            action = real(row, condition)
            if row.kind == kind:
                action["Put"].pop("ConditionExpression")
                names = action["Put"].pop("ExpressionAttributeNames")
                action["Put"].pop("ExpressionAttributeValues", None)
                assert names
            return action

        monkeypatch.setattr(rows, "put", put)

    return plant


def claim_unconditionally(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a due reminder, or a document, whatever became of it meanwhile."""
    monkeypatch.setattr(rows, "delete", rows.forget)


def never_compare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write beside rows that were read, whatever became of them meanwhile."""
    monkeypatch.setattr(
        rows, "unchanged", lambda row: rows.absent(type(row), f"NONE#{row.pk}", row.sk)
    )


def write_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write the rows of a transaction, its trace among them, one after the other."""
    real = rows.write

    def write(actions: Sequence[rows.Action]) -> None:
        for action in actions:
            real([action])

    monkeypatch.setattr(rows, "write", write)


def name_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the sweep without the name of a file that its person deleted."""
    monkeypatch.setattr(
        record_store, "gone_in", lambda _: Query(GoneRow, "GONE#never", prefix="F#")
    )


def never_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take an unclear answer for a failure."""
    monkeypatch.setattr(commit, "_is_committed", lambda _: False)


def forget_the_consent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an application write whatever became of its consent meanwhile."""
    monkeypatch.setattr(commit, "_consent_steps", lambda _unit, _steps: [])


def forget_the_link(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let who represents a minor write whatever became of her link meanwhile."""
    monkeypatch.setattr(commit, "_link_steps", lambda _unit, _steps: [])


@pytest.mark.parametrize(
    ("story", "plant"),
    [
        ("announce_document", drop_condition("idempotency")),
        ("authorise", drop_condition("grant")),
        ("deposit", never_look),
        ("remind", claim_unconditionally),
        ("withdraw_in_use", drop_condition("grant")),
        ("notify", drop_condition("notice")),
        ("delete_own_document", claim_unconditionally),
        ("delete_own_document", name_no_file),
        ("withdraw", write_apart),
        ("refuse_mails", drop_condition("preferences")),
        ("deposit_by_application", forget_the_consent),
        ("add_measure_by_application", forget_the_consent),
        ("join_appointment_by_application", forget_the_consent),
        ("change_consent", drop_condition("consent")),
        ("exchange_code", drop_condition("used")),
        ("grant_token", drop_condition("used")),
        ("revoke_calendar_feed", drop_condition("feeds")),
        ("send_part_while_completed", never_compare),
        ("send_message_beside_another", drop_condition("head")),
        ("mark_read_beside_another", drop_condition("head")),
        ("close_while_answered", drop_condition("thread")),
        ("accept_while_withdrawn", drop_condition("invitation")),
        ("withdraw_while_accepted", drop_condition("invitation")),
        ("deposit_while_leaving", forget_the_link),
    ],
    ids=[
        "idempotency key",
        "version of a grant",
        "look after an unclear answer",
        "claim of a due reminder",
        "version of a grant withdrawn while it is used",
        "claim of a notice",
        "document already deleted",
        "name of a file deleted",
        "one transaction for rows and trace",
        "version of preferences",
        "consent of a deposit",
        "consent of a measure",
        "consent of a link",
        "version of a consent",
        "code already used",
        "assertion already used",
        "version of links to a calendar",
        "version of an announcement completed meanwhile",
        "count of a box",
        "count of a person",
        "version of a conversation",
        "version of an invitation accepted",
        "version of an invitation withdrawn",
        "link of who represents a minor",
    ],
)
def test_the_harness_finds_what_is_dropped_from_a_write(
    story: str,
    plant: Callable[[pytest.MonkeyPatch], None],
    clock: time_machine.Traveller,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plant(monkeypatch)
    (played,) = [one for one in STORIES if one.name == story]
    _, _, wrong = play(played, world, clock, until_wrong=True)
    assert wrong != []


def test_every_way_to_fail_is_one_the_injector_knows() -> None:
    assert set(WAYS) - {"rival"} <= set(MODES)


@pytest.mark.usefixtures("clock", "world")
def test_the_harness_finds_a_name_told_to_a_queue() -> None:
    assert told_too_much() == []
    double.put_messages([f'{{"name": "{MARKER.title()}"}}'])
    assert told_too_much() == ["queue"]
