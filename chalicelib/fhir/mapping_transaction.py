"""The transaction by which a measure is sent with what took it (domain.md 6.6).

Pure but for the time it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from chalicelib.fhir import mapping_observation
from chalicelib.fhir.mapping_observation import Given, Said
from chalicelib.fhir.reading import Reader
from chalicelib.fhir.values import PHD_DEVICE

_KINDS: Final = ("Observation", "Device")
# What identifies one machine among others: the measure keeps the name of it only.
_OF_DEVICE: Final = (
    "identifier",
    "serialNumber",
    "type",
    "specialization",
    "version",
    "property",
    "patient",
    "status",
)


@dataclass(frozen=True, slots=True)
class Transaction:
    """A measure to add, and the types of the entries it came in, in their order."""

    given: Given
    kinds: tuple[str, ...]


def read(bundle: Mapping[str, Any]) -> Transaction:
    """Read a transaction of one Observation, and one Device at most.

    Raises:
        Invalid: everything that is wrong with it, and in what it holds.
    """
    reader = Reader.of(bundle, "Bundle")
    reader.leave("timestamp", "identifier")
    reader.code("type", ("transaction",))
    found: dict[str, Reader] = {}
    for entry in reader.objects("entry", required=True):
        kind, resource = _read_entry(entry)
        if kind in found:
            entry.refuse("resource", "fhir_unsupported")
        elif kind is not None:
            found[kind] = reader.inside(resource, kind, entry.place("resource"))
    if "Observation" not in found:
        reader.refuse("entry", "missing")
    reader.close()
    device = _read_device(found["Device"]) if "Device" in found else mapping_observation.NOTHING
    if "Observation" not in found:
        reader.check()
    observation = found["Observation"]
    if not observation.profiles():
        observation.refuse("meta.profile", "missing")
    parts = mapping_observation.read_parts(observation, device)
    return Transaction(mapping_observation.ended(observation, parts), tuple(found))


def _read_entry(entry: Reader) -> tuple[str | None, Mapping[str, Any]]:
    """Read an entry; what it holds is read once all of them are known to be expected."""
    resource = entry.resource("resource")
    kind = resource.get("resourceType")
    if kind not in _KINDS:
        if resource:
            entry.refuse("resource.resourceType", "fhir_value", expected=", ".join(_KINDS))
        kind = None
    if kind == "Observation":
        entry.text("fullUrl", required=True)
    entry.leave("fullUrl", "resource")
    request = entry.object("request", required=True)
    if request is not None:
        request.code("method", ("POST",))
        if kind is not None:
            request.code("url", (kind,))
        if kind == "Device":
            request.text("ifNoneExist")
        request.close()
    entry.close()
    return kind, resource


def _read_device(reader: Reader) -> Said:
    """Read the name of a device of a person, which is what the measure keeps of it."""
    reader.leave(*_OF_DEVICE)
    if PHD_DEVICE not in reader.profiles():
        reader.refuse("meta.profile", "fhir_value", expected=PHD_DEVICE)
    names = []
    for one in reader.objects("deviceName"):
        one.leave("type")
        names.append((one.text("name", required=True), one.place("name")))
        one.close()
    made = [reader.text("manufacturer"), reader.text("modelNumber")]
    reader.close()
    if names and names[0][0]:
        return names[0]
    return " ".join(filter(None, made)) or None, reader.place("modelNumber")
