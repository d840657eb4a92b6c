"""What waits for its instant, from the minute's plan to the mailbox, and what a person says of it.

Where a use case is in its route, the route is asked.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from chalicelib.audit.model import Trace
from chalicelib.core import clock, events, rows
from chalicelib.core.errors import Stale
from chalicelib.core.events import EventType
from chalicelib.http.endpoint import Answer, Call
from chalicelib.journeys import home, notices, preferences, relations
from chalicelib.journeys.home import CardsBody
from chalicelib.journeys.notices import Kept, NoticeQuery, UpTo
from chalicelib.journeys.preferences import MailChoices, PreferencesBody, ReminderChoices
from chalicelib.journeys.relations import SeenBody
from chalicelib.notifications import inbox
from chalicelib.prevention import usecases as prevention
from chalicelib.prevention.model import Choice, State
from chalicelib.reminders import rules, store
from chalicelib.reminders.store import HeadRow, TickRow
from chalicelib.workers.plan import plan
from chalicelib.workers.remind import remind
from tests import double
from tests.builders import Actor
from tests.faults.agenda_stories import armed
from tests.workers.lambda_events import from_queue, serve, tick
from tests.worlds import World, appoint

DUE: Final = datetime(2026, 12, 2, 8, 30, tzinfo=UTC)  # of the world's usual appointment
CHOSEN: Final = PreferencesBody(
    zone="Pacific/Noumea",
    quiet_from="21:00",
    quiet_until="08:00",
    mail=MailChoices(document=True, appointment=True, prevention=True),
    remind=ReminderChoices(vaccination=True, screening=True),
)
NO_MAILS: Final = CHOSEN.model_copy(
    update={
        "zone": "Europe/Paris",
        "mail": MailChoices(document=False, appointment=True, prevention=True),
    }
)
Route = Callable[[Call[Any, Any]], Answer]
_known: Final[dict[str, str]] = {}


class Unclear(Exception):  # noqa: N818  an outcome, not a fault
    """The client was not told that it worked."""


# One minute's plan, and the claim of what is due.


def arm_due(world: World, travel: Any) -> None:
    """Set an appointment, and let its reminder be due; other shards have nothing left to do."""
    appoint(world.person.principal, world.person.pid)
    travel.move_to(DUE)
    others = set(rules.ALL_SHARDS) - {rules.shard_of(world.person.pid)}
    for bucket in rules.buckets(rules.bucket_of(DUE - rules.GRACE), DUE + rules.BUCKET):
        row = TickRow(pk="TICK", sk=bucket, kind="tick", shards=others)
        row.ttl = clock.epoch(DUE + rules.ROW_LIFE)
        rows.write([rows.put(row)])


def pair(world: World) -> str:
    bucket, shard = rules.bucket_of(DUE), rules.shard_of(world.person.pid)
    return f'{{"bucket": "{bucket}", "shard": "{shard}"}}'


def plan_a_minute(world: World) -> None:
    del world
    tick(plan)


def planned(world: World) -> bool:
    """Tell whether the pair is in the queue; twice is no harm, since it is claimed once."""
    return pair(world) in double.messages()


def plan_again(world: World, travel: Any) -> None:
    """Let the next minute plan what this one could not."""
    for _ in range(3):
        if planned(world):
            break
        travel.shift(timedelta(minutes=1))
        tick(plan)
    row = rows.get(HeadRow, *store.HEAD_KEY)
    assert row is None or row.bucket <= rules.bucket_of(DUE), "an open bucket was forgotten"


def remind_due(world: World) -> None:
    """Serve the pair, as the queue and every minute's plan bring it again."""
    if serve(remind, from_queue(pair(world))):
        raise Unclear


# What a person answers, reads and chooses.


def ask(
    route: Route, world: World, body: object = None, *, who: Actor | None = None, **path: str
) -> Any:
    """Ask a route, as its person by default, about the first version of something."""
    call: Call[Any, Any] = Call(
        caller=(who or world.person).principal,
        path={"pid": world.person.pid, **path},
        query=NoticeQuery(),
        body=body,
        raw=b"",
        headers={},
        if_match=0,
    )
    return route(call).body


def open_prevention(world: World, travel: object) -> None:
    """Look once, so that her reminder of prevention is armed."""
    del travel
    found = prevention.list_recommendations(world.person.principal, world.person.pid)
    _known["key"] = next(key for key, one in found.items if one.state is State.TO_PLAN)


