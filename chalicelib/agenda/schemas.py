"""Bodies of the agenda's routes, as JSON.

Bounds of texts and lists are described here and checked by `rules`, so that everything wrong in an
appointment is said at once.
"""

from dataclasses import asdict
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ModelWrapValidatorHandler, model_validator

from chalicelib.agenda import rules, times
from chalicelib.agenda.feeds import Linked
from chalicelib.agenda.model import Detail, Feed, Notice, RemindersState, Slot
from chalicelib.agenda.showing import Shown
from chalicelib.core import clock
from chalicelib.http import problems
from chalicelib.http.endpoint import Schema
from chalicelib.http.listing import DaysQuery


def _most(length: int) -> Any:  # noqa: ANN401  pydantic's own type
    return Field(json_schema_extra={"maxLength": length})


Title = Annotated[str, _most(rules.MAX_TITLE)]
Place = Annotated[str, _most(rules.MAX_PLACE)]
Note = Annotated[str, _most(rules.MAX_NOTE)]
Link = Annotated[str, _most(rules.MAX_LINK)]
Zone = Annotated[str, Field(description="IANA name, such as Europe/Paris.")]
Wall = Annotated[
    str,
    Field(
        min_length=1,
        description="Wall time `2026-12-03T09:30`; all day: `2026-12-03`, both included.",
    ),
]
Leads = Annotated[
    list[int],
    Field(
        description="Minutes before, at most 28 days; all day: before 09:00 of the first day.",
        json_schema_extra={"maxItems": rules.MAX_LEADS},
    ),
]
Fold = Annotated[int, Field(ge=0, le=1, description="Which, if clocks show that time twice.")]


Recommendation = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{1,3}\.[a-z2-7]{32}$",
        description="`key` of the recommendation it is set for; null once that is not to plan.",
    ),
]


class _Described(Schema):
    """What describes an appointment: wrong in its form, it is told with all that rules refuse."""

    @model_validator(mode="wrap")
    @classmethod
    def _everything_wrong(cls, value: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        return problems.with_rules(
            value,
            handler,
            cls.model_fields,
            lambda sound, wrong: rules.wrong_in_part(sound, wrong, clock.paris_date(clock.now())),
        )


class AppointmentDraft(_Described):
    """An appointment to set. Without an end it lasts half an hour, or the day."""

    title: Title
    all_day: bool = False
    start: Wall
    end: Wall | None = None
    zone: Zone
    fold: Fold | None = None
    place: Place | None = None
    note: Note | None = None
    link: Link | None = None
    reminders: Leads = Field(default_factory=list)
    recommendation: Recommendation | None = None


class AppointmentChanges(_Described):
    """What to change: what is absent stays, null clears."""

    title: Title = ""
    all_day: bool = False
    start: Wall = ""
    end: Wall | None = None
    zone: Zone = ""
    fold: Fold | None = None
    place: Place | None = None
    note: Note | None = None
    link: Link | None = None
    reminders: Leads = Field(default_factory=list)


class AppointmentAuthor(Schema):
    """Who set it; the name is absent for the person herself."""

    kind: Literal["person", "professional", "organisation", "application"]
    name: str | None


class AppointmentAbilities(Schema):
    """What the reader may do with it; screens show buttons from this, never from a role."""

    edit: bool
    cancel: bool
    set_reminders: bool


class AppointmentOut(Schema):
    """An appointment. `start` is what was agreed, in `zone`; `start_shown` that in `zone_shown`.

    `link_author` is the application that added the link, if it set nothing else of it.
    `reminders_past` are those of `reminders` whose own instant is past: none of them will be sent.
    """

    id: str
    title: str
    all_day: bool
    start: str
    end: str
    zone: str
    start_at: str
    end_at: str
    start_shown: str
    end_shown: str
    zone_shown: str
    place: str | None
    note: str | None
    link: str | None
    link_author: AppointmentAuthor | None
    reminders: list[int]
    reminders_past: list[int]
    reminders_state: RemindersState
    recommendation: str | None
    warnings: list[Notice]
    author: AppointmentAuthor
    is_own: bool
    abilities: AppointmentAbilities
    created_at: str
    changed_at: str
    version: int


class AppointmentPage(Schema):
    """A page of appointments; `next` is the cursor of the following one, or null."""

    items: list[AppointmentOut]
    next: str | None


class AgendaQuery(DaysQuery):
    """Which appointments: on these days of the person's, or over (`past`), or to come."""

    past: bool = False


class FeedDraft(Schema):
    """A calendar link to make: `busy` shows « Rendez-vous » and no word of what."""

    detail: Literal["busy", "full"] = "busy"


class FeedOut(Schema):
    """A calendar link; `last_read_at` is the first time it was read on the last day it was."""

    id: str
    detail: Detail
    created_at: str
    last_read_at: str | None


class NewFeedOut(FeedOut):
    """A calendar link just made, with its address: it is shown this once."""

    url: str


class FeedList(Schema):
    """The calendar links of a record, and how many it may have; instants show in `zone_shown`."""

    items: list[FeedOut]
    limit: int
    zone_shown: str


def appointment_out(one: Shown) -> AppointmentOut:
    """Write an appointment as JSON shows it."""
    appointment, details = one.appointment, one.appointment.details
    by = appointment.link_by
    return AppointmentOut(
        **_times_out(details.slot, one.zone),
        id=appointment.id,
        title=details.title,
        place=details.place,
        note=details.note,
        link=details.link,
        link_author=AppointmentAuthor.model_validate(asdict(by.author)) if by else None,
        reminders=list(details.reminders),
        reminders_past=list(one.reminders_past),
        reminders_state=one.reminders_state,
        recommendation=details.recommendation,
        warnings=list(details.warnings),
        author=AppointmentAuthor.model_validate(asdict(appointment.author)),
        is_own=appointment.is_own,
        abilities=AppointmentAbilities(
            edit=appointment.is_own and one.may_change, cancel=True, set_reminders=one.is_for_person
        ),
        created_at=clock.iso(appointment.created_at),
        changed_at=clock.iso(appointment.changed_at),
        version=appointment.version,
    )


def _times_out(slot: Slot, zone: str) -> dict[str, Any]:
    start_at, end_at = times.start_at(slot), times.end_at(slot)
    there = [times.wall(moment, zone)[0] for moment in (start_at, end_at)]
    shown_start, shown_end = (slot.start, slot.end) if slot.all_day else there
    return {
        "all_day": slot.all_day,
        "start": times.written(slot.start, all_day=slot.all_day),
        "end": times.written(slot.end, all_day=slot.all_day),
        "zone": slot.zone,
        "start_at": clock.iso(start_at),
        "end_at": clock.iso(end_at),
        "start_shown": times.written(shown_start, all_day=slot.all_day),
        "end_shown": times.written(shown_end, all_day=slot.all_day),
        "zone_shown": zone,
    }


def feed_out(feed: Feed) -> FeedOut:
    """Write a calendar link as JSON shows it, without its secret."""
    return FeedOut(
        id=feed.id,
        detail=feed.detail,
        created_at=clock.iso(feed.created_at),
        last_read_at=clock.iso(feed.last_read_at) if feed.last_read_at else None,
    )


def new_feed_out(linked: Linked, base_url: str) -> NewFeedOut:
    """Write a calendar link just made, with its address."""
    url = f"{base_url}/v1/calendar/{linked.link}.ics"
    return NewFeedOut(**feed_out(linked.feed).model_dump(), url=url)
