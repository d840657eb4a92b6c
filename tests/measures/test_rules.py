"""What is wrong in a measure is said whole; what is unusual is said, and refused nothing (A23)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.access.model import Right
from chalicelib.core.errors import FieldError, Invalid
from chalicelib.http.principal import ActorKind
from chalicelib.measures import rules
from chalicelib.measures.model import (
    COMPONENTS,
    Component,
    Details,
    Draft,
    MeasureKind,
    Source,
    Window,
)

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
BORN = date(1985, 6, 12)
WEIGHT, PRESSURE = MeasureKind.WEIGHT, MeasureKind.BLOOD_PRESSURE


def a_draft(kind: MeasureKind = WEIGHT, **changes: Any) -> Draft:
    figures = changes.pop("values", None) or (
        {"weight": "72.4"} if kind is WEIGHT else {"systolic": "128", "diastolic": "79"}
    )
    values = {name: Decimal(text) for name, text in figures.items()}
    return Draft(kind, **{"at": "2026-11-23T07:30+01:00", "values": values} | changes)


def settled(kind: MeasureKind = WEIGHT, **changes: Any) -> Details:
    return rules.check(a_draft(kind, **changes), NOW, BORN)


def wrong(kind: MeasureKind = WEIGHT, **changes: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        settled(kind, **changes)
    return [(error.pointer, error.code) for error in refused.value.errors]


@pytest.mark.parametrize(
    ("at", "code"),
    [
        ("2026-11-23T07:30", "instant_form"),
        ("2026-11-23", "instant_form"),
        ("2026-11-23 07:30+01:00", "instant_form"),
        ("2026-11-23T07:30+0100", "instant_form"),
        ("2026-11-23T07:30+15:00", "instant_form"),
        ("２０２６-11-23T07:30Z", "instant_form"),
        ("2026-02-29T07:30Z", "date_unknown"),
        ("2026-11-23T24:00Z", "date_unknown"),
        ("2026-11-23T09:35:00.001Z", "date_future"),
        ("2026-11-24T00:00+14:00", "date_future"),
        ("1899-12-31T23:59Z", "date_too_old"),
        ("1985-06-11T23:59+14:00", "date_before_birth"),
    ],
)
def test_an_instant_that_cannot_be_is_refused(at: str, code: str) -> None:
    assert wrong(at=at) == [("/at", code)]


@pytest.mark.parametrize(
    ("at", "read"),
    [
        ("2026-11-23T07:30+01:00", "2026-11-23T07:30:00+01:00"),
        ("2026-11-23T07:30:15.1239Z", "2026-11-23T07:30:15.123000+00:00"),
        ("2026-11-22T20:00:00-09:30", "2026-11-22T20:00:00-09:30"),
        ("2026-11-23T09:35Z", "2026-11-23T09:35:00+00:00"),  # clocks of devices run ahead
        ("1985-06-12T00:00+14:00", "1985-06-12T00:00:00+14:00"),
    ],
)
def test_an_instant_keeps_the_offset_of_where_it_was_taken(at: str, read: str) -> None:
    assert settled(at=at).at.isoformat() == read


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        (WEIGHT, {"weight": "-3"}, [("/values/weight", "greater_than")]),
        (WEIGHT, {"weight": "0"}, [("/values/weight", "greater_than")]),
        (WEIGHT, {"weight": "NaN"}, [("/values/weight", "not_a_number")]),
        (WEIGHT, {"weight": "Infinity"}, [("/values/weight", "not_a_number")]),
        (WEIGHT, {"weight": "701"}, [("/values/weight", "less_than_equal")]),
        (WEIGHT, {"weight": "72.4001"}, [("/values/weight", "too_many_decimals")]),
        (
            WEIGHT,
            {"height": "172"},
            [("/values", "extra_forbidden"), ("/values/weight", "missing")],
        ),
        (
            PRESSURE,
            {"systolic": "79", "diastolic": "128"},
            [("/values/diastolic", "pressure_order")],
        ),
        (
            PRESSURE,
            {"systolic": "80", "diastolic": "80"},
            [("/values/diastolic", "pressure_order")],
        ),
        (
            PRESSURE,
            {"systolic": "128.25", "diastolic": "-79"},
            [
                ("/values/systolic", "too_many_decimals"),
                ("/values/diastolic", "greater_than"),
            ],
        ),
        (PRESSURE, {"systolic": "128"}, [("/values/diastolic", "missing")]),
    ],
)
def test_figures_that_cannot_be_are_refused(
    kind: MeasureKind, values: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    assert wrong(kind, values=values) == expected


def test_everything_wrong_is_said_at_once() -> None:
    found = wrong(
        PRESSURE,
        at="2031-01-01T00:00Z",
        values={"systolic": "1e9"},
        comment="x" * 151,
        device="Bras\u202e",
    )
    assert found == [
        ("/at", "date_future"),
        ("/values/systolic", "less_than_equal"),
        ("/values/diastolic", "missing"),
        ("/comment", "string_too_long"),
        ("/device", "control_character"),
    ]


def test_an_empty_text_says_nothing() -> None:
    kept = settled(comment="", device="")
    assert (kept.comment, kept.device) == (None, None)


@pytest.mark.parametrize(
    ("kind", "born_on", "values", "unusual"),
    [
        (WEIGHT, BORN, {"weight": "72.4"}, []),
        (WEIGHT, BORN, {"weight": "7.24"}, [("weight", 32, 250)]),
        (WEIGHT, None, {"weight": "7.24"}, [("weight", 32, 250)]),
        (WEIGHT, date(2026, 9, 1), {"weight": "4.25"}, []),
        (WEIGHT, date(2026, 9, 1), {"weight": "42.5"}, [("weight", Decimal("1.5"), 16)]),
        (PRESSURE, BORN, {"systolic": "12.8", "diastolic": "7.9"},
         [("systolic", 70, 220), ("diastolic", 40, 130)]),
        (PRESSURE, BORN, {"systolic": "220", "diastolic": "130"}, []),
        (PRESSURE, date(2020, 1, 1), {"systolic": "160", "diastolic": "60"},
         [("systolic", 65, 150)]),
    ],
)  # fmt: skip
def test_what_is_unusual_at_an_age_is_said_and_accepted(
    kind: MeasureKind,
    born_on: date | None,
    values: dict[str, str],
    unusual: list[tuple[str, Decimal, Decimal]],
) -> None:
    draft = a_draft(kind, values=values)
    found = rules.check(draft, NOW, born_on).unusual
    assert [(one.component, one.low, one.high) for one in found] == unusual


@given(
    st.dictionaries(
        st.sampled_from([*Component, "height"]),
        st.one_of(st.decimals(), st.decimals(1, 300, places=1)),
    ),
    st.sampled_from(MeasureKind),
)
def test_whatever_the_figures_they_are_kept_as_said_or_refused_by_name(
    values: dict[str, Decimal], kind: MeasureKind
) -> None:
    draft = Draft(kind, "2026-11-23T07:30+01:00", values)
    kept, refused = None, tuple[FieldError, ...]()
    try:
        kept = rules.check(draft, NOW, BORN)
    except Invalid as problem:
        refused = problem.errors
    if kept is None:
        assert {one.pointer.split("/")[1] for one in refused} == {"values"}
    else:
        assert kept.values == values
        assert kept.values.keys() == set(COMPONENTS[kind])
        assert all(0 < value <= 700 for value in values.values())


def offsets() -> st.SearchStrategy[int]:
    return st.integers(-14 * 60 - 59, 14 * 60 + 59)


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2026, 11, 22)),  # noqa: DTZ001  gets an offset
    offsets(),
    st.lists(st.dates(date(1989, 12, 30), date(2026, 11, 24)), min_size=2, max_size=2),
)
def test_whatever_is_asked_is_between_the_bounds_that_are_read(
    moment: datetime, offset: int, days: list[date]
) -> None:
    sign, (hours, minutes) = "-" if offset < 0 else "+", divmod(abs(offset), 60)
    at = f"{moment.isoformat(timespec='milliseconds')}{sign}{hours:02}:{minutes:02}"
    kept = settled(at=at)
    window = Window(WEIGHT, first=min(days), last=max(days))
    low, high = rules.bounds(window)
    assert low is not None
    assert high is not None
    if rules.is_asked(kept, window):
        assert low <= kept.at <= high
    assert rules.is_asked(kept, window) == (min(days) <= moment.date() <= max(days))


def test_instants_bound_a_window_too_and_the_last_is_not_of_it() -> None:
    kept = settled(at="2026-11-23T07:30+01:00")
    at = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
    later = at + timedelta(milliseconds=1)
    assert rules.is_asked(kept, Window(since=at, until=later))
    assert not rules.is_asked(kept, Window(until=at))
    assert not rules.is_asked(kept, Window(since=later))
    both = Window(since=at, until=later, first=date(2026, 1, 1), last=date(2027, 1, 1))
    assert rules.bounds(both) == (at, later)
    assert rules.bounds(Window()) == (None, None)


SELF, PARENT = Source("person", None), Source("person", "DURAND")
SCALE = Source("application", "Balance")
HERS, PARENTS = (ActorKind.PERSON, Right.SELF), (ActorKind.PERSON, Right.REPRESENTATIVE)
APPLICATIONS: Any = ("application", Right.NONE)


@pytest.mark.parametrize(
    ("source", "reader", "own", "expected"),
    [
        (SELF, HERS, "own", True),
        (PARENT, HERS, "", True),
        (SCALE, HERS, "", True),  # R-SVC-03
        (PARENT, PARENTS, "own", True),
        (PARENT, PARENTS, "", True),  # ADR 0017
        (SCALE, PARENTS, "", True),
        (SELF, PARENTS, "", False),
        (SCALE, APPLICATIONS, "own", True),
        (SELF, APPLICATIONS, "", False),
        (PARENT, APPLICATIONS, "", False),
        (SCALE, APPLICATIONS, "", False),
    ],
)
def test_the_person_deletes_any_measure_and_others_what_is_theirs(
    source: Source, reader: tuple[ActorKind, Right], own: str, expected: object
) -> None:
    assert rules.may_delete(source, *reader, is_own=bool(own)) is expected
