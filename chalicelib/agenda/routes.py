"""Routes of appointments and calendar links."""

import hashlib
import re
from functools import partial
from typing import Any, Final

from chalicelib.access import gate
from chalicelib.agenda import feeds, ical, lists, usecases
from chalicelib.agenda.lists import Window
from chalicelib.agenda.model import Detail, Draft
from chalicelib.agenda.schemas import (
    AgendaQuery,
    AppointmentChanges,
    AppointmentDraft,
    AppointmentOut,
    AppointmentPage,
    FeedDraft,
    FeedList,
    NewFeedOut,
    appointment_out,
    feed_out,
    new_feed_out,
)
from chalicelib.agenda.showing import Shown
from chalicelib.core.errors import TooMany
from chalicelib.core.settings import settings
from chalicelib.http.conditions import is_unchanged
from chalicelib.http.endpoint import Answer, Call, NoQuery, endpoint
from chalicelib.storage.names import content_disposition

_ALL: Final = "/v1/patients/{pid}/appointments"
_ONE: Final = "/v1/patients/{pid}/appointments/{appointment_id}"
_FEEDS: Final = "/v1/patients/{pid}/calendar-feeds"
_LINK: Final = re.compile(r"1\.[0-9A-Za-z_-]{100,200}\.ics", re.ASCII)
_CALENDAR: Final = "text/calendar"
_CALENDAR_TYPE: Final = {"Content-Type": f"{_CALENDAR}; charset=utf-8"}
_FRESH_SECONDS: Final = 900


@endpoint("GET", _ALL, query=AgendaQuery, answers={200: AppointmentPage})
def list_appointments(call: Call[None, AgendaQuery]) -> Answer:
    """List the appointments the caller may see: to come, over, or on some days."""
    query = call.query
    listing = lists.list_appointments(
        call.principal,
        gate.resolve(call.principal, call.path["pid"]),
        Window(*query.days(), query.past),
        query.cursor,
        query.limit,
    )
    return Answer(
        AppointmentPage(items=[appointment_out(one) for one in listing.items], next=listing.next)
    )


@endpoint("POST", _ALL, body=AppointmentDraft, idempotent=True, answers={201: AppointmentOut})
def add_appointment(call: Call[AppointmentDraft, NoQuery]) -> Answer:
    """Set an appointment, and its reminders."""
    pid = gate.resolve(call.principal, call.path["pid"])
    one = usecases.add_appointment(call.principal, pid, _draft(call.body), call.idempotency)
    return Answer(
        appointment_out(one),
        status=201,
        version=one.appointment.version,
        headers={"Location": f"/v1/patients/{call.path['pid']}/appointments/{one.appointment.id}"},
    )


@endpoint("GET", _ONE, answers={200: AppointmentOut})
def read_appointment(call: Call[None, NoQuery]) -> Answer:
    """Read one appointment."""
    pid = gate.resolve(call.principal, call.path["pid"])
    return _answer(usecases.read_appointment(call.principal, pid, call.path["appointment_id"]))


@endpoint("PATCH", _ONE, body=AppointmentChanges, if_match=True, answers={200: AppointmentOut})
def change_appointment(call: Call[AppointmentChanges, NoQuery]) -> Answer:
    """Change an appointment, and move its reminders with it."""
    pid = gate.resolve(call.principal, call.path["pid"])
    changes: dict[str, Any] = {
        name: getattr(call.body, name) for name in call.body.model_fields_set
    }
    if "reminders" in changes:
        changes["reminders"] = tuple(changes["reminders"])
    return _answer(
        usecases.change_appointment(
            call.principal, pid, call.path["appointment_id"], changes, call.if_match or 0
        )
    )


@endpoint("DELETE", _ONE, if_match=True, answers={204: None})
def cancel_appointment(call: Call[None, NoQuery]) -> Answer:
    """Cancel an appointment, and its reminders."""
    pid = gate.resolve(call.principal, call.path["pid"])
    usecases.cancel_appointment(
        call.principal, pid, call.path["appointment_id"], call.if_match or 0
    )
    return Answer(status=204)


@endpoint("GET", _ONE + "/ics", answers={200: _CALENDAR})
def export_appointment(call: Call[None, NoQuery]) -> Answer:
    """Take one appointment to a calendar."""
    pid = gate.resolve(call.principal, call.path["pid"])
    one = usecases.export_appointment(call.principal, pid, call.path["appointment_id"])
    disposition = content_disposition("rendez-vous.ics", "attachment")
    return Answer(
        ical.one(one.appointment), headers=_CALENDAR_TYPE | {"Content-Disposition": disposition}
    )


@endpoint("GET", _FEEDS, answers={200: FeedList})
def list_calendar_feeds(call: Call[None, NoQuery]) -> Answer:
    """List the calendar links, without their secrets."""
    pid = gate.resolve(call.principal, call.path["pid"])
    found, zone = feeds.list_feeds(call.principal, pid)
    items = [feed_out(feed) for feed in found]
    return Answer(FeedList(items=items, limit=feeds.MAX_FEEDS, zone_shown=zone))


@endpoint("POST", _FEEDS, body=FeedDraft, idempotent=True, answers={201: NewFeedOut})
def add_calendar_feed(call: Call[FeedDraft, NoQuery]) -> Answer:
    """Make a calendar link; its address is shown this once."""
    pid = gate.resolve(call.principal, call.path["pid"])
    linked = feeds.add_feed(call.principal, pid, Detail(call.body.detail), call.idempotency)
    return Answer(new_feed_out(linked, settings().public_base_url), status=201)


@endpoint("DELETE", _FEEDS + "/{feed_id}", answers={204: None})
def revoke_calendar_feed(call: Call[None, NoQuery]) -> Answer:
    """Cut a calendar link, effective on its next use."""
    pid = gate.resolve(call.principal, call.path["pid"])
    feeds.revoke_feed(call.principal, pid, call.path["feed_id"])
    return Answer(status=204)


_of_link = partial(
    endpoint,
    path="/v1/calendar/{link}",
    public=True,
    patterns={"link": _LINK},
    answers={200: _CALENDAR, 304: None},
    problems=[TooMany(retry_after_seconds=60)],
)


@_of_link("GET")
def read_calendar(call: Call[None, NoQuery]) -> Answer:
    """Read the appointments to come by a secret link, as a calendar does."""
    content = feeds.read_feed(call.path["link"].removesuffix(".ics"))
    raw = ical.feed(content.appointments, content.detail)
    tag = f'"{hashlib.sha256(raw).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": f"private, max-age={_FRESH_SECONDS}"}
    if is_unchanged(call.headers.get("if-none-match"), tag):
        return Answer(status=304, headers=headers)
    return Answer(raw, headers=headers | _CALENDAR_TYPE)


@_of_link("HEAD")
def check_calendar(call: Call[None, NoQuery]) -> Answer:
    """Say what reading a secret link would, headers only: some calendars ask before they read."""
    return read_calendar(call)


def _draft(body: AppointmentDraft) -> Draft:
    return Draft(**body.model_dump() | {"reminders": tuple(body.reminders)})


def _answer(one: Shown) -> Answer:
    return Answer(appointment_out(one), version=one.appointment.version)
