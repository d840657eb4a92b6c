"""What the server would say of the agenda, of prevention and of notices."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from chalicelib.prevention.model import State
from chalicelib.prevention.schemas import LABELS, ComingOut, RecommendationOut, RuleSource
from tests.browser.canned_messages import OPEN

Json = dict[str, Any]

PARIS, REUNION = "Europe/Paris", "Indian/Reunion"
_TODAY = datetime.now(UTC).replace(hour=9, minute=30, second=0, microsecond=0, tzinfo=None)


def _day(days: int) -> str:
    return (_TODAY + timedelta(days=days)).strftime("%Y-%m-%d")


def _instant(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def appointment(number: int, title: str, days: int, **more: Any) -> Json:
    """Describe an appointment at half past nine in some days."""
    start, end = f"{_day(days)}T09:30", f"{_day(days)}T10:00"
    return {
        "id": f"01JDK8APT{number:017d}",
        "title": title,
        "all_day": False,
        "start": start,
        "end": end,
        "zone": PARIS,
        "start_at": f"{_day(days)}T08:30:00Z",
        "end_at": f"{_day(days)}T09:00:00Z",
        "start_shown": start,
        "end_shown": end,
        "zone_shown": PARIS,
        "place": "12 rue des Capucins, Reims",
        "note": None,
        "link": None,
        "link_author": None,
        "reminders": [1440, 120],
        "reminders_past": [],
        "reminders_state": "armed",
        "recommendation": None,
        "warnings": [],
        "author": {"kind": "person", "name": None},
        "is_own": True,
        "abilities": {"edit": True, "cancel": True, "set_reminders": True},
        "created_at": _instant(-3),
        "changed_at": _instant(-3),
        "version": 1,
        **more,
    }


APPOINTMENTS: list[Json] = [
    appointment(1, "Dentiste", 1, note="Apporter la radio.\nDemander le devis."),
    appointment(
        2,
        "Prise de sang",
        3,
        author={"kind": "organisation", "name": "Laboratoire des Capucins"},
        is_own=False,
        abilities={"edit": False, "cancel": True, "set_reminders": True},
        reminders_state="no_channel",
    ),
    appointment(
        3,
        "Téléconsultation",
        3,
        zone=REUNION,
        start=f"{_day(3)}T12:30",
        end=f"{_day(3)}T13:00",
        link="https://example.org/salle",
        place=None,
    ),
    appointment(
        4, "Séjour à l’hôpital", 6, all_day=True, start=_day(6), end=_day(8),
        start_shown=_day(6), end_shown=_day(8), reminders=[900],
    ),
]  # fmt: skip
FEEDS: list[Json] = [
    {"id": "01JDK8FEED0000000000000001", "detail": "busy", "created_at": _instant(-40),
     "last_read_at": _instant(-1)},
    {"id": "01JDK8FEED0000000000000002", "detail": "full", "created_at": _instant(-2),
     "last_read_at": None},
]  # fmt: skip
PREFERENCES: Json = {
    "zone": PARIS,
    "quiet_from": "21:00",
    "quiet_until": "08:00",
    "mail": {"document": True, "appointment": True, "prevention": False, "message": True},
    "remind": {"vaccination": True, "screening": False},
    "address": "known",
    "version": 0,
}


def _recommended(number: int, title: str, state: State, opens: int, best: int, **more: Any) -> Json:
    """Describe a recommendation as the service does: its schema, its labels, 90 days ahead."""
    return RecommendationOut(
        key=f"1.{chr(ord('a') + number) * 32}",
        title=title,
        state=state.value,
        state_label=LABELS[state],
        window_opens_on=_date(opens),
        recommended_until=_date(best),
        **{
            "kind": "vaccination",
            "reason": "Rappel recommandé à tous les adultes à 45\u00a0ans.",
            "window_closes_on": _date(160),
            "on": None,
            "until": None,
            "appointment_id": None,
            "next_on": None,
            "is_mandatory": False,
            "source": RuleSource(
                text="Calendrier des vaccinations 2025, modifié en décembre 2025",
                reference="calendrier 2025, rappels de l’adulte",
                certainty="B",
                window_certainty="P",
            ),
            **more,
        },
    ).model_dump(mode="json")


def _date(days: int) -> date:
    return date.fromisoformat(_day(days))


RECOMMENDATIONS: list[Json] = [
    _recommended(1, "Vaccin contre la grippe", State.TO_PLAN, -20, 60, window_closes_on=_date(60)),
    _recommended(2, "Rappel diphtérie, tétanos, poliomyélite", State.LATE, -900, -535),
    _recommended(
        3, "Dépistage du cancer du sein", State.UPCOMING, 60, 9000, kind="screening",
        window_closes_on=_date(9000),
    ),
    _recommended(
        4, "Dépistage du cancer du col", State.LATER, -400, 9000, kind="screening",
        window_closes_on=_date(9000), until=_date(30),
    ),
    _recommended(
        5, "Vaccin contre la rougeole", State.DONE, -930, -900, on=_date(-900), next_on=_date(30),
    ),
    _recommended(
        6, "Dépistage du cancer colorectal", State.PLANNED, -400, 9000, kind="screening",
        window_closes_on=_date(9000), on=_date(2), appointment_id=APPOINTMENTS[0]["id"],
    ),
]  # fmt: skip
COMING: list[Json] = [
    ComingOut(
        kind="vaccination", title="Vaccin contre le pneumocoque, dose 2", opens_on=_date(110),
        age_months=4, is_conditional=True,
    ).model_dump(mode="json"),
    ComingOut(
        kind="exam", title="Examen de l’enfant\u00a0: 5e mois", opens_on=_date(110),
        age_months=4, is_conditional=False,
    ).model_dump(mode="json"),
    ComingOut(
        kind="vaccination", title="Rappel diphtérie, tétanos, poliomyélite, à 45\u00a0ans",
        opens_on=_date(400), age_months=45 * 12, is_conditional=False,
    ).model_dump(mode="json"),
]  # fmt: skip
NOTICES: list[Json] = [
    {"id": "01JDK8NTC00000000000000004", "type": "message", "at": _instant(-0.01),
     "zone_shown": PARIS, "is_read": False, "text": "Nouveau message de Dr Claire EXEMPLE",
     "target": {"kind": "conversation", "id": OPEN}},
    {"id": "01JDK8NTC00000000000000003", "type": "reminder", "at": _instant(-0.02),
     "zone_shown": PARIS, "is_read": False, "text": "Rappel : « Dentiste » approche.",
     "target": {"kind": "appointment", "id": APPOINTMENTS[0]["id"]}},
    {"id": "01JDK8NTC00000000000000002", "type": "document", "at": _instant(-1.1),
     "zone_shown": PARIS, "is_read": True, "text": "Un document est arrivé : « Bilan thyroïdien ».",
     "target": {"kind": "document", "id": "01JDK8D0C00000000000000001"}},
    {"id": "01JDK8NTC00000000000000001", "type": "document", "at": _instant(-1.2),
     "zone_shown": PARIS, "is_read": True, "text": "Un document est arrivé.", "target": None},
]  # fmt: skip


def answer(rest: str, *, empty: bool) -> Json | None:
    """Return what the path of a record answers, or None when it is not of these domains."""
    known = {entry["id"]: entry for entry in APPOINTMENTS}
    if rest.startswith("/appointments/"):
        return known.get(rest.removeprefix("/appointments/"))
    answers: dict[str, Json] = {
        "/appointments": {"items": [] if empty else APPOINTMENTS, "next": None},
        "/calendar-feeds": {
            "items": [] if empty else FEEDS,
            "limit": 5,
            "zone_shown": PARIS,
        },
        "/preferences": {**PREFERENCES, **({"address": "none"} if empty else {})},
        "/prevention": {
            "items": [] if empty else RECOMMENDATIONS,
            "today": _day(0),
            "coming": [] if empty else COMING,
            "next_change_on": None,
            "version": 0,
        },
        "/notices": {
            "items": [] if empty else NOTICES,
            "unread": 0 if empty else 2,
            "unread_messages": 0 if empty else 1,
            "next": None,
        },
    }
    return answers.get(rest)


def at_home(*, empty: bool) -> Json:
    """Return what the home screen adds to the rest of a record."""
    return {
        "next_appointment": None if empty else APPOINTMENTS[0],
        "to_do": [] if empty else RECOMMENDATIONS[:2],
        "to_do_more": 0 if empty else 4,
        "late_more": 0 if empty else 2,
        "unread_notices": 0 if empty else 2,
        "unread_messages": 0 if empty else 1,
        "applications": {"to_answer": 0, "stopped": 0 if empty else 1},
        "unreadable": [],
        "cards": {"hidden": [], "version": 0},
    }
