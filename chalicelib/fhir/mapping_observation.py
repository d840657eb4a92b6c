"""Measures ↔ `Observation` of body weight and blood pressure (domain.md 6.6).

Pure but for the time it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from chalicelib.core import clock
from chalicelib.core.errors import Invalid
from chalicelib.fhir.reading import Reader, placed
from chalicelib.fhir.subjects import read_patient
from chalicelib.fhir.values import CATEGORY, LOINC, MESURES, UCUM, coded, number, present
from chalicelib.http.principal import ActorKind
from chalicelib.measures import rules
from chalicelib.measures.model import Component, Draft, Measure, MeasureKind

CODES: Final[Mapping[str, MeasureKind]] = {
    "29463-7": MeasureKind.WEIGHT,
    "85354-9": MeasureKind.BLOOD_PRESSURE,
}
_DISPLAYS: Final = {
    "29463-7": "Poids corporel",
    "85354-9": "Pression artérielle",
    "8480-6": "Pression artérielle systolique",
    "8462-4": "Pression artérielle diastolique",
}
_PROFILES: Final = {
    MeasureKind.WEIGHT: f"{MESURES}/mes-observation-bodyweight",
    MeasureKind.BLOOD_PRESSURE: f"{MESURES}/mes-observation-bp",
}
_PARTS: Final = {"8480-6": Component.SYSTOLIC, "8462-4": Component.DIASTOLIC}
_UNITS: Final = {MeasureKind.WEIGHT: "kg", MeasureKind.BLOOD_PRESSURE: "mm[Hg]"}
# What somebody said of a measure, in the two spellings of its extension.
_REASONS: Final = ("reason-for-measurement", "ReasonForMeasurement")
# Said again by the code, or by who sends it.
_SAID_ALREADY: Final = ("category", "performer", "issued", "identifier")
_VALUES: Final = (
    "valueQuantity",
    "valueCodeableConcept",
    "valueString",
    "valueBoolean",
    "valueInteger",
    "valueRange",
    "valueRatio",
    "valueSampledData",
    "valueTime",
    "valueDateTime",
    "valuePeriod",
)


# A text, and where it was said.
Said = tuple[str | None, str]
NOTHING: Final[Said] = (None, "")


@dataclass(frozen=True, slots=True)
class Given:
    """What an Observation asks to be added, of whom; and where each thing of it was said."""

    patient: str
    draft: Draft
    places: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Parts:
    """What could be read of an Observation; `sound`: members of its draft."""

    patient: str | None
    sound: Mapping[str, Any]
    places: Mapping[str, str]


def read(resource: Mapping[str, Any]) -> Given:
    """Read an Observation.

    Raises:
        Invalid: everything in it that is wrong, or that nothing would be kept of.
    """
    reader = Reader.of(resource, "Observation")
    return ended(reader, read_parts(reader))


def read_parts(reader: Reader, device: Said = NOTHING) -> Parts:
    """Read as much as can be; `device` is the name of one that came with it."""
    reader.leave(*_SAID_ALREADY)
    reader.code("status", ("final",))
    patient = read_patient(reader, "subject")
    kind = _read_code(reader)
    at = reader.text("effectiveDateTime", required=True)
    values, places = _read_values(reader, kind)
    comment = _read_comment(reader)
    named = _read_device(reader)
    reader.close()
    told = device if device[0] else named
    said = {"kind": kind, "at": at, "values": values, "comment": comment[0], "device": told[0]}
    return Parts(
        patient,
        {name: value for name, value in said.items() if value is not None},
        places
        | {"/at": reader.place("effectiveDateTime"), "/comment": comment[1], "/device": told[1]},
    )


def ended(reader: Reader, parts: Parts) -> Given:
    """Return what was read.

    Raises:
        Invalid: everything that is wrong, in what the reader read and by the rules of measures.
    """
    reader.check(
        lambda: (
            placed(
                Invalid(errors=tuple(rules.wrong_in_part(parts.sound, clock.now()))), parts.places
            ).errors
        )
    )
    if parts.patient is None:
        raise LookupError("what is missing was refused")
    return Given(parts.patient, Draft(**parts.sound), parts.places)


def written(measure: Measure, patient: str) -> dict[str, Any]:
    """Write a measure as an Observation; `patient` is the reference to its person."""
    details = measure.details
    code = next(code for code, kind in CODES.items() if kind is details.kind)
    by_person = measure.source.kind == ActorKind.PERSON
    resource = {
        "resourceType": "Observation",
        "id": measure.id,
        "meta": {
            "versionId": "1",
            "lastUpdated": clock.iso(measure.created_at),
            "profile": [_PROFILES[details.kind]],
        },
        "status": "final",
        "category": [coded(CATEGORY, "vital-signs", "Signes vitaux")],
        "code": coded(LOINC, code, _DISPLAYS[code]),
        "subject": {"reference": patient},
        "effectiveDateTime": details.at.isoformat(
            timespec="milliseconds" if details.at.microsecond else "seconds"
        ),
        "issued": clock.iso(measure.created_at),
        "performer": [{"reference": patient} if by_person else {"display": measure.source.name}],
        "note": [{"text": details.comment}] if details.comment else None,
        "device": {"display": details.device} if details.device else None,
    }
    return present(resource | _written_values(measure))


def _written_values(measure: Measure) -> dict[str, Any]:
    values, unit = measure.details.values, _UNITS[measure.details.kind]
    if measure.details.kind is MeasureKind.WEIGHT:
        return {"valueQuantity": _quantity(values[Component.WEIGHT], unit)}
    return {
        "component": [
            {
                "code": coded(LOINC, code, _DISPLAYS[code]),
                "valueQuantity": _quantity(values[part], unit),
            }
            for code, part in _PARTS.items()
        ]
    }


def _quantity(value: Decimal, unit: str) -> dict[str, Any]:
    return {"value": number(value), "unit": unit, "system": UCUM, "code": unit}


def _read_code(reader: Reader) -> MeasureKind | None:
    """Read which measure it is: a coding of LOINC among others."""
    concept = reader.object("code", required=True)
    found = _loinc(concept, CODES) if concept else None
    return CODES[found] if found else None


def _loinc(concept: Reader, known: Mapping[str, object]) -> str | None:
    concept.leave("text")
    codes = []
    for coding in concept.objects("coding", required=True):
        coding.leave("display", "version", "userSelected")
        system, code = coding.text("system"), coding.text("code")
        coding.close()
        if system == LOINC:
            codes.append(code)
    concept.close()
    found = next((code for code in codes if code in known), None)
    if found is None and concept.has("coding"):
        concept.refuse(
            "coding", "fhir_value", expected=", ".join(f"{LOINC}|{one}" for one in known)
        )
    return found


def _read_values(
    reader: Reader, kind: MeasureKind | None
) -> tuple[dict[str, Decimal], dict[str, str]]:
    if kind is MeasureKind.WEIGHT:
        reader.forbid("component", *_VALUES[1:])
        value = _read_quantity(reader, "kg")
        found = {} if value is None else {Component.WEIGHT.value: value}
        return found, {f"/values/{Component.WEIGHT}": reader.place("valueQuantity.value")}
    if kind is None:
        reader.leave("component", *_VALUES)
        return {}, {}
    reader.forbid(*_VALUES)
    return _read_components(reader)


def _read_components(reader: Reader) -> tuple[dict[str, Decimal], dict[str, str]]:
    values, places = {}, {}
    for one in reader.objects("component", required=True):
        concept = one.object("code", required=True)
        code = _loinc(concept, _PARTS) if concept else None
        value = _read_quantity(one, "mm[Hg]")
        one.close()
        part = _PARTS[code].value if code else None
        if part in values:
            one.refuse("code", "fhir_forbidden")
        elif part is not None and value is not None:
            values[part] = value
            places[f"/values/{part}"] = one.place("valueQuantity.value")
    for part in _PARTS.values():
        places.setdefault(f"/values/{part}", reader.place("component"))
    return values, places


def _read_quantity(reader: Reader, unit: str) -> Decimal | None:
    quantity = reader.object("valueQuantity", required=True)
    if quantity is None:
        return None
    quantity.leave("unit")
    quantity.code("system", (UCUM,))
    quantity.code("code", (unit,))
    value = quantity.number("value")
    quantity.close()
    return value


def _read_comment(reader: Reader) -> Said:
    """Read what was said of it: a note, or the extension of the measures of the country."""
    texts = []
    for note in reader.objects("note", most=1):
        note.leave("time", "authorReference", "authorString")
        texts.append((note.text("text", required=True), note.place("text")))
        note.close()
    for extension in reader.objects("extension"):
        url = extension.text("url", required=True) or ""
        if url.rpartition("/")[2].endswith(_REASONS):
            said = extension.text("valueString", required=True)
            texts.append((said, extension.place("valueString")))
            extension.close()
        else:
            extension.refuse("url", "fhir_unsupported")
    if len(texts) > 1:
        reader.refuse("note", "fhir_unsupported")
    return texts[0] if texts else NOTHING


def _read_device(reader: Reader) -> Said:
    """Read the name of what measured; a reference alone is to what comes in the same Bundle."""
    element = reader.object("device")
    if element is None:
        return NOTHING
    element.leave("reference", "type", "identifier")
    return element.text("display"), element.place("display")
