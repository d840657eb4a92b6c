"""Resources say what is kept, whatever it is: written and read again, they are the same."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.agenda import rules, times
from chalicelib.agenda.model import Appointment, Author
from chalicelib.agenda.model import Draft as AppointmentDraft
from chalicelib.core.errors import Invalid
from chalicelib.fhir import (
    dates,
    mapping_appointment,
    mapping_document,
    mapping_observation,
    mapping_transaction,
)
from chalicelib.measures.model import Component, Details, Measure, MeasureKind, Source

PATIENT = "Patient/p1"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TODAY = date(2026, 11, 23)
ZONES = st.sampled_from(["Europe/Paris", "Indian/Reunion", "America/Cayenne", "Pacific/Noumea"])
# Around the nights on which clocks change.
DAYS = st.sampled_from([date(2027, 3, 28), date(2026, 10, 25), date(2027, 1, 5)])
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=40
)


@st.composite
def measures(draw: st.DrawFn) -> Measure:
    kind = draw(st.sampled_from(MeasureKind))
    if kind is MeasureKind.WEIGHT:
        values: dict[str, Decimal] = {Component.WEIGHT: draw(st.decimals(1, 700, places=3))}
    else:
        values = {
            Component.SYSTOLIC: Decimal(120),
            Component.DIASTOLIC: draw(st.decimals(40, 119, places=1)),
        }
    offset = f"{draw(st.sampled_from(['+', '-']))}{draw(st.integers(0, 12)):02d}:00"
    at = datetime.fromisoformat(f"2026-11-20T07:30:00{offset}")
    comment, device = draw(st.none() | WORDS), draw(st.none() | WORDS)
    details = Details(kind, at, values, comment, device, ())
    source = Source(*draw(st.sampled_from([("person", None), ("application", "Balance")])))
    return Measure("1.a.B", details, source, NOW, is_own=True, is_deletable=True)


@given(measures())
def test_a_measure_is_read_as_it_was_written(measure: Measure) -> None:
    sent = json.loads(
        json.dumps(mapping_observation.written(measure, PATIENT)), parse_float=Decimal
    )
    read = mapping_observation.read(sent)
    known = measure.details
    assert (read.patient, read.draft.kind, read.draft.comment, read.draft.device) == (
        "p1",
        known.kind,
        known.comment,
        known.device,
    )
    assert datetime.fromisoformat(read.draft.at) == known.at
    assert read.draft.at[-6:] == known.at.isoformat()[-6:]
    assert read.draft.values == dict(known.values)


@st.composite
def appointments(draw: st.DrawFn) -> Appointment:
    minutes = draw(st.integers(0, 47)) * 30
    start = datetime.combine(draw(DAYS), datetime.min.time()) + timedelta(minutes=minutes)
    all_day = draw(st.booleans())
    draft = AppointmentDraft(
        title=draw(WORDS),
        all_day=all_day,
        start=times.written(start, all_day=all_day),
        end=None,
        zone=draw(ZONES),
        fold=draw(st.sampled_from([0, 1])),
        place=draw(st.none() | WORDS),
        note=draw(st.none() | WORDS),
        link=draw(st.none() | st.just("https://visio.exemple/1")),
        reminders=(),
    )
    author = Author(*draw(st.sampled_from([("person", None), ("organisation", "Labo")])))
    return Appointment(
        id="A" * 26,
        details=rules.check(draft, TODAY),
        author=author,
        created_at=NOW,
        changed_at=NOW,
        is_own=True,
        version=3,
        revision=3,
        is_chosen=False,
    )


@given(appointments())
def test_an_appointment_sent_back_as_it_was_read_changes_nothing(one: Appointment) -> None:
    read = mapping_appointment.read(mapping_appointment.written(one, PATIENT), is_new=False)
    assert (read.patient, read.is_cancelled) == ("p1", False)
    assert mapping_appointment.changes(one, read.draft) == {}


@given(appointments(), st.integers(1, 96))
def test_an_appointment_moved_begins_when_it_was_asked_to(one: Appointment, quarters: int) -> None:
    resource = mapping_appointment.written(one, PATIENT)
    by = timedelta(minutes=15 * quarters)
    start, end = (datetime.fromisoformat(resource[name]) + by for name in ("start", "end"))
    asked = resource | {"start": start.isoformat(), "end": end.isoformat()}
    try:
        read = mapping_appointment.read(asked, is_new=False)
    except Invalid:  # of an hour that exists twice, the second cannot be said to be the end
        assert times.is_twice(times.wall(end, one.details.slot.zone)[0], one.details.slot.zone)
        return
    changes = mapping_appointment.changes(one, read.draft)
    moved = rules.check(replace(rules.draft_of(one.details), **changes), TODAY)
    assert times.start_at(moved.slot) == start
    assert times.end_at(moved.slot) == end


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
NAMES = st.sampled_from(
    ["status", "subject", "code", "component", "valueQuantity", "note", "extension", "device",
     "participant", "start", "end", "_start", "description", "content", "type", "context",
     "securityLabel", "entry", "date", "author", "effectiveDateTime", "meta", "minutesDuration"]
)  # fmt: skip
READERS: dict[str, Callable[[dict[str, Any]], object]] = {
    "Observation": mapping_observation.read,
    "Appointment": mapping_appointment.read,
    "DocumentReference": mapping_document.read,
    "Bundle": mapping_transaction.read,
}


@given(st.sampled_from(sorted(READERS)), st.dictionaries(NAMES, VALUES, max_size=6))
def test_whatever_is_sent_is_refused_and_breaks_nothing(kind: str, body: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        READERS[kind]({"resourceType": kind} | body)
    assert refused.value.errors
    assert all(error.pointer.startswith(kind) for error in refused.value.errors)


@pytest.mark.parametrize(
    ("values", "first", "last"),
    [
        (["2026"], date(2026, 1, 1), date(2026, 12, 31)),
        (["2026-02"], date(2026, 2, 1), date(2026, 2, 28)),
        (["ge2026-02", "lt2026-03-10"], date(2026, 2, 1), date(2026, 3, 9)),
        (["gt2026-02"], date(2026, 3, 1), None),
        (["sa2026-02-01"], date(2026, 2, 2), None),
        (["le2026-02"], None, date(2026, 2, 28)),
        (["eb2026-02"], None, date(2026, 1, 31)),
    ],
)
def test_a_date_stands_for_all_of_it(
    values: list[str], first: date | None, last: date | None
) -> None:
    found = dates.span("date", values)
    assert (found.first, found.last, found.since, found.until) == (first, last, None, None)


def test_instants_are_half_open() -> None:
    found = dates.span("date", ["ge2026-11-20T07:30:00+01:00", "le2026-11-20T08:00+01:00"])
    assert found.since == datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
    assert found.until == datetime(2026, 11, 20, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "hier", "ge", "ne2026", "ap2026", "2026-13", "2026-02-30", "2026-1-1", "0000",
             "2026-02-01T10:00", "2026-02-01T10Z", "ge 2026", "2026-02-01T25:00Z", "9999-12-31\n"]
)  # fmt: skip
def test_any_other_date_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        dates.span("date", [text])
    assert [error.pointer for error in refused.value.errors] == ["/query/date"]


def test_days_are_no_instants() -> None:
    with pytest.raises(Invalid):
        dates.span("date", ["ge2026-02-01T10:00:00Z"], days_only=True)
    with pytest.raises(Invalid):  # of the day after the last there is
        dates.span("date", ["gt9999-12-31"])


SAMPLES = Path(__file__).parents[3] / "shared/reference"


def sample(name: str) -> dict[str, Any]:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip("the reference samples are not beside the project")
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    return loaded


def test_the_transaction_of_the_country_is_read() -> None:
    bundle = sample("fhir-mesures/mes_weight_transaction_bundle.json")
    read = mapping_transaction.read(bundle)
    assert (read.given.patient, read.kinds) == ("{{idPe}}", ("Device", "Observation"))
    assert (read.given.draft.values, read.given.draft.device, read.given.draft.comment) == (
        {"weight": Decimal(71)},
        "Ma balance",
        "Mon nouveau poids !",
    )


def test_the_publication_of_the_country_lacks_only_a_custodian() -> None:
    """Its reference to the patient is a search by INS, which no application knows."""
    document = sample("fhir-pdsm/DocumentReference-example-td2-iti105-publication-simplifiee.json")
    with pytest.raises(Invalid) as refused:
        mapping_document.read(document)
    assert [error.pointer for error in refused.value.errors] == ["DocumentReference.custodian"]
    read = mapping_document.read(document | {"custodian": {"display": "Éditeur"}})
    assert (read.draft.type_code, read.draft.title) == ("11488-4", "Compte rendu de consultation")


def test_an_appointment_that_is_only_proposed_is_refused_by_its_status() -> None:
    appointment = sample("fhir-frcore/Appointment-GAP-proposed-example.json")
    with pytest.raises(Invalid) as refused:
        mapping_appointment.read(appointment)
    assert "Appointment.status" in {error.pointer for error in refused.value.errors}
