"""What the server would say of measures: a year of weights, some mistyped, and pressures."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any, Final

Json = dict[str, Any]

_NOW = datetime.now(UTC).replace(hour=6, minute=30, second=0, microsecond=0)
USUAL: Final[dict[str, list[Json]]] = {
    "weight": [{"component": "weight", "low": 32, "high": 250}],
    "blood_pressure": [
        {"component": "systolic", "low": 70, "high": 220},
        {"component": "diastolic", "low": 40, "high": 130},
    ],
}
_TOKENS = {"weight": "1." + "a" * 32, "blood_pressure": "1." + "b" * 32}
_SCALE: Json = {
    "source": {"kind": "application", "name": "Balance des Tilleuls"},
    "device": "Balance 2",
    "is_own": False,
}


def measure(kind: str, number: int, days: float, values: dict[str, float], **more: Any) -> Json:
    """Describe a measure of some days ago."""
    at = (_NOW - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S+00:00")
    return {
        "id": f"{_TOKENS[kind]}.{number:026d}",
        "kind": kind,
        "at": at,
        "values": values,
        "unit": "kg" if kind == "weight" else "mmHg",
        "comment": None,
        "device": None,
        "unusual": [],
        "source": {"kind": "person", "name": None},
        "is_own": True,
        "abilities": {"delete": True},
        "created_at": at.replace("+00:00", ".000Z"),
        **more,
    }


def _weights() -> list[Json]:
    found = []
    for days in range(1, 330):
        if 20 <= days <= 31 or days % 7 == 3:  # a journey; Sundays
            continue
        value = round(72 + 1.8 * math.sin(days / 40) + 0.5 * math.sin(days * 2.3), 1)
        found.append(
            measure("weight", days, days, {"weight": value}, **(_SCALE if days % 5 else {}))
        )
    found[0] |= {"comment": "À jeun, après la marche"}
    found[4] |= {
        "values": {"weight": 7.24},
        "unusual": USUAL["weight"],
        "source": {"kind": "person", "name": None},
        "is_own": True,
        "device": None,
    }
    found[9]["values"] = {"weight": 82.1}
    return found


def _pressures() -> list[Json]:
    found = []
    for number, days in enumerate((0.5, 1, 2, 3, 4, 6, 8, 20, 24, 27, 33, 41, 60, 75, 80)):
        systolic = round(131 + 9 * math.sin(number * 1.7))
        values: dict[str, float] = {"systolic": systolic, "diastolic": round(systolic * 0.62)}
        found.append(measure("blood_pressure", number, days, values))
    return found


MEASURES: Final[dict[str, list[Json]]] = {"weight": _weights(), "blood_pressure": _pressures()}


def page(query: dict[str, str], measures: list[Json]) -> Json:
    """Return a page of those that a query asks for, the newest first."""
    kind, since = query.get("kind"), query.get("from", "")
    limit, start = int(query.get("limit", "50")), int(query.get("cursor", "0"))
    asked = [one for one in measures if kind in (None, one["kind"]) and one["at"][:10] >= since]
    return {
        "items": asked[start : start + limit],
        "next": str(start + limit) if start + limit < len(asked) else None,
        "usual": USUAL.get(kind or "weight", []),
    }
