"""What the server would say to a parent of the children she represents, or may represent."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]

PARENT, IN_CHILD = "parent", "parent in the space of a child"
LEA, EMILE, LOUISE = (f"01JDK7CH11D00000000000000{n}" for n in "123")
_NOW = datetime.now(UTC)
# Born a hundred days before a birthday: the ages below are those of any day.
_BORN = (_NOW - timedelta(days=100)).date().replace(day=14)


def _child(pid: str, name: str, years: int, status: str) -> Json:
    born = _BORN.replace(year=_BORN.year - years)
    return {
        "patient_id": pid,
        "given_name": name,
        "family_name": "PAT-TROIS",
        "birth_date": born.isoformat(),
        "age": years,
        "status": status,
        # At midnight in Paris, in summer or in winter, it is still the day before.
        "ends_at": f"{born.replace(year=born.year + 18) - timedelta(days=1)}T23:00:00Z"
        if status == "active"
        else None,
    }


CHILDREN: list[Json] = [
    _child(LEA, "LEA", 7, "active"),
    _child(EMILE, "EMILE", 0, "on_file"),
    _child(LOUISE, "MARIE-LOUISE", 3, "on_file"),
]
REPRESENTATIVES: list[Json] = [
    {"name": "Dominique PAT-TROIS", "is_you": True, "since": "2026-11-03T09:12:00Z"},
    {"name": "Paul PAT-QUATRE", "is_you": False, "since": "2026-09-14T17:40:00Z"},
]


def children() -> list[Json]:
    """Return the children of one page, which may change there."""
    return deepcopy(CHILDREN)


def profiles(own: Json, of: list[Json]) -> list[Json]:
    """Return whose records a parent may open: her own first."""
    fields = ("patient_id", "given_name", "family_name", "birth_date", "age", "ends_at")
    managed = [
        {field: child[field] for field in fields} | {"relation": "representative"}
        for child in of
        if child["status"] == "active"
    ]
    return [own | {"ends_at": None}, *managed]


def answer(method: str, path: str, of: list[Json]) -> tuple[int, Json | None] | None:
    """Return the status and the body that answer about children, or None for another path."""
    if path.endswith("/representatives"):
        return 200, {"items": REPRESENTATIVES}
    _, found, pid = path.partition("/children")
    if not found:
        return None
    if not pid:
        return 200, {"items": of}
    child = next(one for one in of if f"/{one['patient_id']}" == pid)
    child["status"] = "on_file" if method == "DELETE" else "active"
    return (204, None) if method == "DELETE" else (201, child)


def is_ahead(path: str, contract: Json) -> bool:
    """Say whether an answer is of what the committed contract does not describe yet."""
    known = any(name.endswith("/children") for name in contract["paths"])
    return not known and (
        path == "/v1/me" or path.endswith("/representatives") or "/children" in path
    )
