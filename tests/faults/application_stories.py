"""What an application writes by consent, and what must be true of the record."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from chalicelib.access import applications
from chalicelib.access.permissions import Permission
from chalicelib.agenda import usecases as agenda
from chalicelib.agenda.lists import Window, list_appointments
from chalicelib.agenda.model import Draft as AppointmentDraft
from chalicelib.audit.model import Trace
from chalicelib.core import clock
from chalicelib.http.idempotency import Idempotency
from chalicelib.http.principal import ActorKind, Principal
from chalicelib.measures import usecases as measures
from chalicelib.measures.model import Draft as MeasureDraft
from chalicelib.measures.model import MeasureKind
from chalicelib.oauth import consents
from chalicelib.record import usecases as record
from chalicelib.record.model import Draft
from tests.builders import Actor, a_consent, an_application
from tests.faults import stories
from tests.faults.measure_stories import AT
from tests.worlds import FIGURES, World, appoint

KEY: Final = Idempotency("p" * 64, "h" * 64)
ROOM: Final = "https://visio.exemple/salle"
# Of an appointment that somebody else set: the link to it, and who added that.
DRAFT: Final = AppointmentDraft(
    title="",
    all_day=False,
    start="2026-12-03T09:30",
    end=None,
    zone="Europe/Paris",
    fold=None,
    place=None,
    note=None,
    link=None,
    reminders=(1440,),
    identifier="urn:exemple|42",
)
WITHOUT: Final[list[object]] = [(None, None)]
WITH: Final[list[object]] = [(ROOM, "Balance Exemple")]
_applications: Final[dict[str, Actor]] = {}
_prepared: Final[dict[str, str]] = {}
_left: Final[dict[str, object]] = {}


def allow(world: World, travel: object) -> None:
    """Let an application do everything."""
    del travel
    _applications[world.person.pid] = a_consent(world.person, an_application(), *Permission)


def allow_and_appoint(world: World, travel: object) -> None:
    """Let an application do everything, and set the appointment that it adds its link to."""
    allow(world, travel)
    _prepared[world.person.pid] = appoint(world.doctor.principal, world.person.pid, reminders=())


def who(world: World) -> Principal:
    """Return the application, as a token of its consent has it."""
    return _applications[world.person.pid].principal


def take_back(effect: Callable[[World], object]) -> Callable[[World], object]:
    """Let the person take the consent back meanwhile, and keep in mind what was there then."""

    def act(world: World) -> object:
        pid = world.person.pid
        ref = applications.consent_ref(pid, _applications[pid].id)
        consents.withdraw_consent(world.person.principal, pid, ref)
        _left[pid] = effect(world)
        return None

    return act


def left(world: World) -> object:
    """Return what was there when the consent was taken back."""
    return _left[world.person.pid]


def history(world: World) -> list[Trace]:
    """Open the traces of what the application did."""
    return [one for one in stories.history(world) if one.actor == ActorKind.APPLICATION]


def deposit(world: World) -> object:
    draft = Draft(stories.MARKER, "11502-2", clock.now().date(), "application/pdf", None, None)
    return record.add_document(who(world), world.person.pid, draft, stories.CONTENT, KEY).id


def add_measure(world: World) -> object:
    draft = MeasureDraft(MeasureKind.WEIGHT, AT, FIGURES, stories.MARKER)
    return measures.add_measure(who(world), world.person.pid, draft, KEY)


def put(world: World) -> object:
    """Keep an appointment under a name of the application's own: sent again, it is the same."""
    draft = replace(DRAFT, title=stories.MARKER)
    changes = {"title": stories.MARKER}
    return agenda.put_appointment(who(world), world.person.pid, draft, changes)


def join(world: World) -> object:
    """Add the link as a client does: it looks first, and has nothing to do if it is there."""
    known, pid = _prepared[world.person.pid], world.person.pid
    one = agenda.read_appointment(who(world), pid, known).appointment
    if one.details.link == ROOM:
        return None
    return agenda.change_appointment(who(world), pid, known, {"link": ROOM}, one.version)


def links(world: World) -> object:
    person = world.person
    found = list_appointments(person.principal, person.pid, Window(), None, 50).items
    return [
        (one.appointment.details.link, by.author.name if by else None)
        for one, by in ((one, one.appointment.link_by) for one in found)
    ]
