"""Lines of a history: repeats counted, nothing lost, nothing invented, pages full."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.trace.model import Entry, Group, Kind, Outcome, Shown
from chalicelib.trace.rules import group

PARIS = ZoneInfo("Europe/Paris")
SHOWN = Shown(
    actor=Kind.PROFESSIONAL,
    actor_id="89900000019",
    actor_name="Dr Claire EXEMPLE",
    profession="Médecin",
    organisation=None,
    action="record:document:open",
    outcome=Outcome.ALLOWED,
    right="authorisation",
    right_since="2026-11-03T09:00:00.000Z",
    reason=None,
    reference="D1",
)
OTHERS = [
    SHOWN,
    replace(SHOWN, reference="D2"),
    replace(SHOWN, outcome=Outcome.REFUSED, reason="no_right"),
    replace(SHOWN, actor=Kind.PERSON, actor_id="U1"),
    replace(SHOWN, organisation="Clinique Exemple"),
    replace(SHOWN, right_since="2026-11-23T09:00:00.000Z"),
]
START = datetime(2026, 10, 23, tzinfo=UTC)


@st.composite
def histories(draw: st.DrawFn) -> list[Entry]:
    """Draw entries over two days and the change of clocks, the last first."""
    minutes = draw(st.lists(st.integers(0, 4 * 1440), max_size=40))
    entries = [
        Entry(f"T{n:03d}", START + timedelta(minutes=minute), draw(st.sampled_from(OTHERS)))
        for n, minute in enumerate(sorted(minutes))
    ]
    return entries[::-1]


def day(entry: Entry) -> tuple[object, Shown]:
    return entry.at.astimezone(PARIS).date(), entry.shown


@given(histories(), st.integers(1, 10))
def test_counts_every_entry_once_over_all_pages(entries: list[Entry], limit: int) -> None:
    seen, left, remaining = 0, True, entries
    while left:
        lines, over = group(remaining, limit)
        assert len(lines) == limit if over else len(lines) <= limit
        seen += sum(line.count for line in lines)
        remaining = remaining[remaining.index(over) :] if over else []
        left = over is not None
    assert seen == len(entries)


@given(histories())
def test_one_line_for_each_day_and_sentence(entries: list[Entry]) -> None:
    lines, over = group(entries, 1000)
    assert over is None
    assert Counter(map(day, entries)) == Counter(
        {(line.last_at.astimezone(PARIS).date(), line.shown): line.count for line in lines}
    )


@given(histories())
def test_lines_come_in_the_order_of_their_last_entry(entries: list[Entry]) -> None:
    lines, _ = group(entries, 1000)
    assert [line.last_at for line in lines] == sorted(
        (line.last_at for line in lines), reverse=True
    )
    for line in lines:
        own = [
            entry for entry in entries if day(entry) == (day(Entry("", line.last_at, line.shown)))
        ]
        assert (line.id, line.first_at, line.last_at) == (own[0].id, own[-1].at, own[0].at)


@given(histories(), st.integers(1, 5))
def test_reads_nothing_after_the_entry_that_is_left_over(entries: list[Entry], limit: int) -> None:
    source = iter(entries)
    _, over = group(source, limit)
    rest = list(source)
    assert (over is None and rest == []) or entries[-len(rest) - 1] == over


def test_a_day_is_a_day_in_paris_not_in_greenwich() -> None:
    before = Entry("1", datetime(2026, 11, 22, 22, 59, tzinfo=UTC), SHOWN)
    after = Entry("2", datetime(2026, 11, 22, 23, 1, tzinfo=UTC), SHOWN)
    lines, _ = group([after, before], 10)
    assert [line.count for line in lines] == [1, 1]


def test_twelve_times_today_is_one_line() -> None:
    at = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    entries = [Entry(f"T{n}", at + timedelta(minutes=n), SHOWN) for n in reversed(range(12))]
    assert group(entries, 50) == (
        [Group("T11", SHOWN, 12, at, at + timedelta(minutes=11))],
        None,
    )
