"""Answers given to the screens in place of the server, to draw each of their states.

Only the states that the product cannot be asked for (empty, broken, slow, huge) are drawn so;
what the product does is tested on the product. Each is held against the contract, and so is the
request of the client that it answers: `STRAYS` tells what strays from it.
"""

import base64
import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Route

from chalicelib.http import problems
from infra.describe import COMMITTED
from tests.browser import canned_agenda, canned_children, canned_desk, canned_measures
from tests.browser.canned_applications import Applications
from tests.browser.canned_children import IN_CHILD, LEA, PARENT
from tests.browser.canned_messages import FILES, Messages
from tests.browser.samples import pdf, png
from tests.contract import Contract, Exchange

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, Any]

CONTRACT = Contract(json.loads(COMMITTED.read_text(encoding="utf-8")))
STRAYS: list[str] = []
_ALONG = {401: {"WWW-Authenticate": "Bearer"}, 429: {"Retry-After": "5"}, 503: {"Retry-After": "5"}}

PID = "01JDK7YV2M9F3Q8ZT5X1C4B6NA"
NOW = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
PERSON, PROFESSIONAL = "person", "professional"
_DOCTOR: Json = {
    "rpps": "10001234567",
    "name": "Dr Claire EXEMPLE",
    "profession": {"code": "10", "label": "Médecin"},
    "place": "Cabinet des Tilleuls, Reims",
}


