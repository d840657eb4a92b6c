"""The first screen of a person, in one request: new documents, last accesses, first steps."""

from collections.abc import Callable, Container
from dataclasses import replace
from typing import Final, Literal, TypeVar, get_args

from pydantic import Field

from chalicelib.access import gate
from chalicelib.access.applications import consents_of
from chalicelib.access.gate import Unit
from chalicelib.access.model import Action, Refusal
from chalicelib.access.store import GrantRow, read_grants
from chalicelib.access.usecases import until_it_holds
from chalicelib.agenda import lists as agenda
from chalicelib.agenda.schemas import AppointmentOut, appointment_out
from chalicelib.agenda.showing import view_wanted
from chalicelib.core import clock, log, rows
from chalicelib.core.errors import Stale
from chalicelib.core.rows import Page, Query, patient_key
from chalicelib.http.endpoint import Answer, Call, NoQuery, Schema, endpoint
from chalicelib.journeys.trace import AccessOut, accesses, is_of_others
from chalicelib.messaging import usecases as messaging
from chalicelib.messaging.store import head_of_person
from chalicelib.notifications import inbox
from chalicelib.oauth import store as consents
from chalicelib.prevention import usecases as prevention
from chalicelib.prevention.model import Recommendation, State
from chalicelib.prevention.schemas import RecommendationOut, recommendation_out
from chalicelib.record import store as documents
from chalicelib.record import usecases as record
from chalicelib.record.schemas import DocumentOut, document_out
from chalicelib.reminders import store as preferences
from chalicelib.trace import store as traces
from chalicelib.trace import usecases as trace
from chalicelib.vault.errors import Tampered

_CARDS: Final = "/v1/patients/{pid}/home/cards"
_SHOWN: Final = 5
_TO_DO: Final = 3
# A line stands for several traces, and her own visits, which are not shown, for most of them.
_TRACES_READ: Final = 100
_MOST_TRACES: Final = 300


Part = Literal["next_appointment", "to_do", "cards", "messages", "applications"]
Card = Literal[
    "first_steps",
    "next_appointment",
    "messages",
    "documents",
    "to_do",
    "accesses",
    "authorisations",
]
T = TypeVar("T")
Keyed = tuple[str, Recommendation]


class CardsBody(Schema):
    """The cards put away from the first screen; what they show is elsewhere, and still told."""

    hidden: list[Card] = Field(max_length=len(get_args(Card)))


class CardsOut(CardsBody):
    """`version` is that of the preferences, which keep them."""

    version: int


class ApplicationsToSee(Schema):
    """How many applications let in ask to agree to new terms, and how many are stopped."""

    to_answer: int
    stopped: int


class Home(Schema):
    """What happened lately; `first_steps` are those never taken, for a space still empty.

    `accesses` are those of others: what she did herself would push them out; what was sent in a
    wrong form, and changed nothing, is in the history alone. `to_do` are at most three
    recommendations, `to_do_more` counts the others, of which `late_more` are late, and
    `unread_notices` counts at most the hundred newest,
    `unread_messages` the conversations with something to read. `unreadable` names the
    parts left empty because what they are made from was altered; the operator is told.
    """

    documents: list[DocumentOut]
    next_appointment: AppointmentOut | None
    to_do: list[RecommendationOut]
    to_do_more: int
    late_more: int
    unread_notices: int
    unread_messages: int
    applications: ApplicationsToSee
    accesses: list[AccessOut]
    active_authorisations: int
    first_steps: list[str]
    unreadable: list[Part]
    cards: CardsOut


