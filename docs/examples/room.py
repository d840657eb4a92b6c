"""« Téléconsultation », a room: its link goes into the agenda, and its report into the record.

    python room.py CLIENT

A client with keys (`private_key_jwt`). It asks to read appointments, so as to find the one it is
for, to add to it the link by which one joins, and to add the report; it reads no document.
"""

import base64
import hashlib
import sys
from datetime import datetime
from html import escape
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from pages import Go, Site, Visit, form, tell
from smart import RefusedError

SCOPE = "launch/patient offline_access patient/Appointment.crus patient/DocumentReference.c"
WHY = "Reliez votre espace\u00a0: le lien ira dans l’agenda, le compte rendu dans les documents."
VIRTUAL = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Appointment.virtualService"

site = Site("Téléconsultation", WHY, SCOPE, Path(sys.argv[1]))


@site.page("GET /")
def home(visit: Visit, _: dict[str, str]) -> str:
    if site.access(visit) is None:
        return site.offer()
    today = datetime.now().astimezone()
    found = site.call(visit, "GET", f"Appointment?date=ge{today:%Y-%m-%d}&_count=20")
    coming = [one["resource"] for one in found.get("entry", [])]
    ours = [one for one in coming if one["description"].startswith("Consultation")]
    return "<h2>Vos consultations à venir</h2>" + "".join(map(line, ours))


def line(one: dict[str, Any]) -> str:
    """Write an appointment, and what may be done with it."""
    at = f"{datetime.fromisoformat(one['start']):%d/%m à %H\u00a0h\u00a0%M}"
    has_link = any(part["url"] == VIRTUAL for part in one.get("extension", []))
    button = "" if has_link else form("/preparer", "Le faire à distance", id=one["id"])
    return f"<p>{at}\u00a0: {escape(one['description'])}</p>{button}"


@site.page("POST /preparer")
def prepare(visit: Visit, fields: dict[str, str]) -> str:
    """Add to an appointment the link that opens its room: whoever has it may come in."""
    made = site.call(visit, "GET", f"Appointment/{fields.get('id')}")
    name = token_urlsafe(18)
    link = [
        {"url": "_datatype", "valueString": "VirtualServiceDetail"},
        {"url": "address", "valueUrl": f"{site.origin}/salle/{name}"},
    ]
    made["extension"] = [*made.get("extension", []), {"url": VIRTUAL, "extension": link}]
    site.call(visit, "PUT", f"Appointment/{made['id']}", made)
    visit.setdefault("rooms", []).append(name)
    tell(visit, "Le lien pour rejoindre la téléconsultation est dans votre agenda.")
    raise Go("/")


@site.page("GET /salle/*")
def enter(visit: Visit, fields: dict[str, str]) -> str:
    if not any(fields["*"] in one.get("rooms", []) for one in site.visits()):
        raise RefusedError(
            "Cette salle n’existe pas, ou est fermée. Prenez le lien de votre agenda."
        )
    visit["home"] = f"/salle/{fields['*']}"
    if site.access(visit) is None:
        return site.offer()
    here = "<p>Vous êtes en ligne avec le Dr Exemple.</p>"
    return here + form("/terminer", "Terminer la téléconsultation", room=fields["*"])


@site.page("POST /terminer")
def end(visit: Visit, fields: dict[str, str]) -> str:
    """Close the room, and add the report of the call to the record."""
    access = site.linked(visit)
    site.call(
        visit, "POST", "DocumentReference", report(access.patient, datetime.now().astimezone())
    )
    for one in site.visits():
        one["rooms"] = [room for room in one.get("rooms", []) if room != fields.get("room")]
    visit.pop("home", None)
    tell(visit, "C’est terminé. Le compte rendu est dans vos documents.")
    raise Go("/")


def report(patient: str, now: datetime) -> dict[str, Any]:
    """Write a document to publish, with its bytes (ITI-105)."""
    title = "Compte rendu de téléconsultation (exemple)"
    content = pdf(title, f"Le {now:%d/%m/%Y à %H:%M:%S}, Dr Exemple.", "Tout va bien.")
    attachment = {
        "contentType": "application/pdf",
        "title": title,
        "data": base64.b64encode(content).decode(),
        "size": len(content),
        "hash": base64.b64encode(hashlib.sha1(content).digest()).decode(),  # noqa: S324  FHIR's
    }
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "type": {"coding": [{"system": "http://loinc.org", "code": "11488-4"}]},
        "subject": {"reference": f"Patient/{patient}"},
        "date": now.isoformat(timespec="seconds"),
        "author": [{"display": "Dr Exemple"}],
        "custodian": {"display": "Téléconsultation"},
        "content": [{"attachment": attachment}],
        "context": {"period": {"start": now.isoformat(timespec="seconds")}},
    }


def pdf(*lines: str) -> bytes:
    """Write a page of text. A real room has a library for that."""
    shown = " T* ".join(f"({line}) Tj" for line in lines)
    drawn = f"BT /F1 14 Tf 20 TL 60 780 Td {shown} ET".encode("cp1252")
    parts = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources 6 0 R>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        b"<</Font<</F1 5 0 R>>>>",
    )
    written, table = b"%PDF-1.4\n", b""
    for number, part in enumerate(parts, 1):
        table += b"%010d 00000 n \n" % len(written)
        written += b"%d 0 obj%b endobj\n" % (number, part)
    head = b"xref\n0 7\n0000000000 65535 f \n%btrailer<</Size 7/Root 1 0 R>>\n" % table
    return b"%b%bstartxref\n%d\n%%%%EOF\n" % (written, head, len(written))


if __name__ == "__main__":
    site.serve()
