"""What the server would say of measures: a year of weights, some mistyped, pressures; a child's."""

import math
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from chalicelib.measures import growth

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


def _weights_of_a_child(born: date) -> list[Json]:
    """Weigh a girl at exams from birth on; she crosses a curve at five years."""
    found, today = [], _NOW.date()
    for number, months in enumerate((0, 1, 2, 4, 6, 9, 12, 18, 24, 36, 48, 60, 66, 72, 78, 84)):
        days = (today - born).days - round(months * 30.4375) - 1
        law = growth.law_at("F", months * 30.4375)
        if law and days >= 0:
            share = 0.4 if months < 60 else -0.5
            value = round(growth.weight_at(law, share), 1)
            found.append(measure("weight", 900 - number, days, {"weight": value}))
    return found[::-1]


def in_child(born: date) -> list[Json]:
    """Return what is measured of a child: weights of hers, pressures of anybody."""
    return [*_weights_of_a_child(born), *MEASURES["blood_pressure"]]


def grown(born: date | None, items: list[Json], kind: str | None) -> Json | None:
    """Place weights as the server does; of an adult, born None, nowhere."""
    if born is None or kind != "weight":
        return None
    places = []
    for one in items:
        found = growth.place("F", born, date.fromisoformat(one["at"][:10]), one["values"]["weight"])
        if found:
            where = {"age_days": found.age_days, "above": found.above, "below": found.below}
            places.append({"measure_id": one["id"], **where})
    drawn = growth.curves("F") if places else []
    return {
        "source": growth.reference().source,
        "born_on": born.isoformat(),
        "ends_at_days": 3652,
        "ages": growth.ages("F") if places else [],
        "curves": [{"percentile": one.percentile, "weights": one.weights} for one in drawn],
        "places": places,
    }


NO_TARGET: Final[Json] = {"target": None, "abilities": {"set": True}}
TARGET: Final[Json] = {
    "target": {"weight": 68.5, "by": "2099-06-01", "set_at": "2026-11-01T08:00:00.000Z"},
    "abilities": {"set": True},
}

MEASURES: Final[dict[str, list[Json]]] = {"weight": _weights(), "blood_pressure": _pressures()}


def page(query: dict[str, str], measures: list[Json], born: date | None = None) -> Json:
    """Return a page of those that a query asks for, the newest first."""
    kind, since = query.get("kind"), query.get("from", "")
    limit, start = int(query.get("limit", "50")), int(query.get("cursor", "0"))
    asked = [one for one in measures if kind in (None, one["kind"]) and one["at"][:10] >= since]
    shown = asked[start : start + limit]
    return {
        "items": shown,
        "growth": grown(born, shown, kind),
        "next": str(start + limit) if start + limit < len(asked) else None,
        "usual": USUAL.get(kind or "weight", []),
    }
