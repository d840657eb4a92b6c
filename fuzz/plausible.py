"""What stands in for what is drawn, most of the time, so that rules are reached and not only forms.

A drawn text is almost never a day, a zone or the id of something that is there: a request that the
tests know to be good takes a member or two of a drawn one instead.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from random import Random
from typing import Any, Final

from chalicelib.core import clock
from tests.policy import fhir_requests, requests

SHARE: Final = 0.8
CALLERS: Final = ("person", "doctor", "laboratory", "publisher", "operator", "application")
# Who a path is for, by how it begins; the first that fits.
_FOR: Final = (
    ("/fhir/", ("application",)),
    ("/v1/publishers", ("publisher",)),
    ("/v1/operators", ("operator",)),
    ("/v1/professionals/me", ("doctor",)),
    ("/v1/patients/lookup", ("laboratory", "doctor")),
    ("/v1/patients/{pid}/documents", ("person", "person", "laboratory", "doctor")),
    ("/v1/conversations", ("person", "doctor", "laboratory")),
    ("/", ("person", "person", "person", "doctor")),
)
_NOTE: Final = "Tm90ZSBkdSBqb3VyLg=="
_APPOINTMENT: Final = {
    "title": "Suivi",
    "zone": "Europe/Paris",
    "place": "Salle 2",
    "note": "À jeun",
    "link": "https://exemple.test/rdv",
    "reminders": [60],
}
_GOOD: Final[Mapping[str, Mapping[str, Any]]] = {
    **requests._BODIES,  # noqa: SLF001  one table of what is well-formed
    "POST /v1/professionals/search": {"family_name": "EXEMPLE"},
    "POST /v1/patients/{pid}/appointments": _APPOINTMENT,
    "PATCH /v1/patients/{pid}/appointments/{appointment_id}": _APPOINTMENT,
    "POST /v1/patients/{pid}/calendar-feeds": {"detail": "full"},
    "POST /v1/patients/{pid}/documents": {
        "title": "Note du jour",
        "type_code": "11502-2",
        "format": "text/plain",
        "content": _NOTE,
    },
}
_QUERIES: Final = {"code": "29463-7", "identifier": "urn:exemple|42", "kind": "weight"}
_ID_FIELDS: Final = ("id", "key", "ref", "rpps")


def caller(path: str, random: Random) -> str:
    """Return one of those whom an operation is for."""
    return random.choice(next(who for start, who in _FOR if path.startswith(start)))


def version(path: str, random: Random) -> str:
    """Return the version of something young."""
    number = random.randrange(3)
    return f'W/"{number}"' if path.startswith("/fhir/") else f'"v{number}"'


def query(drawn: Mapping[str, Any], subject: str, random: Random) -> dict[str, Any]:
    """Return a query in which some words name what there is."""
    known = _QUERIES | {"_id": subject, "patient_id": subject, "patient": subject}
    return {
        name: known[name] if name in known and random.random() < SHARE else value
        for name, value in drawn.items()
    }


def body(
    name: str, raw: bytes, subject: str, own: Mapping[str, Mapping[str, Any]], random: Random
) -> bytes:
    """Return a good body with a member or two as drawn, if one is known and JSON was drawn."""
    try:
        drawn = json.loads(raw)
    except ValueError:
        return raw
    good = own.get(name) or _good(name, subject)
    if not isinstance(drawn, dict) or good is None or random.random() > SHARE:
        return raw
    found = {**good, **({"patient_id": subject} if "patient_id" in good else {})}
    strange = [one for one in drawn if one != "patient_id"]
    for member in random.sample(strange, min(len(strange), random.choice((0, 0, 1, 2)))):
        found[member] = drawn[member]
    if drawn and random.random() > SHARE:
        found = _astray(found, random.choice([*drawn.values()]), random)
    return json.dumps(found).encode()


def _good(name: str, subject: str) -> Mapping[str, Any] | None:
    """Return what is known of an operation, `METHOD path`."""
    if " /fhir/" in name:
        return fhir_requests.ask(name, subject).body
    if name.endswith(("/appointments", "/appointments/{appointment_id}")) and name in _GOOD:
        day = clock.paris_date(clock.now()) + timedelta(days=3)
        return {**_GOOD[name], "start": f"{day}T09:30", "end": f"{day}T10:30"}
    return _GOOD.get(name)


def _astray(resource: Any, drawn: Any, random: Random) -> Any:
    """Return JSON in which one element, anywhere, is as drawn."""
    if isinstance(resource, dict) and resource:
        name = random.choice(sorted(resource))
        return {**resource, name: _astray(resource[name], drawn, random)}
    if isinstance(resource, list) and resource:
        place = random.randrange(len(resource))
        return [
            _astray(one, drawn, random) if n == place else one for n, one in enumerate(resource)
        ]
    return drawn


def ids_in(value: Any, name: str) -> Iterator[str]:
    """Return what may name a thing in an answer."""
    if isinstance(value, list):
        for one in value:
            yield from ids_in(one, name)
    elif isinstance(value, dict):
        yield from (one for key in (name, *_ID_FIELDS) if isinstance(one := value.get(key), str))
        for one in value.values():
            yield from ids_in(one, name)
