"""« Rendez-vous », a booking site: offers times, and writes the one taken into the person's agenda.

    python booking.py CLIENT

A client with keys (`private_key_jwt`). It asks to add appointments, and to read the agenda so as
to offer no time at which she is taken; it does without the second if it was not allowed.
"""

import sys
from datetime import datetime, time, timedelta
from pathlib import Path
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

from pages import Go, Site, Visit, form, tell
from smart import RefusedError

SCOPE = "launch/patient offline_access patient/Appointment.crus"
WHY = "Reliez votre espace Carnet\u00a0: le rendez-vous ira dans votre agenda."
ZONE = ZoneInfo("Europe/Paris")
TIMEZONE = "http://hl7.org/fhir/StructureDefinition/timezone"
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi")
HOURS = (time(9), time(9, 30), time(14, 15))
AHEAD = 7
LENGTH = timedelta(minutes=20)

site = Site("Rendez-vous", WHY, SCOPE, Path(sys.argv[1]))
one_by_one = Lock()  # nobody takes a time that another is taking


@site.page("GET /")
def home(visit: Visit, _: dict[str, str]) -> str:
    booked = "".join(
        f"<h2>Réservé</h2><p>{said(one)}</p>{form('/annuler', 'Annuler', look='other', start=one)}"
        for one in visit.get("booked", {})
    )
    wish = visit.get("wish")
    if wish is None:
        times = [form("/choisir", said(one), look="other", start=one) for one in offered(visit)]
        return f"{booked}<h2>Dr Exemple, horaires libres</h2>{''.join(times)}"
    chosen = f"<p>Vous avez choisi\u00a0: {said(wish)}, Dr Exemple.</p>"
    if site.access(visit) is None:
        return chosen + site.offer()
    return (
        chosen
        + form("/confirmer", "Confirmer ce rendez-vous")
        + form("/choisir", "Choisir un autre horaire", look="other")
    )


@site.page("POST /choisir")
def choose(visit: Visit, fields: dict[str, str]) -> str:
    visit.pop("wish", None)
    if "start" in fields:
        visit["wish"] = fields["start"]
    raise Go("/")


@site.page("POST /confirmer")
def confirm(visit: Visit, _: dict[str, str]) -> str:
    start, access = visit.pop("wish", ""), site.linked(visit)
    with one_by_one:
        if start not in offered(visit):
            raise RefusedError("Cet horaire vient d’être pris. Choisissez-en un autre.")
        made = site.call(visit, "POST", "Appointment", appointment(access.patient, start))
        visit.setdefault("booked", {})[start] = made["id"]
    tell(visit, "C’est réservé, et noté dans votre agenda.")
    raise Go("/")


@site.page("POST /annuler")
def cancel(visit: Visit, fields: dict[str, str]) -> str:
    known = visit.get("booked", {}).get(fields.get("start"))
    if known is None:
        raise RefusedError("Ce rendez-vous n’est plus là.")
    site.call(visit, "DELETE", f"Appointment/{known}")
    visit["booked"].pop(fields["start"])
    tell(visit, "C’est annulé, dans votre agenda aussi.")
    raise Go("/")


def appointment(patient: str, start: str) -> dict[str, Any]:
    """Write an appointment as FHIR has it."""
    place = {"type": "Location", "display": "Cabinet Exemple, Paris"}
    return {
        "resourceType": "Appointment",
        "status": "booked",
        "description": "Consultation, Dr Exemple",
        "start": start,
        "_start": {"extension": [{"url": TIMEZONE, "valueCode": ZONE.key}]},
        "end": (datetime.fromisoformat(start) + LENGTH).isoformat(),
        "participant": [
            {"actor": {"reference": f"Patient/{patient}"}, "status": "accepted"},
            {"actor": place, "status": "accepted"},
        ],
    }


def offered(visit: Visit) -> list[str]:
    """Return the times of the next days that nobody took, and at which the person is free."""
    taken = {start for other in site.visits() for start in other.get("booked", {})}
    days = [datetime.now(ZONE).date() + timedelta(days=n) for n in range(1, AHEAD + 1)]
    every = [datetime.combine(day, hour, ZONE) for day in days for hour in HOURS]
    hers = agenda(visit, every[0], every[-1])
    return [
        at.isoformat()
        for at in every
        if at.weekday() < len(DAYS) and at.isoformat() not in taken
        if not any(begin < at + LENGTH and at < end for begin, end in hers)
    ]


def agenda(visit: Visit, first: datetime, last: datetime) -> list[tuple[datetime, datetime]]:
    access = site.access(visit)
    if access is None or not access.may("Appointment", "s"):
        return []
    days = f"date=ge{first:%Y-%m-%d}&date=le{last:%Y-%m-%d}"
    found = site.call(visit, "GET", f"Appointment?{days}&_count=100").get("entry", [])
    at = datetime.fromisoformat
    return [(at(one["resource"]["start"]), at(one["resource"]["end"])) for one in found]


def said(start: str) -> str:
    at = datetime.fromisoformat(start)
    return f"{DAYS[at.weekday()]} {at:%d/%m} à {at:%H}\u00a0h\u00a0{at:%M}"


if __name__ == "__main__":
    site.serve()
