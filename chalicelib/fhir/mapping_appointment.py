"""Appointments ↔ `Appointment`. Pure but for the time it is.

What people agreed is a time on the clocks of a place; FHIR has instants. The zone goes with them as
the standard extension of `start`; without it, it is Paris's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from chalicelib.agenda import rules, times
from chalicelib.agenda.model import Appointment, Draft, Slot
from chalicelib.core import clock
from chalicelib.core.errors import FieldError, Invalid
from chalicelib.core.settings import settings
from chalicelib.fhir import appointment_parts as parts
from chalicelib.fhir.reading import Reader, placed
from chalicelib.fhir.values import FR_CORE, OPERATOR, TIMEZONE, VIRTUAL_SERVICE, present
from chalicelib.http.principal import ActorKind

PLACES: Final[Mapping[str, str]] = {
    "/title": "Appointment.description",
    "/start": "Appointment.start",
    "/end": "Appointment.end",
    "/zone": "Appointment.start.extension",
    "/place": "Appointment.participant.actor.display",
    "/note": "Appointment.patientInstruction",
    "/link": f"Appointment.extension('{VIRTUAL_SERVICE}')",
}
_STATUSES: Final = ("booked", "cancelled")
# A draft that says nothing.
_ANY: Final = Draft(
    title="",
    all_day=False,
    start="",
    end=None,
    zone=parts.PARIS,
    fold=None,
    place=None,
    note=None,
    link=None,
    reminders=(),
)
# What is read of an appointment that is to be.
_OF_BOOKED: Final = (
    "extension",
    "description",
    "start",
    "_start",
    "end",
    "_end",
    "minutesDuration",
    "patientInstruction",
    "comment",
)
_WHEN: Final = ("all_day", "start", "end", "zone", "fold")


@dataclass(frozen=True, slots=True)
class Given:
    """What an Appointment asks for, of whom; `is_cancelled`: that it be no more."""

    patient: str
    draft: Draft
    is_cancelled: bool


def read(
    resource: Mapping[str, Any],
    *,
    is_new: bool = True,
    known_id: str | None = None,
    identifier: str | None = None,
) -> Given:
    """Read an Appointment; `known_id` and `identifier` are those it must have, if any.

    Raises:
        Invalid: everything in it that is wrong, or that nothing would be kept of.
    """
    reader = Reader.of(resource, "Appointment")
    reader.leave("created")
    if known_id is not None:
        reader.code("id", (known_id,))
    named = parts.read_identifier(reader)
    if identifier not in (None, named):
        reader.refuse("identifier", "fhir_value", expected=identifier)
    status = reader.code("status", _STATUSES[:1] if is_new else _STATUSES)
    if status == "cancelled":
        return _read_cancelled(reader)
    patient, place = parts.read_participants(reader)
    said = {"place": place, "link": parts.read_extensions(reader), **_read_times(reader)}
    said["title"] = reader.text("description", required=True)
    said["note"] = reader.text("patientInstruction") or reader.text("comment")
    if reader.has("patientInstruction") and reader.has("comment"):
        reader.refuse("comment", "fhir_unsupported")
    reader.close()
    sound = {name: value for name, value in said.items() if value is not None}
    reader.check(lambda: _wrong_by_rules(sound))
    return Given(patient or "", replace(_ANY, **sound, identifier=named), is_cancelled=False)


def _read_cancelled(reader: Reader) -> Given:
    """Read only whose appointment is to be no more; what is kept of others changes nothing here."""
    patient, _ = parts.read_participants(reader)
    reader.leave(*_OF_BOOKED)
    reader.close()
    reader.check()
    return Given(patient or "", _ANY, is_cancelled=True)


def _read_times(reader: Reader) -> dict[str, Any]:
    """Read when it is, as members of a draft, and the reminder to propose if it is still to come.

    None if that is not known.
    """
    zone = parts.read_zone(reader)
    start, end = (parts.read_instant(reader, name) for name in ("start", "end"))
    reader.leave("_start", "_end")
    minutes = reader.number("minutesDuration", required=False)
    if not start or not end:
        return {}
    if minutes not in (None, (end - start).total_seconds() / 60):
        reader.refuse("minutesDuration", "fhir_value", expected="end - start")
    timed = _timed(reader, start, end, zone)
    lead = rules.PROPOSED_LEAD_MINUTES
    leads = (lead,) if start - timedelta(minutes=lead) > clock.now() else ()
    return {name: getattr(timed, name) for name in _WHEN} | {"reminders": leads}


def _wrong_by_rules(sound: Mapping[str, Any]) -> tuple[FieldError, ...]:
    wrong = rules.wrong_in_part(
        sound,
        (),
        clock.paris_date(clock.now()),
        allows_loopback=settings().is_development,
    )
    return placed(Invalid(errors=tuple(wrong)), PLACES).errors


def changes(before: Appointment, asked: Draft) -> dict[str, Any]:
    """Return what an Appointment would change of the one that is there: what differs.

    Raises:
        Invalid: it has another identifier, which is what its id follows from.
    """
    known = rules.draft_of(before.details)
    if before.is_own and known.identifier != asked.identifier:
        expected = known.identifier or "-"
        error = FieldError("Appointment.identifier", "fhir_value", {"expected": expected})
        raise Invalid(errors=(error,))
    names = ["title", "place", "note", "link"]
    if not _is_same_time(before.details.slot, asked):
        names += _WHEN
    return {
        name: getattr(asked, name)
        for name in names
        if name in _WHEN or getattr(asked, name) != getattr(known, name)
    }


def cancelled(appointment_id: str, version: int, patient: str) -> dict[str, Any]:
    """Write what is left to say of an appointment that is no more."""
    return {
        "resourceType": "Appointment",
        "id": appointment_id,
        "meta": {"versionId": str(version)},
        "status": "cancelled",
        "participant": [{"actor": {"reference": patient}, "status": "accepted"}],
    }


def written(appointment: Appointment, patient: str) -> dict[str, Any]:
    """Write an appointment; `patient` is the reference to its person."""
    details = appointment.details
    start, end = times.start_at(details.slot), times.end_at(details.slot)
    participants = [{"actor": {"reference": patient}, "status": "accepted"}]
    if details.place:
        place = {"type": "Location", "display": details.place}
        participants.append({"actor": place, "status": "accepted"})
    return present(
        {
            "resourceType": "Appointment",
            "id": appointment.id,
            "meta": {
                "versionId": str(appointment.version),
                "lastUpdated": clock.iso(appointment.changed_at),
                "profile": [f"{FR_CORE}/fr-core-appointment"],
            },
            "identifier": _identifier(appointment),
            "extension": [_operator(appointment, patient), *_virtual_service(details.link)],
            "status": "booked",
            "description": details.title,
            "start": _there(start, details.slot.zone),
            "_start": {"extension": [{"url": TIMEZONE, "valueCode": details.slot.zone}]},
            "end": _there(end, details.slot.zone),
            "created": clock.iso(appointment.created_at),
            "patientInstruction": details.note,
            "participant": participants,
        }
    )


def _identifier(appointment: Appointment) -> list[dict[str, str]]:
    """Write what its author calls it, for its author."""
    known = appointment.details.identifier
    if known is None or not appointment.is_own:
        return []
    system, _, value = known.rpartition("|")
    return [present({"system": system, "value": value})]


def _there(moment: datetime, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


def _operator(appointment: Appointment, patient: str) -> dict[str, Any]:
    author = appointment.author
    is_hers = author.kind == ActorKind.PERSON
    who = {"reference": patient} if is_hers else {"display": author.name}
    return {"url": OPERATOR, "valueReference": who}


def _virtual_service(link: str | None) -> list[dict[str, Any]]:
    if link is None:
        return []
    parts = [
        {"url": "_datatype", "valueString": "VirtualServiceDetail"},
        {"url": "address", "valueUrl": link},
    ]
    return [{"url": VIRTUAL_SERVICE, "extension": parts}]


def _is_same_time(slot: Slot, asked: Draft) -> bool:
    """Tell whether an asked time is the one that is there: days are asked for by their instants."""
    try:
        wanted = _slot(asked)
    except ValueError:
        return False
    return (
        slot.zone == wanted.zone
        and times.start_at(slot) == times.start_at(wanted)
        and times.end_at(slot) == times.end_at(wanted)
    )


def _slot(asked: Draft) -> Slot:
    start, end = (datetime.fromisoformat(text or "") for text in (asked.start, asked.end))
    slot = Slot(all_day=False, start=start, end=end, zone=asked.zone, fold_start=asked.fold or 0)
    is_later = times.end_at(slot) <= times.start_at(slot) and times.is_twice(end, asked.zone)
    return replace(slot, fold_end=1) if is_later else slot


def _timed(reader: Reader, start: datetime, end: datetime, zone: str) -> Draft:
    """Return instants as times on the clocks of a zone; the end, of two, is the first that may."""
    (begins, fold), (ends, _) = times.wall(start, zone), times.wall(end, zone)
    timed = replace(
        _ANY,
        start=times.written(begins, all_day=False),
        end=times.written(ends, all_day=False),
        zone=zone,
        fold=fold,
    )
    if start < end and times.end_at(_slot(timed)) != end:
        reader.refuse("end", "fhir_value", expected="HH:MM")
    return timed
