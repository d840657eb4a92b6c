"""« Balance », a connected scale: one button, which adds a weight to the person's measures.

    python scale.py CLIENT

A public client: it has no key, and PKCE alone proves that it is the one that asked. It asks to add
weights and to read them, and does without the second if it was not allowed.
"""

import secrets
import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pages import Go, Site, Visit, form, tell

SCOPE = "launch/patient offline_access patient/Observation.crs?code=http://loinc.org|29463-7"
WHY = "Reliez votre balance à votre espace Carnet\u00a0: chaque pesée s’y ajoutera."
HOME = ZoneInfo("Europe/Paris")
LAST = "Observation?code=29463-7&_sort=-date&_count=1"

site = Site("Balance", WHY, SCOPE, Path(sys.argv[1]))


@site.page("GET /")
def home(visit: Visit, _: dict[str, str]) -> str:
    if site.access(visit) is None:
        return site.offer()
    return "<p>Votre balance est reliée.</p>" + form("/peser", "Me peser")


@site.page("POST /peser")
def weigh(visit: Visit, _: dict[str, str]) -> str:
    access = site.linked(visit)
    found = site.call(visit, "GET", LAST) if access.may("Observation", "s") else {}
    measured = (700 + secrets.randbelow(60)) / 10  # where a real scale measures
    made = site.call(visit, "POST", "Observation", observation(access.patient, measured))
    weight = made["valueQuantity"]["value"]
    text = f"{decimal(weight)}\u00a0kg\u00a0: c’est dans votre espace."
    for before in found.get("entry", []):
        since = weight - before["resource"]["valueQuantity"]["value"]
        text += f" Depuis la pesée précédente\u00a0: {change(since)}."
    tell(visit, text)
    raise Go("/")


def observation(patient: str, kilograms: float) -> dict[str, Any]:
    """Write a weight as FHIR has it."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": now(),
        "valueQuantity": {
            "value": kilograms,
            "unit": "kg",
            "system": "http://unitsofmeasure.org",
            "code": "kg",
        },
        "device": {"display": "Balance (exemple)"},
    }


def now() -> str:
    """Return this moment with the offset of the clock of the place, summer or winter.

    A real scale asks the phone it is linked to; a machine is often set to UTC, which is no place.
    """
    return datetime.now(HOME).isoformat(timespec="milliseconds")


def change(kilograms: float) -> str:
    return f"{decimal(kilograms, '+')}\u00a0kg" if round(kilograms, 1) else "stable"


def decimal(kilograms: float, sign: str = "") -> str:
    return f"{kilograms:{sign}.1f}".replace(".", ",").replace("-", "\u2212")


if __name__ == "__main__":
    site.serve()
