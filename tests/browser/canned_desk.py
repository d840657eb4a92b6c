"""What the server would say to who publishes applications, and to who reviews them."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]

PUBLISHER, OPERATOR = "publisher", "operator"
SIRET = "99999901400015"
WAITING, ONLINE, SUSPENDED, DELISTED = (f"01JDK8APP{n:017d}" for n in range(1, 5))
OWN, ALL = "/v1/publishers/me/applications", "/v1/operators/applications"
_NOW = datetime.now(UTC)
_CRITERIA = ("urbanisation", "interoperability", "security", "data_protection", "ethics")


def _instant(days: float) -> str:
    return (_NOW - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


ME: dict[str, Json] = {
    PUBLISHER: {
        "role": "publisher",
        "id": "01JDK7YV2M9F3Q8ZT5X1C4B6PA",
        "display_name": "Alix EXEMPLE",
        "siret": SIRET,
        "session": {"expires_at": _instant(-0.1)},
    },
    OPERATOR: {
        "role": "operator",
        "id": "01JDK7YV2M9F3Q8ZT5X1C4B6PB",
        "display_name": "Salomé EXEMPLE",
        "session": {"expires_at": _instant(-0.1)},
    },
}
_BY = {
    "publisher": {"kind": "publisher", "id": "u1", "name": "Alix EXEMPLE", "siret": SIRET},
    "operator": {"kind": "operator", "id": "u2", "name": "Salomé EXEMPLE", "siret": None},
}


def _event(number: int, what: str, by: str, **more: Any) -> Json:
    return {
        "id": f"event-{number}",
        "at": _instant(30 - number),
        "what": f"application:{what}",
        "by": _BY[by],
        "before": None,
        "after": None,
        "about": [],
        "reason": None,
        **more,
    }


def _file(app_id: str, name: str, state: str, days: float, **more: Any) -> Json:
    checked = () if state == "candidate" else _CRITERIA
    moved = [
        _event(3, "state", "operator", before="candidate", after="online", reason="Tout est bon."),
        _event(
            9, "state", "operator", before="online", after=state, reason="Une faille est signalée."
        ),
    ]
    history = [
        _event(1, "register", "publisher", after="candidate"),
        _event(2, "review", "operator", about=list(_CRITERIA)),
        *moved[: {"candidate": 0, "online": 1}.get(state, 2)],
    ]
    return {
        "id": app_id,
        "name": name,
        "publisher": {"name": "Balance Exemple", "website": "https://balance.example/"},
        "purpose": "Noter votre poids chaque matin, et voir votre courbe.",
        "theme": "connected_devices",
        "platforms": ["ios", "device"],
        "price": {"kind": "free", "detail": "Gratuite"},
        "data_asked": [
            {"permission": "weight:read", "why": "Dessiner votre courbe."},
            {"permission": "weight:write", "why": "Ajouter chaque pesée à vos mesures."},
        ],
        "retention": "Rien n’est gardé après l’envoi.",
        "site": "https://balance.example/",
        "privacy": "https://balance.example/donnees",
        "attestations": [{"kind": "hds", "reference": "Hébergeur Exemple, certificat 42"}],
        "redirect_uris": ["https://balance.example/retour"],
        "jwks": None,
        "state": state,
        "state_since": _instant(days),
        "can_connect": True,
        "checked": [{"criteria": one, "on": "2026-09-14"} for one in checked],
        "siret": SIRET,
        "client_id": app_id,
        "authentication": "none",
        "acts": state == "online",
        "missing": [one for one in _CRITERIA if one not in checked],
        "history": history[::-1],
        **more,
    }


def _files() -> list[Json]:
    return [
        _file(WAITING, "Pesée du matin", "candidate", 12),
        _file(ONLINE, "Balance Exemple", "online", 25),
        _file(SUSPENDED, "Tension Exemple", "suspended", 3),
        _file(DELISTED, "Ancienne balance", "delisted", 90),
    ]


class Desk:
    """The applications of one page: what is registered, changed and decided there stays."""

    def __init__(self, *, empty: bool) -> None:
        self.files = [] if empty else _files()

    def answer(self, method: str, path: str, query: str, body: Json) -> tuple[int, Json] | None:
        """Return a status and a body, or None of what is not here."""
        if path in (OWN, ALL):
            return self._listed(query) if method == "GET" else self._registered(body)
        rest = path.removeprefix(OWN).removeprefix(ALL).strip("/")
        app_id, _, act = rest.partition("/")
        found = next((one for one in self.files if one["id"] == app_id), None)
        if found is None:
            return None
        if method == "PATCH":
            self._changed(found, body)
        elif act == "review":
            found["checked"] = [{"criteria": one, "on": "2026-11-23"} for one in body["satisfied"]]
            found["missing"] = [one for one in _CRITERIA if one not in body["satisfied"]]
        elif act == "state":
            self._decided(found, body)
        return 200, self._told(found, is_own=path.startswith(OWN))

    def _listed(self, query: str) -> tuple[int, Json]:
        state = query.removeprefix("state=")
        lines = [
            {
                "id": one["id"],
                "name": one["name"],
                "publisher": one["publisher"]["name"],
                "siret": SIRET,
                **{name: one[name] for name in ("theme", "state", "state_since")},
                **{name: one[name] for name in ("can_connect", "missing")},
            }
            for one in self.files
            if state in ("", one["state"])
        ]
        return 200, {"items": lines}

    def _registered(self, body: Json) -> tuple[int, Json]:
        made = _file(f"01JDK8APP{len(self.files) + 10:017d}", body["name"], "candidate", 0)
        made |= body
        self.files.append(made)
        return 201, self._told(made, is_own=True)

    def _changed(self, found: Json, body: Json) -> None:
        before = found["state"]
        after = "candidate" if before == "online" else before
        event = _event(20, "change", "publisher", about=list(body))
        if after != before:
            event |= {"before": before, "after": after}
        found |= body | {"state": after, "acts": False, "checked": [], "missing": list(_CRITERIA)}
        found["history"] = [event, *found["history"]]

    def _decided(self, found: Json, body: Json) -> None:
        moved = {"before": found["state"], "after": body["state"], "reason": body["reason"]}
        found["history"] = [_event(25, "state", "operator", **moved), *found["history"]]
        found |= {"state": body["state"], "acts": body["state"] == "online"}

    def _told(self, found: Json, *, is_own: bool) -> Json:
        told = deepcopy(found)
        for event in told["history"] if is_own else []:
            if event["by"]["kind"] == "operator":
                event["by"] |= {"id": None, "name": None}
        return told
