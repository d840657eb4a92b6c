"""What the server would say of what applications ask for, and of what they were allowed."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]

SEALED = "Zm9yIHRoZSBzZXJ2ZXIgYWxvbmU.c2VhbGVk-_0"
SCALE, BOOKING, FORMER_SCALE = "balance-exemple", "rendez-vous-exemple", "tension-exemple"
SCALE_REF, BOOKING_REF, FORMER_REF = ("1.k3yedrefabcdefghijklmnopqrstuvw" + end for end in "234")
# Of no site: only the test that follows it says what is there.
RETURN = "https://balance.example/retour"
_NOW = datetime.now(UTC)


def _instant(**ago: float) -> str:
    return (_NOW - timedelta(**ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _card(app_id: str, name: str, publisher: str, purpose: str, theme: str) -> Json:
    site = f"https://{app_id}.example/"
    return {
        "id": app_id,
        "name": name,
        "publisher": {"name": publisher, "website": site},
        "purpose": purpose,
        "theme": theme,
        "platforms": ["ios", "android"],
        "price": {"kind": "free", "detail": "Gratuite"},
        "data_asked": ASKED,
        "retention": "Vos mesures sont gardées deux ans, puis supprimées.",
        "site": site,
        "privacy": f"{site}donnees",
        "attestations": [],
        "state": "online",
        "state_since": _instant(days=120),
        "can_connect": True,
        "checked": [
            {"criteria": "security", "on": "2026-09-14"},
            {"criteria": "data_protection", "on": "2026-09-15"},
        ],
    }


ASKED: list[Json] = [
    {"permission": "weight:read", "why": "Dessiner la courbe de votre poids."},
    {"permission": "weight:write", "why": "Noter votre poids à chaque pesée."},
    {"permission": "blood_pressure:write", "why": "Noter votre tension après la pesée."},
    {"permission": "document:read", "why": "Reprendre votre taille d’un compte rendu."},
]
CARD = _card(
    SCALE,
    "Ma Balance Exemple",
    "Exemple Santé",
    "Suivre votre poids depuis une balance connectée.",
    "connected_devices",
)
ENDS: Json = {"expires_at": _instant(minutes=-10)}
REQUEST: Json = ENDS | {
    "application": CARD,
    "asked": ASKED,
    "decline_url": f"{RETURN}?error=access_denied&state=s1",
}
_BOOKING = _card(
    BOOKING, "Rendez-vous Exemple", "Agenda Exemple", "Prendre rendez-vous.", "appointments"
)
_STOPPED = _card(
    "avis-exemple", "Avis Exemple", "Exemple Santé", "Demander un avis à distance.", "telehealth"
) | {"state": "suspended"}
_PRESENTED = _card(
    "voyage-exemple", "Voyage Exemple", "Cap Exemple", "Savoir quoi emporter.", "well_being"
) | {
    "data_asked": [],
    "can_connect": False,
    "price": {"kind": "paid", "detail": "2\u00a0€ par mois"},
}
CANDIDATE = _card(
    "01JDK9C0000000000000000ABC",
    "Nouvelle Exemple",
    "Jeune Exemple",
    "Suivre son sommeil.",
    "prevention",
) | {"state": "candidate", "site": "", "privacy": "", "checked": []}
CANDIDATE["publisher"] = {"name": "Jeune Exemple", "website": ""}
CATALOGUE: Json = {
    "order": "alphabetical",
    "items": [_STOPPED, CARD, _BOOKING, _PRESENTED],
}


def consent(ref: str, card: Json, permissions: list[str], **more: Any) -> Json:
    """Describe a consent as the API does."""
    return {
        "id": ref,
        "application": {"id": card["id"], "name": card["name"], "state": card["state"]}
        | {"publisher": card["publisher"]["name"]},
        "permissions": permissions,
        "status": "active",
        "given_at": _instant(days=40),
        "valid_until": _instant(days=-142),
        "changed_at": _instant(days=40),
        "given_by": None,
        "ends_at_majority": False,
        "activity": [],
        "last_access_at": None,
        "unanswered": [],
        "new_terms": None,
        "version": 1,
        **more,
    }


def _terms(purpose: str) -> Json:
    return {
        "name": CARD["name"],
        "publisher": CARD["publisher"]["name"],
        "purpose": purpose,
        "retention": CARD["retention"],
        "reasons": ASKED[:2],
    }


def _use(permission: str, calls: int, **ago: float) -> Json:
    return {"permission": permission, "calls": calls, "last_at": _instant(**ago)}


_WRITES = ["weight:read", "weight:write"]
CONSENTS: list[Json] = [
    consent(
        SCALE_REF,
        CARD,
        _WRITES,
        activity=[_use("weight:write", 38, hours=9), _use("weight:read", 6, days=3)],
        last_access_at=_instant(hours=9),
    ),
    consent(
        BOOKING_REF,
        _BOOKING | {"state": "suspended"},
        ["appointment:write"],
        valid_until=_instant(days=-12),
    ),
    consent(
        FORMER_REF,
        CARD | {"id": FORMER_SCALE, "name": "Tension Exemple"},
        ["blood_pressure:write"],
        status="withdrawn",
        changed_at=_instant(days=5),
        activity=[_use("blood_pressure:write", 1, days=12)],
        last_access_at=_instant(days=12),
        version=2,
    ),
]


NEW_TERMS: Json = {
    "former": _terms(CARD["purpose"]),
    "now": _terms("Suivre votre poids, et vous proposer des produits."),
    "lines": _WRITES,
    "version": "v-of-new-terms",
    "answer_by": _instant(days=-21),
}


class Applications:
    """The consents of one page, which may change there."""

    def __init__(self, *, empty: bool) -> None:
        self.of: list[Json] = [] if empty else deepcopy(CONSENTS)
        self.listed: list[Json] = [] if empty else CATALOGUE["items"]

    def answer(self, method: str, path: str, body: Json) -> tuple[int, Json | None] | None:
        """Return the status and the body that answer, or None for another path."""
        known = {
            "/v1/consent-requests": REQUEST,
            "/v1/catalogue": CATALOGUE | {"items": self.listed},
            f"/v1/catalogue/{CANDIDATE['id']}": CANDIDATE,
        }
        if path in known:
            return 200, known[path]
        _, found, ref = path.partition("/consents")
        if not found:
            return None
        if method == "POST":
            return 201, self._give(body)
        if not ref:
            return 200, {"items": self.of, "next": None}
        ref, _, is_terms = ref.removeprefix("/").partition("/")
        if is_terms:
            return 200, self._agree(ref)
        return self._change(ref, body if method == "PATCH" else None)

    def _give(self, body: Json) -> Json:
        given = consent(SCALE_REF, CARD, body["permissions"], given_at=_instant())
        self.of = [given, *(one for one in self.of if one["id"] != SCALE_REF)]
        return {"consent": given, "redirect_url": f"{RETURN}?code=c1&state=s1"}

    def _agree(self, ref: str) -> Json:
        one = next(one for one in self.of if one["id"] == ref)
        one.update(version=one["version"] + 1, changed_at=_instant(), new_terms=None)
        return one

    def _change(self, ref: str, fewer: Json | None) -> tuple[int, Json | None]:
        one = next(one for one in self.of if one["id"] == ref)
        one["version"] += 1
        one["changed_at"] = _instant()
        if fewer is None:
            one["status"] = "withdrawn"
            return 204, None
        one["permissions"] = fewer["permissions"]
        return 200, one
