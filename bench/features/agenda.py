"""Appointments, and links by which a calendar reads them."""

from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from bench.asking import Operation, ask, get, remember
from chalicelib.core import clock
from tests.http_client import Client, Reply
from tests.worlds import World, appoint

_LIST: Final = "/v1/patients/{pid}/appointments"
_ONE: Final = _LIST + "/{appointment}"
_LINKS: Final = "/v1/patients/{pid}/calendar-feeds"
_link = ask("POST", _LINKS, json={"detail": "busy"})


def in_days(count: int) -> str:
    """Return a day to come: past, an appointment would have no reminder."""
    return str(clock.paris_date(clock.now()) + timedelta(days=count))


def prepare(world: World, http: Client) -> None:
    """Set an appointment with a reminder, and make a link."""
    made = _link(world, http).json()
    start = f"{in_days(10)}T09:30"
    remember(
        world,
        appointment=appoint(world.person.principal, world.person.pid, start=start),
        calendar=urlsplit(made["url"]).path,
        feed=made["id"],
    )


def _add(world: World, http: Client) -> Reply:
    body = {
        "title": "Consultation",
        "start": f"{in_days(10)}T09:30",
        "zone": "Europe/Paris",
        "reminders": [1440, 60],
    }
    return ask("POST", _LIST, json=body)(world, http)


def _move(world: World, http: Client) -> Reply:
    body = {"start": f"{in_days(11)}T09:30", "end": None}
    return ask("PATCH", _ONE, json=body)(world, http)


OPERATIONS: Final = (
    Operation("add_appointment", _add, 201),
    Operation("upcoming_appointments", get(_LIST)),
    Operation("one_appointment", get(_ONE)),
    Operation("move_appointment", _move),
    Operation("cancel_appointment", ask("DELETE", _ONE), 204),
    Operation("appointment_ics", get(f"{_ONE}/ics")),
    Operation("calendar_links", get(_LINKS)),
    Operation("add_calendar_link", _link, 201),
    Operation("cut_calendar_link", ask("DELETE", f"{_LINKS}/{{feed}}"), 204),
    Operation("calendar_feed", get("{calendar}", None)),
    Operation("check_calendar", ask("HEAD", "{calendar}", None)),
)
