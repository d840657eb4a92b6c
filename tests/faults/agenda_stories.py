"""Setting, moving and cancelling an appointment and its reminders; the links calendars read."""

from collections.abc import Callable
from typing import Final

from chalicelib.agenda import feeds
from chalicelib.agenda import usecases as agenda
from chalicelib.agenda.lists import Window, list_appointments
from chalicelib.agenda.model import Detail, Draft, Feed
from chalicelib.audit.model import Trace
from chalicelib.core import rows
from chalicelib.core.errors import NotFound
from chalicelib.core.events import EventType
from chalicelib.http.idempotency import Idempotency
from chalicelib.reminders import store as reminders
from chalicelib.reminders.store import DayCountRow, DueRow, ReminderRow
from tests import double
from tests.worlds import World, appoint

KEY: Final = Idempotency("a" * 64, "h" * 64)
MOVED: Final = "2026-12-10T15:00"
# When it begins, when she is reminded, and the reminders of each day.
NOTHING: Final[tuple[list[object], dict[str, int]]] = ([], {})
SET: Final = ([("2026-12-03T09:30", ["2026-12-02T08:30:00.000Z"])], {"2026-12-02": 1})
LATER: Final = ([(MOVED, ["2026-12-09T14:00:00.000Z"])], {"2026-12-09": 1})
_prepared: Final[dict[str, str]] = {}


def prepare(world: World, travel: object) -> None:
    """Set the appointment that is moved or cancelled."""
    del travel
    _prepared[world.person.pid] = appoint(world.person.principal, world.person.pid)


def add(world: World, title: str) -> object:
    draft = Draft(title, False, "2026-12-03T09:30", None, "Europe/Paris",
                  None, None, None, None, (1440,))  # fmt: skip
    return agenda.add_appointment(world.person.principal, world.person.pid, draft, KEY)


def move(world: World) -> object:
    """Move it as a client does: it looks first, and has nothing to do if it is there already."""
    person, known = world.person, _prepared[world.person.pid]
    one = agenda.read_appointment(person.principal, person.pid, known).appointment
    if one.details.slot.start.isoformat("T", "minutes") == MOVED:
        return None
    changes = {"start": MOVED, "end": None}
    return agenda.change_appointment(person.principal, person.pid, known, changes, one.version)


def cancel(world: World) -> object:
    """Cancel it as a client does: what is gone is cancelled."""
    person, known = world.person, _prepared[world.person.pid]
    try:
        one = agenda.read_appointment(person.principal, person.pid, known).appointment
    except NotFound:
        return None
    agenda.cancel_appointment(person.principal, person.pid, known, one.version)
    return None


def seen(world: World) -> object:
    """Return appointments with their armed instants, each of which waits in a due row."""
    person = world.person
    listing = list_appointments(person.principal, person.pid, Window(), None, 50)
    found = []
    for one in listing.items:
        start = one.appointment.details.slot.start.isoformat("T", "minutes")
        found.append((start, armed(person.pid, one.appointment.id)))
    row = rows.get(DayCountRow, *reminders.day_count_key(person.pid))
    return found, dict(row.days) if row else {}


def armed(pid: str, appointment: str) -> list[str]:
    row = rows.get(ReminderRow, *reminders.reminder_key(pid, appointment))
    if row is None:
        return []
    first = reminders.reminder_of(row).at[0]
    due = reminders.due_row(pid, appointment, first)
    return list(row.at) if rows.get(DueRow, due.pk, due.sk) else ["armed, and never due"]


def one_trace_of(
    verb: str, history: Callable[[World], list[Trace]]
) -> Callable[[World, int], str | None]:
    """Require one trace: what is done is not done again, since the key or the version says so."""

    def check(world: World, tries: int) -> str | None:
        del tries
        action = f"agenda:appointment:{verb}"
        done = [one for one in history(world) if (one.action, one.outcome) == (action, "allowed")]
        return None if len(done) == 1 else f"{len(done)} traces of {verb}"

    return check


# The secret link by which a calendar reads it.


def prepare_link(world: World, travel: object) -> None:
    """Make the link that is read or cut."""
    del travel
    made = add_link(world)
    _prepared["feed"], _prepared["link"] = made.feed.id, made.link


def add_link(world: World) -> feeds.Linked:
    return feeds.add_feed(world.person.principal, world.person.pid, Detail.BUSY, KEY)


def links(world: World) -> tuple[int, int]:
    """Return how many links there are, and how often she was told of one."""
    work = double.tables()[rows.table_name("work")].values()
    told = [item for item in work if item.get("type", {}).get("S") == EventType.CALENDAR_LINKED]
    return len(_links(world)), len(told)


def cut_link(world: World) -> None:
    """Cut it as a client does: what is gone is cut."""
    if _links(world):
        feeds.revoke_feed(world.person.principal, world.person.pid, _prepared["feed"])


def read_link(world: World) -> None:
    del world
    feeds.read_feed(_prepared["link"])


def is_noted_as_read(world: World) -> bool:
    (one,) = _links(world)
    return one.last_read_at is not None


def _links(world: World) -> list[Feed]:
    return feeds.list_feeds(world.person.principal, world.person.pid)[0]
