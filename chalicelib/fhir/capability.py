"""The `CapabilityStatement`: made from the declared routes themselves, so that it says what is."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from chalicelib.fhir.values import present
from chalicelib.http.endpoint import ENDPOINTS, FHIR, Endpoint

_DATE: Final = "2026-11-28"  # of the last change of what this interface takes or gives
_ROUTE: Final = re.compile(r"/fhir/R4/([A-Z]\w+)(/\{\w+\})?")
_SYSTEM: Final = "/fhir/R4"
_OF_SYSTEM: Final[Mapping[str, str]] = {"POST": "transaction"}
_INTERACTIONS: Final[Mapping[tuple[str, bool], str]] = {
    ("GET", True): "read",
    ("GET", False): "search-type",
    ("POST", False): "create",
    ("PUT", True): "update",
    ("PUT", False): "update",  # by an identifier
    ("DELETE", True): "delete",
}
_PARAMETERS: Final[Mapping[str, str]] = {
    "_id": "token",
    "patient": "reference",
    "subject": "reference",
    "actor": "reference",
    "code": "token",
    "status": "token",
    "type": "token",
    "date": "date",
    "period": "date",
}
# How what is found is given, which a statement does not tell.
_OF_RESULTS: Final = frozenset({"_count", "_sort", "_cursor"})
_SLICE: Final = 206
_SLICED: Final = "Above 4 MiB, the bytes come in slices: `Range: bytes=0-4194303`, and so on."
_OAUTH: Final = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
_SERVICE: Final = "http://terminology.hl7.org/CodeSystem/restful-security-service"


def statement(base: str) -> dict[str, Any]:
    """Return what the FHIR interface at an address does.

    Raises:
        LookupError: a route takes what this does not know how to tell.
    """
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": _DATE,
        "kind": "instance",
        "software": {"name": "Carnet"},
        "implementation": {"description": "Carnet", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["json", FHIR],
        "rest": [
            {
                "mode": "server",
                "security": _security(base.removesuffix("/fhir/R4")),
                "resource": list(_resources()),
                "interaction": [
                    {"code": _OF_SYSTEM[one.method]} for one in ENDPOINTS if one.path == _SYSTEM
                ],
            }
        ],
    }


def _security(origin: str) -> dict[str, Any]:
    addresses = {"authorize": f"{origin}/oauth/authorize", "token": f"{origin}/oauth/token"}
    named = [{"url": name, "valueUri": address} for name, address in addresses.items()]
    coding = {"system": _SERVICE, "code": "SMART-on-FHIR"}
    return {
        "extension": [{"url": _OAUTH, "extension": named}],
        "service": [{"coding": [coding], "text": "SMART App Launch 2"}],
    }


def _resources() -> Iterator[dict[str, Any]]:
    routes: dict[str, list[tuple[str, Endpoint]]] = {}
    for declared in ENDPOINTS:
        match = _ROUTE.fullmatch(declared.path)
        if match:
            code = _INTERACTIONS[declared.method, bool(match[2])]
            routes.setdefault(match[1], []).append((code, declared))
    for kind, found in sorted(routes.items()):
        codes = sorted({code for code, _ in found})
        names = {(one.method, one.path[-1] == "}") for _, one in found}
        searches = [declared for code, declared in found if code == "search-type"]
        is_sliced = any(_SLICE in declared.answers for _, declared in found)
        yield present(
            {
                "type": kind,
                "documentation": _SLICED if is_sliced else None,
                "interaction": [{"code": code} for code in codes],
                "versioning": "versioned-update" if "update" in codes else "versioned",
                "conditionalUpdate": ("PUT", False) in names or None,
                "searchParam": [
                    {"name": name, "type": _PARAMETERS[name]}
                    for search in searches
                    for name in _names(search)
                    if name not in _OF_RESULTS
                ],
            }
        )


def _names(search: Endpoint) -> list[str]:
    fields = search.query.model_fields
    return [field.alias or name for name, field in fields.items()]
