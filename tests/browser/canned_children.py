"""What the server would say to a parent of the children she represents, or may represent."""

from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from typing import Any

Json = dict[str, Any]

PARENT, IN_CHILD = "parent", "parent in the space of a child"
LEA, EMILE, LOUISE = (f"01JDK7CH11D00000000000000{n}" for n in "123")
PENDING, ACCEPTED, RECEIVED_ID = (f"01JDK7NV1TE00000000000000{n}" for n in "129")
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
        "ends_at": _ends_at(born.isoformat()) if status == "active" else None,
        "invited": False,
    }


def _ends_at(born: str) -> str:
    """Return the instant of majority: at midnight in Paris, it is still the day before."""
    day = date.fromisoformat(born)
    return f"{day.replace(year=day.year + 18) - timedelta(days=1)}T23:00:00Z"


CHILDREN: list[Json] = [
    _child(LEA, "LEA", 7, "active"),
    _child(EMILE, "EMILE", 0, "on_file"),
    _child(LOUISE, "MARIE-LOUISE", 3, "on_file"),
]
REPRESENTATIVES: list[Json] = [
    {"name": "Dominique PAT-TROIS", "is_you": True, "since": "2026-11-03T09:12:00Z"},
    {"name": "Paul PAT-QUATRE", "is_you": False, "since": "2026-09-14T17:40:00Z"},
]
for _one in REPRESENTATIVES:
    _one["invitation_id"] = None if _one["is_you"] else ACCEPTED
_UNTIL = {"created_at": "2026-11-10T08:00:00Z", "expires_at": "2026-12-10T08:00:00Z"}
SENT: list[Json] = [
    {"id": PENDING, "name": "Alban PERSONNE", "status": "pending"} | _UNTIL,
    {"id": ACCEPTED, "name": "Paul PAT-QUATRE", "status": "accepted"} | _UNTIL,
    {"id": "01JDK7NV1TE000000000000003", "name": "Zoe AUTRE", "status": "refused"} | _UNTIL,
]
RECEIVED: list[Json] = [
    {
        "id": RECEIVED_ID,
        "child": "Ines",
        "invited_by": "Claire EXEMPLE",
        "expires_at": "2026-12-20T08:00:00Z",
    }
]


def born(pid: str) -> date:
    """Return the birth date of a child."""
    return next(
        date.fromisoformat(one["birth_date"]) for one in CHILDREN if one["patient_id"] == pid
    )


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
    if "/invitations" in path:
        return _invitations(method, path, of)
    if path.endswith("/representatives"):
        return 200, {"items": REPRESENTATIVES}
    _, found, pid = path.partition("/children")
    if not found:
        return None
    if not pid:
        return 200, {"items": of}
    child = next(one for one in of if f"/{one['patient_id']}" == pid)
    is_managed = method != "DELETE"
    child["status"] = "active" if is_managed else "on_file"
    child["ends_at"] = _ends_at(child["birth_date"]) if is_managed else None
    return (204, None) if method == "DELETE" else (201, child)


def _invitations(method: str, path: str, of: list[Json]) -> tuple[int, Json | None]:
    """Answer about what was sent for a child, or received by a person who has some."""
    is_sent = "/representatives/" in path
    if method == "POST":
        sent = {"id": "01JDK7NV1TE00000000000000A", "name": "Alban AUTRE", "status": "pending"}
        return 201, sent | _UNTIL
    if method != "GET":
        return 204, None
    listed = SENT if is_sent else RECEIVED
    return 200, {"items": listed if of else []}
