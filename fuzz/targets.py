"""What reads bytes of strangers, each as one function of bytes.

A target ends quietly, whether the bytes are read or refused as declared; any other exception, a
broken promise (`AssertionError`) or too long a time is a fault. Import `tests.environment` first.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from ical.calendar_stream import IcsCalendarStream
from pydantic import ValidationError

from chalicelib.access import tokens
from chalicelib.agenda import ical, rules
from chalicelib.agenda.model import Appointment, Author, Detail, Draft
from chalicelib.agenda.schemas import AppointmentDraft
from chalicelib.core.errors import BadRequest, Problem
from chalicelib.fhir import (
    mapping_appointment,
    mapping_document,
    mapping_observation,
    mapping_transaction,
)
from chalicelib.http import body as body_gate
from chalicelib.http.principal import ActorKind
from chalicelib.identity.values import parse_ins
from chalicelib.record import cda_view
from chalicelib.record.cda import rules as cda_rules
from chalicelib.record.cda.body import read_body
from chalicelib.record.cda.header import read_header
from chalicelib.storage import xml_gate
from chalicelib.storage.inspect import Kind, inspect
from chalicelib.storage.refusals import Refused
from chalicelib.vault import blind

CORPUS: Final = Path(__file__).with_name("corpus")
SCOPE: Final = ("somebody", "GET /v1/patients/{pid}/documents")
PID: Final = "0" * 26
_SECRET: Final = bytes(range(32))
_LINE_OCTETS: Final = 75  # RFC 5545, 3.1
_TODAY: Final = date(2026, 11, 23)
_NOW: Final = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
_INS: Final = parse_ins("279035121518989")


@dataclass(frozen=True, slots=True)
class Target:
    """What to run, and the longest input worth trying."""

    run: Callable[[bytes], None]
    most_bytes: int


def prepare() -> None:
    """Give this process a secret of its own, so that no key service is asked."""
    blind._opened["1"] = _SECRET  # noqa: SLF001  as `learn` does


def json_gate(raw: bytes) -> None:
    """A body that passes is JSON to any parser, to the same effect, and can be stored."""
    try:
        text = body_gate.parse(raw)
    except Problem as refused:
        _is_told(refused)
        return
    value = json.loads(text)
    assert json.loads(json.dumps(value)) == value
    json.dumps(value, ensure_ascii=False).encode()


def cda(raw: bytes) -> None:
    """A document that enters can be described, checked and shown."""
    try:
        found = inspect(raw, "text/xml")
        if found.tree is None:
            return
        header, body = read_header(found.tree), read_body(found.tree)
        cda_view.check_length(header, body)
    except Refused:
        return
    cda_rules.decide(header, _INS, header.patient.traits, ActorKind.ORGANISATION)
    json.dumps(cda_view.narrative(raw), ensure_ascii=False).encode()


def xml(raw: bytes) -> None:
    """The gate of XML gives a tree or refuses."""
    try:
        xml_gate.parse(raw)
    except Refused:
        return


def file(raw: bytes) -> None:
    """The inspection of a file tells its kind or refuses."""
    try:
        found = inspect(raw, None)
    except Refused:
        return
    assert found.size_bytes == len(raw)
    assert found.kind in Kind


def opaque(raw: bytes) -> None:
    """A cursor, a handle, a name or a link that was not given is none, and never an incident."""
    text = raw.decode("latin-1")
    try:
        position = tokens.open_cursor(text, *SCOPE)
    except BadRequest as refused:
        assert refused.slug == "bad-cursor"  # noqa: PT017  a target, not a test
    else:
        assert position == {"sk": "DOC#1"}
    assert tokens.open_handle(text, "750803447", _NOW) in {None, PID}
    assert tokens.open_patient_name(text, "application") in {None, PID}
    tokens.read_link(text)


def calendar(raw: bytes) -> None:
    """Whatever words an appointment has, its calendar is one event that says them, and no more."""
    texts = [*raw.decode("utf-8", "replace").split("\x1f"), "", "", ""]
    given: dict[str, Any] = {
        "title": texts[0],
        "place": texts[1] or None,
        "note": texts[2] or None,
        "link": texts[3] or None,
        "start": "2026-12-03T09:30",
        "zone": "Europe/Paris",
        "reminders": [60],
    }
    try:
        asked = AppointmentDraft.model_validate_json(json.dumps(given), strict=True)
        details = rules.check(Draft(**_draft(asked)), _TODAY)
    except (Problem, ValidationError):
        return
    one = Appointment(PID, details, Author("person", None), _NOW, _NOW, True, 1, 1, True)
    for written in (ical.one(one), ical.feed([one], Detail.FULL)):
        _is_calendar_of(one, written)
    assert details.note is None or b"\r\nDESCRIPTION:" in ical.one(one)
    busy = ical.feed([one], Detail.BUSY).decode()
    (event,) = IcsCalendarStream.calendar_from_ics(busy).events
    assert (event.summary, event.location, event.description) == (ical.BUSY, None, None)


def _draft(asked: AppointmentDraft) -> dict[str, Any]:
    return {**asked.model_dump(), "reminders": tuple(asked.reminders)}


def _is_calendar_of(one: Appointment, written: bytes) -> None:
    lines = written.split(b"\r\n")
    assert lines.pop() == b""
    for line in lines:
        assert len(line) <= _LINE_OCTETS
        assert b"\r" not in line
        assert b"\n" not in line
        line.decode()
    for name in (b"BEGIN:VEVENT", b"BEGIN:VCALENDAR", b"END:VCALENDAR"):
        assert lines.count(name) == 1
    (event,) = IcsCalendarStream.calendar_from_ics(written.decode()).events
    assert event.summary == one.details.title
    assert event.location == one.details.place
    assert event.description in {None, one.details.note}


def fhir(raw: bytes) -> None:
    """A resource is read, or all that is wrong in it is told."""
    try:
        resource = json.loads(body_gate.parse(raw), parse_float=Decimal)
    except Problem:
        return
    if not isinstance(resource, dict):
        return
    readers: tuple[Callable[[dict[str, Any]], object], ...] = (
        mapping_observation.read,
        mapping_appointment.read,
        mapping_document.read,
        mapping_transaction.read,
    )
    for read in readers:
        try:
            read(resource)
        except Problem as refused:
            _is_told(refused)


def _is_told(refused: Problem) -> None:
    """Write the answer, as the edge would."""
    from chalicelib.http import outcomes, problems  # noqa: PLC0415  as other edges are

    problems.render(refused)
    outcomes.render(refused)


TARGETS: Final[Mapping[str, Target]] = {
    "json": Target(json_gate, 4096),
    "cda": Target(cda, 16_384),
    "xml": Target(xml, 4096),
    "file": Target(file, 4096),
    "opaque": Target(opaque, 512),
    "calendar": Target(calendar, 2048),
    "fhir": Target(fhir, 4096),
}