@endpoint("GET", "/v1/patients/{pid}/home", answers={200: Home})
def read_home(call: Call[None, NoQuery]) -> Answer:
    """Read the last documents, the last accesses of others and how many professionals may read."""
    pid = gate.resolve(call.principal, call.path["pid"])
    newest = documents.newest_first(pid, _SHOWN, None)
    history = traces.newest_first(pid, limit=_TRACES_READ)
    grants = Query(GrantRow, patient_key(pid), prefix="GRANT#PRO#", limit=100)
    queries = [newest, history, grants, agenda.soonest(pid, clock.now())]
    queries.append(inbox.newest_first(pid))
    queries.append(consents_of(pid))
    wanted = [*view_wanted(call.principal, pid), *prevention.wanted(pid), inbox.mark_wish(pid)]
    wanted.append(head_of_person(pid))
    with gate.enter(call.principal, Action.HOME_READ, pid, wanted=wanted, queries=queries) as unit:
        found = record.newest(unit, newest, unit.pages[0], _SHOWN)
        shown = _last_accesses(unit, history, unit.pages[1])
        parts = Parts()
        coming = parts.read("next_appointment", lambda: agenda.next_of(unit, unit.pages[3]), None)
        known = read_grants(unit.pages[2].items, unit.entry.settings)
        to_do = parts.read("to_do", lambda: prevention.to_do(unit), list[Keyed]())
        home = Home(
            documents=[document_out(document) for document in found],
            next_appointment=appointment_out(coming) if coming else None,
            to_do=[recommendation_out(key, one) for key, one in to_do[:_TO_DO]],
            to_do_more=len(to_do[_TO_DO:]),
            late_more=sum(one.state is State.LATE for _, one in to_do[_TO_DO:]),
            unread_notices=inbox.unread(unit, unit.pages[4]),
            unread_messages=parts.read("messages", lambda: messaging.unread_of(unit, pid), 0),
            applications=parts.read(
                "applications",
                lambda: _applications(unit, unit.pages[5]),
                ApplicationsToSee(to_answer=0, stopped=0),
            ),
            accesses=shown,
            active_authorisations=sum(grant.is_active(unit.now) for grant in known),
            first_steps=_first_steps(has_documents=bool(found), has_authorised=bool(known)),
            cards=parts.read("cards", lambda: _cards(unit), CardsOut(hidden=[], version=0)),
            unreadable=parts.unreadable,
        )
    return Answer(home)


def _applications(unit: Unit, page: Page) -> ApplicationsToSee:
    items = rows.all_items(consents_of(unit.pid), page)
    to_answer, stopped = consents.to_see(unit, items)
    return ApplicationsToSee(to_answer=to_answer, stopped=stopped)


@endpoint("PUT", _CARDS, body=CardsBody, if_match=True, answers={200: CardsOut})
def set_home_cards(call: Call[CardsBody, NoQuery]) -> Answer:
    """Put cards away from one's first screen, or back, all at once."""
    out = until_it_holds(lambda: _set_cards(call))
    return Answer(out, version=out.version)


def _set_cards(call: Call[CardsBody, NoQuery]) -> CardsOut:
    pid = gate.resolve(call.principal, call.path["pid"])
    wish = preferences.preferences_wish(pid)
    with gate.enter(call.principal, Action.PREFERENCES_SET, pid, wanted=[wish]) as unit:
        row = unit.row(*wish)
        version = preferences.version_of(row)
        if call.if_match != version:
            raise Stale
        hidden = _in_order(call.body.hidden)
        chosen = replace(preferences.preferences_of(row), hidden_cards=tuple(hidden))
        unit.put(preferences.preferences_row(pid, chosen, version or None), lost=Stale())
    return CardsOut(hidden=hidden, version=version + 1)


class Parts:
    """What can be shown is, whatever was altered beside it."""

    def __init__(self) -> None:
        """Begin with nothing altered."""
        self.unreadable: list[Part] = []

    def read(self, name: Part, made: Callable[[], T], empty: T) -> T:
        """Return a part, or an empty one if what it is made from was altered."""
        try:
            return made()
        except Tampered as error:
            log.exception("a part of the first screen was altered", error)
            self.unreadable.append(name)
            return empty


def _cards(unit: Unit) -> CardsOut:
    row = unit.row(*preferences.preferences_wish(unit.pid))
    hidden = _in_order(preferences.preferences_of(row).hidden_cards)
    return CardsOut(hidden=hidden, version=preferences.version_of(row))


def _in_order(named: Container[str]) -> list[Card]:
    """Return the cards named, in the order of the screen; what is none is left out."""
    return [card for card in get_args(Card) if card in named]


def _last_accesses(unit: Unit, history: Query, page: Page) -> list[AccessOut]:
    reader = unit.entry.principal.id
    lines, _ = trace.lines(
        unit.pid,
        history,
        page,
        _SHOWN,
        keep=lambda shown: is_of_others(shown, reader) and shown.reason != Refusal.INVALID,
        most=_MOST_TRACES,
    )
    return accesses(unit, lines)


def _first_steps(*, has_documents: bool, has_authorised: bool) -> list[str]:
    steps = []
    if not has_authorised:
        steps.append("authorise_doctor")
    if not has_documents:
        steps.append("add_document")
    return [*steps, "see_trace"] if steps else []
