"""What the server would say of the agenda: appointments, links for calendars, preferences."""

from typing import Any

Json = dict[str, Any]

_ID = "01JDKA7YV2M9F3Q8ZT5X1C4B6{}"


def appointment(letter: str, title: str, start: str, end: str, **more: Any) -> Json:
    """Return an appointment in Paris, in winter."""
    return {
        "id": _ID.format(letter),
        "title": title,
        "all_day": False,
        "start": start,
        "end": end,
        "zone": "Europe/Paris",
        "start_at": f"{start}:00.000Z",
        "end_at": f"{end}:00.000Z",
        "start_shown": start,
        "end_shown": end,
        "zone_shown": "Europe/Paris",
        "place": None,
        "note": None,
        "link": None,
        "reminders": [],
        "reminders_state": "none",
        "warnings": [],
        "author": {"kind": "person", "name": None},
        "is_own": True,
        "abilities": {"edit": True, "cancel": True, "set_reminders": True},
        "created_at": "2026-11-20T09:00:00.000Z",
        "changed_at": "2026-11-20T09:00:00.000Z",
        "version": 1,
    } | more


OWN = appointment(
    "A",
    "Dentiste",
    "2026-11-24T09:30",
    "2026-11-24T10:00",
    place="12 rue des Tilleuls, Reims",
    note="Apporter la carte Vitale.",
    link="https://visio.exemple/salle",
    reminders=[1440, 120],
    reminders_state="armed",
)
THEIRS = appointment(
    "B",
    "Prise de sang",
    "2026-11-24T11:15",
    "2026-11-24T11:30",
    author={"kind": "organisation", "name": "Laboratoire Exemple"},
    is_own=False,
    reminders=[1440],
    reminders_state="no_channel",
    abilities={"edit": False, "cancel": True, "set_reminders": True},
)
ALL_DAY = appointment(
    "C",
    "Cure",
    "2026-12-07",
    "2026-12-11",
    all_day=True,
    start_shown="2026-12-07",
    end_shown="2026-12-11",
)
APPOINTMENTS = [OWN, THEIRS, ALL_DAY]
FEEDS = [
    {
        "id": _ID.format("F"),
        "detail": "busy",
        "created_at": "2026-11-01T10:00:00.000Z",
        "last_read_at": "2026-11-23T06:00:00.000Z",
    }
]
PREFERENCES = {
    "zone": "Europe/Paris",
    "quiet_from": "21:00",
    "quiet_until": "08:00",
    "mail": {"document": True, "appointment": True, "prevention": True},
    "address": "verified",
    "version": 0,
}


def answers(*, empty: bool) -> dict[str, Json]:
    """Return what each address of the agenda says."""
    return {
        "/appointments": {"items": [] if empty else APPOINTMENTS, "next": None},
        "/calendar-feeds": {"items": [] if empty else FEEDS},
        "/preferences": PREFERENCES,
        **{f"/appointments/{one['id']}": one for one in APPOINTMENTS},
    }