def instant(**ago: float) -> str:
    """Write the instant some time before now."""
    return (NOW - timedelta(**ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _author(
    name: str | None = None,
    profession: str | None = None,
    organisation: str | None = None,
    specialty: tuple[str, str] = ("S42", "Autre ou non précisée"),
) -> Json:
    said = name or organisation
    return {
        "name": name,
        "profession": profession,
        "organisation": organisation,
        "specialty": dict(zip(("code", "label"), specialty, strict=True)),
        "ref": f"1.{_digest(said.encode())[:16]}" if said else None,
    }


def document(number: int, title: str, kind: str, content: bytes, **more: Any) -> Json:
    """Describe a document as the API does."""
    return {
        "id": f"01JDK8D0C{number:017d}",
        "status": "available",
        "title": title,
        "type": {"code": "11502-2", "label": "Compte rendu d'examens biologiques"},
        "category": {"code": "BIOLOGIE", "label": "Résultats de biologie"},
        "format": kind,
        "size_bytes": len(content),
        "sha256": _digest(content),
        "care_date": instant(days=number)[:10],
        "deposited_at": instant(days=number, hours=2),
        "depositor": {"kind": "organisation", "name": "Laboratoire des Capucins"},
        "author": _author(organisation="Laboratoire des Capucins"),
        "antivirus": {"verdict": "not_scanned", "engine": None},
        "visibility": "normal",
        "announcement": None,
        "warnings": [],
        "abilities": {"read": True, "withdraw": False, "reveal": False},
        "replaces": None,
        "replaced_by": None,
        "version": 1,
        **more,
    }


CONTENTS = {
    "pdf": pdf("Compte rendu, premi\xe8re page", "Deuxi\xe8me page", "Troisi\xe8me page"),
    "png": png(300, 200),
    "text": "Questions à poser :\n- fatigue depuis septembre ;\n- rappel de vaccin ?".encode(),
    "cda": b"<ClinicalDocument/>",
}
_OWN: Json = {
    "depositor": {"kind": "person", "name": None},
    "author": _author(),
    "abilities": {"read": True, "withdraw": True, "reveal": False},
}
DOCUMENTS: dict[str, Json] = {
    "cda": document(1, "Bilan thyroïdien", "text/xml", CONTENTS["cda"], warnings=["before_birth"]),
    "pdf": document(
        2,
        "Compte rendu de consultation",
        "application/pdf",
        CONTENTS["pdf"],
        author=_author("Dr Claire EXEMPLE", "Médecin", specialty=("S01", "Médecine générale")),
        type={"code": "11488-4", "label": "Compte rendu ou fiche de consultation"},
    ),
    "png": document(3, "Photo d’ordonnance", "image/png", CONTENTS["png"], **_OWN),
    "text": document(4, "Notes pour le rendez-vous", "text/plain", CONTENTS["text"], **_OWN),
}


def _paragraph(text: str, *styles: str) -> Json:
    run = {"type": "text", "text": text, **({"styles": list(styles)} if styles else {})}
    return {"type": "paragraph", "runs": [run]}


def _row(*texts: str, header: bool = False) -> list[Json]:
    return [
        {
            "type": "cell",
            "blocks": [_paragraph(text)],
            **({"header": True} if header or not n else {}),
        }
        for n, text in enumerate(texts)
    ]


NARRATIVE: Json = {
    "header": {
        "title": "Bilan thyroïdien",
        "effective_time": instant(days=1),
        "precision": "minute",
        "authors": [{"name": "Camille EXEMPLE", "role": "Médecin", "organisation": None}],
        "custodian": "Laboratoire des Capucins",
        "patient": {
            "family_name": "PAT-TROIS",
            "given_names": ["DOMINIQUE"],
            "birth_date": "1979-03-28",
            "sex": "F",
        },
    },
    "embedded": None,
    "sections": [
        {
            "type": "section",
            "title": "Hormonologie",
            "blocks": [
                _paragraph("Prélèvement à jeun", "bold"),
                {
                    "type": "table",
                    "caption": [{"type": "text", "text": "Bilan thyroïdien"}],
                    "head": [_row("Analyse", "Résultat", "Unité", "Référence", header=True)],
                    "body": [_row("TSH", "2,41", "mUI/l", "0,27 à 4,20")],
                },
                {"type": "media", "key": "img", "caption": [{"type": "text", "text": "Courbe"}]},
            ],
            "sections": [
                {
                    "type": "section",
                    "title": "Interprétation",
                    "blocks": [{"type": "list", "items": [[_paragraph("Fonction normale.")]]}],
                }
            ],
        }
    ],
    "attachments": [
        {
            "key": key,
            "media_type": "image/png",
            "size_bytes": len(CONTENTS["png"]),
            "sha256": _digest(CONTENTS["png"]),
            "refused": None,
            "data": base64.b64encode(CONTENTS["png"]).decode(),
        }
        for key in ("img", "joint")
    ],
}


def _results(*lines: tuple[str, ...]) -> Json:
    head = _row("Analyse", "Résultat", "Unité", "Référence", header=True)
    table = {"type": "table", "head": [head], "body": [_row(*line) for line in lines]}
    section = {"type": "section", "title": "Hormonologie", "blocks": [table]}
    return NARRATIVE | {"sections": [section], "attachments": []}


# An earlier result of the same type; one of its analyses is in another unit.
FORMER = document(40, "Bilan thyroïdien de contrôle", "text/xml", b"<ClinicalDocument />")
FORMER_NARRATIVE = _results(
    ("TSH", "3,05", "mUI/l", "0,4 à 4"),
    ("Thyroxine libre (T4L)", "15,2", "pmol/l", "11 à 22"),
    ("Anticorps anti-TPO", "Négatif", "", ""),
)
LATTER_NARRATIVE = _results(
    ("TSH", "2,41", "mUI/l", "0,27 à 4,20"),
    ("Thyroxine libre (T4L)", "11,8", "ng/l", "8,5 à 17"),
    ("Anticorps anti-TPO", "Négatif", "", ""),
    ("Ferritine", "62", "µg/l", "15 à 150"),
)

# Nothing but who wrote it says that it is of radiology.
SCAN = document(
    5,
    "Échographie cervicale",
    "application/pdf",
    CONTENTS["pdf"],
    author=_author(
        "Dr Paul EXEMPLE", "Médecin", specialty=("S03", "Radiologie et imagerie médicale")
    ),
    type={"code": "18748-4", "label": "Compte rendu d'imagerie médicale"},
    category={"code": "RADIO_SC", "label": "Radios, scanners, imagerie"},
)


def _access(number: int, kind: str, name: str, label: str, **more: Any) -> Json:
    at = instant(hours=number * 7)
    return {
        "id": f"access-{number}",
        "at": at,
        "actor": {"kind": kind, "id": None, "name": name, "profession": None, "organisation": None},
        "action": "record:document:open",
        "label": label,
        "document": {"id": DOCUMENTS["cda"]["id"], "title": DOCUMENTS["cda"]["title"]},
        "outcome": "allowed",
        "right": "Vous avez donné votre autorisation le 3 novembre 2026",
        "count": 1,
        "first_at": at,
        "last_at": at,
        **more,
    }


TRACE = [
    _access(0, "person", "Vous", "avez ouvert un document", right="C’est votre espace"),
    _access(1, "professional", "Dr Claire EXEMPLE", "a ouvert un document", count=12),
    _access(
        4,
        "professional",
        "Dr Paul EXEMPLE",
        "a demandé à consulter la liste des documents",
        document=None,
        outcome="refused",
        right="Demande refusée : cette personne n’a pas votre autorisation",
    ),
    _access(5, "organisation", "Laboratoire des Capucins", "a déposé un document"),
]
_GRANT = {
    **_DOCTOR,
    "status": "active",
    "since": instant(days=20),
    "valid_until": instant(days=-345),
    "first_used_at": instant(days=2),
    "last_change_at": instant(days=20),
    "given_by": None,
    "ends_at_majority": False,
    "version": 1,
}
GRANTS = [
    _GRANT,
    {
        **_GRANT,
        "rpps": "10009876543",
        "name": "Dr Paul EXEMPLE",
        "status": "withdrawn",
        "first_used_at": None,
    },
]
PATIENT: Json = {
    "patient_id": PID,
    "family_name": "PAT-TROIS",
    "given_name": "DOMINIQUE",
    "birth_date": "1979-03-28",
    "age": 47,
    "sex": "female",
    "authorised_until": "2027-11-03T09:12:00.000Z",
}
OTHER_PID = "01JDK7YV2M9F3Q8ZT5X1C4B6NB"
OWN_PATIENTS: list[Json] = [
    {
        "patient_id": pid,
        "since": instant(days=ago),
        "authorised_until": instant(days=ago - 365),
        "opened": opened,
    }
    for pid, ago, opened in ((OTHER_PID, 20, False), (PID, 352, True))
]
NEWS: Json = {"patient": PATIENT, "new_documents": 2, "has_more": False, "was_seen": True}
IDENTITY: Json = {
    "ins": "279035121518989",
    "family_name": "PAT-TROIS",
    "given_names": ["DOMINIQUE", "MARIE-LOUISE"],
    "birth_date": "1979-03-28",
    "sex": "female",
}
_SESSION = {"expires_at": instant(hours=-1)}
ME: dict[str, Json] = {
    PERSON: {
        "role": "patient",
        "display_name": "Dominique PAT-TROIS",
        "profiles": [
            {k: v for k, v in PATIENT.items() if k not in {"sex", "authorised_until"}}
            | {"relation": "self", "ends_at": None}
        ],
        "session": _SESSION,
    },
    PROFESSIONAL: {
        "role": "professional",
        "display_name": "Dr Claire EXEMPLE",
        "rpps": _DOCTOR["rpps"],
        "profession": _DOCTOR["profession"],
        "organisation": {"name": "Cabinet des Tilleuls", "id": "o1"},
        "session": _SESSION,
    },
}


ME[PARENT] = ME[IN_CHILD] = ME[PERSON]
ME |= canned_desk.ME
CHILD_DOCUMENTS = [document(9, "Carnet de vaccination de Léa", "text/plain", b"x", **_OWN)]
CHILD_TRACE: list[Json] = [
    line
    | {"right": "Une personne qui représente l’enfant a donné son autorisation"}
    | {"document": line["document"] and {k: CHILD_DOCUMENTS[0][k] for k in ("id", "title")}}
    for line in TRACE[1:]
]


class Canned:
    """The answers of one page. Change its attributes to change what the server would say."""

    def __init__(self, who: str | None = PERSON, state: str = "full") -> None:
        self.who = who
        self.state = state
        self.asked: list[tuple[str, str]] = []
        self.documents = list(DOCUMENTS.values()) if state == "full" else []
        everything = [one for of in canned_measures.MEASURES.values() for one in of]
        self.born = canned_children.born(LEA) if who == IN_CHILD else None
        if self.born:
            everything = canned_measures.in_child(self.born)
        self.measures = [] if state == "empty" else everything
        self.target = canned_measures.NO_TARGET
        self.children = canned_children.children() if state != "empty" else []
        self.applications = Applications(empty=state == "empty")
        self.desk = canned_desk.Desk(empty=state == "empty")
        self.narratives: dict[str, Json] = {}
        in_child = who == IN_CHILD
        self.messages = Messages(LEA if in_child else PID, is_patient=who != PROFESSIONAL)
        if state == "empty":
            self.messages.of = []
        self.overrides: dict[str, Callable[[Route], None]] = {}

    def install(self, page: Page) -> None:
        """Answer every API request of the page."""
        page.route(re.compile(r"/v1/"), self._answer)

    def count(self, method: str, path: str) -> int:
        """Count the requests made with a method to a path."""
        return self.asked.count((method, path))

    def _answer(self, route: Route) -> None:
        url = urlsplit(route.request.url)
        self.asked.append((route.request.method, url.path))
        for pattern, answer in self.overrides.items():
            if re.search(pattern, f"{route.request.method} {route.request.url}"):
                answer(route)
                return
        if url.path.startswith("/v1/auth/"):
            self._auth(route, url.path)
            return
        if self.state == "error" and not url.path.endswith((PID, "/v1/me")):
            problem(route, 503, "unavailable", "Service indisponible")
        elif said := self._said(route):
            status, body = said
            tag = {"ETag": '"v1"'} if body and "history" in body else None
            send(route, status) if body is None else reply(route, body, status, tag)
        elif url.path.startswith("/v1/conversations"):
            self._conversations(route, url.path.removeprefix("/v1/conversations"))
        elif url.path in {"/v1/me", "/v1/professionals/me/patients"}:
            self._of_caller(route, url.path, url.query)
        else:
            query = {key: values[0] for key, values in parse_qs(url.query).items()}
            of_child = url.path.startswith(f"/v1/patients/{LEA}")
            rest = url.path.removeprefix(f"/v1/patients/{LEA if of_child else PID}")
            self._record(route, rest, query, of_child=of_child)

    def _said(self, route: Route) -> tuple[int, Json | None] | None:
        """Return the status and the body about children, applications or their desk, or None."""
        method, path = route.request.method, urlsplit(route.request.url).path
        if path.startswith((canned_desk.OWN, canned_desk.ALL)):
            body = json.loads(route.request.post_data_buffer or b"{}")
            return self.desk.answer(method, path, urlsplit(route.request.url).query, body)
        if re.search(r"/(consents|consent-requests|catalogue)(/|$)", path):
            body = json.loads(route.request.post_data_buffer or b"{}")
            return self.applications.answer(method, path, body)
        return canned_children.answer(method, path, self.children)

    def _conversations(self, route: Route, rest: str) -> None:
        asked = route.request
        query = {key: values[0] for key, values in parse_qs(urlsplit(asked.url).query).items()}
        is_json = asked.headers.get("content-type", "").startswith("application/json")
        body = json.loads(asked.post_data_buffer or b"{}") if is_json else asked.post_data_buffer
        key = asked.headers.get("idempotency-key")
        said = self.messages.answer(asked.method, rest, query, body, key)
        if said is None:
            problem(route, 404, "not-found", "Introuvable")
        elif said[1] is None:
            send(route, said[0])
        elif isinstance(said[1], bytes):
            kind = next(one["format"] for one in FILES if one["id"] in rest)
            send(route, said[0], said[1], {"Content-Type": kind})
        else:
            reply(route, said[1], said[0])

    def _of_caller(self, route: Route, path: str, query: str) -> None:
        if path == "/v1/me":
            reply(route, self._me())
            return
        soon = "ends_within_days" in query
        items = [] if self.state == "empty" else OWN_PATIENTS[1 if soon else 0 :]
        reply(route, {"items": items, "next": None})

    def _me(self) -> Json:
        me = ME[self.who or PERSON]
        if self.who not in (PARENT, IN_CHILD):
            return me
        own = me["profiles"][0]
        # An empty record is still that of a child.
        of = self.children or canned_children.CHILDREN[:1]
        return me | {"profiles": canned_children.profiles(own, of)}

    def _auth(self, route: Route, path: str) -> None:
        if path.endswith("/logout"):
            self.who = None
            send(route, 204)
        elif self.who is None:
            problem(route, 401, "session-ended", "Session terminée")
        else:
            reply(route, {"access_token": f"token-{len(self.asked)}", "expires_in": 600})

    def _record(
        self, route: Route, rest: str, query: dict[str, str], *, of_child: bool = False
    ) -> None:
        empty = self.state == "empty"
        documents = self.documents
        if of_child and documents:
            documents = CHILD_DOCUMENTS
        trace = CHILD_TRACE if of_child else TRACE
        answers: dict[str, Any] = {
            "": PATIENT,
            "/home": {
                **canned_agenda.at_home(empty=empty),
                "documents": documents[:5],
                "accesses": []
                if empty
                else [one for one in trace if one["actor"]["kind"] != "person"],
                "active_authorisations": 0 if empty else 1,
                "first_steps": ["authorise_doctor", "add_document", "see_trace"] if empty else [],
            },
            "/authorisations": {"items": [] if empty else GRANTS, "next": None},
            "/identity": IDENTITY,
            "/news": NEWS,
            "/v1/professionals/search": {"items": [] if empty else [_DOCTOR]},
            "/v1/patients/lookup": {"patient_id": PID},
        }
        if rest == "/documents":
            group, ref = query.get("specialty"), query.get("author")
            listed = [
                one
                for one in documents
                if group in (None, one["author"]["specialty"]["code"])
                and ref in (None, one["author"]["ref"])
            ]
            self._page(route, listed, query)
        elif rest == "/trace":
            wanted = query.get("outcome")
            lines = [line for line in trace if wanted in (None, line["outcome"])]
            if query.get("others") == "true":
                lines = [line for line in lines if line["actor"]["kind"] != "person"]
            self._page(route, [] if empty else lines, query)
        elif (route.request.method, rest) in (("PUT", "/news"), ("PUT", "/notices/read")):
            send(route, 204)
        elif rest in answers:
            reply(route, answers[rest])
        elif said := canned_agenda.answer(rest, empty=empty):
            reply(route, said)
        else:
            self._measure(route, rest, query)

    def _page(self, route: Route, items: list[Json], query: dict[str, str]) -> None:
        start = int(query.get("cursor", "0"))
        more = start + 50 < len(items)
        reply(
            route, {"items": items[start : start + 50], "next": str(start + 50) if more else None}
        )

    def _measure(self, route: Route, rest: str, query: dict[str, str]) -> None:
        if rest == "/measures":
            reply(route, canned_measures.page(query, self.measures, self.born))
            return
        if rest == "/target":
            reply(route, self.target, headers={"ETag": '"v1"'})
            return
        known = next((one for one in self.measures if rest == f"/measures/{one['id']}"), None)
        if known is None:
            self._document(route, rest)
        elif route.request.method == "DELETE":
            self.measures = [one for one in self.measures if one is not known]
            send(route, 204)
        else:
            reply(route, known)

    def _document(self, route: Route, rest: str) -> None:
        found = re.fullmatch(r"/documents/([^/]+)(/content|/narrative)?", rest)
        every = (*DOCUMENTS.values(), FORMER, *self.documents)
        known = {entry["id"]: entry for entry in every}
        shown = known.get(found[1]) if found else None
        if found is None or shown is None:
            problem(route, 404, "not-found", "Introuvable")
        elif found[2] == "/content":
            wanted = (body for body in CONTENTS.values() if _digest(body) == shown["sha256"])
            send(route, 200, next(wanted, b"x"), {"Content-Type": shown["format"]})
        elif found[2] == "/narrative":
            reply(route, self.narratives.get(shown["id"], NARRATIVE))
        else:
            reply(route, shown, headers={"ETag": '"v1"'})


def reply(
    route: Route, body: Any, status: int = 200, headers: dict[str, str] | None = None
) -> None:
    """Answer with JSON."""
    kind = {"Content-Type": "application/json"}
    send(route, status, json.dumps(body).encode(), kind | (headers or {}))


def problem(route: Route, status: int, slug: str, title: str, **more: Any) -> None:
    """Answer with a problem."""
    body = problems.body(slug, status) | {"title": title} | more
    kind = {"Content-Type": problems.MEDIA_TYPE} | _ALONG.get(status, {})
    send(route, status, json.dumps(body).encode(), kind)


def send(
    route: Route, status: int, body: bytes = b"", headers: dict[str, str] | None = None
) -> None:
    """Answer, and note how what was asked and said strays from the contract."""
    sent = {**(headers or {}), "X-Request-Id": "01JDK9REQUEST000004F7K2MQX"}
    asked, url = route.request, urlsplit(route.request.url)
    exchange = Exchange(
        asked.method,
        url.path + (f"?{url.query}" if url.query else ""),
        {name.lower(): value for name, value in asked.headers.items()},
        asked.post_data_buffer or b"",
        status,
        {name.lower(): value for name, value in sent.items()},
        body,
    )
    STRAYS.extend(f"{asked.method} {url.path}: {fault}" for fault in CONTRACT.faults(exchange))
    route.fulfill(status=status, body=body, headers=sent)
