"""Appointments as iCalendar (RFC 5545), written by a library that is loaded on first use.

Instants are written in UTC, so that no calendar needs our zones; whole days are written as days.
Nothing repeats, and no line is ours to fold or escape: the library does it (A23).
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.agenda import times
from chalicelib.agenda.model import Appointment, Detail

if TYPE_CHECKING:
    from icalendar import Alarm, Event

BUSY: Final = "Rendez-vous"
NAME: Final = "Mes rendez-vous"
_PRODUCT: Final = "-//Carnet//Agenda//FR"
_DAY: Final = timedelta(days=1)


def one(appointment: Appointment) -> bytes:
    """Write one appointment, with an alarm for each of its reminders."""
    from chalicelib.agenda.ical_text import Text  # noqa: PLC0415  loads the library

    event = _event(appointment, Detail.FULL)
    details = appointment.details
    if details.note:
        event.add("description", Text(details.note))
    if details.link:
        event.add("url", details.link)
    shift = times.reminded_from(details.slot) - times.start_at(details.slot)
    for minutes in details.reminders:
        event.add_component(_alarm(shift - timedelta(minutes=minutes)))
    return _calendar([event])


def feed(appointments: Iterable[Appointment], detail: Detail) -> bytes:
    """Write what a calendar's link shows; `BUSY`: no word of what, `FULL`: its title and place.

    Notes and links of a consultation are in no feed: who reads it keeps what it read.
    """
    return _calendar([_event(appointment, detail) for appointment in appointments], NAME)


def _calendar(events: Iterable["Event"], name: str | None = None) -> bytes:
    from icalendar import Calendar  # noqa: PLC0415  slow to load, seldom needed

    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    if name:
        calendar.add("x-wr-calname", name)
    for event in events:
        calendar.add_component(event)
    raw: bytes = calendar.to_ical()
    return raw


def _event(appointment: Appointment, detail: Detail) -> "Event":
    from icalendar import Event  # noqa: PLC0415  idem

    from chalicelib.agenda.ical_text import Text  # noqa: PLC0415  idem

    details, event = appointment.details, Event()
    event.add("uid", f"{appointment.id}@carnet")
    event.add("dtstamp", appointment.changed_at)
    event.add("sequence", appointment.version - 1)
    if details.slot.all_day:
        event.add("dtstart", details.slot.start.date())
        event.add("dtend", details.slot.end.date() + _DAY)
    else:
        event.add("dtstart", times.start_at(details.slot))
        event.add("dtend", times.end_at(details.slot))
    event.add("class", "PRIVATE")
    event.add("summary", Text(details.title) if detail is Detail.FULL else BUSY)
    if detail is Detail.FULL and details.place:
        event.add("location", Text(details.place))
    return event


def _alarm(trigger: timedelta) -> "Alarm":
    from icalendar import Alarm  # noqa: PLC0415  idem

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", BUSY)
    alarm.add("trigger", trigger)
    return alarm
