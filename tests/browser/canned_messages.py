"""What the server would say of the conversations of a record, and of a professional's boxes."""

import re
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.browser.samples import pdf, png

Json = dict[str, Any]

_NOW = datetime.now(UTC).replace(microsecond=0)
LIMIT = 30


def _instant(**ago: float) -> str:
    return (_NOW - timedelta(**ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


def conversation_id(number: int) -> str:
    """Return an id as the server makes them: it says nothing."""
    return f"c.1.{number:03d}{'Zm9yLW9ubHktYS10ZXN0-x_' * 4}"


def _id(number: int) -> str:
    return f"01JDKMSG0{number:017d}"


DOCTOR: Json = {
    "kind": "professional",
    "name": "Dr Claire EXEMPLE",
    "profession": "Médecin",
    "organisation": "Cabinet des Tilleuls",
}
TEAM: Json = {
    "kind": "team",
    "name": "Laboratoire des Capucins",
    "profession": None,
    "organisation": "Laboratoire des Capucins",
}


def conversation(number: int, pid: str, *, of: Json = DOCTOR, **more: Any) -> Json:
    """Describe a conversation as its reader sees it."""
    return {
        "id": conversation_id(number),
        "subject": "",
        "status": "open",
        "patient_id": pid,
        "patient_name": "Dominique PAT-TROIS",
        "correspondent": of,
        "opened_at": _instant(days=number + 3),
        "last_at": _instant(days=number, hours=1),
        "unread": False,
        "may_write": True,
        "may_close": False,
        "may_block": True,
        "is_blocked": False,
        **more,
    }


def conversations(pid: str) -> list[Json]:
    """Return the conversations of one page, which may change there."""
    return [
        conversation(0, pid, subject="Résultats de votre bilan", unread=True),
        conversation(1, pid, of=TEAM, subject="Votre prélèvement de mardi"),
        conversation(
            9, pid, status="closed", may_write=False, subject="Renouvellement d’ordonnance"
        ),
        conversation(
            40,
            pid,
            of={**DOCTOR, "name": "Dr Paul EXEMPLE", "organisation": None},
            is_blocked=True,
            may_write=False,
        ),
    ]


OPEN, WITH_TEAM, CLOSED, BLOCKED = (conversation_id(number) for number in (0, 1, 9, 40))
_FILES: dict[str, bytes] = {
    "application/pdf": pdf("Bilan thyro\xefdien", "Deuxi\xe8me page"),
    "image/png": png(300, 200),
    "text/plain": "À jeun depuis minuit.".encode(),
    "text/xml": b"<ClinicalDocument/>",
}


def _file(number: int, name: str, kind: str, *, engine: str | None = None) -> Json:
    return {
        "id": _id(900 + number),
        "name": name,
        "format": kind,
        "size_bytes": len(_FILES[kind]),
        "antivirus": {"verdict": "clean" if engine else "not_scanned", "engine": engine},
    }


_UNKNOWN: Json = {"format": "text/plain", "size_bytes": 21, "antivirus": None}
FILES: list[Json] = [
    _file(1, "Bilan thyroïdien.pdf", "application/pdf", engine="ClamAV 1.4.6/27500"),
    _file(2, "Courbe.png", "image/png"),
    _file(3, "Consignes.txt", "text/plain"),
    _file(4, "Compte rendu.xml", "text/xml"),
]
INERT = "<img src=x onerror=alert(1)> <b>gras</b> https://exemple.test/lien javascript:alert(1)"


def _sender(*, of: Json | None, is_you: bool = False, name: str = "Dominique PAT-TROIS") -> Json:
    if of is None:
        return {
            "side": "patient",
            "is_you": is_you,
            "name": name,
            "on_behalf_of": None,
            "profession": None,
            "organisation": None,
        }
    return {
        "side": "professional",
        "is_you": is_you,
        "name": of["name"],
        "on_behalf_of": None,
        "profession": of["profession"],
        "organisation": of["organisation"],
    }


def message(number: int, body: str, sender: Json, **more: Any) -> Json:
    """Describe a message: those of a higher number are older."""
    return {
        "id": _id(800 - number),
        "sent_at": _instant(days=number, hours=1),
        "sender": sender,
        "body": body,
        "state": "read",
        "attachments": [],
        **more,
    }


def _messages(one: Json, *, is_patient: bool) -> list[Json]:
    of = one["correspondent"]
    doctor = _sender(of=of, is_you=not is_patient)
    person = _sender(of=None, is_you=is_patient)
    return [
        message(
            4,
            "Bonjour, voici votre bilan.\n\nTout est dans les valeurs attendues.",
            doctor,
            attachments=FILES,
        ),
        message(2, "Merci docteur. Faut-il refaire la prise de sang ?", person),
        message(1, f"Dans six mois. {INERT}", doctor),
        message(0, "C’est noté, merci.", person, state="delivered"),
    ]


class Messages:
    """The conversations of one page; a message sent is there afterwards."""

    def __init__(self, pid: str, *, is_patient: bool) -> None:
        self.pid = pid
        self.is_patient = is_patient
        self.of = conversations(pid)
        if not is_patient:
            for one in self.of:
                one |= {"may_close": True, "may_block": False}
        self.messages = {one["id"]: _messages(one, is_patient=is_patient) for one in self.of}
        self.sent: list[tuple[str | None, Json]] = []
        self.opened: list[Json] = []
        self.saved: set[str] = set()
        self.joined = 0
        self.listed: list[dict[str, str]] = []

    def answer(
        self, method: str, rest: str, query: dict[str, str], body: Any, key: str | None
    ) -> tuple[int, Json | bytes | None] | None:
        """Return the status and the body that answer, or None for what does not exist."""
        if not rest:
            return self._list(query) if method == "GET" else self._open(body)
        conversation_id, _, path = rest.removeprefix("/").partition("/")
        one = next((one for one in self.of if one["id"] == conversation_id), None)
        if one is None:
            return None
        if path.startswith("attachments"):
            return self._attachment(method, path.removeprefix("attachments"))
        return self._act(method, path, one, query, body, key)

    def _list(self, query: dict[str, str]) -> tuple[int, Json] | None:
        self.listed.append(query)
        # A person lists one record, a professional a box of her own: nothing else is there.
        if query.get("patient_id") != (self.pid if self.is_patient else None):
            return None
        if ("box" in query) == self.is_patient:
            return None
        kind = {"own": "professional", "team": "team"}.get(query.get("box", ""))
        found = [one for one in self.of if kind in (None, one["correspondent"]["kind"])]
        start = int(query.get("cursor", "0"))
        fields = (
            "id", "subject", "status", "patient_name", "correspondent", "last_at", "unread",
        )  # fmt: skip
        return 200, {
            "items": [{k: one[k] for k in fields} for one in found[start : start + LIMIT]],
            "unread": None if start else sum(one["unread"] for one in found),
            "next": str(start + LIMIT) if start + LIMIT < len(found) else None,
        }

    def _open(self, body: Json) -> tuple[int, Json]:
        self.opened.append(body)
        one = conversation(
            99,
            self.pid,
            of=TEAM if body["as_team"] else DOCTOR,
            subject=body["subject"],
            may_close=True,
            may_block=False,
        )
        self.of.insert(0, one)
        sender = _sender(of=one["correspondent"], is_you=True)
        self.messages[one["id"]] = [message(0, body["body"], sender, state="sent")]
        return 201, deepcopy(one)

    def _act(
        self, method: str, path: str, one: Json, query: dict[str, str], body: Any, key: str | None
    ) -> tuple[int, Json | None] | None:
        if path == "messages":
            if method == "POST":
                return self._send(one, body, key)
            return 200, self._page(one, query)
        if path == "read":
            one["unread"] = False
            return 204, None
        if path in ("close", "reopen"):
            is_open = path == "reopen"
            one |= {"status": "open" if is_open else "closed", "may_write": is_open}
        elif path == "blocked":
            one |= {"is_blocked": body["blocked"], "may_write": not body["blocked"]}
        elif path:
            return None
        return 200, deepcopy(one)

    def _page(self, one: Json, query: dict[str, str]) -> Json:
        """Return the last messages, or those before a place: the cursor counts from the end."""
        limit = int(query.get("limit", "50"))
        known = self.messages.get(one["id"], [])
        end = int(query.get("cursor", len(known)))
        start = max(0, end - limit)
        return {
            "conversation": deepcopy(one),
            "items": known[start:end],
            "next": str(start) if start else None,
        }

    def _send(self, one: Json, body: Json, key: str | None) -> tuple[int, Json]:
        known = [written for used, written in self.sent if used == key]
        if known:
            return 201, known[0]
        files = {file["id"]: file for file in FILES}
        sender = _sender(of=None if self.is_patient else one["correspondent"], is_you=True)
        written = message(
            -len(self.sent) - 1,
            body["body"],
            sender,
            sent_at=_instant(),
            state="sent",
            attachments=[
                {**files.get(file["id"], _UNKNOWN), **file} for file in body["attachments"]
            ],
        )
        self.sent.append((key, written))
        self.messages[one["id"]].append(written)
        return 201, written

    def _attachment(self, method: str, path: str) -> tuple[int, Json | bytes | None] | None:
        if method == "POST" and path in ("", "/from-record"):
            self.joined += 1
            made: Json = {"id": _id(700 + self.joined), "format": "text/plain", "size_bytes": 21}
            return 201, made | ({"name": "Notes pour le rendez-vous"} if path else {})
        found = re.fullmatch(r"/([^/]+)/(content|saved)", path)
        file = next((one for one in FILES if found and one["id"] == found[1]), None)
        if found is None or file is None:
            return None
        if found[2] == "content":
            return 200, _FILES[file["format"]]
        is_new = file["id"] not in self.saved
        self.saved.add(file["id"])
        return (201 if is_new else 200), {"document_id": "01JDK8D0C00000000000000001"}
