"""A stand-in for the API, in memory, to draw the screens before the product runs."""

import base64
import hashlib
import json
import re
import struct
import sys
import zlib
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

DIST = Path(__file__).resolve().parents[1] / "dist"
PID = "01JD0PATIENT000000000000AA"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'; trusted-types carnet"
)
TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml",
         ".webmanifest": "application/manifest+json"}


def pdf(pages):
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    kids = []
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    objects.append(font)
    for lines in pages:
        text = "BT /F1 14 Tf 60 780 Td 22 TL " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
        objects.append(f"<< /Length {len(text.encode('cp1252'))} >>\nstream\n{text}\nendstream")
        content = len(objects)
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {content} 0 R "
                       "/Resources << /Font << /F1 3 0 R >> >> >>")
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out, offsets = b"%PDF-1.4\n", []
    for n, obj in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{n} 0 obj\n{obj}\nendobj\n".encode("cp1252")
    xref = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{o:010d} 00000 n \n".encode() for o in offsets)
    return out + f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{xref}\n%%EOF".encode()


def png(width, height):
    rows = b"".join(
        b"\0" + bytes(v for x in range(width) for v in (240 - x * 60 // width, 230, 200 + y * 50 // height))
        for y in range(height)
    )
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def now():
    return datetime.now(UTC)


def iso(when):
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


DOCTOR = {"rpps": "10001234567", "name": "Dr Claire EXEMPLE", "profession": {"code": "10", "label": "Médecin"},
          "place": "Cabinet des Tilleuls, Reims"}
OTHER = {"rpps": "10009876543", "name": "Dr Paul EXEMPLE", "profession": {"code": "10", "label": "Médecin"},
         "place": "Maison de santé du Port, Brest"}
PATIENT = {"patient_id": PID, "family_name": "PAT-TROIS", "given_name": "DOMINIQUE",
           "birth_date": "1979-03-28", "age": 47, "sex": "female"}
CATEGORY = {"BIOLOGIE": "Résultats de biologie", "CPT_REND": "Comptes rendus", "ORD_SOIN": "Ordonnances et soins",
            "RADIO_SC": "Imagerie médicale", "AUTR_DOC": "Autres documents"}

def para(text):
    return {"type": "paragraph", "runs": [{"type": "text", "text": text}]}


def row(*texts, header=False):
    return [{"type": "cell", "blocks": [para(text)], **({"header": True} if header or i == 0 else {})}
            for i, text in enumerate(texts)]


NARRATIVE = {"header": {}, "embedded": None, "sections": [
    {"type": "section", "title": "Hormonologie", "blocks": [
        {"type": "paragraph", "runs": [{"type": "text", "text": "Prélèvement du 20 novembre 2026, "},
                                        {"type": "text", "text": "à jeun", "styles": ["bold"]}, {"type": "break"},
                                        {"type": "text", "text": "Technique : chimiluminescence."}]},
        {"type": "table", "caption": [{"type": "text", "text": "Bilan thyroïdien"}],
         "head": [row("Analyse", "Résultat", "Unité", "Valeurs de référence", "Antériorité", header=True)],
         "body": [row("TSH", "2,41", "mUI/l", "0,27 à 4,20", "2,10"), row("T4 libre", "15,2", "pmol/l", "12,0 à 22,0", "14,8")]}],
     "sections": [{"type": "section", "title": "Interprétation", "blocks": [
         {"type": "list", "items": [[para("Fonction thyroïdienne normale.")], [para("Contrôle dans douze mois.")]]}]}]},
    {"type": "section", "title": "Section sans titre", "blocks": [para("Validé par le biologiste responsable.")]}],
    "attachments": [{"key": "1", "media_type": "image/png", "size_bytes": 900, "sha256": "x", "refused": None,
                     "data": base64.b64encode(png(80, 40)).decode()}]}


class State:
    def __init__(self, size=None):
        self.docs, self.bytes, self.trace, self.auth, self.idem = [], {}, [], {}, {}
        self.fail_refresh = False
        if size == 0:
            return
        d = now()
        self.put("Compte rendu de consultation", "11488-4", "CR ou fiche de consultation", "CPT_REND",
                 "application/pdf", pdf([["Compte rendu de consultation", "", "Page 1 : motif et antécédents."],
                                         ["Page 2 : examen clinique."], ["Page 3 : conduite à tenir."]]),
                 d - timedelta(days=40), DOCTOR["name"], "professional")
        self.put("Photo de l'ordonnance de lunettes", "DOCPAT02", "Ordonnance", "ORD_SOIN", "image/png",
                 png(600, 400), d - timedelta(days=12), None, "person")
        self.put("Notes pour le prochain rendez-vous", "EXPPAT_2", "Autre document", "AUTR_DOC", "text/plain",
                 "Questions à poser :\n- fatigue depuis septembre ;\n- rappel de vaccin ?".encode(),
                 d - timedelta(days=5), None, "person")
        self.put("Bilan thyroïdien", "11502-2", "CR d'examens biologiques", "BIOLOGIE", "application/cda+xml",
                 b"<ClinicalDocument/>", d - timedelta(hours=5), "Laboratoire des Capucins", "organisation")
        for n in range(size or 0):
            self.put(f"Résultat n° {n + 1}", "11502-2", "CR d'examens biologiques", "BIOLOGIE", "text/plain",
                     f"resultat {n}".encode(), d - timedelta(days=n), "Laboratoire des Capucins", "organisation")
        self.docs.sort(key=lambda x: x["deposited_at"], reverse=True)
        me = {"kind": "person", "name": "Vous", "profession": None, "organisation": None}
        lab = {"kind": "organisation", "name": "Laboratoire des Capucins", "profession": None, "organisation": None}
        doc = {"kind": "professional", "name": DOCTOR["name"], "profession": "Médecin", "organisation": "Cabinet des Tilleuls"}
        last = self.docs[0]
        self.log(lab, "a déposé le document", last, "allowed", "Tout établissement qui vous soigne peut déposer.", hours=5)
        self.log(doc, "a ouvert le document", last, "allowed", "Vous l'avez autorisée le 3 novembre 2026.", hours=3, count=12)
        self.log(doc, "a voulu ouvrir votre dossier", None, "refused", "Aucune autorisation n'était en cours.", hours=30)
        self.log(me, "avez ouvert le document", last, "allowed", "C'est votre dossier.", hours=2)
        self.auth[DOCTOR["rpps"]] = self.grant(DOCTOR, d - timedelta(days=20), d - timedelta(days=2))

    def grant(self, card, since, used=None):
        return {**card, "status": "active", "since": iso(since), "valid_until": iso(since + timedelta(days=365)),
                "first_used_at": iso(used) if used else None, "last_change_at": iso(since), "version": 1}

    def log(self, actor, label, doc, outcome, right, hours=0, count=1):
        at = now() - timedelta(hours=hours)
        self.trace.insert(0, {"id": f"t{len(self.trace)}", "at": iso(at), "actor": actor, "action": "x", "label": label,
                              "document": doc and {"id": doc["id"], "title": doc["title"]}, "outcome": outcome,
                              "right": right, "count": count, "first_at": iso(at - timedelta(minutes=25 * (count > 1))),
                              "last_at": iso(at)})
        self.trace.sort(key=lambda x: x["at"], reverse=True)

    def put(self, title, code, label, category, fmt, content, when, who, kind):
        sha = hashlib.sha256(content).hexdigest()
        ident = f"01JD0DOC{len(self.docs):018d}"
        doc = {"id": ident, "title": title, "type": {"code": code, "label": label},
               "category": {"code": category, "label": CATEGORY[category]}, "format": fmt, "size_bytes": len(content),
               "sha256": sha, "care_date": when.date().isoformat(), "deposited_at": iso(when),
               "depositor": {"kind": kind, "name": who},
               "author": {"name": who, "profession": None, "organisation": None},
               "antivirus": {"verdict": "not_scanned", "engine": None}, "warnings": [],
               "abilities": {"read": True, "withdraw": kind == "person"}, "version": 1}
        self.docs.insert(0, doc)
        self.bytes[ident] = content
        return doc


STATE = State()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", kind="application/json", **headers):
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Request-Id", "01JD0REQUEST")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def problem(self, status, slug, title, detail="", **more):
        self.answer(status, {"type": f"/problems/{slug}", "title": title, "status": status, "detail": detail, **more},
                    "application/problem+json")

    def file(self, path):
        file = DIST / path.lstrip("/")
        if not file.is_file():
            if "." in path.rpartition("/")[2]:
                return self.problem(404, "not-found", "Introuvable")
            file = DIST / "index.html"
        kind = TYPES.get(file.suffix, "application/octet-stream")
        return self.answer(200, file.read_bytes(), kind + "; charset=utf-8", Content_Security_Policy=CSP)

    def role(self):
        bearer = self.headers.get("Authorization", "")
        return bearer.removeprefix("Bearer tok-") if bearer.startswith("Bearer tok-") else None

    def do_GET(self):
        self.handle_all()

    do_POST = do_PUT = do_DELETE = do_HEAD = do_GET

    def handle_all(self):
        url = urlsplit(self.path)
        query = {k: v[0] for k, v in parse_qs(url.query).items()}
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        path = url.path
        if path.startswith("/mock/"):
            return self.mock(path, query)
        if not path.startswith("/v1"):
            return self.file(path)
        if path.startswith("/v1/auth/"):
            return self.auth(path, query)
        role = self.role()
        if role is None or STATE.fail_refresh:
            return self.problem(401, "session-ended", "Session terminée")
        body = json.loads(raw) if raw and "json" in self.headers.get("Content-Type", "") else raw
        return self.api(self.command, path, query, body, role)

    def mock(self, path, query):
        global STATE
        if path == "/mock/reset":
            STATE = State(int(query["size"]) if "size" in query else None)
        if path == "/mock/expire":
            STATE.fail_refresh = True
        return self.answer(204)

    def auth(self, path, query):
        if path.endswith("/login"):
            STATE.fail_refresh = False
            role = "pro" if query["provider"] == "psc" else "person"
            return self.answer(303, Location=query["return_to"], Set_Cookie=f"mock={role}; HttpOnly; SameSite=Lax; Path=/")
        cookie = re.search(r"mock=(\w+)", self.headers.get("Cookie", ""))
        if self.headers.get("X-Carnet") != "1":
            return self.problem(403, "forbidden", "Interdit")
        if path.endswith("/logout"):
            return self.answer(204, Set_Cookie="mock=; Max-Age=0; Path=/")
        if not cookie or STATE.fail_refresh:
            return self.problem(401, "session-ended", "Session terminée")
        return self.answer(200, {"access_token": f"tok-{cookie[1]}", "expires_in": 600})

    def api(self, method, path, query, body, role):
        if path == "/v1/me":
            session = {"expires_at": iso(now() + timedelta(hours=1))}
            if role == "person":
                return self.answer(200, {"role": "patient", "display_name": "Dominique PAT-TROIS", "session": session,
                                         "profiles": [{**{k: PATIENT[k] for k in ("patient_id", "given_name", "family_name", "birth_date", "age")}, "relation": "self"}]})
            return self.answer(200, {"role": "professional", "display_name": DOCTOR["name"], "rpps": DOCTOR["rpps"],
                                     "profession": DOCTOR["profession"], "organisation": {"name": "Cabinet des Tilleuls", "id": "o1"}, "session": session})
        if path == "/v1/patients/lookup":
            good = body == {"ins": "279035121518989", "family_name": body["family_name"], "given_name": body["given_name"],
                            "birth_date": "1979-03-28", "sex": "female"} and body["family_name"].upper() == "PAT-TROIS"
            if good and self.allowed():
                return self.answer(200, {"patient_id": PID})
            return self.problem(404, "not-found", "Introuvable")
        if path == "/v1/professionals/search":
            want = body.get("family_name", "").upper()
            items = [c for c in (DOCTOR, OTHER) if c["rpps"] == body.get("rpps") or (want and want in c["name"])]
            return self.answer(200, {"items": items})
        match = re.fullmatch(r"/v1/patients/([^/]+)(/.*)?", path)
        if not match or match[1] != PID or (role == "pro" and not self.allowed()):
            if role == "pro":
                STATE.log({"kind": "professional", "name": DOCTOR["name"], "profession": "Médecin", "organisation": "Cabinet des Tilleuls"},
                          "a voulu ouvrir votre dossier", None, "refused", "Vous lui avez retiré l'accès.")
            return self.problem(404, "not-found", "Introuvable")
        return self.record(method, match[2] or "", query, body, role)

    def allowed(self):
        entry = STATE.auth.get(DOCTOR["rpps"])
        return bool(entry and entry["status"] == "active")

    def page(self, items, query):
        start, limit = int(query.get("cursor", 0)), 50
        more = start + limit < len(items)
        return self.answer(200, {"items": items[start:start + limit], "next": str(start + limit) if more else None})

    def record(self, method, rest, query, body, role):
        if rest == "":
            return self.answer(200, PATIENT, ETag='"v1"')
        if rest == "/home":
            steps = [] if STATE.docs or STATE.trace else ["authorise_doctor", "add_document", "see_trace"]
            return self.answer(200, {"documents": STATE.docs[:5], "accesses": STATE.trace[:5], "first_steps": steps})
        if rest == "/trace":
            return self.page([x for x in STATE.trace if query.get("outcome") in (None, x["outcome"])], query)
        if rest == "/authorisations":
            return self.page(list(STATE.auth.values()), query)
        if rest.startswith("/authorisations/"):
            rpps = rest.rpartition("/")[2]
            if method == "DELETE":
                STATE.auth[rpps] |= {"status": "withdrawn", "last_change_at": iso(now())}
                return self.answer(204)
            card = DOCTOR if rpps == DOCTOR["rpps"] else OTHER
            STATE.auth[rpps] = STATE.grant(card, now())
            return self.answer(201, STATE.auth[rpps])
        if rest == "/documents" and method == "GET":
            items = [d for d in STATE.docs if query.get("category") in (None, d["category"]["code"])
                     and (d["care_date"] or "") >= query.get("from", "")]
            return self.page(items, query)
        if rest == "/documents":
            return self.deposit(body, role)
        return self.document(method, rest, body, role)

    def deposit(self, body, role):
        key = self.headers.get("Idempotency-Key")
        if key in STATE.idem:
            return self.answer(*STATE.idem[key], Idempotent_Replayed="true")
        if body["content"] is None:
            ident = f"pending-{key}"
            STATE.bytes[ident] = body
            answer = (202, {"id": ident, "status": "pending", "upload": {"href": f"/v1/patients/{PID}/documents/{ident}/content", "expires_at": iso(now())}})
            STATE.idem[key] = answer
            return self.answer(*answer)
        return self.store(body, base64.b64decode(body["content"]), role, key)

    def store(self, body, content, role, key=None):
        sha = hashlib.sha256(content).hexdigest()
        if b"<script" in content:
            return self.problem(422, "document-refused", "Document refusé", "Ce fichier contient un programme. Ajoutez une copie sans contenu actif.", reason="active_content")
        for doc in STATE.docs:
            if doc["sha256"] == sha:
                return self.problem(409, "already-deposited", "Déjà déposé", document_id=doc["id"], deposited_at=doc["deposited_at"])
        kind = "person" if role == "person" else "professional"
        doc = STATE.put(body["title"] or "Document", body["type_code"] or "x", "Compte rendu", "CPT_REND", body["format"], content,
                        now(), None if role == "person" else DOCTOR["name"], kind)
        doc["care_date"] = body["care_date"]
        if key:
            STATE.idem[key] = (201, doc)
        return self.answer(201, doc)

    def document(self, method, rest, body, role):
        match = re.fullmatch(r"/documents/([^/]+)(/content|/narrative)?", rest)
        ident = match[1] if match else ""
        if method == "PUT" and match:
            return self.store(STATE.bytes[ident], body, role)
        doc = next((d for d in STATE.docs if d["id"] == ident), None)
        if not match or doc is None:
            return self.problem(404, "not-found", "Introuvable")
        if method == "DELETE":
            STATE.docs.remove(doc)
            return self.answer(204)
        if match[2] == "/content":
            return self.answer(200, STATE.bytes[ident], doc["format"])
        if match[2] == "/narrative":
            return self.answer(200, NARRATIVE) if "cda" in doc["format"] else self.problem(404, "not-found", "Introuvable")
        if role == "pro":
            STATE.log({"kind": "professional", "name": DOCTOR["name"], "profession": "Médecin", "organisation": "Cabinet des Tilleuls"},
                      "a ouvert le document", doc, "allowed", "Vous l'avez autorisée.")
        return self.answer(200, doc, ETag='"v1"')


def serve(port):
    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


if __name__ == "__main__":
    serve(int(sys.argv[1]) if len(sys.argv) > 1 else 8000).serve_forever()