def put_off(world: World) -> None:
    """Answer « Plus tard »; of an answer that came before, look whether it is this one."""
    person, key = world.person, _known["key"]
    said: dict[str, Any] = {"choice": Choice.LATER, "on": None, "until": date(2027, 1, 5)}
    try:
        prevention.answer_recommendation(person.principal, person.pid, key, version=0, **said)
    except Stale:
        if answered(world)[0] is not State.LATER:
            raise


def answered(world: World) -> tuple[State, list[str]]:
    """Return the state, and the days of the reminders armed with it."""
    found = prevention.list_recommendations(world.person.principal, world.person.pid)
    state = next(one.state for key, one in found.items if key == _known["key"])
    return state, [at[:10] for at in armed(world.person.pid, prevention.SUBJECT)]


def receive_notices(world: World, travel: Any) -> None:
    """Let two documents be announced to her, a minute apart."""
    for name in ("older", "newer"):
        event = events.new_event(EventType.DOCUMENT_ADDED, world.person.pid, world.document)
        inbox.keep(event)
        _known[name] = event.id
        travel.shift(timedelta(minutes=1))


def centre(world: World) -> tuple[int, int]:
    """Return how many notices she has, and how many are unread."""
    found = ask(notices.list_notices, world)
    return len(found.items), found.unread


def read_notices(world: World) -> None:
    ask(notices.mark_notices_read, world, UpTo(up_to=_known["newer"]))


def see_documents(world: World) -> None:
    """Say, as her professional, that the record's documents were seen."""
    body = SeenBody(up_to=max(world.document, world.own))
    ask(relations.mark_news_seen, world, body, who=world.doctor)


def nothing_is_new(world: World) -> bool:
    found = ask(relations.read_news, world, who=world.doctor)
    return bool(found.was_seen and found.new_documents == 0)


def delete_notice(world: World) -> None:
    ask(notices.delete_notice, world, notice_id=_known["older"])


def delete_before(world: World, travel: Any) -> None:
    receive_notices(world, travel)
    delete_notice(world)


def restore_notice(world: World) -> None:
    ask(notices.restore_notice, world, Kept(deleted=False), notice_id=_known["older"])


def delete_notices(world: World) -> None:
    ask(notices.delete_notices, world, UpTo(up_to=_known["newer"]))


def choose(world: World) -> None:
    """Choose another zone; of a choice that came before, look whether it is this one."""
    try:
        ask(preferences.set_preferences, world, CHOSEN)
    except Stale:
        if chosen(world)[0] != CHOSEN.zone:
            raise


def chosen(world: World) -> tuple[str, int]:
    found = ask(preferences.read_preferences, world)
    return found.zone, found.version


def refuse_mails(world: World) -> None:
    """Want no more mails of documents, which arms nothing anew; look at it as `choose` does."""
    try:
        ask(preferences.set_preferences, world, NO_MAILS)
    except Stale:
        if wants_mails(world)[0]:
            raise


def wants_mails(world: World) -> tuple[bool, int]:
    found = ask(preferences.read_preferences, world)
    return found.mail.document, found.version


def put_card_away(world: World) -> None:
    """Hide a card of the first screen; of a choice that came before, look whether it is this."""
    try:
        ask(home.set_home_cards, world, CardsBody(hidden=["first_steps"]))
    except Stale:
        if not hidden_cards(world)[0]:
            raise


def hidden_cards(world: World) -> tuple[list[str], int]:
    row = rows.get(*store.preferences_wish(world.person.pid))
    return list(store.preferences_of(row).hidden_cards), store.version_of(row)


# What must be in the history.


def no_trace(world: World, tries: int) -> None:
    """Workers act for nobody: who set the reminder is in the history already."""
    del world, tries


def once(action: str, history: Callable[[World], list[Trace]]) -> Callable[[World, int], Any]:
    """Require one trace: the version says that it is done."""
    return _between(action, history, lambda _: 1)


def at_each_try(
    action: str, history: Callable[[World], list[Trace]]
) -> Callable[[World, int], Any]:
    """Require a trace of each time it was done: doing it again changes nothing, and is allowed."""
    return _between(action, history, lambda tries: tries)


def _between(
    action: str, history: Callable[[World], list[Trace]], most: Callable[[int], int]
) -> Callable[[World, int], str | None]:
    def check(world: World, tries: int) -> str | None:
        done = [one for one in history(world) if (one.action, one.outcome) == (action, "allowed")]
        return None if 1 <= len(done) <= most(tries) else f"{len(done)} traces of {action}"

    return check
