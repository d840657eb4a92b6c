"""Appointments through the gate: who sets, sees, changes and cancels them, and their reminders."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.agenda.store import EventRow, event_key
from chalicelib.core import ids, rows
from chalicelib.core.rows import table_name
from chalicelib.reminders.store import DayCountRow, ReminderRow, day_count_key, reminder_key
from tests import double
from tests.builders import Actor
from tests.http_client import Client, Reply
from tests.journeys.test_preferences import DEFAULTS, choose
from tests.worlds import World

DRAFT: dict[str, Any] = {
    "title": "Cardiologue",
    "start": "2026-12-03T09:30",
    "zone": "Europe/Paris",
    "reminders": [1440],
}


def path(world: World, actor: Actor | None = None, appointment: str = "") -> str:
    subject = world.handle(actor) if actor in (world.laboratory, world.rival) else world.person.pid
    return f"/v1/patients/{subject}/appointments" + (f"/{appointment}" if appointment else "")


def add(world: World, http: Client, actor: Actor | None = None, **changes: Any) -> Reply:
    who = actor or world.person
    headers = {"Idempotency-Key": changes.pop("key", ids.new_id())}
    return http.post(path(world, who), as_=who.principal, json=DRAFT | changes, headers=headers)


def added(world: World, http: Client, actor: Actor | None = None, **changes: Any) -> dict[str, Any]:
    reply = add(world, http, actor, **changes)
    assert reply.status == 201, reply.body
    made: dict[str, Any] = reply.json()
    return made


def change(
    world: World, http: Client, appointment: str, actor: Actor | None = None, **changes: Any
) -> Reply:
    who, version = actor or world.person, changes.pop("version", 1)
    return http.request(
        "PATCH",
        path(world, who, appointment),
        as_=who.principal,
        json=changes,
        headers={"If-Match": f'"v{version}"'},
    )


def cancel(
    world: World, http: Client, appointment: str, actor: Actor | None = None, version: int = 1
) -> Reply:
    who = actor or world.person
    return http.delete(
        path(world, who, appointment),
        as_=who.principal,
        headers={"If-Match": f'"v{version}"'},
    )


def listed(world: World, http: Client, query: str = "", actor: Actor | None = None) -> list[Any]:
    who = actor or world.person
    reply = http.get(path(world, who) + query, as_=who.principal)
    assert reply.status == 200, reply.body
    return [one["title"] for one in reply.json()["items"]]


def armed(world: World, appointment: str) -> list[str]:
    row = rows.get(ReminderRow, *reminder_key(world.person.pid, appointment))
    return list(row.at) if row else []


def counts(world: World) -> dict[str, int]:
    row = rows.get(DayCountRow, *day_count_key(world.person.pid))
    return dict(row.days) if row else {}


def announced() -> list[str]:
    items = double.tables()[table_name("work")].values()
    return sorted(
        item["type"]["S"]
        for item in items
        if item["kind"]["S"] == "event" and item["type"]["S"].startswith("appointment")
    )


def test_a_person_sets_an_appointment_and_reads_it(world: World, http: Client) -> None:
    reply = add(world, http, place="Cabinet", note="À jeun", link="https://exemple.test/")
    made = reply.json()
    assert reply.status == 201
    assert reply.header("ETag") == '"v1"'
    assert reply.header("Location") == path(world, appointment=made["id"])
    read = http.get(path(world, appointment=made["id"]), as_=world.person.principal)
    assert read.json() == made
    assert made["end"] == "2026-12-03T10:00"
    assert (made["start_at"], made["start_shown"], made["zone_shown"]) == (
        "2026-12-03T08:30:00.000Z",
        "2026-12-03T09:30",
        "Europe/Paris",
    )
    assert made["author"] == {"kind": "person", "name": None}
    assert made["abilities"] == {"edit": True, "cancel": True, "set_reminders": True}
    assert made["reminders_state"] == "armed"
    assert announced() == []


def test_an_author_who_is_no_longer_let_in_is_told_that_she_may_cancel_and_not_change(
    world: World, http: Client
) -> None:
    made = added(world, http, world.doctor)
    http.delete(
        f"/v1/patients/{world.person.pid}/authorisations/{world.doctor.id}",
        as_=world.person.principal,
    )

    read = http.get(path(world, appointment=made["id"]), as_=world.doctor.principal).json()

    assert made["abilities"]["edit"] is True
    assert read["abilities"] == {"edit": False, "cancel": True, "set_reminders": False}


@pytest.mark.parametrize("end", ["", " "])
def test_an_end_that_says_nothing_is_refused(world: World, http: Client, end: str) -> None:
    draft = {"title": "Suivi", "start": "2027-03-01T09:00", "zone": "Europe/Paris", "end": end}
    reply = http.post(
        path(world), as_=world.person.principal, json=draft, headers={"Idempotency-Key": "k" * 20}
    )
    assert (reply.status, [one["pointer"] for one in reply.json()["errors"]]) == (422, ["/end"])


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Indian/Reunion", "2026-12-04T02:00"),
        ("Indian/Mayotte", "2026-12-04T01:00"),
        ("America/Martinique", "2026-12-03T18:00"),
        ("America/Cayenne", "2026-12-03T19:00"),
        ("Pacific/Noumea", "2026-12-04T09:00"),
        ("Pacific/Tahiti", "2026-12-03T12:00"),
    ],
)
def test_it_is_shown_and_found_on_the_day_it_is_in_her_own_zone(
    world: World, http: Client, zone: str, shown: str
) -> None:
    assert choose(http, world, zone=zone).status == 200
    made = added(world, http, start="2026-12-03T23:00")
    read = http.get(path(world, appointment=made["id"]), as_=world.person.principal).json()
    assert (read["start"], read["start_shown"]) == ("2026-12-03T23:00", shown)
    assert (read["zone"], read["zone_shown"]) == ("Europe/Paris", zone)
    days = {
        day: listed(world, http, f"?from={day}&to={day}") for day in ("2026-12-03", "2026-12-04")
    }
    assert [day for day, found in days.items() if found] == [shown[:10]]


def test_who_wants_no_mail_is_told_that_reminders_stay_here(world: World, http: Client) -> None:
    assert choose(http, world, mail=DEFAULTS["mail"] | {"appointment": False}).status == 200
    assert added(world, http)["reminders_state"] == "no_channel"


def test_nothing_said_is_in_clear(world: World, http: Client) -> None:  # D13
    made = added(world, http, note="Secret", place="Secret")
    row = double.tables()[table_name("record")][event_key(world.person.pid, made["id"])]
    assert set(row) == {"pk", "sk", "kind", "depositor", "agenda_sk", "sealed", "version", "mac"}
    assert b"Secret" not in row["sealed"]["B"]
    assert row["agenda_sk"]["S"] == f"2026-12-03T08:30:00.000Z#{made['id']}"


def test_the_same_key_sets_it_once(world: World, http: Client) -> None:  # A13
    first, again = add(world, http, key="k" * 20), add(world, http, key="k" * 20)
    assert first.json() == again.json()
    assert listed(world, http) == ["Cardiologue"]
    assert add(world, http, key="k" * 20, title="Autre").problem == "idempotency-key-reused"


def test_reminders_are_armed_moved_and_cancelled_with_it(world: World, http: Client) -> None:
    made = added(world, http)
    assert armed(world, made["id"]) == ["2026-12-02T08:30:00.000Z"]
    assert counts(world) == {"2026-12-02": 1}
    moved = change(world, http, made["id"], start="2026-12-10T15:00", end=None)
    assert moved.status == 200, moved.body
    assert armed(world, made["id"]) == ["2026-12-09T14:00:00.000Z"]
    assert counts(world) == {"2026-12-09": 1}
    assert cancel(world, http, made["id"], version=2).status == 204
    assert armed(world, made["id"]) == []
    assert counts(world) == {}


def test_an_eleventh_reminder_of_a_day_is_refused_naming_it(  # R-AGE-02
    world: World, http: Client
) -> None:
    for leads in ([1440, 1441, 1442, 1443, 1444], [1445, 1446, 1447, 1448, 1449]):
        added(world, http, reminders=leads)
    reply = add(world, http)
    assert reply.status == 422
    (error,) = reply.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/reminders", "too_many_reminders")
    assert "2026-12-02" in error["detail"]
    several = add(world, http, link="x", title="").json()["errors"]
    assert [one["pointer"] for one in several] == ["/title", "/link", "/reminders"]
    assert len(listed(world, http)) == 2
    # Nobody else learns that the day is full: it is set, without what did not fit.
    by_laboratory = added(world, http, world.laboratory, title="Prise de sang")
    assert armed(world, by_laboratory["id"]) == []


def test_appointments_of_others_leave_a_day_of_reminders_to_the_person(  # A44
    world: World, http: Client
) -> None:
    for minute in range(7):
        added(world, http, world.laboratory, reminders=[1440 + minute])
    assert counts(world) == {"2026-12-02": 5}
    made = added(world, http, reminders=[1440, 1441, 1442, 1443, 1444])
    assert len(armed(world, made["id"])) == 5
    assert counts(world) == {"2026-12-02": 10}


def test_a_change_keeps_what_is_absent_and_clears_what_is_null(world: World, http: Client) -> None:
    made = added(world, http, place="Cabinet", note="À jeun")
    changed = change(world, http, made["id"], note=None).json()
    assert changed == made | {
        "note": None, "version": 2, "changed_at": changed["changed_at"],
    }  # fmt: skip
    assert change(world, http, made["id"], title="X").problem == "stale"
    assert change(world, http, made["id"], version=2, title=None).status == 422
    refused = change(world, http, made["id"], version=2, end="2026-12-03T09:00")
    assert refused.json()["errors"][0]["pointer"] == "/end"


def test_the_person_changes_only_the_reminders_of_what_others_set(  # R-AGE-01
    world: World, http: Client
) -> None:
    made = added(world, http, world.laboratory, title="Prise de sang")
    read = http.get(path(world, appointment=made["id"]), as_=world.person.principal).json()
    assert read["author"] == {"kind": "organisation", "name": world.laboratory.name}
    assert read["abilities"] == {"edit": False, "cancel": True, "set_reminders": True}
    assert read["reminders"] == [1440]
    refused = change(world, http, made["id"], start="2026-12-04T09:30", end=None)
    assert (refused.status, refused.problem) == (409, "not-yours")
    assert world.laboratory.name in refused.json()["detail"]
    kept = change(world, http, made["id"], reminders=[60], title="Prise de sang")
    assert kept.json()["reminders"] == [60]
    assert armed(world, made["id"]) == ["2026-12-03T07:30:00.000Z"]
    assert cancel(world, http, made["id"], version=2).status == 204
    assert announced() == ["appointment.added"]


def test_the_author_changes_and_cancels_its_own_and_the_person_is_told(
    world: World, http: Client
) -> None:
    laboratory = world.laboratory
    made = added(world, http, laboratory)
    changed = change(world, http, made["id"], laboratory, place="Salle 2")
    assert changed.status == 200, changed.body
    assert changed.json()["reminders"] == []  # the person's own affair
    assert change(world, http, made["id"], laboratory, version=2, reminders=[5]).status == 422
    assert armed(world, made["id"]) == ["2026-12-02T08:30:00.000Z"]
    assert cancel(world, http, made["id"], laboratory, version=2).status == 204
    assert announced() == [
        "appointment.added", "appointment.cancelled", "appointment.changed",
    ]  # fmt: skip
    assert armed(world, made["id"]) == []


def test_what_is_over_is_noted_by_the_person_alone(world: World, http: Client) -> None:
    over: dict[str, Any] = {"start": "2026-11-20T09:30", "end": None, "reminders": []}
    assert added(world, http, **over)["start"] == "2026-11-20T09:30"
    for actor in (world.doctor, world.laboratory):
        refused = add(world, http, actor, **over, zone="X")
        assert [error["code"] for error in refused.json()["errors"]] == ["unknown_zone"]
        refused = add(world, http, actor, **over, link="x")
        assert [(error["pointer"], error["code"]) for error in refused.json()["errors"]] == [
            ("/link", "link_https"), ("/start", "appointment_over"),
        ]  # fmt: skip
    made = added(world, http, world.doctor)
    moved = change(world, http, made["id"], world.doctor, start="2026-11-20T09:30", end=None)
    assert (moved.status, moved.json()["errors"][0]["code"]) == (422, "appointment_over")
    assert listed(world, http, "?past=true") == ["Cardiologue"]


def test_what_became_over_can_still_be_corrected_by_its_author(
    world: World, http: Client, clock: time_machine.Traveller
) -> None:
    made = added(world, http, world.doctor, start="2026-11-23T10:35", end="2026-11-23T10:40")
    clock.shift(timedelta(minutes=12))
    whole = {name: made[name] for name in ("start", "end", "zone", "all_day")}
    kept = change(world, http, made["id"], world.doctor, **whole, place="Salle 2")
    assert (kept.status, kept.json()["place"]) == (200, "Salle 2")
    assert listed(world, http, "?past=true", actor=world.doctor) == ["Cardiologue"]


def test_everything_wrong_is_said_at_once_whatever_is_wrong(world: World, http: Client) -> None:
    def refused(**changes: Any) -> list[str]:
        body = DRAFT | {"zone": "X", "link": "x"} | changes
        body = {name: value for name, value in body.items() if value is not ...}
        reply = http.post(
            path(world),
            as_=world.person.principal,
            json=body,
            headers={"Idempotency-Key": ids.new_id()},
        )
        assert reply.status == 422
        return sorted(error["pointer"] for error in reply.json()["errors"])

    end = "2026-12-03T09:00"
    assert refused(fold=7, end=end, title="") == ["/end", "/fold", "/link", "/title", "/zone"]
    assert refused(title=..., end=end) == ["/end", "/link", "/title", "/zone"]
    assert refused(reminders="x", end="x") == ["/end", "/link", "/reminders", "/zone"]
    assert refused(reminders=[60, "x"]) == ["/link", "/reminders/1", "/zone"]
    # What depends on a start that is missing, or on a length that is none, is not guessed.
    assert refused(start=..., end=end) == ["/link", "/start", "/zone"]
    assert refused(all_day="x", end=end) == ["/all_day", "/link", "/zone"]
    changed = change(world, http, added(world, http)["id"], fold=7, title="", link="x")
    assert sorted(error["pointer"] for error in changed.json()["errors"]) == [
        "/fold", "/link", "/title",
    ]  # fmt: skip


def test_one_that_changed_is_not_cancelled_unseen(world: World, http: Client) -> None:  # R09
    made = added(world, http)
    assert change(world, http, made["id"], place="Salle 2").status == 200
    stale = cancel(world, http, made["id"], version=1)
    assert (stale.status, stale.problem) == (412, "stale")
    assert listed(world, http) == ["Cardiologue"]
    assert armed(world, made["id"]) != []


def test_others_see_only_what_they_set_with_the_same_answers(  # D15, A01
    world: World, http: Client
) -> None:
    hers = added(world, http)["id"]
    theirs = added(world, http, world.doctor, title="Suivi")["id"]
    assert listed(world, http) == ["Cardiologue", "Suivi"]
    assert listed(world, http, actor=world.doctor) == ["Suivi"]
    replies = [
        http.get(path(world, actor, one), as_=actor.principal)
        for actor in (world.doctor, world.colleague, world.laboratory, world.other)
        for one in (hers, ids.new_id())
    ]
    assert {(one.status, one.body) for one in replies} == {(404, replies[0].body)}
    assert http.get(path(world, None, theirs), as_=world.doctor.principal).status == 200
    assert cancel(world, http, hers, world.doctor).status == 404


def test_a_page_of_ones_own_is_full_whatever_is_hidden(world: World, http: Client) -> None:  # D15
    for day in range(1, 9):
        added(world, http, start=f"2026-12-0{day}T09:00", reminders=[])
        if day % 2:
            added(world, http, world.doctor, start=f"2026-12-0{day}T10:00", title=f"Suivi {day}")
    first = http.get(path(world) + "?limit=3", as_=world.doctor.principal).json()
    assert [one["title"] for one in first["items"]] == ["Suivi 1", "Suivi 3", "Suivi 5"]
    second = http.get(
        path(world) + f"?limit=3&cursor={first['next']}", as_=world.doctor.principal
    ).json()
    assert [one["title"] for one in second["items"]] == ["Suivi 7"]
    assert second["next"] is None


def test_a_withdrawn_doctor_cancels_hers_and_says_nothing_more(world: World, http: Client) -> None:
    made = added(world, http, world.doctor)
    grant = f"/v1/patients/{world.person.pid}/authorisations/{world.doctor.id}"
    assert http.delete(grant, as_=world.person.principal).status == 204
    assert change(world, http, made["id"], world.doctor, title="Insulte").status == 404
    assert add(world, http, world.doctor).status == 404
    assert cancel(world, http, made["id"], world.doctor).status == 204


def test_lists_are_to_come_over_or_of_some_days(
    world: World, http: Client, clock: time_machine.Traveller
) -> None:
    for title, start in (("C", "2026-12-05T09:00"), ("A", "2026-11-20T09:00"),
                         ("B", "2026-11-22T09:00"), ("D", "2026-12-31T23:50")):  # fmt: skip
        added(world, http, title=title, start=start, reminders=[])
    added(world, http, title="Cure", start="2026-11-20", end="2026-12-05", all_day=True)
    assert listed(world, http) == ["Cure", "C", "D"]
    assert listed(world, http, "?past=true") == ["B", "A"]
    assert listed(world, http, "?from=2026-12-05&to=2026-12-05") == ["Cure", "C"]
    assert listed(world, http, "?from=2027-01-01") == ["D"]
    assert listed(world, http, "?to=2026-11-20") == ["Cure", "A"]
    reply = http.get(path(world) + "?from=2026-12-05&to=2026-12-04", as_=world.person.principal)
    assert reply.status == 422
    for nothing in ("?from=2200-02-10", "?to=1899-11-01", "?to=0001-01-01&past=true"):
        assert listed(world, http, nothing) == []
    assert listed(world, http, "?from=0001-01-01&to=9999-12-31") == ["Cure", "A", "B", "C", "D"]
    del clock


def test_pages_follow_one_another_without_loss(world: World, http: Client) -> None:
    wanted = [
        added(world, http, start=f"2026-12-0{n}T09:00", reminders=[])["id"] for n in range(1, 8)
    ]
    for limit in (1, 2, 3, 7):
        seen: list[str] = []
        cursor = ""
        while True:
            page = http.get(
                path(world) + f"?limit={limit}{cursor}", as_=world.person.principal
            ).json()
            seen += [one["id"] for one in page["items"]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert seen == wanted


def test_a_forged_row_is_left_out_and_the_rest_is_shown(world: World, http: Client) -> None:  # A46
    added(world, http)
    bad = added(world, http, title="Forgé", start="2026-12-01T09:00")
    row = rows.get(EventRow, *event_key(world.person.pid, bad["id"]))
    assert row is not None
    forged = row.serialize() | {"mac": {"S": "1.forged"}}
    rows.write([{"Put": {"TableName": table_name("record"), "Item": forged}}])
    assert listed(world, http) == ["Cardiologue"]
    home = http.get(f"/v1/patients/{world.person.pid}/home", as_=world.person.principal).json()
    assert home["next_appointment"]["title"] == "Cardiologue"


def test_home_shows_the_next_that_is_not_over(world: World, http: Client) -> None:
    def shown() -> Any:
        target = f"/v1/patients/{world.person.pid}/home"
        return http.get(target, as_=world.person.principal).json()["next_appointment"]

    assert shown() is None
    added(world, http, title="Passé", start="2026-11-20T09:00", reminders=[])
    added(world, http, title="Second", start="2026-12-20T09:00", reminders=[])
    first = added(world, http)
    assert shown() == first


def test_home_shows_the_next_after_a_month_of_many(world: World, http: Client) -> None:
    for day in range(1, 12):
        added(world, http, title="Dialyse", start=f"2026-11-{day:02}T09:00", reminders=[])
    coming = added(world, http, title="Après")
    home = http.get(f"/v1/patients/{world.person.pid}/home", as_=world.person.principal).json()
    assert home["next_appointment"] == coming


@pytest.mark.parametrize(("leads", "state"), [([], "none"), ([40_320], "past"), ([0], "armed")])
def test_the_state_of_reminders_is_true(
    world: World, http: Client, leads: list[int], state: str
) -> None:
    made = added(world, http, reminders=leads)
    assert made["reminders_state"] == state
    assert bool(armed(world, made["id"])) == (state == "armed")


def test_reminders_whose_instant_is_past_are_said_so(
    world: World, http: Client, clock: time_machine.Traveller
) -> None:
    made = added(world, http, start="2026-11-23T18:00", reminders=[1440, 60, 5])
    assert (made["reminders"], made["reminders_past"]) == ([1440, 60, 5], [1440])
    clock.move_to("2026-11-23T16:00:00Z")
    read = http.get(path(world, appointment=made["id"]), as_=world.person.principal).json()
    assert read["reminders_past"] == [1440, 60]
    theirs = added(world, http, world.doctor, start="2026-11-23T18:00", reminders=[1440])
    assert theirs["reminders_past"] == []


def test_every_step_is_in_the_history(world: World, http: Client) -> None:  # D6
    made = added(world, http, world.doctor)
    cancel(world, http, made["id"])
    trace = http.get(f"/v1/patients/{world.person.pid}/trace", as_=world.person.principal).json()
    lines = [f"{one['actor']['name']} {one['label']}" for one in trace["items"]]
    assert "Vous avez annulé un rendez-vous" in lines
    assert f"{world.doctor.name} a ajouté un rendez-vous" in lines
