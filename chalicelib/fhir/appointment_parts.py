"""Reading the parts of an `Appointment`: when, who, where, its name and its link. Pure."""

import re
from datetime import UTC, datetime
from typing import Final

from chalicelib.agenda import times
from chalicelib.core.text import is_printable
from chalicelib.fhir.reading import Reader
from chalicelib.fhir.subjects import read_patient
from chalicelib.fhir.values import OPERATOR, TIMEZONE, VIRTUAL_SERVICE

MAX_IDENTIFIER: Final = 200
PARIS: Final = "Europe/Paris"
_INSTANT: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII
)
_REFERENCE: Final = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/[^/]+$", re.ASCII)
_ANSWERS: Final = ("accepted", "tentative", "needs-action")


def read_instant(reader: Reader, name: str) -> datetime | None:
    """Read an instant, to the minute."""
    text = reader.text(name, required=True)
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text).astimezone(UTC) if _INSTANT.fullmatch(text) else None
    except (ValueError, OverflowError):
        read = None
    if read is None or read.second or read.microsecond:
        reader.refuse(name, "fhir_value", expected="AAAA-MM-JJThh:mm:00+hh:mm")
        return None
    return read


def read_zone(reader: Reader) -> str:
    """Read the zone of the start; the end is in it too."""
    found = PARIS
    for name in ("_start", "_end"):
        beside = reader.object(name)
        for extension in beside.objects("extension", most=1) if beside else []:
            extension.code("url", (TIMEZONE,))
            zone = extension.text("valueCode", required=True) or PARIS
            if not times.is_zone(zone):
                extension.refuse("valueCode", "unknown_zone")
                continue
            found = zone if name == "_start" else found
        if beside:
            beside.close()
    return found


def read_participants(reader: Reader) -> tuple[str | None, str | None]:
    """Read whose appointment it is, and where: the only participants that are kept."""
    patient, place, is_named = None, None, False
    participants = reader.objects("participant", required=True)
    for one in participants:
        one.leave("required", "type")
        one.code("status", _ANSWERS)
        actor = one.object("actor", required=True)
        if actor is None:
            is_named = True  # for all that is known
            continue
        actor.leave("identifier", "display")
        known = _REFERENCE.search(actor.text("reference") or "")
        kind = actor.text("type") or (known and known[1])
        actor.close()
        if kind == "Location":
            place = actor.text("display", required=True)
        elif kind in (None, "Patient") and not is_named:
            patient, is_named = read_patient(one, "actor"), True
        else:
            actor.refuse("reference", "fhir_unsupported")
        one.close()
    if participants and not is_named:
        reader.refuse("participant", "missing")
    return patient, place


def read_identifier(reader: Reader) -> str | None:
    """Read what its author calls it."""
    found = None
    for one in reader.objects("identifier", most=1):
        one.leave("use", "type")
        system, value = one.text("system", required=True), one.text("value", required=True)
        one.close()
        found = f"{system}|{value}"
        if len(found) > MAX_IDENTIFIER:
            one.refuse("value", "string_too_long", max_length=MAX_IDENTIFIER)
        elif "|" in (value or "") or not is_printable(found):  # the bar tells the two apart
            one.refuse("value", "control_character")
    return found


def read_extensions(reader: Reader) -> str | None:
    """Read the link by which one joins; who set the appointment is known already."""
    link = None
    for extension in reader.objects("extension"):
        url = extension.text("url", required=True)
        if url == VIRTUAL_SERVICE:
            link = _read_service(extension)
        elif url != OPERATOR:
            extension.refuse("url", "fhir_unsupported")
    return link


def _read_service(extension: Reader) -> str | None:
    link = None
    for part in extension.objects("extension", required=True):
        url = part.code("url", ("_datatype", "address"))
        if url == "_datatype":
            part.code("valueString", ("VirtualServiceDetail",))
        elif url == "address":
            link = part.text("valueUrl", required=True)
        part.close()
    if link is None:
        extension.refuse("extension", "missing")
    extension.close()
    return link
