"""Put fictitious people, professionals, software and applications into the product. Repeatable.

Everything passes through the product's own use cases, as the operator, the people and the
laboratory would do it, so that the gate decides and traces here too. Only the journey's own steps
are left to be played: Dominique's doctor is not authorised, and her TSH result is not there.
"""

from __future__ import annotations

import hashlib
import sys
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from chalicelib.access import usecases as access_usecases
from chalicelib.access.entry import depositor_token
from chalicelib.access.store import AccountRow, GrantRow, generation_of, grant_key
from chalicelib.agenda import store as agenda_store
from chalicelib.agenda import usecases as agenda_usecases
from chalicelib.agenda.model import Draft as AppointmentDraft
from chalicelib.core import clock, rows
from chalicelib.core.rows import Query, patient_key
from chalicelib.core.settings import settings
from chalicelib.http.principal import ActorKind, Principal
from chalicelib.identity import (
    accounts,
    clients,
    registration,
    rules,
    sessions,
    spaces,
    staff,
    store,
)
from chalicelib.identity.model import Provider
from chalicelib.identity.store import ProfessionalRow
from chalicelib.identity.values import parse_finess, parse_ins
from chalicelib.measures import usecases as measures_usecases
from chalicelib.measures.model import COMPONENTS, MeasureKind
from chalicelib.measures.model import Draft as MeasureDraft
from chalicelib.measures.store import MeasureRow
from chalicelib.messaging import store as messaging_store
from chalicelib.messaging import usecases as messaging_usecases
from chalicelib.messaging.model import Opening
from chalicelib.record import usecases as record_usecases
from chalicelib.record.model import Draft
from chalicelib.record.store import ContentRow, content_key
from infra import commands
from infra.loaders import persons, professionals
from infra.local import applications, config, key_files
from infra.local.issuer import personas

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA: Final = Path(__file__).with_name("data")
LABORATORY: Final = "Laboratoire Exemple"
FINESS: Final = "750803447"
# Her general practitioner of before, so that the list of authorisations is not empty.
AUTHORISED: Final = {"dominique": "99700300017"}


@dataclass(frozen=True, slots=True)
class Sample:
    """A fictitious document, and whose record it goes to."""

    persona: str
    file: str
    title: str
    type_code: str
    media_type: str
    care_date: date


SAMPLES: Final = (
    Sample(
        "dominique",
        "numeration.pdf",
        "Numération formule sanguine (exemple)",
        "11502-2",
        "application/pdf",
        date(2026, 9, 14),
    ),
    Sample(
        "gerard",
        "consultation.txt",
        "Compte rendu de consultation (exemple)",
        "11488-4",
        "text/plain",
        date(2026, 10, 2),
    ),
)


@dataclass(frozen=True, slots=True)
class Meeting:
    """A fictitious appointment, so many days from the day of the seed, and who sets it."""

    days: int
    hour: str
    title: str
    place: str
    note: str | None
    is_by_laboratory: bool = False


# Dominique's, for she plays the main story.
MEETINGS: Final = (
    Meeting(9, "09:30", "Consultation (exemple)", "Cabinet Exemple, Paris", None),
    Meeting(16, "08:00", "Prise de sang (exemple)", LABORATORY, "Venir à jeun.", True),
    Meeting(45, "14:15", "Bilan annuel (exemple)", "Cabinet Exemple, Paris", None),
)


@dataclass(frozen=True, slots=True)
class Taken:
    """Figures that Gérard notes each week, one of each day before the seed."""

    kind: MeasureKind
    at: str
    figures: tuple[str, ...]  # the last first; a week without any is empty


TAKEN: Final = (
    Taken(
        MeasureKind.WEIGHT,
        "07:30",
        ("81.2", "81.6", "81.4", "", "82.1", "82.6", "82.4", "83", "83.1", "83.7", "83.5", "84.2"),
    ),
    Taken(
        MeasureKind.BLOOD_PRESSURE,
        "07:40",
        ("131/79", "134/82", "", "", "138/84", "136/81", "142/88", "139/86"),
    ),
)


# What the laboratory's team writes to Dominique, so that a conversation waits for her answer.
LETTER: Final = Opening(
    subject="Votre prise de sang (exemple)",
    body=(
        "Bonjour,\n\nVenez à jeun depuis douze heures. Un verre d’eau est permis.\n"
        "Prenez-vous un traitement pour la thyroïde\u00a0?\n\nL’équipe du laboratoire"
    ),
    as_team=True,
)


def main() -> int:
    """Seed, and say what there is."""
    commands.init()
    directory = professionals.load(DATA / "professionals.txt")
    people = persons.load(DATA / "persons.csv")
    refused = directory.refused + people.refused
    laboratory = _laboratory(config.from_environment().state / "laboratory")
    holders = _holders()
    for sample in SAMPLES:
        _deposit(laboratory, holders[sample.persona], sample)
    _appoint(laboratory, holders["dominique"])
    _write_to(laboratory, holders["dominique"])
    _measure(holders["gerard"])
    for key, rpps in AUTHORISED.items():
        _authorise(holders[key], rpps)
    _enrol()
    referenced = applications.reference(config.from_environment())
    print(f"{referenced} applications")
    print(f"{directory.done} professionals, {people.done} spaces, {refused} refused")
    print(f"{LABORATORY}: client {laboratory.session}")
    return 1 if refused else 0


