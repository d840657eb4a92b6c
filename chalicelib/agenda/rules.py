"""What makes an appointment acceptable, and what may become of it. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from chalicelib.agenda import times
from chalicelib.agenda.model import Appointment, Details, Draft, Notice, Slot
from chalicelib.core.errors import FieldError, Invalid
from chalicelib.core.text import is_printable

# Source of the lengths: R-AGE-01; the other bounds are ours.
MAX_TITLE: Final = 100
MAX_PLACE: Final = 200
MAX_NOTE: Final = 1000
MAX_LINK: Final = 500
MAX_LEADS: Final = 5
# P, R-AGE-02: the reminder proposed for what an application sets, which says none.
PROPOSED_LEAD_MINUTES: Final = 24 * 60
MAX_LEAD_MINUTES: Final = 28 * 24 * 60
MAX_DAYS: Final = 31
MAX_YEARS_AHEAD: Final = 10
OLDEST: Final = date(1900, 1, 1)
USUAL_LENGTH: Final = timedelta(minutes=30)
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_LINK: Final = re.compile(
    r"https://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d+)?([/?#][!#-;=?-\[\]_a-z~]*)?", re.ASCII
)
_LOOPBACK: Final = re.compile(r"http://127\.0\.0\.1:\d{4,5}/[A-Za-z0-9/_-]*", re.ASCII)
_WHEN: Final = ("start", "end", "zone", "all_day")

# A draft in which nothing is wrong, but that it says no start.
_ANY: Final = Draft(
    title="-",
    all_day=False,
    start="",
    end=None,
    zone="UTC",
    fold=None,
    place=None,
    note=None,
    link=None,
    reminders=(),
)

Checked = tuple[datetime | None, list[FieldError]]


def check(
    draft: Draft, today: date, over_by: datetime | None = None, *, allows_loopback: bool = False
) -> Details:
    """Return what an author asked for, settled; not over by an instant, if one is given.

    `allows_loopback`: its link may be to a program of this machine (a development stage).

    Raises:
        Invalid: everything that is wrong, at once, each with its field.
    """
    errors = [*_texts(draft, allows_loopback=allows_loopback), *_leads(draft)]
    slot, notices, wrong = _slot(draft, today)
    errors += wrong
    if slot and over_by and is_over(slot, over_by):
        errors.append(FieldError("/start", "appointment_over"))
    if errors or slot is None:
        raise Invalid(errors=tuple(errors))
    return Details(
        title=draft.title,
        slot=slot,
        place=draft.place or None,
        note=draft.note or None,
        link=draft.link or None,
        reminders=tuple(sorted(draft.reminders, reverse=True)),
        warnings=tuple(notices),
        recommendation=draft.recommendation,
        identifier=draft.identifier,
    )


def wrong_in_part(
    sound: Mapping[str, Any],
    misshapen: Collection[str],
    today: date,
    *,
    allows_loopback: bool = False,
) -> list[FieldError]:
    """Return what is wrong in some members of a draft, when others have not even the right form.

    What depends on one that is missing or misshapen is left for later.
    """
    named: dict[str, Any] = {"start": f"{today}T12:00", **sound}
    named["reminders"] = tuple(named.get("reminders", ()))
    try:
        check(replace(_ANY, **named), today, allows_loopback=allows_loopback)
    except Invalid as refused:
        unsure = {"/start", "/end"} if "all_day" in misshapen else set()
        spans = set() if "start" in sound else {"end_order", "event_too_long"}
        return [
            one
            for one in refused.errors
            if one.pointer[1:] in sound and one.pointer not in unsure and one.code not in spans
        ]
    return []


def without_texts(draft: Draft) -> Draft:
    """Return a draft of which only the times and reminders can be wrong."""
    return replace(draft, title=_ANY.title, place=None, note=None, link=None)


def _texts(draft: Draft, *, allows_loopback: bool) -> Iterator[FieldError]:
    limits: tuple[tuple[str, str | None, int], ...] = (
        ("title", draft.title, MAX_TITLE),
        ("place", draft.place or None, MAX_PLACE),
        ("note", draft.note or None, MAX_NOTE),
        ("link", draft.link or None, MAX_LINK),
    )
    for name, text, most in limits:
        if text is None:
            continue
        if not text:
            yield FieldError(f"/{name}", "string_too_short", {"min_length": 1})
        elif len(text) > most:
            yield FieldError(f"/{name}", "string_too_long", {"max_length": most})
        if name == "link":
            yield from _link(text, allows_loopback=allows_loopback)
        elif text and not is_printable(text.replace("\n", " ") if name == "note" else text):
            yield FieldError(f"/{name}", "control_character")


def _link(link: str, *, allows_loopback: bool) -> Iterator[FieldError]:
    """Refuse what is not a plain https address: no user, no look-alike letters, no blank."""
    try:
        port = urlsplit(link).port
        plain = bool(_LINK.fullmatch(link)) and port != 0
    except ValueError:
        plain = False
    is_here = allows_loopback and _LOOPBACK.fullmatch(link)
    if not (plain or is_here):
        yield FieldError("/link", "link_https")


def _leads(draft: Draft) -> Iterator[FieldError]:
    if len(draft.reminders) > MAX_LEADS:
        yield FieldError("/reminders", "too_many_leads", {"limit": MAX_LEADS})
    if len(set(draft.reminders)) < len(draft.reminders):
        yield FieldError("/reminders", "repeated_lead")
    if any(not 0 <= lead <= MAX_LEAD_MINUTES for lead in draft.reminders):
        yield FieldError("/reminders", "lead_range", {"days": MAX_LEAD_MINUTES // 1440})


def _slot(draft: Draft, today: date) -> tuple[Slot | None, list[Notice], list[FieldError]]:
    start, errors = _read("/start", draft.start, draft, today)
    end, wrong = _read("/end", draft.end, draft, today) if draft.end else (None, [])
    errors += wrong
    if not times.is_zone(draft.zone):
        errors.append(FieldError("/zone", "unknown_zone"))
    if start is not None and end is not None:
        errors += _span(start, end, draft)
    if start is None or errors:
        return None, [], errors
    slot, notices = _days(start, end, draft) if draft.all_day else _hours(start, end, draft)
    if times.end_at(slot) <= times.start_at(slot):
        return None, [], [FieldError("/end", "end_order")]
    return slot, notices, []


def _span(start: datetime, end: datetime, draft: Draft) -> Iterator[FieldError]:
    """Refuse an end that comes before its start, unless clocks going back may explain it."""
    most = timedelta(days=MAX_DAYS - 1 if draft.all_day else MAX_DAYS)
    if end - start > most:
        yield FieldError("/end", "event_too_long", {"days": MAX_DAYS})
    is_before = end < start if draft.all_day else end <= start
    if is_before and (draft.all_day or not _may_be_twice(end, draft.zone)):
        yield FieldError("/end", "end_order")


def _may_be_twice(shown: datetime, zone: str) -> bool:
    return times.is_zone(zone) and times.is_twice(shown, zone)


def _read(pointer: str, text: str, draft: Draft, today: date) -> Checked:
    if not (_DATE if draft.all_day else _TIME).fullmatch(text):
        return None, [FieldError(pointer, "date_form" if draft.all_day else "time_form")]
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None, [FieldError(pointer, "date_unknown")]
    if read.date() < OLDEST:
        return None, [FieldError(pointer, "date_too_old")]
    if read.date() > _latest(today):
        return None, [FieldError(pointer, "date_too_far", {"years": MAX_YEARS_AHEAD})]
    return read, []


def _latest(today: date) -> date:
    return today.replace(year=today.year + MAX_YEARS_AHEAD, day=min(today.day, 28))


def _days(start: datetime, end: datetime | None, draft: Draft) -> tuple[Slot, list[Notice]]:
    return Slot(all_day=True, start=start, end=end or start, zone=draft.zone), []


def _hours(start: datetime, end: datetime | None, draft: Draft) -> tuple[Slot, list[Notice]]:
    """Settle wall times that clocks skip or show twice; the end is the first after the start."""
    zone, notices = draft.zone, []
    if times.is_skipped(start, zone):
        notices.append(Notice.START_MOVED)
    if times.is_twice(start, zone) and draft.fold is None:
        notices.append(Notice.START_TWICE)
    begins = times.instant(start, zone, (draft.fold or 0) if times.is_twice(start, zone) else 0)
    if end is None:
        ends = begins + USUAL_LENGTH
    else:
        if times.is_skipped(end, zone):
            notices.append(Notice.END_MOVED)
        ends = times.instant(end, zone)
        if ends <= begins and times.is_twice(end, zone):
            ends = times.instant(end, zone, 1)
    first, fold_start = times.wall(begins, zone)
    last, fold_end = times.wall(ends, zone)
    slot = Slot(
        all_day=False, start=first, end=last, zone=zone, fold_start=fold_start, fold_end=fold_end
    )
    return slot, notices


def is_over(slot: Slot, now: datetime) -> bool:
    """Tell whether it has ended."""
    return times.end_at(slot) <= now


def moves(before: Draft, after: Draft) -> bool:
    """Tell whether a change is one of when."""
    return any(getattr(before, name) != getattr(after, name) for name in _WHEN)


def may_set_link(before: Appointment, after: Details, mark: str) -> bool:
    """Tell whether a change is one that an application may make of what somebody else set.

    It adds the link by which one joins, or changes that link if it added it; nothing else (the room
    of a remote consultation is often not where the appointment was booked).
    """
    details, by = before.details, before.link_by
    is_free = details.link is None or (by is not None and by.mark == mark)
    return is_free and replace(details, link=after.link) == after


def days(slot: Slot, zone: str) -> tuple[date, date]:
    """Return the first and last day of an appointment in a zone; all day: as it was said."""
    if slot.all_day:
        return slot.start.date(), slot.end.date()
    begins = times.wall(times.start_at(slot), zone)[0].date()
    ends = times.wall(times.end_at(slot) - timedelta(milliseconds=1), zone)[0].date()
    return begins, ends


def touches(slot: Slot, first: date | None, last: date | None, zone: str) -> bool:
    """Tell whether an appointment is, even in part, on these days of a zone; all-day ones as said.

    Bounds are included; None: no bound.
    """
    begins, ends = days(slot, zone)
    return (last is None or begins <= last) and (first is None or ends >= first)


def draft_of(details: Details) -> Draft:
    """Return what would ask for an appointment as it is, to be changed in part."""
    slot = details.slot
    return Draft(
        title=details.title,
        all_day=slot.all_day,
        start=times.written(slot.start, all_day=slot.all_day),
        end=times.written(slot.end, all_day=slot.all_day),
        zone=slot.zone,
        fold=slot.fold_start,
        place=details.place,
        note=details.note,
        link=details.link,
        reminders=details.reminders,
        recommendation=details.recommendation,
        identifier=details.identifier,
    )
