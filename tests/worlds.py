"""One small world with every relation in it, made once an hour and put back for each test."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from chalicelib.access import tokens
from chalicelib.agenda import usecases as agenda
from chalicelib.agenda.model import Draft as AppointmentDraft
from chalicelib.core import clock
from chalicelib.http.principal import ActorKind, Principal
from chalicelib.measures import usecases as measures
from chalicelib.measures.model import Draft as MeasureDraft
from chalicelib.measures.model import MeasureKind
from chalicelib.record import usecases
from chalicelib.record.model import Draft
from tests import double
from tests.builders import (
    Actor,
    Patient,
    a_doctor,
    a_grant,
    a_laboratory,
    a_pdf,
    a_person,
    a_publisher,
    an_operator,
)

FIGURES = {"weight": Decimal("72.4")}
SEXES = {"F": "female", "M": "male", "U": "unknown"}


@dataclass(frozen=True, slots=True)
class World:
    """A person and all who may come near her record."""

    person: Patient
    other: Patient
    doctor: Actor
    colleague: Actor
    laboratory: Actor
    rival: Actor
    publisher: Actor
    operator: Actor
    document: str
    own: str
    upload: str

    def handle(self, laboratory: Actor, patient: Patient | None = None) -> str:
        """Return what a lookup gives an organisation, as of now."""
        pid = (patient or self.person).pid
        return tokens.new_handle(pid, laboratory.id, clock.now())[0]

    def lookup(self, patient: Patient | None = None) -> dict[str, str]:
        """Return the body of a lookup that finds somebody."""
        identity = (patient or self.person).identity
        traits = identity.traits
        return {
            "ins": identity.ins.matricule,
            "family_name": traits.family_name,
            "given_name": traits.given_names[0],
            "birth_date": str(traits.birth_date),
            "sex": SEXES[traits.sex],
        }


def deposit(actor: Principal, pid: str, *, title: str = "Compte rendu") -> str:
    """Deposit one PDF that nobody deposited before, and return its id."""
    code = None if actor.kind is ActorKind.PERSON else "11502-2"
    draft = Draft(title, code, clock.now().date(), "application/pdf", None, None)
    return usecases.add_document(actor, pid, draft, a_pdf(), None).id


def appoint(
    actor: Principal,
    pid: str,
    *,
    start: str = "2026-12-03T09:30",
    reminders: tuple[int, ...] = (1440,),
) -> str:
    """Set an appointment, and return its id."""
    draft = AppointmentDraft(
        title="Consultation",
        all_day=False,
        start=start,
        end=None,
        zone="Europe/Paris",
        fold=None,
        place=None,
        note=None,
        link=None,
        reminders=reminders,
    )
    return agenda.add_appointment(actor, pid, draft, None).appointment.id


def measure(actor: Principal, pid: str, *, at: str = "2026-11-20T07:30+01:00") -> str:
    """Add a weight, and return its id."""
    draft = MeasureDraft(MeasureKind.WEIGHT, at, FIGURES)
    return measures.add_measure(actor, pid, draft, None).id


def pressure(actor: Principal, pid: str, *, at: str = "2026-11-20T07:30+01:00") -> str:
    """Add a blood pressure, and return its id."""
    figures = {"systolic": Decimal(128), "diastolic": Decimal(79)}
    draft = MeasureDraft(MeasureKind.BLOOD_PRESSURE, at, figures)
    return measures.add_measure(actor, pid, draft, None).id


def announce(actor: Principal, pid: str, content: bytes, *, title: str = "Suite") -> str:
    """Announce one PDF whose content follows, and return its id."""
    draft = Draft(title, "11502-2", clock.now().date(), "application/pdf", len(content), None)
    return usecases.announce_document(actor, pid, draft, None).document_id


UPLOADED = a_pdf("announced and sent later")


def build(mark: str = "") -> World:
    """Make the world through the product's own use cases; a mark is in every name and title."""
    person, other = a_person(family_name=mark or None), a_person()
    doctor, colleague = (
        a_doctor(family_name=mark or "EXEMPLE"),
        a_doctor(family_name=mark or "AUTRE"),
    )
    laboratory = a_laboratory(name=f"Laboratoire {mark or 'Exemple'}")
    rival = a_laboratory(name="Laboratoire Rival")
    title = f"Compte rendu {mark}".strip()
    a_grant(person, doctor)
    return World(
        person=person,
        other=other,
        doctor=doctor,
        colleague=colleague,
        laboratory=laboratory,
        rival=rival,
        publisher=a_publisher(),
        operator=an_operator(),
        document=deposit(laboratory.principal, person.pid, title=title),
        own=deposit(person.principal, person.pid, title=title),
        upload=announce(laboratory.principal, person.pid, UPLOADED, title=title),
    )


_made: dict[tuple[datetime, str], tuple[World, double.Snapshot]] = {}


def restored(mark: str = "") -> World:
    """Put the world back as it was made; sessions in it end, so it is made anew each hour."""
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    if (hour, mark) not in _made:
        made = build(mark)
        _made[hour, mark] = (made, double.snapshot())
    world, saved = _made[hour, mark]
    double.restore(saved)
    double.new_process()
    return world