def _laboratory(folder: Path) -> Principal:
    """Register the laboratory's software with a key pair of this machine, never committed."""
    private, public = key_files.key_pair(folder)
    client_id = commands.register_client(LABORATORY, FINESS, public)
    client = {
        "client_id": client_id,
        "token_endpoint": clients.token_endpoint(),
        "private_key": str(private),
    }
    key_files.write(folder / "client.json", client)
    print(f"private key of {LABORATORY}: {private}")
    principal = _principal(ActorKind.ORGANISATION, parse_finess(FINESS), client_id)
    row = registration.find_client(client_id)
    return replace(principal, generation=generation_of(row))


def _holders() -> dict[str, AccountRow]:
    """Make the accounts of the people who have a space, as if they had logged in once."""
    issuer, now, made = settings().franceconnect.issuer, clock.now(), {}
    for key, persona in personas().items():
        strong = rules.level_is_enough(Provider.FRANCECONNECT, persona["acr"])
        if persona["provider"] != Provider.FRANCECONNECT or not persona["ins"] or not strong:
            continue
        claims = persona["claims"]
        traits = rules.traits_of_claims(claims)
        made[key] = accounts.of_person(issuer, claims["sub"], traits, claims["email"], now)
        found = spaces.find_by_ins(parse_ins(persona["ins"]))
        if found is None or found.pid != made[key].pid:
            raise LookupError(f"the persona {key} and its line of persons.csv differ")
    return made


def _enrol() -> None:
    """Let the operator's people log in, as the command of the operator does."""
    for persona in personas().values():
        if persona["provider"] == Provider.OPERATOR:
            staff.enrol(persona["claims"]["sub"])


def _deposit(laboratory: Principal, holder: AccountRow, sample: Sample) -> None:
    """Deposit a sample, once: asking again would be refused, and stand in the history."""
    draft = Draft(
        title=sample.title,
        type_code=sample.type_code,
        care_date=sample.care_date,
        declared_format=sample.media_type,
        size_bytes=None,
        sha256=None,
    )
    content, pid = (DATA / sample.file).read_bytes(), str(holder.pid)
    mark, digest = depositor_token(pid, laboratory), hashlib.sha256(content).hexdigest()
    if rows.get(ContentRow, *content_key(pid, mark, digest)) is None:
        record_usecases.add_document(laboratory, pid, draft, content, None)


def _appoint(laboratory: Principal, holder: AccountRow) -> None:
    """Set the appointments, once: a record that has any is left alone."""
    pid, today = str(holder.pid), clock.paris_date(clock.now())
    if rows.query(agenda_store.between(pid, None, None, 1)).items:
        return
    with _as_person(holder) as person:
        for meeting in MEETINGS:
            draft = AppointmentDraft(
                title=meeting.title,
                all_day=False,
                start=f"{today + timedelta(days=meeting.days)}T{meeting.hour}",
                end=None,
                zone="Europe/Paris",
                fold=None,
                place=meeting.place,
                note=meeting.note,
                link=None,
                reminders=(24 * 60,),
            )
            author = laboratory if meeting.is_by_laboratory else person
            agenda_usecases.add_appointment(author, pid, draft, None)


def _write_to(laboratory: Principal, holder: AccountRow) -> None:
    """Open the conversation, once: a person who has any is left alone."""
    pid = str(holder.pid)
    if not rows.query(messaging_store.of_person(pid, 1, None)).items:
        messaging_usecases.open_conversation(laboratory, pid, LETTER, None)


def _measure(holder: AccountRow) -> None:
    """Note the measures, once: a person who has any is left alone."""
    pid, today = str(holder.pid), clock.paris_date(clock.now())
    if rows.query(Query(MeasureRow, patient_key(pid), prefix="MEAS#", limit=1)).items:
        return
    with _as_person(holder) as person:
        for taken in TAKEN:
            for week, figures in enumerate(taken.figures):
                if not figures:
                    continue
                said = zip(COMPONENTS[taken.kind], figures.split("/"), strict=True)
                values: dict[str, Decimal] = {name: Decimal(text) for name, text in said}
                at = f"{today - timedelta(days=1 + 7 * week)}T{taken.at}+01:00"
                draft = MeasureDraft(taken.kind, at, values)
                measures_usecases.add_measure(person, pid, draft, None)


@contextmanager
def _as_person(holder: AccountRow) -> Iterator[Principal]:
    """Open a session of a person, which ends here."""
    session, cookie = sessions.new_session(holder, clock.now())
    rows.write([rows.put(session)])
    yield _principal(ActorKind.PERSON, session.uid, sessions.sid_of(cookie))
    sessions.end(cookie)


def _authorise(holder: AccountRow, rpps: str) -> None:
    """Authorise a professional, once, in a session that ends here."""
    pid = str(holder.pid)
    if rows.get(GrantRow, *grant_key(pid, rpps)) is not None:
        return
    directory = (ProfessionalRow, *store.professional_key(rpps))
    with _as_person(holder) as person:
        access_usecases.give_authorisation(person, pid, rpps, directory)


def _principal(kind: ActorKind, actor_id: str, session: str) -> Principal:
    return Principal(kind, actor_id, session, clock.epoch(clock.now()) + 600)


if __name__ == "__main__":
    sys.exit(main())
