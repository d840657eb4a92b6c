"""Whose record a request is about: the patient of its token, and nobody else (A09, A11).

Every other name, of somebody or of nobody, leads to no record, so that it is refused alike.
"""

from typing import Final

from chalicelib.access import gate
from chalicelib.core.settings import settings
from chalicelib.fhir.reading import Reader
from chalicelib.http.principal import Principal

_PATIENT: Final = "Patient/"


def base() -> str:
    """Return the address of the FHIR interface."""
    return f"{settings().public_base_url}/fhir/R4"


def own(principal: Principal) -> str:
    """Return the record of the patient of a token."""
    return gate.resolve(principal, principal.patient)


def named(principal: Principal, *names: str | None) -> str:
    """Return the record that names stand for; without any, that of the token's patient."""
    given = {name_of(name) for name in names if name is not None} or {principal.patient}
    return gate.resolve(principal, given.pop() if len(given) == 1 else "")


def name_of(reference: str) -> str:
    """Return the name in a reference to a patient: alone, relative or absolute."""
    return reference.removeprefix(f"{base()}/").removeprefix(_PATIENT)


def reference(principal: Principal) -> str:
    """Return the reference to the patient of a token."""
    return f"{_PATIENT}{principal.patient}"


def read_patient(reader: Reader, name: str) -> str | None:
    """Read an element that refers to a patient: by reference, or by the value of an identifier."""
    element = reader.object(name, required=True)
    if element is None:
        return None
    element.leave("type", "display")
    found = element.text("reference")
    identifier = element.object("identifier")
    if identifier is not None:
        identifier.leave("system", "use", "type")
        found = found or identifier.text("value", required=True)
        identifier.close()
    elif found is None:
        element.refuse("reference", "missing")
    element.close()
    return None if found is None else name_of(found)
